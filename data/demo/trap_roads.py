"""Traps that no bridge decides (道路类陷阱): clearance, closure, hours, a sealed-off town, borders."""

from typing import Final

import numpy as np

from data.demo.osm_map import OsmMap
from data.demo.plane import Course, right_of
from data.demo.road import Road
from data.demo.sites import SPUR, Land
from data.demo.traps import FIXED_DAY, NEXT_DAY, Json, Trap, ends_of, legal_mass

PER_KIND: Final = 5
_SPUR_M: Final = 1_600.0


def clearances(land: Land, osm: OsmMap) -> tuple[list[Trap], list[Road]]:
    """A sign 1 cm too low under a railway or an aqueduct (净空差一厘米)."""
    traps, roads = [], []
    for number in range(1, PER_KIND + 1):
        road = land.spur(_SPUR_M)
        middle = road.length_m / 2
        clearance_mm = 4_050 + 10 * int(land.chance.integers(0, 44))
        label = f"clearance-{number}"
        road.add(middle - 15, middle + 15, {"maxheight": f"{clearance_mm / 1000:.2f}"}, label)
        across = right_of(road.course.heading(middle))
        above = np.array([road.course.at(middle) + across * reach for reach in (-90.0, -30.0, 30.0, 90.0)])
        way = osm.add_way(above, _overhead(number))
        finding = {"quantity": "height", "outcome": "blocked", "limit": clearance_mm, "measured": clearance_mm + 10}
        finding |= {"margin": -10, "way_label": label, "structure_id": f"osm:way/{way}"}
        vehicle = legal_mass(height_mm=clearance_mm + 10)
        traps.append(Trap(label, "clearance_1cm_short", vehicle, *ends_of(road), FIXED_DAY, "blocked", finding))
        roads.append(road)
    return traps, roads


def _overhead(number: int) -> dict[str, str]:
    if number % 2:
        return {"railway": "rail", "bridge": "yes", "layer": "1", "name": f"演示{number}号铁路专用线桥"}
    return {"waterway": "canal", "bridge": "aqueduct", "layer": "1", "name": f"演示{number}号渡槽"}


def closures(land: Land) -> tuple[list[Trap], list[Road], list[Json]]:
    """A road that is closed from tomorrow on (明日起封闭): today it passes, tomorrow it does not."""
    traps, roads, overlays = [], [], []
    for number in range(1, PER_KIND + 1):
        road, label = _spur_with_middle(land, "closure", number, {})
        item = {
            "id": f"demo-{label}",
            "closed": True,
            "from": NEXT_DAY,
            "until": "2026-12-20",
            "reason": "演示桥面铺装施工",
        }
        overlays.append({**item, "way_label": label})
        asked = ("closure_tomorrow", legal_mass(), *ends_of(road))
        not_yet = {"overlay_not_in_force": item["id"]}
        finding = {"quantity": "closure", "outcome": "blocked", "way_label": label}
        traps.append(Trap(f"{label}-today", *asked, FIXED_DAY, "passes", more=not_yet, has_overlay=True))
        traps.append(Trap(f"{label}-tomorrow", *asked, NEXT_DAY, "blocked", finding, has_overlay=True))
        roads.append(road)
    return traps, roads, overlays


def hour_bans(land: Land) -> tuple[list[Trap], list[Road], list[Json]]:
    """A ban by the hour (限时禁行): by overlay or by sign; within, outside, and on a bare date."""
    traps, roads, overlays = [], [], []
    for number in range(1, PER_KIND + 1):
        is_signed = number > PER_KIND // 2
        tags = {"hgv:conditional": "no @ (07:00-09:00,17:00-19:00)"} if is_signed else {}
        road, label = _spur_with_middle(land, "hours", number, tags)
        if not is_signed:
            hours = "Mo-Su 07:00-09:00,17:00-19:00"
            item = {"id": f"demo-{label}", "closed": True, "hours": hours, "reason": "演示早晚高峰禁行"}
            overlays.append({**item, "way_label": label})
        finding: Json = {"quantity": "access" if is_signed else "closure", "way_label": label}
        asked = ("hour_ban", legal_mass(), *ends_of(road))
        inside = {**finding, "outcome": "blocked"}
        either = {**finding, "outcome": "conditional"}
        traps.append(Trap(f"{label}-0800", *asked, f"{NEXT_DAY}T08:00", "blocked", inside, has_overlay=True))
        traps.append(Trap(f"{label}-1030", *asked, f"{NEXT_DAY}T10:30", "passes", has_overlay=True))
        traps.append(Trap(f"{label}-day", *asked, NEXT_DAY, "conditional", either, has_overlay=True))
        roads.append(road)
    return traps, roads, overlays


def _spur_with_middle(land: Land, kind: str, number: int, tags: dict[str, str]) -> tuple[Road, str]:
    road = land.spur(_SPUR_M)
    label = f"{kind}-{number}"
    road.add(road.length_m / 2 - 150, road.length_m / 2 + 150, tags, label)
    return road, label


def sealed_towns(land: Land) -> tuple[list[Trap], list[Road], list[Json]]:
    """A town with three ways in, each shut by something else (四面受限的城镇)."""
    traps: list[Trap] = []
    roads: list[Road] = []
    overlays: list[Json] = []
    for number in range(1, PER_KIND + 1):
        stem = land.spur(2_000.0)
        fork_m, town_m = 800.0, 1_400.0
        fork, town = stem.join(fork_m), stem.join(town_m)
        label = f"sealed-{number}"
        stem.add(fork_m + 150, fork_m + 250, {"maxheight": "3.6"}, f"{label}-a")
        around = [_bow(stem, fork_m, town_m, reach) for reach in (-180.0, 180.0)]
        for road, end in zip(around, "bc", strict=True):
            road.join(0.0, fork)
            road.join(road.length_m, town)
            road.ref, road.name = "", f"{stem.name}{'东' if end == 'b' else '西'}支线"
            middle = road.length_m / 2
            tags = {"maxweight": "20"} if end == "b" else {} if number % 2 else {"hgv": "no"}
            road.add(middle - 50, middle + 50, tags, f"{label}-{end}")
        if number % 2:
            item = {"id": f"demo-{label}", "closed": True, "from": "2026-11-01", "reason": "演示滑坡封闭"}
            overlays.append({**item, "way_label": f"{label}-c"})
        finding = {"outcome": "blocked", "ways_labels": [f"{label}-{end}" for end in "abc"]}
        asked = (legal_mass(), *ends_of(stem), FIXED_DAY, "blocked", finding)
        traps.append(Trap(label, "sealed_town", *asked, has_overlay=True))
        roads += [stem, *around]
    return traps, roads, overlays


def _bow(stem: Road, from_m: float, to_m: float, reach_m: float) -> Road:
    start, end = stem.course.at(from_m), stem.course.at(to_m)
    aside = right_of(stem.course.heading(from_m)) * reach_m
    third = (end - start) / 3
    course = Course.through(np.array([start, start + third + aside, start + 2 * third + aside, end]))
    return Road(course, SPUR, "", "", tags={"width": "9"})
