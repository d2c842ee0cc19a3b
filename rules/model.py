"""Shape of an article file (条文文件的结构): wording, dates, numbers and sources.

`article.schema.json` is generated from these classes; see `rules/README.md` for the words.
"""

import datetime as dt
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Relation = Literal["over", "at_least", "not_over", "under"]
Unit = Literal["mm", "kg", "tyre", "working_day"]
Severity = Literal["violation", "requirement", "warning", "information"]
TextStatus = Literal["full_text", "excerpt", "recalled"]
Quantity = Literal[
    "height",
    "width",
    "length",
    "gross_mass",
    "axle_load_mean",
    "axle_load_max",
    "gross_mass_reduction",
    "tyres",
    "indivisible",
    "working_days",
]
ClauseKey = Annotated[str, Field(pattern=r"^\d+(\.\d+)*$")]


class _Strict(BaseModel):
    """Unknown keys are faults: a misspelt `relation` must not pass silently."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Scope(_Strict):
    """To which vehicles a clause or a threshold applies (适用范围); absent keys do not narrow it."""

    kind: Literal["truck", "train"] | None = None
    axles: int | None = None
    axles_at_least: int | None = None
    drive_axles_at_least: int | None = None
    drive_axles_not_over: int | None = None


class Threshold(_Strict):
    """One number of the law (限值) with the relation word of its wording."""

    quantity: Quantity
    relation: Relation
    value: int
    unit: Unit
    scope: Scope | None = None
    uncertain: str | None = None


class Amount(_Strict):
    """A number that is used, not compared with (数额), such as the reduction for single tyres."""

    value: int
    unit: Unit


class Clause(_Strict):
    """The smallest unit of wording (款、项) that can be applied by itself.

    `thresholds` are compared, `not_coded` says why a clause is left to people, `uncertain` is the
    open question a reader of a finding must know.
    """

    text: str
    title_en: str
    severity: Severity = "information"
    thresholds: dict[str, Threshold] = {}
    amounts: dict[str, Amount] = {}
    not_coded: str | None = None
    uncertain: str | None = None


class Source(_Strict):
    """Where the wording was read (出处)."""

    id: str
    title: str
    url: str
    read_on: dt.date
    note: str | None = None


class Version(_Strict):
    """The wording in force from one day on (版本); `in_force_until` is exclusive."""

    in_force_from: dt.date
    in_force_until: dt.date | None = None
    enacted_by: str
    amended_by: str | None = None
    text_status: TextStatus
    sources: tuple[Source, ...] = Field(min_length=1)
    reviewed_by: str | None = None
    reviewed_on: dt.date | None = None
    note: str | None = None
    clauses: dict[ClauseKey, Clause] = Field(min_length=1)

    def is_in_force(self, on: dt.date) -> bool:
        """Whether this version is in force on a day (当日是否有效)."""
        return self.in_force_from <= on and (self.in_force_until is None or on < self.in_force_until)


class Article(_Strict):
    """One article (条) of an instrument (文件), with all its versions."""

    id: Annotated[str, Field(pattern=r"^[a-z]+\d*-\d+$")]
    instrument: str
    instrument_title: str
    number: str
    title_zh: str
    title_en: str
    versions: tuple[Version, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _versions_follow_each_other(self) -> Self:
        for earlier, later in zip(self.versions, self.versions[1:], strict=False):
            if earlier.in_force_until is None or earlier.in_force_until > later.in_force_from:
                msg = f"{self.id}: version {earlier.in_force_from} overlaps version {later.in_force_from}"
                raise ValueError(msg)
        return self

    def find_version(self, on: dt.date) -> Version | None:
        """The version in force on a day, None before the first or in a gap."""
        return next((version for version in self.versions if version.is_in_force(on)), None)
