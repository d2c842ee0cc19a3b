"""Put a point on the road (吸附): the nearest usable arc, split there."""

from dataclasses import dataclass

import numpy as np

from routing.columns import ArcFlag
from routing.errors import PointError, TooFarError
from routing.geometry import metres_per_degree, nearest_on_polyline
from routing.graph import F64, I32, Bool, RoadGraph
from routing.parts import Place

DETOUR_M = 300.0  # a road that leads on may lie this much farther than one that does not,
DETOUR_FACTOR = 1.5  # or this many times as far
MAX_LON_DEG, MAX_LAT_DEG = 180, 90


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


def snap(
    graph: RoadGraph,
    lon: float,
    lat: float,
    usable: Bool,
    *,
    within_m: float,
    dead_ends: ArcFlag = ArcFlag.SMALL_COMPONENT,
) -> Snapped:
    """Snap a point to the nearest usable road.

    Roads that lead somewhere win over stray pieces, as long as they do not lie much farther away.

    Args:
        graph: The network.
        lon: Longitude in degrees.
        lat: Latitude in degrees.
        usable: bool[arcs], arcs that may be snapped to.
        within_m: Farthest distance allowed.
        dead_ends: Arcs with any of these flags lead nowhere.

    Raises:
        PointError: The coordinates are no place on earth.
        TooFarError: No usable road within `within_m`; carries the distance to the nearest.
    """
    if not (abs(lon) <= MAX_LON_DEG and abs(lat) <= MAX_LAT_DEG):  # neither is true of NaN
        raise PointError(f"{lon},{lat} is no longitude and latitude in degrees (-180 to 180, -90 to 90)")
    nearest = _nearest(graph, lon, lat, usable, within_m)
    if nearest is None:
        raise _too_far(graph, lon, lat, usable, within_m)
    leads_on = usable & ((graph.arcs.flags & dead_ends) == 0)
    reach = min(within_m, max(nearest[0] + DETOUR_M, nearest[0] * DETOUR_FACTOR))
    found = _nearest(graph, lon, lat, leads_on, reach)
    distance, geometry, share = found or nearest
    return Snapped(lon, lat, distance, _places(graph, geometry, share, usable if found is None else leads_on))


def _too_far(graph: RoadGraph, lon: float, lat: float, usable: Bool, within_m: float) -> TooFarError:
    anywhere = _nearest(graph, lon, lat, usable, np.inf)
    if anywhere is None:
        return TooFarError(f"{lon},{lat}: the network has no road this vehicle could start from", None)
    distance = anywhere[0]
    return TooFarError(
        f"{lon},{lat} lies {distance:.0f} m from the nearest usable road, allowed are {within_m:.0f} m", distance
    )


def _nearest(
    graph: RoadGraph, lon: float, lat: float, usable: Bool, within_m: float
) -> tuple[float, int, float] | None:
    """Distance, geometry and share along it of the nearest usable road; ties go to the lower geometry."""
    first = graph.geometries.first_point
    near = _boxes_near(graph, lon, lat, within_m)
    candidates = np.unique(graph.arcs.geometry[near[graph.arcs.geometry] & usable])
    bound = _distance_to_boxes(graph, lon, lat, candidates)
    candidates, bound = candidates[bound <= within_m], bound[bound <= within_m]
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


def _boxes_near(graph: RoadGraph, lon: float, lat: float, within_m: float) -> Bool:
    """Geometries whose bounding box may lie within a distance, bool[geometries]; none that does is left out."""
    west, south, east, north = graph.geometry_bounds
    per_lon, per_lat = metres_per_degree(lat)
    pad_lon, pad_lat = (within_m + 1.0) / per_lon, (within_m + 1.0) / per_lat
    near: Bool = (west <= lon + pad_lon) & (east >= lon - pad_lon)
    near &= (south <= lat + pad_lat) & (north >= lat - pad_lat)
    return near


def _distance_to_boxes(graph: RoadGraph, lon: float, lat: float, geometries: I32) -> F64:
    """Metres from a point to the bounding boxes of geometries: never more than to the geometries themselves."""
    west, south, east, north = (edge[geometries] for edge in graph.geometry_bounds)
    per_lon, per_lat = metres_per_degree(lat)
    dx = np.maximum(np.maximum(west - lon, lon - east), 0.0) * per_lon
    dy = np.maximum(np.maximum(south - lat, lat - north), 0.0) * per_lat
    distances: F64 = np.hypot(dx, dy)
    return distances


def _places(graph: RoadGraph, geometry: int, share: float, usable: Bool) -> tuple[Place, ...]:
    arcs = np.flatnonzero((graph.arcs.geometry == geometry) & usable)
    places = []
    for arc in arcs:
        length = int(graph.arcs.length_mm[arc])
        forward = round(share * length)  # rounded once, so that both directions meet at one spot
        places.append(Place(int(arc), length - forward if graph.arcs.is_reversed[arc] else forward))
    return tuple(places)
