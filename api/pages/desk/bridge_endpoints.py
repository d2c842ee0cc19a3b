"""One bridge of a case (逐桥页): inventory, ratios, worst place of the axles, and what would change the answer."""

import uuid
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Response
from markupsafe import Markup

from api.accounts.permissions import Action
from api.applications.form_reading import parse_form
from api.cases import grounds
from api.cases.find import get_case
from api.cases.findings import LOADS
from api.cases.queue import authorise_desk
from api.db.tables import Case
from api.errors import NotFoundError
from api.pages.desk.actions import Buttons, buttons_of
from api.pages.desk.case_findings import DeskFinding, desk_findings, knows_capacity
from api.pages.desk.case_view import report_of
from api.pages.desk.words import amount
from api.pages.facts import Facts
from api.pages.facts_reading import structure_facts
from api.pages.page import Page, PageContext
from api.reviews.influence import bridge_influence
from api.tiles.endpoints import Tiles
from api.tiles.tileset import Tileset
from data.policies import load_policy
from maps.influence_figure import draw_influence

router = APIRouter(include_in_schema=False)
Json = Mapping[str, Any]
_HELPS: Final = frozenset({Action.PROPOSE_REROUTE, Action.ORDER_REINFORCEMENT})
EFFECTS: Final = {"M+": "sagging", "M-": "hogging", "V": "shear", "R": "reaction", "R-": "uplift"}


@router.get("/desk/cases/{case_id}/bridges/{structure:path}")
def bridge_page(
    page: Page, tiles: Tiles, case_id: uuid.UUID, structure: Annotated[str, Path(max_length=300)]
) -> Response:
    """A bridge on the first route of a case."""
    authorise_desk(page.work)
    case = get_case(page.work, case_id, action=Action.READ_REPORT)
    report = report_of(page, case) or {}
    raw = [one for one in _findings(report) if (one.get("structure") or {}).get("id") == structure]
    if not raw:
        raise NotFoundError("本办件的路线上没有这座桥梁的意见", "the route of this case has no finding there")
    shown = [one for one in desk_findings(page, case, report) if one.bridge_id == structure]
    knows = knows_capacity(page, case)
    buttons = buttons_of(page, case)
    context = {
        "case": case,
        "name": (raw[0].get("structure") or {}).get("name") or structure,
        "findings": shown,
        "facts": _facts(tiles, structure, page),
        "ratios": [_ratios(page, one) for one in raw if knows and (one.get("bridge") or {}).get("ratios")],
        "figures": list(_figures(page, case, raw)) if knows else [],
        "helps": list(_what_helps(page, case, raw)) if knows else [],
        "acts": _acts(buttons, shown, raw),
        "can_override": any(one.action == Action.OVERRIDE and not one.obstacles for one in buttons.beside),
        "knows": knows,
    }
    return page.render("desk_bridge.html.j2", context)


def _findings(report: Json) -> list[Json]:
    routes = report.get("routes") or [{"findings": []}]
    found: list[Json] = routes[0]["findings"]
    return found


def _facts(tiles: Tileset, structure: str, page: PageContext) -> Facts | None:
    """The inventory's facts; None where the network in use does not have the structure any more."""
    graph = tiles.network.graph
    keys = graph.structures.key.tolist()
    row = next((row for row, key in enumerate(keys) if graph.strings[key] == structure), None)
    return None if row is None else structure_facts(tiles, row, page.work.actor)


def _ratios(page: PageContext, finding: Json) -> dict[str, object]:
    """The two ways of crossing beside what is allowed, and the section that governs."""
    bridge = finding["bridge"]
    return {
        "rows": [(page.t(f"desk.crossing_{way}"), f"{ratio:.3f}") for way, ratio in bridge["ratios"].items()],
        "allowed": f"{finding['limit']:.3f}" if finding.get("limit") is not None else "—",
        "governs": page.t(f"desk.effect_{EFFECTS[bridge['governs']]}") if bridge.get("governs") else "—",
        "section": f"{bridge['section_m']:.2f} m" if bridge.get("section_m") is not None else "—",
        "spans": bridge.get("spans") or "—",
        "design_load": bridge.get("design_load") or "—",
        "condition": bridge.get("condition"),
        "evidence": (bridge.get("evidence") or {}).get("id"),
    }


def _figures(page: PageContext, case: Case, findings: list[Json]) -> Iterator[Markup]:
    vehicle = parse_form(case.form).loaded_vehicle()
    network, policy = grounds.current().network, load_policy()
    for finding in findings:
        figure = bridge_influence(network, policy, vehicle, finding)
        if figure is not None:
            yield draw_influence(figure, language=page.language)


def _what_helps(page: PageContext, case: Case, findings: list[Json]) -> Iterator[str]:
    """What would change the answer; effects grow in proportion to the loads."""
    gross = int(case.form["whole"]["gross_mass_kg"])
    for finding in findings:
        ratio, allowed = finding.get("measured"), finding.get("limit")
        if finding["quantity"] != "bridge_effect" or not ratio or not allowed:
            continue
        mass = int(gross * allowed / ratio)
        key = "desk.helps_lighter" if ratio > allowed else "desk.helps_heavier"
        yield page.t(key, mass=amount(mass, "kg"), now=amount(gross, "kg"), allowed=f"{allowed:.2f}")
        controlled = ((finding.get("bridge") or {}).get("ratios") or {}).get("controlled")
        if controlled and finding["outcome"] != "conditional":
            fits = "desk.helps_controlled" if controlled <= allowed else "desk.helps_controlled_not"
            yield page.t(fits, ratio=f"{controlled:.2f}", allowed=f"{allowed:.2f}")


def _acts(buttons: Buttons, shown: list[DeskFinding], findings: list[Json]) -> list[object]:
    """Acts that can settle what is open here: no survey tells what a bridge bears, no calculation how high it is."""
    if not any(one.is_open for one in shown):
        return []
    about_loads = any(one["quantity"] in LOADS for one in findings)
    wanted = _HELPS | {Action.ORDER_CALCULATION if about_loads else Action.ORDER_SURVEY}
    return [one for one in (*buttons.next_step, *buttons.beside) if one.action in wanted and not one.obstacles]
