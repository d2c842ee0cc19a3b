"""Endpoints of the provinces' settings (省级设定接口)."""

import datetime as dt
import uuid
from typing import Annotated, cast

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, JsonValue

from api.db.tables import Setting
from api.http.dependencies import Work
from api.provinces.settings import SettingState, history_of, set_setting, settings_of

router = APIRouter(prefix="/api/v1/provinces/{province}/settings", tags=["settings 设定"])
Province = Annotated[str, Path(pattern=r"^[0-9]{2}$", description="省级代码前两位，00 为全国 first two digits")]
Name = Annotated[str, Path(max_length=100)]


class NewValue(BaseModel):
    """A value and the day it begins to hold (新取值)."""

    model_config = ConfigDict(extra="forbid")
    value: JsonValue
    valid_from: dt.date


class ChosenValue(BaseModel):
    """A value that was chosen (已设取值)."""

    value: JsonValue
    valid_from: dt.date
    valid_until: dt.date | None
    set_by: uuid.UUID | None
    set_at: dt.datetime


class SettingOut(BaseModel):
    """One setting as it holds today (设定)."""

    name: str
    type: str
    title_zh: str
    title_en: str
    doubt: str
    options: list[str]
    least: int | None
    most: int | None
    default: JsonValue
    value: JsonValue
    chosen: ChosenValue | None
    planned: list[ChosenValue]


class SettingList(BaseModel):
    """All settings of a province."""

    items: list[SettingOut]
    total: int


class ValueList(BaseModel):
    """All values that were ever chosen."""

    items: list[ChosenValue]
    total: int


@router.get("", summary="设定列表 settings of a province")
def get_settings(work: Work, province: Province) -> SettingList:
    """All settings with their value of today, default and doubt."""
    items = [_shown(state) for state in settings_of(work, province)]
    return SettingList(items=items, total=len(items))


@router.get("/{name}", summary="设定的历史 history of a setting")
def get_setting_history(work: Work, province: Province, name: Name) -> ValueList:
    """Every value ever chosen, who chose it, and when it holds or held."""
    items = [_chosen(row) for row in history_of(work, province, name)]
    return ValueList(items=items, total=len(items))


@router.post("/{name}", status_code=201, summary="设定取值 choose a value")
def post_setting(work: Work, province: Province, name: Name, new: NewValue) -> ChosenValue:
    """Choose a value from today or a later day on."""
    return _chosen(set_setting(work, province, name, new.value, new.valid_from))


def _shown(state: SettingState) -> SettingOut:
    one = state.declaration
    return SettingOut(
        name=state.name,
        type=one.type,
        title_zh=state.title_zh,
        title_en=one.title_en,
        doubt=state.doubt,
        options=list(one.options),
        least=one.least,
        most=one.most,
        default=cast(JsonValue, state.default),
        value=cast(JsonValue, state.value),
        chosen=_chosen(state.chosen) if state.chosen else None,
        planned=[_chosen(row) for row in state.planned],
    )


def _chosen(row: Setting) -> ChosenValue:
    return ChosenValue(
        value=row.value["value"],
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        set_by=row.set_by,
        set_at=row.set_at,
    )
