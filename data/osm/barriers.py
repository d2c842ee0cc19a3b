"""Barriers on nodes (路障): which a vehicle can pass, which stop it, which depend on someone opening them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from data.osm.access import Access, AccessReading, read_access
from data.osm.words import read_word, words


class Passability(StrEnum):
    """Whether a barrier lets a heavy vehicle through (可否通过)."""

    PASSABLE = "passable"
    BY_ACCESS = "by_access"  # opens for those whom the access tags let in
    IMPASSABLE = "impassable"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class BarrierReading:
    """A barrier on a node.

    Attributes:
        kind: value of the barrier tag.
        passability: with the node's access tags taken into account.
        is_toll_booth: True for a toll booth (收费站).
        name: its name, "" if none.
        access: what the node's own access tags say; None if it has none.
        raw: the deciding tag.
        is_understood: False if the value belongs into the build report.
    """

    kind: str
    passability: Passability
    is_toll_booth: bool
    name: str
    access: AccessReading | None
    raw: str
    is_understood: bool = True


TOLL_BOOTHS: Final = frozenset({"toll_booth"})
HEIGHT_RESTRICTORS: Final = frozenset({"height_restrictor"})
OPENING_BARRIERS: Final = words(
    "toll_booth gate lift_gate swing_gate sliding_gate hampshire_gate bump_gate cattle_grid entrance height_restrictor "
    "width_restrictor border_control checkpoint sally_port sump_buster"
)
"""Barriers whose `width` is that of the opening, not of the thing itself."""

_PASSABLE: Final = (
    TOLL_BOOTHS
    | HEIGHT_RESTRICTORS
    | words("border_control checkpoint cattle_grid entrance kerb width_restrictor rumble_strip toll_gantry")
)
_OPENED: Final = words(
    "gate lift_gate swing_gate sliding_gate hampshire_gate bump_gate sally_port chain rope sliding_beam"
)
_CLOSED: Final = words(
    "bollard block jersey_barrier cycle_barrier turnstile kissing_gate full-height_turnstile stile debris log wall "
    "fence hedge guard_rail planter wicket_gate spikes ditch tank_trap motorcycle_barrier horse_stile bus_trap "
    "sump_buster stone rock boulder hole shrub tree overgrowth chicane city_wall retaining_wall handrail "
    "cable_barrier barrier_board bar coupure tyres no_entry"
)
_ACCESS_KEYS: Final = ("access", "vehicle", "motor_vehicle", "hgv", "goods")
_REFUSALS: Final = (Access.NO, Access.NO_HGV)


def read_barrier(tags: Mapping[str, str]) -> BarrierReading | None:
    """The barrier on a node, or None if it has none.

    Access tags on the node go before the kind: a bollard with `motor_vehicle=yes` is open, a gate with `hgv=no` is not.
    A bollard that can be lowered or taken out opens for those let in.
    """
    kind = read_word(tags, "barrier")
    if kind in ("", "no"):
        return None
    access = read_access(tags, "both") if any(key in tags for key in _ACCESS_KEYS) else None
    raw = f"barrier={tags['barrier']}"
    passability = _read_kind(kind, read_word(tags, "bollard"))
    is_understood = passability is not Passability.UNKNOWN
    if access is not None:
        if access.access in _REFUSALS:
            passability, raw = Passability.IMPASSABLE, access.raw
        elif access.access is Access.UNKNOWN:
            is_understood = False
            raw = access.raw
            passability = passability if passability is Passability.IMPASSABLE else Passability.UNKNOWN
        elif access.access is Access.YES:
            passability, raw = Passability.PASSABLE, access.raw
        else:
            passability, raw = Passability.BY_ACCESS, access.raw
    return BarrierReading(kind, passability, kind in TOLL_BOOTHS, tags.get("name", ""), access, raw, is_understood)


def _read_kind(kind: str, bollard: str) -> Passability:
    """What a barrier does by its kind alone; a gate without access tags opens for those whom the road lets in."""
    if kind in _PASSABLE:
        return Passability.PASSABLE
    if kind in _OPENED or (kind == "bollard" and bollard in ("rising", "removable", "foldable")):
        return Passability.BY_ACCESS
    return Passability.IMPASSABLE if kind in _CLOSED else Passability.UNKNOWN
