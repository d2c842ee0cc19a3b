"""A consistent form of class II with a modular trailer, a flatbed one of art. 3 size, and a register that knows all."""

import copy
import datetime as dt
from typing import Any

from api.applications.form import ApplicationForm
from api.applications.form_reading import parse_form
from api.checks import CarrierRecord, InMemoryRegister, PersonRecord, VehicleRecord

ON = dt.date(2026, 11, 23)
USCC = "91110000600037341L"
AGENT_ID = "11010519491231002X"
DRIVER_ID = "360426199101010071"


def _axle(load_kg: int, spacing_mm: int, tyres: int, unit: str, *, drive: bool = False) -> dict[str, Any]:
    return {"load_kg": load_kg, "spacing_mm": spacing_mm, "tyres": tyres, "unit": unit, "drive": drive}


_RAW: dict[str, Any] = {
    "carrier": {
        "name": "示例大件运输有限公司",
        "uscc": USCC,
        "licence_number": "430100000001",
        "licence_from": "2024-01-01",
        "licence_until": "2028-01-01",
        "licence_scope": "道路普通货物运输，大型物件运输",
        "address": "示例市示例路1号",
        "legal_representative": "张三",
        "contact": "李四",
        "mobile": "13800000000",
    },
    "agent": {"name": "李四", "id_number": AGENT_ID, "mobile": "13800000000"},
    "drivers": [
        {
            "name": "王五",
            "id_number": DRIVER_ID,
            "mobile": "13900000000",
            "qualification_number": "430000000000000001",
            "qualification_until": "2027-06-30",
        }
    ],
    "trip": {
        "start_date": "2026-12-01",
        "end_date": "2026-12-03",
        "origin": {"name": "长沙", "lon": 112.94, "lat": 28.23},
        "destination": {"name": "湘潭", "lon": 112.94, "lat": 27.83},
        "route_text": "起点—G4京港澳高速—终点",
    },
    "cargo": {
        "name": "变压器",
        "serial_number": "T-001",
        "mass_kg": 60000,
        "length_mm": 8000,
        "width_mm": 3200,
        "height_mm": 3400,
    },
    "tractor": {
        "plate": "湘A12345",
        "model": "示例牌牵引车",
        "vin": "LSJA24U62JG269225",
        "kerb_mass_kg": 10000,
        "length_mm": 7200,
        "width_mm": 2550,
        "height_mm": 3400,
        "axle_count": 3,
        "tyre_count": 10,
        "insurance": {"policy_number": "P1", "insured_until": "2027-01-01"},
    },
    "trailer": {
        "plate": "湘A1234挂",
        "model": "示例牌液压轴线车",
        "kerb_mass_kg": 28000,
        "length_mm": 16000,
        "width_mm": 3000,
        "height_mm": 1200,
        "axle_count": 4,
        "tyre_count": 32,
    },
    "whole": {
        "kind": "train",
        "trailer": "modular",
        "height_mm": 4300,
        "width_mm": 3300,
        "length_mm": 25500,
        "gross_mass_kg": 98000,
        "axles": [
            _axle(8000, 0, 2, "tractor"),
            _axle(12000, 3300, 4, "tractor", drive=True),
            _axle(12000, 1350, 4, "tractor", drive=True),
            _axle(16500, 7000, 8, "trailer"),
            _axle(16500, 1550, 8, "trailer"),
            _axle(16500, 1550, 8, "trailer"),
            _axle(16500, 1550, 8, "trailer"),
        ],
        "indivisible": True,
    },
    "attachments": {
        "operating_licence": ["a1"],
        "agent_id": ["a2"],
        "authorization": ["a3"],
        "vehicle_licence": ["a4"],
        "vehicle_licence_second_page": ["a5"],
    },
    "declarations": {"truthful": True},
}


def raw_form(**changes: object) -> dict[str, Any]:
    """JSON of the form with changes such as ``cargo__mass_kg=1``; `...` takes a field away."""
    raw = copy.deepcopy(_RAW)
    for name, value in changes.items():
        *path, last = name.split("__")
        part: Any = raw
        for step in path:
            part = part[int(step)] if step.isdigit() else part.setdefault(step, {})
        if value is ...:
            del part[last]
        else:
            part[last] = value
    return raw


def form(**changes: object) -> ApplicationForm:
    """The form with changes, wholly checked."""
    return parse_form(raw_form(**changes))


def loose_form(**changes: object) -> ApplicationForm:
    """The form with changes that contradict each other: as it may come from an older version or another system."""
    return ApplicationForm.model_validate(raw_form(**changes))


def register(**changes: object) -> InMemoryRegister:
    """A register that knows carrier, persons and vehicles of the form and holds nothing against them."""
    known: dict[str, Any] = {
        "carrier_records": (
            CarrierRecord(
                USCC, "示例大件运输有限公司", "430100000001", dt.date(2028, 1, 1), "道路普通货物运输，大型物件运输"
            ),
        ),
        "person_records": (
            PersonRecord(AGENT_ID, "李四"),
            PersonRecord(DRIVER_ID, "王五", "430000000000000001", dt.date(2027, 6, 30)),
        ),
        "vehicle_records": (
            VehicleRecord("湘A12345", "LSJA24U62JG269225", 10000, 3, dt.date(2027, 1, 1)),
            VehicleRecord("湘A1234挂", None, 28000, 4),
        ),
        "permit_records": (),
        "declarations_of": {},
        "restrictions_of": {},
    }
    return InMemoryRegister(**{**known, **changes})


def review(verdict: str = "passes", vehicle_class: str = "II", basis: str = "posted") -> dict[str, object]:
    """A review as the exchange format has it, as far as the comparison reads it."""
    return {
        "verdict": verdict,
        "classification": {"class": vehicle_class},
        "routes": [{"findings": [{"basis": basis}]}],
        "why_not": {"blockers": [{"reason": "桥梁承载不足"}]} if verdict in {"blocked", "unknown"} else None,
    }
