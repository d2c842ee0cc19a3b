"""Entries of a file of settled answers (既有结论): evaluated corridors, special calculations, load tests, surveys."""

import datetime as dt
import re
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from data.bridges.notation import read_stake
from data.vehicles import MASS_TOLERANCE_PERCENT
from routing.vehicle import Axle

_WHOLE = re.compile(r"[0-9]{1,9}")
_NUMBER = re.compile(r"[0-9]{1,3}(\.[0-9]{1,6})?")
_ROUTE = re.compile(r"[A-Z0-9]{1,20}")
_STAKE = re.compile(r"[Kk][0-9]{1,5}\s*\+\s*[0-9]{1,3}(\.[0-9]+)?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _whole(value: object) -> int:
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        return int(value)
    raise ValueError("must be a whole number in digits")


def _number(value: object) -> float:
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return float(value)
    raise ValueError("must be a number, such as 0.8")


def _day(value: object) -> dt.date:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError("must be a date, such as 2026-11-22")
    try:
        return dt.date.fromisoformat(value)
    except ValueError as error:
        raise ValueError(f"{value} does not exist: {error}") from error


def _stake_m(value: object) -> int:
    found = read_stake(value) if isinstance(value, str) and _STAKE.fullmatch(value) else None
    if found is None:
        raise ValueError("must be a stake, such as K12+300")
    return round(found / 1000)


def _route_ref(value: object) -> str:
    ref = value.upper() if isinstance(value, str) else ""
    if not _ROUTE.fullmatch(ref):
        raise ValueError("must be one route number, such as G4 or S326")
    return ref


Word = Annotated[str, Field(min_length=1)]
Day = Annotated[dt.date, BeforeValidator(_day)]
StakeM = Annotated[int, BeforeValidator(_stake_m)]
Load = Annotated[int, BeforeValidator(_whole), Field(ge=100, le=60_000)]
Mass = Annotated[int, BeforeValidator(_whole), Field(ge=200, le=5_000_000)]
Spacing = Annotated[int, BeforeValidator(_whole), Field(ge=0, le=60_000)]
Files = Annotated[int, BeforeValidator(_whole), Field(ge=1, le=2)]


class Section(BaseModel):
    """A table of the file: nothing but known fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Corridor(Section):
    """An evaluated corridor (已评估通道): within these loads no bridge on it needs a check."""

    id: Word
    route_ref: Annotated[str, BeforeValidator(_route_ref)]
    from_stake: StakeM
    to_stake: StakeM
    max_axle_kg: Load
    max_gross_kg: Mass
    max_axles_per_m: Annotated[float, BeforeValidator(_number), Field(gt=0, le=10)] | None = None
    valid_from: Day
    valid_until: Day
    source: Word

    @model_validator(mode="after")
    def _has_extent(self) -> Self:
        if self.from_stake == self.to_stake:
            raise ValueError("to_stake: is the stake where the corridor begins")
        if self.valid_until < self.valid_from:
            raise ValueError("valid_until: lies before valid_from")
        return self

    @property
    def stretch_m(self) -> tuple[int, int]:
        """Stakes in rising order, in metres."""
        return min(self.from_stake, self.to_stake), max(self.from_stake, self.to_stake)

    def is_in_force(self, on: dt.date) -> bool:
        """Whether it holds on a day; first and last day included."""
        return self.valid_from <= on <= self.valid_until


class CalculatedAxle(Section):
    """One axle or axle line of the vehicle that was calculated with (轴)."""

    load_kg: Load
    spacing_mm: Spacing
    files: Files = 1


class CalculatedVehicle(Section):
    """The vehicle that was calculated with (验算车辆)."""

    axles: Annotated[tuple[CalculatedAxle, ...], Field(min_length=1, max_length=80)]
    gross_mass_kg: Mass

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.axles[0].spacing_mm:
            raise ValueError("axles.0.spacing_mm: the first axle has none in front: 0 expected")
        narrow = [n for n, axle in enumerate(self.axles) if n and axle.spacing_mm < 500]  # noqa: PLR2004 - the format's
        if narrow:
            raise ValueError(f"axles.{narrow[0]}.spacing_mm: is less than 500")
        total = sum(axle.load_kg for axle in self.axles)
        if abs(total - self.gross_mass_kg) * 100 > MASS_TOLERANCE_PERCENT * self.gross_mass_kg:
            raise ValueError(f"gross_mass_kg: {self.gross_mass_kg}, but the axle loads add up to {total}")
        return self

    @property
    def train(self) -> tuple[Axle, ...]:
        """Its axles as the core sees them."""
        return tuple(Axle(axle.load_kg, axle.spacing_mm, axle.files) for axle in self.axles)


class Calculation(Section):
    """A stored answer for one structure and one vehicle (专项验算、荷载试验、检测结论)."""

    id: Word
    kind: Literal["calculation", "load_test", "survey"]
    structure: Word
    verdict: Literal["passes", "conditional"]
    conditions: tuple[Word, ...] = ()
    vehicle: CalculatedVehicle
    firm: Word
    qualification: Word
    made_on: Day
    valid_until: Day
    source: Word

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if (self.verdict == "conditional") != bool(self.conditions):
            raise ValueError("conditions: are needed for the verdict conditional, and for no other")
        if self.valid_until < self.made_on:
            raise ValueError("valid_until: lies before made_on")
        return self

    def is_in_force(self, on: dt.date) -> bool:
        """Whether it holds on a day; first and last day included."""
        return self.made_on <= on <= self.valid_until
