"""Made-up application forms (演示申请表) that fit a vehicle and a trip."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Json = dict[str, Any]
Stop = tuple[str, float, float]

_KERB_TRACTOR_KG: Final = 9_800
_KERB_FLATBED_KG: Final = 9_000
_KERB_A_LINE_KG: Final = 3_600
_LEAST_CARGO_KG: Final = 500


@dataclass(frozen=True, slots=True)
class DemoCarrier:
    """A made-up firm; its numbers have right check digits, and belong to nobody we know of."""

    name: str
    credit_code: str
    plate_letter: str
    agent: str = "演示经办人"
    agent_id: str = "11010519491231002X"
    driver: str = "演示驾驶员"
    driver_id: str = "360426199101010071"


@dataclass(frozen=True, slots=True)
class DemoTrip:
    """From where to where, when."""

    stops: Sequence[Stop]
    start: dt.date
    days: int = 3
    trips: int = 1


def make_form(
    carrier: DemoCarrier,
    vehicle: Mapping[str, Any],
    trip: DemoTrip,
    *,
    cargo: str = "演示变压器",
    serial: str = "YS-0001",
    escort: bool = False,
    attachments: Mapping[str, Sequence[str]] | None = None,
) -> Json:
    """A form that agrees with itself: masses add up, sizes fit, licences last.

    Args:
        carrier: Who applies.
        vehicle: Content of a vehicle file: a train with a trailer.
        trip: Where and when.
        cargo: Its name.
        serial: Its serial number.
        escort: Whether an escort plan is given.
        attachments: Ids of files by kind.
    """
    tractor_axles = [axle for axle in vehicle["axles"] if axle["unit"] == "tractor"]
    trailer_axles = [axle for axle in vehicle["axles"] if axle["unit"] == "trailer"]
    is_modular = vehicle["trailer"] == "modular"
    trailer_kerb = _KERB_A_LINE_KG * len(trailer_axles) if is_modular else _KERB_FLATBED_KG
    cargo_kg = max(vehicle["gross_mass_kg"] - _KERB_TRACTOR_KG - trailer_kerb, _LEAST_CARGO_KG)
    trailer_kerb = vehicle["gross_mass_kg"] - _KERB_TRACTOR_KG - cargo_kg
    last = trip.start + dt.timedelta(days=trip.days - 1)
    form: Json = {
        "carrier": _carrier(carrier, trip.start),
        "agent": {"name": carrier.agent, "id_number": carrier.agent_id, "mobile": "13800000000"},
        "drivers": [_driver(carrier, trip.start)],
        "trip": _trip(trip, last),
        "cargo": {
            "name": cargo,
            "serial_number": serial,
            "mass_kg": cargo_kg,
            "length_mm": min(vehicle["length_mm"] - 5000, 30_000),
            "width_mm": vehicle["width_mm"],
            "height_mm": max(vehicle["height_mm"] - 1000, 1000),
        },
        "tractor": {
            "plate": f"湘{carrier.plate_letter}{serial[-4:].zfill(4)}8",
            "model": "演示牌牵引车",
            "vin": "LSJA24U62JG269225",
            "kerb_mass_kg": _KERB_TRACTOR_KG,
            "length_mm": 7200,
            "width_mm": 2550,
            "height_mm": 3400,
            "axle_count": len(tractor_axles),
            "tyre_count": sum(axle["tyres"] for axle in tractor_axles),
            "insurance": {"policy_number": "YSBD0001", "insured_until": _later(trip.start).isoformat()},
        },
        "trailer": {
            "plate": f"湘{carrier.plate_letter}{serial[-4:].zfill(4)}挂",
            "model": "演示牌液压轴线车" if is_modular else "演示牌低平板半挂车",
            "kerb_mass_kg": trailer_kerb,
            "length_mm": min(vehicle["length_mm"] - 4000, 40_000),
            "width_mm": min(3000, vehicle["width_mm"]),
            "height_mm": 1200,
            "axle_count": len(trailer_axles),
            "tyre_count": sum(axle["tyres"] for axle in trailer_axles),
        },
        "whole": dict(vehicle),
        "attachments": {kind: list(ids) for kind, ids in (attachments or {}).items()},
        "declarations": {"truthful": True},
    }
    if escort:
        form["escort_plan"] = _escort(carrier)
    return form


def _later(day: dt.date) -> dt.date:
    return day + dt.timedelta(days=400)


def _carrier(carrier: DemoCarrier, day: dt.date) -> Json:
    return {
        "name": carrier.name,
        "uscc": carrier.credit_code,
        "licence_number": "430100000001",
        "licence_from": (day - dt.timedelta(days=400)).isoformat(),
        "licence_until": _later(day).isoformat(),
        "licence_scope": "道路普通货物运输，大型物件运输",
        "address": "演示市演示路1号",
        "legal_representative": "演示法人",
        "contact": carrier.agent,
        "mobile": "13800000000",
    }


def _driver(carrier: DemoCarrier, day: dt.date) -> Json:
    return {
        "name": carrier.driver,
        "id_number": carrier.driver_id,
        "mobile": "13900000000",
        "qualification_number": "430000000000000001",
        "qualification_until": _later(day).isoformat(),
    }


def _trip(trip: DemoTrip, last: dt.date) -> Json:
    places = [{"name": name, "lon": lon, "lat": lat} for name, lon, lat in trip.stops]
    said: Json = {
        "start_date": trip.start.isoformat(),
        "end_date": last.isoformat(),
        "origin": places[0],
        "destination": places[-1],
        "via": places[1:-1],
        "trips": trip.trips,
    }
    if trip.trips > 1:
        said["plan"] = {
            "hours": "09:00-16:00",
            "loading": "平置捆扎",
            "goods": "同类货物",
            "needs_escort": False,
            "description": "演示运输计划",
        }
    return said


def _escort(carrier: DemoCarrier) -> Json:
    return {
        "vehicles": [
            {"plate": f"湘{carrier.plate_letter}00001", "position": "front", "equipment": "警示灯、电台"},
            {"plate": f"湘{carrier.plate_letter}00002", "position": "rear", "equipment": "警示灯、电台"},
        ],
        "staff": [
            {"name": "演示护送员甲", "duty": "前导", "mobile": "13700000001"},
            {"name": "演示护送员乙", "duty": "后护", "mobile": "13700000002"},
        ],
        "route": "按审查报告所列路线行驶，遇收费站走超宽车道。",
        "rules": "前后护送车与大件车辆保持通信，过桥匀速居中。",
        "exceptions": "遇封闭、事故立即靠边停放，报告办理单位。",
    }
