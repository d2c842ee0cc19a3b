"""Published figures as a page shows them (公开统计): bars with their numbers, and what is too few to be told."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from markupsafe import Markup

from api.errors import NotFoundError
from api.pages.language import Language, say
from api.supervision.published import read_published
from api.unit_of_work import UnitOfWork
from maps.bar_figure import Bar, draw_bars
from maps.labels import class_label

Json = Mapping[str, Any]
_MONTHS: Final = 24


@dataclass(frozen=True, slots=True)
class OfficeRow:
    """One office: cases, median days, opinions, median days of an opinion; a dash where there are too few."""

    name: str
    cases: str
    median: str
    opinions: str
    opinion_median: str


@dataclass(frozen=True, slots=True)
class Figures:
    """All that is published of a province.

    Attributes:
        offices: Those with enough cases or opinions, the busiest first.
        left_out: How many have too few.
    """

    on: str
    since: str
    until: str
    numbers: tuple[tuple[str, str, str], ...]
    months: Markup | None
    month_rows: tuple[tuple[str, str, str], ...]
    classes: Markup | None
    offices: tuple[OfficeRow, ...]
    left_out: int


def figures_of(work: UnitOfWork, province: str, language: Language) -> Figures | None:
    """The figures published last; None where there are none yet."""
    try:
        row = read_published(work, province)
    except NotFoundError:
        return None
    content: Json = row.content
    months = content["months"][-_MONTHS:]
    told = [one for one in content["offices"] if one["cases"] is not None or one["opinions"] is not None]
    submitted = sum(month["submitted"] for month in content["months"])
    return Figures(
        on=row.on.isoformat(),
        since=content["since"],
        until=content["until"],
        numbers=(
            (say(language, "public.submitted"), f"{submitted:,}", ""),
            _share(content["automatic"], "public.automatic_share", language),
            _share(content["late"], "public.late_share", language),
            _share(content["wrong_dispatch"], "public.wrong_share", language),
            _ratings(content["ratings"], language),
        ),
        months=_month_bars(months, language) if months else None,
        month_rows=tuple((one["month"], f"{one['submitted']:,}", f"{one['ended']:,}") for one in months),
        classes=_class_bars(content["by_class"], language) if content["by_class"] else None,
        offices=tuple(_office(one, language) for one in sorted(told, key=_busiest)),
        left_out=len(content["offices"]) - len(told),
    )


def _share(share: Json, key: str, language: Language) -> tuple[str, str, str]:
    percent = "—" if share["percent"] is None else f"{share['percent']:g}%"
    return say(language, key), percent, say(language, "public.of_whole", part=share["part"], whole=share["whole"])


def _ratings(ratings: Json, language: Language) -> tuple[str, str, str]:
    mean = "—" if ratings["mean"] is None else f"{ratings['mean']:.1f}"
    bad = "—" if ratings["bad_percent"] is None else f"{ratings['bad_percent']:g}%"
    hint = say(language, "public.ratings_of", number=ratings["number"], bad=bad)
    return say(language, "public.rating_mean"), mean, hint


def _month_bars(months: list[Json], language: Language) -> Markup:
    bars = [
        Bar(one["month"], one["submitted"], f"{one['ended']} / {one['submitted']}", "br-rest", one["ended"])
        for one in months
    ]
    return draw_bars(bars, title=say(language, "public.months_title"))


def _class_bars(by_class: Mapping[str, int], language: Language) -> Markup:
    unknown = say(language, "public.class_unknown")
    bars = []
    for name, count in by_class.items():
        label = class_label(name)
        text = unknown if name == "unknown" else label.en if language == "en" else label.zh
        bars.append(Bar(text, count, f"{count:,}"))
    return draw_bars(bars, title=say(language, "public.by_class_title"))


def _busiest(one: Json) -> tuple[int, str]:
    return -((one["cases"] or 0) + (one["opinions"] or 0)), one["name"]


def _office(one: Json, language: Language) -> OfficeRow:
    few = say(language, "public.too_few")

    def told(value: object) -> str:
        return few if value is None else f"{value:g}" if isinstance(value, int | float) else str(value)

    return OfficeRow(
        one["name"],
        told(one["cases"]),
        told(one["median_days"]),
        told(one["opinions"]),
        told(one["median_opinion_days"]),
    )
