"""The check before departure: every item at its tolerance and one millimetre or kilogram beyond it."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.permits.comparing import SheetResult, compare_haulage, compare_sheet
from api.permits.errors import PermitFileError
from api.permits.settings import PermitSettings, default_permit_settings, permit_setting_entries
from api.permits.sheets import CheckSheet, HaulageSheet, Measured, Officer, read_check_sheet
from tests.permits.examples import axles, content, vehicle

PERMIT = content(status="awaiting_check")
DECLARED = PERMIT.vehicle
LOADS = tuple(axle.load_kg for axle in DECLARED.axles)
SPACINGS = tuple(axle.spacing_mm for axle in DECLARED.axles)
TYRES = sum(axle.tyres for axle in DECLARED.axles)
OFFICERS = (Officer(name="李四", certificate="43-0001"), Officer(name="王五", certificate="43-0002"))


def measured(**changes: object) -> Measured:
    values: dict[str, Any] = {
        "height_mm": 4700,
        "width_mm": 3600,
        "length_mm": 31000,
        "gross_mass_kg": 166_000,
        "axle_loads_kg": LOADS,
        "axle_spacings_mm": SPACINGS,
        "tyres": TYRES,
    }
    return Measured(**{**values, **changes})


def sheet(found: Measured | None = None, **changes: object) -> CheckSheet:
    values: dict[str, Any] = {
        "permit_number": PERMIT.number,
        "place": "芙蓉区某重型机械厂",
        "checked_at": dt.datetime(2026, 11, 22, 9, 30),  # noqa: DTZ001
        "officers": OFFICERS,
        "carrier": PERMIT.holder.name,
        "plates": PERMIT.plates,
        "vins_match": True,
        "measured": found or measured(),
        "cargo_name": "发电机定子",
        "pieces": 1,
        "indivisible": True,
        "escort_vehicles": 2,
        "escort_staff": 4,
        "marking": True,
        "lamps": True,
        "fixing": True,
    }
    return CheckSheet(**{**values, **changes})


def wrong(result: SheetResult) -> list[str]:
    return [item.item for item in result.differences if item.within is False]


def test_all_as_declared_is_consistent() -> None:
    result = compare_sheet(PERMIT, sheet())
    assert result.conclusion_zh == "一致"
    assert result.missing == ()
    assert wrong(result) == []
    assert (result.class_after_check, result.class_as_measured) == ("III", "III")


@pytest.mark.parametrize(
    ("field", "declared", "tolerance"),
    [
        ("height_mm", 4700, 20),
        ("width_mm", 3600, 20),
        ("length_mm", 31_000, 50),
        ("gross_mass_kg", 166_000, 1660),
        ("tyres", TYRES, 0),
    ],
)
@pytest.mark.parametrize("sign", [1, -1])
def test_tolerance_holds_to_the_last_millimetre_and_kilogram(
    field: str, declared: int, tolerance: int, sign: int
) -> None:
    at = compare_sheet(PERMIT, sheet(measured(**{field: declared + sign * tolerance})))
    assert wrong(at) == []
    assert at.conclusion == "consistent"
    beyond = compare_sheet(PERMIT, sheet(measured(**{field: declared + sign * (tolerance + 1)})))
    assert wrong(beyond) == [field]
    assert beyond.conclusion == "change_needed"


@pytest.mark.parametrize(("axle", "tolerance"), [(1, 270), (2, 390), (4, 495)])
def test_tolerance_of_axle_loads_is_a_share_of_the_declared_load(axle: int, tolerance: int) -> None:
    for extra, expected in ((tolerance, []), (tolerance + 1, [f"axle_load.{axle}"])):
        for sign in (1, -1):
            loads = list(LOADS)
            loads[axle - 1] += sign * extra
            assert wrong(compare_sheet(PERMIT, sheet(measured(axle_loads_kg=tuple(loads))))) == expected


def test_tolerance_of_spacings() -> None:
    for extra, expected in ((50, []), (51, ["axle_spacing.5"])):
        spacings = list(SPACINGS)
        spacings[4] += extra
        assert wrong(compare_sheet(PERMIT, sheet(measured(axle_spacings_mm=tuple(spacings))))) == expected


def test_other_tolerances_count() -> None:
    strict = default_permit_settings().model_copy(update={"tolerance_height_mm": 0})
    assert compare_sheet(PERMIT, sheet(measured(height_mm=4701)), strict).conclusion == "change_needed"


def test_smaller_may_be_let_pass_by_setting() -> None:
    lenient = default_permit_settings().model_copy(update={"smaller_is_a_difference": False})
    small = sheet(measured(height_mm=4000, gross_mass_kg=160_000))
    assert compare_sheet(PERMIT, small, lenient).conclusion == "consistent"
    assert compare_sheet(PERMIT, sheet(measured(height_mm=4721)), lenient).conclusion == "change_needed"


@pytest.mark.parametrize(
    ("changes", "item"),
    [
        ({"permit_number": "43000020261122000080"}, "permit_number"),
        ({"plates": ("湘A12345", "湘A0000超")}, "plates"),
        ({"plates": ("湘A6478超", "湘A12345")}, "plates"),
        ({"carrier": "别的公司"}, "carrier"),
        ({"vins_match": False}, "vins_match"),
        ({"cargo_name": "变压器"}, "cargo_name"),
        ({"pieces": 2}, "pieces"),
        ({"indivisible": False}, "indivisible"),
        ({"fixing": False}, "fixing"),
        ({"marking": False}, "marking"),
        ({"lamps": False}, "lamps"),
        ({"escort_vehicles": 1}, "escort_vehicles"),
        ({"escort_staff": 3}, "escort_staff"),
    ],
)
def test_another_vehicle_or_cargo_is_inconsistent(changes: dict[str, Any], item: str) -> None:
    result = compare_sheet(PERMIT, sheet(**changes))
    assert wrong(result) == [item]
    assert result.conclusion_zh == "不一致"


@pytest.mark.parametrize(
    ("item", "changes", "found"),
    [
        ("vins_match", {"vins_match": None}, None),
        ("indivisible", {"indivisible": None}, None),
        ("escort_staff", {"escort_staff": None}, None),
        ("height_mm", {}, {"height_mm": None}),
        ("gross_mass_kg", {}, {"gross_mass_kg": None}),
        ("axle_load.count", {}, {"axle_loads_kg": None}),
        ("axle_spacing.count", {}, {"axle_spacings_mm": None}),
        ("officers", {"officers": OFFICERS[:1]}, None),
        ("officers", {"officers": (OFFICERS[0], OFFICERS[0])}, None),
    ],
)
def test_what_nobody_looked_at_is_never_consistent(
    item: str, changes: dict[str, Any], found: dict[str, Any] | None
) -> None:
    result = compare_sheet(PERMIT, sheet(measured(**(found or {})), **changes))
    assert result.missing == (item,)
    assert result.conclusion == "incomplete"


def test_what_is_missing_does_not_hide_a_difference() -> None:
    result = compare_sheet(PERMIT, sheet(measured(height_mm=5000, width_mm=None)))
    assert result.conclusion == "change_needed"
    assert compare_sheet(PERMIT, sheet(fixing=None, pieces=2)).conclusion == "inconsistent"
    alone = compare_sheet(PERMIT, sheet(measured(height_mm=5000), officers=OFFICERS[:1]))
    assert (alone.conclusion, alone.missing) == ("change_needed", ("officers",))


def test_a_permit_of_the_wrong_class_needs_a_change() -> None:
    result = compare_sheet(content(status="awaiting_check", vehicle_class="II"), sheet())
    assert wrong(result) == []
    assert (result.class_after_check, result.conclusion) == ("III", "change_needed")


def test_an_axle_more_needs_a_change() -> None:
    result = compare_sheet(PERMIT, sheet(measured(axle_loads_kg=(*LOADS, 16_500), axle_spacings_mm=(*SPACINGS, 1550))))
    assert wrong(result) == ["axle_load.count", "axle_spacing.count"]


def class_two(**changes: object) -> Any:  # noqa: ANN401
    """An excavator of class II, near the edge of class III."""
    loads = axles(6)
    lines = [axle.model_copy(update={"load_kg": 9000, "spacing_mm": axle.spacing_mm or 0}) for axle in loads]
    values = {"height_mm": 4490, "width_mm": 3700, "length_mm": 20_000, "trailer": "flatbed"} | changes
    return content(status="awaiting_check", vehicle_class="II", vehicle=vehicle(lines, **values))


def check_of(permit: Any, **found: object) -> SheetResult:  # noqa: ANN401
    loaded = permit.vehicle
    values: dict[str, Any] = {
        "height_mm": loaded.height_mm,
        "width_mm": loaded.width_mm,
        "length_mm": loaded.length_mm,
        "gross_mass_kg": loaded.gross_mass_kg,
        "axle_loads_kg": tuple(axle.load_kg for axle in loaded.axles),
        "axle_spacings_mm": tuple(axle.spacing_mm for axle in loaded.axles),
        "tyres": sum(axle.tyres for axle in loaded.axles),
    }
    return compare_sheet(permit, sheet(Measured(**{**values, **found})))


@pytest.mark.parametrize(
    ("height_mm", "after", "as_measured", "conclusion"),
    [
        (4490, "II", "II", "consistent"),
        (4500, "II", "II", "consistent"),
        (4501, "II", "III", "consistent"),
        (4510, "II", "III", "consistent"),
        (4511, "III", "III", "change_needed"),
    ],
)
def test_class_after_check_at_the_edge(height_mm: int, after: str, as_measured: str, conclusion: str) -> None:
    result = check_of(class_two(), height_mm=height_mm)
    assert (result.class_after_check, result.class_as_measured, result.conclusion) == (after, as_measured, conclusion)


def test_axle_loads_that_must_be_refused_are_said() -> None:
    permit = class_two()
    loads = [axle.load_kg for axle in permit.vehicle.axles]
    loads[3] = 13_001
    result = check_of(permit, axle_loads_kg=tuple(loads))
    assert len(result.refusals) == 1
    assert "13001" in result.refusals[0]
    assert result.conclusion == "change_needed"


def test_a_permit_that_should_have_been_refused_is_never_consistent() -> None:
    lines = [axle.model_copy(update={"load_kg": 13_001}) for axle in class_two().vehicle.axles]
    permit = content(
        status="awaiting_check",
        vehicle_class="II",
        vehicle=class_two().vehicle.model_copy(update={"axles": lines, "gross_mass_kg": 78_006}),
    )
    result = check_of(permit)
    assert wrong(result) == []
    assert result.refusals
    assert result.conclusion == "change_needed"


@given(st.integers(4000, 5500), st.integers(4000, 5500))
def test_a_larger_deviation_never_comes_off_better(one_mm: int, other_mm: int) -> None:
    order = {"consistent": 0, "change_needed": 1}
    results = [
        order[compare_sheet(PERMIT, sheet(measured(height_mm=mm))).conclusion]
        for mm in sorted((one_mm, other_mm), key=lambda mm: abs(mm - 4700))
    ]
    assert results == sorted(results)


def haulage(**changes: object) -> HaulageSheet:
    values: dict[str, Any] = {
        "number": "DY-1",
        "consignor": "某重型机械厂",
        "consignor_code": "91110000600037341L",
        "consignor_contact": "0731-2",
        "maker": "某重型机械厂",
        "cargo": PERMIT.cargo,
        "loading_place": "芙蓉区",
        "consignee": "某变电站",
        "unloading_place": "岳塘区",
        "carrier": PERMIT.holder.name,
        "plates": PERMIT.plates,
        "planned_on": dt.date(2026, 11, 22),
        "stated_true": True,
        "sealed": True,
    }
    return HaulageSheet(**{**values, **changes})


def test_consignors_statement_is_compared() -> None:
    assert all(item.within for item in compare_haulage(PERMIT, haulage()))
    lighter = PERMIT.cargo.model_copy(update={"mass_kg": 119_999})
    found = compare_haulage(PERMIT, haulage(cargo=lighter, sealed=False))
    assert [item.item for item in found if not item.within] == ["mass_kg", "sealed"]


def test_sheets_are_read_with_every_fault_named(tmp_path: Path) -> None:
    file = tmp_path / "sheet.json"
    file.write_text(sheet().model_dump_json(), encoding="utf-8")
    assert read_check_sheet(file) == sheet()
    raw = json.loads(sheet().model_dump_json())
    raw["pieces"], raw["measured"]["height_mm"] = -1, "4.7"
    file.write_text(json.dumps(raw), encoding="utf-8")
    with pytest.raises(PermitFileError) as caught:
        read_check_sheet(file)
    assert [fault.split(": ")[1] for fault in caught.value.faults] == ["measured.height_mm", "pieces"]
    with pytest.raises(PermitFileError, match="cannot be read"):
        read_check_sheet(tmp_path / "none.json")


def test_every_setting_is_used_and_says_its_doubt() -> None:
    assert set(permit_setting_entries()) == set(PermitSettings.model_fields)
    assert all(entry.doubt for entry in permit_setting_entries().values())
