"""The settings a province can choose (省级设定的声明), from `settings.yaml`: type, default, bounds, title, doubt."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal, Self

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from rules.errors import RuleFileError
from rules.loading import read_yaml

FILE: Final = Path(__file__).with_name("settings.yaml")
Kind = Literal["switch", "integer", "choice", "choices", "integers", "texts", "text", "overrides"]
Value = bool | int | str | list[int] | list[str] | dict[str, object] | list[object]
_LONGEST_LIST: Final = 100
_LONGEST_TEXT: Final = 100


class Declaration(BaseModel):
    """What one setting is (设定的声明); one that overrides has its title, doubt and default in the other file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: Kind
    default: str | list[str] | None = None
    least: int | None = None
    most: int | None = None
    options: tuple[str, ...] = ()
    title_zh: str = ""
    title_en: str = ""
    doubt: str = ""

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if self.type == "overrides":
            return self
        missing = [name for name in ("title_zh", "title_en", "doubt") if not getattr(self, name)]
        missing += ["default"] if self.default is None else []
        if self.type in {"integer", "integers"} and (self.least is None or self.most is None):
            missing.append("least and most")
        if self.type in {"choice", "choices"} and not self.options:
            missing.append("options")
        if missing:
            msg = f"missing: {', '.join(missing)}"
            raise ValueError(msg)
        return self

    @property
    def default_value(self) -> Value:
        """The default as a value of its type."""
        return _typed(self.type, self.default)


@cache
def declarations() -> Mapping[str, Declaration]:
    """All settings by name.

    Raises:
        RuleFileError: The file is broken, or a default is not of its own type.
    """
    found, faults = {}, []
    for name, raw in read_yaml(FILE).items():
        try:
            found[name] = Declaration.model_validate(raw)
        except ValidationError as error:
            faults += [f"{name}: {one['msg']}" for one in error.errors()]
            continue
        if found[name].type != "overrides":
            faults += [f"{name}: default: {fault}" for fault in value_faults(found[name], found[name].default_value)]
    if faults:
        raise RuleFileError(f"{FILE.name}: {'; '.join(faults)}")
    return MappingProxyType(found)


def value_faults(one: Declaration, value: object) -> list[str]:
    """What is wrong with a value, in Chinese and English."""
    if one.type == "switch":
        return [] if isinstance(value, bool) else ["须为 true 或 false · true or false"]
    if one.type == "integer":
        return [] if _is_within(one, value) else [f"须为{one.least}至{one.most}的整数 · an integer in that range"]
    if one.type == "choice":
        return (
            [] if value in one.options and isinstance(value, str) else [f"须为其一 · one of: {', '.join(one.options)}"]
        )
    if one.type == "text":
        return [] if _is_text(value) else [f"须为不超过{_LONGEST_TEXT}字的文字 · a short text"]
    if not isinstance(value, list) or len(value) > _LONGEST_LIST:
        return [f"须为不超过{_LONGEST_LIST}项的列表 · a list"]
    return _list_faults(one, value)


def _list_faults(one: Declaration, value: list[object]) -> list[str]:
    if one.type == "integers":
        numbers = [item for item in value if _is_within(one, item) and isinstance(item, int)]
        rises = numbers == sorted(set(numbers)) and len(numbers) == len(value) > 0
        return [] if rises else [f"须为{one.least}至{one.most}的递增整数 · rising integers in that range"]
    if not all(_is_text(item) and item for item in value) or len(set(map(str, value))) != len(value):
        return ["须为不重复的短语 · different short texts"]
    if one.type == "choices" and not set(map(str, value)) <= set(one.options):
        return [f"只能取 · only: {', '.join(one.options)}"]
    return []


def _is_within(one: Declaration, value: object) -> bool:
    if not isinstance(value, int) or isinstance(value, bool) or one.least is None or one.most is None:
        return False
    return one.least <= value <= one.most


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST_TEXT and (value.isprintable() or not value)


def _typed(kind: Kind, raw: str | list[str] | None) -> Value:
    """The file holds texts alone."""
    if isinstance(raw, list):
        return [int(item) for item in raw] if kind == "integers" else list(raw)
    if kind == "integer":
        return int(raw or 0)
    return raw == "true" if kind == "switch" else raw or ""
