"""All that the page of a case shows (办件页), each part for those who may read it."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from api.accounts.authorise import may
from api.accounts.permissions import Action, Relation
from api.cases import remarks
from api.cases.held_by import custody_of
from api.cases.points import stage_points
from api.cases.points import title_of as title_of_item
from api.cases.relation import relation_to
from api.cases.report import read_report
from api.cases.rows import current_review
from api.cases.shapes import CaseOut, case_out
from api.cases.states import STATES, Phase, State
from api.db.tables import Case, Review
from api.errors import NotFoundError
from api.pages.desk.actions import buttons_of
from api.pages.desk.case_findings import desk_findings, knows_capacity
from api.pages.desk.case_history import earlier_lines, history, packet_lines, question_lines
from api.pages.desk.case_papers import item_groups, notes_of, papers_of
from api.pages.desk.words import (
    amount,
    class_word,
    load_word,
    state_word,
    task_word,
    verdict_badge,
    verdict_word,
    when,
)
from api.pages.findings_shown import ranked_routes, why_not_shown
from api.pages.page import PageContext
from api.pages.route_map import route_map_data
from api.permits.checks_due import check_due
from maps.vehicle_drawing import draw_vehicle

Json = Mapping[str, Any]
PHASES: Final = tuple(one for one in Phase if one is not Phase.PERMIT)
_WITHOUT_PERMIT: Final = frozenset(
    {
        *(State.NOT_ACCEPTED, State.REFUSED, State.REFUSAL_DELIVERED, State.WITHDRAWN, State.CLOSED),
        *(State.RECALLED, State.REVOKED, State.CANCELLED),
    }
)
_KM: Final = 1000
_HOUR_S: Final = 3600


def case_context(page: PageContext, case: Case) -> dict[str, object]:
    """What the template of a case needs."""
    told = case_out(page.work, case)
    report = report_of(page, case)
    relation = relation_to(page.work, case)
    buttons = buttons_of(page, case)
    return {
        **_head(page, case, told),
        **_review(page, case, report),
        "buttons": buttons,
        "can_override": any(one.action == Action.OVERRIDE and not one.obstacles for one in buttons.beside),
        "groups": item_groups(page, case),
        "papers": papers_of(page, case),
        "packets": packet_lines(page, told),
        "vehicle": draw_vehicle(case.form["whole"], language=page.language),
        "trip": _trip(case.form),
        **_past(page, case, relation),
    }


def report_of(page: PageContext, case: Case) -> Json | None:
    """The report as whoever looks may read it; None where there is none or they may not."""
    if not may(page.work.actor, Action.READ_REPORT, relation_to(page.work, case)):
        return None
    try:
        report = read_report(page.work, case)
    except NotFoundError:
        return None
    return report if "routes" in report else None


def _head(page: PageContext, case: Case, told: CaseOut) -> dict[str, object]:
    phase = STATES[State(case.state)].phase
    return {
        "case": case,
        "state": state_word(page, case.state),
        "class": class_word(page, case.vehicle_class),
        "verdict": verdict_word(page, case.verdict),
        "badge": verdict_badge(case.verdict),
        "clock": told.clock,
        "is_running": told.clock["state"] in {"running", "not_started"},
        "holder": told.claimed_by,
        "is_mine": case.claimed_by is not None and case.claimed_by == page.work.actor.account_id,
        "submitted": when(case.submitted_at),
        "phases": [page.t(f"desk.phase_{one.value}") for one in PHASES],
        "phase": PHASES.index(phase) if phase in PHASES else len(PHASES),
        "tasks": [_times(task_word(page, one), n) for one, n in Counter(told.open_tasks).items()],
        "promised": [(title_of_item(item), due) for item, due in told.promised.items()],
        "decisions": [
            {
                "item": page.t(f"desk.decides_{one.item}"),
                "body": one.body.name if one.body else "",
                "state": page.t(f"desk.decision_{one.state}"),
                "conditions": one.conditions,
                "is_automatic": one.is_automatic,
            }
            for one in told.decisions
        ],
        "recommendation": remarks.get(case, "recommendation", None),
    }


def _times(word: str, number: int) -> str:
    return word if number == 1 else f"{word} × {number}"


def _review(page: PageContext, case: Case, report: Json | None) -> dict[str, object]:
    review = current_review(page.work, case)
    faults = review.report.get("faults", []) if review is not None else []
    if report is None:
        empty: dict[str, object] = {
            name: [] for name in ("findings", "routes", "near_class", "class_edges", "check_reasons", "stage_points")
        }
        return {**empty, "report": None, "faults": faults, "map_data": None, "why_not": None, "route_phrase": ""}
    for_carrier = not knows_capacity(page, case)
    routes = ranked_routes(report)
    return {
        "report": report,
        "faults": faults,
        "findings": desk_findings(page, case, report),
        "why_not": why_not_shown(report, page.language, for_carrier=for_carrier),
        "map_data": route_map_data(page, report, for_carrier=for_carrier),
        "routes": [_route(page, rank, route) for rank, route in routes],
        "route_phrase": routes[0][1].get("phrase", "") if routes else "",
        "near_class": [_near(page, one) for one in report["classification"]["near_threshold"]],
        "class_edges": [_edge(page, one) for one in report.get("class_edges") or ()],
        "check_reasons": _check_reasons(page, case, review),
        "stage_points": _stage_points(page, review),
    }


def _past(page: PageContext, case: Case, relation: Relation) -> dict[str, object]:
    """What only those read who may read the history of a case."""
    actor = page.work.actor
    has_history = may(actor, Action.READ_CASE_EVENTS, relation)
    has_report = may(actor, Action.READ_REPORT, relation)
    return {
        "events": history(page, case) if has_history else [],
        "custody": custody_of(page.work, case) if has_history else None,
        "notes": notes_of(page, case) if has_history else [],
        "earlier": earlier_lines(page, case) if has_report else [],
        "questions": question_lines(page, case) if has_report else [],
    }


def _trip(form: Json) -> dict[str, object]:
    trip, whole = form["trip"], form["whole"]
    return {
        "origin": trip["origin"]["name"],
        "destination": trip["destination"]["name"],
        "via": [place["name"] for place in trip.get("via") or ()],
        "from": trip["start_date"],
        "until": trip["end_date"],
        "times": trip.get("trips", 1),
        "cargo": form["cargo"]["name"],
        "plates": [one["plate"] for one in (form["tractor"], form.get("trailer")) if one],
        "height": amount(whole["height_mm"], "mm"),
        "width": amount(whole["width_mm"], "mm"),
        "length": amount(whole["length_mm"], "mm"),
        "gross": amount(whole["gross_mass_kg"], "kg"),
        "axles": len(whole["axles"]),
        "heaviest": amount(max(axle["load_kg"] for axle in whole["axles"]), "kg"),
    }


def _route(page: PageContext, rank: int, route: Json) -> dict[str, object]:
    hours = route.get("duration_s")
    return {
        "rank": rank,
        "badge": verdict_badge(route["verdict"]),
        "verdict": verdict_word(page, route["verdict"]),
        "km": f"{route['length_m'] / _KM:.1f}",
        "hours": f"{hours / _HOUR_S:.1f}" if hours is not None else "—",
        "counties": [one["name"] for one in route["divisions"]],
        "phrase": route["phrase"],
    }


def _near(page: PageContext, one: Json) -> str:
    return page.t(
        "desk.near_class",
        quantity=load_word(page, one["quantity"]),
        value=amount(one["value"], one["unit"]),
        edge=amount(one["edge"], one["unit"]),
        next_class=class_word(page, one["next_class"]),
    )


def _edge(page: PageContext, one: Json) -> str:
    """What the nearest edges of the classes would cost or save."""
    days = [(one.get(name) or {}).get("own") for name in ("days_now", "days_then")]
    distance = amount(abs(one.get("distance") or 0), one.get("unit")) or ""
    words = page.t(
        f"desk.edge_{one['direction']}" if one.get("distance") else "desk.edge_at",
        quantity=load_word(page, one["quantity"]),
        distance=distance,
        now=class_word(page, one["class_now"]),
        then=class_word(page, one["class_then"]),
    )
    return words + (page.t("desk.edge_days", now=days[0], then=days[1]) if None not in days else "")


def _check_reasons(page: PageContext, case: Case, review: Review | None) -> list[str]:
    """Why the load would be checked before departure if the permit were issued today; nothing once there is none."""
    if State(case.state) in _WITHOUT_PERMIT:
        return []
    why = check_due(page.work, case, review) if review is not None and "routes" in review.report else None
    if why is None:
        return []
    return [page.t("desk.check_notice", why=page.t(f"desk.check_{why}"))]


def _stage_points(page: PageContext, review: Review | None) -> list[tuple[str, list[str], bool]]:
    """What follows from the comparison, by stage, and whether one has to look first; empty stages are left out."""
    name = "reason_zh" if page.language == "zh" else "reason_en"
    stages = ("not_accepted", "correction", "to_follow", "refusals", "to_verify")
    told = [(stage, [point[name] for point in stage_points(review, stage)]) for stage in stages]
    return [(page.t(f"desk.stage_{stage}"), points, stage != "to_verify") for stage, points in told if points]
