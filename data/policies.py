"""Read a policy file (审查政策文件): YAML in, checked `routing.policy.Policy` out."""

import hashlib
import json
from collections.abc import Mapping
from enum import IntEnum
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from data.errors import BadInputError
from routing.columns import Access, RoadClass, TechnicalGrade, Verdict
from routing.policy import CostPolicy, HeightPolicy, MassPolicy, Policy, RoadPolicy

DEFAULT_POLICY = Path(__file__).parent / "policy" / "default.yaml"
Millimetres = Annotated[int, Field(ge=0, le=100_000)]
Kilograms = Annotated[int, Field(ge=0, le=10_000_000)]
Permille = Annotated[int, Field(ge=1, le=100_000)]
Code = TypeVar("Code", bound=IntEnum)


def _by_name(kind: type[Code]) -> BeforeValidator:
    def convert(value: object) -> object:
        if isinstance(value, str) and value in kind.__members__:
            return kind[value]
        raise ValueError(f"{value!r} is not one of {', '.join(kind.__members__)}")

    return BeforeValidator(convert)


Grade = Annotated[TechnicalGrade, _by_name(TechnicalGrade)]
Class = Annotated[RoadClass, _by_name(RoadClass)]
Right = Annotated[Access, _by_name(Access)]
Answer = Annotated[Verdict, _by_name(Verdict)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Height(_Section):
    legal_mm: Millimetres
    below_default_mm: Millimetres
    open_road_passes_mm: Millimetres
    open_road_conditional_mm: Millimetres
    assumed_margin_mm: Millimetres
    assumed_clearance_mm: dict[Grade, Millimetres]


class _Legal(_Section):
    legal_mm: Millimetres


class _Mass(_Section):
    legal_axle_load_kg: Kilograms
    legal_axle_group_kg: Kilograms
    legal_tridem_kg: Kilograms
    axle_group_spacing_mm: Millimetres
    uncovered_roads_unknown: bool


class _Road(_Section):
    lane_width_mm: dict[Class, Annotated[int, Field(ge=1000, le=10_000)]]
    lanes_per_direction: dict[Class, Annotated[int, Field(ge=1, le=10)]]


class _Cost(_Section):
    speed_kmh: dict[Class, Annotated[int, Field(ge=1, le=120)]]
    preference_permille: dict[Class, Permille]
    verdict_permille: dict[Answer, Permille]
    blocked_penalty_s: Annotated[int, Field(ge=1, le=86_400)]


class _PolicyFile(_Section):
    title: str
    height: _Height
    width: _Legal
    length: _Legal
    mass: _Mass
    access: dict[Right, Answer]
    road: _Road
    cost: _Cost


def load_policy(path: Path | None = None) -> Policy:
    """Read and check a policy file; every table must be complete, nothing has a hidden default.

    Args:
        path: YAML file, None for the packaged default.

    Returns:
        The policy; its id is the hash of the values, not of comments and order.

    Raises:
        BadInputError: Naming every wrong, missing or unexpected field.
    """
    file = path or DEFAULT_POLICY
    try:
        # BaseLoader keeps every scalar a string, so `NO` is not a boolean; pydantic converts.
        raw = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadInputError(str(file), [f"cannot be read as YAML: {error}"]) from error
    try:
        parsed = _PolicyFile.model_validate(raw)
    except ValidationError as error:
        faults = [f"{'.'.join(str(part) for part in e['loc']) or 'file'}: {e['msg']}" for e in error.errors()]
        raise BadInputError(str(file), faults) from error
    faults = _missing(parsed)
    if faults:
        raise BadInputError(str(file), faults)
    values = json.dumps(parsed.model_dump(mode="json", exclude={"title"}), sort_keys=True)
    digest = hashlib.sha256(values.encode()).hexdigest()
    return _to_core(parsed, f"sha256:{digest}")


def _missing(file: _PolicyFile) -> list[str]:
    tables: list[tuple[str, Mapping[Any, object], type[IntEnum]]] = [
        ("access", file.access, Access),
        ("road.lane_width_mm", file.road.lane_width_mm, RoadClass),
        ("road.lanes_per_direction", file.road.lanes_per_direction, RoadClass),
        ("cost.speed_kmh", file.cost.speed_kmh, RoadClass),
        ("cost.preference_permille", file.cost.preference_permille, RoadClass),
        ("cost.verdict_permille", file.cost.verdict_permille, Verdict),
    ]
    return [f"{name}: {code.name} is missing" for name, table, codes in tables for code in codes if code not in table]


def _to_core(file: _PolicyFile, policy_id: str) -> Policy:
    return Policy(
        policy_id=policy_id,
        height=HeightPolicy(**dict(file.height)),
        legal_width_mm=file.width.legal_mm,
        legal_length_mm=file.length.legal_mm,
        mass=MassPolicy(**dict(file.mass)),
        access=file.access,
        road=RoadPolicy(**dict(file.road)),
        cost=CostPolicy(**dict(file.cost)),
    )
