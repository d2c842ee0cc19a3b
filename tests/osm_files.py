"""Tiny OpenStreetMap files for tests, and a view of the network built from them that speaks in OSM ids."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import quoteattr

from data.build import build_network
from data.build_report import BuildReport
from data.policies import load_policy
from routing.columns import Access, LimitState, Quantity, Role, Scope, StructureKind
from routing.graph import RoadGraph
from routing.soundness import check

WEST, SOUTH, STEP = 112.9, 28.2, 0.001  # one step is about 100 m
Tags = Mapping[str, str]


@dataclass
class OsmFile:
    """An .osm file in the making; places are counted in steps east and north of a corner near Changsha."""

    nodes: dict[int, tuple[float, float, Tags]] = field(default_factory=dict)
    ways: list[tuple[int, Sequence[int], Tags]] = field(default_factory=list)
    relations: list[tuple[int, Sequence[tuple[str, int, str]], Tags]] = field(default_factory=list)

    def node(self, node_id: int, east: float, north: float, **tags: str) -> "OsmFile":
        self.nodes[node_id] = (WEST + STEP * east, SOUTH + STEP * north, _keys(tags))
        return self

    def row(self, *node_ids: int, north: float = 0) -> "OsmFile":
        """Nodes side by side from west to east."""
        for east, node_id in enumerate(node_ids):
            self.node(node_id, east, north)
        return self

    def way(self, way_id: int, nodes: Sequence[int], /, highway: str = "primary", **tags: str) -> "OsmFile":
        self.ways.append((way_id, nodes, {"highway": highway} | _keys(tags) if highway else _keys(tags)))
        return self

    def relation(
        self, relation_id: int, members: Sequence[tuple[str, int, str]], /, tags: Tags, kind: str = "restriction"
    ) -> "OsmFile":
        self.relations.append((relation_id, members, {"type": kind} | dict(tags)))
        return self

    def turn(
        self, relation_id: int, turn: tuple[int, int, int], /, value: str = "no_left_turn", **tags: str
    ) -> "OsmFile":
        """Add a restriction from a way via a node to a way."""
        start, via, end = turn
        members = [("way", start, "from"), ("node", via, "via"), ("way", end, "to")]
        return self.relation(relation_id, members, {"restriction": value} | _keys(tags) if value else _keys(tags))

    def text(self) -> str:
        lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6" generator="test">']
        for node_id, (lon, lat, tags) in self.nodes.items():
            lines.append(f'<node id="{node_id}" version="1" lon="{lon:.7f}" lat="{lat:.7f}">{_tags(tags)}</node>')
        for way_id, nodes, tags in self.ways:
            refs = "".join(f'<nd ref="{node}"/>' for node in nodes)
            lines.append(f'<way id="{way_id}" version="1">{refs}{_tags(tags)}</way>')
        for relation_id, members, tags in self.relations:
            refs = "".join(f'<member type="{kind}" ref="{ref}" role="{role}"/>' for kind, ref, role in members)
            lines.append(f'<relation id="{relation_id}" version="1">{refs}{_tags(tags)}</relation>')
        return "\n".join([*lines, "</osm>\n"])

    def write(self, path: Path) -> Path:
        path.write_text(self.text(), encoding="utf-8")
        return path


def _keys(tags: Tags) -> dict[str, str]:
    """Keyword arguments as tags: ``__`` is a colon."""
    return {key.rstrip("_").replace("__", ":"): value for key, value in tags.items()}


def _tags(tags: Tags) -> str:
    return "".join(f"<tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in tags.items())


@dataclass(frozen=True)
class Built:
    """A built network, asked by OSM ids: an arc is (way, tail node, head node)."""

    graph: RoadGraph
    report: BuildReport

    def arcs(self) -> list[tuple[int, int, int]]:
        return [self.arc_name(arc) for arc in range(self.graph.arc_count)]

    def arc_name(self, arc: int) -> tuple[int, int, int]:
        arcs, ids = self.graph.arcs, self.graph.nodes.source_id
        return int(arcs.way_id[arc]), int(ids[arcs.tail[arc]]), int(ids[arcs.head[arc]])

    def arc(self, tail: int, head: int) -> int:
        (found,) = [row for row, (_, start, end) in enumerate(self.arcs()) if (start, end) == (tail, head)]
        return found

    def limits(self, tail: int, head: int) -> list[tuple[str, str, int, str, str]]:
        """(quantity, state, value, scope, condition) of an arc."""
        rows, arc = self.graph.limits, self.arc(tail, head)
        return [
            (
                Quantity(int(rows.quantity[row])).label,
                LimitState(int(rows.state[row])).name,
                int(rows.value[row]),
                Scope(int(rows.scope[row])).name,
                self.graph.strings[int(rows.condition[row])],
            )
            for row in range(int(rows.first_out[arc]), int(rows.first_out[arc + 1]))
        ]

    def sources(self, tail: int, head: int) -> list[str]:
        rows, arc = self.graph.limits, self.arc(tail, head)
        return [self.graph.strings[int(rows.source[row])] for row in range(*map(int, rows.first_out[arc : arc + 2]))]

    def access(self, tail: int, head: int) -> str:
        return Access(int(self.graph.arcs.access[self.arc(tail, head)])).name

    def structures(self, tail: int, head: int) -> list[tuple[str, str, str]]:
        """(key, kind, role) of what an arc meets."""
        rows, arc = self.graph.arc_structures, self.arc(tail, head)
        table, strings = self.graph.structures, self.graph.strings
        return [
            (
                strings[int(table.key[rows.structure[row]])],
                StructureKind(int(table.kind[rows.structure[row]])).label,
                Role(int(rows.role[row])).name,
            )
            for row in range(int(rows.first_out[arc]), int(rows.first_out[arc + 1]))
        ]

    def bans(self) -> list[tuple[tuple[int, ...], str]]:
        """Node sequences of the forbidden turns and their conditions."""
        bans, found = self.graph.turn_bans, []
        for row in range(len(bans.condition)):
            arcs = [self.arc_name(int(arc)) for arc in bans.arc[bans.first_arc[row] : bans.first_arc[row + 1]]]
            nodes = (arcs[0][1], *(head for _, _, head in arcs))
            found.append((nodes, self.graph.strings[int(bans.condition[row])]))
        return sorted(found)

    def rejected(self) -> dict[str, tuple[int, ...]]:
        return {one.reason: one.ids for one in self.report.rejected}


def build(folder: Path, *files: OsmFile) -> Built:
    """Write files, build and check the network."""
    return build_paths([file.write(folder / f"part{number}.osm") for number, file in enumerate(files)])


def build_paths(paths: Iterable[Path]) -> Built:
    graph, report = build_network(list(paths), policy=load_policy())
    check(graph)
    return Built(graph, report)
