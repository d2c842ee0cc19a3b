"""Where roads pass under something (下穿): bridges of any kind, railways, aqueducts, found from geometry and layers.

Two lines that cross without a common node are at different heights. The way with the higher ``layer`` is above; a
bridge without one counts as 1, the ground as 0. Of two that claim the same layer the bridge is above; of two bridges
nobody knows, so both count as being under, because a missing clearance must not read as a free one.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.strtree import STRtree

from data.osm.objects import OsmExtract
from data.osm.topology import Pieces, segment_lengths_m
from data.ragged import offsets
from routing.graph import F64, I8, I32, I64, Bool

_CHUNK = 200_000  # geometries built at a time; they are some 300 bytes each beside their points
_SAME_PLACE_DEG = 1e-8  # 1 mm


@dataclass(frozen=True, slots=True)
class Levels:
    """What height a line runs at, one row a line.

    Attributes:
        layer: The ``layer`` that holds, with defaults filled in, int8.
        is_bridge: On a bridge of its own.
        is_hidden: In a tunnel: takes no part in crossings.
    """

    layer: I8
    is_bridge: Bool
    is_hidden: Bool


@dataclass(frozen=True, slots=True)
class Crossings:
    """Places where a piece of road passes under another way, sorted by piece and distance.

    Attributes:
        piece: Row of `Pieces`, int32.
        overhead: Row of `OsmExtract.overhead`, int32.
        at_mm: Distance from the start of the piece in mm, int32.
        lon_deg: Longitude of the crossing.
        lat_deg: Latitude of the crossing.
        unclear: Pairs of way ids, both bridges of the same layer.
    """

    piece: I32
    overhead: I32
    at_mm: I32
    lon_deg: F64
    lat_deg: F64
    unclear: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class _Polylines:
    """Rows of node numbers, as pieces and ways have them."""

    first: I64
    row: I64


def find_crossings(extract: OsmExtract, pieces: Pieces, road: Levels, above: Levels) -> Crossings:
    """Find all passages under bridges and raised railways.

    Args:
        extract: Positions and overhead ways.
        pieces: Roads cut at junctions.
        road: Levels of each piece.
        above: Levels of each overhead way.
    """
    overhead = _overhead_points(extract)
    lines = _lines(extract, overhead, np.arange(len(overhead.first) - 1))
    tree = STRtree(lines)
    road_points = _Polylines(pieces.first_point, pieces.point.astype(np.int64))
    found: list[tuple[int, float, int, float, float]] = []
    unclear: set[tuple[int, int]] = set()
    way_id = extract.roads.way_id[pieces.way]
    visible = np.flatnonzero(~road.is_hidden)
    for start in range(0, len(visible), _CHUNK):
        rows = visible[start : start + _CHUNK]
        road_lines = _lines(extract, road_points, rows)
        near, over = tree.query(road_lines, predicate="intersects")
        order = np.lexsort((over, near))
        for at, upper in zip(near[order].tolist(), over[order].tolist(), strict=True):
            piece = int(rows[at])
            over_id = int(extract.overhead.way_id[upper])
            if over_id == way_id[piece] or not _is_under(road, piece, above, upper):
                continue
            shared = np.intersect1d(_row(road_points, piece), _row(overhead, upper))
            for lon, lat in _crossing_points(extract, road_lines[at], lines[upper], shared):
                at_m = _distance_along_m(road_lines[at], lon, lat)
                found.append((piece, at_m, upper, lon, lat))
                if road.is_bridge[piece] and road.layer[piece] == above.layer[upper]:
                    unclear.add((int(way_id[piece]), over_id))
    return _table(found, unclear, pieces)


def _is_under(road: Levels, piece: int, above: Levels, upper: int) -> bool:
    low, high = road.layer[piece], above.layer[upper]
    return bool(high > low or (high == low and above.is_bridge[upper]))


def _overhead_points(extract: OsmExtract) -> _Polylines:
    """Overhead ways without the nodes that no file holds; one left with fewer than two is empty."""
    lines = extract.overhead
    row = np.searchsorted(extract.node_id, lines.node)
    known = ~np.isnan(extract.lon_deg[row]) if len(row) else np.empty(0, dtype=bool)
    way = np.repeat(np.arange(len(lines.way_id)), np.diff(lines.first_node))
    counts = np.bincount(way[known], minlength=len(lines.way_id))
    known &= (counts > 1)[way]
    return _Polylines(offsets(np.where(counts > 1, counts, 0)), row[known])


def _row(lines: _Polylines, row: int) -> I64:
    return lines.row[lines.first[row] : lines.first[row + 1]]


def _lines(extract: OsmExtract, lines: _Polylines, rows: I64) -> "np.ndarray[tuple[int], np.dtype[np.object_]]":
    counts = np.diff(lines.first)[rows]
    made = np.empty(len(rows), dtype=object)  # None where there is no line; a tree leaves it out
    real = np.flatnonzero(counts > 1)
    start = lines.first[:-1][rows[real]]
    first = offsets(counts[real])
    point = lines.row[np.arange(first[-1]) + np.repeat(start - first[:-1], counts[real])]
    coordinates = np.column_stack([extract.lon_deg[point], extract.lat_deg[point]])
    made[real] = shapely.linestrings(coordinates, indices=np.repeat(np.arange(len(real)), counts[real]))
    return made


def _crossing_points(
    extract: OsmExtract, road: shapely.Geometry, over: shapely.Geometry, shared: I64
) -> Iterator[tuple[float, float]]:
    """Where two lines cross, one point for a stretch that they share; common nodes are junctions, no crossings."""
    for part in shapely.get_parts(shapely.intersection(road, over)):
        if part.length and len(shared):
            continue  # two ways drawn along the same nodes
        lon, lat = part.interpolate(0.5, normalized=True).coords[0] if part.length else part.coords[0]
        gap = np.maximum(np.abs(extract.lon_deg[shared] - lon), np.abs(extract.lat_deg[shared] - lat))
        if not len(gap) or gap.min() > _SAME_PLACE_DEG:
            yield lon, lat


def _distance_along_m(road: shapely.Geometry, lon: float, lat: float) -> float:
    points = shapely.get_coordinates(road)
    segments = shapely.linestrings(np.stack([points[:-1], points[1:]], axis=1))
    at = int(np.argmin(shapely.distance(segments, shapely.Point(lon, lat))))
    way = np.vstack([points[: at + 1], [lon, lat]])
    return float(segment_lengths_m(way[:, 0], way[:, 1]).sum())


def _table(
    found: list[tuple[int, float, int, float, float]], unclear: set[tuple[int, int]], pieces: Pieces
) -> Crossings:
    found.sort()
    columns = list(zip(*found, strict=True)) or [()] * 5
    piece = np.array(columns[0], dtype=np.int32)
    at_mm = np.rint(np.array(columns[1]) * 1000).astype(np.int32)
    return Crossings(
        piece=piece,
        overhead=np.array(columns[2], dtype=np.int32),
        at_mm=np.minimum(at_mm, pieces.length_mm[piece]),
        lon_deg=np.array(columns[3], dtype=np.float64),
        lat_deg=np.array(columns[4], dtype=np.float64),
        unclear=tuple(sorted(unclear)),
    )
