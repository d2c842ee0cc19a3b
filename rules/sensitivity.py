"""What crossing each class edge costs (跨类敏感性): days, papers, checks; and the list for spot checks.

A class falls only when every quantity fits the lower one, so an edge is told with the class that really results from
going back to it, other quantities as they are, and once more for all quantities together.
"""

import datetime as dt
from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from rules.errors import RuleFileError
from rules.facts import QUANTITIES
from rules.findings import QUANTITY_ZH, UNIT_ZH
from rules.loading import RULES_FOLDER, find_clause, read_yaml
from rules.near import RANK
from rules.ord62.art_003 import gross_mass_limit
from rules.ord62.art_015 import CLASS_CLAUSES, SCOPES, find_working_days, vehicle_class
from rules.settings import RuleSettings, default_settings
from rules.vehicle import VehicleFacts

FIELDS = {"height": "height_mm", "width": "width_mm", "length": "length_mm", "gross_mass": "gross_mass_kg"}
UNITS = {"height": "mm", "width": "mm", "length": "mm", "gross_mass": "kg"}
CLASS_ZH = {"none": "不超限", "I": "一类", "II": "二类", "III": "三类", "unknown": "类别不明"}
PERMILLE = 1000


class SensitivitySettings(BaseModel):
    """The chosen values; their doubts stand in `sensitivity.yaml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    on_site_check_classes: tuple[str, ...]
    extra_materials: dict[str, str]
    tolerance_mm: int
    tolerance_permille: int


@cache
def sensitivity_settings() -> SensitivitySettings:
    """The settings of `sensitivity.yaml` (跨类敏感性的设定)."""
    try:
        raw = read_yaml(RULES_FOLDER / "sensitivity.yaml")
        return SensitivitySettings.model_validate({name: entry["value"] for name, entry in raw.items()})
    except (ValidationError, KeyError, TypeError) as error:
        raise RuleFileError(f"sensitivity.yaml: {error}") from error


@dataclass(frozen=True, slots=True)
class ClassEdge:
    """One class edge beside a vehicle (跨类临界值).

    Attributes:
        quantity: What is compared; "all" for every quantity together.
        direction: "lower": going back to the edge; "higher": going over it.
        value: As declared.
        edge: Largest value of the lower class.
        distance: From value to edge; negative above the edge.
        class_now: Class of the vehicle as it is.
        class_then: Class on the other side, other quantities as they are.
        days_now: Working days by scope, of the class as it is.
        days_then: Of the class on the other side.
        within_tolerance: Whether measuring alone may decide.
        materials: Papers that only the higher of the two classes needs.
        on_site_check: Whether the higher class is checked on site before departure and the lower is not.
        text: All of it in words.
    """

    quantity: str
    direction: str
    value: int | None
    edge: int | None
    distance: int | None
    unit: str | None
    class_now: str
    class_then: str
    days_now: dict[str, int]
    days_then: dict[str, int]
    within_tolerance: bool
    materials: str | None
    on_site_check: bool
    text: str

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)


def class_edges(vehicle: VehicleFacts, *, on: dt.date, settings: RuleSettings | None = None) -> list[ClassEdge]:
    """List every edge at which the class changes, the nearest first; empty where the class is not known.

    Args:
        vehicle: As declared.
        on: Day that decides the version of the law.
        settings: Other settings than those of `settings.yaml`.
    """
    chosen = settings or default_settings()
    name = _class_of(vehicle, on, chosen)
    if name == "unknown":
        return []
    found = [
        edge
        for quantity in FIELDS
        for limit in _limits(quantity, vehicle, on, chosen)
        if (edge := _edge(vehicle, name, quantity, limit, on, chosen)) is not None
    ]
    found = [edge for edge in found if not any(_is_nearer(other, edge) for other in found)]
    found.sort(key=lambda edge: (_tolerances(edge), edge.quantity))
    return [*found, *_together(vehicle, name, on, chosen)]


def _class_of(vehicle: VehicleFacts, on: dt.date, settings: RuleSettings) -> str:
    """The class alone, without all that a review tells beside; "unknown" before the law was in force."""
    if find_clause(CLASS_CLAUSES["I"], on) is None:
        return "unknown"
    return vehicle_class(vehicle, on=on, settings=settings)[0]


def _is_nearer(other: ClassEdge, edge: ClassEdge) -> bool:
    """Whether another edge of the same quantity leads to the same class with a smaller change."""
    same = (other.quantity, other.direction, other.class_then) == (edge.quantity, edge.direction, edge.class_then)
    return same and abs(other.distance or 0) < abs(edge.distance or 0)


def spot_checks(vehicle: VehicleFacts, *, on: dt.date, settings: RuleSettings | None = None) -> list[ClassEdge]:
    """Edges to a higher class so near that measuring may cross them (接近跨类临界值重点抽查), the nearest first."""
    edges = class_edges(vehicle, on=on, settings=settings)
    return [edge for edge in edges if edge.direction == "higher" and edge.within_tolerance]


def _limits(quantity: str, vehicle: VehicleFacts, on: dt.date, settings: RuleSettings) -> list[int]:
    """Largest values of class I and II."""
    found = []
    for class_name in ("I", "II"):
        clause = find_clause(CLASS_CLAUSES[class_name], on)
        threshold = clause.clause.thresholds.get(quantity) if clause else None
        if threshold is not None:
            found.append(threshold.value)
        elif quantity == "gross_mass":
            limit = gross_mass_limit(vehicle, on=on, settings=settings)
            found += [limit[0]] if limit else []
    return found


def _edge(
    vehicle: VehicleFacts, name: str, quantity: str, limit: int, on: dt.date, settings: RuleSettings
) -> ClassEdge | None:
    value = QUANTITIES[quantity](vehicle)
    if value is None:
        return None
    is_over = value > limit
    other = _with(vehicle, FIELDS[quantity], limit if is_over else limit + 1)
    then = _class_of(other, on, settings)
    if RANK[then] == RANK[name]:
        return None
    return _told(quantity, "lower" if is_over else "higher", value, limit, name, then, on)


def _with(vehicle: VehicleFacts, field: str, value: int) -> VehicleFacts:
    return replace(vehicle, **{field: value})  # type: ignore[arg-type]  # the field is one of `FIELDS`, all numbers


def _together(vehicle: VehicleFacts, name: str, on: dt.date, settings: RuleSettings) -> list[ClassEdge]:
    """Lower classes that several quantities together keep the vehicle from."""
    found = []
    for place, class_name in enumerate(("I", "II")):
        changes = {
            FIELDS[quantity]: limits[place]
            for quantity in FIELDS
            if len(limits := _limits(quantity, vehicle, on, settings)) > place
            and (QUANTITIES[quantity](vehicle) or 0) > limits[place]
        }
        if len(changes) < 2 or RANK[class_name] >= RANK[name]:  # noqa: PLR2004 - one alone is told by itself
            continue
        changed = vehicle
        for field, value in changes.items():
            changed = _with(changed, field, value)
        then = _class_of(changed, on, settings)
        if RANK[then] < RANK[name]:
            edge = _told("all", "lower", None, None, name, then, on)
            words = "、".join(
                f"{QUANTITY_ZH[quantity]}降至{changes[field]}{UNIT_ZH[UNITS[quantity]]}"
                for quantity, field in FIELDS.items()
                if field in changes
            )
            found.append(replace(edge, text=f"{words}，同时做到时{edge.text}"))
    return found


def _told(
    quantity: str, direction: str, value: int | None, limit: int | None, name: str, then: str, on: dt.date
) -> ClassEdge:
    settings = sensitivity_settings()
    higher, lower = (name, then) if RANK[name] > RANK[then] else (then, name)
    papers = settings.extra_materials.get(higher)
    on_site = higher in settings.on_site_check_classes and lower not in settings.on_site_check_classes
    distance = None if value is None or limit is None else limit - value
    now, later = _days(name, on), _days(then, on)
    edge = ClassEdge(
        quantity, direction, value, limit, distance, UNITS.get(quantity), name, then, now, later,
        within_tolerance=distance is not None and abs(distance) <= tolerance(quantity, value or 0),
        materials=papers, on_site_check=on_site, text="",
    )  # fmt: skip
    return replace(edge, text=_text(edge))


def tolerance(quantity: str, value: int) -> int:
    """Error of measuring a value on site, a setting (测量误差), in mm or kg."""
    settings = sensitivity_settings()
    return value * settings.tolerance_permille // PERMILLE if quantity == "gross_mass" else settings.tolerance_mm


def _days(name: str, on: dt.date) -> dict[str, int]:
    days = {scope: find_working_days(name, scope, on=on) for scope in SCOPES}
    return {scope: number for scope, number in days.items() if number is not None}


def _text(edge: ClassEdge) -> str:
    days = ""
    if "own" in edge.days_now or "own" in edge.days_then:
        days = f"，期限{_days_zh(edge.days_then)}，现为{_days_zh(edge.days_now)}"
    extra = [f"{'另须' if edge.direction == 'higher' else '不再须'}提交{edge.materials}"] if edge.materials else []
    extra += [f"{'须' if edge.direction == 'higher' else '不再逐件'}现场核查"] if edge.on_site_check else []
    more = f"，{'，'.join(extra)}" if extra else ""
    what = ""
    if edge.distance is not None and edge.unit is not None:
        amount = f"{abs(edge.distance)}{UNIT_ZH[edge.unit]}"
        name = QUANTITY_ZH[edge.quantity]
        what = f"{name}降低{amount}即" if edge.direction == "lower" else f"{name}增加超过{amount}即"
    return f"{what}为{CLASS_ZH[edge.class_then]}{days}{more}"


def _days_zh(days: dict[str, int]) -> str:
    if not days:
        return "不需许可"
    return f"本辖区{days['own']}个、跨省{days['cross_province']}个工作日"


def _tolerances(edge: ClassEdge) -> float:
    """Distance in units of the measuring error."""
    return abs(edge.distance or 0) / max(tolerance(edge.quantity, edge.value or 0), 1)
