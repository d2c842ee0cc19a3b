"""Every bridge of the inventory with the vehicle's actual axles (逐桥验算).

An assisted review (辅助审查): it compares load effects with those of the design load and is no stamped calculation.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from data.bridges.evidence_model import Calculation, Corridor
from data.bridges.resolving import resolve_design_load
from data.bridges.span_lists import read_spans
from data.vehicles import LoadedVehicle
from routing.bridges.check import Governing
from routing.bridges.effects import Effect
from routing.bridges.errors import BridgeError
from routing.bridges.judging import BridgeAnswer, BridgeFacts, BridgeReason, is_stale, judge
from routing.bridges.policy import BridgePolicy, Spreading
from routing.bridges.ratio import Crossing, Deck
from routing.bridges.sections import System, sections_of
from routing.bridges.table import BridgeKey, BridgeTable
from routing.bridges.trains import AxleTrain
from routing.columns import BridgeSystem, DeckKind, Verdict
from routing.graph import I32, U8, RoadGraph
from routing.vehicle import Axle

# Editions of JTG D60; an undated bridge is taken under the earlier one, whose effects are never larger.
EDITION_2015, EDITION_2004, FIRST_YEAR_OF_2015 = "2015", "2004", 2016
SYSTEMS = {
    BridgeSystem.UNKNOWN: System.UNKNOWN,
    BridgeSystem.SIMPLE: System.SIMPLE,
    BridgeSystem.CONTINUOUS: System.CONTINUOUS,
}
DECKS = {
    DeckKind.UNKNOWN: Spreading.UNKNOWN,
    DeckKind.STIFF: Spreading.STIFF,
    DeckKind.HINGED: Spreading.HINGED,
}


@dataclass(frozen=True, slots=True)
class Settlement:
    """An earlier answer that was taken over (采用的既有结论).

    Attributes:
        entry: The corridor or calculation.
        without: What the comparison of load effects alone says.
    """

    entry: Corridor | Calculation
    without: Verdict


@dataclass(frozen=True, slots=True)
class BridgeResult:
    """What one vehicle finds on one bridge.

    Attributes:
        answer: Verdict, reasons, conditions.
        governing: Worst ratios by way of crossing, None where nothing could be compared.
        settlement: The earlier answer that decides, None where the comparison does.
    """

    answer: BridgeAnswer
    governing: dict[Crossing, Governing] | None
    settlement: Settlement | None = None


class NetworkBridges:
    """The bridges of a network under one bridge policy (路网桥梁表): all that does not depend on the vehicle."""

    def __init__(self, graph: RoadGraph, policy: BridgePolicy) -> None:
        self._graph = graph
        self._policy = policy

    @cached_property
    def _keys(self) -> tuple[tuple[BridgeKey, ...], I32]:
        """Different bridges, and for every row which of them it is, -1 for one that cannot be computed."""
        rows = self._graph.bridges
        found: dict[BridgeKey, int] = {}
        key_of = np.full(len(rows.structure), -1, np.int32)
        described: dict[tuple[int, ...], BridgeKey | None] = {}
        columns = (rows.spans, rows.system, rows.design_load, rows.standard, rows.lanes, rows.deck, rows.built_year)
        for bridge, description in enumerate(zip(*(column.tolist() for column in columns), strict=True)):
            if description not in described:
                described[description] = self._key(*description)
            key = described[description]
            if key is not None:
                key_of[bridge] = found.setdefault(key, len(found))
        return tuple(found), key_of

    def _key(
        self, spans: int, system: int, design_load: int, standard: int, lanes: int, deck: int, built_year: int
    ) -> BridgeKey | None:
        texts = self._graph.strings
        units = read_spans(texts[spans]).units if spans else ()
        assumed = EDITION_2015 if built_year >= FIRST_YEAR_OF_2015 else EDITION_2004
        stated = texts[standard]
        edition = stated if stated in {EDITION_2015, EDITION_2004} else assumed
        load = resolve_design_load(texts[design_load], edition).load if design_load else None
        if not units or load is None:
            return None
        try:
            sections_of(units, System.SIMPLE)
        except BridgeError:
            return None
        spreading = DECKS[DeckKind(deck)]
        return BridgeKey(units, SYSTEMS[BridgeSystem(system)], load, Deck(lanes=max(lanes, 1), spreading=spreading))

    @cached_property
    def table(self) -> BridgeTable:
        """Precomputed columns of the different bridges."""
        return BridgeTable.of(self._keys[0], self._policy)

    def results(self, vehicle: LoadedVehicle, *, on: dt.date, legal_mass_kg: int) -> list[BridgeResult]:
        """Judge every bridge for one vehicle.

        Args:
            vehicle: With its axles.
            on: Day of travel: an old rating counts less.
            legal_mass_kg: Up to here no permit is needed, and only a bridge closed by its condition is in the way.
        """
        if not len(self._graph.bridges.structure):
            return []
        by_key = self._ratios(vehicle)
        is_legal = vehicle.gross_mass_kg <= legal_mass_kg
        is_double = any(axle.files > 1 for axle in vehicle.axles)
        known: dict[tuple[object, ...], BridgeResult] = {}
        return [self._result(bridge, by_key, known, on, is_legal, is_double) for bridge in range(len(self._keys[1]))]

    def _ratios(self, vehicle: LoadedVehicle) -> list[dict[Crossing, Governing]]:
        axles = [Axle(axle.load_kg, axle.spacing_mm, axle.files) for axle in vehicle.axles]
        train = AxleTrain.of_axles(axles)
        if any(axle.files > 1 for axle in axles):
            train = train.scaled(1.0 / self._policy.double_file_credit)
        found = self.table.ratios(train)
        return [
            {
                way: Governing(
                    float(found.ratio[way, key]),
                    Effect(int(found.effect[way, key])),
                    float(found.at_m[way, key]),
                    float(found.uplift[way, key]),
                )
                for way in Crossing
            }
            for key in range(len(self._keys[0]))
        ]

    def _result(
        self,
        bridge: int,
        by_key: list[dict[Crossing, Governing]],
        known: dict[tuple[object, ...], BridgeResult],
        on: dt.date,
        is_legal: bool,
        is_double: bool,
    ) -> BridgeResult:
        rows = self._graph.bridges
        key = int(self._keys[1][bridge])
        stale = is_stale(_date_of(int(rows.rated_on[bridge])), on, self._policy.condition)
        place = (
            key,
            int(rows.condition[bridge]),
            stale,
            int(rows.skew_deg[bridge]),
            int(rows.superstructure[bridge]),
            bool(rows.spans[bridge]),
        )
        if place not in known:
            facts = self._facts(bridge, stale=stale, is_double=is_double)
            governing = by_key[key] if key >= 0 else None
            answer = judge(governing, facts, self._policy, has_spans=place[5])
            if is_legal and place[1] not in self._policy.condition.blocked_classes:
                answer = BridgeAnswer(Verdict.PASSES, None, (BridgeReason.LEGAL_MASS,))
            known[place] = BridgeResult(answer, governing)
        return known[place]

    def bearable(
        self,
        vehicle: LoadedVehicle,
        results: Sequence[BridgeResult],
        *,
        on: dt.date,
        legal_mass_kg: int,
        worst: Verdict,
    ) -> I32:
        """Largest gross mass each bridge bears with a verdict up to `worst`, if all axles are relieved in proportion.

        Effects grow in proportion to loads, so the ratio of the vehicle as it is tells those of all lighter ones.

        Args:
            vehicle: As declared.
            results: What it finds on every bridge; a bridge that bears it as it is bears any lighter one.
            on: Day of travel.
            legal_mass_kg: Up to here only a bridge closed by its condition is in the way.
            worst: Worst verdict that counts.

        Returns:
            int32[bridges] in kg, 0 where no mass is borne, the largest number where the vehicle as it is.
        """
        known: dict[tuple[object, ...], int] = {}
        found = np.full(len(results), np.iinfo(np.int32).max, np.int32)
        for bridge, result in enumerate(results):
            if result.answer.verdict > worst:
                found[bridge] = self._bearable(bridge, result, vehicle, on, legal_mass_kg, worst, known)
        return found

    def _bearable(
        self,
        bridge: int,
        result: BridgeResult,
        vehicle: LoadedVehicle,
        on: dt.date,
        legal_kg: int,
        worst: Verdict,
        known: dict[tuple[object, ...], int],
    ) -> int:
        stale = is_stale(_date_of(int(self._graph.bridges.rated_on[bridge])), on, self._policy.condition)
        facts = self._facts(bridge, stale=stale, is_double=any(axle.files > 1 for axle in vehicle.axles))
        place = (int(self._keys[1][bridge]), facts, bool(self._graph.bridges.spans[bridge]))
        if place not in known:
            is_closed = facts.condition_class in self._policy.condition.blocked_classes
            low, high = 0 if is_closed else min(legal_kg, vehicle.gross_mass_kg), vehicle.gross_mass_kg
            while low < high:
                middle = (low + high + 1) // 2
                lighter = _scaled(result.governing, middle / vehicle.gross_mass_kg)
                answer = judge(lighter, facts, self._policy, has_spans=place[2])
                low, high = (middle, high) if answer.verdict <= worst else (low, middle - 1)
            known[place] = low
        return known[place]

    def _facts(self, bridge: int, *, stale: bool, is_double: bool) -> BridgeFacts:
        rows = self._graph.bridges
        skew = int(rows.skew_deg[bridge])
        return BridgeFacts(
            condition_class=int(rows.condition[bridge]) or None,
            is_rating_stale=stale,
            skew_deg=float(skew) if skew >= 0 else None,
            superstructure=self._graph.strings[int(rows.superstructure[bridge])],
            is_double_file=is_double,
        )


def _scaled(governing: dict[Crossing, Governing] | None, share: float) -> dict[Crossing, Governing] | None:
    if governing is None:
        return None
    return {
        way: replace(found, ratio=found.ratio * share, uplift_ratio=found.uplift_ratio * share)
        for way, found in governing.items()
    }


def verdicts_of(results: list[BridgeResult]) -> U8:
    """Verdict of every bridge, uint8[bridges]."""
    return np.array([result.answer.verdict for result in results], np.uint8)


def _date_of(number: int) -> dt.date | None:
    """Read a date written as year, month and day in one number; None for 0."""
    return dt.date(number // 10_000, number // 100 % 100, number % 100) if number else None
