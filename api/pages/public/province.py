"""Which province a public page speaks of (公众页面的省份): asked for, else the one the network in use lies in."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

import numpy as np

from api.cases import grounds
from api.errors import FieldFault, InvalidError, ServiceUnavailableError
from api.pages.page import PageContext
from api.provinces.settings import EVERYWHERE
from rules.divisions import division_file

_PROVINCE: Final = 10_000


@dataclass(frozen=True, slots=True)
class Setting:
    """Province and day of a page, with what its form offers.

    Attributes:
        province: First two digits; `EVERYWHERE` where none is known.
        name: Of the province.
        on: The day for which everything is said.
        choices: Provinces that can be asked for, code and name.
    """

    province: str
    name: str
    on: dt.date
    choices: tuple[tuple[str, str], ...]


def setting_of(page: PageContext, province: str, on: str) -> Setting:
    """What was asked for, checked.

    Raises:
        InvalidError: No such province, or no day.
    """
    names = division_file().provinces
    own = _provinces_of_network()
    chosen = province or next(iter(own), EVERYWHERE)
    faults = []
    if chosen != EVERYWHERE and chosen not in names:
        faults.append(FieldFault("province", "没有这个省份", "there is no such province"))
    day = _day(on, page.work.today)
    if day is None:
        faults.append(FieldFault("on", "日期应写成 2026-01-31", "a day is written 2026-01-31"))
    if faults or day is None:
        raise InvalidError(faults)
    choices = tuple((code, names[code]) for code in sorted({*own, chosen}) if code in names)
    return Setting(chosen, names.get(chosen, page.t("public.everywhere")), day, choices)


def _day(text: str, today: dt.date) -> dt.date | None:
    if not text:
        return today
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _provinces_of_network() -> list[str]:
    """Provinces with roads in the network in use, the one with most of them first."""
    try:
        counties = grounds.current().network.graph.arcs.county_code
    except ServiceUnavailableError:
        return []
    codes, counts = np.unique(counties[counties > 0] // _PROVINCE, return_counts=True)
    return [f"{int(codes[at]):02d}" for at in np.argsort(-counts, kind="stable")]
