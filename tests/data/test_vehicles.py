"""vehicle.json: every range at its limit and beyond, every fault named, all of them at once."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import BadInputError
from data.vehicles import LoadedVehicle, parse_vehicle, read_vehicle
from tests.api.asking import axle, heavy_json, vehicle_json

Json = dict[str, Any]


def faults(content: object) -> list[str]:
    """Faults of a vehicle; empty for a good one."""
    try:
        parse_vehicle(json.dumps(content), source="v.json")
    except BadInputError as error:
        return list(error.faults)
    return []


def truck(**changes: object) -> Json:
    axles = [axle(5000, 0, unit="truck"), axle(5000, 4000, unit="truck", drive=True)]
    plain = {"kind": "truck", "trailer": None, "gross_mass_kg": 10_000, "length_mm": 9000, "axles": axles}
    return vehicle_json(**(plain | changes))


def with_axle(place: int, **changes: object) -> Json:
    """A truck of which one axle is changed; the gross mass stays their sum."""
    content = truck(length_mm=150_000)
    content["axles"][place] |= changes
    loads = [one["load_kg"] for one in content["axles"]]
    if all(isinstance(load, int) for load in loads):
        content["gross_mass_kg"] = sum(loads)
    return content


def test_a_good_vehicle_is_read(tmp_path: Path) -> None:
    path = tmp_path / "vehicle.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(heavy_json() | {"trailer_steering": "all"}).encode())
    loaded = read_vehicle(path)
    assert isinstance(loaded, LoadedVehicle)
    assert (loaded.gross_mass_kg, len(loaded.axles), loaded.trailer_steering) == (95_000, 9, "all")


@pytest.mark.parametrize(
    ("field", "least", "most"),
    [("height_mm", 1000, 12_000), ("width_mm", 1000, 12_000), ("length_mm", 3000, 150_000)],
)
def test_sizes_end_at_their_limits(field: str, least: int, most: int) -> None:
    short = truck()
    short["axles"][1]["spacing_mm"] = 2500
    for value in (least, most):
        assert faults(short | {field: value}) == []
    for value in (least - 1, most + 1, -least, 0):
        assert any(fault.startswith(f"{field}:") for fault in faults(short | {field: value}))


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        ("load_kg", (100, 60_000), (99, 60_001, 0, -100)),
        ("spacing_mm", (500, 60_000), (499, 60_001, 0, -500)),
        ("tyres", (2, 4, 32), (0, 1, 3, 33, 34, -2)),
        ("files", (1, 2), (0, 3)),
    ],
)
def test_axle_values_end_at_their_limits(field: str, good: tuple[int, ...], bad: tuple[int, ...]) -> None:
    for value in good:
        assert faults(with_axle(1, **{field: value})) == [], value
    for value in bad:
        assert any(f.startswith(f"axles.1.{field}:") for f in faults(with_axle(1, **{field: value}))), value


@pytest.mark.parametrize(("count", "is_good"), [(1, False), (2, True), (80, True), (81, False)])
def test_there_are_two_to_eighty_axles(count: int, is_good: bool) -> None:
    axles = [axle(1000, 0 if n == 0 else 1000, unit="truck") for n in range(count)]
    found = faults(truck(axles=axles, gross_mass_kg=1000 * count, length_mm=100_000))
    assert (found == []) is is_good
    assert is_good or any(fault.startswith("axles:") for fault in found)


@pytest.mark.parametrize(("gross", "is_good"), [(9900, False), (9901, True), (10_101, True), (10_102, False)])
def test_axle_loads_add_up_to_the_gross_mass_within_one_percent(gross: int, is_good: bool) -> None:
    # |10,000 - gross| <= gross / 100
    found = faults(truck(gross_mass_kg=gross))
    assert (found == []) is is_good
    assert is_good or (str(gross) in found[0] and "10000" in found[0] and found[0].startswith("gross_mass_kg"))


def test_the_first_axle_has_no_spacing() -> None:
    assert "axles.0.spacing_mm" in faults(with_axle(0, spacing_mm=1200))[0]


def test_the_axles_fit_under_the_vehicle() -> None:
    assert faults(truck(length_mm=4001)) == []
    assert "4000" in faults(truck(length_mm=4000))[0]


@pytest.mark.parametrize("value", [4000.0, 4.2, "4000", True, None, [4000], {}, 10**30, -4000])
@pytest.mark.parametrize("field", ["height_mm", "gross_mass_kg"])
def test_numbers_are_whole_numbers_of_json(field: str, value: object) -> None:
    assert any(fault.startswith(f"{field}:") for fault in faults(vehicle_json(**{field: value})))


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "1E3"])
def test_numbers_that_are_none_are_refused(number: str) -> None:
    text = json.dumps(vehicle_json()).replace('"height_mm": 4000', f'"height_mm": {number}')
    assert number in text
    with pytest.raises(BadInputError):
        parse_vehicle(text, source="v.json")


def test_metres_and_tonnes_are_suspected() -> None:
    found = faults(vehicle_json(height_mm=4, gross_mass_kg=49))
    assert any("height_mm" in fault and "metres" in fault for fault in found)
    assert any("gross_mass_kg" in fault and "tonnes" in fault for fault in found)


@pytest.mark.parametrize("field", vehicle_json())
def test_every_field_is_required(field: str) -> None:
    content = vehicle_json()
    del content[field]
    assert f"{field}: is missing" in faults(content)


@pytest.mark.parametrize("field", ["load_kg", "spacing_mm", "tyres", "unit", "drive"])
def test_every_field_of_an_axle_is_required(field: str) -> None:
    content = vehicle_json()
    del content["axles"][3][field]
    assert f"axles.3.{field}: is missing" in faults(content)


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "lorry"},
        {"trailer": "low"},
        {"indivisible": "yes"},
        {"indivisible": 1},
        {"colour": "red"},
        {"trailer_steering": "front"},
        {"front_overhang_mm": -1},
        {"rear_overhang_mm": 1.5},
        {"ground_clearance_mm": "300"},
        {"axles": "six"},
        {"axles": {}},
    ],
)
def test_a_wrong_field_is_named(change: Json) -> None:
    (field,) = change
    assert any(fault.startswith(f"{field}:") for fault in faults(vehicle_json(**change)))


def test_kind_trailer_and_axles_agree() -> None:
    assert faults(truck(trailer="flatbed"))
    assert faults(vehicle_json(kind="truck", trailer=None))
    assert faults(truck(kind="train", trailer="flatbed"))
    tail_first = vehicle_json()
    tail_first["axles"][0]["unit"] = "trailer"
    assert any(fault.startswith("axles.0.unit") for fault in faults(tail_first))


def test_all_faults_are_reported_at_once() -> None:
    content = vehicle_json(height_mm=4.2, width_mm="3 m", gross_mass_kg=60_000, colour="red")
    content["axles"][0]["spacing_mm"] = 1
    del content["length_mm"]
    named = {fault.partition(":")[0] for fault in faults(content)}
    with pytest.raises(BadInputError) as caught:
        parse_vehicle(json.dumps(content), source="v.json")
    assert str(caught.value).splitlines() == [f"v.json: {fault}" for fault in caught.value.faults]
    assert named == {"height_mm", "width_mm", "gross_mass_kg", "colour", "axles.0.spacing_mm", "length_mm"}


@pytest.mark.parametrize("text", ["", "[", "null", "[]", "3", '"x"', "{} {}", "[" * 100_000, '{"kind": 1, "kind": 2}'])
def test_what_is_no_vehicle_is_refused(text: str) -> None:
    with pytest.raises(BadInputError, match=r"^v\.json: "):
        parse_vehicle(text, source="v.json")


@pytest.mark.parametrize("name", ["absent.json", "."])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInputError, match="cannot be read"):
        read_vehicle(tmp_path / name)


def test_a_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "vehicle.json"
    path.write_bytes(b"\xff\xfe\x00{")
    with pytest.raises(BadInputError, match=r"vehicle\.json: cannot be read"):
        read_vehicle(path)


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


@given(ANY_JSON)
def test_any_json_is_a_vehicle_or_bad_input(content: object) -> None:
    faults(content)


@given(st.sampled_from(sorted(vehicle_json())), ANY_JSON)
def test_any_json_in_a_field_is_good_or_bad_input(field: str, value: object) -> None:
    faults(vehicle_json(**{field: value}))


@given(st.sampled_from(sorted({**axle(1, 1), "files": 1})), st.integers(0, 5), ANY_JSON)
def test_any_json_in_an_axle_is_good_or_bad_input(field: str, place: int, value: object) -> None:
    content = vehicle_json()
    content["axles"][place][field] = value
    faults(content)


@given(st.binary(max_size=60))
def test_any_bytes_are_bad_input(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzz.json"
    path.write_bytes(content)
    with pytest.raises(BadInputError):
        read_vehicle(path)
