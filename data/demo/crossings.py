"""Where roads cross (交叉): junctions, one road over another, interchanges with toll stations (互通、收费站)."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import shapely

from data.demo.expressways import KNOT_M, Expressway
from data.demo.plane import F64, right_of, swing
from data.demo.road import RAMP, Road, Spot

JUNCTION_M: Final = 60.0  # a node so near serves for the crossing
_OVERPASS_SHARE: Final = 0.15
_SIGNED_SHARE: Final = 0.6
_CLEARANCES: Final = ("4.5", "4.7", "5", "5", "5.2", "5.5")
_OVER_HALF_M: Final = 28.0
_UNDER_HALF_M: Final = 14.0
_APART_M: Final = 12_000.0
_SHORTEST_M: Final = 5.0
_SAME_PASSAGE_M: Final = 150.0
_KNOT_CLEAR_M: Final = 2_000.0
_RAMP_ALONG_M: Final = 650.0
_RAMP_ASIDE_M: Final = 330.0
_STEEP: Final = 0.5  # sine of the smallest angle at which an interchange fits


def crossing_points(roads: Sequence[Road]) -> Iterator[tuple[Road, Road, F64]]:
    """Every place where two roads cross, each once, in a fixed order."""
    lines = np.array([road.course.line for road in roads], object)
    low, high = shapely.STRtree(lines).query(lines, predicate="intersects")
    for one, other in sorted(zip(low.tolist(), high.tolist(), strict=True)):
        if one < other:
            for part in shapely.get_parts(shapely.intersection(lines[one], lines[other])):
                if part.geom_type == "Point":
                    yield roads[one], roads[other], np.array([part.x, part.y])


def join_crossings(roads: Sequence[Road], chance: np.random.Generator) -> None:
    """Give every crossing of ordinary roads a junction, or lead one over the other."""
    for one, other, point in crossing_points(roads):
        at_one, at_other = one.course.where(point), other.course.where(point)
        near_one, near_other = one.joint_near(at_one, JUNCTION_M), other.joint_near(at_other, JUNCTION_M)
        if near_one is not None and near_other is not None:
            continue
        may_part = not (near_one or near_other or one.is_street or other.is_street)
        is_main = "trunk" in (one.make.highway, other.make.highway) and one.make is not other.make
        if may_part and is_main and chance.random() < _OVERPASS_SHARE and lead_over(one, other, point, chance):
            continue
        spot = near_one or near_other or Spot(point)
        if near_one is None:
            one.join(at_one, spot)
        if near_other is None:
            other.join(at_other, spot)


def lead_over(upper: Road, lower: Road, point: F64, chance: np.random.Generator) -> bool:
    """Put one road on a bridge above another; a sign below, or none (上跨、下穿限高).

    Returns:
        False if there is no room.
    """
    at_upper, at_lower = upper.course.where(point), lower.course.where(point)
    if not upper.is_free(at_upper - _OVER_HALF_M, at_upper + _OVER_HALF_M) or not lower.is_free(
        at_lower - _UNDER_HALF_M, at_lower + _UNDER_HALF_M
    ):
        return False
    _bridge_over(upper, at_upper)
    _sign_below(lower, at_lower, chance)
    return True


def _bridge_over(upper: Road, at_m: float) -> None:
    tags = {"bridge": "yes", "layer": str(max(upper.layer, 0) + 1)}
    upper.add(at_m - _OVER_HALF_M, at_m + _OVER_HALF_M, tags, "overpass")


def _sign_below(lower: Road, at_m: float, chance: np.random.Generator) -> None:
    if chance.random() < _SIGNED_SHARE:
        height = _CLEARANCES[int(chance.integers(len(_CLEARANCES)))]
        lower.add(at_m - _UNDER_HALF_M, at_m + _UNDER_HALF_M, {"maxheight": height}, "below")
    lower.kept.append((at_m - _UNDER_HALF_M, at_m + _UNDER_HALF_M))


def part_levels(roads: Sequence[Road], fast: Sequence[Road], chance: np.random.Generator) -> None:
    """Lead expressways and other roads over or under each other, wherever they cross (分离式立交)."""
    is_fast = {id(road) for road in fast}
    decided: dict[int, list[tuple[float, bool]]] = {}  # both carriageways pass a road on the same side of it
    for one, other, point in crossing_points([*fast, *roads]):
        if id(one) not in is_fast:
            continue
        at_one, at_other = one.course.where(point), other.course.where(point)
        if one.joint_near(at_one, 2.0) and other.joint_near(at_other, 2.0):
            continue
        if id(other) in is_fast:
            upper, lower = (one, other) if one.layer > other.layer else (other, one)
        else:
            known = decided.setdefault(id(other), [])
            near = [is_below for at, is_below in known if abs(at - at_other) < _SAME_PASSAGE_M]
            is_below = near[0] if near else _may_go_over(other, at_other, chance)
            known.append((at_other, is_below))
            upper, lower = (other, one) if is_below else (one, other)
        _lead_over_anyhow(upper, lower, point, chance)


def _may_go_over(road: Road, at_m: float, chance: np.random.Generator) -> bool:
    return bool(chance.random() < 0.5 and road.is_free(at_m - 60, at_m + 60))  # noqa: PLR2004


def _lead_over_anyhow(upper: Road, lower: Road, point: F64, chance: np.random.Generator) -> None:
    """Like `lead_over`, but with as short a bridge as there is room for."""
    at_upper, at_lower = upper.course.where(point), lower.course.where(point)
    if not any(stretch.from_m <= at_upper <= stretch.to_m for stretch in upper.stretches):
        for half in (_OVER_HALF_M, 15.0, 8.0, 4.0):
            if _has_room(upper, at_upper, half):
                tags = {"bridge": "yes", "layer": str(max(upper.layer, 0) + 1)}
                upper.add(at_upper - half, at_upper + half, tags, "overpass" if half > _SHORTEST_M else "")
                break
    if lower.is_free(at_lower - _UNDER_HALF_M, at_lower + _UNDER_HALF_M):
        _sign_below(lower, at_lower, chance)
    else:
        lower.kept.append((at_lower - _UNDER_HALF_M, at_lower + _UNDER_HALF_M))


def _has_room(road: Road, at_m: float, half_m: float) -> bool:
    low, high = at_m - half_m, at_m + half_m
    if low < 1 or high > road.length_m - 1 or any(low < joint < high for joint, _ in road.joints):
        return False
    return all(stretch.to_m < low or stretch.from_m > high for stretch in road.stretches)


def draw_interchanges(sections: Sequence[Expressway], roads: Sequence[Road], name_of: "Names") -> list[Road]:
    """Connect main ordinary roads to the expressways they cross, some way apart (一般互通)."""
    by_line = {id(one.middle): one for one in sections}
    ramps: list[Road] = []
    feeders_first = sorted(roads, key=lambda road: "连接线" not in road.name)
    tree = shapely.STRtree([one.middle.line for one in sections])
    for road in feeders_first:
        for row in sorted(tree.query(road.course.line, predicate="intersects").tolist()):
            section = by_line[id(sections[row].middle)]
            for part in shapely.get_parts(shapely.intersection(road.course.line, section.middle.line)):
                if part.geom_type == "Point" and _fits(section, road, np.array([part.x, part.y])):
                    ramps += _diamond(section, road, np.array([part.x, part.y]), name_of.next())
    return ramps


class Names:
    """Names of interchanges, one after the other."""

    def __init__(self, words: Iterator[str]) -> None:
        self._words = words

    def next(self) -> str:
        """The next one."""
        return next(self._words)


def _fits(section: Expressway, road: Road, point: F64) -> bool:
    along, at = section.middle.where(point), road.course.where(point)
    clear = _KNOT_CLEAR_M - KNOT_M
    if not clear < along < section.middle.length_m - clear:
        return False
    if any(abs(along - taken) < _APART_M for taken in section.taken_m):
        return False
    sine = abs(float(right_of(section.middle.heading(along)) @ road.course.heading(at)))
    reach = _RAMP_ASIDE_M + 40.0
    is_clear = all(
        carriageway.is_free(place - _RAMP_ALONG_M - 20, place + _RAMP_ALONG_M + 20)
        for carriageway in (section.up, section.down)
        for place in [carriageway.course.where(point)]
    )
    return sine > _STEEP and road.is_free(at - reach, at + reach) and is_clear


def _diamond(section: Expressway, road: Road, point: F64, name: str) -> list[Road]:
    """Four ramps of an interchange, each with its toll station (菱形互通)."""
    section.taken_m.append(section.middle.where(point))
    ramps = []
    for carriageway in (section.up, section.down):
        place = carriageway.course.where(point)
        ahead = carriageway.course.heading(place)
        at = road.course.where(point)
        sign = 1.0 if float(right_of(ahead) @ road.course.heading(at)) > 0 else -1.0
        junction = road.join(at + sign * _RAMP_ASIDE_M)
        aside = sign * road.course.heading(at + sign * _RAMP_ASIDE_M)
        off = carriageway.join(place - _RAMP_ALONG_M, None, highway="motorway_junction", name=f"样例{name}互通")
        on = carriageway.join(place + _RAMP_ALONG_M)
        for start, end, leaving, arriving in (
            (off, junction, ahead, ahead * 0.3 + aside),
            (junction, on, ahead * 0.3 - aside, ahead),
        ):
            course = swing(start.point, leaving, end.point, arriving)
            ramp = Road(course, RAMP, "", f"样例{name}互通匝道", is_oneway=True, main_ref=section.up.ref)
            ramp.tags = {"toll": "yes"}
            ramp.join(0.0, start)
            ramp.join(ramp.length_m * 0.55, None, barrier="toll_booth", name=f"模拟{name}收费站")
            ramp.join(ramp.length_m, end)
            ramps.append(ramp)
    return ramps
