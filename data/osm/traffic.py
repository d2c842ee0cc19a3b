"""How traffic runs on a way (交通组织): one-way, lanes, speed limit. Nothing here raises."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from data.osm.direction import Direction
from data.osm.road import RoadClass, is_roundabout, read_road_class
from data.osm.words import read_word


@dataclass(frozen=True, slots=True)
class OnewayReading:
    """Direction of traffic (单行).

    Attributes:
        direction: along the way as drawn: "forward" and "backward" are one-way, "both" is not.
        is_implied: True if class or roundabout decided, not a tag.
        is_changing: True if the direction changes with time (潮汐车道): reversible, alternating, conditional.
        is_understood: False if the text belongs into the build report; the direction is then "both".
        raw: the deciding tag, "" if none.
    """

    direction: Direction
    is_implied: bool = False
    is_changing: bool = False
    is_understood: bool = True
    raw: str = ""


_ONEWAY: Final[dict[str, Direction]] = {
    **dict.fromkeys(("yes", "true", "1", "forward"), "forward"),
    **dict.fromkeys(("-1", "reverse", "backward", "opposite"), "backward"),
    **dict.fromkeys(("no", "false", "0"), "both"),
}
_ONEWAY_KEYS: Final = ("oneway:hgv", "oneway:goods", "oneway:motor_vehicle", "oneway:vehicle", "oneway")


def read_oneway(tags: Mapping[str, str]) -> OnewayReading:
    """Direction of traffic for heavy goods vehicles; motorways and roundabouts are one-way unless tagged otherwise.

    A motorway link without the tag is two-way: short links before a toll station (收费站) often are.
    """
    is_conditional = any(f"{key}:conditional" in tags for key in _ONEWAY_KEYS)
    for key in _ONEWAY_KEYS:
        if key in tags:
            raw = f"{key}={tags[key]}"
            word = read_word(tags, key)
            if word in ("reversible", "alternating"):
                return OnewayReading("both", is_changing=True, raw=raw)
            direction = _ONEWAY.get(word)
            return OnewayReading(direction or "both", False, is_conditional, direction is not None, raw)
    if is_roundabout(tags):
        return OnewayReading("forward", True, is_conditional, raw=f"junction={tags['junction']}")
    if read_road_class(tags).road_class is RoadClass.MOTORWAY:
        return OnewayReading("forward", True, is_conditional, raw=f"highway={tags.get('highway', 'construction')}")
    return OnewayReading("both", is_changing=is_conditional)


@dataclass(frozen=True, slots=True)
class LaneCount:
    """Numbers of lanes (车道数); None where neither stated nor following from the others.

    Attributes:
        total: lanes of the whole carriageway.
        forward: lanes along the way as drawn.
        backward: lanes against it.
        is_understood: False if a lanes tag belongs into the build report.
    """

    total: int | None
    forward: int | None
    backward: int | None
    is_understood: bool = True


_MAX_LANES: Final = 20


def read_lanes(tags: Mapping[str, str]) -> LaneCount:
    """Lanes in all and each way; half a lane is none ("1.5" is 1), a list counts as its smallest."""
    keys = ("lanes", "lanes:forward", "lanes:backward", "lanes:both_ways")
    counts = {key: _read_count(tags[key]) for key in keys if key in tags}
    is_understood = None not in counts.values()
    total, forward, backward = (counts.get(key) for key in keys[:3])
    oneway = read_oneway(tags).direction
    if total is None and forward is not None and backward is not None:
        total = forward + backward + (counts.get("lanes:both_ways") or 0)
    elif total is None and oneway != "both":
        total = forward if oneway == "forward" else backward
    if total is not None and forward is None:
        forward = {"forward": total, "backward": 0}.get(oneway, _share(total, backward))
    if total is not None and backward is None:
        backward = {"forward": 0, "backward": total}.get(
            oneway, _share(total, forward if "lanes:forward" in tags else None)
        )
    return LaneCount(total, forward, backward, is_understood)


def _share(total: int, other: int | None) -> int:
    """Lanes of one direction: what the other leaves, else half rounded down, and at least the one lane shared."""
    return max(1, total // 2 if other is None else total - other)


def _read_count(text: str) -> int | None:
    parts = [part.strip() for part in re.split(r"[;,|/]", text) if part.strip()]
    counts = [int(float(part)) for part in parts if re.fullmatch(r"\d{1,2}(\.\d{1,3})?", part, re.ASCII)]
    if not parts or len(counts) < len(parts) or not 0 <= min(counts) <= max(counts) <= _MAX_LANES:
        return None
    return min(counts) or (0 if text.strip() == "0" else 1)


_MPH_KMH: Final = 1.609344
_MAX_SPEED_KMH: Final = 150


def read_maxspeed_kmh(tags: Mapping[str, str], direction: Direction = "both") -> int | None:
    """Speed limit (限速) in km/h, rounded down; that of hgv and of the direction before the general one.

    None if no number is stated: "none", "walk", "CN:motorway".
    """
    ends = ("",) if direction == "both" else (f":{direction}", "")
    for key in ("maxspeed:hgv", "maxspeed"):
        for end in ends:
            speed = _read_speed(tags.get(f"{key}{end}", ""))
            if speed is not None:
                return speed
    return None


def _read_speed(text: str) -> int | None:
    """The smallest of a list of speeds."""
    speeds: list[int] = []
    for part in re.split(r"[;|/]", text.lower().replace("km/h", "kmh").replace("公里/小时", "kmh")):
        match = re.fullmatch(r"\s*(\d{1,3})\s*(kph|kmh|mph)?\s*", part, re.ASCII)
        if match:
            speed = int(int(match[1]) * (_MPH_KMH if match[2] == "mph" else 1))
            if 0 < speed <= _MAX_SPEED_KMH:
                speeds.append(speed)
    return min(speeds, default=None)
