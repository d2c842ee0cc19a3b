import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.applications.form import ApplicationForm
from api.checks import (
    CargoDeclaration,
    CarrierRecord,
    InMemoryRegister,
    ItemResult,
    PermitRecord,
    PersonRecord,
    Restriction,
    VehicleRecord,
    compare,
)
from api.checks.compare import ITEM_CODE
from api.checks.register import Register
from api.checks.route_items import add_months
from rules.forms import comparison_items, form_settings
from tests.applications.sample_forms import AGENT_ID, DRIVER_ID, ON, USCC, form, loose_form, raw_form, register, review

SILENT = InMemoryRegister()


def item(
    name: str,
    taken: ApplicationForm | None = None,
    *,
    known: Register | None = None,
    reviewed: dict[str, object] | None = None,
    on: dt.date = ON,
) -> ItemResult:
    return compare(taken or form(), reviewed, known or register(), on).item(name)


def outcome(name: str, taken: ApplicationForm | None = None, **asked: object) -> str:
    return item(name, taken, **asked).outcome  # type: ignore[arg-type]


def test_the_code_and_the_list_hold_the_same_21_items() -> None:
    assert tuple(ITEM_CODE) == tuple(comparison_items())
    assert len(ITEM_CODE) == 21


def test_a_good_case_has_nothing_that_differs() -> None:
    result = compare(form(), review(), register(), ON)
    assert {i.id for i in result.items if i.outcome == "differs"} == set()
    assert {i.id for i in result.items if i.outcome == "unknown"} == {"axle_statics", "indivisible"}
    assert {i.id for i in result.items if i.outcome == "not_applicable"} == {"escort_plan"}
    assert result.vehicle_class == "II"
    assert {i.id for i in result.items if i.trust == "verified"} == {
        "agent_identity",
        "drivers",
        "carrier_identity",
        "operating_licence",
        "licence_scope",
        "restriction_period",
        "vehicle_identity",
        "insurance",
        "route_verdict",
        "overlapping_permits",
        "same_cargo",
    }
    json.dumps(result.to_json())


def test_a_silent_register_never_gives_a_pass_for_what_only_it_can_know() -> None:
    result = compare(form(), None, SILENT, ON)
    only_inside = {"agent_authority", "mass_sum", "axle_arrays", "axle_limits", "trip_period", "overall_sizes"}
    assert {i.id for i in result.items if i.outcome == "agrees"} == only_inside | {"class_materials"}
    assert {i.trust for i in result.items} == {"declared"}


@pytest.mark.parametrize(
    ("changes", "known", "expected"),
    [
        ({}, {}, "agrees"),
        ({"agent__id_number": "110105194912310021"}, {}, "differs"),
        ({"agent__mobile": "123"}, {}, "differs"),
        ({"agent__name": "赵六"}, {}, "differs"),
        ({}, {"person_records": ()}, "differs"),
        ({}, {"person_records": None}, "unknown"),
        ({"agent__id_kind": "other", "agent__id_number": "E1234"}, {"person_records": None}, "unknown"),
        (
            {"agent__id_kind": "other", "agent__id_number": "E1"},
            {"person_records": (PersonRecord("E1", "李四"),)},
            "agrees",
        ),
    ],
)
def test_agent(changes: dict[str, object], known: dict[str, object], expected: str) -> None:
    assert outcome("agent_identity", form(**changes), known=register(**known)) == expected


def test_authority() -> None:
    bare = form(attachments__authorization=...)
    assert outcome("agent_authority", bare) == "differs"
    other = form(attachments__authorization=..., carrier__legal_representative_id=DRIVER_ID)
    assert outcome("agent_authority", other) == "differs"
    own = form(attachments__authorization=..., carrier__legal_representative_id=AGENT_ID)
    assert outcome("agent_authority", own) == "not_applicable"


@pytest.mark.parametrize(
    ("until", "expected"), [("2026-12-02", "differs"), ("2026-12-03", "agrees"), ("2026-12-04", "agrees")]
)
def test_licences_reach_the_last_day(until: str, expected: str) -> None:
    day = dt.date.fromisoformat(until)
    carriers = (CarrierRecord(USCC, "示例大件运输有限公司", "430100000001", day, "大件运输"),)
    assert outcome("operating_licence", form(carrier__licence_until=until)) == expected
    assert outcome("operating_licence", known=register(carrier_records=carriers)) == expected
    people = (PersonRecord(AGENT_ID, "李四"), PersonRecord(DRIVER_ID, "王五", "430000000000000001", day))
    assert outcome("drivers", form(drivers__0__qualification_until=until)) == expected
    assert outcome("drivers", known=register(person_records=people)) == expected
    cars = (VehicleRecord("湘A12345", None, 10000, 3, day), VehicleRecord("湘A1234挂", None, 28000, 4))
    assert outcome("insurance", form(tractor__insurance__insured_until=until)) == expected
    assert outcome("insurance", known=register(vehicle_records=cars)) == expected


def test_a_licence_not_yet_in_force_and_another_number() -> None:
    assert outcome("operating_licence", form(carrier__licence_from="2026-12-02")) == "differs"
    assert outcome("operating_licence", form(carrier__licence_from="2026-12-01")) == "agrees"
    assert outcome("operating_licence", form(carrier__licence_number="430100000002")) == "differs"
    odd = item("operating_licence", form(carrier__licence_number="自由文本"), known=register(carrier_records=None))
    assert odd.outcome == "unknown"
    assert "写法少见" in odd.reason_zh


def test_undeclared_insurance_is_unknown() -> None:
    assert outcome("insurance", form(tractor__insurance=None)) == "unknown"


@pytest.mark.parametrize(
    ("declared", "registered", "expected"),
    [
        ("大型物件运输", "大型物件运输（四类）", "agrees"),
        ("普通货运", "大件运输", "differs"),
        ("大件运输", "普通货运", "differs"),
        ("大件运输", None, "unknown"),
        ("普通货运", None, "differs"),
    ],
)
def test_scope(declared: str, registered: str | None, expected: str) -> None:
    carriers = (CarrierRecord(USCC, "示例大件运输有限公司", "430100000001", dt.date(2028, 1, 1), registered),)
    result = item("licence_scope", form(carrier__licence_scope=declared), known=register(carrier_records=carriers))
    assert result.outcome == expected
    assert result.stage == "not_accepted"


@pytest.mark.parametrize(
    ("begins", "ends", "expected"),
    [
        (ON, ON, "differs"),
        (ON + dt.timedelta(days=1), None, "agrees"),
        (dt.date(2026, 1, 1), ON - dt.timedelta(days=1), "agrees"),
        (dt.date(2026, 1, 1), ON, "differs"),
        (dt.date(2026, 1, 1), None, "differs"),
    ],
)
def test_restriction_periods(begins: dt.date, ends: dt.date | None, expected: str) -> None:
    known = register(restrictions_of={USCC: (Restriction("提供虚假材料", begins, ends),)})
    assert outcome("restriction_period", known=known) == expected
    assert outcome("restriction_period", known=register(restrictions_of=None)) == "unknown"


def test_carrier_identity() -> None:
    assert outcome("carrier_identity", form(carrier__uscc="91110000600037341M")) == "differs"
    assert outcome("carrier_identity", form(carrier__uscc="114300000061225005")) == "differs"
    assert outcome("carrier_identity", form(carrier__name="别的公司")) == "differs"
    assert outcome("carrier_identity", known=register(carrier_records=None)) == "unknown"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "agrees"),
        ({"tractor__plate": "湘A1234挂"}, "differs"),
        ({"trailer__plate": "湘A12345"}, "differs"),
        ({"trailer__plate": "湘A9999挂"}, "differs"),
        ({"tractor__vin": "LDC613P23A1305189"}, "differs"),
        ({"tractor__vin": None}, "agrees"),
    ],
)
def test_vehicle_identity(changes: dict[str, object], expected: str) -> None:
    assert outcome("vehicle_identity", form(**changes)) == expected


def test_a_vin_only_warns() -> None:
    odd = form(tractor__vin="HOMEBUILT1")
    assert outcome("vehicle_identity", odd, known=register(vehicle_records=None)) == "unknown"
    fewer = (VehicleRecord("湘A12345", None, 10000, 2), VehicleRecord("湘A1234挂", None, 28000, 4))
    assert outcome("vehicle_identity", known=register(vehicle_records=fewer)) == "differs"


@pytest.mark.parametrize(("cargo", "expected"), [(59999, "differs"), (60000, "agrees"), (60001, "differs")])
def test_mass_sum(cargo: int, expected: str) -> None:
    result = item("mass_sum", form(cargo__mass_kg=cargo))
    assert (result.outcome, result.trust) == (expected, "declared")


def test_mass_sum_against_the_registered_kerb_mass_and_tolerance() -> None:
    heavier = (VehicleRecord("湘A12345", None, 10500, 3), VehicleRecord("湘A1234挂", None, 28000, 4))
    assert outcome("mass_sum", known=register(vehicle_records=heavier)) == "differs"
    wide = form_settings().model_copy(update={"mass_sum_tolerance_kg": 1})
    near = compare(form(cargo__mass_kg=59999), None, register(), ON, settings=wide)
    assert near.item("mass_sum").outcome == "agrees"


@pytest.mark.parametrize(
    ("gross", "expected"), [(97029, "differs"), (97030, "agrees"), (98989, "agrees"), (98990, "differs")]
)
def test_axle_loads_against_the_total(gross: int, expected: str) -> None:
    assert outcome("axle_arrays", loose_form(whole__gross_mass_kg=gross)) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"whole__length_mm": 16300}, "differs"),
        ({"whole__length_mm": 16301}, "agrees"),
        ({"tractor__axle_count": 2}, "differs"),
        ({"trailer__tyre_count": 30}, "differs"),
        ({"whole__axles__3__files": 2, "trailer__axle_count": 5}, "agrees"),
    ],
)
def test_axle_arrays(changes: dict[str, object], expected: str) -> None:
    assert outcome("axle_arrays", loose_form(**changes)) == expected


@pytest.mark.parametrize(("line", "expected"), [(18000, "agrees"), (18001, "differs")])
def test_article_17_mean_of_lines(line: int, expected: str) -> None:
    raw = raw_form()["whole"]["axles"]
    axles = [{**axle, "load_kg": line} if axle["unit"] == "trailer" else axle for axle in raw]
    result = item("axle_limits", form(whole__axles=axles, whole__gross_mass_kg=32000 + 4 * line))
    assert (result.outcome, result.stage) == (expected, "refusal")
    assert all(e.source.startswith("rules:ord62-17.1.2") for e in result.evidence)


def test_article_17_before_its_time_is_unknown() -> None:
    assert outcome("axle_limits", on=dt.date(2010, 1, 1)) == "unknown"


@pytest.mark.parametrize(
    ("verdict", "vehicle_class", "basis", "expected"),
    [
        ("passes", "II", "posted", ("agrees", "verified")),
        ("conditional", "II", "measured", ("agrees", "verified")),
        ("conditional", "II", "assumed", ("agrees", "declared")),
        ("unknown", "II", "posted", ("unknown", "declared")),
        ("blocked", "II", "posted", ("differs", "verified")),
        ("no_route", "II", "posted", ("differs", "verified")),
        ("whatever", "II", "posted", ("unknown", "declared")),
        ("passes", "III", "posted", ("unknown", "declared")),
    ],
)
def test_route_verdict(verdict: str, vehicle_class: str, basis: str, expected: tuple[str, str]) -> None:
    result = item("route_verdict", reviewed=review(verdict, vehicle_class, basis))
    assert (result.outcome, result.trust) == expected
    assert ("桥梁承载不足" in result.reason_zh) is (verdict in {"blocked", "unknown"})


@pytest.mark.parametrize(
    "reviewed", [{}, {"routes": "x", "classification": 3, "why_not": [1]}, {"verdict": None, "routes": []}]
)
def test_a_review_without_its_parts_is_unknown(reviewed: dict[str, object]) -> None:
    assert outcome("route_verdict", reviewed=reviewed) == "unknown"


def test_months_end_on_the_same_day_or_the_last() -> None:
    assert add_months(dt.date(2026, 5, 31), 1) == dt.date(2026, 6, 30)
    assert add_months(dt.date(2026, 12, 15), 6) == dt.date(2027, 6, 15)
    assert add_months(dt.date(2027, 8, 31), 6) == dt.date(2028, 2, 29)


def test_trip_period() -> None:
    assert outcome("trip_period", on=dt.date(2026, 12, 1)) == "agrees"
    assert outcome("trip_period", on=dt.date(2026, 12, 2)) == "differs"
    several = {"trip__trips": 30, "trip__start_date": "2026-08-31"}
    early = dt.date(2026, 8, 1)
    assert outcome("trip_period", form(**several, trip__end_date="2027-02-28"), on=early) == "agrees"
    assert outcome("trip_period", form(**several, trip__end_date="2027-03-01"), on=early) == "differs"
    five = form_settings().model_copy(update={"single_trip_max_days": 5})
    for end, expected in (("2026-12-05", "agrees"), ("2026-12-06", "differs")):
        result = compare(form(trip__end_date=end), None, SILENT, ON, settings=five)
        assert result.item("trip_period").outcome == expected


@pytest.mark.parametrize(
    ("first", "last", "active", "expected"),
    [
        ("2026-12-03", "2026-12-09", True, "differs"),
        ("2026-12-04", "2026-12-09", True, "agrees"),
        ("2026-11-01", "2026-12-01", True, "differs"),
        ("2026-11-01", "2026-11-30", True, "agrees"),
        ("2026-12-01", "2026-12-03", False, "agrees"),
    ],
)
def test_overlapping_permits(first: str, last: str, active: bool, expected: str) -> None:
    days = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
    known = register(permit_records=(PermitRecord("证1", ("湘A1234挂",), *days, active),))
    assert outcome("overlapping_permits", known=known) == expected
    assert outcome("overlapping_permits", known=register(permit_records=None)) == "unknown"


PLAN = {
    "vehicles": [{"plate": "湘A00001", "position": "front"}],
    "staff": [{"name": "甲", "duty": "前导"}],
    "route": "沿G4",
    "rules": "匀速",
    "exceptions": "停车报告",
}


def test_escort_plan() -> None:
    high = {"whole__height_mm": 4501}
    assert outcome("escort_plan", form(**high)) == "differs"
    assert outcome("escort_plan", form(**high, escort_plan=PLAN)) == "agrees"
    for part, empty in (("vehicles", []), ("staff", []), ("route", "  "), ("rules", ""), ("exceptions", "")):
        assert outcome("escort_plan", form(escort_plan={**PLAN, part: empty})) == "differs"


def test_indivisible() -> None:
    assert outcome("indivisible") == "unknown"
    assert outcome("indivisible", form(whole__indivisible=False)) == "differs"
    assert "2件" in item("indivisible", form(cargo__pieces=2)).reason_zh


@pytest.mark.parametrize("size", ["height_mm", "width_mm", "length_mm"])
@pytest.mark.parametrize("part", ["cargo", "tractor", "trailer"])
def test_overall_sizes_at_the_edge(part: str, size: str) -> None:
    whole = raw_form()["whole"][size]
    assert outcome("overall_sizes", form(**{f"{part}__{size}": whole})) == "agrees"
    result = item("overall_sizes", form(**{f"{part}__{size}": whole + 1}))
    assert result.outcome == "differs"
    assert [e.field for e in result.evidence if e.outcome == "differs"] == [f"whole.{size}"]


def missing(taken: ApplicationForm) -> set[str | None]:
    return {e.material for e in item("class_materials", taken).evidence if e.outcome == "differs"}


def test_materials_by_class() -> None:
    assert missing(form()) == set()
    assert missing(form(attachments={})) == {
        "operating_licence",
        "agent_id",
        "vehicle_licence",
        "vehicle_licence_second_page",
    }
    assert missing(form(whole__height_mm=4500)) == set()
    assert missing(form(whole__height_mm=4501)) == {"outline_drawing"}
    assert missing(form(whole__height_mm=4501, outline_drawing="d1")) == set()
    assert missing(form(trip__trips=2)) == {"transport_plan"}
    plate = form(items_wanted__temporary_plate="yes")
    assert missing(plate) == {"owner_id", "compulsory_insurance", "factory_certificate"}


def test_class_of_the_review_must_be_the_form_s() -> None:
    assert outcome("class_materials", reviewed=review(vehicle_class="III")) == "unknown"
    drawn = form(outline_drawing="d1")
    assert outcome("class_materials", drawn, on=dt.date(2010, 1, 1)) == "unknown"


@pytest.mark.parametrize(
    ("earlier", "now", "expected"),
    [
        (4501, 4500, "differs"),
        (4501, 4400, "differs"),
        (4501, 4399, "agrees"),
        (4500, 4400, "agrees"),
        (4501, 4501, "agrees"),
        (None, 4450, "agrees"),
    ],
)
def test_the_same_cargo_shrinking_to_just_below_the_edge(earlier: int | None, now: int, expected: str) -> None:
    before = CargoDeclaration("案1", dt.date(2026, 5, 1), height_mm=earlier)
    result = item("same_cargo", form(whole__height_mm=now), known=register(declarations_of={"T-001": (before,)}))
    assert result.outcome == expected
    assert result.stage == "information"
    assert outcome("same_cargo", known=register(declarations_of=None)) == "unknown"


SIZES = ("length_mm", "width_mm", "height_mm", "mass_kg")


@given(
    st.fixed_dictionaries({name: st.integers(1000, 30_000) for name in SIZES}),
    st.fixed_dictionaries({name: st.integers(0, 5_000) for name in SIZES}),
)
def test_a_larger_load_never_mends_its_sizes(start: dict[str, int], more: dict[str, int]) -> None:
    small = loose_form(**{f"cargo__{name}": value for name, value in start.items()})
    large = loose_form(**{f"cargo__{name}": value + more[name] for name, value in start.items()})
    if outcome("overall_sizes", small) == "differs":
        assert outcome("overall_sizes", large) == "differs"


@given(st.lists(st.integers(5_000, 25_000), min_size=7, max_size=7), st.integers(0, 6), st.integers(0, 10_000))
def test_a_heavier_axle_never_mends_article_17(loads: list[int], which: int, more: int) -> None:
    axles = [{**axle, "load_kg": kg} for axle, kg in zip(raw_form()["whole"]["axles"], loads, strict=True)]
    heavier = [{**axle, "load_kg": axle["load_kg"] + more * (n == which)} for n, axle in enumerate(axles)]
    if outcome("axle_limits", loose_form(whole__axles=axles)) == "differs":
        assert outcome("axle_limits", loose_form(whole__axles=heavier)) == "differs"


@given(
    st.dictionaries(
        st.sampled_from(
            [
                "carrier_records",
                "person_records",
                "vehicle_records",
                "permit_records",
                "declarations_of",
                "restrictions_of",
            ]
        ),
        st.none(),
    )
)
def test_a_source_falling_silent_never_makes_anything_better(gone: dict[str, None]) -> None:
    full = compare(form(), review(), register(), ON)
    less = compare(form(), review(), register(**gone), ON)
    for before, after in zip(full.items, less.items, strict=True):
        assert after.outcome in {before.outcome, "unknown"}
        assert not (before.trust == "declared" and after.trust == "verified")
