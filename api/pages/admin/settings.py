"""Settings of a province (省级设定): what holds, what is planned, how it was before, and a value from a day on."""

import datetime as dt
import json
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import HTMLResponse

from api.accounts.authorise import authorise
from api.accounts.permissions import Action
from api.errors import FieldFault, InvalidError, NotFoundError
from api.pages.moments import moment_text
from api.pages.page import FormPage, Page, PageContext
from api.provinces.settings import EVERYWHERE, SettingState, history_of, set_setting, settings_of
from rules.divisions import division_file

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
Province = Annotated[str, Path(pattern=r"^[0-9]{2}$")]
Asked = Annotated[str, Query(pattern=r"^[0-9]{2}$")]
Name = Annotated[str, Path(max_length=100)]
_LISTS: Final = ("choices", "texts", "integers")
_LONGEST: Final = 20_000
_INVALID: Final = 422


@router.get("/admin/settings")
def settings_page(page: Page, province: Asked = "") -> Response:
    """All settings of a province."""
    authorise(page.work.actor, Action.WRITE_SETTINGS)
    chosen = province or (page.work.actor.division_code or EVERYWHERE)[:2]
    states = settings_of(page.work, chosen)
    context = {"states": states, "province": chosen, "provinces": _provinces(), "shown": _shown}
    return page.render("admin_settings.html.j2", context)


@router.get("/admin/settings/{province}/{name}")
def setting_page(page: Page, province: Province, name: Name) -> Response:
    """One setting: title, doubt, value, history, and the form for another value."""
    authorise(page.work.actor, Action.WRITE_SETTINGS)
    return _page(page, province, name)


@router.post("/admin/settings/{province}/{name}")
def post_setting(page: FormPage, province: Province, name: Name) -> Response:
    """Choose a value from a day on."""
    authorise(page.work.actor, Action.WRITE_SETTINGS)
    state = _state(page, province, name)
    try:
        value, valid_from = _value(page, state), _day(page)
        set_setting(page.work, province, name, value, valid_from)
    except InvalidError as error:
        is_zh = page.language == "zh"
        faults = {one.field: one.message_zh if is_zh else one.message_en for one in error.faults}
        return _page(page, province, name, faults=faults, status=_INVALID)
    return page.see_other(f"/admin/settings/{province}/{name}?done=1")


def _page(
    page: PageContext, province: str, name: str, *, faults: dict[str, str] | None = None, status: int = 200
) -> Response:
    state = _state(page, province, name)
    typed = page.field("value") if faults else _shown(state.value, state.declaration.type)
    context = {
        "state": state,
        "province": province,
        "province_name": dict(_provinces())[province] or page.t("admin.everywhere"),
        "history": [
            {
                "value": _shown(row.value["value"], state.declaration.type),
                "from": row.valid_from,
                "until": row.valid_until,
                "set_at": moment_text(row.set_at),
            }
            for row in history_of(page.work, province, name)
        ],
        "shown": _shown,
        "typed": typed,
        "chosen": [str(one) for one in page.form.getlist("value")] if faults else _as_list(state),
        "valid_from": page.field("valid_from") or page.work.today.isoformat(),
        "faults": faults or {},
        "done": "done" in page.request.query_params,
    }
    return page.render("admin_setting.html.j2", context, status=status)


def _state(page: PageContext, province: str, name: str) -> SettingState:
    found = next((state for state in settings_of(page.work, province) if state.name == name), None)
    if found is None:
        raise NotFoundError("没有这项设定", "no such setting")
    return found


def _value(page: PageContext, state: SettingState) -> object:
    """The typed value as the kind of setting wants it; what does not fit is said by the service."""
    kind, text = state.declaration.type, page.field("value")[:_LONGEST]
    if kind == "switch":
        return text == "true"
    if kind == "choices":
        return [str(one) for one in page.form.getlist("value")]
    if kind in {"integer", "integers"}:
        parts = [text] if kind == "integer" else [part for part in text.replace("，", ",").split(",") if part.strip()]
        numbers = [_integer(part.strip()) for part in parts]
        return numbers[0] if kind == "integer" else numbers
    if kind == "texts":
        return [line.strip() for line in text.splitlines() if line.strip()]
    if kind == "overrides":
        return _json(text)
    return text


def _integer(text: str) -> int:
    if len(text) <= 12 and text.lstrip("-").isascii() and text.lstrip("-").isdigit():  # noqa: PLR2004 - far beyond any
        return int(text)
    raise InvalidError([FieldFault("value", "须为整数", "a whole number")])


def _json(text: str) -> object:
    """A value that replaces one of a rule file: a number, a list, or a plain text."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _day(page: PageContext) -> dt.date:
    try:
        return dt.date.fromisoformat(page.field("valid_from"))
    except ValueError as error:
        raise InvalidError([FieldFault("valid_from", "须为日期", "a date")]) from error


def _shown(value: object, kind: str) -> str:
    if isinstance(value, list) and kind in _LISTS:
        return ("\n" if kind == "texts" else ", ").join(map(str, value))
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _as_list(state: SettingState) -> list[str]:
    return [str(one) for one in state.value] if isinstance(state.value, list) else [_shown(state.value, "")]


def _provinces() -> list[tuple[str, str]]:
    return [(EVERYWHERE, ""), *((code, str(name)) for code, name in sorted(division_file().provinces.items()))]
