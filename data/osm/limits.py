"""Limit tags (限高、限宽、限长、限重、轴重) of ways and nodes into limit readings, every raw text accounted for.

All that apply are listed; the smallest governs. Each tag has its own small function, all of one shape.
A key is a base and suffixes in any order: `maxweight:hgv:forward:conditional`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from data.osm.barriers import HEIGHT_RESTRICTORS, OPENING_BARRIERS
from data.osm.conditional import parse_conditional
from data.osm.direction import Direction
from data.osm.limit_keys import Basis, LimitKey, read_suffixes
from data.osm.readings import NOT_UNDERSTOOD, Note, Quantity, Reading
from data.osm.units import parse_length_mm, parse_mass_kg
from routing.columns import LimitState


@dataclass(frozen=True, slots=True)
class LimitReading:
    """One limit as one tag states it (限值).

    Attributes:
        quantity: what is limited.
        direction: along the way as drawn; a one-way drawn against its traffic is the caller's matter.
        state: number, none stated, unreadable, or below the legal default.
        value: mm or kg, None without a number.
        basis: "posted" (标志), "measured" (physical clearance), "assumed" (a number no sign or survey states), "none".
        condition: the condition under which it holds, None if always. A conditional limit only ever adds to the
            unconditional ones: exemptions ("none @ destination") never lift them here.
        raw: the tag, "maxheight=4.2".
        note: words of `Note`, and others, joined with "; ".
        is_understood: False if the text, or a part of it, belongs into the build report.
    """

    quantity: Quantity
    direction: Direction
    state: LimitState
    value: int | None
    basis: Basis
    condition: str | None
    raw: str
    note: str
    is_understood: bool = True


@dataclass(frozen=True, slots=True)
class GoverningLimit:
    """What governs one quantity in one direction (控制限值): the smallest number, and what stays in doubt beside it.

    Attributes:
        number: the smallest unconditional number, or None.
        doubt: an unreadable, unsigned or below-default reading that a number does not settle, or None.
    """

    number: LimitReading | None
    doubt: LimitReading | None


_LENGTHS: Final = (Quantity.HEIGHT, Quantity.WIDTH, Quantity.LENGTH)
_RATING_KEYS: Final = ("maxweightrating", "maxgcweightrating")


def read_maxheight(tags: Mapping[str, str]) -> list[LimitReading]:
    """Height limits (限高) in mm: maxheight, :physical, :signed and the rest of its family."""
    return _read_family(tags, "maxheight", Quantity.HEIGHT)


def read_maxwidth(tags: Mapping[str, str]) -> list[LimitReading]:
    """Width limits (限宽) in mm."""
    return _read_family(tags, "maxwidth", Quantity.WIDTH)


def read_maxlength(tags: Mapping[str, str]) -> list[LimitReading]:
    """Length limits (限长) in mm."""
    return _read_family(tags, "maxlength", Quantity.LENGTH)


def read_maxweight(tags: Mapping[str, str]) -> list[LimitReading]:
    """Limits of the actual gross mass (限重) in kg."""
    return _read_family(tags, "maxweight", Quantity.GROSS_MASS)


def read_maxweightrating(tags: Mapping[str, str]) -> list[LimitReading]:
    """Limits of the permitted mass of the papers, in kg; taken for the actual mass, with the note "rating"."""
    return _read_family(tags, "maxweightrating", Quantity.GROSS_MASS)


def read_maxgcweight(tags: Mapping[str, str]) -> list[LimitReading]:
    """Limits of the mass of a whole train (列车总质量) in kg."""
    return _read_family(tags, "maxgcweight", Quantity.GROSS_MASS)


def read_maxgcweightrating(tags: Mapping[str, str]) -> list[LimitReading]:
    """Limits of the permitted mass of a whole train in kg, with the note "rating"."""
    return _read_family(tags, "maxgcweightrating", Quantity.GROSS_MASS)


def read_maxaxleload(tags: Mapping[str, str]) -> list[LimitReading]:
    """Limits of one axle's load (轴重) in kg."""
    return _read_family(tags, "maxaxleload", Quantity.AXLE_LOAD)


def read_maxbogieweight(tags: Mapping[str, str]) -> list[LimitReading]:
    """Limits of a group of axles (轴组轴重) in kg."""
    return _read_family(tags, "maxbogieweight", Quantity.AXLE_GROUP)


LIMIT_READERS: Final[dict[str, Callable[[Mapping[str, str]], list[LimitReading]]]] = {
    "maxheight": read_maxheight,
    "maxwidth": read_maxwidth,
    "maxlength": read_maxlength,
    "maxweight": read_maxweight,
    "maxweightrating": read_maxweightrating,
    "maxgcweight": read_maxgcweight,
    "maxgcweightrating": read_maxgcweightrating,
    "maxaxleload": read_maxaxleload,
    "maxbogieweight": read_maxbogieweight,
}
"""The reader of each base key. A new limit tag is one function above and one line here."""


def read_way_limits(tags: Mapping[str, str]) -> list[LimitReading]:
    """All limits a way's tags state, whatever their state. Never raises; units are mm and kg."""
    ours = {key: value for key, value in tags.items() if key.startswith("max")}  # few have any
    return [limit for read in LIMIT_READERS.values() for limit in read(ours)] if ours else []


def read_node_limits(tags: Mapping[str, str]) -> list[LimitReading]:
    """All limits a node's tags state: the same keys, the opening of a barrier, and height gauges (限高架).

    A height restrictor without a number is an unreadable limit, not none.
    """
    limits = read_way_limits(tags)
    barrier = tags.get("barrier", "").strip().lower()
    if barrier in OPENING_BARRIERS and "width" in tags:
        limits += _read_opening_width(tags["width"])
    if barrier in HEIGHT_RESTRICTORS and not any(_settles_height(limit) for limit in limits):
        limits.append(
            LimitReading(
                Quantity.HEIGHT,
                "both",
                LimitState.UNREADABLE,
                None,
                "posted",
                None,
                f"barrier={tags['barrier']}",
                "height not stated",
            )
        )
    return limits


def find_governing(limits: Iterable[LimitReading], quantity: Quantity, direction: Direction) -> GoverningLimit:
    """The smallest unconditional number of a quantity for one direction, and the doubt it leaves.

    An unsigned height or width is settled by a measured one: there is no sign, and the clearance is known.

    Args:
        limits: readings of one way or node.
        quantity: which quantity.
        direction: "forward" or "backward"; "both" takes in the readings of either.
    """
    ours = [
        limit
        for limit in limits
        if limit.quantity is quantity
        and limit.condition is None
        and ("both" in (direction, limit.direction) or limit.direction == direction)
    ]
    numbers = [limit for limit in ours if limit.value is not None]
    is_measured = any(limit.basis == "measured" for limit in numbers)
    doubts = [
        limit
        for limit in ours
        if limit.state in (LimitState.UNREADABLE, LimitState.BELOW_DEFAULT)
        and not (is_measured and limit.note == Note.UNSIGNED)
    ]
    return GoverningLimit(
        number=min(numbers, key=lambda limit: limit.value or 0, default=None),
        doubt=max(doubts, key=lambda limit: limit.state, default=None),
    )


def _read_family(tags: Mapping[str, str], base: str, quantity: Quantity) -> list[LimitReading]:
    """All readings of one base key; the readings say nothing of a sign where the tags say there is none."""
    limits: list[LimitReading] = []
    for name, value in tags.items():
        stem, _, rest = name.partition(":")
        if stem != base:
            continue
        key = read_suffixes(rest)
        if key is not None and not (key.is_signed_mark and value.strip().lower() in ("yes", "no")):
            limits += _read_tag(name, value, base, quantity, key)
    if tags.get(f"{base}:signed", "").strip().lower() == "no":
        limits = [_without_sign(limit) for limit in limits]
        if not limits:
            raw = f"{base}:signed={tags[f'{base}:signed']}"
            limits = [LimitReading(quantity, "both", LimitState.UNREADABLE, None, "none", None, raw, Note.UNSIGNED)]
    return limits


def _read_tag(name: str, value: str, base: str, quantity: Quantity, key: LimitKey) -> list[LimitReading]:
    """The readings of one tag: one a clause, and one more for the part of a list that was not understood."""
    if not key.is_conditional:
        cases: list[tuple[str, str | None, bool]] = [(value, None, True)]
    else:
        cases = [(clause.value, clause.condition, clause.is_well_formed) for clause in parse_conditional(value)]
        cases = cases or [("", value, False)]
    limits: list[LimitReading] = []
    for text, condition, is_well_formed in cases:
        readings = [NOT_UNDERSTOOD]
        if is_well_formed and not key.strangers:
            readings = _read_lanes(text, quantity) if key.is_per_lane else [_read_value(text, quantity)]
        for reading in readings:
            limits += _build(reading, quantity, key, condition, f"{name}={value}", base)
    return limits


def _read_value(text: str, quantity: Quantity) -> Reading:
    parse = parse_length_mm if quantity in _LENGTHS else parse_mass_kg
    return parse(text, quantity=quantity)


def _read_lanes(text: str, quantity: Quantity) -> list[Reading]:
    """The smallest of all lanes ("4.5|4.2||none"), and apart from it what was not read; empty lanes say nothing."""
    readings = [_read_value(lane, quantity) for lane in text.split("|") if lane.strip()]
    numbers = [reading for reading in readings if reading.value is not None]
    rest = [reading for reading in readings if reading.value is None and reading.state is not LimitState.NONE_STATED]
    found = sorted(numbers, key=lambda reading: reading.value or 0)[:1]
    found += sorted(rest, key=lambda reading: (reading.is_understood, -reading.state))[:1]
    none_stated = [Reading(LimitState.NONE_STATED)] if readings else [NOT_UNDERSTOOD]
    return [replace(reading, note=_join(reading.note, "of all lanes")) for reading in found] or none_stated


def _build(
    reading: Reading, quantity: Quantity, key: LimitKey, condition: str | None, raw: str, base: str
) -> list[LimitReading]:
    notes = [reading.note]
    if base in _RATING_KEYS and Note.RATING not in reading.note:
        notes.append(Note.RATING)
    if condition is not None and reading.state is LimitState.NONE_STATED:
        notes.append("exemption, does not lift the unconditional limit")
    basis: Basis = "assumed" if reading.is_approximate else key.basis
    if reading.state is not LimitState.NUMBER:
        basis = "none"
    note = _join(*notes)
    limit = LimitReading(
        quantity, key.direction, reading.state, reading.value, basis, condition, raw, note, reading.is_understood
    )
    if reading.value is None or reading.is_understood:
        return [limit]
    unread = replace(limit, state=LimitState.UNREADABLE, value=None, basis="none", note=Note.PARTLY)
    return [replace(limit, is_understood=True), unread]


def _join(*notes: str) -> str:
    return "; ".join(note for note in notes if note)


def _without_sign(limit: LimitReading) -> LimitReading:
    """A number for which there is no sign is not posted."""
    return replace(limit, basis="assumed", note=_join(limit.note, "no sign")) if limit.basis == "posted" else limit


def _settles_height(limit: LimitReading) -> bool:
    """Whether a reading answers for a height gauge: a number that always holds, or text already in doubt."""
    is_answer = limit.state in (LimitState.NUMBER, LimitState.UNREADABLE, LimitState.BELOW_DEFAULT)
    return limit.quantity is Quantity.HEIGHT and limit.condition is None and limit.direction == "both" and is_answer


def _read_opening_width(text: str) -> list[LimitReading]:
    """The clear opening of a gate or toll lane (收费车道净宽), as `width` on the node."""
    reading = parse_length_mm(text, quantity=Quantity.WIDTH)
    return _build(reading, Quantity.WIDTH, LimitKey(basis="measured"), None, f"width={text}", "width")
