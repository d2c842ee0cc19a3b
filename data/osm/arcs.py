"""Lay pieces of road as directed arcs between numbered nodes, and give them the attributes of their tags."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from data.osm.objects import OsmExtract
from data.osm.profiles import RoadProfile, Way
from data.osm.topology import Pieces
from data.ragged import group_rows, offsets
from data.texts import TextTable
from routing.graph import I32, I64, Arcs, Bool, Geometries, Nodes


@dataclass(frozen=True, slots=True)
class Layout:
    """Arcs by tail, then way, position and direction; nodes by OSM id.

    Attributes:
        node_row: Row of `OsmExtract.node_id` of every node, rising.
        tail: int32[arcs]; head: int32[arcs].
        piece: Row of `Pieces` of every arc, which is its geometry.
        is_reversed: Whether the arc runs against its way as drawn.
        first_out: Arcs of each node, int64[nodes + 1].
        twin: The arc of the same piece in the other direction, -1 if there is none.
        by_way: Arcs sorted by road row, and `way_first` their offsets.
        by_head: Arcs sorted by head, and `head_first` their offsets.
    """

    node_row: I64
    tail: I32
    head: I32
    piece: I32
    is_reversed: Bool
    first_out: I64
    twin: I32
    by_way: I64
    way_first: I64
    by_head: I64
    head_first: I64

    def arcs_of_way(self, road: int) -> I64:
        """Arcs of a row of `OsmExtract.roads`."""
        return self.by_way[self.way_first[road] : self.way_first[road + 1]]

    def arcs_into(self, node: int) -> I64:
        """Arcs that end at a node."""
        return self.by_head[self.head_first[node] : self.head_first[node + 1]]

    def arcs_out_of(self, node: int) -> range:
        """Arcs that start at a node."""
        return range(int(self.first_out[node]), int(self.first_out[node + 1]))

    def find_node(self, row: int) -> int:
        """Node of a row of `OsmExtract.node_id`, -1 if no arc ends there."""
        at = int(np.searchsorted(self.node_row, row))
        return at if at < len(self.node_row) and self.node_row[at] == row else -1


def lay_arcs(extract: OsmExtract, pieces: Pieces, profiles: Sequence[RoadProfile | None]) -> Layout:
    """Make one arc for every direction in which a piece may be driven.

    Args:
        extract: Roads and nodes.
        pieces: Roads cut at junctions.
        profiles: By tag set; None for sets no road has.
    """
    tag_set = extract.roads.tag_set[pieces.way]
    forward = np.flatnonzero(_column(profiles, lambda one: one.forward.is_open, np.bool_)[tag_set])
    backward = np.flatnonzero(_column(profiles, lambda one: one.backward.is_open, np.bool_)[tag_set])
    piece = np.concatenate([forward, backward])
    is_reversed = np.repeat([False, True], [len(forward), len(backward)])
    start, end = pieces.start[piece], pieces.end[piece]
    node_row, ends = np.unique(
        np.concatenate([np.where(is_reversed, end, start), np.where(is_reversed, start, end)]), return_inverse=True
    )
    tail, head = ends[: len(piece)], ends[len(piece) :]
    order = np.lexsort((is_reversed, piece, tail))
    tail, head, piece, is_reversed = tail[order], head[order], piece[order], is_reversed[order]
    by_way, way_first = group_rows(pieces.way[piece], len(extract.roads.way_id))
    by_head, head_first = group_rows(head, len(node_row))
    return Layout(
        node_row=node_row.astype(np.int64),
        tail=tail.astype(np.int32),
        head=head.astype(np.int32),
        piece=piece.astype(np.int32),
        is_reversed=is_reversed,
        first_out=offsets(np.bincount(tail, minlength=len(node_row))),
        twin=_twins(piece, len(pieces.way)),
        by_way=by_way,
        way_first=way_first,
        by_head=by_head,
        head_first=head_first,
    )


def _twins(piece: npt.NDArray[np.integer], piece_count: int) -> I32:
    order, first = group_rows(piece, piece_count)
    pairs = first[:-1][np.diff(first) == 2]  # noqa: PLR2004  two directions
    twin = np.full(len(piece), -1, dtype=np.int32)
    twin[order[pairs]], twin[order[pairs + 1]] = order[pairs + 1], order[pairs]
    return twin


def _column(
    profiles: Sequence[RoadProfile | None], value: Callable[[RoadProfile], object], dtype: npt.DTypeLike
) -> npt.NDArray[np.generic]:
    """One attribute of all profiles; 0 for sets of tags that no road has."""
    return np.array([0 if one is None else value(one) for one in profiles], dtype=dtype)


def node_table(extract: OsmExtract, layout: Layout) -> Nodes:
    """The network's nodes."""
    row = layout.node_row
    return Nodes(extract.lon_deg[row], extract.lat_deg[row], extract.node_id[row])


def geometry_table(extract: OsmExtract, pieces: Pieces) -> Geometries:
    """The network's polylines: one a piece."""
    return Geometries(pieces.first_point, extract.lon_deg[pieces.point], extract.lat_deg[pieces.point])


def arc_table(
    extract: OsmExtract, pieces: Pieces, layout: Layout, profiles: Sequence[RoadProfile | None], texts: TextTable
) -> Arcs:
    """The network's arcs with the attributes of their tags; counties and coverage are left unknown."""
    road = pieces.way[layout.piece]
    tag_set = extract.roads.tag_set[road]
    numbers = texts.add_all(list(extract.texts))
    dtypes = {col.name: col.metadata["dtype"] for col in fields(Arcs)}

    def shared(name: str) -> npt.NDArray[np.generic]:
        return _column(profiles, lambda one: getattr(one, name), dtypes[name])[tag_set]

    def directed(name: str) -> npt.NDArray[np.generic]:
        def read(way: Callable[[RoadProfile], Way]) -> npt.NDArray[np.generic]:
            return _column(profiles, lambda one: getattr(way(one), name), dtypes[name])[tag_set]

        return np.where(layout.is_reversed, read(lambda one: one.backward), read(lambda one: one.forward))

    def worded(name: str) -> npt.NDArray[np.generic]:
        rows = _column(profiles, lambda one: texts.add(getattr(one, name)), np.int32)
        return rows[tag_set]

    columns: dict[str, npt.NDArray[np.generic]] = {
        "first_out": layout.first_out,
        "tail": layout.tail,
        "head": layout.head,
        "length_mm": pieces.length_mm[layout.piece],
        "way_id": extract.roads.way_id[road],
        "geometry": layout.piece,
        "is_reversed": layout.is_reversed,
        "ref": numbers[extract.roads.ref[road]],
        "name": numbers[extract.roads.name[road]],
        **{name: worded(name) for name in ("surface", "smoothness")},
        **{name: directed(name) for name in ("lanes", "access", "maxspeed_kmh", "incline_permille")},
        **{
            name: shared(name)
            for name in ("road_class", "flags", "layer", "lane_width_mm", "carriageway_mm", "width_basis")
        },
    }
    blank = {name: np.zeros(len(road), dtype) for name, dtype in dtypes.items() if name not in columns}
    return Arcs(**{**columns, **blank})
