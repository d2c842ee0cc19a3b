"""Places as they are typed (起讫点填写): a name, a stake, or coordinates with their datum, to a point of CGCS2000."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from api.pages.search import DIVISIONS, Found, Index, coordinates_of, is_division_called
from api.reviews.network import OpenNetwork
from data.datums import Datum, to_cgcs2000
from maps.labels import Label
from routing.graph import RoadGraph
from routing.phrase import refs_of, stake_text

Point = tuple[float, float]
LONGEST: Final = 60
VIAS: Final = ("via1", "via2", "via3", "via4")
STOPS: Final = ("start", *VIAS, "end")
SPLIT: Final = "|"
SEVERAL: Final = Label("有多处符合，请选择其中一处", "several fit: choose one of them")
MISSING: Final = Label("未填写", "is missing")
NOT_FOUND: Final = Label(
    "没有找到，请换一种写法，或在地图上点选", "not found: write it otherwise or choose it on the map"
)
_STAKE: Final = re.compile(r"([A-Z]\d{1,6})\s*[KK]\s*(\d{1,5})(?:\+(\d{1,3}))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several places that fit: what the hidden field then holds, its name and kind.

    `is_wide` tells a division, of which only some point is meant: where its government sits is not known.
    """

    value: str
    name: str
    kind: str
    is_wide: bool = False


@dataclass(frozen=True, slots=True)
class PlaceTyped:
    """What a field says of a place.

    Attributes:
        text: As typed.
        point: Longitude and latitude (CGCS2000); None if it is not known.
        choices: Places of that name, one of which has to be chosen.
        fault: What is wrong; None if nothing is.
    """

    text: str
    point: Point | None = None
    choices: tuple[Choice, ...] = ()
    fault: Label | None = None

    @property
    def chosen(self) -> str:
        """The point together with the text it belongs to, for a hidden field."""
        return at_field(self.text, self.point) if self.point else ""


def at_field(text: str, point: Point) -> str:
    """A point with the text it was chosen for: another text makes it void."""
    return f"{point[0]:.6f},{point[1]:.6f}{SPLIT}{text}"


def datum_of(text: str) -> Datum:
    """The chosen datum; CGCS2000 if it is none."""
    return Datum(text) if text in {one.value for one in Datum} else Datum.CGCS2000


def read_place(texts: Mapping[str, str], name: str, network: OpenNetwork, index: Index) -> PlaceTyped:
    """Read one place.

    Args:
        texts: The form; ``<name>_at`` holds a point chosen for that very text, ``datum`` the datum of typed numbers.
        name: Of the field.
        network: Where stakes are looked up.
        index: Where names are looked up.
    """
    text = texts.get(name, "").strip()
    if not text:
        return PlaceTyped("", fault=MISSING)
    known, _, meant = texts.get(f"{name}_at", "").partition(SPLIT)
    point = coordinates_of(known) if meant == text else None
    if point is not None:
        return PlaceTyped(text, point)
    typed = coordinates_of(unicodedata.normalize("NFKC", text))
    if typed is not None:
        return PlaceTyped(text, to_cgcs2000(*typed, datum_of(texts.get("datum", ""))))
    found = find_stake(network.graph, text) or index.choices(text)
    if not found:
        return PlaceTyped(text, fault=NOT_FOUND)
    called = [one for one in found if one.name == text or is_division_called(one, text)]
    if len(found) == 1 or (len(called) == 1 and called[0].name == text):
        one = (called or found)[0]
        return PlaceTyped(text, (one.lon, one.lat))
    choices = tuple(
        Choice(at_field(text, (one.lon, one.lat)), one.name, one.kind, one.kind in DIVISIONS) for one in found
    )
    return PlaceTyped(text, choices=choices, fault=SEVERAL)


def find_stake(graph: RoadGraph, text: str) -> list[Found]:
    """The spot of a road number and a stake such as ``G4 K1500+200``; empty if the operator's records have none."""
    match = _STAKE.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if match is None:
        return []
    ref, stake_m = match[1].upper(), int(match[2]) * 1000 + int(match[3] or "0")
    rows = graph.road_records
    low, high = np.minimum(rows.stake_from_m, rows.stake_to_m), np.maximum(rows.stake_from_m, rows.stake_to_m)
    for row in np.flatnonzero((low >= 0) & (low <= stake_m) & (stake_m <= high)).tolist():
        arc = int(rows.arc[row])
        if ref in refs_of(graph.strings[int(graph.arcs.ref[arc])]):
            start, end = int(rows.stake_from_m[row]), int(rows.stake_to_m[row])
            share = (stake_m - start) / (end - start) if end != start else 0.0
            lon, lat = _point_on(graph, arc, share)
            return [Found("road", f"{ref} {stake_text(stake_m)}", lon, lat)]
    return []


def _point_on(graph: RoadGraph, arc: int, share: float) -> Point:
    """A point of an arc at a share of its length."""
    lon, lat = graph.arc_points(arc)
    steps = np.hypot(np.diff(lon) * np.cos(np.radians(float(lat[0]))), np.diff(lat))
    at = np.concatenate([[0.0], np.cumsum(steps)])
    wanted = share * float(at[-1])
    return float(np.interp(wanted, at, lon)), float(np.interp(wanted, at, lat))
