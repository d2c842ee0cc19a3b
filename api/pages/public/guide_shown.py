"""The guide in numbers (一图看懂): classes, days, papers, checks and who decides, for a province on a day.

Every number is taken from `rules/` or from what the province has set; none stands in a template.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from api.pages.language import Language, say
from api.pages.public.clauses import ClauseShown, clause_name, clause_shown
from api.pages.public.province import Setting
from api.provinces.settings import service_settings_on
from api.unit_of_work import UnitOfWork
from maps.class_ladder_figure import LadderRow, draw_class_ladder
from maps.sentences import format_measure
from rules.forms import Material, materials
from rules.loading import find_clause
from rules.model import Threshold
from rules.ord62.art_003 import GROSS_MASS_CLAUSES, SIZE_CLAUSES
from rules.ord62.art_015 import CLASS_CLAUSES, find_working_days
from rules.sensitivity import sensitivity_settings
from rules.service import ServiceSettings

CLASSES: Final = ("I", "II", "III")
_CLASS_KEYS: Final = {"I": "public.class_one", "II": "public.class_two", "III": "public.class_three"}
_QUANTITY_KEYS: Final = {
    "height": "public.height",
    "width": "public.width",
    "length": "public.length",
    "gross_mass": "public.gross_mass",
}
_AXLE_CLAUSES: Final = ("ord62-17.1.1", "ord62-17.1.2")
_JURISDICTION: Final = (
    ("public.in_county", "public.county_decides", "hsr-36.1.4"),
    ("public.in_city", "public.city_decides", "hsr-36.1.3"),
    ("public.in_province", "public.province_decides", "hsr-36.1.2"),
    ("public.across_provinces", "public.origin_decides", "hsr-36.1.1"),
)


@dataclass(frozen=True, slots=True)
class ClassCard:
    """One class: what puts a vehicle into it, days, papers, check before departure."""

    name: str
    rules: tuple[str, ...]
    own_days: int
    cross_days: int
    promised_days: int | None
    papers: tuple[str, ...]
    is_checked: bool
    clause: str


@dataclass(frozen=True, slots=True)
class MassRow:
    """Gross mass from which a vehicle is over the limit, by kind and number of axles."""

    vehicle: str
    limit: str
    clause: str
    doubt: str


@dataclass(frozen=True, slots=True)
class PaperRow:
    """One paper: its place among all, for whom, what it rests on, what is doubtful."""

    rank: int
    title: str
    needed: str
    clause: str
    doubt: str


@dataclass(frozen=True, slots=True)
class AxleRow:
    """Axle loads above which the permit is refused (不予许可)."""

    vehicle: str
    mean: str
    largest: str
    clause: str
    doubt: str


@dataclass(frozen=True, slots=True)
class Decider:
    """Who decides: where the route runs, which body, by which clause."""

    where: str
    body: str
    clause: ClauseShown


@dataclass(frozen=True, slots=True)
class Guide:
    """All numbers of the guide."""

    figure: Markup
    sizes: tuple[tuple[str, str, str], ...]
    masses: tuple[MassRow, ...]
    classes: tuple[ClassCard, ...]
    deciders: tuple[Decider, ...]
    papers: tuple[PaperRow, ...]
    axles: tuple[AxleRow, ...]
    service: ServiceSettings
    basis: tuple[ClauseShown, ...]


def guide_of(work: UnitOfWork, setting: Setting, language: Language) -> Guide | None:
    """The guide for a province on a day; None for a day before the law that is in `rules/`."""
    on = setting.on
    if find_clause(CLASS_CLAUSES["III"], on) is None or find_clause(SIZE_CLAUSES[0], on) is None:
        return None
    service = service_settings_on(work, setting.province, on)
    return Guide(
        figure=_ladder(on, language),
        sizes=tuple(_sizes(on, language)),
        masses=tuple(_masses(on, language)),
        classes=tuple(_class_card(name, on, service, language) for name in CLASSES),
        deciders=tuple(
            Decider(say(language, where), say(language, body), clause_shown(clause, on, language))
            for where, body, clause in _JURISDICTION
        ),
        papers=tuple(
            _paper(rank, one, language) for rank, one in enumerate(materials().values()) if one.needed != "never"
        ),
        axles=tuple(_axles(on, language)),
        service=service,
        basis=tuple(clause_shown(one, on, language) for one in (*CLASS_CLAUSES.values(), *_AXLE_CLAUSES, "hsr-35.1")),
    )


def _threshold(clause_id: str, name: str, on: dt.date) -> Threshold:
    clause = find_clause(clause_id, on)
    assert clause is not None  # noqa: S101 - asked before
    return clause.clause.thresholds[name]


def _measure(one: Threshold) -> str:
    return format_measure(one.value, one.unit).replace(" ", "\u00a0")


def _sizes(on: dt.date, language: Language) -> Iterator[tuple[str, str, str]]:
    """Sizes above which a vehicle is over the limit, with their clause."""
    for clause_id, name in zip(SIZE_CLAUSES, ("height", "width", "length"), strict=True):
        edge = _measure(_threshold(clause_id, name, on))
        yield say(language, _QUANTITY_KEYS[name]), edge, clause_name(clause_id, language)


def _masses(on: dt.date, language: Language) -> Iterator[MassRow]:
    for clause_id in GROSS_MASS_CLAUSES:
        clause = find_clause(clause_id, on)
        for one in clause.clause.thresholds.values() if clause else ():
            name = clause_name(clause_id, language)
            yield MassRow(_vehicle(one, language), _measure(one), name, one.uncertain or "")


def _vehicle(one: Threshold, language: Language) -> str:
    """The vehicles a gross mass is said for: kind and axles."""
    scope = one.scope
    if scope is None:
        return say(language, "public.every_vehicle")
    kind = say(language, "public.train" if scope.kind == "train" else "public.truck")
    if scope.axles is not None:
        return say(language, "public.with_axles", kind=kind, axles=scope.axles)
    said = say(language, "public.with_axles_or_more", kind=kind, axles=scope.axles_at_least)
    return said + (say(language, "public.one_drive_axle") if scope.drive_axles_not_over == 1 else "")


def _ladder(on: dt.date, language: Language) -> Markup:
    """The picture: every quantity with its steps."""
    heads = [say(language, key) for key in ("public.class_none", *_CLASS_KEYS.values())]
    rows = []
    for clause_id, name in zip(SIZE_CLAUSES, ("height", "width", "length"), strict=True):
        edges = [_measure(_threshold(clause_id, name, on))]
        edges += [_measure(_threshold(CLASS_CLAUSES[step], name, on)) for step in ("I", "II")]
        steps = (*(f"≤ {edge}" for edge in edges), f"> {_measure(_threshold(CLASS_CLAUSES['III'], name, on))}")
        rows.append(LadderRow(say(language, _QUANTITY_KEYS[name]), steps))
    top = _measure(_threshold(CLASS_CLAUSES["III"], "gross_mass", on))
    article_three = say(language, "public.within_article_three")
    two = f"≤ {_measure(_threshold(CLASS_CLAUSES['II'], 'gross_mass', on))}"
    rows.append(LadderRow(say(language, "public.gross_mass"), (article_three, None, two, f"> {top}")))
    said = [f"{row.label} " + "，".join(f"{h} {s}" for h, s in zip(heads, row.steps, strict=True) if s) for row in rows]
    return draw_class_ladder(heads, rows, title=say(language, "public.ladder"), description="；".join(said))


def _class_card(name: str, on: dt.date, service: ServiceSettings, language: Language) -> ClassCard:
    clause = find_clause(CLASS_CLAUSES[name], on)
    assert clause is not None  # noqa: S101 - asked before
    sign = ">\u00a0" if name == "III" else "≤\u00a0"
    wanted = [
        f"{say(language, _QUANTITY_KEYS[one.quantity])} {sign}{_measure(one)}"
        for one in clause.clause.thresholds.values()
        if one.quantity in _QUANTITY_KEYS
    ]
    promised = {str(key): days for key, days in service.promised_days.items()}
    if name == "I":
        wanted.append(f"{say(language, 'public.gross_mass')} {say(language, 'public.within_article_three')}")
    return ClassCard(
        name=say(language, _CLASS_KEYS[name]),
        rules=tuple(wanted),
        own_days=find_working_days(name, "own", on=on) or 0,
        cross_days=find_working_days(name, "cross_province", on=on) or 0,
        promised_days=promised.get(name),
        papers=tuple(
            _title(one, language) for one in materials().values() if one.needed == "class" and name in one.classes
        ),
        is_checked=name in sensitivity_settings().on_site_check_classes,
        clause=clause_name(CLASS_CLAUSES[name], language),
    )


def _paper(rank: int, one: Material, language: Language) -> PaperRow:
    classes = [say(language, _CLASS_KEYS[name]) for name in one.classes if name in _CLASS_KEYS]
    needed = {
        "always": say(language, "public.needed_always"),
        "class": ("、" if language == "zh" else ", ").join(classes),
        "several_trips": say(language, "public.needed_trips"),
        "temporary_plate": say(language, "public.needed_plate"),
        "city_streets": say(language, "public.needed_streets"),
    }[one.needed]
    clause = clause_name(one.clause.id, language) if one.clause else one.source
    return PaperRow(rank, _title(one, language), needed, clause, one.doubt or "")


def _title(one: Material, language: Language) -> str:
    return one.title_en if language == "en" else one.title_zh


def _axles(on: dt.date, language: Language) -> Iterator[AxleRow]:
    for clause_id, vehicle in zip(_AXLE_CLAUSES, ("public.flatbed", "public.modular"), strict=True):
        clause = find_clause(clause_id, on)
        if clause is not None:
            mean, largest = (_measure(clause.clause.thresholds[name]) for name in ("mean", "max"))
            doubt = clause.clause.uncertain or ""
            yield AxleRow(say(language, vehicle), mean, largest, clause_name(clause_id, language), doubt)
