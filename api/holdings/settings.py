"""Settings of an office's own data (本辖区数据的设定), read from `settings.yaml`."""

from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, PositiveInt

from rules.loading import read_yaml

FILE = Path(__file__).with_name("settings.yaml")


class HoldingSettings(BaseModel):
    """The chosen values; what each means and what is doubtful about it stands in `settings.yaml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    largest_kb: PositiveInt
    largest_unpacked_kb: PositiveInt
    most_rows: PositiveInt
    most_shown: PositiveInt
    area_slack_m: PositiveInt
    firm_reach_m: PositiveInt
    networks_kept: PositiveInt
    closure_days_kept: PositiveInt


@cache
def holding_settings() -> HoldingSettings:
    """The settings of `settings.yaml` (默认设定)."""
    return HoldingSettings.model_validate({name: entry["value"] for name, entry in read_yaml(FILE).items()})
