"""Reading the facts of one road or structure from the network in use (查询路段、构造物)."""

from typing import Final

import numpy as np

from api.pages.facts import Facts, Point, Row, bridge_facts, bridges_of, limit_facts, may_know_capacity
from api.tiles.tileset import Tileset
from api.unit_of_work import Actor
from routing.columns import Access, ArcFlag, RoadClass, Role, StructureKind, TechnicalGrade, WidthBasis
from routing.geometry import metres_per_degree, nearest_on_polyline
from routing.graph import F64, I64, RoadGraph

_COVERAGE: Final = {1: "facts.coverage_bridges", 2: "facts.coverage_culverts", 4: "facts.coverage_clearances"}
_FLAGS: Final = {ArcFlag.BRIDGE: "facts.bridge", ArcFlag.TUNNEL: "facts.tunnel", ArcFlag.TOLL: "facts.toll"}
_KM: Final = 1000


def nearest_road(graph: RoadGraph, lon: float, lat: float, within_m: float) -> int | None:
    """The polyline nearest to a place; None if none lies within the distance."""
    per_lon, per_lat = metres_per_degree(lat)
    west, south, east, north = graph.geometry_bounds
    dx, dy = within_m / per_lon, within_m / per_lat
    near = np.flatnonzero((west <= lon + dx) & (east >= lon - dx) & (south <= lat + dy) & (north >= lat - dy))
    best: tuple[float, int] | None = None
    for row in near.tolist():
        distance, _share = nearest_on_polyline(*_points(graph, row), lon, lat)
        if distance <= within_m and (best is None or (distance, row) < best):
            best = distance, row
    return None if best is None else best[1]


def road_facts(tiles: Tileset, geometry: int, actor: Actor) -> Facts:
    """What is known of a piece of road, both directions together."""
    graph = tiles.network.graph
    arcs = np.flatnonzero(graph.arcs.geometry == geometry).astype(np.int64)
    lon, lat = _points(graph, geometry)
    line = tuple(zip(lon.tolist(), lat.tolist(), strict=True))
    one = int(arcs[0])
    knows = may_know_capacity(actor, int(graph.arcs.county_code[one]))
    limits, some_hidden = limit_facts(graph, _limit_rows(graph, arcs), with_capacity=knows)
    decks = bridges_of(graph, arcs, np.empty(0, np.int64))
    texts = graph.strings
    name, ref = texts[int(graph.arcs.name[one])], texts[int(graph.arcs.ref[one])]
    return Facts(
        kind="road",
        title=" ".join(filter(None, (ref, name))),
        place=line[len(line) // 2],
        lines=(line,),
        rows=tuple(_road_rows(tiles, arcs)),
        limits=limits,
        closures=tuple(one.text for one in tiles.closures if geometry in one.geometries),
        bridges=bridge_facts(graph, decks) if knows else (),
        hides_capacity=some_hidden or (bool(decks) and not knows),
    )


def structure_facts(tiles: Tileset, structure: int, actor: Actor) -> Facts:
    """What is known of a bridge, tunnel, toll station or interchange."""
    graph = tiles.network.graph
    table, texts = graph.structures, graph.strings
    place: Point = (float(table.lon_deg[structure]), float(table.lat_deg[structure]))
    entries = np.flatnonzero(graph.arc_structures.structure == structure)
    arcs = np.searchsorted(graph.arc_structures.first_out, entries, side="right").astype(np.int64) - 1
    county = int(graph.arcs.county_code[arcs[0]]) if len(arcs) else 0
    knows = may_know_capacity(actor, county)
    rows = np.flatnonzero(graph.limits.structure == structure).astype(np.int64)
    limits, some_hidden = limit_facts(graph, rows, with_capacity=knows)
    decks = bridges_of(graph, np.empty(0, np.int64), np.array([structure]))
    said: list[Row] = []
    for role, label in ((Role.ON, "facts.carries"), (Role.UNDER, "facts.crosses"), (Role.THROUGH, "facts.at_road")):
        roads = _road_names(graph, arcs[graph.arc_structures.role[entries] == role])
        said += [Row(label, roads)] if roads else []
    said += _county_row(tiles, county)
    said.append(Row("facts.place", (f"{place[0]:.6f}, {place[1]:.6f}",), ("facts.datum",)))
    said.append(Row("facts.number", (texts[int(table.key[structure])],)))
    return Facts(
        kind=StructureKind(int(table.kind[structure])).label,
        title=texts[int(table.name[structure])],
        place=place,
        lines=(),
        rows=tuple(said),
        limits=limits,
        bridges=bridge_facts(graph, decks) if knows else (),
        hides_capacity=some_hidden or (bool(decks) and not knows),
    )


def _road_rows(tiles: Tileset, arcs: I64) -> list[Row]:
    graph = tiles.network.graph
    table, one = graph.arcs, int(arcs[0])
    flags = ArcFlag(int(table.flags[one]))
    classes = [f"facts.class_{RoadClass(int(table.road_class[one])).name.lower()}"]
    classes += [word for flag, word in _FLAGS.items() if flags & flag]
    rows = [Row("facts.class", words=tuple(classes))]
    if table.technical_grade[one]:
        grade = TechnicalGrade(int(table.technical_grade[one])).name.lower()
        rows.append(Row("facts.grade", words=(f"facts.grade_{grade}",)))
    rows += _width_rows(graph, one)
    access = Access(int(table.access[one]))
    if access is not Access.YES:
        rows.append(Row("facts.access", words=(f"facts.access_{access.name.lower()}",)))
    rows += _operator_rows(graph, arcs)
    covered = int(np.bitwise_and.reduce(table.coverage[arcs]))
    complete = tuple(word for bit, word in _COVERAGE.items() if covered & bit)
    rows.append(Row("facts.coverage", words=complete or ("facts.coverage_none",)))
    rows += _county_row(tiles, int(table.county_code[one]))
    if table.way_id[one]:
        rows.append(Row("facts.number", (f"way/{int(table.way_id[one])}",)))
    return rows


def _width_rows(graph: RoadGraph, arc: int) -> list[Row]:
    table = graph.arcs
    rows = []
    if table.carriageway_mm[arc]:
        basis = WidthBasis(int(table.width_basis[arc])).name.lower()
        rows.append(Row("facts.carriageway", (f"{table.carriageway_mm[arc] / _KM:g} m",), (f"facts.width_{basis}",)))
    if table.lanes[arc]:
        rows.append(Row("facts.lanes", (str(int(table.lanes[arc])),)))
    return rows


def _operator_rows(graph: RoadGraph, arcs: I64) -> list[Row]:
    """Stakes and operator, from the operator's own table."""
    records = np.flatnonzero(np.isin(graph.road_records.arc, arcs))
    if not len(records):
        return []
    one = int(records[0])
    stakes = sorted((int(graph.road_records.stake_from_m[one]), int(graph.road_records.stake_to_m[one])))
    owner = graph.strings[int(graph.road_records.owner[one])]
    rows = [Row("facts.stakes", ("–".join(f"K{m // _KM}+{m % _KM:03d}" for m in stakes),))]
    return rows + ([Row("facts.owner", (owner,))] if owner else [])


def _county_row(tiles: Tileset, code: int) -> list[Row]:
    name = tiles.network.divisions.full_name_of(code) if code else None
    return [Row("facts.county", (name,))] if name else []


def _road_names(graph: RoadGraph, arcs: I64) -> tuple[str, ...]:
    table, texts = graph.arcs, graph.strings
    names = (" ".join(filter(None, (texts[int(table.ref[arc])], texts[int(table.name[arc])]))) for arc in arcs)
    return tuple(dict.fromkeys(filter(None, names)))


def _limit_rows(graph: RoadGraph, arcs: I64) -> I64:
    first = graph.limits.first_out
    return np.concatenate([np.arange(first[arc], first[arc + 1], dtype=np.int64) for arc in arcs])


def _points(graph: RoadGraph, geometry: int) -> tuple[F64, F64]:
    first = graph.geometries.first_point
    points = slice(int(first[geometry]), int(first[geometry + 1]))
    return graph.geometries.lon_deg[points], graph.geometries.lat_deg[points]
