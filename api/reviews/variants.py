"""Named variants of a route (路线变体): fewest bridges, fewest counties, no expressway, around what is avoided."""

from dataclasses import replace
from typing import Any

import numpy as np
import shapely

from api.errors import RequestError
from api.reviews.case import Case, Outcome
from api.reviews.request import Area, Variant
from routing.columns import RoadClass, Role, StructureKind, Verdict
from routing.fewest import Asked, Things, fewest_of
from routing.graph import Bool, RoadGraph
from routing.suggest import Route, suggest

EXPRESSWAYS = (RoadClass.MOTORWAY, RoadClass.MOTORWAY_LINK)
AVOIDING = "avoiding"
ON_IT = (StructureKind.BRIDGE, StructureKind.CULVERT)


def variants_json(case: Case, outcome: Outcome) -> list[dict[str, Any]]:
    """Every variant that is asked for, in the order asked; what the asker avoids comes last.

    Raises:
        RequestError: A structure to be avoided is not in this network.
    """
    request = case.request
    if case.matched is not None or not outcome.routes:
        return []
    found = [_variant(case, outcome, variant) for variant in request.variants]
    if request.avoid_areas or request.avoid_structures:
        avoided = touched_by(case.network.graph, request.avoid_areas) | _structures(case)
        found.append(_told(case, AVOIDING, _without(case, avoided)))
    return found


def _variant(case: Case, outcome: Outcome, variant: Variant) -> dict[str, Any]:
    graph = case.network.graph
    if variant == "no_expressway":
        roads = np.isin(graph.arcs.road_class, [int(code) for code in EXPRESSWAYS])
        return _told(case, variant, _without(case, np.asarray(roads)))
    worst = outcome.routes[0].verdict
    if worst is Verdict.BLOCKED:
        return _told(case, variant, None)
    things = _bridges(graph) if variant == "fewest_bridges" else _counties(graph)
    fewest = fewest_of(case.router, case.roads, case.network.places, Asked(case.terms, case.trip, worst), things)
    told = _told(case, variant, None if fewest is None else fewest.route)
    if fewest is not None:
        told |= {"count": len(fewest.things), "is_fewest_proved": fewest.is_exact}
    return told


def _without(case: Case, avoided: Bool) -> Route | None:
    """The best route that uses none of some arcs."""
    verdicts = case.terms.verdicts.copy()
    verdicts[avoided] = Verdict.BLOCKED

    def part(arc: int, from_mm: int, to_mm: int) -> Verdict:
        return Verdict.BLOCKED if avoided[arc] else case.terms.part_verdict(arc, from_mm, to_mm)

    found = suggest(case.router, replace(case.terms, verdicts=verdicts, judge_part=part), case.trip)
    return found[0] if found else None


def _told(case: Case, variant: str, route: Route | None) -> dict[str, Any]:
    reviewed = None if route is None else case.reviewer.review_suggested(route)
    return {
        "variant": variant,
        "verdict": "no_route" if reviewed is None else reviewed.verdict.name.lower(),
        "count": None,
        "is_fewest_proved": None,
        "route": None if reviewed is None else case.reviewer.to_json(reviewed, 1),
    }


def _bridges(graph: RoadGraph) -> Things:
    """Bridges and culverts that arcs stand on."""
    rows = graph.arc_structures
    meant = (rows.role == Role.ON) & np.isin(graph.structures.kind[rows.structure], [int(kind) for kind in ON_IT])
    arcs = np.repeat(np.arange(graph.arc_count, dtype=np.int32), np.diff(rows.first_out))
    arc = np.concatenate([arcs[meant], graph.arc_bridges.arc])
    structure = np.concatenate([rows.structure[meant], graph.bridges.structure[graph.arc_bridges.bridge]])
    return Things(arc.astype(np.int32), structure.astype(np.int32))


def _counties(graph: RoadGraph) -> Things:
    """Counties that arcs lie in or come to; a road outside every known county is in none."""
    crossings = graph.border_crossings
    arc = np.concatenate([np.arange(graph.arc_count, dtype=np.int32), crossings.arc, crossings.arc])
    code = np.concatenate([graph.arcs.county_code, crossings.from_code, crossings.to_code])
    known, place = np.unique(code[code > 0], return_inverse=True)
    return Things(arc[code > 0], place.astype(np.int32)) if len(known) else Things(arc[:0], code[:0])


def touched_by(graph: RoadGraph, areas: tuple[Area, ...]) -> Bool:
    """Arcs whose line touches an area, bool[arcs]."""
    touched = np.zeros(graph.arc_count, np.bool_)
    west, south, east, north = graph.geometry_bounds
    for ring in areas:
        shape = shapely.Polygon(ring)
        left, below, right, above = shape.bounds
        near = np.flatnonzero((west <= right) & (east >= left) & (south <= above) & (north >= below))
        lines = [row for row in near.tolist() if shape.intersects(_line(graph, row))]
        touched |= np.isin(graph.arcs.geometry, lines)
    return touched


def _line(graph: RoadGraph, geometry: int) -> shapely.LineString:
    points = slice(int(graph.geometries.first_point[geometry]), int(graph.geometries.first_point[geometry + 1]))
    return shapely.LineString(np.column_stack((graph.geometries.lon_deg[points], graph.geometries.lat_deg[points])))


def _structures(case: Case) -> Bool:
    """Arcs that touch a structure to be avoided, bool[arcs]."""
    graph = case.network.graph
    wanted = set(case.request.avoid_structures)
    rows = {graph.strings[int(text)]: row for row, text in enumerate(graph.structures.key)} if wanted else {}
    missing = sorted(wanted - rows.keys())
    if missing:
        raise RequestError([f"avoid structure: {name} is not in this network" for name in missing])
    meant = np.isin(graph.arc_structures.structure, [rows[name] for name in sorted(wanted)])
    arcs = np.repeat(np.arange(graph.arc_count), np.diff(graph.arc_structures.first_out))
    touched = np.zeros(graph.arc_count, np.bool_)
    touched[arcs[meant]] = True
    return touched
