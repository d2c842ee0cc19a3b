"""Read OpenStreetMap files: roads, what passes over them, node positions, tagged nodes, turn restrictions.

Two passes over each file: ways and relations, then the nodes they need. Python sees only what filters in C++ let
through, and nothing of a node is kept but numbers, so memory follows the roads and not the file.
"""

import zlib
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import osmium

from data.errors import BadInputError, ManyInputsError
from data.osm.objects import Lines, OsmExtract, Progress, Relation, Selection, Tags
from data.osm.road import read_name, read_refs
from data.ragged import take_rows
from routing.graph import I64

__all__ = ["SUFFIXES", "Progress", "extract", "source_faults"]

SUFFIXES = (".osm.pbf", ".pbf", ".osm", ".osm.gz", ".osm.xml", ".osm.xml.gz")
_WAY_KEYS = ("highway", "railway", "bridge", "route")
_RELATION_TYPES = "restriction"
_REPORT_EVERY = 20_000
_NODE_CHUNK = 500_000
_KEPT = (osmium.osm.Node, osmium.osm.Way, osmium.osm.Relation)
# Texts that name a thing or speak of the mapping; they decide nothing and would make a case of its own of every way.
_NAMING_KEYS = frozenset(
    (
        *("name", "ref", "old_ref", "nat_ref", "int_ref", "loc_ref", "reg_ref", "destination", "network", "operator"),
        *("source", "note", "fixme", "FIXME", "description", "created_by", "start_date", "check_date", "survey:date"),
        *("wikidata", "wikipedia", "website", "image", "mapillary", "lit", "postal_code"),
    )
)
_NAMING_PREFIXES = (
    "name:", "alt_name", "old_name", "int_name", "loc_name", "official_name", "short_name", "reg_name", "nat_name",
    "note:", "addr:", "tiger:", "is_in", "check_date:", "wikipedia:", "destination:", "turn:", "ref:",
)  # fmt: skip


def extract(sources: Sequence[Path], selection: Selection, progress: Progress | None = None) -> OsmExtract:
    """Read and merge files; an element that stands in several counts once, the first one.

    Args:
        sources: .osm.pbf, .osm, .osm.gz, .osm.xml.gz.
        selection: What to keep.
        progress: Told the name of each stage and how many objects it has read.

    Raises:
        BadInputError: Not an OpenStreetMap file, cut short, damaged, or absent; names the file.
    """
    tell = progress or (lambda _stage, _done: None)
    faults = source_faults(sources)
    if faults:
        raise ManyInputsError(faults)
    ways = _WayReader(selection)
    for path in sources:
        ways.read(path, tell)
    roads, overhead = ways.roads.to_lines(), ways.overhead.to_lines()
    node_id = np.unique(np.concatenate([roads.node, overhead.node]))
    nodes = _NodeReader(node_id, np.unique(roads.node), selection)
    for path in sources:
        nodes.read(path, tell)
    return OsmExtract(
        roads=roads,
        overhead=overhead,
        tag_sets=[dict(items) for items in ways.tag_sets],
        texts=list(ways.texts),
        node_id=node_id,
        lon_deg=nodes.lon_deg,
        lat_deg=nodes.lat_deg,
        points=dict(sorted(nodes.points.items())),
        restrictions=sorted(ways.restrictions, key=lambda relation: relation.relation_id),
        counts={**ways.counts, "nodes_read": nodes.count},
        rejected=ways.rejected,
    )


def source_faults(sources: Iterable[Path]) -> list[str]:
    """List what is wrong with the names of map files, before any of them is read."""
    faults = []
    for path in sources:
        if not path.is_file():
            faults.append(f"{path}: cannot be read: {'is not a file' if path.exists() else 'no such file'}")
        elif not path.name.endswith(SUFFIXES):
            faults.append(f"{path}: is not an OpenStreetMap file name; it must end in {', '.join(SUFFIXES)}")
    return faults


def _objects(
    path: Path, kinds: osmium.osm.osm_entity_bits, *filters: osmium.BaseFilter
) -> Iterator[osmium.osm.Node | osmium.osm.Way | osmium.osm.Relation]:
    """Stream a file's objects; any fault of the file becomes one clear message."""
    try:
        processor = osmium.FileProcessor(str(path), kinds)
        for one in filters:
            processor.with_filter(one)
        for thing in processor:
            if isinstance(thing, _KEPT) and not thing.deleted:
                yield thing
    except (RuntimeError, ValueError, OSError, zlib.error) as error:
        fault = f"cannot be read as OpenStreetMap data: {error} (cut short, damaged, or not such a file)"
        raise BadInputError(str(path), [fault]) from error


@dataclass(slots=True)
class _LineColumns:
    """Ways while they are read."""

    way_id: "array[int]" = field(default_factory=lambda: array("q"))
    tag_set: "array[int]" = field(default_factory=lambda: array("i"))
    name: "array[int]" = field(default_factory=lambda: array("i"))
    ref: "array[int]" = field(default_factory=lambda: array("i"))
    first_node: "array[int]" = field(default_factory=lambda: array("q", [0]))
    node: "array[int]" = field(default_factory=lambda: array("q"))

    def add(self, way_id: int, tag_set: int, name: int, ref: int, nodes: list[int]) -> None:
        self.way_id.append(way_id)
        self.tag_set.append(tag_set)
        self.name.append(name)
        self.ref.append(ref)
        self.node.extend(nodes)
        self.first_node.append(len(self.node))

    def to_lines(self) -> Lines:
        way_id = np.array(self.way_id, dtype=np.int64)
        order = np.argsort(way_id, kind="stable")
        first, node = take_rows(np.array(self.first_node, dtype=np.int64), np.array(self.node, dtype=np.int64), order)
        tag_set, name, ref = (np.array(one, dtype=np.int32)[order] for one in (self.tag_set, self.name, self.ref))
        return Lines(way_id[order], tag_set, name, ref, first, node)


class _WayReader:
    """First pass: ways and turn restrictions of all files."""

    def __init__(self, selection: Selection) -> None:
        self.roads, self.overhead = _LineColumns(), _LineColumns()
        self.tag_sets: dict[tuple[tuple[str, str], ...], int] = {}
        self.texts: dict[str, int] = {"": 0}
        self.restrictions: list[Relation] = []
        self.counts = {"ways_read": 0, "relations_read": 0}
        self.rejected: dict[str, array[int]] = {}
        self._selection = selection
        self._answers: list[tuple[str, bool]] = []  # by tag set: why it is no road, whether it is overhead
        self._seen: set[int] = set()
        self._seen_relations: set[int] = set()

    def read(self, path: Path, tell: Progress) -> None:
        way_keys, relation_keys = osmium.filter.KeyFilter(*_WAY_KEYS), osmium.filter.KeyFilter("type")
        way_keys.enable_for(osmium.osm.WAY)
        relation_keys.enable_for(osmium.osm.RELATION)
        read = 0
        for thing in _objects(path, osmium.osm.WAY | osmium.osm.RELATION, way_keys, relation_keys):
            if isinstance(thing, osmium.osm.Way):
                self._add_way(thing)
            elif isinstance(thing, osmium.osm.Relation):
                self._add_relation(thing)
            read += 1
            if read % _REPORT_EVERY == 0:
                tell(f"ways of {path.name}", read)
        tell(f"ways of {path.name}", read)

    def _add_way(self, way: osmium.osm.Way) -> None:
        self.counts["ways_read"] += 1
        way_id = way.id
        if way_id in self._seen:
            self._reject("way: duplicate, the first one is kept", way_id)
            return
        self._seen.add(way_id)
        tags = dict(way.tags)
        tag_set = self._intern_tags(tags)
        no_road, is_overhead = self._answers[tag_set]
        if no_road and ("highway" in tags or tags.get("route") == "ferry"):
            self._reject(f"way {no_road}", way_id)
        if no_road and not is_overhead:
            return
        name, ref = self._intern_text(read_name(tags)), self._intern_text(";".join(read_refs(tags)))
        nodes = [node.ref for node in way.nodes]
        if not no_road:
            self.roads.add(way_id, tag_set, name, ref, nodes)
        if is_overhead:
            self.overhead.add(way_id, tag_set, name, ref, nodes)

    def _intern_tags(self, tags: Tags) -> int:
        items = tuple(
            sorted(
                item
                for item in tags.items()
                if item[0] not in _NAMING_KEYS and not item[0].startswith(_NAMING_PREFIXES)
            )
        )
        found = self.tag_sets.get(items)
        if found is None:
            found = self.tag_sets[items] = len(self.tag_sets)
            deciding = dict(items)
            self._answers.append((self._selection.reject_road(deciding), self._selection.is_overhead(deciding)))
        return found

    def _intern_text(self, text: str) -> int:
        return self.texts.setdefault(text, len(self.texts))

    def _reject(self, reason: str, element_id: int) -> None:
        self.rejected.setdefault(reason, array("q")).append(element_id)

    def _add_relation(self, relation: osmium.osm.Relation) -> None:
        self.counts["relations_read"] += 1
        if not (relation.tags.get("type") or "").startswith(_RELATION_TYPES):
            return
        if relation.id in self._seen_relations:
            self._reject("relation: duplicate, the first one is kept", relation.id)
            return
        self._seen_relations.add(relation.id)
        members = tuple((member.type, member.ref, member.role) for member in relation.members)
        self.restrictions.append(Relation(relation.id, dict(relation.tags), members))


class _NodeReader:
    """Second pass: positions of the nodes that ways need, tags of those on roads.

    The library's own filter by id would spare Python the other nodes, but ids spread over the planet cost it over 1 GB.
    """

    def __init__(self, node_id: I64, road_node_id: I64, selection: Selection) -> None:
        self.lon_deg = np.full(len(node_id), np.nan)
        self.lat_deg = np.full(len(node_id), np.nan)
        self.points: dict[int, Tags] = {}
        self.count = 0
        self._node_id, self._road_node_id = node_id, road_node_id
        self._is_point = selection.is_point

    def read(self, path: Path, tell: Progress) -> None:
        ids, lons, lats = array("q"), array("d"), array("d")
        tagged: dict[int, Tags] = {}
        for node in _objects(path, osmium.osm.NODE):
            if not isinstance(node, osmium.osm.Node) or not (location := node.location).valid():
                continue
            ids.append(node.id)
            lons.append(location.lon)
            lats.append(location.lat)
            if node.tags and self._is_point(tags := dict(node.tags)):
                tagged[node.id] = tags
            if len(ids) >= _NODE_CHUNK:
                self._store(ids, lons, lats, tagged)
                ids, lons, lats, tagged = array("q"), array("d"), array("d"), {}
                tell(f"nodes of {path.name}", self.count)
        self._store(ids, lons, lats, tagged)
        tell(f"nodes of {path.name}", self.count)

    def _store(self, ids: "array[int]", lons: "array[float]", lats: "array[float]", tagged: dict[int, Tags]) -> None:
        self.count += len(ids)
        if not len(self._node_id):
            return
        node_id = np.array(ids, dtype=np.int64)
        row = np.minimum(np.searchsorted(self._node_id, node_id), len(self._node_id) - 1)
        fresh = (self._node_id[row] == node_id) & np.isnan(self.lon_deg[row])
        # Reversed, so that of two nodes with one id in the same file the first is the last one written.
        self.lon_deg[row[fresh][::-1]] = np.array(lons)[fresh][::-1]
        self.lat_deg[row[fresh][::-1]] = np.array(lats)[fresh][::-1]
        for point in sorted(tagged.keys() & set(node_id[fresh].tolist())):
            at = int(np.searchsorted(self._road_node_id, point))
            if at < len(self._road_node_id) and self._road_node_id[at] == point:
                self.points.setdefault(point, tagged[point])
