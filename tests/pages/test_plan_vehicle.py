"""The vehicle as it is typed: every vehicle of the format can be written and read back; bars agree with the class."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.pages.plan.edges import edge_sentence
from api.pages.plan.judged import _class_edges, _gauge, _share
from api.pages.plan.places import datum_of, find_stake
from api.pages.plan.presets import presets
from api.pages.plan.proposals import changed
from api.pages.plan.typed import circle, proposed_day, query_of, stop_texts, texts_in
from api.pages.plan.vehicle_form import read_typed, texts_of, vehicle_json
from api.reviews.request import facts_of
from data.datums import Datum
from data.vehicles import AxleInput, LoadedVehicle, parse_vehicle
from rules.review import classify
from rules.sensitivity import class_edges

ON = dt.date(2026, 11, 23)


@st.composite
def vehicles(draw: st.DrawFn) -> LoadedVehicle:
    is_truck = draw(st.booleans())
    tractor = draw(st.integers(2, 5))
    lines = 0 if is_truck else draw(st.integers(1, 20))
    driven = draw(st.integers(0, tractor))
    files = draw(st.sampled_from([1, 2]))
    axles = [
        AxleInput(
            load_kg=draw(st.integers(100, 60_000)),
            spacing_mm=0 if at == 0 else draw(st.integers(500, 9_999)),
            tyres=draw(st.integers(1, 16)) * 2,
            unit="truck" if is_truck else "tractor" if at < tractor else "trailer",
            drive=tractor - driven <= at < tractor,
            files=1 if at < tractor else files,
        )
        for at in range(tractor + lines)
    ]
    total = sum(axle.load_kg for axle in axles)
    return LoadedVehicle(
        kind="truck" if is_truck else "train",
        trailer=None if is_truck else draw(st.sampled_from(["flatbed", "modular", None])),
        height_mm=draw(st.integers(1_000, 12_000)),
        width_mm=draw(st.integers(1_000, 12_000)),
        length_mm=max(sum(axle.spacing_mm for axle in axles) + draw(st.integers(1, 9_000)), 3_000),
        gross_mass_kg=max(total + draw(st.integers(-1, 1)) * (total // 200), 200),
        axles=axles,
        indivisible=draw(st.booleans()),
    )


@given(vehicles())
@settings(max_examples=60, deadline=None)
def test_every_vehicle_can_be_written_and_read_back(vehicle: LoadedVehicle) -> None:
    plain = vehicle_json(vehicle)
    if plain["length_mm"] > 150_000:
        return
    read = read_typed(texts_of(plain))
    assert read.faults == {}
    assert read.vehicle == vehicle
    parse_vehicle(
        read.vehicle.model_dump_json(exclude_none=True).replace("{", '{"trailer":null,', 1)
        if vehicle.trailer is None
        else read.vehicle.model_dump_json(exclude_none=True),
        source="typed",
    )


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("height", "", "未填写"),
        ("height", "4,5x", "数字"),
        ("height", "0.99", "1~12"),
        ("width", "12.001", "1~12"),
        ("length", "9", "轴距之和"),
        ("mass", "60", "相差超过1%"),
        ("loads", "9.2+3*8", "第1项"),
        ("loads", "1*7+2*9+3*61", "轴荷应在0.1~60吨之间"),
        ("loads", "10", "至少须有两根轴"),
        ("spacings", "3.3-1.35", "轴距应有5项"),
        ("spacings", "3.3-1.35-6.2-1.31-0.4", "500～60000"),
        ("spacings", "3.3-1.35-61-1.31-1.31", "不得大于60米"),
        ("tractor_axles", "9", "0至6"),
        ("tractor_axles", "6", "挂车的车轴"),
        ("drive_axles", "x", "0至3"),
        ("tyres", "2+2*4", "6轴"),
        ("tyres", "2+2*4+3*7", "偶数"),
    ],
)
def test_a_fault_stands_at_its_field(field: str, text: str, said: str) -> None:
    read = read_typed({**presets()["semi49"].texts, field: text})
    assert read.vehicle is None
    assert said in read.faults[field].zh
    assert read.faults[field].en.isascii() or "–" in read.faults[field].en


def test_full_width_signs_and_units_are_read() -> None:
    texts = {**presets()["semi49"].texts, "height": "\N{FULLWIDTH DIGIT FOUR}.2 米", "tyres": "2 + 2×4 + 3×4"}
    read = read_typed(texts)
    assert read.faults == {}
    assert read.partial["height_mm"] == 4200


def test_what_can_be_read_is_drawn_beside_a_fault() -> None:
    read = read_typed({**presets()["semi49"].texts, "height": "?"})
    assert "height_mm" not in read.partial
    assert len(read.partial["axles"]) == 6


@given(st.integers(1_000, 12_000), st.sampled_from(["height", "width"]))
@settings(max_examples=60, deadline=None)
def test_a_bar_agrees_with_the_class(value: int, quantity: str) -> None:
    """With every other size legal, the zone of the one that is not is the class."""
    legal = read_typed({**presets()["semi49"].texts, "height": "3.9", "width": "2.5"}).vehicle
    assert legal is not None
    vehicle = legal.model_copy(update={f"{quantity}_mm": value})
    found = classify(facts_of(vehicle), on=ON)
    edges = _class_edges(quantity, found.to_json(), found.vehicle_class, ON)
    gauge = _gauge(quantity, value, "mm", edges, set())
    assert gauge.zone == found.vehicle_class
    inside = next(zone for zone in gauge.zones if zone.name == gauge.zone)
    assert inside.x - 0.2 <= gauge.x <= inside.x + inside.width + 0.2


@pytest.mark.parametrize(("value", "zone"), [(4000, "none"), (4001, "I"), (4200, "I"), (4500, "II"), (4501, "III")])
def test_an_edge_itself_belongs_to_the_lower_class(value: int, zone: str) -> None:
    gauge = _gauge("height", value, "mm", [(4000, "none"), (4200, "I"), (4500, "II")], {4500})
    assert gauge.zone == zone
    assert gauge.is_near == (zone == "II")
    assert (gauge.room == "") == (zone == "III")
    assert gauge.is_on_edge == (value in {4000, 4200, 4500})


@given(st.lists(st.integers(1, 10_000), min_size=1, max_size=3, unique=True), st.integers(1, 30_000))
def test_a_mark_moves_with_its_value(edges: list[int], value: int) -> None:
    rising = sorted(edges)
    assert 0 <= _share(value, rising) <= len(rising) + 1
    assert _share(value, rising) <= _share(value + 1, rising)
    for at, edge in enumerate(rising, start=1):
        assert _share(edge, rising) == pytest.approx(at)


def test_an_edge_is_told_in_both_languages() -> None:
    vehicle = read_typed({**presets()["semi49"].texts, "height": "4.52"}).vehicle
    assert vehicle is not None
    edges = [edge.to_json() for edge in class_edges(facts_of(vehicle), on=ON)]
    told = [edge_sentence(edge, "zh") for edge in edges]
    assert any("总高减少 2 cm" in one and "二类" in one and "5 个" in one for one in told)
    assert any("现场核查" in one for one in told)
    assert all(edge_sentence(edge, "en").isascii() for edge in edges)


def test_a_load_right_on_an_edge_is_told_so() -> None:
    edge = {"quantity": "height", "unit": "mm", "class_then": "III", "direction": "higher", "on_site_check": False}
    edge |= {"distance": 0, "days_then": {"own": 15, "cross_province": 20}}
    assert "正好在限值上" in edge_sentence(edge, "zh")
    assert "正好在限值上" not in edge_sentence(edge | {"distance": 10}, "zh")


def test_a_change_makes_the_vehicle_that_was_proved() -> None:
    vehicle = vehicle_json(read_typed(presets()["modular7"].texts).vehicle)  # type: ignore[arg-type]
    for quantity, value in (("height", 4200), ("width", 3000), ("length", 23_000), ("gross_mass", 100_000)):
        change = {"changes": [{"quantity": quantity, "to": value}]}
        made = changed(vehicle, change)
        assert made.model_dump()[f"{quantity}_{'kg' if quantity == 'gross_mass' else 'mm'}"] == value
        assert read_typed(texts_of(vehicle_json(made))).vehicle == made
    lines = changed(vehicle, {"changes": [{"quantity": "axle_lines", "to": 9}]})
    assert sum(axle.unit == "trailer" for axle in lines.axles) == 9
    lighter = changed(vehicle, {"changes": [{"quantity": "axle_load", "to": 11_000}]})
    assert max(axle.load_kg for axle in lighter.axles) == 11_000
    assert read_typed(texts_of(vehicle_json(lighter))).vehicle == lighter


def test_presets_begin_with_a_load_that_can_be_permitted() -> None:
    classes = {}
    for key, preset in presets().items():
        vehicle = read_typed(preset.texts).vehicle
        assert vehicle is not None
        found = classify(facts_of(vehicle), on=ON)
        assert found.to_json()["refusals"] == [], key
        classes[key] = found.vehicle_class
    assert classes["semi49"] == "none"
    assert set(classes.values()) == {"none", "II", "III"}


def test_a_query_holds_what_was_typed_and_nothing_else() -> None:
    texts = texts_in({"height": "4\x00.5", "start": "长沙\ud800", "evil": "x", "width": 3})
    assert texts == {"height": "4.5", "start": "长沙"}
    assert "evil" not in query_of(texts)


def test_the_proposed_day_is_to_come() -> None:
    assert proposed_day(ON, "2026-12-31") == "2026-12-31"
    assert proposed_day(ON, "2026-11-22") == proposed_day(ON) == "2026-12-07"


def test_more_vias_than_the_form_has_are_left_out() -> None:
    stops = [(str(at), (113.0 + at / 100, 28.0)) for at in range(8)]
    texts = stop_texts(stops)
    assert (texts["start"], texts["via4"], texts["end"]) == ("0", "4", "7")
    assert stop_texts([]) == {}


def test_a_circle_has_its_radius() -> None:
    ring = np.array(circle((113.0, 28.0), 2000.0))
    east, north = (ring[:, 0] - 113.0) * 111_320 * np.cos(np.radians(28)), (ring[:, 1] - 28.0) * 111_132
    assert np.hypot(east, north) == pytest.approx(2000, rel=0.01)
    assert tuple(ring[0]) == tuple(ring[-1])


def test_an_unknown_datum_is_cgcs2000() -> None:
    assert datum_of("GCJ-02") is Datum.GCJ02
    assert datum_of("") is datum_of("Krassowski") is Datum.CGCS2000


@pytest.mark.parametrize("text", ["G4", "K12+300", "", "收费站"])
def test_what_is_no_stake_is_looked_up_otherwise(text: str) -> None:
    assert find_stake(None, text) == []  # type: ignore[arg-type]
