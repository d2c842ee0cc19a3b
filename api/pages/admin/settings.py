"""Settings of a province (省级设定): what holds, what is planned, how it was before, and a value from a day on."""

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import HTMLResponse

from api.accounts.authorise import authorise
from api.accounts.permissions import Action
from api.db.tables import Account, Setting
from api.errors import FieldFault, InvalidError, NotFoundError
from api.pages.admin.setting_kinds import kind_of
from api.pages.admin.setting_typed import read_value, row_fields, typed_of
from api.pages.admin.setting_words import choice_word, title_of, unit_word, value_lines
from api.pages.moments import moment_text
from api.pages.page import FormPage, Page, PageContext
from api.provinces.overrides import FILES
from api.provinces.settings import EVERYWHERE, SettingState, history_of, set_setting, settings_of
from rules.divisions import division_file

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
Province = Annotated[str, Path(pattern=r"^[0-9]{2}$")]
Asked = Annotated[str, Query(pattern=r"^[0-9]{2}$")]
Name = Annotated[str, Path(max_length=100)]
_INVALID: Final = 422


@router.get("/admin/settings")
def settings_page(page: Page, province: Asked = "") -> Response:
    """All settings of a province."""
    authorise(page.work.actor, Action.WRITE_SETTINGS)
    chosen = province or (page.work.actor.division_code or EVERYWHERE)[:2]
    groups = _groups(page, settings_of(page.work, chosen))
    context = {"groups": groups, "province": chosen, "provinces": _provinces()}
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
    _state(page, province, name)
    try:
        set_setting(page.work, province, name, read_value(page, name), _day(page))
    except InvalidError as error:
        is_zh = page.language == "zh"
        faults = {one.field: one.message_zh if is_zh else one.message_en for one in error.faults}
        return _page(page, province, name, faults=faults, status=_INVALID)
    return page.see_other(f"/admin/settings/{province}/{name}?done=1")


def _page(
    page: PageContext, province: str, name: str, *, faults: dict[str, str] | None = None, status: int = 200
) -> Response:
    state, kind, is_sent = _state(page, province, name), kind_of(name), bool(faults)
    context = {
        "one": _shown(page, state),
        "province": province,
        "province_name": dict(_provinces())[province] or page.t("admin.everywhere"),
        "history": [_chosen(page, row) for row in history_of(page.work, province, name)],
        "kind": kind,
        "unit": unit_word(page, kind.cell or kind),
        "options": [(one, choice_word(page, name, one)) for one in (kind.cell or kind).options],
        "rows": row_fields(page, name, state.value, is_sent=is_sent),
        "typed": typed_of(page, name, state.value, is_sent=is_sent),
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


def _day(page: PageContext) -> dt.date:
    try:
        return dt.date.fromisoformat(page.field("valid_from"))
    except ValueError as error:
        raise InvalidError([FieldFault("valid_from", "须为日期", "a date")]) from error


def _chosen(page: PageContext, row: Setting) -> dict[str, object]:
    """A value that was chosen: from when to when, for whom, by whom."""
    account = page.work.session.get(Account, row.set_by) if row.set_by else None
    return {
        "lines": value_lines(page, row.name, row.value["value"]),
        "from": row.valid_from,
        "until": row.valid_until,
        "set_at": moment_text(row.set_at),
        "set_by": account.display_name if account else "",
        "is_everywhere": row.province == EVERYWHERE,
    }


def _shown(page: PageContext, state: SettingState) -> dict[str, object]:
    """One setting as it holds today."""
    file, _, field = state.name.partition(".")
    entry = FILES[file].entries()[field].model_dump() if field else {}
    return {
        "name": state.name,
        "title": title_of(page, state),
        "doubt": state.doubt,
        "source": entry.get("source", ""),
        "lines": value_lines(page, state.name, state.value),
        "default": value_lines(page, state.name, state.default),
        "chosen": _chosen(page, state.chosen) if state.chosen else None,
        "planned": [_chosen(page, row) for row in state.planned],
    }


def _groups(page: PageContext, states: Iterable[SettingState]) -> list[tuple[str, list[dict[str, object]]]]:
    """Settings by what they are of: the service itself, or the file whose values they replace."""
    found: dict[str, list[dict[str, object]]] = {}
    for state in states:
        group = state.name.partition(".")[0] if "." in state.name else "own"
        found.setdefault(page.t(f"admin.group_{group}"), []).append(_shown(page, state))
    return list(found.items())


def _provinces() -> list[tuple[str, str]]:
    return [(EVERYWHERE, ""), *((code, str(name)) for code, name in sorted(division_file().provinces.items()))]
