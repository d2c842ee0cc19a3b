import copy
import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.applications.errors import FormError
from api.applications.form import ApplicationForm
from api.applications.form_reading import _VEHICLE_ZH, parse_form, preview
from data.vehicles import LoadedVehicle, parse_vehicle
from tests.applications.sample_forms import form, loose_form, raw_form


def faults(**changes: object) -> dict[str, str]:
    return {fault.field: fault.code for fault in preview(raw_form(**changes))}


def test_a_good_form_is_taken_and_survives_json() -> None:
    taken = form()
    assert parse_form(json.loads(taken.model_dump_json())) == taken
    assert taken.trip.stops == ((112.94, 28.23), (112.94, 27.83))
    assert taken.plates == ("湘A12345", "湘A1234挂")


def test_the_vehicle_is_the_one_the_review_reads() -> None:
    vehicle = form().loaded_vehicle()
    assert type(vehicle) is LoadedVehicle
    assert vehicle == parse_vehicle(json.dumps(raw_form()["whole"]), source="test")


def test_all_faults_at_once() -> None:
    found = faults(
        cargo__mass_kg=0,
        carrier__name=...,
        trip__end_date="2026-11-30",
        whole__height_mm=4.3,
        whole__gross_mass_kg=90000,
        trailer__surprise=1,
        drivers=[],
    )
    assert found == {
        "cargo.mass_kg": "greater_than_equal",
        "carrier.name": "missing",
        "trip.end_date": "ends_before_start",
        "whole.height_mm": "int_type",
        "whole.gross_mass_kg": "contradiction",
        "trailer.surprise": "extra_forbidden",
        "drivers": "too_short",
    }


@pytest.mark.parametrize(("gross", "fits"), [(97029, False), (97030, True), (98989, True), (98990, False)])
def test_sum_of_axles_within_one_percent(gross: int, fits: bool) -> None:
    # the axles carry 98 000 kg: 98 000 / 1.01 = 97 029.7 and 98 000 / 0.99 = 98 989.9
    assert ("whole.gross_mass_kg" not in faults(whole__gross_mass_kg=gross)) is fits


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"whole__axles__1__spacing_mm": 499}, "whole.axles.1.spacing_mm"),
        ({"whole__axles__0__spacing_mm": 1}, "whole.axles.0.spacing_mm"),
        ({"whole__length_mm": 16300}, "whole.axles"),
        ({"whole__gross_mass_kg": 100}, "whole.gross_mass_kg"),
        ({"whole__axles__0__unit": "trailer"}, "whole.axles.0.unit"),
        ({"whole__kind": "truck"}, "whole.kind"),
        ({"whole__kind": "truck"}, "trailer"),
        ({"trailer": None}, "trailer"),
    ],
)
def test_contradictions_are_told_in_chinese(changes: dict[str, object], field: str) -> None:
    fault = next(f for f in preview(raw_form(**changes)) if f.field == field)
    assert "一" <= fault.message_zh[0] <= "鿿"
    assert "填写有误" not in fault.message_zh


def test_every_sentence_of_the_vehicle_format_has_its_chinese() -> None:
    bad = raw_form(whole__axles__0__spacing_mm=5, whole__axles__1__spacing_mm=1, whole__gross_mass_kg=200000)
    bad["whole"]["length_mm"] = 3000
    said = [f for f in preview(bad) if f.code == "contradiction"]
    assert len(said) == 4
    assert all("填写有误" not in f.message_zh for f in said)
    assert len(_VEHICLE_ZH) == 7


@pytest.mark.parametrize("day", ["2026-13-01", "2026-02-30", "20261201", 20261201, True, "1999-12-31", "9999-12-31"])
def test_days_are_plain_days(day: object) -> None:
    assert list(faults(trip__start_date=day)) == ["trip.start_date"]


@pytest.mark.parametrize("number", [True, "1", 1.5, float("nan"), float("inf"), None, [], 10**30])
def test_numbers_are_whole(number: object) -> None:
    assert "cargo.mass_kg" in faults(cargo__mass_kg=number)


@pytest.mark.parametrize("text", ["", "   ", "x" * 101, "a\x00b", "\ud800", 7])
def test_texts_are_bounded_and_printable(text: object) -> None:
    assert list(faults(cargo__name=text)) == ["cargo.name"]


def test_lists_are_bounded() -> None:
    driver = raw_form()["drivers"][0]
    assert faults(drivers=[driver] * 10) == {}
    assert faults(drivers=[driver] * 11) == {"drivers": "too_long"}
    place = raw_form()["trip"]["origin"]
    assert faults(trip__via=[place] * 24) == {"trip.via": "too_long"}
    assert faults(attachments__photos=["../../etc/passwd"]) == {"attachments.photos.0": "string_pattern_mismatch"}
    assert list(faults(attachments__unheard_of=["a"])) == ["attachments.unheard_of.[key]"]


@pytest.mark.parametrize("raw", [None, 7, "x", [], {}, {"whole": 3}, {"whole": {"axles": "x"}}, {"trip": {"via": {}}}])
def test_a_partial_draft_is_told_what_is_missing(raw: object) -> None:
    assert preview(raw)
    with pytest.raises(FormError) as caught:
        parse_form(raw)
    assert caught.value.faults == preview(raw)


def test_a_truck_needs_no_trailer() -> None:
    axles = copy.deepcopy(raw_form()["whole"]["axles"][:3])
    for axle in axles:
        axle["unit"] = "truck"
    truck = form(whole__kind="truck", whole__trailer=None, whole__axles=axles, whole__gross_mass_kg=32000, trailer=...)
    assert truck.plates == ("湘A12345",)


def test_forms_made_elsewhere_may_contradict_themselves() -> None:
    assert loose_form(whole__gross_mass_kg=90000).whole.gross_mass_kg == 90000


def properties(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, part in [("ApplicationForm", schema), *schema["$defs"].items()]:
        for field, described in part.get("properties", {}).items():
            yield f"{name}.{field}", described


def test_the_schema_describes_every_field_in_chinese_first() -> None:
    schema = ApplicationForm.model_json_schema()
    plain = [
        name
        for name, field in properties(schema)
        if not name.startswith("AxleInput.") and not "一" <= field.get("description", "?")[0] <= "鿿"
    ]
    assert plain == []
    assert schema["$defs"]["Trip"]["properties"]["start_date"]["format"] == "date"


def test_every_text_and_list_of_the_schema_is_bounded() -> None:
    unbounded = []

    def walk(name: str, part: dict[str, Any]) -> None:
        if part.get("type") == "string" and not {"maxLength", "enum", "const", "format", "pattern"} & set(part):
            unbounded.append(name)
        if part.get("type") == "array" and "maxItems" not in part:
            unbounded.append(name)
        for branch in part.get("anyOf", []):
            walk(name, branch)
        if isinstance(part.get("items"), dict):
            walk(f"{name}[]", part["items"])

    for name, field in properties(ApplicationForm.model_json_schema()):
        walk(name, field)
    assert unbounded == []


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(data=st.data())
def test_any_value_anywhere_is_either_taken_or_told(data: st.DataObject) -> None:
    raw = raw_form()
    part = data.draw(st.sampled_from(sorted(raw)))
    inner = raw[part]
    if isinstance(inner, dict) and data.draw(st.booleans()):
        inner[data.draw(st.sampled_from(sorted(inner)))] = data.draw(json_values)
    else:
        raw[part] = data.draw(json_values)
    told = preview(raw)
    if not told:
        assert isinstance(parse_form(raw), ApplicationForm)
    assert all(f.field and f.message_zh and f.message_en and f.code for f in told)


def test_a_trip_of_one_day_is_a_trip() -> None:
    assert faults(trip__end_date="2026-12-01") == {}
    assert faults(trip__end_date="2026-11-30") == {"trip.end_date": "ends_before_start"}


def test_a_hostile_body_is_told_a_bounded_number_of_faults() -> None:
    told = preview(raw_form(cargo={"x" * 1000 + str(n): n for n in range(5000)}))
    assert len(told) == 1001
    assert told[-1].code == "too_many_faults"
    assert max(len(fault.field) for fault in told) < 100


def test_dates_already_read_are_taken() -> None:
    assert form(trip__start_date=dt.date(2026, 12, 1)) == form()
