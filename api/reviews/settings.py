"""Settings of reasons and suggestions (理由与建议的设定), read from `reasons.yaml`; none of them is law."""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from data.errors import BadInputError
from rules.loading import read_yaml

_UNCHANGED_PERMILLE = 1000  # of the declared value: nothing smaller is looked for
_TALLEST_MM = 1_000_000  # above every load
REASONS_FILE = Path(__file__).with_name("reasons.yaml")


def _whole(value: object) -> object:
    return int(value) if isinstance(value, str) and value.isdigit() else value


Whole = Annotated[int, BeforeValidator(_whole), Field(ge=0, strict=True)]


class ReasonSettings(BaseModel):
    """The chosen values; what each means and what is doubtful about it stands in the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    max_sets: Whole
    max_branches: Whole
    max_searches: Whole
    max_settled: Whole
    max_all_searches: Whole
    max_trials: Whole
    least_share_permille: Whole
    least_height_mm: Whole
    least_width_mm: Whole
    max_pairs: Whole
    max_added_lines: Whole
    axle_line_mass_kg: Whole
    spacing_step_mm: Whole
    max_added_spacing_mm: Whole
    measuring_tolerance_mm: Whole
    measuring_tolerance_permille: Whole
    horizon_days: Whole
    departure_step_minutes: Whole
    utilisation_bands_percent: tuple[Whole, ...]
    mass_band_kg: Whole

    def without_advice(self) -> Self:
        """The same without advice on other loads (不含装载调整建议): it takes seconds where there is no route."""
        return self.model_copy(
            update={
                "least_share_permille": _UNCHANGED_PERMILLE,
                "least_height_mm": _TALLEST_MM,
                "least_width_mm": _TALLEST_MM,
                "max_pairs": 0,
                "max_added_lines": 0,
                "max_added_spacing_mm": 0,
                "max_searches": 0,
            }
        )


@cache
def reason_settings() -> ReasonSettings:
    """The settings in force (默认设定).

    Raises:
        BadInputError: The file is broken; all faults at once.
    """
    raw = read_yaml(REASONS_FILE)
    faults = [f"{name}: value, title_zh and doubt are needed" for name, entry in raw.items() if not _is_whole(entry)]
    if faults:
        raise BadInputError(REASONS_FILE.name, faults)
    try:
        return ReasonSettings.model_validate({name: entry["value"] for name, entry in raw.items()})
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()]
        raise BadInputError(REASONS_FILE.name, faults) from error


def _is_whole(entry: object) -> bool:
    return isinstance(entry, dict) and all(entry.get(name) for name in ("value", "title_zh", "doubt"))


@cache
def reasons_id() -> str:
    """Identity of the settings, stored with every review: the hash of their values."""
    values = json.dumps(reason_settings().model_dump(mode="json"), sort_keys=True)
    return f"sha256:{hashlib.sha256(values.encode()).hexdigest()}"
