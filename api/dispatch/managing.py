"""Who manages each stretch of a reviewed route (路段管理单位), with the rule that says so."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from api.dispatch.directory import Body, Directory
from rules.divisions import County, division_file, is_known_code
from rules.management import ManagementRule, RoadStretch, find_rule


@dataclass(frozen=True, slots=True)
class ManagedStretch:
    """A stretch and the one body that manages it (管理路段与管理单位).

    Attributes:
        division: County whose body acts. Another than the stretch's own where that is a sliver (边界误差), which
            goes with the neighbouring stretch; None where it is not known.
        body: None where nobody is known to manage it; `note` then says why.
        rule: The row of the management tables; None for along-route provinces and where nobody is known.
    """

    stretch: RoadStretch
    division: str | None
    body: Body | None
    rule: ManagementRule | None = None
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """The evidence: which body, from where to where, by which rule."""
        rule = self.rule
        return self.stretch.to_json() | {
            "code": self.stretch.code,
            "division": self.division,
            "body": self.body.id if self.body else None,
            "rule": None
            if rule is None
            else {"basis": rule.basis, "status": rule.status, "doubt": rule.doubt, "source": rule.source},
            "note": self.note,
        }


def stretches_of(review: Mapping[str, Any]) -> tuple[RoadStretch, ...]:
    """Stretches of a review's first route, from the evidence of its jurisdiction; empty where it holds none."""
    evidence = review["jurisdiction"].get("evidence", ())
    return tuple(RoadStretch.of_json(entry["code"], road) for entry in evidence for road in entry.get("roads", ()))


def manage(
    stretches: Sequence[RoadStretch],
    directory: Directory,
    *,
    origin: str,
    counted: frozenset[str],
    on: dt.date,
    rules: Sequence[ManagementRule] | None = None,
) -> tuple[ManagedStretch, ...]:
    """Find the one managing body of every stretch.

    Args:
        stretches: In travel order, one after the other.
        directory: Bodies of the province.
        origin: First two digits of the province of origin (起运地); other provinces answer for their own part.
        counted: Counties that count for the level; stretches elsewhere go with their neighbours.
        on: Day that decides the version of the management tables.
        rules: Other tables than those of `jurisdiction.yaml`.
    """
    tables = division_file().management if rules is None else rules
    divisions = _without_slivers([stretch.code for stretch in stretches], counted)
    return tuple(
        _manage(stretch, division, directory, origin, tables, on)
        for stretch, division in zip(stretches, divisions, strict=True)
    )


def _without_slivers(codes: Sequence[str | None], counted: frozenset[str]) -> list[str | None]:
    """A county that does not count is replaced by the last counted one before it, at the start by the first after."""
    found: list[str | None] = [code if code in counted or not is_known_code(code) else "" for code in codes]
    for place, code in enumerate(found):
        if code == "" and place:
            found[place] = found[place - 1]
    for place in range(len(found) - 2, -1, -1):
        if found[place] == "":
            found[place] = found[place + 1]
    return found


def _manage(
    stretch: RoadStretch,
    division: str | None,
    directory: Directory,
    origin: str,
    rules: Sequence[ManagementRule],
    on: dt.date,
) -> ManagedStretch:
    found = ManagedStretch(stretch, division or None, None)
    if not division or not is_known_code(division):
        return replace(found, note="所在县级行政区划不明，须由受理窗口核定管理单位")
    county = County(division, "")
    if county.province[:2] != origin:
        body = directory.find("transport", county.province)
        return replace(found, body=body, note="省外路段，由沿线省审批" if body else "名录中没有沿线省的主管部门")
    rule = find_rule(rules, stretch, division, on)
    if rule is None:
        return replace(found, note=f"{on.isoformat()}没有适用的管理分工，须由受理窗口核定管理单位")
    body = directory.find(rule.body, county.code_at(rule.level))
    missing = "" if body else f"名录中没有{county.code_at(rule.level)}的管理单位（{rule.body}）"
    return replace(found, body=body, rule=rule, note=missing)
