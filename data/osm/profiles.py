"""Everything the tags of a road decide, in the network's codes; roads with equal tags share one profile."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from data.osm import access as osm_access
from data.osm import road, surface, traffic
from data.osm.carriageway import CarriagewayReading, read_carriageway
from data.osm.direction import Direction
from data.osm.statements import ACCESS_CODES, Statement, access_statement, read_way_statements
from routing.columns import Access, ArcFlag, RoadClass, StructureKind, WidthBasis
from routing.graph import NO_INCLINE
from routing.policy import RoadPolicy

_WIDTH_BASES: Final = {
    "measured": WidthBasis.STATED,
    "assumed": WidthBasis.ROAD_CLASS,  # somebody's estimate is no stated width: it must not block
    "lanes": WidthBasis.LANES,
    "class": WidthBasis.ROAD_CLASS,
    "none": WidthBasis.UNKNOWN,
}
_FERRY_KEYS: Final = ("motor_vehicle", "vehicle", "motorcar", "hgv", "access", "goods")
_NOT_UNDERGROUND: Final = frozenset({"building_passage", "passage", "avalanche_protector", "gallery", "covered"})
_RAILWAYS: Final = frozenset(
    {"rail", "light_rail", "subway", "tram", "narrow_gauge", "monorail", "preserved", "funicular"}
)
_GONE: Final = frozenset({"razed", "dismantled", "demolished", "proposed", "planned"})


@dataclass(frozen=True, slots=True)
class Way:
    """What holds in one direction.

    Attributes:
        is_open: Whether it has an arc: traffic goes this way and motor vehicles may.
        lanes: Number stated for this direction, 0 if none.
        access: `Access` of a heavy goods vehicle.
        maxspeed_kmh: 0 if not stated.
        incline_permille: Up is positive, `NO_INCLINE` if not stated.
    """

    is_open: bool
    lanes: int
    access: Access
    maxspeed_kmh: int
    incline_permille: int


@dataclass(frozen=True, slots=True)
class RoadProfile:
    """One set of tags read for roads (道路属性); lengths in mm."""

    road_class: RoadClass
    flags: ArcFlag
    layer: int
    lane_width_mm: int
    carriageway_mm: int
    width_basis: WidthBasis
    surface: str
    smoothness: str
    forward: Way
    backward: Way
    inside: StructureKind | None
    statements: tuple[Statement, ...]
    not_understood: tuple[str, ...]


def reject_road(tags: Mapping[str, str]) -> str:
    """Why a way is no road for heavy vehicles ("highway=footway", "motor vehicles: access=no"), "" if it is one."""
    reading = road.read_road_class(tags)
    if reading.road_class is None:
        return reading.rejection if reading.is_understood else f"{reading.rejection} (not understood)"
    allowed = traffic.read_oneway(tags).direction
    directions: tuple[Direction, ...] = ("forward", "backward") if allowed == "both" else (allowed,)
    readings = [osm_access.read_access(tags, direction) for direction in directions]
    if all(one.access is osm_access.Access.NO for one in readings):
        return f"closed to motor vehicles: {readings[0].raw}"
    return ""


def is_overhead(tags: Mapping[str, str]) -> bool:
    """Whether a way may stand above a road: any bridge that exists, and any railway not in a tunnel.

    A railway without a bridge is above only where layers say so: it is raised, or the road is in a cutting.
    """
    bridge, rail = _word(tags, "bridge"), _word(tags, "railway")
    if _word(tags, "man_made") == "bridge" or _GONE & {bridge, rail, _word(tags, "highway")}:
        return False  # an outline of a bridge is not what is on it
    if bridge not in ("", "no", "0", "false", "none"):
        return True
    return rail in _RAILWAYS and not is_hidden(tags)


def is_railway(tags: Mapping[str, str]) -> bool:
    """Whether a way is a railway or was one."""
    return bool(_word(tags, "railway")) and not _word(tags, "highway")


def is_bridge(tags: Mapping[str, str]) -> bool:
    """Whether a way is on a bridge."""
    return _word(tags, "bridge") not in ("", "no", "0", "false", "none")


def is_hidden(tags: Mapping[str, str]) -> bool:
    """Whether a way runs in a tunnel of its own; a passage through a building does not."""
    tunnel = _word(tags, "tunnel")
    return tunnel not in ("", "no", "0", "false", "none", "culvert") and tunnel not in _NOT_UNDERGROUND


def level(tags: Mapping[str, str]) -> int:
    """Layer of a way; without a tag that can be read a bridge has 1, a tunnel -1, the ground 0."""
    reading = surface.read_layer(tags)
    if "layer" in tags and reading.is_understood:
        return reading.layer
    return 1 if is_bridge(tags) else -1 if is_hidden(tags) else 0


def read_profile(tags: Mapping[str, str], policy: RoadPolicy) -> RoadProfile:
    """Read all attributes of a road.

    Args:
        tags: Of a way that `reject_road` lets pass.
        policy: Usual lane widths and counts.
    """
    kind = road.read_road_class(tags).road_class or road.RoadClass.ROAD
    oneway = traffic.read_oneway(tags)
    flags = road.read_flags(tags)
    width = _read_width(tags, kind, is_oneway=oneway.direction != "both", policy=policy)
    smoothness = surface.read_smoothness(tags)
    statements = read_way_statements(tags)
    forward = _read_way(tags, "forward", oneway.direction, kind)
    backward = _read_way(tags, "backward", oneway.direction, kind)
    changing: tuple[Statement, ...] = ()
    if oneway.is_changing or not oneway.is_understood:
        changing = (access_statement(Access.UNKNOWN, "both", "", oneway.raw or "oneway:conditional"),)
    return RoadProfile(
        road_class=RoadClass[kind.name],
        flags=_flags(tags, flags, is_oneway=forward.is_open != backward.is_open),
        layer=level(tags),
        lane_width_mm=width.lane_width_mm or 0,
        carriageway_mm=width.width_mm or 0,
        width_basis=_WIDTH_BASES[width.basis],
        surface=_word(tags, "surface"),
        smoothness="" if smoothness is None else smoothness.name.lower(),
        forward=forward,
        backward=backward,
        inside=_inside(flags),
        statements=(*statements.rows, *changing),
        not_understood=(*statements.not_understood, *width.not_understood, *_not_understood(tags)),
    )


def _read_width(
    tags: Mapping[str, str], kind: road.RoadClass, *, is_oneway: bool, policy: RoadPolicy
) -> CarriagewayReading:
    ways = 1 if is_oneway else 2
    return read_carriageway(
        tags,
        road_class=kind,
        lane_width_mm={road.RoadClass[code.name]: mm for code, mm in policy.lane_width_mm.items()},
        lane_count={road.RoadClass[code.name]: count * ways for code, count in policy.lanes_per_direction.items()},
    )


def _read_way(tags: Mapping[str, str], direction: Direction, allowed: Direction, kind: road.RoadClass) -> Way:
    access = ACCESS_CODES[osm_access.read_access(tags, direction).access]
    if kind is road.RoadClass.FERRY and not any(key in tags for key in _FERRY_KEYS):
        access = Access.UNKNOWN  # many carry people only
    count = traffic.read_lanes(tags)
    lanes = (count.forward if direction == "forward" else count.backward) or 0
    slope = surface.read_incline(tags).tenths_percent
    if slope is None:
        slope = NO_INCLINE
    elif direction == "backward":
        slope = -slope
    is_open = allowed in ("both", direction) and access is not Access.NO
    return Way(is_open, lanes, access, traffic.read_maxspeed_kmh(tags, direction) or 0, slope)


def _flags(tags: Mapping[str, str], flags: road.RoadFlags, *, is_oneway: bool) -> ArcFlag:
    present = {
        ArcFlag.BRIDGE: flags.is_bridge,
        ArcFlag.TUNNEL: flags.is_tunnel and not flags.is_building_passage,
        ArcFlag.TOLL: bool(road.read_toll(tags)),
        ArcFlag.URBAN: road.is_urban_street(tags),
        ArcFlag.LINK: flags.is_link,
        ArcFlag.ROUNDABOUT: flags.is_roundabout,
        ArcFlag.ONEWAY: is_oneway,
        ArcFlag.CONSTRUCTION: flags.is_construction,
        ArcFlag.FERRY: flags.is_ferry,
        ArcFlag.COVERED: flags.is_covered or flags.is_building_passage,
        ArcFlag.FORD: flags.is_ford,
    }
    return ArcFlag(sum(flag for flag, holds in present.items() if holds))


def _inside(flags: road.RoadFlags) -> StructureKind | None:
    """The structure a road runs in, if its own tags say so."""
    if flags.is_tunnel and not flags.is_building_passage:
        return StructureKind.TUNNEL
    return StructureKind.COVERED if flags.is_building_passage or flags.is_covered else None


def _not_understood(tags: Mapping[str, str]) -> list[str]:
    """Tags other than limits and widths that no reader could use."""
    failed: list[tuple[str, Callable[[], bool]]] = [
        ("oneway", lambda: traffic.read_oneway(tags).is_understood),
        ("lanes", lambda: traffic.read_lanes(tags).is_understood),
        ("layer", lambda: surface.read_layer(tags).is_understood),
        ("incline", lambda: surface.read_incline(tags).is_understood),
        ("smoothness", lambda: surface.read_smoothness(tags) is not None),
    ]
    found = [f"{key}={tags[key]}" for key, is_fine in failed if key in tags and not is_fine()]
    directions: tuple[Direction, ...] = ("forward", "backward")
    for direction in directions:
        reading = osm_access.read_access(tags, direction)
        if reading.access is osm_access.Access.UNKNOWN and reading.raw:
            found.append(reading.raw)
    return list(dict.fromkeys(found))


def _word(tags: Mapping[str, str], key: str) -> str:
    return tags.get(key, "").strip().lower()
