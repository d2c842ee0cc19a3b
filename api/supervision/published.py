"""Figures that everybody may read (公开统计): made once a day, of whole offices only, with nothing of any case."""

import datetime as dt
from dataclasses import asdict
from typing import Any, Final

from sqlalchemy import select

from api.accounts.authorise import authorise
from api.accounts.permissions import Action
from api.db.tables import Body, Case, PublishedFigures
from api.errors import NotFoundError
from api.supervision import figures
from api.supervision.figures import Period, Share
from api.supervision.held import OfficeTimes, office_times
from api.supervision.settings import supervision_settings
from api.unit_of_work import UnitOfWork

_DAYS_A_MONTH: Final = 30.44


def publish_figures(work: UnitOfWork, **_periodic: object) -> None:
    """Publish the figures of every province that has cases; a second run of a day changes nothing."""
    provinces = work.session.scalars(select(Case.province).distinct().order_by(Case.province)).all()
    for province in provinces:
        if province and work.session.get(PublishedFigures, (province, work.today)) is None:
            content = figures_of(work, province)
            row = PublishedFigures(province=province, on=work.today, content=content, published_at=work.now)
            work.session.add(row)
            work.record("figures_published", province=province, on=work.today.isoformat())
    work.session.flush()


def read_published(work: UnitOfWork, province: str) -> PublishedFigures:
    """The figures of a province that were published last.

    Raises:
        NotFoundError: None were published.
    """
    authorise(work.actor, Action.READ_PUBLIC_FIGURES)
    wanted = select(PublishedFigures).where(PublishedFigures.province == province)
    row = work.session.scalar(wanted.order_by(PublishedFigures.on.desc()).limit(1))
    if row is None:
        raise NotFoundError("没有公布该省的统计", "no figures of this province were published")
    return row


def figures_of(work: UnitOfWork, province: str) -> dict[str, Any]:
    """What is published of a province: cases submitted in the last months."""
    months = supervision_settings().published_months
    period = Period(work.today - dt.timedelta(days=round(months * _DAYS_A_MONTH)), work.today)
    where = (Case.province == province) & period.holds()
    ratings = figures.ratings(work, where)
    return {
        "since": period.since.isoformat(),
        "until": period.until.isoformat(),
        "months": [asdict(month) for month in figures.months(work, where)],
        "by_class": figures.counted_by(work, where, Case.vehicle_class),
        "automatic": share_json(figures.automatic(work, where)),
        "late": share_json(figures.late(work, where)),
        "wrong_dispatch": share_json(figures.wrong_dispatches(work, where)),
        "ratings": {"number": ratings.bad.whole, "mean": ratings.mean, "bad_percent": ratings.bad.percent},
        "offices": _offices(work, office_times(work, where)),
    }


def share_json(share: Share) -> dict[str, Any]:
    """A share as plain JSON."""
    return {"part": share.part, "whole": share.whole, "percent": share.percent}


def _offices(work: UnitOfWork, times: dict[str, OfficeTimes]) -> list[dict[str, Any]]:
    """Medians of offices; those of few cases are left out, they could tell of one case."""
    names = dict(work.session.execute(select(Body.id, Body.name).where(Body.id.in_(times))).all())
    least = supervision_settings().smallest_published
    return [
        {
            "id": body,
            "name": names.get(body, body),
            "cases": one.cases if one.cases >= least else None,
            "median_days": one.median_days if one.cases >= least else None,
            "opinions": one.opinions if one.opinions >= least else None,
            "median_opinion_days": one.median_opinion_days if one.opinions >= least else None,
        }
        for body, one in times.items()
    ]
