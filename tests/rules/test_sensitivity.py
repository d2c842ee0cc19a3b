"""What crossing a class edge costs; the numbers are those of article 15, read from its wording by hand."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.errors import RuleFileError
from rules.loading import RULES_FOLDER, read_yaml
from rules.ord62.art_015 import deadline
from rules.review import classify
from rules.sensitivity import FIELDS, class_edges, sensitivity_settings, spot_checks, tolerance
from rules.vehicle import AxleFacts, VehicleFacts

ON = dt.date(2026, 11, 23)
RANKS = {"none": 0, "I": 1, "II": 2, "III": 3}


def facts(**changes: int) -> VehicleFacts:
    axles = (
        AxleFacts(7000, 0, 2, "tractor", drive=False),
        AxleFacts(8500, 3300, 4, "tractor", drive=True),
        AxleFacts(8500, 1350, 4, "tractor", drive=True),
        *(AxleFacts(8300, 1310, 4, "trailer", drive=False) for _ in range(3)),
    )
    legal = {"height_mm": 4000, "width_mm": 2550, "length_mm": 16_500, "gross_mass_kg": 48_900}
    return VehicleFacts(kind="train", trailer="flatbed", axles=axles, indivisible=True, **(legal | changes))


def test_two_centimetres_lower_is_class_two_and_ten_days_less() -> None:
    edge = class_edges(facts(height_mm=4520), on=ON)[0]
    assert (edge.quantity, edge.direction, edge.distance) == ("height", "lower", -20)
    assert (edge.class_now, edge.class_then) == ("III", "II")
    assert (edge.days_now["own"], edge.days_then["own"]) == (15, 5)
    assert (edge.days_now["cross_province"], edge.days_then["cross_province"]) == (20, 10)
    assert edge.within_tolerance
    assert edge.on_site_check
    assert edge.text.startswith("车货总高度降低20毫米即为二类，期限本辖区5个、跨省10个工作日，现为本辖区15个")


def test_days_are_those_of_the_deadline() -> None:
    for edge in class_edges(facts(height_mm=4520), on=ON):
        for scope, days in (*edge.days_now.items(), *edge.days_then.items()):
            known = {deadline(name, scope, ON).working_days for name in ("I", "II", "III")}
            assert days in known
        assert edge.days_then["own"] == deadline(edge.class_then, "own", ON).working_days


def test_several_quantities_are_told_together() -> None:
    edges = class_edges(facts(height_mm=4600, width_mm=3800), on=ON)
    together = [edge for edge in edges if edge.quantity == "all"]
    assert [edge.class_then for edge in together] == ["I", "II"]
    assert not any(edge.direction == "lower" and edge.quantity != "all" for edge in edges)


def test_values_just_below_an_edge_are_spot_checked_nearest_first() -> None:
    found = spot_checks(facts(height_mm=4495, width_mm=3735, gross_mass_kg=99_900), on=ON)
    assert [edge.quantity for edge in found] == ["gross_mass", "height", "width"]
    assert spot_checks(facts(height_mm=4300), on=ON) == []


def test_nothing_is_said_of_a_vehicle_whose_class_is_not_known() -> None:
    assert class_edges(replace(facts(), height_mm=None), on=ON) == []
    assert class_edges(facts(), on=dt.date(2010, 1, 1)) == []


@given(st.integers(3900, 4700), st.integers(2500, 3900), st.integers(16_000, 29_000), st.integers(48_000, 102_000))
def test_an_edge_is_where_the_class_changes(height: int, width: int, length: int, mass: int) -> None:
    vehicle = facts(height_mm=height, width_mm=width, length_mm=length, gross_mass_kg=mass)
    for edge in class_edges(vehicle, on=ON):
        if edge.quantity == "all" or edge.edge is None:
            continue
        field = FIELDS[edge.quantity]
        at, over = (
            classify(replace(vehicle, **{field: value}), on=ON).vehicle_class for value in (edge.edge, edge.edge + 1)
        )
        assert edge.class_then == (at if edge.direction == "lower" else over)
        assert (RANKS[edge.class_then] < RANKS[edge.class_now]) is (edge.direction == "lower")
        assert edge.within_tolerance is (abs(edge.distance or 0) <= tolerance(edge.quantity, edge.value or 0))


def test_settings_say_what_is_doubtful(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = read_yaml(RULES_FOLDER / "sensitivity.yaml")
    assert all(entry["title_zh"] and entry["doubt"] for entry in raw.values())
    (tmp_path / "sensitivity.yaml").write_text("tolerance_mm: {value: x}\n", encoding="utf-8")
    monkeypatch.setattr("rules.sensitivity.RULES_FOLDER", tmp_path)
    sensitivity_settings.cache_clear()
    with pytest.raises(RuleFileError, match="sensitivity"):
        sensitivity_settings()
    monkeypatch.undo()
    sensitivity_settings.cache_clear()
