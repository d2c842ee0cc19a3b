"""Overlays as rows beside the limits of a network, on a date and for a class of transport."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from data.errors import BadInputError
from data.osm.conditional import evaluate
from data.overlays.matching import Matcher
from data.overlays.model import CHINA, Overlay, OverlayItem
from routing.columns import Basis, ConditionState, LimitState, Scope
from routing.graph import I32, U8, RoadGraph


@dataclass(frozen=True, slots=True)
class OverlayRows:
    """Limits in force beside those of the network (生效的临时管制); the columns run in parallel, ordered by arc.

    Attributes:
        arc: Arc, int32.
        quantity: `routing.columns.Quantity`, uint8.
        state: `routing.columns.LimitState`, always NUMBER, uint8.
        value: mm or kg, 0 for a closure, int32.
        basis: `routing.columns.Basis`, always POSTED, uint8.
        scope: `routing.columns.Scope`, STRUCTURE if the item names one, uint8.
        structure: Structure the item names, -1 without, int32.
        decision: `routing.columns.ConditionState`, ACTIVE or UNDECIDED, uint8.
        condition: What has to be found out if UNDECIDED, else empty.
        source: "overlay:<id> <reason>".
        ids: Ids of the items in force on this network, sorted.
        warnings: Places that this network does not have, one sentence each.
    """

    arc: I32
    quantity: U8
    state: U8
    value: I32
    basis: U8
    scope: U8
    structure: I32
    decision: U8
    condition: tuple[str, ...]
    source: tuple[str, ...]
    ids: tuple[str, ...]
    warnings: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.arc)


def apply_overlays(
    graph: RoadGraph, overlays: Sequence[Overlay], *, on: dt.date, vehicle_class: str | None
) -> OverlayRows:
    """Find what overlays say of a network on a date or at a time.

    Args:
        graph: Road network.
        overlays: In any order; they add restrictions, none lifts another.
        on: A time decides windows and hours (without zone it is Beijing's); a bare date leaves those UNDECIDED that
            are in force for a part of the day.
        vehicle_class: "none", "I", "II" or "III"; None leaves bans by class UNDECIDED.

    Raises:
        BadInputError: Two overlays use the same id.
    """
    if isinstance(on, dt.datetime) and on.tzinfo is not None:
        on = on.astimezone(CHINA).replace(tzinfo=None)
    _refuse_twins(overlays)
    judged = [(item, *_judge(item, on, vehicle_class)) for overlay in overlays for item in overlay.items]
    in_force = [entry for entry in judged if entry[1] is not ConditionState.INACTIVE]
    matcher = Matcher(graph, [item for item, _, _ in in_force])
    rows: list[tuple[int, int, int, int, int, str, str]] = []
    ids: list[str] = []
    warnings: list[str] = []
    for item, decision, condition in in_force:
        match = matcher.match(item)
        warnings += match.warnings
        ids += [item.id] if match.arcs else []
        source = f"overlay:{item.id} {item.reason}".strip()
        for quantity, value in item.says.items():
            rows += [(arc, quantity, value, row, decision, condition, source) for arc, row in match.arcs]
    rows.sort()
    arcs, quantities, values, structures, decisions = (np.array([row[n] for row in rows], np.int32) for n in range(5))
    count = len(rows)
    return OverlayRows(
        arc=arcs,
        quantity=quantities.astype(np.uint8),
        state=np.full(count, LimitState.NUMBER, np.uint8),
        value=values,
        basis=np.full(count, Basis.POSTED, np.uint8),
        scope=np.where(structures >= 0, Scope.STRUCTURE, Scope.ROAD).astype(np.uint8),
        structure=structures,
        decision=decisions.astype(np.uint8),
        condition=tuple(row[5] for row in rows),
        source=tuple(row[6] for row in rows),
        ids=tuple(sorted(ids)),
        warnings=tuple(warnings),
    )


def _refuse_twins(overlays: Sequence[Overlay]) -> None:
    first: dict[str, str] = {}
    faults = []
    for overlay in overlays:
        for item in overlay.items:
            if item.id in first:
                faults.append(f"id {item.id!r} stands in {first[item.id]} and in {overlay.source}")
            first.setdefault(item.id, overlay.source)
    if faults:
        raise BadInputError("overlays", faults)


def _judge(item: OverlayItem, on: dt.date, vehicle_class: str | None) -> tuple[ConditionState, str]:
    """Whether an item is in force, and if that is open, what decides it."""
    parts = [(item.window_on(on), item.window)]
    if item.hours:
        parts.append((ConditionState(evaluate(item.hours, at=on)), item.hours))
    if item.classes:
        is_meant = ConditionState.ACTIVE if vehicle_class in item.classes else ConditionState.INACTIVE
        state = ConditionState.UNDECIDED if vehicle_class is None else is_meant
        parts.append((state, f"class {', '.join(item.classes)}"))
    states = [state for state, _ in parts]
    if ConditionState.INACTIVE in states:
        return ConditionState.INACTIVE, ""
    undecided = [text for state, text in parts if state is ConditionState.UNDECIDED]
    return (ConditionState.UNDECIDED if undecided else ConditionState.ACTIVE), "; ".join(undecided)
