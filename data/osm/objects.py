"""What is kept of OpenStreetMap files: ways as columns, tagged nodes, turn restrictions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from routing.graph import F64, I32, I64

Tags = Mapping[str, str]
Progress = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Lines:
    """Ways as columns, sorted by id; way ``i`` runs through ``node[first_node[i]:first_node[i + 1]]``.

    Attributes:
        way_id: OSM id, int64.
        tag_set: Row of `OsmExtract.tag_sets`, int32.
        name: Row of `OsmExtract.texts`, int32, 0 if it has no name.
        ref: The same for its route number.
        first_node: Offsets, int64.
        node: OSM node ids, int64.
    """

    way_id: I64
    tag_set: I32
    name: I32
    ref: I32
    first_node: I64
    node: I64


@dataclass(frozen=True, slots=True)
class Relation:
    """A turn restriction as it stands in the file: members are (type "n", "w" or "r", id, role)."""

    relation_id: int
    tags: Tags
    members: tuple[tuple[str, int, str], ...]


@dataclass(frozen=True, slots=True)
class OsmExtract:
    """What one or more files say about roads.

    Attributes:
        roads: Ways a heavy vehicle may use, by their tags.
        overhead: Ways that may pass over a road: bridges of any kind, raised railways.
        tag_sets: Every different set of tags once; names are not in it.
        texts: Every name and number once; text 0 is empty.
        node_id: Ids of all nodes of these ways, sorted, int64.
        lon_deg: Their longitudes, NaN where no file has the node.
        lat_deg: Their latitudes.
        points: Tags of the nodes on roads that have tags worth reading, by id.
        restrictions: Turn restriction relations, by id.
        counts: Objects read, by kind.
        rejected: Ids of the elements left out, by reason ("way highway=footway: …").
    """

    roads: Lines
    overhead: Lines
    tag_sets: Sequence[Tags]
    texts: Sequence[str]
    node_id: I64
    lon_deg: F64
    lat_deg: F64
    points: Mapping[int, Tags]
    restrictions: Sequence[Relation]
    counts: Mapping[str, int]
    rejected: Mapping[str, Sequence[int]]


@dataclass(frozen=True, slots=True)
class Selection:
    """What to keep, decided from tags alone.

    Attributes:
        reject_road: Why a way with a ``highway`` or ``route`` tag is no road for a heavy vehicle, "" if it is one.
        is_overhead: Whether a way may pass over roads.
        is_point: Whether a node on a road says something about it.
    """

    reject_road: Callable[[Tags], str]
    is_overhead: Callable[[Tags], bool]
    is_point: Callable[[Tags], bool]
