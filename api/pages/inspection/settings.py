"""Settings of the pages kept on a phone (离线使用的设定), read from `settings.yaml`."""

from functools import cache
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, PositiveInt, ValidationError

from rules.errors import RuleFileError
from rules.loading import read_yaml
from rules.settings import SettingEntry

FILE: Final = Path(__file__).with_name("settings.yaml")


class OfflineSettings(BaseModel):
    """The chosen values, in hours; what is doubtful about them stands in `settings.yaml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    old_after_hours: PositiveInt
    dropped_after_hours: PositiveInt


@cache
def offline_settings() -> OfflineSettings:
    """The settings of the file.

    Raises:
        RuleFileError: A value is missing, unexpected or of the wrong kind.
    """
    try:
        entries = {name: SettingEntry.model_validate(raw) for name, raw in read_yaml(FILE).items()}
        return OfflineSettings.model_validate({name: entry.value for name, entry in entries.items()})
    except ValidationError as error:
        raise RuleFileError(f"{FILE.name}: {error}") from error
