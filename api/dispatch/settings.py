"""Settings of the dispatch (分发设定), read from `settings.yaml`; what each means and its doubt stand there."""

from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from api.dispatch.errors import DispatchFileError
from rules.loading import read_yaml
from rules.settings import RuleSettings, default_settings

VehicleClass = Literal["none", "I", "II", "III", "unknown"]
Purpose = Literal["opinion", "decision", "inform"]
Role = Literal[
    "decides",
    "manager",
    "toll_operator",
    "maintainer",
    "city_road",
    "police",
    "along_route_province",
    "crossed_division",
]
_FILE = Path(__file__).with_name("settings.yaml")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DispatchSettings(_Strict):
    """The chosen values; `rules` are those of the legal rules (police, slivers)."""

    ask: dict[VehicleClass, Literal["always", "when_needed"]]
    opinion_working_days: dict[VehicleClass, Annotated[int, Field(ge=1)]]
    along_route_working_days: dict[VehicleClass, int]
    forward_working_days: int
    city_street_working_days: int
    city_street_item: str
    city_street_materials: tuple[str, ...]
    maintainers: Literal["inform", "opinion", "none"]
    police_quantities: tuple[str, ...]
    rules: RuleSettings = Field(default_factory=default_settings)

    @model_validator(mode="after")
    def _covers_every_class(self) -> Self:
        for name in ("ask", "opinion_working_days"):
            missing = set(get_args(VehicleClass)) - set(getattr(self, name))
            if missing:
                msg = f"{name}: no value for the classes {sorted(missing)}"
                raise ValueError(msg)
        return self

    def asks_only_if_needed(self, vehicle_class: VehicleClass) -> bool:
        """Whether bodies are asked only where their part needs a person."""
        return self.ask[vehicle_class] == "when_needed"

    def due_working_days(self, role: Role, purpose: Purpose, vehicle_class: VehicleClass) -> int | None:
        """Working days for the answer; None where the case's own clock runs, none is due or none is known."""
        if purpose == "inform" or role == "decides":
            return None
        if role == "along_route_province":
            return self.along_route_working_days.get(vehicle_class)
        if role == "city_road":
            return self.city_street_working_days
        return self.opinion_working_days[vehicle_class]


class SettingEntry(_Strict):
    """One entry of the file, as the administrator's page shows it."""

    value: str | list[str] | dict[str, str]
    title_zh: str
    doubt: str
    options: list[str] = Field(default_factory=list)


@cache
def setting_entries() -> dict[str, SettingEntry]:
    """All entries with title and doubt.

    Raises:
        DispatchFileError: The file is broken.
    """
    try:
        return {name: SettingEntry.model_validate(raw) for name, raw in read_yaml(_FILE).items()}
    except ValidationError as error:
        raise DispatchFileError(f"{_FILE.name}: {error}") from error


@cache
def default_dispatch_settings() -> DispatchSettings:
    """The values of the file.

    Raises:
        DispatchFileError: The file is broken.
    """
    try:
        return DispatchSettings.model_validate({name: entry.value for name, entry in setting_entries().items()})
    except ValidationError as error:
        raise DispatchFileError(f"{_FILE.name}: {error}") from error
