"""Permits to test with: one ordinary, one with everything at its longest."""

import datetime as dt
import math
from typing import Any

from api.permits.content import PermitContent
from api.permits.parts import (
    Cargo,
    Condition,
    Division,
    Envelope,
    Escort,
    Holder,
    Issuer,
    JoinedItem,
    Leg,
    PlatedVehicle,
    ReviewIds,
    Route,
    Station,
    StructurePassage,
)
from data.vehicles import AxleInput, LoadedVehicle

ISSUED = dt.date(2026, 11, 20)
ON = dt.date(2026, 11, 23)
BRIDGE_TERMS = (
    Condition(code="steady_centred", text="匀速居中通过，不得制动、变速、停留"),
    Condition(code="bridge_speed", text="限速通过", speed_kmh=5),
)


def axles(count: int = 11, *, all_different: bool = False) -> list[AxleInput]:
    front = [
        AxleInput(load_kg=9000, spacing_mm=0, tyres=2, unit="tractor", drive=False),
        AxleInput(load_kg=13000, spacing_mm=3800, tyres=4, unit="tractor", drive=True),
        AxleInput(load_kg=12000, spacing_mm=1400, tyres=4, unit="tractor", drive=True),
    ]
    lines = [
        AxleInput(
            load_kg=16500 + (n * 37 % 401 if all_different else 0),
            spacing_mm=1550 if n else 6500,
            tyres=8,
            unit="trailer",
            drive=False,
        )
        for n in range(count - len(front))
    ]
    return front + lines


def vehicle(loads: list[AxleInput] | None = None, **changes: object) -> LoadedVehicle:
    found = loads or axles()
    values: dict[str, Any] = {
        "kind": "train",
        "trailer": "modular",
        "height_mm": 4700,
        "width_mm": 3600,
        "length_mm": 31000,
        "gross_mass_kg": sum(axle.load_kg for axle in found),
        "axles": found,
        "indivisible": True,
    }
    return LoadedVehicle(**{**values, **changes})


def line(count: int = 200) -> tuple[tuple[float, float], ...]:
    return tuple((112.98 + n * 0.004, 28.19 - n * 0.0022 + 0.03 * math.sin(n / 9)) for n in range(count))


def route(**changes: object) -> Route:
    values: dict[str, Any] = {
        "phrase": "起点—长沙站(入)—G4京港澳高速—湘潭站(出)—S326—终点",
        "start": "长沙市芙蓉区某重型机械厂",
        "end": "湘潭市岳塘区某变电站",
        "geometry": line(),
        "length_m": 81234,
        "entry": Station(id="4301001", name="长沙站"),
        "exit": Station(id="4303002", name="湘潭站"),
        "legs": (
            Leg(name="远大路", length_m=4200, conditions=("内侧车道，净空 5.2 米",)),
            Leg(ref="G4", name="京港澳高速", enter="长沙站", exit="湘潭站", length_m=61000),
            Leg(ref="S326", length_m=16034),
        ),
        "divisions": (
            Division(code="430102", name="芙蓉区", length_m=5200),
            Division(code="430121", name="长沙县", length_m=44000),
            Division(code="430304", name="岳塘区", length_m=32034),
        ),
    }
    return Route(**{**values, **changes})


def content(**changes: object) -> PermitContent:
    values: dict[str, Any] = {
        "number": "43000020261122000079",
        "status": "valid",
        "vehicle_class": "III",
        "scope": "湖南省境内",
        "provinces": ("43",),
        "holder": Holder(
            name="湖南某大件运输有限公司", code="91110000600037341L", transport_licence="430100000123", phone="0731-1"
        ),
        "tractor": PlatedVehicle(plate="湘A12345"),
        "trailers": (PlatedVehicle(plate="湘A6478超", temporary=True),),
        "cargo": Cargo(
            name="发电机定子", mass_kg=120_000, length_mm=9000, width_mm=3600, height_mm=3300, serial="D-2026-7"
        ),
        "curb_mass_kg": 46_000,
        "vehicle": vehicle(),
        "empty_return": Envelope(height_mm=3900, width_mm=3000, length_mm=31000, gross_mass_kg=46_000),
        "route": route(),
        "valid_from": dt.date(2026, 11, 22),
        "valid_until": dt.date(2026, 11, 26),
        "conditions": (
            Condition(code="speed_limit", text="全程限速行驶", text_en="speed limit on the whole way", speed_kmh=60),
            Condition(code="time_window", text="芙蓉区路段限 22:00 至次日 6:00 通行"),
        ),
        "escort": Escort(front_vehicles=1, rear_vehicles=1, staff=4, text="按护送方案执行，编队行驶，保持通信联络。"),
        "structures": (
            StructurePassage(
                id="b-1",
                name="浏阳河大桥",
                kind="bridge",
                at_m=12_300,
                road="G4",
                stake="K1473+200",
                conditions=BRIDGE_TERMS,
            ),
            StructurePassage(id="b-2", name="湘江桥", kind="bridge", at_m=70_100, conditions=BRIDGE_TERMS),
        ),
        "joined_items": (
            JoinedItem(item="highway_permit", outcome="granted", body="湖南省交通运输厅"),
            JoinedItem(item="city_road", outcome="granted", body="长沙市城市管理局", document="长城行许2026第7号"),
            JoinedItem(item="temporary_plate", outcome="not_needed"),
        ),
        "issuer": Issuer(
            code="430000", name="湖南省交通运输厅", signer="张三", decided_on=dt.date(2026, 11, 19), issued_on=ISSUED
        ),
        "review": ReviewIds(
            network_id="sha256:" + "a" * 64, rules_id="sha256:" + "b" * 64, policy_id="sha256:" + "c" * 64
        ),
    }
    return PermitContent(**{**values, **changes})


def longest() -> PermitContent:
    """Eighty different axles, a route of hundreds of roads, long names everywhere."""
    legs = tuple(
        Leg(
            ref=f"G{n}",
            name="某某至某某高速公路联络线" * 3,
            enter="某某枢纽互通" * 4,
            exit="某某收费站" * 4,
            length_m=3000 + n,
            conditions=("内侧车道，净空 5.2 米，注意右侧护栏",) if n % 3 == 0 else (),
        )
        for n in range(90)
    )
    passages = tuple(
        StructurePassage(
            id=f"b-{n}",
            name=f"第{n}号特大桥（左幅）" * 3,
            kind="bridge",
            at_m=n * 3000,
            road="G4",
            stake=f"K{n}+000",
            conditions=BRIDGE_TERMS,
        )
        for n in range(60)
    )
    phrase = "起点—" + "—".join(f"G{n}某某至某某高速公路联络线(第{n}站-第{n + 1}站)" for n in range(300)) + "—终点"
    return content(
        status="awaiting_check",
        is_demo=True,
        previous_number="43000020261101000016",
        sequence=3,
        vehicle=vehicle(axles(80, all_different=True), length_mm=130_000),
        trailers=tuple(PlatedVehicle(plate=f"湘A647{n}超", temporary=True) for n in range(4)),
        holder=Holder(name="湖南某某重型机械大件起重运输股份有限责任公司" * 4, code="91110000600037341L"),
        route=route(
            phrase=phrase,
            legs=legs,
            start="某市某区某街道某工业园" * 8,
            end="某" * 200,
            entry=Station(id="A" * 24, name="长" * 24),
            exit=Station(id="B" * 24, name="沙" * 24),
        ),
        structures=passages,
        conditions=tuple(
            Condition(code="other", text=f"第{n}项条件，须由管养单位现场监护方可通过。" * 4) for n in range(12)
        ),
        remark="备注𰻝" + "很长的备注" * 30,
        escort=Escort(front_vehicles=2, rear_vehicles=2, staff=20, text="护送操作细则。" * 300),
    )
