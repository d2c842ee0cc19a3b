"""What a way is as a road (道路属性): class, flags, toll, city street, numbers and names.

Each tag has its own small function over the tags of one way. None of them raises; what was not understood comes back
with `is_understood` False, or as None where the docstring says so.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from data.osm.words import read_word, words


class RoadClass(StrEnum):
    """Class of a road (道路等级) as OSM has it; `road` is one of unknown class, `ferry` no road but a link of it."""

    MOTORWAY = "motorway"
    MOTORWAY_LINK = "motorway_link"
    TRUNK = "trunk"
    TRUNK_LINK = "trunk_link"
    PRIMARY = "primary"
    PRIMARY_LINK = "primary_link"
    SECONDARY = "secondary"
    SECONDARY_LINK = "secondary_link"
    TERTIARY = "tertiary"
    TERTIARY_LINK = "tertiary_link"
    UNCLASSIFIED = "unclassified"
    RESIDENTIAL = "residential"
    LIVING_STREET = "living_street"
    SERVICE = "service"
    TRACK = "track"
    ROAD = "road"
    FERRY = "ferry"


@dataclass(frozen=True, slots=True)
class RoadClassReading:
    """The class of a way, or why it is no road for a heavy goods vehicle.

    Attributes:
        road_class: None if the way is rejected.
        is_construction: True for a road being built (在建).
        rejection: "" or the reason, for the build report.
        is_understood: False if the value is none that is known as a road or as something else.
    """

    road_class: RoadClass | None
    is_construction: bool = False
    rejection: str = ""
    is_understood: bool = True


_CLASSES: Final = {member.value: member for member in RoadClass if member not in (RoadClass.FERRY, RoadClass.TRACK)}
_ORDER: Final = tuple(RoadClass)
_NO_ROADS: Final = words(
    "footway path pedestrian steps cycleway bridleway corridor platform raceway busway bus_guideway bus_stop elevator "
    "escape proposed planned razed abandoned disused rest_area services access_ramp emergency_bay via_ferrata ladder "
    "no none traffic_island crossing sidewalk"
)
_CLOSED_SERVICES: Final = frozenset({"bus", "busbay", "emergency_access", "drive-through", "cycleway"})
_ALLOWED: Final = frozenset({"yes", "designated", "permissive", "destination", "delivery", "public"})


def read_road_class(tags: Mapping[str, str]) -> RoadClassReading:
    """The class of a way (道路等级), links and construction included.

    A track is taken only with a hard surface (grade1) and goods or motor vehicles allowed by tag; a list of classes
    ("unclassified;tertiary") counts as its lowest.
    """
    highway = read_word(tags, "highway")
    if not highway:
        return _read_unclassed(tags)
    if read_word(tags, "area") == "yes":
        return RoadClassReading(None, rejection="area=yes")
    if highway == "construction":
        return _read_construction(read_word(tags, "construction"))
    if highway == "track":
        return _read_track(tags)
    service = read_word(tags, "service")
    if highway == "service" and service in _CLOSED_SERVICES:
        return RoadClassReading(None, rejection=f"service={service}")
    return _read_class_words(highway)


def _read_class_words(highway: str) -> RoadClassReading:
    parts = [word.strip() for word in highway.split(";") if word.strip()]
    if parts and all(word in _CLASSES for word in parts):
        return RoadClassReading(max((_CLASSES[word] for word in parts), key=_ORDER.index))
    is_understood = bool(parts) and all(word in _NO_ROADS or word in _CLASSES for word in parts)
    return RoadClassReading(None, rejection=f"highway={highway}", is_understood=is_understood)


def _read_unclassed(tags: Mapping[str, str]) -> RoadClassReading:
    if read_word(tags, "construction:highway"):
        return _read_construction(read_word(tags, "construction:highway"))
    if read_word(tags, "route") == "ferry":
        return RoadClassReading(RoadClass.FERRY)
    return RoadClassReading(None, rejection="no highway tag")


def _read_construction(future: str) -> RoadClassReading:
    """A road being built has the class it will have; `road` if that is not said."""
    if future in ("", "yes"):
        return RoadClassReading(RoadClass.ROAD, is_construction=True)
    if future in _CLASSES:
        return RoadClassReading(_CLASSES[future], is_construction=True)
    is_understood = future in _NO_ROADS or future == "track"
    return RoadClassReading(None, True, f"construction={future}", is_understood)


def _read_track(tags: Mapping[str, str]) -> RoadClassReading:
    grade = read_word(tags, "tracktype")
    if grade != "grade1":
        return RoadClassReading(None, rejection=f"highway=track, tracktype={grade or 'not stated'}")
    if not any(read_word(tags, key) in _ALLOWED for key in ("hgv", "motor_vehicle")):
        return RoadClassReading(None, rejection="highway=track, motor vehicles not allowed by tag")
    return RoadClassReading(RoadClass.TRACK)


_ROUNDABOUTS: Final = frozenset({"roundabout", "circular"})


def is_roundabout(tags: Mapping[str, str]) -> bool:
    """Whether the way is a roundabout (环岛)."""
    return read_word(tags, "junction") in _ROUNDABOUTS


@dataclass(frozen=True, slots=True)
class RoadFlags:
    """What a way is besides its class (标志).

    Attributes:
        is_bridge: 桥梁. is_tunnel: 隧道, galleries and building passages included.
        is_building_passage: under a building. is_covered: under a roof. is_ford: 过水路面. is_ferry: 渡口.
        is_roundabout: 环岛. is_link: 匝道. is_construction: 在建.
    """

    is_bridge: bool
    is_tunnel: bool
    is_building_passage: bool
    is_covered: bool
    is_ford: bool
    is_ferry: bool
    is_roundabout: bool
    is_link: bool
    is_construction: bool


def read_flags(tags: Mapping[str, str]) -> RoadFlags:
    """All flags of a way."""
    road = read_road_class(tags)
    return RoadFlags(
        is_bridge=_is_set(tags, "bridge"),
        # On a road "culvert" is what lies below it, not what it runs through.
        is_tunnel=_is_set(tags, "tunnel") and read_word(tags, "tunnel") != "culvert",
        is_building_passage=read_word(tags, "tunnel") in ("building_passage", "passage"),
        is_covered=_is_set(tags, "covered"),
        is_ford=_is_set(tags, "ford"),
        is_ferry=road.road_class is RoadClass.FERRY,
        is_roundabout=is_roundabout(tags),
        is_link=road.road_class is not None and road.road_class.endswith("_link"),
        is_construction=road.is_construction,
    )


def read_toll(tags: Mapping[str, str]) -> bool | None:
    """Whether a heavy goods vehicle pays toll (收费); None if not stated. A toll at some hours is a toll."""
    if any(f"{key}:conditional" in tags for key in ("toll:hgv", "toll")):
        return True
    for key in ("toll:hgv", "toll:motor_vehicle", "toll"):
        if key in tags:
            return read_word(tags, key) not in ("no", "none", "false", "0")
    return None


_URBAN_KEYS: Final = ("maxspeed", "maxspeed:type", "source:maxspeed", "zone:traffic", "zone:maxspeed", "traffic_zone")
_URBAN_CLASSES: Final = (RoadClass.RESIDENTIAL, RoadClass.LIVING_STREET)


def is_urban_street(tags: Mapping[str, str]) -> bool:
    """Whether the tags alone show a city street (城市道路): its class, or a speed zone such as "CN:urban"."""
    if read_road_class(tags).road_class in _URBAN_CLASSES:
        return True
    return any(
        re.search(r":(?:urban|living_street)\b", part)
        for key in _URBAN_KEYS
        for part in read_word(tags, key).split(";")
    )


def read_refs(tags: Mapping[str, str]) -> tuple[str, ...]:
    """Route numbers (路线编号) in the order given, without repeats: "G4;G60" is ("G4", "G60")."""
    parts = [" ".join(part.split()) for part in re.split(r"[;；,，、]", tags.get("ref", ""))]
    return tuple(dict.fromkeys(part for part in parts if part))


def read_name(tags: Mapping[str, str]) -> str:
    """Name (路名) as signed here, else the Chinese one, else that of the bridge or tunnel, else ""."""
    names = (tags.get(key, "").strip() for key in ("name", "name:zh", "name:zh-Hans", "bridge:name", "tunnel:name"))
    return next((name for name in names if name), "")


def _is_set(tags: Mapping[str, str], key: str) -> bool:
    return read_word(tags, key) not in ("", "no", "false", "0", "none")
