"""What every item looks at (比对的依据), and the kinds of lines items are made of."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from api.applications.form import ApplicationForm
from api.checks.register import Register
from api.checks.results import FORM, FORMAT, REGISTER, SILENT, Evidence, Outcome, plain
from rules.forms.model import FormSettings
from rules.review import Classification


@dataclass(frozen=True, slots=True)
class Case:
    """One comparison while it is made."""

    form: ApplicationForm
    review: Mapping[str, object] | None
    register: Register
    on: dt.date
    classification: Classification
    settings: FormSettings

    @property
    def trip_end(self) -> dt.date:
        """Last day of travel: what every licence must reach."""
        return self.form.trip.end_date


@dataclass(frozen=True, slots=True)
class Declared:
    """A declared value with its place and its Chinese and English names."""

    field: str
    value: object
    zh: str
    en: str


def silent(declared: Declared, source_zh: str) -> Evidence:
    """No answer of a source: unknown, never a pass (来源未答复)."""
    return Evidence(
        declared.field,
        plain(declared.value),
        source_zh,
        None,
        SILENT,
        "unknown",
        f"{source_zh}没有答复，{declared.zh}未经核实",
        f"no answer of the source: not verified: {declared.en}",
    )


def not_found(declared: Declared, source: str, source_zh: str) -> Evidence:
    """The source answered that it knows of none (来源查无记录)."""
    return Evidence(
        declared.field,
        plain(declared.value),
        source_zh,
        None,
        f"{REGISTER}:{source}",
        "differs",
        f"{source_zh}查无此{declared.zh}",
        f"the source knows no such {declared.en}",
    )


def same(declared: Declared, found: object, source: str) -> Evidence:
    """A declared value against a registered one; a value the source does not hold is unknown."""
    if found is None:
        return silent(declared, f"{source}（{declared.zh}）")
    differs = declared.value != found
    return Evidence(
        declared.field,
        plain(declared.value),
        f"登记的{declared.zh}",
        plain(found),
        f"{REGISTER}:{source}",
        "differs" if differs else "agrees",
        f"申报的{declared.zh}与登记的不一致" if differs else "",
        f"{declared.en} differs from the register" if differs else "",
    )


def well_formed(declared: Declared, verdict: bool | None) -> Evidence:
    """Whether a number has its format: False differs, None is a doubt."""
    said = {True: ("", ""), False: ("格式或校验位有误", "is malformed"), None: ("写法少见，请核对", "looks unusual")}
    chinese, english = said[verdict]
    return Evidence(
        declared.field,
        plain(declared.value),
        f"{declared.zh}的格式",
        None,
        FORMAT,
        "unknown" if verdict is None else "agrees" if verdict else "differs",
        f"{declared.zh}{chinese}" if chinese else "",
        f"{declared.en} {english}" if english else "",
    )


def reaches(declared: Declared, until: dt.date | None, end: dt.date, *, source: str = FORM) -> Evidence:
    """Whether a period reaches the last day of travel; an unstated end is unknown."""
    outcome: Outcome = "agrees"
    chinese = english = ""
    if until is None:
        gap = ("未填报", "is not stated") if source == FORM else ("来源未载明", "is not known to the source")
        outcome, chinese, english = "unknown", f"{declared.zh}{gap[0]}", f"{declared.en} {gap[1]}"
    elif until < end:
        outcome, chinese = "differs", f"{declared.zh}{until}早于行驶结束日{end}"
        english = f"{declared.en} {until} ends before the trip does ({end})"
    value = end if source == FORM else until
    compared = "行驶结束日" if source == FORM else f"登记的{declared.zh}"
    return Evidence(
        declared.field,
        plain(declared.value),
        compared,
        plain(value),
        source,
        outcome,
        chinese,
        english,
    )


def fits(declared: Declared, found: Declared, *, agrees: bool, said: tuple[str, str]) -> Evidence:
    """Two values of the form against each other, already compared; `said` is told when they do not fit."""
    return Evidence(
        declared.field,
        plain(declared.value),
        found.zh,
        plain(found.value),
        FORM,
        "agrees" if agrees else "differs",
        "" if agrees else said[0],
        "" if agrees else said[1],
    )
