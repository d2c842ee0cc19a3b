"""Findings along a route (沿线审查意见): checks of its arcs, placed by distance and merged where they say the same."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from api.reviews.wording import conditions_of, reason_text
from routing.columns import Basis, ConditionState, Quantity, StructureKind, Verdict
from routing.explain import ACCESS_SOURCE, Check, acts_on, check_arc
from routing.graph import RoadGraph
from routing.limits import Judge, Situation
from routing.path import Piece, metres, point_at
from routing.phrase import stake_text
from routing.stakes import stake_at

UNITS = {
    Quantity.HEIGHT: "mm",
    Quantity.WIDTH: "mm",
    Quantity.LENGTH: "mm",
    Quantity.GROSS_MASS: "kg",
    Quantity.AXLE_LOAD: "kg",
    Quantity.AXLE_GROUP: "kg",
    Quantity.TRIDEM: "kg",
    Quantity.COVERAGE: "kg",
}
_MERGE_GAP_MM = 1000  # a pause this short between two equal findings is none


@dataclass(frozen=True, slots=True)
class Finding:
    """One entry of a route's findings (审查意见).

    Attributes:
        at_mm: Distance along the route.
        length_mm: How far along the route it holds.
        way_ids: Source ways it speaks of.
        spot: Where it begins, longitude and latitude in degrees.
        stake_m: Stake where it begins in metres, None if the operator's records give none.
    """

    check: Check
    arc: int
    at_mm: int
    length_mm: int
    way_ids: tuple[int, ...]
    spot: tuple[float, float]
    stake_m: int | None = None

    @property
    def key(self) -> tuple[object, ...]:
        """Findings with equal keys that follow each other are one; what no source states is one across ways."""
        check = self.check
        said = (check.verdict, check.quantity, check.reason, check.limit, check.measured, check.basis, check.structure)
        return *said, check.source, check.condition, check.access, check.source == "" or self.way_ids


def findings_along(graph: RoadGraph, judge: Judge, situation: Situation, pieces: Sequence[Piece]) -> list[Finding]:
    """Explain every piece of a route and merge what follows on; in travel order."""
    cache: dict[int, list[Check]] = {}
    found: list[Finding] = []
    for piece in pieces:
        if piece.arc not in cache:
            cache[piece.arc] = check_arc(graph, judge, situation, piece.arc)
        checks = (check for check in cache[piece.arc] if acts_on(check, piece.from_mm, piece.to_mm))
        found += [finding_of(graph, piece, check) for check in checks]
    return merge_findings(found)


def finding_of(graph: RoadGraph, piece: Piece, check: Check) -> Finding:
    """One check on a driven piece of an arc, placed along the route."""
    start = max(check.at_mm, piece.from_mm)
    end = min(check.at_mm + check.length_mm, piece.to_mm)
    way_id = int(graph.arcs.way_id[piece.arc])
    at_mm = piece.begins_at_mm + start - piece.from_mm
    spot, stake = point_at(graph, piece.arc, start), stake_at(graph, piece.arc, start)
    return Finding(check, piece.arc, at_mm, end - start, (way_id,), spot, stake)


def merge_findings(findings: Iterable[Finding]) -> list[Finding]:
    """Join findings that say the same and follow each other; in travel order."""
    merged: list[Finding] = []
    latest: dict[tuple[object, ...], int] = {}
    for finding in findings:
        place = latest.get(finding.key)
        before = merged[place] if place is not None else None
        if before is None or place is None or finding.at_mm > before.at_mm + before.length_mm + _MERGE_GAP_MM:
            latest[finding.key] = len(merged)
            merged.append(finding)
            continue
        length = max(before.at_mm + before.length_mm, finding.at_mm + finding.length_mm) - before.at_mm
        ways = before.way_ids if finding.way_ids[0] in before.way_ids else before.way_ids + finding.way_ids
        merged[place] = replace(before, length_mm=length, way_ids=ways)
    return sorted(merged, key=lambda f: (f.at_mm, -f.check.verdict, f.check.quantity))


def finding_json(graph: RoadGraph, finding: Finding) -> dict[str, Any]:
    """One finding as the exchange format has it."""
    check = finding.check
    reason = reason_text(check.reason, check.quantity, check.access)
    window = check.condition if check.condition_state is ConditionState.UNDECIDED else ""
    conditions = conditions_of(check.reason, check.verdict, window)
    lon, lat = finding.spot
    at_m = metres(finding.at_mm)
    # A number that no source states is no limit: it is the policy's threshold, and is said to be one.
    limit, threshold = (None, check.limit) if check.basis is Basis.NONE else (check.limit, None)
    has_margin = limit is not None and check.measured is not None
    return {
        "outcome": check.verdict.name.lower(),
        "quantity": check.quantity.label,
        "limit": limit,
        "measured": check.measured,
        "margin": (limit or 0) - (check.measured or 0) if has_margin else None,
        "policy_threshold": threshold,
        "unit": UNITS.get(check.quantity),
        "basis": check.basis.name.lower(),
        "structure": _structure_json(graph, check.structure),
        "way_id": finding.way_ids[0] or None,
        "way_ids": [way for way in finding.way_ids if way],
        "at_m": at_m,
        "length_m": metres(finding.at_mm + finding.length_mm) - at_m,
        "stake": None if finding.stake_m is None else stake_text(finding.stake_m),
        "lon": lon,
        "lat": lat,
        "source": _source(check, finding.way_ids),
        "reason": reason.zh,
        "reason_en": reason.en,
        "conditions": [text.zh for text in conditions],
        "conditions_en": [text.en for text in conditions],
        "when": check.condition or None,
        "near_border": bool(graph.arcs.border_county_code[finding.arc]),
    }


def _source(check: Check, way_ids: Sequence[int]) -> str:
    """Where the limit comes from; what no source states is said to come from the policy."""
    if check.source and check.source != ACCESS_SOURCE:
        return check.source
    ways = f"osm:way/{way_ids[0]}" if way_ids[0] else "road"
    if len(way_ids) > 1:
        ways += f" and {len(way_ids) - 1} more ways"
    if check.source == ACCESS_SOURCE:
        return f"{ways} access"
    if check.basis is Basis.MEASURED:
        return f"{ways} width"
    return f"{ways}, no {check.quantity.label.replace('_', ' ')} stated; policy"


def _structure_json(graph: RoadGraph, structure: int) -> dict[str, Any] | None:
    if structure < 0:
        return None
    rows = graph.structures
    return {
        "id": graph.strings[int(rows.key[structure])],
        "name": graph.strings[int(rows.name[structure])] or None,
        "kind": StructureKind(int(rows.kind[structure])).label,
    }


def worst(findings: Iterable[Finding]) -> Verdict:
    """Worst verdict of all, PASSES if there are none."""
    return max((finding.check.verdict for finding in findings), default=Verdict.PASSES)
