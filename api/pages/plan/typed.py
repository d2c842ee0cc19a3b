"""The whole planning form as it is typed (试算填写): vehicle, places, day, wishes; and the question that it asks."""

import datetime as dt
import math
import unicodedata
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

from api.pages.plan.places import (
    MISSING,
    NOT_FOUND,
    SEVERAL,
    SPLIT,
    STOPS,
    VIAS,
    Choice,
    PlaceTyped,
    Point,
    at_field,
    read_place,
)
from api.pages.plan.vehicle_form import FIELDS, VehicleTyped, read_typed, texts_of
from api.pages.search import MOST_CHOICES, Index
from api.reviews.network import OpenNetwork
from api.reviews.request import VARIANTS, Area
from api.whatif.question import Question
from data.datums import Datum
from maps.labels import Label
from routing.geometry import metres_per_degree

Texts = dict[str, str]
PLACES: Final = (*STOPS, "avoid", "area")
CHECKS: Final = tuple(VARIANTS)
ALL: Final = (*FIELDS, *PLACES, *(f"{name}_at" for name in PLACES), "datum", "on", "area_km", *CHECKS, "case")
ALTERNATIVES: Final = 3
DAYS_AHEAD: Final = 14  # what is proposed as day of travel
LONGEST: Final = 500
DATUMS: Final = tuple(one.value for one in Datum)
_LAST_DAY: Final = dt.date(2100, 1, 1)
_KM: Final = (0.1, 50.0)
_CORNERS: Final = 24


@dataclass(frozen=True, slots=True)
class PlanTyped:
    """What a planning form says.

    Attributes:
        texts: The fields as typed.
        vehicle: The vehicle, with its faults.
        places: Places by field.
        faults: Words by field, of everything.
        question: What is asked; None while there are faults.
    """

    texts: Texts
    vehicle: VehicleTyped
    places: Mapping[str, PlaceTyped]
    faults: Mapping[str, Label] = field(default_factory=dict)
    question: Question | None = None


def texts_in(fields: Mapping[str, Any]) -> Texts:
    """The fields of this form among what was sent, each bounded and printable."""
    sent = {name: value for name in ALL if isinstance(value := fields.get(name), str)}
    return {name: _printable(value)[:LONGEST] for name, value in sent.items()}


def query_of(texts: Mapping[str, str]) -> str:
    """The fields as the query of an address; empty ones are left out."""
    return urlencode({name: texts[name] for name in ALL if texts.get(name)})


def texts_of_question(question: Mapping[str, Any]) -> Texts:
    """The fields that ask a kept question again."""
    typed = question.get("typed")
    if isinstance(typed, dict):
        return texts_in(typed)
    names = question.get("names") or []
    stops = [tuple(stop) for stop in question["stops"]]
    called = [*names, *(f"{lon:.6f}, {lat:.6f}" for lon, lat in stops[len(names) :])]
    texts = texts_of(question["vehicle"]) | stop_texts(list(zip(called, stops, strict=True)))
    return texts | {"on": question["on"]} | dict.fromkeys(question.get("variants", ()), "yes")


def texts_of_case(case_id: uuid.UUID, form: Mapping[str, Any]) -> Texts:
    """The fields that ask about the load and places of a case again."""
    trip = form["trip"]
    places = [trip["origin"], *trip["via"], trip["destination"]]
    named: list[tuple[str, Point]] = [(place["name"], (place["lon"], place["lat"])) for place in places]
    return texts_of(form["whole"]) | stop_texts(named) | {"case": str(case_id)}


def stop_texts(stops: list[tuple[str, Point]]) -> Texts:
    """Fields of named points; more vias than the form has are left out."""
    if not stops:
        return {}
    first, *between, last = stops if len(stops) > 1 else [stops[0], stops[0]]
    placed = {"start": first, "end": last} | dict(zip(VIAS, between, strict=False))
    found: Texts = {}
    for name, (text, point) in placed.items():
        found |= {name: text, f"{name}_at": at_field(text, point)}
    return found


def read_plan(texts: Texts, network: OpenNetwork, index: Index, today: dt.date) -> PlanTyped:
    """Read the whole form; all faults at once.

    Args:
        texts: As typed.
        network: Where stakes and structures are looked up.
        index: Where names are looked up.
        today: The service's day; no trip is asked about before it.
    """
    vehicle = read_typed(texts)
    places = _places(texts, network, index)
    faults = dict(vehicle.faults)
    faults |= {name: place.fault for name, place in places.items() if place.fault is not None}
    on = _day(texts.get("on", ""), today, faults)
    areas = _areas(texts, places, faults)
    choices: dict[str, PlaceTyped] = {}
    avoided = _structures(texts, network, index, faults, choices)
    places |= choices
    stops = [(places[name].text, point) for name in STOPS if name in places and (point := places[name].point)]
    if "start" not in faults and "end" not in faults and len({point for _, point in stops}) == 1:
        faults["end"] = Label("起点和终点相同", "start and end are the same place")
    if faults or on is None:
        return PlanTyped(texts, vehicle, places, faults)
    question = Question(
        vehicle=vehicle.to_json(),
        on=on,
        stops=tuple(point for _, point in stops),
        alternatives=ALTERNATIVES,
        variants=tuple(name for name in VARIANTS if texts.get(name)),
        avoid_areas=areas,
        avoid_structures=avoided,
        names=tuple(name for name, _ in stops),
    )
    return PlanTyped(texts, vehicle, places, faults, question)


def proposed_day(today: dt.date, text: str = "") -> str:
    """The day that the form shows: the one typed if it is still to come, else some days ahead."""
    try:
        typed = dt.date.fromisoformat(text)
    except ValueError:
        typed = None
    return (typed if typed and typed >= today else today + dt.timedelta(days=DAYS_AHEAD)).isoformat()


def _places(texts: Texts, network: OpenNetwork, index: Index) -> dict[str, PlaceTyped]:
    """Start and end always, vias and the area where they are given."""
    wanted = [name for name in (*STOPS, "area") if name in {"start", "end"} or texts.get(name, "").strip()]
    return {name: read_place(texts, name, network, index) for name in wanted}


def _day(text: str, today: dt.date, faults: dict[str, Label]) -> dt.date | None:
    try:
        on = dt.date.fromisoformat(text.strip())
    except ValueError:
        faults["on"] = Label("日期应写作2026-12-01", "a day like 2026-12-01") if text.strip() else MISSING
        return None
    if on < today:
        faults["on"] = Label(f"日期已过，最早填今天（{today}）", f"in the past: today ({today}) at the earliest")
    elif on >= _LAST_DAY:
        faults["on"] = Label("日期应在2100年以前", "a day before 2100")
    return on


def _areas(texts: Texts, places: Mapping[str, PlaceTyped], faults: dict[str, Label]) -> tuple[Area, ...]:
    """The circle that is to be kept out of."""
    place = places.get("area")
    if place is None:
        return ()
    try:
        km = float(unicodedata.normalize("NFKC", texts.get("area_km", "")) or "nan")
    except ValueError:
        km = math.nan
    if not _KM[0] <= km <= _KM[1]:
        faults["area_km"] = Label(f"半径应在{_KM[0]:g}~{_KM[1]:g}千米之间", f"a radius of {_KM[0]:g} to {_KM[1]:g} km")
        return ()
    return () if place.point is None else (circle(place.point, km * 1000),)


def circle(centre: Point, radius_m: float) -> Area:
    """A ring of longitude and latitude around a point."""
    per_lon, per_lat = metres_per_degree(centre[1])
    angles = [math.tau * corner / _CORNERS for corner in range(_CORNERS)]
    ring = [
        (centre[0] + radius_m * math.cos(one) / per_lon, centre[1] + radius_m * math.sin(one) / per_lat)
        for one in angles
    ]
    return (*ring, ring[0])


def _structures(
    texts: Texts, network: OpenNetwork, index: Index, faults: dict[str, Label], choices: dict[str, PlaceTyped]
) -> tuple[str, ...]:
    """The structure that is to be avoided, by its id or its name."""
    text = texts.get("avoid", "").strip()
    if not text:
        return ()
    graph = network.graph
    known, _, meant = texts.get("avoid_at", "").rpartition(SPLIT)
    rows = {graph.strings[int(key)]: row for row, key in enumerate(graph.structures.key)}
    wanted = known if meant == text else text
    if wanted in rows:
        return (wanted,)
    found = [one for one in index.find(text) if one.row is not None]
    same = [one for one in found if one.name == text]
    if len(found) == 1 or len(same) == 1:
        return (graph.strings[int(graph.structures.key[int((same or found)[0].row or 0)])],)
    if not found:
        faults["avoid"] = NOT_FOUND
        return ()
    faults["avoid"] = SEVERAL
    keys = [graph.strings[int(graph.structures.key[int(one.row or 0)])] for one in found[:MOST_CHOICES]]
    offered = [Choice(f"{key}{SPLIT}{text}", one.name, one.kind) for key, one in zip(keys, found, strict=False)]
    choices["avoid"] = PlaceTyped(text, choices=tuple(offered), fault=SEVERAL)
    return ()


def _printable(text: str) -> str:
    return "".join(one for one in text if unicodedata.category(one) not in {"Cc", "Cs", "Cf"})
