"""Settle bridges by what was assessed before (既有结论的采用): evaluated corridors, stored calculations and surveys.

They only ever answer for bridges, never for coverage: where no inventory speaks, there may be bridges nobody assessed.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from api.reviews.bridges import BridgeResult, Settlement
from data.bridges.evidence import Evidence
from data.bridges.evidence_model import Calculation, Corridor
from data.vehicles import LoadedVehicle
from routing.bridges.dominance import is_dominated
from routing.bridges.judging import BridgeAnswer, BridgeReason
from routing.columns import BridgeSystem, StructureKind, Verdict
from routing.graph import RoadGraph
from routing.phrase import refs_of
from routing.stakes import stake_at
from routing.vehicle import Axle

MM_PER_M = 1000
FINAL = frozenset({BridgeReason.BLOCKED_CLASS})  # no paper opens a bridge that its condition closes
BENT = frozenset({BridgeReason.SPECIAL_TYPE, BridgeReason.SKEWED})  # no simple beam, whatever the register calls it
VERDICTS = {"passes": Verdict.PASSES, "conditional": Verdict.CONDITIONAL}


@dataclass(frozen=True, slots=True)
class Settled:
    """Results with all that is settled.

    Attributes:
        results: One a bridge.
        ids: Entries that changed an answer, sorted.
        warnings: Places that this network does not have.
    """

    results: list[BridgeResult]
    ids: tuple[str, ...]
    warnings: tuple[str, ...]


def settle(
    graph: RoadGraph,
    results: Sequence[BridgeResult],
    evidence: Sequence[Evidence],
    vehicle: LoadedVehicle,
    *,
    on: dt.date,
) -> Settled:
    """Take over earlier answers for every bridge they better; a bridge closed by its condition stays closed.

    Args:
        graph: The network.
        results: What the comparison of load effects says of every bridge.
        evidence: Files of settled answers.
        vehicle: Loads in kg, spacings in mm.
        on: Day of travel.
    """
    if not evidence:
        return Settled(list(results), (), ())
    settler = _Settler.of(graph, evidence, vehicle, on)
    settled = [settler.better(bridge, result) for bridge, result in enumerate(results)]
    used = {result.settlement.entry.id for result in settled if result.settlement is not None}
    return Settled(settled, tuple(sorted(used)), tuple(_missing_places(graph, evidence)))


@dataclass(frozen=True, slots=True)
class _Settler:
    """One vehicle on one day, and the entries that are in force for it."""

    graph: RoadGraph
    axles: tuple[Axle, ...]
    corridors: tuple[Corridor, ...]
    calculations: dict[str, list[Calculation]]
    arcs_of: dict[int, list[int]]

    @classmethod
    def of(cls, graph: RoadGraph, evidence: Sequence[Evidence], vehicle: LoadedVehicle, on: dt.date) -> "_Settler":
        axles = tuple(Axle(axle.load_kg, axle.spacing_mm, axle.files) for axle in vehicle.axles)
        gross_kg = max(vehicle.gross_mass_kg, sum(axle.load_kg for axle in axles))
        corridors = [one for file in evidence for one in file.corridors]
        fitting = tuple(one for one in corridors if one.is_in_force(on) and _fits(one, axles, gross_kg))
        calculations: dict[str, list[Calculation]] = {}
        for one in (one for file in evidence for one in file.calculations):
            if one.is_in_force(on) and gross_kg <= _gross_kg(one):
                calculations.setdefault(one.structure, []).append(one)
        arcs_of: dict[int, list[int]] = {}
        for arc, bridge in zip(graph.arc_bridges.arc.tolist(), graph.arc_bridges.bridge.tolist(), strict=True):
            arcs_of.setdefault(bridge, []).append(arc)
        return cls(graph, axles, fitting, calculations, arcs_of)

    def better(self, bridge: int, result: BridgeResult) -> BridgeResult:
        """Return the result, or the best settled one if that is better."""
        if result.answer.verdict is Verdict.PASSES or FINAL.intersection(result.answer.reasons):
            return result
        options: list[tuple[Verdict, str, Corridor | Calculation]] = [
            *((Verdict.PASSES, one.id, one) for one in self._corridors(bridge)),
            *((VERDICTS[one.verdict], one.id, one) for one in self._calculations(bridge, result.answer)),
        ]
        if not options:
            return result
        verdict, _, entry = min(options, key=lambda option: option[:2])
        if verdict >= result.answer.verdict:
            return result
        answer = BridgeAnswer(verdict, None, result.answer.reasons)
        return replace(result, answer=answer, settlement=Settlement(entry, result.answer.verdict))

    def _calculations(self, bridge: int, answer: BridgeAnswer) -> Iterator[Calculation]:
        structure = int(self.graph.bridges.structure[bridge])
        key = self.graph.strings[int(self.graph.structures.key[structure])]
        system = self.graph.bridges.system[bridge]
        is_simple = system == BridgeSystem.SIMPLE and not BENT.intersection(answer.reasons)
        for one in self.calculations.get(key, ()):
            if is_dominated(self.axles, one.vehicle.train, is_simple=is_simple):
                yield one

    def _corridors(self, bridge: int) -> Iterator[Corridor]:
        structure = int(self.graph.bridges.structure[bridge])
        if not self.corridors or self.graph.structures.kind[structure] != StructureKind.BRIDGE:
            return
        arcs = self.arcs_of.get(bridge, [])
        for one in self.corridors:
            if arcs and all(self._is_within(one, arc, structure) for arc in arcs):
                yield one

    def _is_within(self, corridor: Corridor, arc: int, structure: int) -> bool:
        """Whether a bridge on an arc lies in a corridor; a road with several numbers may count another's stakes."""
        if refs_of(self.graph.strings[int(self.graph.arcs.ref[arc])]) != [corridor.route_ref]:
            return False
        low, high = corridor.stretch_m
        stakes = [stake_at(self.graph, arc, at_mm) for at_mm in _places(self.graph, arc, structure)]
        return all(stake is not None and low <= stake <= high for stake in stakes)


def _fits(corridor: Corridor, axles: Sequence[Axle], gross_kg: int) -> bool:
    """Whether a vehicle is within what a corridor was assessed for; two files side by side never are."""
    if gross_kg > corridor.max_gross_kg or any(axle.files > 1 for axle in axles):
        return False
    densest = corridor.max_axles_per_m
    is_spread = densest is None or all(axle.spacing_mm * densest >= MM_PER_M for axle in axles[1:])
    return is_spread and max(axle.load_kg for axle in axles) <= corridor.max_axle_kg


def _gross_kg(calculation: Calculation) -> int:
    vehicle = calculation.vehicle
    return max(vehicle.gross_mass_kg, sum(axle.load_kg for axle in vehicle.axles))


def _places(graph: RoadGraph, arc: int, structure: int) -> list[int]:
    """Where a structure is on an arc, in mm from its start; both ends of the arc if that is not known."""
    rows = graph.arc_structures
    first, end = int(rows.first_out[arc]), int(rows.first_out[arc + 1])
    found = [int(rows.at_mm[row]) for row in range(first, end) if rows.structure[row] == structure]
    return found or [0, int(graph.arcs.length_mm[arc])]


def _missing_places(graph: RoadGraph, evidence: Sequence[Evidence]) -> Iterator[str]:
    on_arcs = np.unique(graph.bridges.structure)
    keys = {graph.strings[int(graph.structures.key[structure])] for structure in on_arcs}
    routes = {ref for text in np.unique(graph.arcs.ref) for ref in refs_of(graph.strings[int(text)])}
    for file in evidence:
        for corridor in file.corridors:
            if corridor.route_ref not in routes:
                yield f"evidence {corridor.id}: route {corridor.route_ref} is not in this network"
        for one in file.calculations:
            if one.structure not in keys:
                yield f"evidence {one.id}: structure {one.structure} is no bridge of an inventory in this network"
