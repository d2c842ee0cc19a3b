"""Settings of supervision and ratings (督查与评价的设定), read from `settings.yaml`."""

from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, PositiveInt

from rules.loading import read_yaml

FILE = Path(__file__).with_name("settings.yaml")


class SupervisionSettings(BaseModel):
    """The chosen values; what each means and what is doubtful about it stands in `settings.yaml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rating_bad_at_most: PositiveInt
    rating_days: PositiveInt
    rectification_days: PositiveInt
    smallest_published: PositiveInt
    published_months: PositiveInt
    inspectors: PositiveInt


@cache
def supervision_settings() -> SupervisionSettings:
    """The settings of `settings.yaml` (默认设定)."""
    return SupervisionSettings.model_validate({name: entry["value"] for name, entry in read_yaml(FILE).items()})
