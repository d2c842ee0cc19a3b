import datetime as dt
from collections.abc import Callable

import pytest

from rules.review import classify
from rules.vehicle import VehicleFacts

MakeVehicle = Callable[..., VehicleFacts]

DAY = dt.date(2026, 11, 22)


def near(make_vehicle: MakeVehicle, **sizes: int | None) -> dict[tuple[str, int, str], int]:
    result = classify(make_vehicle(sizes), on=DAY).to_json()
    return {(e["quantity"], e["edge"], e["next_class"]): e["distance"] for e in result["near_threshold"]}


@pytest.mark.parametrize(
    ("name", "start", "edge", "quantity"),
    [
        ("height_mm", 4400, 4500, "height"),
        ("width_mm", 3650, 3750, "width"),
        ("length_mm", 27000, 28000, "length"),
        ("gross_mass_kg", 95000, 100000, "gross_mass"),
    ],
)
def test_bands_below_class_three(make_vehicle: MakeVehicle, name: str, start: int, edge: int, quantity: str) -> None:
    assert near(make_vehicle, **{name: start - 1}) == {}
    assert near(make_vehicle, **{name: start}) == {(quantity, edge, "III"): edge - start}
    assert near(make_vehicle, **{name: edge}) == {(quantity, edge, "III"): 0}
    assert near(make_vehicle, **{name: edge + 1}) == {}


@pytest.mark.parametrize(
    ("name", "start", "edge", "quantity"),
    [
        ("height_mm", 4150, 4200, "height"),
        ("width_mm", 2900, 3000, "width"),
        ("length_mm", 19500, 20000, "length"),
        ("gross_mass_kg", 47530, 49000, "gross_mass"),
    ],
)
def test_bands_below_class_two(make_vehicle: MakeVehicle, name: str, start: int, edge: int, quantity: str) -> None:
    assert near(make_vehicle, **{name: start - 1}) == {}
    assert near(make_vehicle, **{name: start}) == {(quantity, edge, "II"): edge - start}
    assert near(make_vehicle, **{name: edge}) == {(quantity, edge, "II"): 0}
    assert near(make_vehicle, **{name: edge + 1}) == {}


def test_what_cannot_raise_the_class_is_not_listed(make_vehicle: MakeVehicle) -> None:
    assert near(make_vehicle, height_mm=4490, width_mm=4000) == {}
    assert near(make_vehicle, height_mm=4190, gross_mass_kg=60000) == {}


def test_entry_of_the_sample(make_vehicle: MakeVehicle) -> None:
    entry = classify(make_vehicle(height_mm=4480), on=DAY).to_json()["near_threshold"][0]
    assert {key: entry[key] for key in ("quantity", "value", "edge", "next_class", "distance", "unit")} == {
        "quantity": "height",
        "value": 4480,
        "edge": 4500,
        "next_class": "III",
        "distance": 20,
        "unit": "mm",
    }
    assert "本系统设定" in entry["reason"]


def test_unknown_class_lists_every_band_it_stands_in(make_vehicle: MakeVehicle) -> None:
    assert ("height", 4500, "III") in near(make_vehicle, height_mm=4490, width_mm=None)
