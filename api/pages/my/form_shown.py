"""The form as the page shows it (申请表的展示): sections with their fields, values, faults and things to pick."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from api.applications.archive_pieces import Kind
from api.pages.language import catalogue
from api.pages.my import form_fields as fields
from api.pages.my.form_axles import texts_of
from api.pages.my.form_faults import FormFaults
from api.pages.my.form_fields import MOST_ROWS, ROWS, SECTIONS, Field, SectionName
from api.pages.my.form_places import coordinates_text, places_named, via_text
from api.pages.my.form_typed import NO, YES, value_at
from api.pages.page import PageContext

Json = dict[str, Any]
_DIGESTS: Final[dict[SectionName, tuple[str, ...]]] = {
    "applicant": ("carrier.name", "carrier.licence_number"),
    "agent": ("agent.name", "agent.mobile"),
    "cargo": ("cargo.name", "cargo.serial_number"),
    "vehicles": ("tractor.plate", "trailer.plate"),
    "drivers": ("drivers.0.name", "drivers.1.name"),
    "trip": ("trip.origin.name", "trip.destination.name", "trip.start_date", "trip.end_date"),
    "escort": ("escort_plan.vehicles.0.plate", "escort_plan.vehicles.1.plate"),
    "papers": (),
}
_PICKS: Final[dict[SectionName, tuple[Kind, ...]]] = {
    "applicant": (Kind.CARRIER,),
    "agent": (Kind.AGENT,),
    "cargo": (Kind.CARGO,),
    "vehicles": (Kind.TRACTOR, Kind.TRAILER),
    "drivers": (Kind.DRIVER,),
    "trip": (Kind.ROUTE,),
    "escort": (Kind.ESCORT,),
    "papers": (),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One field on the page; `options` are value and label of a choice."""

    name: str
    label: str
    kind: str
    value: str
    needed: bool
    unit: str = ""
    hint: str = ""
    faults: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that stand together; `folded` ones behind a click; `rows` names a list that may grow."""

    title: str
    entries: tuple[Entry, ...]
    is_folded: bool = False
    rows: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """One section of the form."""

    name: str
    title: str
    digest: str
    groups: tuple[Group, ...]
    faults: int
    picks: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]
    is_filled: bool
    is_open: bool = field(default=False)


@dataclass(frozen=True, slots=True)
class Shown:
    """What all sections are made from."""

    page: PageContext
    content: Json
    faults: FormFaults
    shows_faults: bool
    filled: frozenset[str]
    vehicle_class: str


def names_of(content: Json) -> dict[str, str]:
    """Names of all fields the page shows for a content, with the keys of their labels."""
    every = [one for _, groups in _layout(content) for _, entries, _, _ in groups for one in entries]
    names = {one.path: one.label for one in every if one.kind != "place"}
    for one in every:
        if one.kind == "place":
            names |= {f"{one.path}.name": f"{one.label}_name", f"{one.path}.at": f"{one.label}_at"}
    return names | {"declarations.truthful": "truthful"}


def sections_of(shown: Shown, stock: dict[Kind, list[tuple[str, str]]]) -> list[Section]:
    """All sections; those with faults, or with nothing in them yet, stand open."""
    return [_section(shown, name, groups, stock) for name, groups in _layout(shown.content)]


Layout = tuple[str, Sequence[Field], bool, str]


def _layout(content: Json) -> Iterator[tuple[SectionName, list[Layout]]]:
    """Groups of fields by section: title, fields, folded, name of the list."""
    split = [one for one in fields.CARGO if one.needed or one.path in {"cargo.mass_kg", "cargo.serial_number"}]
    more = [one for one in fields.CARGO if one not in split]
    is_truck = value_at(content, "whole.kind") == "truck"
    trips = value_at(content, "trip.trips")
    several = isinstance(trips, int) and trips > 1
    groups: dict[SectionName, list[Layout]] = {
        "applicant": [("", fields.APPLICANT, False, "")],
        "agent": [("", fields.AGENT, False, "")],
        "cargo": [("", split, False, ""), ("more", more, True, "")],
        "vehicles": [
            ("whole", fields.WHOLE, False, ""),
            ("more", fields.WHOLE_MORE, True, ""),
            *_vehicle_groups("tractor", fields.TRACTOR),
            *([] if is_truck else _vehicle_groups("trailer", fields.TRAILER)),
        ],
        "drivers": _rows("driver", content, "drivers", 1),
        "trip": [
            ("", fields.TRIP, False, ""),
            *([("plan", fields.PLAN, False, "")] if several else []),
            ("return", fields.EMPTY_RETURN, True, ""),
        ],
        "escort": [
            *_rows("escort_vehicle", content, "escort_plan.vehicles", 2),
            *_rows("escort_person", content, "escort_plan.staff", 2),
            ("escort_text", fields.ESCORT, False, ""),
        ],
        "papers": [("wanted", fields.WANTED, True, "")],
    }
    for name in SECTIONS:
        yield name, groups[name]


def _vehicle_groups(name: str, every: Sequence[Field]) -> list[Layout]:
    first = [one for one in every if one.needed]
    return [(name, first, False, ""), ("more", [one for one in every if one not in first], True, "")]


def _rows(title: str, content: Json, place: str, least: int) -> list[Layout]:
    """Every row there is, and an empty one to add, folded away."""
    rows = value_at(content, place)
    count = len(rows) if isinstance(rows, list) else 0
    shown = min(max(count + 1, least), MOST_ROWS[place])
    return [(title, ROWS[place](n), n >= max(count, least), place) for n in range(shown)]


def _section(
    shown: Shown, name: SectionName, groups: list[Layout], stock: dict[Kind, list[tuple[str, str]]]
) -> Section:
    made = tuple(_group(shown, *group) for group in groups)
    own = {entry.name for group in made for entry in group.entries}
    own |= {one for one in shown.faults.at if name == "papers" and one.startswith("papers.")}
    count = shown.faults.count_in(own)
    words = [str(value) for path in _DIGESTS[name] if (value := value_at(shown.content, path))]
    t = shown.page.t
    picks = tuple((kind.value, t(f"my.kind_{kind.value}"), tuple(stock.get(kind, ()))) for kind in _PICKS[name])
    return Section(
        name=name,
        title=shown.page.t(f"my.section_{name}"),
        digest=" · ".join(words),
        groups=made,
        faults=count,
        picks=tuple(pick for pick in picks if pick[2]),
        is_filled=any(kind.value in shown.filled or f"{kind.value}s" in shown.filled for kind in _PICKS[name]),
        is_open=name == "papers" or bool(_missing(shown, name, count)),
    )


def _missing(shown: Shown, name: SectionName, count: int) -> bool:
    """Whether somebody has to look at a section."""
    needs_escort = shown.vehicle_class == "III" and not shown.content.get("escort_plan")
    return bool(count) or (name == "escort" and needs_escort)


def _group(shown: Shown, title: str, entries: Sequence[Field], is_folded: bool, rows: str) -> Group:
    made = tuple(entry for one in entries for entry in _entries(shown, one))
    said = shown.page.t(f"my.group_{title}") if title else ""
    number = entries[0].path.split(".") if rows and entries else []
    if number:
        said = f"{said} {int(next(part for part in number if part.isdigit())) + 1}"
    return Group(said, made, is_folded and not any(entry.faults for entry in made), rows)


def entry_of(shown: Shown, one: Field) -> Entry:
    """A plain field as the page shows it."""
    return _entry(shown, one.path, one.label, one, _text(shown.content, one))


def _entries(shown: Shown, one: Field) -> Iterator[Entry]:
    if one.kind == "place":
        yield from _place(shown, one)
        return
    yield entry_of(shown, one)


def _place(shown: Shown, one: Field) -> Iterator[Entry]:
    place = value_at(shown.content, one.path)
    name = str(place.get("name", "")) if isinstance(place, dict) else ""
    at = coordinates_text(place)
    plain = Field(f"{one.path}.name", f"{one.label}_name")
    yield _entry(shown, plain.path, plain.label, plain, name)
    where = Field(f"{one.path}.at", f"{one.label}_at", needed=False)
    found = [] if at or not name else places_named(name)
    options = tuple((f"{spot.lon:.6f}, {spot.lat:.6f}", spot.name) for spot in found)
    entry = _entry(shown, where.path, where.label, where, at)
    yield Entry(**{name: getattr(entry, name) for name in Entry.__slots__} | {"options": options}) if options else entry


def _entry(shown: Shown, path: str, label: str, one: Field, value: str) -> Entry:
    t = shown.page.t
    options: tuple[tuple[str, str], ...] = ()
    if one.kind == "yes_no":
        options = ((YES, t("my.yes")), (NO, t("my.no")))
    elif one.choices:
        options = tuple((choice, t(f"my.c_{one.label}_{choice}")) for choice in one.choices)
    hint = f"my.h_{label}"
    return Entry(
        name=path,
        label=t(f"my.f_{label}"),
        kind="choice" if options and one.kind != "text" else one.kind,
        value=value,
        needed=one.needed,
        unit=one.unit,
        hint=t(hint) if hint in catalogue() else "",
        faults=tuple(shown.faults.at.get(path, ())) if shown.shows_faults or _was_typed(value) else (),
        options=options,
    )


def _was_typed(value: str) -> bool:
    """What was typed and is wrong is said at once; what is still missing only when somebody hands in."""
    return bool(value)


def _text(content: Json, one: Field) -> str:
    """A value as it stands in its field."""
    if one.path.startswith("axles."):
        return texts_of(value_at(content, "whole.axles"))[one.path.removeprefix("axles.")]
    value = value_at(content, one.path)
    if one.path == "trip.via":
        return via_text(value)
    if isinstance(value, bool):
        return YES if value else NO
    return "" if value is None or isinstance(value, dict | list) else str(value)
