"""Kinds of fields (字段类型): bounded texts, whole mm and kg, plain days, attachment ids."""

import datetime as dt
import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

FIRST_DAY, LAST_DAY = dt.date(2000, 1, 1), dt.date(2100, 12, 31)
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_ALLOWED_CONTROLS = frozenset("\n\t\r")


class FormPart(BaseModel):
    """A part of the form: no unknown fields, never changed in place, no surrounding blanks, no NaN."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, allow_inf_nan=False)


def _printable(text: str) -> str:
    """Refuse what no keyboard types and no database column stores (NUL, controls, lone surrogates)."""
    if any(unicodedata.category(c) in {"Cc", "Cs"} and c not in _ALLOWED_CONTROLS for c in text):
        raise PydanticCustomError("control_character", "control characters are not allowed")
    return text


def _plain_day(value: object) -> object:
    """A day is a text like 2026-12-01 (or a date already); a number or a time of day is none."""
    if isinstance(value, dt.datetime) or not isinstance(value, str | dt.date):
        raise PydanticCustomError("day_format", "a day like 2026-12-01 is expected")
    if isinstance(value, str) and not _ISO_DAY.fullmatch(value.strip()):
        raise PydanticCustomError("day_format", "a day like 2026-12-01 is expected")
    return value


def _day_in_reach(day: dt.date) -> dt.date:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise PydanticCustomError("day_range", "days from 2000-01-01 to 2100-12-31 are accepted")
    return day


Day = Annotated[dt.date, BeforeValidator(_plain_day, json_schema_input_type=dt.date), AfterValidator(_day_in_reach)]

Code = Annotated[str, StringConstraints(min_length=1, max_length=40), AfterValidator(_printable)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=100), AfterValidator(_printable)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=500), AfterValidator(_printable)]
Story = Annotated[str, StringConstraints(max_length=5_000), AfterValidator(_printable)]
AttachmentId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9:_-]{1,100}$")]

SizeMm = Annotated[int, Field(strict=True, ge=1, le=150_000)]
PositionMm = Annotated[int, Field(strict=True, ge=-60_000, le=150_000)]
MassKg = Annotated[int, Field(strict=True, ge=1, le=5_000_000)]
KerbKg = Annotated[int, Field(strict=True, ge=100, le=1_000_000)]
Count = Annotated[int, Field(strict=True, ge=1, le=10_000)]
AxleCount = Annotated[int, Field(strict=True, ge=1, le=160)]
TyreCount = Annotated[int, Field(strict=True, ge=1, le=2_000)]
