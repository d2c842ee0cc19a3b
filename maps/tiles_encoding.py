"""Features as the bytes of a vector tile (MVT 2.1): the message is a library's, a layer's numbers are made at once.

That library's own encoder walks every point in Python, which for a city takes longer than all else together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from mapbox_vector_tile.Mapbox import vector_tile_pb2

from maps.tiles_grid import EXTENT, I64, Shapes

Value = str | int | bool
_POINT, _LINE = 1, 2
_VERSION: Final = 2
_MOVE_ONE: Final = 1 << 3 | 1
_LINE_TO: Final = 2
_HEAD: Final = 4  # numbers of a line before its second point: move, x, y, line


@dataclass(frozen=True, slots=True)
class Features:
    """What a layer shows in a tile.

    Attributes:
        shapes: In tile units and whole numbers: all points, or all lines (of one or several parts).
        properties: What each says.
    """

    shapes: Shapes
    properties: Sequence[Mapping[str, Value]]


def encode(layers: Mapping[str, Features]) -> bytes:
    """A tile of some layers, in their order; layers without features are left out."""
    tile: Any = vector_tile_pb2.tile()
    for name, features in layers.items():
        if len(features.shapes):
            _add_layer(tile, name, features)
    return bytes(tile.SerializeToString(deterministic=True))


def _add_layer(tile: Any, name: str, features: Features) -> None:  # noqa: ANN401 - a message
    is_point = shapely.get_type_id(features.shapes[0]) == 0
    numbers = _points(features.shapes) if is_point else _lines(features.shapes)
    layer = tile.layers.add(name=name, version=_VERSION, extent=EXTENT)
    keys: dict[str, int] = {}
    values: dict[tuple[type, Value], int] = {}
    for geometry, properties in zip(numbers, features.properties, strict=True):
        if not geometry:
            continue
        tags: list[int] = []
        for key, value in properties.items():
            tags += (keys.setdefault(key, len(keys)), values.setdefault((type(value), value), len(values)))
        layer.features.add(type=_POINT if is_point else _LINE, tags=tags, geometry=geometry)
    layer.keys.extend(keys)
    for kind, value in values:
        field = {bool: "bool_value", str: "string_value"}.get(kind, "int_value")
        layer.values.add(**{field: value})


def _points(shapes: Shapes) -> list[list[int]]:
    xy = np.rint(shapely.get_coordinates(shapes)).astype(np.int64)
    commands = np.full((len(xy), 1), _MOVE_ONE)
    found: list[list[int]] = np.hstack([commands, _zigzag(xy)]).tolist()
    return found


def _lines(shapes: Shapes) -> list[list[int]]:
    """Commands of every shape; empty for one that has shrunk to a point."""
    parts, shape_of_part = shapely.get_parts(shapes, return_index=True)
    points, part = shapely.get_coordinates(parts, return_index=True)
    xy = np.rint(points).astype(np.int64)
    is_new = np.ones(len(xy), np.bool_)
    is_new[1:] = (part[1:] != part[:-1]) | (xy[1:] != xy[:-1]).any(axis=1)
    is_line = np.bincount(part[is_new], minlength=len(parts)) > 1
    kept = is_new & is_line[part]
    xy, part = xy[kept], part[kept]
    counts = np.bincount(part, minlength=len(parts))[is_line]
    owner = shape_of_part[is_line]
    numbers = _commands(xy, counts, owner)
    ends = np.searchsorted(np.repeat(owner, counts * 2 + 2), np.arange(len(shapes)), side="right")
    return [found.tolist() for found in np.split(numbers, ends[:-1])] if len(shapes) else []


def _commands(xy: I64, counts: I64, owner: I64) -> I64:
    """Move to the first point of every line, draw to the others; the pen rests where the line before it ended."""
    first = np.cumsum(counts) - counts
    before = np.zeros_like(xy)
    before[1:] = xy[:-1]
    begins = np.ones(len(owner), np.bool_)
    begins[1:] = owner[1:] != owner[:-1]
    before[first[begins]] = 0
    steps = _zigzag(xy - before)
    line = np.repeat(np.arange(len(counts)), counts)
    # Every line has two numbers more than its coordinates: the move before the first point, the draw after it.
    at = 2 * np.arange(len(xy)) + 2 * line + 1
    at[np.setdiff1d(np.arange(len(xy)), first, assume_unique=True)] += 1
    numbers = np.zeros(2 * len(xy) + 2 * len(counts), np.int64)
    numbers[at], numbers[at + 1] = steps[:, 0], steps[:, 1]
    start = 2 * first + 2 * np.arange(len(counts))
    numbers[start] = _MOVE_ONE
    numbers[start + _HEAD - 1] = (counts - 1) << 3 | _LINE_TO
    return numbers


def _zigzag(steps: I64) -> I64:
    return steps << 1 ^ steps >> 63
