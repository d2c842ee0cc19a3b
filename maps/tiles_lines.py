"""Lines cut to a tile and drawn as few features (线要素): clipped, merged where they are alike, simplified, whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import shapely

from maps.tiles_encoding import Features, Value
from maps.tiles_grid import EXTENT, I64, MARGIN, Shapes, Tile

Codes = npt.NDArray[np.int32]
_TOLERANCE = 4.0  # of 4096 units: half a pixel of a tile drawn 512 pixels wide
_LEAST_LENGTH = 8.0  # a pixel: shorter pieces are not seen


def merge_alike(lines: Shapes, codes: Codes) -> tuple[Shapes, Codes]:
    """Join lines that have the same codes; rows come out in the order of the codes.

    Args:
        lines: LineStrings, none of them empty.
        codes: int32[lines, k].
    """
    if not len(lines):
        return lines, codes
    kinds, group = np.unique(codes, axis=0, return_inverse=True)
    group = group.ravel()
    order = np.argsort(group, kind="stable")
    together = shapely.multilinestrings(lines[order], indices=group[order])
    return np.asarray(shapely.line_merge(together)), kinds


def cut_lines(tile: Tile, world_lines: Shapes) -> tuple[Shapes, I64]:
    """Cut lines to a tile, in its units; parts of a line stand apart.

    Returns:
        LineStrings, and for each the row it came from.
    """
    lines = shapely.transform(world_lines, tile.units)
    edge = EXTENT + MARGIN
    cut = shapely.clip_by_rect(lines, -MARGIN, -MARGIN, edge, edge)
    parts, rows = shapely.get_parts(cut, return_index=True)
    is_line = (shapely.get_type_id(parts) == 1) & ~shapely.is_empty(parts)
    return np.asarray(parts[is_line]), np.asarray(rows[is_line])


def line_features(lines: Shapes, codes: Codes, properties: Callable[[Sequence[int]], Mapping[str, Value]]) -> Features:
    """Features of lines in tile units, one for each kind of line.

    Args:
        lines: LineStrings in tile units.
        codes: int32[lines, k], what tells kinds apart.
        properties: What a feature says of its kind.
    """
    merged, kinds = merge_alike(lines, codes)
    parts, kind = shapely.get_parts(merged, return_index=True)
    seen = shapely.length(parts) >= _LEAST_LENGTH
    parts, kind = shapely.simplify(parts[seen], _TOLERANCE, preserve_topology=False), kind[seen]
    if not len(parts):
        return Features(parts, ())
    drawn, row = np.unique(kind, return_inverse=True)
    shapes = np.asarray(shapely.multilinestrings(parts, indices=row))
    return Features(shapes, [properties(kinds[n].tolist()) for n in drawn])
