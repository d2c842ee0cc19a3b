"""Settings of permits (通行证的设定): what the law leaves open, read from `settings.yaml`."""

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, PositiveInt, ValidationError

from api.permits.errors import PermitFileError
from rules.loading import read_yaml
from rules.settings import SettingEntry

FILE = Path(__file__).parent / "settings.yaml"
MultiTripNeed = Literal["same_combination", "same_route", "same_load", "no_reinforcement"]


class PermitSettings(BaseModel):
    """The chosen values; what each means and what is doubtful about it stands in `settings.yaml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    permit_number: str
    single_trip_days: PositiveInt
    multi_trip_months: PositiveInt
    multi_trip_needs: tuple[MultiTripNeed, ...]
    minimum_officers: PositiveInt
    tolerance_height_mm: int
    tolerance_width_mm: int
    tolerance_length_mm: int
    tolerance_spacing_mm: int
    tolerance_gross_permille: int
    tolerance_axle_permille: int
    smaller_is_a_difference: bool
    revocation_list_days: PositiveInt


@cache
def permit_setting_entries() -> dict[str, SettingEntry]:
    """All settings with title and doubt, by name.

    Raises:
        PermitFileError: The file does not have the expected form.
    """
    try:
        return {name: SettingEntry.model_validate(entry) for name, entry in read_yaml(FILE).items()}
    except ValidationError as error:
        raise PermitFileError(f"{FILE.name}: {error}") from error


@cache
def default_permit_settings() -> PermitSettings:
    """The settings of `settings.yaml` (默认设定).

    Raises:
        PermitFileError: A value is missing, unexpected or of the wrong kind.
    """
    values = {name: entry.value for name, entry in permit_setting_entries().items()}
    try:
        return PermitSettings.model_validate(values)
    except ValidationError as error:
        raise PermitFileError(f"{FILE.name}: {error}") from error
