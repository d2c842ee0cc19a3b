"""Reading the files of this folder (读取): every fault of a file at once."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from rules.errors import RuleFileError
from rules.forms.model import ComparisonFile, ComparisonItem, FormSettings, Material, MaterialsFile, SettingEntry
from rules.loading import read_yaml

FOLDER = Path(__file__).parent
Model = TypeVar("Model", bound=BaseModel)


def load_file(path: Path, model: type[Model]) -> Model:
    """One file of this folder.

    Raises:
        RuleFileError: The file is broken; the message names it and every fault.
    """
    try:
        return model.model_validate(read_yaml(path))
    except ValidationError as error:
        raise RuleFileError(f"forms/{path.name}: {error}") from error


@cache
def comparison_file() -> ComparisonFile:
    """Groups and items with the notice that no official list is known."""
    return load_file(FOLDER / "comparison.yaml", ComparisonFile)


@cache
def comparison_items() -> Mapping[str, ComparisonItem]:
    """The 21 items by id, in their order (5大项21小项)."""
    return MappingProxyType({item.id: item for item in comparison_file().items})


@cache
def materials() -> Mapping[str, Material]:
    """The materials by id, in their order (申请材料)."""
    return MappingProxyType({m.id: m for m in load_file(FOLDER / "materials.yaml", MaterialsFile).materials})


@cache
def setting_entries() -> Mapping[str, SettingEntry]:
    """All settings of the forms with title, source and doubt, by name."""
    path = FOLDER / "settings.yaml"
    try:
        return MappingProxyType({name: SettingEntry.model_validate(raw) for name, raw in read_yaml(path).items()})
    except ValidationError as error:
        raise RuleFileError(f"forms/{path.name}: {error}") from error


@cache
def form_settings() -> FormSettings:
    """The settings of `settings.yaml` (默认设定)."""
    try:
        return FormSettings.model_validate({name: entry.value for name, entry in setting_entries().items()})
    except ValidationError as error:
        raise RuleFileError(f"forms/settings.yaml: {error}") from error
