"""Findings of a case as its office sees them (审查意见): what decides first, who has to speak, what is settled."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from api.accounts.authorise import may
from api.accounts.permissions import Action
from api.cases import remarks
from api.cases.findings import BARRING, key_of
from api.cases.packets import HELD
from api.cases.relation import relation_to
from api.cases.rows import packets_of
from api.db.tables import Account, Case, Packet
from api.pages.desk.words import amount, quantity_word
from api.pages.findings_shown import FindingShown, findings_shown, keyed_findings
from api.pages.page import PageContext

_BRIDGES: Final = frozenset({"bridge", "overpass"})
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Settled:
    """How a finding was settled (意见的处理)."""

    how: str
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class DeskFinding:
    """One finding of the first route.

    Attributes:
        shown: In words, with its distance to another answer.
        name: Its name in the procedure.
        is_open: It bars approval and nobody has settled it.
        speakers: Bodies asked about it, each with where their answer stands.
        bridge_id: Of the structure, where it has a page of its own.
    """

    shown: FindingShown
    name: str
    is_open: bool
    settled: Settled | None
    speakers: tuple[str, ...]
    bridge_id: str | None


def knows_capacity(page: PageContext, case: Case) -> bool:
    """Whether whoever looks may read what a bridge can bear."""
    return may(page.work.actor, Action.READ_CAPACITY, relation_to(page.work, case))


def desk_findings(page: PageContext, case: Case, report: Json) -> list[DeskFinding]:
    """Findings of the first route, the deciding ones first, each by its distance to another answer."""
    for_carrier = not knows_capacity(page, case)
    raw = {key: finding for key, _rank, finding in keyed_findings(report)}
    packets = [one for one in packets_of(page.work, case) if one.state in HELD and one.purpose != "inform"]
    settled = remarks.get(case, "settled", {})
    names = _names(page, settled)
    found = [
        _finding(page, one, raw[one.key], packets, settled, names)
        for one in findings_shown(report, page.language, for_carrier=for_carrier)
    ]
    return sorted(found, key=lambda one: not one.is_open)


def finding_names(page: PageContext, report: Json) -> dict[str, str]:
    """What every finding of the first route is called in a list of choices, by its name in the procedure."""
    routes = report.get("routes") or [{"findings": []}]
    return {key_of(one): finding_name(page, one) for one in routes[0]["findings"]}


def finding_name(page: PageContext, finding: Json) -> str:
    """A finding in one line: what is limited, where, and by how much."""
    structure = finding.get("structure") or {}
    at_m = finding.get("at_m")
    place = structure.get("name") or (page.t("desk.at_km", km=f"{at_m / 1000:.1f}") if at_m is not None else "")
    measured, limit = (amount(finding.get(name), finding.get("unit")) for name in ("measured", "limit"))
    compared = f" {measured} / {limit}" if measured and limit else ""
    return " · ".join(filter(None, (quantity_word(page, finding["quantity"]), place))) + compared


def _finding(
    page: PageContext,
    shown: FindingShown,
    raw: Json,
    packets: Sequence[Packet],
    settled: Mapping[str, Json],
    names: Mapping[str, str],
) -> DeskFinding:
    name, structure = key_of(raw), raw.get("structure") or {}
    entry = settled.get(name)
    has_page = structure.get("kind") in _BRIDGES and "count" not in raw  # one line for many has no page
    return DeskFinding(
        shown=shown,
        name=name,
        is_open=raw["outcome"] in BARRING and entry is None,
        settled=_settled(page, entry, names) if entry else None,
        speakers=tuple(_speakers(page, packets, name)),
        bridge_id=structure.get("id") if has_page else None,
    )


def _settled(page: PageContext, entry: Json, names: Mapping[str, str]) -> Settled:
    return Settled(
        page.t(f"desk.settled_{entry['how']}"), names.get(entry.get("by") or "", ""), entry.get("reason", "")
    )


def _names(page: PageContext, settled: Mapping[str, Json]) -> dict[str, str]:
    """Who settled something, by account."""
    found = {}
    for account_id in {entry["by"] for entry in settled.values() if entry.get("by")}:
        account = page.work.session.get(Account, account_id)
        if account is not None:
            found[account_id] = account.display_name
    return found


def _speakers(page: PageContext, packets: Sequence[Packet], name: str) -> Iterable[str]:
    """Bodies that were asked about a finding."""
    for packet in packets:
        if any(key_of(one) == name for one in packet.content.get("findings", ())):
            state = packet.opinion or packet.state
            yield f"{packet.body.name}（{page.t(f'desk.packet_{state}')}）"
