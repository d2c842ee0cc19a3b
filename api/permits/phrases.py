"""Values of a permit in words (数据的写法): metres, tonnes, axle runs, conditions."""

from collections.abc import Iterable
from itertools import groupby

from api.permits.content import PermitContent
from api.permits.parts import Condition, Envelope, Escort, JoinedItem, Leg, PlatedVehicle, Station
from api.permits.wording import CONDITION, JOINED_ITEM, JOINED_OUTCOME
from data.vehicles import AxleInput, LoadedVehicle

UNIT_ZH = {"tractor": "牵引车", "trailer": "挂车", "truck": "货车"}


def metres(value_mm: int) -> str:
    """Millimetres as metres, exactly."""
    return f"{value_mm / 1000:.3f}"


def size_text(size: Envelope | LoadedVehicle) -> str:
    """Length, width and height in metres (长×宽×高)."""
    return f"{metres(size.length_mm)} × {metres(size.width_mm)} × {metres(size.height_mm)} m"


def mass_text(mass_kg: int) -> str:
    """A mass in kg and in tonnes."""
    return f"{mass_kg} kg（{mass_kg / 1000:.3f} t）"


def plate_text(vehicle: PlatedVehicle) -> str:
    """A plate; a temporary one is said to be one (临时号牌)."""
    return vehicle.plate + ("（临时号牌）" if vehicle.temporary else "")


def axle_runs(axles: Iterable[AxleInput]) -> str:
    """Axle loads with runs of equal ones drawn together, front to rear (轴荷分布)."""
    loads = [axle.load_kg for axle in axles]
    runs = [(load, len(list(group))) for load, group in groupby(loads)]
    return " + ".join(f"{count}×{load}" if count > 1 else str(load) for load, count in runs) + " kg"


def spacing_runs(axles: Iterable[AxleInput]) -> str:
    """Axle spacings in metres, front to rear (轴距)."""
    spacings = [axle.spacing_mm for axle in axles][1:]
    runs = [(spacing, len(list(group))) for spacing, group in groupby(spacings)]
    return " + ".join(f"{count}×{metres(one)}" if count > 1 else metres(one) for one, count in runs) + " m"


def condition_text(condition: Condition) -> str:
    """A condition as it must be read: its own wording, with the speed where the wording lacks it."""
    speed = condition.speed_kmh
    is_said = speed is None or str(speed) in condition.text
    return condition.text if is_said else f"{condition.text}（不超过 {speed} km/h）"


def condition_label(condition: Condition) -> str:
    """The English name of a condition."""
    return condition.text_en or CONDITION[condition.code].en


def station_text(station: Station | None) -> str:
    """A toll station with its id."""
    if station is None:
        return "—"
    return station.name + (f"（{station.id}）" if station.id else "")


def leg_text(leg: Leg) -> str:
    """A road: number and name."""
    return " ".join(word for word in (leg.ref, leg.name) if word) or "无名道路"


def joined_text(items: Iterable[JoinedItem]) -> str:
    """Outcomes of the decisions handled together."""
    return "；".join("，".join(word for word in (_joined(item), item.body, item.document) if word) for item in items)


def escort_text(escort: Escort | None) -> str:
    """The escort in words."""
    if escort is None:
        return "无护送要求"
    staff = f"，护送人员 {escort.staff} 人" if escort.staff is not None else ""
    return f"前导车 {escort.front_vehicles} 辆，后护车 {escort.rear_vehicles} 辆{staff}。{escort.text}"


def all_texts(content: PermitContent) -> Iterable[str]:
    """Every text of a permit, to look for characters that cannot be printed."""
    return _texts(content.model_dump(mode="json", exclude={"route": {"geometry"}}))


def _joined(item: JoinedItem) -> str:
    return f"{JOINED_ITEM[item.item].zh}：{JOINED_OUTCOME[item.outcome].zh}"


def _texts(value: object) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
