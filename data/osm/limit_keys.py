"""The suffixes of a limit key, `maxweight:hgv:forward:conditional`: whom it is for, where, when, by what basis."""

from dataclasses import dataclass
from typing import Final, Literal

from data.osm.direction import Direction
from data.osm.words import words

Basis = Literal["posted", "measured", "assumed", "none"]

_DIRECTIONS: Final[dict[str, Direction]] = {"forward": "forward", "backward": "backward", "both_ways": "both"}
# Suffixes that keep a limit one for a loaded goods train; "none" marks the plain ones.
_OURS: Final = words(
    "vehicle motor_vehicle goods hgv hgv_articulated articulated oversize truck trucks lorry combination"
)
_OTHERS: Final = words(
    "bus tourist_bus coach psv share_taxi taxi motorcar motorcycle moped mofa caravan motorhome emergency "
    "agricultural forestry bicycle foot horse tram rail light_rail boat ship marine hazmat kick_scooter atv "
    "snowmobile wheelchair carriage disabled sidewalk cycleway parking"
)
_METADATA: Final = words(
    "note source date ref url wikidata image description type reason check_date unit name colour website start_date "
    "end_date variable sign signs method traffic_sign"
)
_BASES: Final[dict[str, Basis]] = {
    "physical": "measured",
    "clearance": "measured",
    "signed": "posted",
    "legal": "posted",
}


@dataclass(frozen=True, slots=True)
class LimitKey:
    """What the suffixes of a key say."""

    direction: Direction = "both"
    basis: Basis = "posted"
    is_conditional: bool = False
    is_per_lane: bool = False
    is_signed_mark: bool = False
    strangers: tuple[str, ...] = ()


def read_suffixes(rest: str) -> LimitKey | None:
    """What a key's suffixes say; None if it is about other vehicles, or about the tag and not the limit."""
    parts = rest.split(":") if rest else []
    if any(word in _OTHERS or word in _METADATA for word in parts):
        return None
    known = {*_DIRECTIONS, *_BASES, *_OURS, "conditional", "lanes"}
    return LimitKey(
        direction=next((_DIRECTIONS[word] for word in parts if word in _DIRECTIONS), "both"),
        basis=next((_BASES[word] for word in parts if word in _BASES), "posted"),
        is_conditional="conditional" in parts,
        is_per_lane="lanes" in parts,
        is_signed_mark="signed" in parts,
        strangers=tuple(word for word in parts if word not in known),
    )
