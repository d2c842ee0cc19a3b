"""Read a policy file (审查政策文件): YAML in, checked `routing.policy.Policy` out."""

import hashlib
import json
import re
from collections.abc import Iterator
from enum import IntEnum
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from data.bridges.policies import load_bridge_policy
from data.errors import BadInputError
from routing.bridges.policy import BridgePolicy
from routing.columns import Access, RoadClass, TechnicalGrade, Verdict
from routing.policy import CostPolicy, HeightPolicy, MassPolicy, Policy, RoadPolicy

PACKAGED = "packaged"  # instead of a file name: the bridge policy that comes with the program
DEFAULT_POLICY = Path(__file__).parent / "policy" / "default.yaml"
MAX_MM = 100_000
INTEGER = re.compile(r"\s*[+-]?[0-9](_?[0-9]){0,11}\s*")
TABLES: tuple[tuple[str, str, type[IntEnum]], ...] = (
    ("", "access", Access),
    ("road", "lane_width_mm", RoadClass),
    ("road", "lanes_per_direction", RoadClass),
    ("cost", "speed_kmh", RoadClass),
    ("cost", "preference_permille", RoadClass),
    ("cost", "verdict_permille", Verdict),
)
"""Section, table and codes of the tables that must name every code."""
RISING_HEIGHTS = ("below_default_mm", "legal_mm", "open_road_passes_mm", "open_road_conditional_mm")


def _only_digits(value: object) -> object:
    """Refuse what pydantic would round or read generously: 4000.0, 1e3."""
    if isinstance(value, str) and not INTEGER.fullmatch(value):
        raise ValueError("Input should be an integer written in digits, 12 at most")
    return value


Integer = Annotated[int, BeforeValidator(_only_digits)]
Millimetres = Annotated[Integer, Field(ge=0, le=MAX_MM)]
Kilograms = Annotated[Integer, Field(ge=0, le=10_000_000)]
Permille = Annotated[Integer, Field(ge=1, le=100_000)]
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
    lane_width_mm: dict[Class, Annotated[Integer, Field(ge=1000, le=10_000)]]
    lanes_per_direction: dict[Class, Annotated[Integer, Field(ge=1, le=10)]]


class _Cost(_Section):
    speed_kmh: dict[Class, Annotated[Integer, Field(ge=1, le=120)]]
    preference_permille: dict[Class, Permille]
    verdict_permille: dict[Answer, Permille]
    blocked_penalty_s: Annotated[Integer, Field(ge=1, le=86_400)]


class _PolicyFile(_Section):
    title: str
    height: _Height
    width: _Legal
    length: _Legal
    mass: _Mass
    access: dict[Right, Answer]
    road: _Road
    cost: _Cost
    bridges: str


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
        text = file.read_text(encoding="utf-8")
        # BaseLoader keeps every scalar a string, so `NO` is not a boolean; pydantic converts.
        raw = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506
        faults = list(_repeated(yaml.compose(text, Loader=yaml.BaseLoader)))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadInputError(str(file), [f"cannot be read as YAML: {error}"]) from error
    try:
        parsed = _PolicyFile.model_validate(raw)
    except ValidationError as error:
        parsed = None
        faults += [f"{'.'.join(str(part) for part in e['loc']) or 'file'}: {e['msg']}" for e in error.errors()]
    if isinstance(raw, dict):
        faults += [*_missing(raw), *_falling(raw.get("height"))]
    if parsed is None or faults:
        raise BadInputError(str(file), faults)
    bridges = _load_bridges(file, parsed.bridges)
    values = parsed.model_dump(mode="json", exclude={"title"}) | {"bridges": bridges.policy_id}
    digest = hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
    return _to_core(parsed, bridges, f"sha256:{digest}")


def _load_bridges(file: Path, name: str) -> BridgePolicy:
    if name == PACKAGED:
        return load_bridge_policy()
    try:
        return load_bridge_policy(file.parent / name)
    except BadInputError as error:
        raise BadInputError(str(file), [f"bridges: {error.source}: {fault}" for fault in error.faults]) from error


def _repeated(node: yaml.Node | None, above: tuple[str, ...] = (), known: set[int] | None = None) -> Iterator[str]:
    """Keys that stand twice in one table: YAML would silently keep the last."""
    known = set() if known is None else known
    if not isinstance(node, yaml.MappingNode) or id(node) in known:  # an alias leads to a table seen before
        return
    known.add(id(node))
    seen: set[str] = set()
    for key, value in node.value:
        path = (*above, str(key.value))
        if path[-1] in seen:
            yield f"{'.'.join(path)}: stands twice, again in line {key.start_mark.line + 1}"
        seen.add(path[-1])
        yield from _repeated(value, path, known)


def _missing(raw: dict[str, Any]) -> Iterator[str]:
    """Codes that a table does not name; a table that is no table is a fault of its own."""
    for section, name, codes in TABLES:
        above = raw.get(section) if section else raw
        table = above.get(name) if isinstance(above, dict) else None
        if isinstance(table, dict):
            label = f"{section}.{name}" if section else name
            yield from (f"{label}: {code.name} is missing" for code in codes if code.name not in table)


def _falling(height: object) -> Iterator[str]:
    """Thresholds that are not in order, of those that are numbers in range."""
    given = height if isinstance(height, dict) else {}
    numbers = {
        name: int(text)
        for name in RISING_HEIGHTS
        if isinstance(text := given.get(name), str) and INTEGER.fullmatch(text) and 0 <= int(text) <= MAX_MM
    }
    for (lower, low), (upper, high) in pairwise(numbers.items()):
        if low > high:
            yield f"height.{lower}: {low} is more than height.{upper}, {high}"


def _to_core(file: _PolicyFile, bridges: BridgePolicy, policy_id: str) -> Policy:
    return Policy(
        policy_id=policy_id,
        height=HeightPolicy(**dict(file.height)),
        legal_width_mm=file.width.legal_mm,
        legal_length_mm=file.length.legal_mm,
        mass=MassPolicy(**dict(file.mass)),
        access=file.access,
        road=RoadPolicy(**dict(file.road)),
        cost=CostPolicy(**dict(file.cost)),
        bridges=bridges,
    )
