"""Access tags (通行权限) of ways and nodes as they bear on a heavy goods vehicle.

The most specific tag decides: access, then vehicle, motor_vehicle, hgv; with :forward or :backward before without.
`goods` (light goods vehicles) can only forbid. Time and mass conditions are listed apart and never decided here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from data.osm.conditional import parse_conditional
from data.osm.direction import Direction


class Access(StrEnum):
    """What a heavy goods vehicle may do here (货车通行权限)."""

    YES = "yes"
    DISCOURAGED = "discouraged"  # a sign advises against it
    DESTINATION = "destination"  # only to a place on this road
    DELIVERY = "delivery"
    CUSTOMERS = "customers"
    PERMIT = "permit"  # with a permit of the owner or the authority
    FORESTRY = "forestry"  # agricultural or forestry traffic only
    PRIVATE = "private"
    NO_HGV = "no_hgv"  # open to motor vehicles, closed to heavy goods vehicles
    NO = "no"  # closed to motor vehicles
    UNKNOWN = "unknown"  # the tag was not understood


@dataclass(frozen=True, slots=True)
class AccessReading:
    """The access one tag decides; `raw` is that tag ("hgv=no"), empty if no tag says anything."""

    access: Access
    raw: str


@dataclass(frozen=True, slots=True)
class ConditionalAccess:
    """Access that holds under a condition (条件通行), in the order of the tag: a later one goes before an earlier.

    Attributes:
        access: what holds while the condition does; `UNKNOWN` if its word was not understood.
        condition: the condition's text, for `conditional.evaluate`.
        raw: the whole tag.
        mass_over_kg: kg above (or from) which it applies, if the condition compares mass; else None.
        direction: along the way as drawn.
        is_understood: False if the clause or its word belongs into the build report.
    """

    access: Access
    condition: str
    raw: str
    mass_over_kg: int | None
    direction: Direction
    is_understood: bool = True


_WORDS: Final = {
    **dict.fromkeys(("yes", "designated", "permissive", "public", "allowed", "1", "true"), Access.YES),
    "discouraged": Access.DISCOURAGED,
    **dict.fromkeys(("destination", "residents_and_deliveries"), Access.DESTINATION),
    **dict.fromkeys(("delivery", "deliveries", "unloading", "loading"), Access.DELIVERY),
    **dict.fromkeys(("customers", "customer"), Access.CUSTOMERS),
    **dict.fromkeys(("permit", "permits", "license", "licence"), Access.PERMIT),
    **dict.fromkeys(("agricultural", "forestry"), Access.FORESTRY),
    **dict.fromkeys(("private", "residents", "resident", "employees", "staff", "members", "military"), Access.PRIVATE),
    **dict.fromkeys(("no", "none", "prohibited", "0", "false"), Access.NO),
    **dict.fromkeys(("psv", "bus", "taxi", "emergency", "service", "foot", "bicycle", "pedestrian"), Access.NO),
}
# Of a list of purposes ("destination;agricultural") the widest one that is open to us holds.
_WIDEST_FIRST: Final = tuple(Access)
_GENERAL_MODES: Final = ("motor_vehicle", "vehicle", "access")  # most specific first
_HEAVY_MODES: Final = ("hgv", "goods")
_CONDITIONAL_MODES: Final = ("access", "vehicle", "motor_vehicle", "goods", "hgv")
_TRAIN_KEYS: Final = ("trailer", "hgv_articulated", "hgv:trailer", "motor_vehicle:trailer")


def read_access_word(text: str) -> Access:
    """The meaning of one value of an access tag; a list gives its widest purpose, "yes;no" is unknown."""
    words = [_WORDS.get(word.strip(), Access.UNKNOWN) for word in text.strip().lower().split(";")]
    if Access.UNKNOWN in words or {Access.YES, Access.NO} <= set(words):
        return Access.UNKNOWN
    return min(words, key=_WIDEST_FIRST.index)


def read_access(tags: Mapping[str, str], direction: Direction) -> AccessReading:
    """The unconditional access of a heavy goods vehicle in one direction.

    Args:
        tags: of a way or a node.
        direction: "forward", "backward", or "both" to leave direction tags aside.

    Returns:
        `YES` with an empty `raw` if no tag says anything.
    """
    general = _find_first(tags, _GENERAL_MODES, direction) or AccessReading(Access.YES, "")
    heavy = _find_heavy(tags, direction)
    if heavy is None:
        return general
    if heavy.access is Access.NO:
        return general if general.access is Access.NO else AccessReading(Access.NO_HGV, heavy.raw)
    return heavy


def read_access_conditions(tags: Mapping[str, str]) -> list[ConditionalAccess]:
    """All conditional access that bears on a heavy goods vehicle, general tags before specific ones. Never raises.

    A ban of trailers (`trailer=no`) is a condition too: it depends on the vehicle.
    """
    found: list[ConditionalAccess] = []
    for mode in _CONDITIONAL_MODES:
        for key, direction in _list_conditional_keys(mode):
            if key in tags:
                found += _read_clauses(key, tags[key], mode, direction)
    for key in _TRAIN_KEYS:
        if key in tags and (access := read_access_word(tags[key])) is not Access.YES:
            found.append(
                ConditionalAccess(
                    Access.NO_HGV if access is Access.NO else access,
                    "trailer",
                    f"{key}={tags[key]}",
                    None,
                    "both",
                    access is not Access.UNKNOWN,
                )
            )
    return found


def _list_conditional_keys(mode: str) -> Iterator[tuple[str, Direction]]:
    yield f"{mode}:conditional", "both"
    directions: tuple[Direction, ...] = ("forward", "backward")
    for direction in directions:
        yield f"{mode}:{direction}:conditional", direction
        yield f"{mode}:conditional:{direction}", direction


def _read_clauses(key: str, value: str, mode: str, direction: Direction) -> Iterator[ConditionalAccess]:
    clauses = parse_conditional(value)
    if not clauses:
        yield ConditionalAccess(Access.UNKNOWN, value, f"{key}={value}", None, direction, is_understood=False)
    for clause in clauses:
        access = read_access_word(clause.value)
        if access is Access.NO and mode in _HEAVY_MODES:
            access = Access.NO_HGV
        if mode == "goods" and access is not Access.NO_HGV:
            continue  # light goods vehicles may; that says nothing of heavy ones
        is_understood = clause.is_well_formed and access is not Access.UNKNOWN
        yield ConditionalAccess(
            access, clause.condition, f"{key}={value}", clause.mass_over_kg, direction, is_understood
        )


def _find_first(tags: Mapping[str, str], modes: tuple[str, ...], direction: Direction) -> AccessReading | None:
    """The most specific tag present."""
    for mode in modes:
        names = (mode,) if direction == "both" else (f"{mode}:{direction}", mode)
        for name in names:
            if name in tags:
                return AccessReading(read_access_word(tags[name]), f"{name}={tags[name]}")
        if (closed := _find_closed_lanes(tags, mode, direction)) is not None:
            return closed
    return None


def _find_heavy(tags: Mapping[str, str], direction: Direction) -> AccessReading | None:
    heavy = _find_first(tags, ("hgv",), direction)
    if heavy is not None:
        return heavy
    light = _find_first(tags, ("goods",), direction)
    return light if light and light.access is not Access.YES else None


def _find_closed_lanes(tags: Mapping[str, str], mode: str, direction: Direction) -> AccessReading | None:
    """A ban that every lane carries ("no|no"); one open lane is enough to drive."""
    names = (f"{mode}:lanes",) if direction == "both" else (f"{mode}:lanes:{direction}", f"{mode}:lanes")
    for name in names:
        lanes = tags.get(name, "").lower().split("|")
        if all(lane.strip() == "no" for lane in lanes):
            return AccessReading(Access.NO, f"{name}={tags[name]}")
    return None
