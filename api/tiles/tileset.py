"""The tiles of the network in use (当前路网的瓦片): made anew when the network, its closures or the day changes."""

import datetime as dt
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from api.cases import grounds
from api.reviews.network import OpenNetwork
from data.divisions import Divisions
from data.overlays import Overlay, apply_overlays
from maps.tiles import TileMaker
from maps.tiles_closures import Closure
from maps.tiles_counties import Area
from routing.columns import ConditionState, Quantity
from routing.graph import RoadGraph

_PROVINCE: Final = 10_000


@dataclass(frozen=True, slots=True)
class Tileset:
    """A network with its closures of a day, and what makes their tiles."""

    network: OpenNetwork
    maker: TileMaker
    closures: tuple[Closure, ...]


_lock = threading.Lock()
_networks: dict[int, tuple[OpenNetwork, TileMaker]] = {}
_latest: tuple[tuple[object, ...], Tileset] | None = None


def current_tileset(on: dt.date) -> Tileset:
    """The tileset of a day.

    Raises:
        ServiceUnavailableError: There is no network.
    """
    global _latest  # noqa: PLW0603 - one a process
    found = grounds.current()
    mark = (id(found.network), tuple(overlay.content_id for overlay in found.overlays), on)
    with _lock:
        if _latest is None or _latest[0] != mark:
            closures = closures_on(found.network.graph, found.overlays, on)
            maker = _maker(found.network).with_closures(closures)
            _latest = mark, Tileset(found.network, maker, closures)
        return _latest[1]


def _maker(network: OpenNetwork) -> TileMaker:
    """The maker of a network without closures, kept for the network in use."""
    known = _networks.get(id(network))
    if known is None or known[0] is not network:
        divisions = network.divisions
        maker = TileMaker(network.graph, areas=areas_of(network.graph, divisions), names=divisions.names)
        _networks.clear()
        _networks[id(network)] = known = network, maker
    return known[1]


def areas_of(graph: RoadGraph, divisions: Divisions) -> list[Area]:
    """The counties of every province that the network has roads in."""
    provinces = {code // _PROVINCE for code in np.unique(graph.arcs.county_code).tolist() if code}
    counties = zip(divisions.codes.tolist(), divisions.polygons, strict=True)
    return [
        Area(code, divisions.name_of(code) or "", polygon)
        for code, polygon in counties
        if code // _PROVINCE in provinces
    ]


def closures_on(graph: RoadGraph, overlays: Sequence[Overlay], on: dt.date) -> tuple[Closure, ...]:
    """What closes or limits roads on a day beside the network; a day without hours leaves windows open."""
    rows = apply_overlays(graph, overlays, on=on, vehicle_class=None)
    members: dict[tuple[str, str, bool], set[int]] = {}
    for row in range(len(rows)):
        quantity = Quantity(int(rows.quantity[row])).label
        key = (_said(rows.source[row]), quantity, bool(rows.decision[row] == ConditionState.ACTIVE))
        members.setdefault(key, set()).add(int(graph.arcs.geometry[rows.arc[row]]))
    return tuple(Closure(*key, tuple(sorted(found))) for key, found in sorted(members.items()))


def _said(source: str) -> str:
    """The reason without the item's id; the id where no reason is given."""
    item, _, reason = source.removeprefix("overlay:").partition(" ")
    return reason or item
