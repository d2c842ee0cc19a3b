"""Settings of the rules that a province replaces (对规则设定的覆盖): checked by the same models as the files' own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel, ValidationError

from api.dispatch.settings import DispatchSettings, default_dispatch_settings
from api.dispatch.settings import setting_entries as dispatch_entries
from api.permits.settings import PermitSettings, default_permit_settings, permit_setting_entries
from api.provinces.declared import Value
from rules.service import ServiceSettings, default_service, service_entries


@dataclass(frozen=True, slots=True)
class Overridden:
    """A file whose settings can be replaced: its model, its own values, and what they mean."""

    model: type[BaseModel]
    default: Callable[[], BaseModel]
    entries: Callable[[], Mapping[str, BaseModel]]


FILES: Final[Mapping[str, Overridden]] = {
    "service": Overridden(ServiceSettings, default_service, service_entries),
    "dispatch": Overridden(DispatchSettings, default_dispatch_settings, dispatch_entries),
    "permits": Overridden(PermitSettings, default_permit_settings, permit_setting_entries),
}


def file_default(name: str) -> Value:
    """The file's own value of a setting such as `service.promised_days`."""
    file, _, field = name.partition(".")
    found: Value = FILES[file].default().model_dump(mode="json")[field]
    return found


def file_words(name: str) -> tuple[str, str]:
    """Title and doubt of the file's own setting, in Chinese."""
    file, _, field = name.partition(".")
    entry = FILES[file].entries()[field].model_dump()
    return str(entry["title_zh"]), str(entry["doubt"])


def override_faults(name: str, value: object) -> list[str]:
    """What is wrong with a value, by the model of the file."""
    file, _, field = name.partition(".")
    try:
        merged(file, {field: value})
    except ValidationError as error:
        return [f"{'.'.join(map(str, one['loc'][1:]))} {one['msg']}".strip() for one in error.errors()]
    return []


def merged(file: str, values: Mapping[str, object]) -> BaseModel:
    """The file's settings with some of them replaced.

    Raises:
        ValidationError: A value does not fit.
    """
    known = FILES[file]
    return known.model.model_validate({**known.default().model_dump(), **values})
