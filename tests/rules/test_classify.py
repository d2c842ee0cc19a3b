import datetime as dt
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.findings import is_satisfied
from rules.loading import list_version_dates
from rules.model import Relation
from rules.review import Classification, classify, gross_mass_limit_kg
from rules.settings import default_settings
from rules.vehicle import AxleFacts, VehicleFacts

MakeVehicle = Callable[..., VehicleFacts]

RANK = {"none": 0, "I": 1, "II": 2, "III": 3}
SIZES = ("height_mm", "width_mm", "length_mm", "gross_mass_kg")
DAY = dt.date(2026, 11, 22)


def classify_sizes(make_vehicle: MakeVehicle, *sizes: int | None) -> Classification:
    return classify(make_vehicle(dict(zip(SIZES, sizes, strict=True))), on=DAY)


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ((4000, 2550, 18100, 49000), "none"),
        ((4200, 3000, 20000, 49000), "I"),
        ((4200, 3000, 20000, 49001), "II"),
        ((4000, 2550, 18100, 49001), "II"),
        ((4500, 3750, 28000, 100000), "II"),
        ((4501, 3750, 28000, 100000), "III"),
        ((4000, 2550, 18100, 100001), "III"),
        ((4501, None, None, None), "III"),
        ((4500, 3750, 28000, None), "unknown"),
        ((None, 2550, 18100, 49000), "unknown"),
        ((4300, None, 18100, 49000), "unknown"),
    ],
)
def test_class_vectors(make_vehicle: MakeVehicle, sizes: tuple[int | None, ...], expected: str) -> None:
    result = classify_sizes(make_vehicle, *sizes)
    assert result.vehicle_class == expected
    assert json.loads(json.dumps(result.to_json()))["class"] == expected


@pytest.mark.parametrize(
    ("changes", "limit"),
    [
        ({"kind": "truck", "axles": 2, "drive_axles": 1}, 18000),
        ({"kind": "truck", "axles": 3}, 25000),
        ({"axles": 3, "drive_axles": 1}, 27000),
        ({"kind": "truck", "axles": 4}, 31000),
        ({"kind": "truck", "axles": 7}, 31000),
        ({"axles": 4}, 36000),
        ({"axles": 5}, 43000),
        ({"axles": 6}, 49000),
        ({"axles": 6, "drive_axles": 1}, 46000),
        ({"axles": 6, "single_tyre_trailer_axles": 2}, 43000),
        ({"axle_list": ()}, None),
        ({"kind": "other"}, None),
    ],
)
def test_gross_mass_limit_and_class_at_it(
    make_vehicle: MakeVehicle, changes: dict[str, Any], limit: int | None
) -> None:
    assert gross_mass_limit_kg(make_vehicle(changes), on=DAY) == limit
    if limit is None:
        assert classify(make_vehicle(changes), on=DAY).vehicle_class == "unknown"
        return
    assert classify(make_vehicle(changes, gross_mass_kg=limit), on=DAY).vehicle_class == "none"
    assert classify(make_vehicle(changes, gross_mass_kg=limit + 1), on=DAY).vehicle_class == "II"


@pytest.mark.parametrize("kind", ["truck", "train"])
def test_every_axle_count_has_exactly_one_row(make_vehicle: MakeVehicle, kind: str) -> None:
    for axles in range(2, 81):
        for drive in (0, 1, 2):
            result = classify(make_vehicle(kind=kind, axles=axles, drive_axles=min(drive, axles - 1)), on=DAY)
            rows = [finding for finding in result.findings if finding.quantity == "gross_mass"]
            assert len(rows) == 1, (kind, axles, drive)


def test_single_axle_is_unknown_not_passed(make_vehicle: MakeVehicle) -> None:
    vehicle = make_vehicle(kind="truck", axles=1, drive_axles=0)
    result = classify(vehicle, on=DAY)
    assert (result.vehicle_class, result.over_limit, result.gross_mass_limit_kg) == ("unknown", None, None)


def test_truck_with_more_axles_says_that_its_row_is_a_setting(make_vehicle: MakeVehicle) -> None:
    result = classify(make_vehicle(kind="truck", axles=5), on=DAY)
    mass = next(finding for finding in result.findings if finding.quantity == "gross_mass")
    assert "没有五轴" in mass.uncertain


def axle(spacing: int, tyres: int, *, drive: bool = False, wide: bool = False) -> AxleFacts:
    return AxleFacts(5000, spacing, tyres, "truck", drive, wide_tyres=wide)


@pytest.mark.parametrize(
    ("axles", "limit"),
    [
        # Twin steering close together, then a drive pair: the steering axles do not lower the limit.
        ((axle(0, 2), axle(1700, 2), axle(3000, 4, drive=True), axle(1350, 4, drive=True)), 31000),
        # A single-tyre pusher in a group with the drive axle does; on wide tyres it does not.
        ((axle(0, 2), axle(3000, 2), axle(1350, 4, drive=True)), 22000),
        ((axle(0, 2), axle(3000, 2, wide=True), axle(1350, 4, drive=True)), 25000),
        # A single-tyre drive axle never does.
        ((axle(0, 2), axle(3000, 2, drive=True), axle(1350, 2, drive=True)), 25000),
        # At the spacing of the setting the two are no group any more.
        ((axle(0, 2), axle(3000, 2), axle(1800, 4, drive=True)), 25000),
        ((axle(0, 2), axle(3000, 2), axle(1799, 4, drive=True)), 22000),
    ],
)
def test_single_tyres_on_trucks(make_vehicle: MakeVehicle, axles: tuple[AxleFacts, ...], limit: int | None) -> None:
    assert gross_mass_limit_kg(make_vehicle(kind="truck", axle_list=axles), on=DAY) == limit


def test_refusal_never_changes_the_class(make_vehicle: MakeVehicle) -> None:
    light = classify(make_vehicle(height_mm=4100), on=DAY)
    heavy = classify(make_vehicle(height_mm=4100, axle_load_kg=14000), on=DAY)
    assert light.vehicle_class == heavy.vehicle_class == "I"
    assert light.refusals == ()
    assert [(f.clause, f.threshold_name, f.measured, f.margin) for f in heavy.refusals] == [
        ("ord62-17.1.1", "mean", 14000, -4000),
        ("ord62-17.1.1", "max", 14000, -1000),
    ]


def test_unknown_axle_loads_are_neither_refused_nor_passed(make_vehicle: MakeVehicle) -> None:
    result = classify(make_vehicle(axle_load_kg="unknown"), on=DAY)
    assert result.refusals == ()
    assert [f.outcome for f in result.findings if f.clause == "ord62-17.1.1"] == ["unknown", "unknown"]


def test_mean_compares_the_exact_fraction(make_vehicle: MakeVehicle) -> None:
    axles = make_vehicle(axle_load_kg=10000).axles
    one_kg_more = (*axles[:-1], replace(axles[-1], load_kg=10001))
    result = classify(make_vehicle(axle_list=one_kg_more), on=DAY)
    assert [(f.threshold_name, f.measured) for f in result.refusals] == [("mean", 10001)]


def test_stated_loads_alone_may_already_refuse(make_vehicle: MakeVehicle) -> None:
    axles = make_vehicle(axle_load_kg=14000).axles
    result = classify(make_vehicle(axle_list=(*axles[:-1], replace(axles[-1], load_kg=None))), on=DAY)
    assert {f.threshold_name for f in result.refusals} == {"mean", "max"}


@pytest.mark.parametrize(
    ("choice", "measured"), [("whole_combination", 10500), ("trailer_only", 12000), ("without_first_axle", 11400)]
)
def test_which_axles_enter_the_mean_is_a_setting(make_vehicle: MakeVehicle, choice: str, measured: int) -> None:
    loads = (6000, 10500, 10500, 12000, 12000, 12000)
    axles = tuple(replace(a, load_kg=load) for a, load in zip(make_vehicle().axles, loads, strict=True))
    chosen = default_settings().model_copy(update={"flatbed_mean_axles": choice})
    result = classify(make_vehicle(axle_list=axles), on=DAY, settings=chosen)
    assert [f.measured for f in result.refusals if f.threshold_name == "mean"] == [measured]


def test_tractor_axles_of_a_modular_train_are_a_setting(make_vehicle: MakeVehicle) -> None:
    vehicle = make_vehicle(trailer="modular", axle_load_kg=18001)
    lines = tuple(replace(a, load_kg=8000) if a.unit == "tractor" else a for a in vehicle.axles)
    vehicle = replace(vehicle, axles=lines)
    counted = default_settings().model_copy(update={"modular_tractor_axles": "counted"})
    assert [f.threshold_name for f in classify(vehicle, on=DAY).refusals] == ["mean"]
    assert classify(vehicle, on=DAY, settings=counted).refusals == ()


def test_divisible_load_over_the_limits_gets_a_finding(make_vehicle: MakeVehicle) -> None:
    result = classify(make_vehicle(height_mm=4100, indivisible="false"), on=DAY)
    assert [f.outcome for f in result.findings if f.clause == "hsr-35.1"] == ["not_met"]
    assert any("可分载" in note for note in result.notes)


@pytest.mark.parametrize("on", [dt.date(1999, 1, 1), dt.date(2011, 7, 1), dt.date(2016, 9, 20)])
def test_before_the_law_the_answer_is_unknown(make_vehicle: MakeVehicle, on: dt.date) -> None:
    vehicle = make_vehicle(height_mm=9000)
    result = classify(vehicle, on=on)
    assert (result.vehicle_class, result.over_limit, result.findings) == ("unknown", None, ())
    assert "未施行" in result.notes[0]
    assert gross_mass_limit_kg(vehicle, on=on) is None


@pytest.mark.parametrize("start", list_version_dates())
def test_review_runs_at_every_date_a_version_starts(make_vehicle: MakeVehicle, start: dt.date) -> None:
    for on in (start - dt.timedelta(days=1), start, start + dt.timedelta(days=1)):
        json.dumps(classify(make_vehicle(height_mm=4600), on=on).to_json())


def test_findings_name_everything_a_lawyer_needs(make_vehicle: MakeVehicle) -> None:
    result = classify(make_vehicle(height_mm=4480), on=DAY)
    height = next(f for f in result.to_json()["findings"] if f["clause"] == "ord62-15.1.2")
    assert height["version"] == "2016-09-21"
    assert height["wording"].startswith("车货总高度从地面算起未超过4.5米")
    assert (height["measured"], height["threshold"], height["margin"], height["unit"]) == (4480, 4500, 20, "mm")
    assert height["reason"] == "车货总高度4480毫米，未超过4500毫米（余量20毫米）"
    assert height["reason_en"] == "height 4480 mm is not over 4500 (room 20)"
    assert result.to_json()["deadlines"] == {"own": 5, "cross_province": 10}


@pytest.mark.parametrize(
    ("relation", "answers"),
    [
        ("over", (False, False, True)),
        ("at_least", (False, True, True)),
        ("not_over", (True, True, False)),
        ("under", (True, False, False)),
    ],
)
def test_relation_words(relation: Relation, answers: tuple[bool, ...]) -> None:
    assert tuple(is_satisfied(relation, measured, 100) for measured in (99, 100, 101)) == answers


sizes = st.tuples(
    st.integers(3000, 5500), st.integers(2000, 4500), st.integers(10000, 35000), st.integers(8000, 130000)
)
growth = st.tuples(*[st.sampled_from((0, 1, 7, 250))] * 4)


@settings(max_examples=60, deadline=None)
@given(sizes, growth, st.sampled_from(("truck", "train")), st.integers(2, 9))
def test_bigger_never_lifts_a_breach_nor_lowers_the_class(
    make_vehicle: MakeVehicle, size: tuple[int, ...], more: tuple[int, ...], kind: str, axles: int
) -> None:
    small = dict(zip(SIZES, size, strict=True)) | {"kind": kind, "axles": axles, "drive_axles": 1}
    big = small | {name: small[name] + extra for name, extra in zip(SIZES, more, strict=True)}
    before, after = (classify(make_vehicle(vehicle), on=DAY) for vehicle in (small, big))
    assert RANK[after.vehicle_class] >= RANK[before.vehicle_class]
    breached = {f.clause for f in before.findings if f.clause.startswith("ord62-3.1") and f.outcome == "met"}
    assert breached <= {f.clause for f in after.findings if f.outcome == "met"}


@settings(max_examples=60, deadline=None)
@given(sizes, st.sets(st.sampled_from(SIZES), min_size=1))
def test_forgetting_a_size_never_lowers_the_class(
    make_vehicle: MakeVehicle, size: tuple[int, ...], forgotten: set[str]
) -> None:
    known = dict(zip(SIZES, size, strict=True))
    before = classify(make_vehicle(known), on=DAY).vehicle_class
    after = classify(make_vehicle(known | dict.fromkeys(forgotten)), on=DAY).vehicle_class
    assert after in {before, "unknown"}
