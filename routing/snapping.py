"""Put a point on the road (吸附): the nearest usable arc, split there."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from routing.columns import ArcFlag
from routing.errors import TooFarError
from routing.geometry import metres_per_degree, nearest_on_polyline
from routing.graph import Bool, RoadGraph
from routing.search import Place


@dataclass(frozen=True, slots=True)
class Snapped:
    """A point and where it meets the road (吸附结果).

    Attributes:
        lon: Longitude asked for, in degrees.
        lat: Latitude asked for, in degrees.
        distance_m: From there to the road.
        places: The same spot on each direction that may be driven, one or two.
    """

    lon: float
    lat: float
    distance_m: float
    places: tuple[Place, ...]


def snap(graph: RoadGraph, lon: float, lat: float, usable: Bool, *, within_m: float) -> Snapped:
    """Snap a point to the nearest usable road.

    Roads of the connected main network win over stray pieces: a piece that leads nowhere is taken only if no road of the
    main network is within reach.

    Args:
        graph: The network.
        lon: Longitude in degrees.
        lat: Latitude in degrees.
        usable: bool[arcs], arcs that may be snapped to.
        within_m: Farthest distance allowed.

    Raises:
        TooFarError: No usable road within `within_m`; carries the distance to the nearest.
    """
    stray = (graph.arcs.flags & ArcFlag.SMALL_COMPONENT) != 0
    found = _nearest(graph, lon, lat, usable & ~stray, within_m)
    if found is None:
        found = _nearest(graph, lon, lat, usable, within_m)
    if found is None:
        anywhere = _nearest(graph, lon, lat, usable, np.inf)
        if anywhere is None:
            raise TooFarError(f"{lon},{lat}: the network has no road this vehicle could start from", None)
        raise TooFarError(
            f"{lon},{lat} lies {anywhere[0]:.0f} m from the nearest usable road, allowed are {within_m:.0f} m",
            anywhere[0],
        )
    distance, geometry, share = found
    return Snapped(lon, lat, distance, _places(graph, geometry, share, usable))


def _nearest(
    graph: RoadGraph, lon: float, lat: float, usable: Bool, within_m: float
) -> tuple[float, int, float] | None:
    """Distance, geometry and share along it of the nearest usable road; ties go to the lower geometry."""
    first = graph.geometries.first_point
    is_candidate = np.zeros(len(first) - 1, np.bool_)
    is_candidate[graph.arcs.geometry[usable]] = True
    candidates = np.flatnonzero(is_candidate)
    bound = _distance_to_box(graph, lon, lat, candidates)
    near = bound <= within_m
    candidates, bound = candidates[near], bound[near]
    best: tuple[float, int, float] | None = None
    for i in np.argsort(bound, kind="stable"):
        if best is not None and bound[i] > best[0]:
            break
        geometry = int(candidates[i])
        points = slice(int(first[geometry]), int(first[geometry + 1]))
        distance, share = nearest_on_polyline(
            graph.geometries.lon_deg[points], graph.geometries.lat_deg[points], lon, lat
        )
        if distance <= within_m and (best is None or (distance, geometry) < best[:2]):
            best = distance, geometry, share
    return best


def _distance_to_box(
    graph: RoadGraph, lon: float, lat: float, geometries: npt.NDArray[np.intp]
) -> npt.NDArray[np.float64]:
    """Metres from a point to the bounding box of each geometry: never more than to the geometry itself."""
    west, south, east, north = (edge[geometries] for edge in graph.geometry_bounds)
    per_lon, per_lat = metres_per_degree(lat)
    dx = np.maximum(np.maximum(west - lon, lon - east), 0.0) * per_lon
    dy = np.maximum(np.maximum(south - lat, lat - north), 0.0) * per_lat
    distances: npt.NDArray[np.float64] = np.hypot(dx, dy)
    return distances


def _places(graph: RoadGraph, geometry: int, share: float, usable: Bool) -> tuple[Place, ...]:
    arcs = np.flatnonzero((graph.arcs.geometry == geometry) & usable)
    places = []
    for arc in arcs:
        length = int(graph.arcs.length_mm[arc])
        at = round((1.0 - share if graph.arcs.is_reversed[arc] else share) * length)
        places.append(Place(int(arc), at))
    return tuple(places)
