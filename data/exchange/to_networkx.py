"""A network as the graph that OSMnx makes of OpenStreetMap."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import networkx as nx
import numpy as np
import shapely

from data.exchange.conventions import CRS, EXACT_COLUMNS, LIMIT_TAGS, PREFIX, strictest
from routing.columns import Access, ArcFlag, RoadClass
from routing.graph import RoadGraph

_YES_TAGS = {
    "bridge": ArcFlag.BRIDGE,
    "tunnel": ArcFlag.TUNNEL,
    "toll": ArcFlag.TOLL,
    "ford": ArcFlag.FORD,
    "covered": ArcFlag.COVERED,
}
_HGV = {
    Access.DESTINATION: "destination",
    Access.DELIVERY: "delivery",
    Access.PERMIT: "permit",
    Access.PRIVATE: "private",
    Access.CUSTOMERS: "customers",
    Access.FORESTRY: "forestry",
    Access.UNKNOWN: "unknown",
    Access.NO_HGV: "no",
    Access.NO: "no",
}


def to_networkx(graph: RoadGraph, *, is_exact: bool = True) -> "nx.MultiDiGraph[int]":
    """Make a graph in OSMnx's conventions, for its functions and those of networkx.

    Nodes are source ids (row + 1 where those are not unique) with ``x``, ``y`` in degrees and ``street_count``. Edges
    have ``osmid``, ``length`` (m), ``highway`` (``route`` on a ferry), ``oneway``, ``reversed``, ``geometry`` (in
    travel order), and where known ``name``, ``ref``, ``lanes``, ``maxspeed`` (km/h), ``surface``, ``smoothness``,
    ``bridge``, ``tunnel``, ``toll``, ``ford``, ``covered``, ``junction``, ``hgv``, ``maxheight``, ``maxwidth``,
    ``maxlength`` (m), ``maxweight``, ``maxaxleload``, ``maxbogieweight`` (t; the smallest that always holds).

    Args:
        graph: Road network.
        is_exact: Also give what these tags cannot say, under names that begin with ``dajian_``: integers, and JSON
            text for limits, structures, crossings and turn bans. `data.exchange.from_networkx` prefers them.
    """
    labels = _labels(graph)
    result: nx.MultiDiGraph[int] = nx.MultiDiGraph(crs=CRS, simplified=True, created_with="dajian")
    result.graph[f"{PREFIX}attribution"] = graph.attribution
    counts = _street_counts(graph)
    for node, label in enumerate(labels):
        place = {"x": float(graph.nodes.lon_deg[node]), "y": float(graph.nodes.lat_deg[node])}
        result.add_node(label, **place, street_count=counts[node])
        if is_exact and label != graph.nodes.source_id[node]:
            result.nodes[label][f"{PREFIX}source_id"] = int(graph.nodes.source_id[node])
    keys = []
    exact = _exact_attributes(graph) if is_exact else ({} for _ in range(graph.arc_count))
    for arc, (tags, more) in enumerate(zip(_tags(graph), exact, strict=True)):
        u, v = labels[int(graph.arcs.tail[arc])], labels[int(graph.arcs.head[arc])]
        keys.append((u, v, result.add_edge(u, v, **tags, **more)))
    if is_exact:
        result.graph[f"{PREFIX}structures"] = json.dumps(_structures(graph), ensure_ascii=False)
        result.graph[f"{PREFIX}turn_bans"] = json.dumps(_turn_bans(graph, keys), ensure_ascii=False)
    return result


def _labels(graph: RoadGraph) -> list[int]:
    ids: list[int] = graph.nodes.source_id.tolist()
    return ids if len(set(ids)) == len(ids) else list(range(1, len(ids) + 1))


def _street_counts(graph: RoadGraph) -> Counter[int]:
    """How many roads meet at each node, both directions of a road counted once, a loop twice."""
    arcs = graph.arcs
    ends = np.sort(np.stack([arcs.tail, arcs.head], axis=1), axis=1)
    roads = np.unique(np.column_stack([arcs.geometry, ends]), axis=0)
    return Counter(roads[:, 1:].ravel().tolist())


def _tags(graph: RoadGraph) -> Iterator[dict[str, Any]]:
    arcs, texts = graph.arcs, graph.strings
    limits = {tag: strictest(graph, quantity) for quantity, tag in LIMIT_TAGS.items()}
    lanes = _lanes_of_roads(graph)
    for arc in range(graph.arc_count):
        flags = ArcFlag(int(arcs.flags[arc]))
        tags = {
            "osmid": int(arcs.way_id[arc]),
            "oneway": ArcFlag.ONEWAY in flags,
            "reversed": bool(arcs.is_reversed[arc]),
            "length": int(arcs.length_mm[arc]) / 1000,
            "geometry": shapely.LineString(np.column_stack(graph.arc_points(arc))),
        }
        words = {name: texts[int(getattr(arcs, name)[arc])] for name in ("name", "ref", "surface", "smoothness")}
        words["lanes"] = lanes.get(int(arcs.geometry[arc]), "")
        words["maxspeed"] = str(arcs.maxspeed_kmh[arc]) if arcs.maxspeed_kmh[arc] else ""
        words["junction"] = "roundabout" if ArcFlag.ROUNDABOUT in flags else ""
        words |= _class_words(RoadClass(int(arcs.road_class[arc])))
        words["hgv"] = _HGV.get(Access(int(arcs.access[arc])), "yes" if "route" in words else "")
        words |= {tag: "yes" for tag, flag in _YES_TAGS.items() if flag in flags}
        words |= {tag: _thousands(values[arc]) for tag, values in limits.items() if arc in values}
        yield tags | {tag: word for tag, word in words.items() if word}


def _thousands(value: int) -> str:
    """Metres of mm, tonnes of kg, as short as OpenStreetMap writes them."""
    return f"{value / 1000:.3f}".rstrip("0").rstrip(".")


def _class_words(road_class: RoadClass) -> dict[str, str]:
    word = road_class.name.lower()
    return {"route": word} if road_class is RoadClass.FERRY else {"highway": word}


def _lanes_of_roads(graph: RoadGraph) -> dict[int, str]:
    """Lanes of both directions together, by geometry, where all are known."""
    totals: dict[int, int] = {}
    unknown: set[int] = set()
    for geometry, lanes in zip(graph.arcs.geometry.tolist(), graph.arcs.lanes.tolist(), strict=True):
        totals[geometry] = totals.get(geometry, 0) + lanes
        unknown |= set() if lanes else {geometry}
    return {geometry: str(total) for geometry, total in totals.items() if geometry not in unknown}


def _exact_attributes(graph: RoadGraph) -> Iterator[dict[str, Any]]:
    columns = {name: getattr(graph.arcs, name).tolist() for name in EXACT_COLUMNS}
    crossings: dict[int, list[list[int]]] = {}
    table = graph.border_crossings
    for arc, *row in zip(
        *(column.tolist() for column in (table.arc, table.at_mm, table.from_code, table.to_code)), strict=True
    ):
        crossings.setdefault(arc, []).append(row)
    for arc in range(graph.arc_count):
        more: dict[str, Any] = {f"{PREFIX}{name}": column[arc] for name, column in columns.items()}
        more[f"{PREFIX}arc"] = arc
        rows = {"limits": _limits(graph, arc), "structures": _meetings(graph, arc), "crossings": crossings.get(arc, [])}
        yield more | {f"{PREFIX}{name}": json.dumps(value, ensure_ascii=False) for name, value in rows.items()}


def _limits(graph: RoadGraph, arc: int) -> list[list[int | str]]:
    table, texts = graph.limits, graph.strings
    return [
        [
            *(int(column[row]) for column in (table.quantity, table.state, table.value, table.basis, table.scope)),
            int(table.structure[row]),
            texts[int(table.condition[row])],
            texts[int(table.source[row])],
        ]
        for row in range(int(table.first_out[arc]), int(table.first_out[arc + 1]))
    ]


def _meetings(graph: RoadGraph, arc: int) -> list[list[int]]:
    table = graph.arc_structures
    rows = range(int(table.first_out[arc]), int(table.first_out[arc + 1]))
    return [[int(table.structure[row]), int(table.role[row]), int(table.at_mm[row])] for row in rows]


def _structures(graph: RoadGraph) -> list[list[int | float | str]]:
    table, texts = graph.structures, graph.strings
    return [
        [
            texts[int(table.key[row])],
            int(table.kind[row]),
            texts[int(table.name[row])],
            float(table.lon_deg[row]),
            float(table.lat_deg[row]),
            int(table.way_id[row]),
        ]
        for row in range(len(table.kind))
    ]


def _turn_bans(graph: RoadGraph, keys: list[tuple[int, int, int]]) -> list[list[Any]]:
    table, texts = graph.turn_bans, graph.strings
    first: list[int] = table.first_arc.tolist()
    return [
        [
            [keys[arc] for arc in table.arc[first[ban] : first[ban + 1]].tolist()],
            texts[int(table.condition[ban])],
            texts[int(table.source[ban])],
        ]
        for ban in range(len(table.condition))
    ]
