"""Read a bridge policy file (桥梁审查政策文件): YAML in, checked `routing.bridges.policy.BridgePolicy` out."""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Annotated, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from data.errors import BadInputError
from routing.bridges.policy import BridgePolicy, ConditionPolicy, FactorPolicy, ImpactPolicy, Spreading

DEFAULT_BRIDGE_POLICY = Path(__file__).parent.parent / "policy" / "bridges.yaml"
Factor = Annotated[float, Field(ge=1, le=3)]
Share = Annotated[float, Field(ge=0, le=1)]
Ratio = Annotated[float, Field(gt=0, le=3)]
Credit = Annotated[float, Field(ge=1, le=4)]
ConditionClass = Annotated[int, Field(ge=1, le=5)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Factors(_Section):
    normal: Factor
    controlled: Factor
    against_check_load: Factor


class _Impact(_Section):
    frequency_hz_at_1m: Annotated[float, Field(gt=0, le=1000)]
    frequency_exponent: Annotated[float, Field(ge=-2, le=0)]
    slope: Share
    constant: Share
    lowest: Share
    highest: Share
    controlled_share: Share


class _Condition(_Section):
    allowed_ratio: dict[ConditionClass, Ratio]
    special_classes: frozenset[ConditionClass]
    blocked_classes: frozenset[ConditionClass]
    rating_valid_months: Annotated[int, Field(ge=1, le=240)]
    stale_classes_worse: Annotated[int, Field(ge=0, le=4)]

    @model_validator(mode="after")
    def _says_something_of_every_class_once(self) -> Self:
        named = [*self.allowed_ratio, *self.special_classes, *self.blocked_classes]
        if sorted(named) != [1, 2, 3, 4, 5]:
            raise ValueError("every class 1 to 5 must have an allowed ratio, be special, or be blocked, and only one")
        ratios = [self.allowed_ratio[name] for name in sorted(self.allowed_ratio)]
        if ratios != sorted(ratios, reverse=True):
            raise ValueError("a worse class must not have a higher allowed ratio")
        return self


class _BridgePolicyFile(_Section):
    title: str
    factors: _Factors
    impact: _Impact
    condition: _Condition
    special_band: Annotated[float, Field(ge=1, le=3)]
    uplift_allowed_ratio: Ratio
    controlled_speed_kmh: Annotated[int, Field(ge=1, le=30)]
    spreading: dict[Spreading, Credit]
    double_file_credit: Credit
    max_skew_deg: Annotated[float, Field(ge=0, le=90)]
    special_types: tuple[Annotated[str, Field(min_length=1)], ...]

    @model_validator(mode="after")
    def _names_every_deck(self) -> Self:
        missing = [kind.value for kind in Spreading if kind not in self.spreading]
        if missing:
            raise ValueError(f"spreading: {', '.join(missing)} is missing")
        return self


def load_bridge_policy(path: Path | None = None) -> BridgePolicy:
    """Read and check a bridge policy file; nothing has a hidden default.

    Args:
        path: YAML file, None for the packaged default.

    Returns:
        The policy; its id is the hash of the values, not of comments and order.

    Raises:
        BadInputError: Naming every wrong, missing or unexpected field.
    """
    return _packaged() if path is None else _load(path)


@cache
def _packaged() -> BridgePolicy:
    return _load(DEFAULT_BRIDGE_POLICY)


def _load(file: Path) -> BridgePolicy:
    try:
        # BaseLoader keeps every scalar a string; pydantic converts.
        raw = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadInputError(str(file), [f"cannot be read as YAML: {error}"]) from error
    try:
        parsed = _BridgePolicyFile.model_validate(raw)
    except ValidationError as error:
        faults = [f"{'.'.join(str(part) for part in e['loc']) or 'file'}: {e['msg']}" for e in error.errors()]
        raise BadInputError(str(file), faults) from error
    values = json.dumps(_plain(parsed), sort_keys=True)
    return _to_core(parsed, f"sha256:{hashlib.sha256(values.encode()).hexdigest()}")


def _plain(parsed: _BridgePolicyFile) -> dict[str, object]:
    """Values in an order that does not depend on the file's."""
    tree = parsed.model_dump(mode="json", exclude={"title"})
    for name in ("special_classes", "blocked_classes"):
        tree["condition"][name] = sorted(tree["condition"][name])
    tree["special_types"] = sorted(tree["special_types"])
    return tree


def _to_core(file: _BridgePolicyFile, policy_id: str) -> BridgePolicy:
    rest = {name: value for name, value in file if name not in {"title", "factors", "impact", "condition"}}
    return BridgePolicy(
        policy_id=policy_id,
        factors=FactorPolicy(**dict(file.factors)),
        impact=ImpactPolicy(**dict(file.impact)),
        condition=ConditionPolicy(**dict(file.condition)),
        **rest,
    )
