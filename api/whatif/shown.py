"""What a carrier is shown of a review (对承运人的展示): verdicts, conditions and bands, never what reveals a capacity.

Everything shown is named here; what a review may say one day and nobody thought of is not shown.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from api.reviews.wording import Bilingual

Sees = Literal["nothing", "verdict", "bands"]
_AS_IT_IS: Final = (
    "verdict",
    "classification",
    "jurisdiction",
    "stops",
    "network_id",
    "rules_id",
    "policy_id",
    "overlay_ids",
    "on",
    "attribution",
)
_OF_ROUTE: Final = (
    "rank",
    "verdict",
    "length_m",
    "duration_s",
    "phrase",
    "geometry",
    "way_ids",
    "legs",
    "divisions",
)
_OF_FINDING: Final = (
    "outcome",
    "quantity",
    "structure",
    "way_id",
    "at_m",
    "length_m",
    "stake",
    "lon",
    "lat",
    "conditions",
    "conditions_en",
    "when",
)
# A sign at the road or the width of a lane is there for all to see.
_OF_OPEN_FINDING: Final = (*_OF_FINDING, "limit", "measured", "margin", "unit", "basis", "reason", "reason_en")
# What a bridge can bear shows in every answer about loads.
LOADS: Final = frozenset({"gross_mass", "axle_load", "axle_group", "tridem", "bridge_effect", "coverage"})
_SIZES: Final = frozenset({"height", "width", "length"})
_SAID: Final[Mapping[str, Bilingual]] = {
    "passes": Bilingual("桥梁荷载满足", "the bridge bears it"),
    "conditional": Bilingual("按所列条件通过", "passes under the conditions named"),
    "unknown": Bilingual("须人工复核", "a person has to look at it"),
    "blocked": Bilingual("不能通过，宜改线", "cannot pass: take another route"),
}


def shown_to_carrier(answer: Mapping[str, Any], sees: Sees, edges_percent: Sequence[int]) -> dict[str, Any]:
    """A review as a carrier sees it.

    Args:
        answer: As the exchange format has it.
        sees: What the province lets carriers see of bridges.
        edges_percent: Edges of the bands of utilisation.
    """
    shown = {name: answer[name] for name in _AS_IT_IS if name in answer}
    shown["routes"] = [
        {name: route[name] for name in _OF_ROUTE if name in route}
        | {"findings": _findings(route["findings"], sees, edges_percent)}
        for route in answer["routes"]
    ]
    why_not = answer.get("why_not")
    shown["why_not"] = None if why_not is None else _why_not(why_not, sees, edges_percent)
    return shown


def band(ratio: float | None, edges_percent: Sequence[int]) -> str | None:
    """The band of a utilisation, such as "50-80%"; None where nothing was compared."""
    if ratio is None:
        return None
    below = 0
    for edge in edges_percent:
        if ratio * 100 <= edge:
            return f"{below}-{edge}%"
        below = edge
    return f">{below}%"


def is_about_capacity(finding: Mapping[str, Any]) -> bool:
    """Whether a finding's numbers tell what a bridge can bear; a posted sign tells it to everybody."""
    return finding["quantity"] in LOADS and (finding["quantity"] == "bridge_effect" or finding["basis"] != "posted")


def _findings(findings: Sequence[Mapping[str, Any]], sees: Sees, edges: Sequence[int]) -> list[dict[str, Any]]:
    return [_finding(one, sees, edges) for one in findings if sees != "nothing" or not is_about_capacity(one)]


def _finding(one: Mapping[str, Any], sees: Sees, edges: Sequence[int]) -> dict[str, Any]:
    if not is_about_capacity(one):
        return {name: one[name] for name in _OF_OPEN_FINDING if name in one}
    said = _SAID[one["outcome"]]
    shown = {name: one[name] for name in _OF_FINDING if name in one}
    shown |= {"reason": said.zh, "reason_en": said.en}
    if sees == "bands":
        shown["band"] = band(_utilisation(one), edges)
    if "count" in one:  # the other bridges, in one line
        shown |= {"count": one["count"], "structure": None}
    return shown


def _utilisation(one: Mapping[str, Any]) -> float | None:
    """Share of what is allowed; both numbers stay here."""
    limit, measured = one.get("limit"), one.get("measured")
    return None if one.get("unit") != "ratio" or not limit or measured is None else float(measured) / float(limit)


def _why_not(why_not: Mapping[str, Any], sees: Sees, edges: Sequence[int]) -> dict[str, Any]:
    """Who stands in the way, and smaller sizes that would pass; never the largest mass that a bridge bears."""
    changes = [
        {"changes": one["changes"], "verdict": one.get("verdict")}
        for one in why_not.get("smallest_changes", ())
        if one.get("changes") and all(change.get("quantity") in _SIZES for change in one["changes"])
    ]
    return {"blockers": _findings(why_not.get("blockers", ()), sees, edges), "smallest_changes": changes}
