"""What the law says of a vehicle while it is built (类别与临界值): class, where sizes lie, what the class costs."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from api.reviews.request import facts_of
from api.unit_of_work import UnitOfWork
from api.whatif.ask import procedure
from data.vehicles import LoadedVehicle
from maps.sentences import format_measure
from rules.loading import find_clause
from rules.ord62.art_015 import CLASS_CLAUSES
from rules.review import Classification, classify
from rules.sensitivity import class_edges, sensitivity_settings

Json = Mapping[str, Any]
QUANTITIES: Final = {"height": "mm", "width": "mm", "length": "mm", "gross_mass": "kg"}
OVER_LIMIT: Final = "ord62-3."  # clauses that say what is over the limits at all
_WIDTH: Final = 300.0  # units of the drawing
_LOWEST, _HIGHEST = 0.5, 2.0  # a bar reaches from this share of its first mark to that of its last


@dataclass(frozen=True, slots=True)
class Mark:
    """A threshold on a bar: its place in units, its words, and whether the value is close below it."""

    x: float
    text: str
    is_near: bool


@dataclass(frozen=True, slots=True)
class Zone:
    """A stretch of a bar that belongs to one class; `limit` for the side of a single limit."""

    x: float
    width: float
    name: str


@dataclass(frozen=True, slots=True)
class Gauge:
    """One quantity between its thresholds (临界值条).

    Attributes:
        quantity: Of the catalogue: height, width, length, gross_mass, axle_load_mean, axle_load_max.
        value: With unit.
        x: Where it lies, in units of the drawing.
        zone: The class it falls into by itself, ``over`` beyond a single limit.
        room: How much is left to the next threshold above; empty beyond the last.
        next_zone: What lies beyond that.
        is_on_edge: Whether nothing is left.
        is_near: Whether that is so little that it may be checked on the spot.
    """

    quantity: str
    value: str
    x: float
    zone: str
    zones: tuple[Zone, ...]
    marks: tuple[Mark, ...]
    room: str
    next_zone: str
    is_on_edge: bool
    is_near: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """A vehicle as the law sees it, and what follows for who applies.

    Attributes:
        classification: Class, findings, refusals.
        gauges: Where each quantity lies.
        edges: What crossing the nearest edges would change, as a review tells it.
        procedure: Days and papers of the class.
        is_checked: Whether every such load is checked before departure.
    """

    classification: Json
    gauges: tuple[Gauge, ...]
    edges: tuple[Json, ...]
    procedure: Json
    is_checked: bool

    @property
    def vehicle_class(self) -> str:
        """none, I, II, III or unknown."""
        return str(self.classification["class"])

    @property
    def deciding(self) -> list[Json]:
        """The findings that made the class: of article 15, or of article 3 where nothing is over."""
        rank = CLASS_CLAUSES.get(self.vehicle_class, OVER_LIMIT)
        is_over = self.classification["class"] != "none"
        found = [one for one in self.classification["findings"] if str(one["clause"]).startswith(rank)]
        return [one for one in found if one["outcome"] == "met"] if is_over else found


def judge(work: UnitOfWork, province: str | None, vehicle: LoadedVehicle, on: dt.date) -> Judged:
    """Classify a vehicle and say what that costs."""
    facts = facts_of(vehicle)
    found = classify(facts, on=on)
    told = found.to_json()
    return Judged(
        classification=told,
        gauges=tuple(_gauges(found, told, vehicle, on)),
        edges=tuple(edge.to_json() for edge in class_edges(facts, on=on)),
        procedure=procedure(work, province, {"classification": told}, on),
        is_checked=told["class"] in sensitivity_settings().on_site_check_classes,
    )


def _gauges(found: Classification, told: Json, vehicle: LoadedVehicle, on: dt.date) -> Iterator[Gauge]:
    values = {
        "height": vehicle.height_mm,
        "width": vehicle.width_mm,
        "length": vehicle.length_mm,
        "gross_mass": vehicle.gross_mass_kg,
    }
    near = {(one["quantity"], one["edge"]) for one in told["near_threshold"]}
    for quantity, unit in QUANTITIES.items():
        edges = _class_edges(quantity, told, found.vehicle_class, on)
        yield _gauge(quantity, values[quantity], unit, edges, {edge for name, edge in near if name == quantity})
    seen: set[str] = set()
    for one in (*told["refusals"], *told["findings"]):
        quantity = str(one["quantity"])
        if quantity.startswith("axle_load") and one["measured"] is not None and quantity not in seen:
            seen.add(quantity)
            yield _gauge(quantity, one["measured"], one["unit"], [(one["threshold"], "within")], set())


def _class_edges(quantity: str, told: Json, vehicle_class: str, on: dt.date) -> list[tuple[int, str]]:
    """Largest values below each next class, with the class they end; rising."""
    marks: dict[int, str] = {}
    for one in told["findings"]:
        is_limit = str(one["clause"]).startswith(OVER_LIMIT) and one["quantity"] == quantity
        if is_limit and one["threshold"] is not None and vehicle_class != "unknown":
            marks[one["threshold"]] = "none"
    for name in ("I", "II"):
        clause = find_clause(CLASS_CLAUSES[name], on)
        threshold = clause.clause.thresholds.get(quantity) if clause else None
        if threshold is not None:
            marks[threshold.value] = name
    return sorted(marks.items())


def _gauge(quantity: str, value: int, unit: str, edges: list[tuple[int, str]], near: set[int]) -> Gauge:
    last = "over" if edges and edges[-1][1] == "within" else "III"
    names = [name for _, name in edges] + [last]
    wide = _WIDTH / len(names)
    zones = tuple(Zone(round(at * wide, 1), round(wide, 1), name) for at, name in enumerate(names))
    marks = tuple(
        Mark(zone.x, format_measure(edge, unit), edge in near) for zone, (edge, _) in zip(zones[1:], edges, strict=True)
    )
    above = [(edge, zone) for edge, zone in edges if value <= edge]
    own = above[0][1] if above else last
    return Gauge(
        quantity=quantity,
        value=format_measure(value, unit),
        x=round(_share(value, [edge for edge, _ in edges]) * wide, 1),
        zone=own,
        zones=zones,
        marks=marks,
        room=format_measure(above[0][0] - value, unit, fine=True) if above else "",
        next_zone=names[names.index(own) + 1] if above else "",
        is_on_edge=bool(above) and above[0][0] == value,
        is_near=bool(above) and above[0][0] in near,
    )


def _share(value: int, edges: list[int]) -> float:
    """Where a value lies on a bar whose zones are equally wide: the number of its zone, and how far into it."""
    bounds = [edges[0] * _LOWEST, *edges, edges[-1] * _HIGHEST] if edges else [0.0, 2.0 * value]
    for at, (low, high) in enumerate(pairwise(bounds)):
        if value <= high:
            return at + max((value - low) / (high - low), 0.0)
    return len(bounds) - 1.0
