"""What a packet may hold of a review (本单位部分): findings and structures within its own stretches, nothing else."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from rules.management import RoadStretch

Json = dict[str, Any]
RANK: Final = ("passes", "conditional", "unknown", "blocked")
# What names other places of a finding that reaches beyond the part.
_OUTSIDE: Final[Json] = {"way_id": None, "way_ids": [], "lon": None, "lat": None, "stake": None, "source": ""}


def ranges_of(stretches: Sequence[RoadStretch]) -> list[tuple[int, int]]:
    """Join stretches that follow each other: (enter, exit) in metres along the route."""
    found: list[tuple[int, int]] = []
    for stretch in sorted(stretches, key=lambda one: (one.enter_m, one.exit_m)):
        if found and stretch.enter_m <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], stretch.exit_m)
        else:
            found.append((stretch.enter_m, stretch.exit_m))
    return found


def cut_findings(
    findings: Iterable[Mapping[str, Any]], ranges: Sequence[tuple[int, int]], length_m: int
) -> tuple[Json, ...]:
    """The findings of a part, cut at its ends.

    A finding that counts bridges of the whole route is nobody's part and is left out. One that reaches beyond the part
    keeps what it says and loses what names places elsewhere.

    Args:
        findings: Of the route.
        ranges: The part, metres along the route.
        length_m: Of the route, whose last point belongs to its last stretch.
    """
    found = []
    for finding in findings:
        if "count" in finding:
            continue
        start, end = finding["at_m"], finding["at_m"] + finding["length_m"]
        for low, high in ranges:
            is_spot = start == end and (low <= start < high or start == high == length_m)
            if low <= start and end <= high and (is_spot or start < end):
                found.append(dict(finding))
            elif max(start, low) < min(end, high):
                clipped = {"at_m": max(start, low), "length_m": min(end, high) - max(start, low)}
                found.append(dict(finding) | _OUTSIDE | clipped)
    return tuple(sorted(found, key=lambda finding: (finding["at_m"], -RANK.index(finding["outcome"]))))


def needs_person(finding: Mapping[str, Any]) -> bool:
    """Whether a person must look at what the finding says (需人工判断)."""
    return bool(finding["outcome"] != RANK[0])


def structures_in(findings: Iterable[Mapping[str, Any]]) -> tuple[Json, ...]:
    """Structures of the part that need a person, each once, with what is asked about them; in travel order."""
    found: dict[str, Json] = {}
    for finding in findings:
        structure = finding["structure"]
        if structure is None or not needs_person(finding):
            continue
        entry = found.setdefault(
            structure["id"], dict(structure) | {"at_m": finding["at_m"], "outcome": RANK[0], "asks": []}
        )
        entry["outcome"] = max(entry["outcome"], finding["outcome"], key=RANK.index)
        if finding["reason"] not in entry["asks"]:
            entry["asks"].append(finding["reason"])
    return tuple(found.values())
