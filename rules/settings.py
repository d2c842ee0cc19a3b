"""Settings (设定): what the law leaves open and this system had to choose, read from `settings.yaml`."""

from functools import cache
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from rules.errors import RuleFileError
from rules.loading import RULES_FOLDER, read_yaml


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NearThresholdBand(_Strict):
    """One band below a class edge (接近临界值的范围): from a number, or from a share of the edge, up to the edge."""

    quantity: Literal["height", "width", "length", "gross_mass"]
    next_class: Literal["II", "III"]
    edge: str
    from_value: int | None = None
    from_percent: int | None = None

    @model_validator(mode="after")
    def _has_one_start(self) -> Self:
        if (self.from_value is None) == (self.from_percent is None):
            msg = "a band starts either at `from_value` or at `from_percent`"
            raise ValueError(msg)
        return self


class RuleSettings(_Strict):
    """The chosen values; what each means and what is doubtful about it stands in `settings.yaml`."""

    axle_group_spacing_under_mm: int
    steering_axles_never_reduced: bool
    flatbed_mean_axles: Literal["whole_combination", "trailer_only", "without_first_axle"]
    ordinary_vehicles_as_flatbed: bool
    modular_tractor_axles: Literal["excluded", "counted"]
    near_threshold: tuple[NearThresholdBand, ...]
    sliver_m: int
    city_streets_raise_level: bool
    expressway_only_counts_for_level: bool
    police_classes: tuple[Literal["none", "I", "II", "III", "unknown"], ...]


class SettingEntry(_Strict):
    """One entry of `settings.yaml`, as the lawyer's page shows it."""

    value: str | list[str] | list[dict[str, str]]
    options: tuple[str, ...] = ()
    title_zh: str
    doubt: str


@cache
def setting_entries() -> dict[str, SettingEntry]:
    """All settings with title and doubt, by name."""
    try:
        raw = read_yaml(RULES_FOLDER / "settings.yaml")
        return {name: SettingEntry.model_validate(entry) for name, entry in raw.items()}
    except ValidationError as error:
        raise RuleFileError(f"settings.yaml: {error}") from error


@cache
def default_settings() -> RuleSettings:
    """The settings of `settings.yaml` (默认设定)."""
    try:
        return RuleSettings.model_validate({name: entry.value for name, entry in setting_entries().items()})
    except ValidationError as error:
        raise RuleFileError(f"settings.yaml: {error}") from error
