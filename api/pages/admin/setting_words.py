"""Values of settings in words (设定取值的显示): numbers with their unit, choices by name, lists and rows by lines."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from api.pages.admin.setting_kinds import Kind, kind_of
from api.pages.desk.words import class_word
from api.pages.language import catalogue
from api.pages.page import PageContext
from api.provinces.settings import SettingState
from rules.loading import read_yaml

_TITLES: Final = Path(__file__).with_name("setting_titles.yaml")
_SIGNS: Final = {"kg": " kg", "mm": " mm", "percent": "%", "permille": "‰"}


@cache
def english_titles() -> Mapping[str, str]:
    """Titles of settings that have none in their own file."""
    found: dict[str, str] = read_yaml(_TITLES)
    return found


def title_of(page: PageContext, state: SettingState) -> str:
    """What a setting is called."""
    if page.language == "zh":
        return state.title_zh
    return state.declaration.title_en or english_titles()[state.name]


def value_lines(page: PageContext, name: str, value: object) -> list[tuple[str, str]]:
    """A value line by line: what the line is for, empty where it needs no label, and what it says."""
    kind = kind_of(name)
    if kind.cell is not None and isinstance(value, dict):
        known = [key for key in kind.rows if key in value]
        return [(choice_word(page, name, key), _one(page, name, kind.cell, value[key])) for key in known]
    several: Iterable[object] = value if isinstance(value, list) else [value]
    return [("", _one(page, name, kind, one)) for one in several if one != ""]


def choice_word(page: PageContext, name: str, choice: str) -> str:
    """What can be chosen, or the thing of a row; classes of loads are called as everywhere."""
    key = f"admin.choice_{name.replace('.', '_')}_{choice}"
    return page.t(key) if key in catalogue() else class_word(page, choice)


def unit_word(page: PageContext, kind: Kind) -> str:
    """The unit that stands behind a number; empty without one."""
    if not kind.unit:
        return ""
    return _SIGNS[kind.unit].strip() if kind.unit in _SIGNS else page.t(f"admin.unit_{kind.unit}")


def _one(page: PageContext, name: str, kind: Kind, value: object) -> str:
    if kind.form == "switch":
        return page.t("admin.switch_on" if value else "admin.switch_off")
    if kind.form in {"choice", "choices"}:
        return choice_word(page, name, str(value))
    if not isinstance(value, int):
        return str(value)
    between = _SIGNS.get(kind.unit) or (" " if page.language == "en" and kind.unit else "") + unit_word(page, kind)
    return f"{value:,}{between}"
