"""County areas and lines in metres: which county a point is in, which lines come near another, where they cross."""

from itertools import pairwise

import numpy as np
import numpy.typing as npt
import shapely

from data.mercator import Shapes, project_shapes, scale_at
from data.ragged import spans
from routing.graph import F64, I32

SEGMENTS_A_PIECE = 8  # county lines are searched in short pieces, so that their boxes are small
SHORTEST_STAY = 1e-9  # as a share of a line; anything shorter is rounding
Ints = npt.NDArray[np.intp]


class CountyLines:
    """The areas of counties, projected.

    Attributes:
        codes: County code of each area, rising.
        areas: Polygons in Mercator metres.
    """

    def __init__(self, codes: I32, polygons: Shapes) -> None:
        """Project the polygons, given in degrees, and cut their boundaries into short pieces."""
        self.codes = codes
        self.areas = project_shapes(polygons)
        self._boundaries: Shapes = np.asarray(shapely.boundary(self.areas))
        self._pieces, area = _split(self._boundaries)
        self._piece_code = codes[area]
        _, south, _, north = shapely.bounds(self._pieces).T
        self._largest_scale = np.maximum(scale_at(south), scale_at(north))

    def codes_at(self, points: Shapes) -> I32:
        """County code of each point, 0 outside every county; on a county line the smaller code."""
        codes = np.zeros(len(points), np.int32)
        # Areas ask a tree of points, not the reverse: GEOS prepares the geometry that asks.
        area, point = shapely.STRtree(points).query(self.areas, predicate="intersects")
        order = np.argsort(-area, kind="stable")
        codes[point[order]] = self.codes[area[order]]
        return codes

    def near(self, lines: Shapes, near_m: float) -> tuple[Ints, I32, F64]:
        """Pairs of a line and the code of a county whose boundary is within ``near_m``, with their distance in m."""
        tree = shapely.STRtree(lines)
        piece, line = tree.query(self._pieces, predicate="dwithin", distance=near_m * self._largest_scale)
        shortest = shapely.shortest_line(lines[line], self._pieces[piece])
        distance_m = np.asarray(shapely.length(shortest)) / scale_at(np.asarray(shapely.get_y(_start(shortest))))
        is_near = distance_m <= near_m
        return line[is_near], self._piece_code[piece[is_near]], distance_m[is_near]

    def stays(self, lines: Shapes, candidates: Ints) -> tuple[Ints, F64, F64, I32]:
        """Cut lines at every county line.

        Args:
            lines: All lines, in Mercator metres.
            candidates: Those to cut, rising.

        Returns:
            Of each stay, in travel order: the line, its start and end as shares of the line, its county code.
        """
        found, area = shapely.STRtree(self.areas).query(lines[candidates], predicate="intersects")
        line = candidates[found]
        met, pair = shapely.get_parts(shapely.intersection(lines[line], self._boundaries[area]), return_index=True)
        points, part = shapely.get_coordinates(met, return_index=True)
        owner = line[pair[part]]
        shares = shapely.line_locate_point(lines[owner], shapely.points(points), normalized=True)
        owners = np.concatenate([candidates, candidates, owner])
        cuts = np.concatenate([np.zeros(len(candidates)), np.ones(len(candidates)), shares])
        order = np.lexsort((cuts, owners))
        owners, cuts = owners[order], cuts[order]
        stay = np.flatnonzero((owners[1:] == owners[:-1]) & (np.diff(cuts) > SHORTEST_STAY))
        line, start, end = owners[stay], cuts[stay], cuts[stay + 1]
        middles = shapely.line_interpolate_point(lines[line], (start + end) / 2, normalized=True)
        return line, start, end, self.codes_at(np.asarray(middles))


def _split(boundaries: Shapes) -> tuple[Shapes, Ints]:
    """Pieces of a few segments, and the row of the boundary each is from."""
    rings, row = shapely.get_parts(boundaries, return_index=True)
    coordinates, ring = shapely.get_coordinates(rings, return_index=True)
    starts = np.concatenate([[0], np.cumsum(np.bincount(ring))])
    first = np.concatenate([np.arange(a, b - 1, SEGMENTS_A_PIECE) for a, b in pairwise(starts)])
    sizes = np.minimum(first + SEGMENTS_A_PIECE, starts[ring[first] + 1] - 1) - first + 1
    piece = np.repeat(np.arange(len(first)), sizes)
    pieces = shapely.linestrings(coordinates[spans(first, sizes)], indices=piece)
    return np.asarray(pieces), row[ring[first]]


def _start(lines: Shapes) -> Shapes:
    return np.asarray(shapely.get_point(lines, 0))
