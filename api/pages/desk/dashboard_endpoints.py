"""The dashboard (统计看板): volume, shares, medians, cards, ratings, structures, draws; every plot also as a table."""

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Final, NamedTuple

from fastapi import APIRouter, Query, Response
from markupsafe import Markup

from api.accounts.authorise import authorise, roles_of
from api.accounts.permissions import Action, scopes_for
from api.cases.states import State
from api.pages.desk.words import class_word, state_word, verdict_badge, verdict_word
from api.pages.page import Page, PageContext
from api.supervision import statistics
from api.supervision.draws import METHOD_EN, METHOD_ZH, draw_list
from api.supervision.figures import Period
from api.supervision.matters import KIND_ZH, Kind
from api.supervision.ratings import GRADES_EN, GRADES_ZH
from api.supervision.running_out import Wanted, counts, running_out, seen
from api.supervision.shapes import ShareOut, Statistics
from api.supervision.weekly import weeks
from maps.bar_figure import Bar, Pair, draw_bars, draw_columns
from rules.cards import Card

router = APIRouter(include_in_schema=False)
_WEEKS: Final = 13
_OFFICES, _STRUCTURES, _LINES = 200, 15, 20
_PLAIN: Final = "br-bar"
_TOLD: Final = (Card.RED, Card.YELLOW, Card.WARNING)
Day = Annotated[str, Query(max_length=10, pattern=r"^(\d{4}-\d{2}-\d{2})?$")]


class Plot(NamedTuple):
    """A plot and the same numbers as a table."""

    title: str
    picture: Markup | None
    heads: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    note: str = ""


@router.get("/dashboard")
def dashboard(page: Page, since: Day = "", until: Day = "", draw: Day = "") -> Response:
    """Figures of the cases within one's scope; a year where no days are given."""
    if not scopes_for(roles_of(page.work.actor), Action.READ_STATISTICS):
        authorise(page.work.actor, Action.READ_STATISTICS)
    period = statistics.period_of(page.work, _day(since), _day(until))
    figures = statistics.statistics(page.work, period, None)
    has_list = bool(scopes_for(roles_of(page.work.actor), Action.LIST_RUNNING_OUT))
    context = {
        "since": period.since.isoformat(),
        "until": period.until.isoformat(),
        "figures": _figures(page, figures),
        "plots": [
            _volume(page),
            _counted(page, "by_state", _states(page, figures)),
            _counted(page, "by_class", [(class_word(page, key), n, _PLAIN) for key, n in figures.by_class.items()]),
            _counted(page, "by_verdict", _verdicts(page, figures)),
            _offices(page, period),
            _structures(page, period),
            _ratings(page, figures),
        ],
        "cards": _cards(page) if has_list else None,
        "lines": _running_out(page) if has_list else [],
        "draw": _draw(page, _day(draw) or page.work.today),
    }
    return page.render("dashboard.html.j2", context)


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _figures(page: PageContext, one: Statistics) -> list[tuple[str, str, str]]:
    """Single numbers: label, number, what it is made of."""
    hours = "—" if one.queue.median_h is None else f"{one.queue.median_h:.1f} h"
    return [
        (page.t("dashboard.submitted"), str(one.submitted), ""),
        (page.t("dashboard.automatic"), *_share(page, one.automatic)),
        (page.t("dashboard.late"), *_share(page, one.late)),
        (page.t("dashboard.packets_returned"), *_share(page, one.packets_returned)),
        (page.t("dashboard.waiting"), str(one.queue.waiting), page.t("dashboard.median_wait", hours=hours)),
        (page.t("dashboard.bad_ratings"), *_share(page, one.ratings.bad)),
    ]


def _share(page: PageContext, share: ShareOut) -> tuple[str, str]:
    percent = "—" if share.percent is None else f"{share.percent:.1f}%"
    return percent, page.t("dashboard.of", part=share.part, whole=share.whole)


def _volume(page: PageContext) -> Plot:
    found = weeks(page.work, _WEEKS)
    title = page.t("dashboard.volume")
    pairs = [Pair(f"{one.begins:%m-%d}", one.submitted, one.ended) for one in found]
    rows = [(one.begins.isoformat(), str(one.submitted), str(one.ended)) for one in found]
    heads = tuple(page.t(f"dashboard.head_{name}") for name in ("week", "submitted", "ended"))
    return Plot(title, draw_columns(pairs, title=title), heads, rows, page.t("dashboard.volume_note"))


def _counted(page: PageContext, name: str, rows: Sequence[tuple[str, int, str]]) -> Plot:
    title = page.t(f"dashboard.{name}")
    picture = (
        draw_bars([Bar(label, number, str(number), style) for label, number, style in rows], title=title)
        if rows
        else None
    )
    heads = (title, page.t("dashboard.head_cases"))
    return Plot(title, picture, heads, [(label, str(number)) for label, number, _ in rows])


def _states(page: PageContext, one: Statistics) -> list[tuple[str, int, str]]:
    """States in the order in which a case goes through them."""
    return [(state_word(page, state), one.by_state[state], _PLAIN) for state in State if state in one.by_state]


def _verdicts(page: PageContext, one: Statistics) -> list[tuple[str, int, str]]:
    styles = {"passes": "br-passes"}
    return [
        (verdict_word(page, key), number, styles.get(badge := verdict_badge(key), f"br-{badge}"))
        for key, number in one.by_verdict.items()
    ]


def _offices(page: PageContext, period: Period) -> Plot:
    found = statistics.offices(page.work, period, None, limit=_OFFICES, offset=0).items
    title = page.t("dashboard.offices")
    known = sorted((one for one in found if one.median_days is not None), key=lambda one: -(one.median_days or 0))
    picture = [Bar(one.body, one.median_days or 0, f"{one.median_days:.1f}") for one in known[:12]]
    heads = tuple(
        page.t(f"dashboard.head_{name}")
        for name in ("office", "cases", "median", "opinions", "median_opinion", "wrong")
    )
    rows = [
        (
            one.body,
            str(one.cases),
            _number(one.median_days),
            str(one.opinions),
            _number(one.median_opinion_days),
            f"{one.packets_returned.part}/{one.packets_returned.whole}",
        )
        for one in found
    ]
    return Plot(
        title, draw_bars(picture, title=title) if picture else None, heads, rows, page.t("dashboard.offices_note")
    )


def _structures(page: PageContext, period: Period) -> Plot:
    found = statistics.structures(page.work, period, None, limit=_STRUCTURES).items
    title = page.t("dashboard.structures")
    picture = [
        Bar(one.name or one.id, total, _affected(page, one.blocked, total), "br-conditional", one.blocked, "br-blocked")
        for one in found[:12]
        if (total := one.blocked + one.unknown + one.conditional)
    ]
    heads = tuple(
        page.t(f"dashboard.head_{name}") for name in ("structure", "affected", "blocked", "unknown", "conditional")
    )
    rows = [
        (
            one.name or one.id,
            str(one.blocked + one.unknown + one.conditional),
            str(one.blocked),
            str(one.unknown),
            str(one.conditional),
        )
        for one in found
    ]
    return Plot(
        title, draw_bars(picture, title=title) if picture else None, heads, rows, page.t("dashboard.structures_note")
    )


def _affected(page: PageContext, blocked: int, total: int) -> str:
    """Both numbers of a structure, in words."""
    return page.t("dashboard.affected_blocked" if blocked else "dashboard.affected", n=total, blocked=blocked)


def _ratings(page: PageContext, one: Statistics) -> Plot:
    grades = GRADES_ZH if page.language == "zh" else GRADES_EN
    title = page.t("dashboard.ratings")
    rows = [(grades[grade], number) for grade, number in sorted(one.ratings.by_grade.items(), reverse=True)]
    has_any = any(number for _, number in rows)
    picture = draw_bars([Bar(label, number, str(number)) for label, number in rows], title=title) if has_any else None
    mean = "—" if one.ratings.mean is None else f"{one.ratings.mean:.2f}"
    note = page.t("dashboard.ratings_note", mean=mean)
    heads = (page.t("dashboard.head_grade"), page.t("dashboard.head_number"))
    return Plot(title, picture, heads, [(label, str(number)) for label, number in rows], note)


def _cards(page: PageContext) -> dict[str, object]:
    """Cards by kind of thing, red and yellow first."""
    found = counts(seen(page.work))
    heads = [page.t(f"desk.card_{card.value}") for card in Card]
    rows = [
        (_kind(page, kind), *(str(found[kind][card]) for card in Card)) for kind in Kind if sum(found[kind].values())
    ]
    barred = {card.value: sum(found[kind][card] for kind in Kind) for card in _TOLD}
    return {"heads": heads, "rows": rows, "sums": barred}


def _running_out(page: PageContext) -> list[dict[str, object]]:
    lines, _ = running_out(page.work, Wanted(), limit=_LINES, offset=0)
    return [
        {
            "case_id": line.matter.case_id,
            "number": line.matter.number,
            "kind": _kind(page, line.matter.kind),
            "card": line.matter.card.value,
            "due_on": line.matter.due_on,
            "body": line.body,
            "carrier": line.carrier,
        }
        for line in lines
    ]


def _kind(page: PageContext, kind: Kind) -> str:
    return KIND_ZH[kind] if page.language == "zh" else page.t(f"dashboard.kind_{kind.value}")


def _draw(page: PageContext, on: dt.date) -> dict[str, object] | None:
    """The draw of a day in one's own province; nothing for who belongs to none."""
    province = page.work.actor.province
    if province is None:
        return None
    found = draw_list(page.work, province, on)
    return {
        "on": found.on.isoformat(),
        "seed": found.seed,
        "percent": found.percent,
        "method": METHOD_ZH if page.language == "zh" else METHOD_EN,
        "items": found.items,
    }


def _number(value: float | None) -> str:
    return "—" if value is None else f"{value:.1f}"
