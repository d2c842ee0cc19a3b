"""Reviews by hand, for the tests of the dispatch: a few stretches and findings in, the JSON of a review out."""

import datetime as dt
from dataclasses import replace
from itertools import groupby
from typing import Any

from api.dispatch.directory import Directory, build_directory
from api.dispatch.managing import stretches_of
from api.dispatch.plan import DispatchPlan, plan
from api.dispatch.settings import DispatchSettings
from rules.divisions import Delegation, DivisionPassage
from rules.jurisdiction import jurisdiction
from rules.management import RoadKind, RoadStretch

DAY = dt.date(2026, 11, 23)
NAMES = {
    "430000": "湖南省", "430100": "长沙市", "430102": "芙蓉区", "430121": "长沙县", "430300": "湘潭市",
    "430302": "雨湖区", "430321": "湘潭县", "430400": "衡阳市", "430412": "南岳区", "430424": "衡东县",
    "430600": "岳阳市", "430624": "湘阴县",
}  # fmt: skip
FAST: RoadKind = "expressway"
TRUNK: RoadKind = "trunk_highway"
COUNTY: RoadKind = "county_road"
STREET: RoadKind = "city_street"
NAMELESS: RoadKind = "unnumbered"
G4_FIRM = "甲高速公路公司"
Json = dict[str, Any]


def road(code: str | None, kind: RoadKind = COUNTY, length_m: int = 5000, **more: object) -> RoadStretch:
    """A stretch; `review_of` puts stretches one after the other."""
    usual: dict[RoadKind, dict[str, object]] = {
        FAST: {"number": "G4", "owner": G4_FIRM, "operator": G4_FIRM},
        TRUNK: {"number": "G107"},
        COUNTY: {"number": "X012"},
        STREET: {"built_up": True},
    }
    changes: dict[str, Any] = usual.get(kind, {}) | more
    return replace(RoadStretch(code, 0, length_m, kind), **changes)


def finding(at_m: int, length_m: int = 0, outcome: str = "passes", structure: str = "", **more: object) -> Json:
    named = {"id": f"id-{structure}", "name": structure, "kind": "bridge"} if structure else None
    return {
        "outcome": outcome, "quantity": "bridge_effect" if structure else "height", "structure": named,
        "way_id": 1000 + at_m, "way_ids": [1000 + at_m, 1001 + at_m], "at_m": at_m, "length_m": length_m,
        "stake": f"K{at_m}+000", "lon": 112.0, "lat": 28.0, "source": f"osm:way/{1000 + at_m} and 1 more ways",
        "reason": f"原因{at_m}", "conditions": [f"条件{at_m}"] if outcome == "conditional" else [],
    } | more  # fmt: skip


def review_of(
    *roads: RoadStretch,
    findings: tuple[Json, ...] = (),
    vehicle_class: str = "II",
    delegations: tuple[Delegation, ...] = (),
    zones: dict[str, str] | None = None,
) -> Json:
    placed, at = [], 0
    for one in roads:
        placed.append(RoadStretch.of_json(one.code, one.to_json() | {"enter_m": at, "exit_m": at + one.length_m}))
        at += one.length_m
    passages = []
    for code, run in groupby(placed, key=lambda one: one.code):
        own = tuple(run)
        length = own[-1].exit_m - own[0].enter_m
        is_fast = all(one.kind == FAST for one in own)
        operators = tuple(dict.fromkeys(one.operator for one in own if one.operator))
        street = sum(one.length_m for one in own if one.kind == STREET)
        passages.append(DivisionPassage(code, str(code), own[0].enter_m, length, is_fast, street, operators, roads=own))
    said = jurisdiction(
        passages, on=DAY, vehicle_class=vehicle_class, names=NAMES, delegations=delegations, zones=zones
    )
    return {
        "classification": {"class": vehicle_class},
        "routes": [
            {
                "length_m": at,
                "phrase": "起点—G4—终点",
                "geometry": {"type": "LineString", "coordinates": [[112.0, 28.0], [112.5, 28.5]]},
                "findings": list(findings),
            }
        ],
        "jurisdiction": said.to_json(),
    }


def hunan() -> Directory:
    return build_directory("43", NAMES, operators=[G4_FIRM])


def plan_for(
    review: Json, settings: DispatchSettings | None = None, directory: Directory | None = None
) -> DispatchPlan:
    return plan(review, stretches_of(review), directory or hunan(), DAY, settings)


def roles(made: DispatchPlan) -> dict[str, tuple[str, str]]:
    """Role and purpose by body."""
    return {packet.body.id: (packet.role, packet.purpose) for packet in made.packets}
