"""Cut ways into pieces between junctions; a piece is one geometry of the network, driven in one or both directions."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pyproj import Geod

from data.osm.objects import Lines, OsmExtract
from data.ragged import offsets, spans
from routing.graph import F64, I32, I64, Bool

_GEOD = Geod(ellps="WGS84")
_SEGMENT_CHUNK = 2_000_000


@dataclass(frozen=True, slots=True)
class Pieces:
    """Ways cut at junctions, in the order of their ways and along them.

    Piece ``i`` runs through the points ``first_point[i] .. first_point[i + 1] - 1`` and no node lies on two pieces of
    which it is not an end of both. No piece begins and ends at the same node.

    Attributes:
        way: Row of `OsmExtract.roads`, int32[pieces].
        first_point: Offsets, int64[pieces + 1].
        point: Row of `OsmExtract.node_id`, int32[points].
        length_mm: Along WGS 84, at least 1, int32[pieces].
        missing_nodes: Nodes of roads that no file holds; the way is cut there.
        broken_ways: Rows of ways of which nothing is left: fewer than two nodes with a position.
        repeated_nodes: How often a way names the same node twice in a row.
    """

    way: I32
    first_point: I64
    point: I32
    length_mm: I32
    missing_nodes: I64
    broken_ways: I64
    repeated_nodes: int

    @property
    def start(self) -> I32:
        """First point of every piece."""
        return self.point[self.first_point[:-1]]

    @property
    def end(self) -> I32:
        """Last point of every piece."""
        return self.point[self.first_point[1:] - 1]


def cut_ways(extract: OsmExtract, extra_junctions: npt.NDArray[np.int64]) -> Pieces:
    """Cut all roads where they meet, end, lose a node, or pass a node that must be a junction.

    Args:
        extract: Roads and node positions.
        extra_junctions: OSM ids of nodes at which something stands that an arc must end at.
    """
    roads = extract.roads
    way, node, starts_run, missing, repeated = _runs(extract)
    ends_run = np.append(starts_run[1:], True)[: len(starts_run)]
    is_junction = np.bincount(node, minlength=len(extract.node_id)) > 1
    is_junction[np.flatnonzero(np.isin(extract.node_id, extra_junctions))] = True
    cuts = np.flatnonzero(is_junction[node] | starts_run | ends_run)
    begin, end = _between(cuts, ends_run)
    loops = node[begin] == node[end]
    if loops.any():
        cuts = np.union1d(cuts, (begin[loops] + end[loops]) // 2)
        begin, end = _between(cuts, ends_run)
    counts = end - begin + 1
    point = node[spans(begin, counts)]
    first = offsets(counts)
    whole = np.zeros(len(roads.way_id), dtype=bool)
    whole[way[begin]] = True
    return Pieces(
        way=way[begin].astype(np.int32),
        first_point=first,
        point=point,
        length_mm=_lengths_mm(extract.lon_deg, extract.lat_deg, first, point),
        missing_nodes=missing,
        broken_ways=np.flatnonzero(~whole),
        repeated_nodes=repeated,
    )


def _runs(extract: OsmExtract) -> tuple[I64, I32, Bool, I64, int]:
    """All passages of roads through known nodes: way, node row, whether a new run starts, missing nodes, repeats."""
    roads: Lines = extract.roads
    way = np.repeat(np.arange(len(roads.way_id)), np.diff(roads.first_node))
    row = np.searchsorted(extract.node_id, roads.node).astype(np.int32)
    known = ~np.isnan(extract.lon_deg[row])
    same_way = np.zeros(len(way), dtype=bool)
    same_way[1:] = way[1:] == way[:-1]
    repeat = same_way.copy()
    repeat[1:] &= row[1:] == row[:-1]
    follows_gap = np.zeros(len(way), dtype=bool)
    follows_gap[1:] = ~known[:-1]
    starts = ~same_way | follows_gap
    kept = known & ~repeat
    missing = np.unique(roads.node[~known])
    return way[kept], row[kept], starts[kept], missing, int((repeat & known).sum())


def _between(cuts: I64, ends_run: Bool) -> tuple[I64, I64]:
    """Neighbouring cuts of the same run."""
    inner = ~ends_run[cuts[:-1]]
    return cuts[:-1][inner], cuts[1:][inner]


def segment_lengths_m(lon_deg: F64, lat_deg: F64) -> F64:
    """Geodesic lengths in m between neighbouring points, float64, one shorter than the input."""
    parts = []
    for start in range(0, max(len(lon_deg) - 1, 0), _SEGMENT_CHUNK):
        stop = min(start + _SEGMENT_CHUNK, len(lon_deg) - 1)
        lon, lat = lon_deg[start : stop + 1], lat_deg[start : stop + 1]
        parts.append(_GEOD.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])[2])
    return np.concatenate(parts) if parts else np.empty(0)


def _lengths_mm(lon_deg: F64, lat_deg: F64, first: I64, point: I32) -> I32:
    if len(first) == 1:
        return np.empty(0, dtype=np.int32)
    segments = np.append(segment_lengths_m(lon_deg[point], lat_deg[point]), 0.0)
    segments[first[1:] - 1] = 0.0  # from the end of one piece to the start of the next is no road
    total = np.add.reduceat(segments, first[:-1])
    whole: I32 = np.maximum(np.rint(total * 1000), 1).astype(np.int32)
    return whole
