"""Presets of common trains (常见车型), from `presets.yaml`: a start that is changed to the load as it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, cast

from api.pages.plan.vehicle_form import FIELDS, read_typed
from maps.labels import Label
from rules.errors import RuleFileError
from rules.loading import read_yaml

FILE: Final = Path(__file__).with_name("presets.yaml")
FIRST: Final = "semi49"


@dataclass(frozen=True, slots=True)
class Preset:
    """One train to begin with: its name, and what it puts into the fields."""

    name: Label
    texts: Mapping[str, str]


@cache
def presets() -> Mapping[str, Preset]:
    """All presets by their key; every one reads without fault.

    Raises:
        RuleFileError: One of them does not; all faults at once.
    """
    raw = cast(dict[str, Any], read_yaml(FILE))
    found = {
        key: Preset(Label(entry["zh"], entry["en"]), {name: entry["fields"].get(name, "") for name in FIELDS})
        for key, entry in raw.items()
    }
    faults = [
        f"{key}.{field}: {said.en}"
        for key, one in found.items()
        for field, said in read_typed(one.texts).faults.items()
    ]
    if faults:
        raise RuleFileError(f"{FILE.name}: {'; '.join(faults)}")
    return found
