"""An invented application to show the form by (申请表示例): a generator on a two-axle-group flatbed."""

from typing import Any, Final

_TRACTOR_AXLES: Final = (
    {"load_kg": 7_000, "spacing_mm": 0, "tyres": 2, "unit": "tractor", "drive": False},
    {"load_kg": 10_000, "spacing_mm": 3_300, "tyres": 4, "unit": "tractor", "drive": True},
    {"load_kg": 10_000, "spacing_mm": 1_350, "tyres": 4, "unit": "tractor", "drive": True},
)
_TRAILER_AXLES: Final = tuple(
    {"load_kg": 10_000, "spacing_mm": spacing, "tyres": 8, "unit": "trailer", "drive": False}
    for spacing in (7_000, 1_310, 1_310)
)
EXAMPLE_FORM: Final[dict[str, Any]] = {
    "carrier": {
        "name": "演示大件运输有限公司",
        "kind": "enterprise",
        "uscc": "91110000600037341L",
        "licence_number": "430100000001",
        "licence_from": "2024-01-01",
        "licence_until": "2028-12-31",
        "licence_scope": "道路普通货物运输、大型物件运输",
        "address": "湖南省长沙市岳麓区演示路1号",
        "legal_representative": "演示法人",
        "contact": "演示联系人",
        "mobile": "13800000000",
    },
    "agent": {"name": "演示经办人", "id_kind": "resident", "id_number": "11010519491231002X", "mobile": "13800000001"},
    "drivers": [
        {
            "name": "演示驾驶员",
            "id_kind": "resident",
            "id_number": "11010519491231002X",
            "mobile": "13800000002",
            "qualification_number": "430100000002",
            "qualification_until": "2028-06-30",
        }
    ],
    "trip": {
        "start_date": "2026-12-07",
        "end_date": "2026-12-09",
        "origin": {"name": "长沙市", "lon": 112.94, "lat": 28.23},
        "destination": {"name": "湘潭市", "lon": 112.91, "lat": 27.87},
        "via": [],
        "trips": 1,
    },
    "cargo": {
        "name": "发电机定子",
        "pieces": 1,
        "mass_kg": 33_000,
        "length_mm": 9_000,
        "width_mm": 3_200,
        "height_mm": 3_000,
    },
    "tractor": {
        "plate": "湘A00001",
        "model": "演示牌6×4牵引车",
        "kerb_mass_kg": 9_000,
        "length_mm": 7_000,
        "width_mm": 2_500,
        "height_mm": 3_600,
        "axle_count": 3,
        "tyre_count": 10,
    },
    "trailer": {
        "plate": "湘A0001挂",
        "model": "演示牌三轴低平板",
        "kerb_mass_kg": 15_000,
        "length_mm": 13_500,
        "width_mm": 3_000,
        "height_mm": 1_200,
        "axle_count": 3,
        "tyre_count": 24,
        "coupling": "kingpin",
    },
    "whole": {
        "kind": "train",
        "trailer": "flatbed",
        "height_mm": 4_150,
        "width_mm": 3_200,
        "length_mm": 18_500,
        "gross_mass_kg": 57_000,
        "axles": [*_TRACTOR_AXLES, *_TRAILER_AXLES],
        "indivisible": True,
    },
    "attachments": {},
    "declarations": {"truthful": True},
}
