"""The closures of a tile (临时管制图层): roads that something beside the network closes or limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from maps.tiles_encoding import Features, Value
from maps.tiles_grid import Tile
from maps.tiles_lines import cut_lines, line_features
from maps.tiles_roads import world_lines
from routing.graph import RoadGraph


@dataclass(frozen=True, slots=True)
class Closure:
    """One closure or temporary limit on a network.

    Attributes:
        text: Why, in the words of whoever ordered it.
        quantity: ``closure``, or what is limited.
        is_certain: Whether it holds all day; else a window or a class of transport decides.
        geometries: The polylines it lies on.
    """

    text: str
    quantity: str
    is_certain: bool
    geometries: tuple[int, ...]


class ClosureLayer:
    """Closures as lines."""

    def __init__(self, graph: RoadGraph, closures: Sequence[Closure]) -> None:
        self._closures = tuple(closures)
        self._of = np.repeat(np.arange(len(closures)), [len(one.geometries) for one in closures]).astype(np.int32)
        rows = np.array([row for one in closures for row in one.geometries], np.int64)
        self._lines = world_lines(graph, rows)

    def features(self, tile: Tile) -> Features:
        """The closures of one tile."""
        if not len(self._lines):
            return Features(self._lines, ())
        lines, rows = cut_lines(tile, self._lines)
        return line_features(lines, self._of[rows][:, None], self._words)

    def _words(self, codes: Sequence[int]) -> Mapping[str, Value]:
        one = self._closures[codes[0]]
        return {"text": one.text, "quantity": one.quantity, "certain": one.is_certain}
