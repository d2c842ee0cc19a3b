"""Hand-calculated free bodies, and the laws every solution keeps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from api.applications.form import ApplicationForm
from api.checks.statics import Span, judge_groups, reactions
from rules.forms import form_settings
from tests.applications.sample_forms import loose_form

SETTINGS = form_settings().model_copy(update={"centre_of_gravity_tolerance_mm": 0})
# Semi-trailer, computed by hand: tractor 9 t at 1.5 m, axles at 0, 3.3, 4.65 (drive pair at 3.975), kingpin at 3.6;
# trailer 12 t at 11.0 m, axles at 12.0, 13.31, 14.62 (mean 13.31); cargo 30 t at 9.0 m.
# Trailer about the kingpin: R x 9.71 = 12 x 7.4 + 30 x 5.4 = 250.8, R = 25.829 t; kingpin 42 - 25.829 = 16.171 t.
# Tractor about axle 1: D x 3.975 = 9 x 1.5 + 16.171 x 3.6 = 71.716, D = 18.042 t; front 25.171 - 18.042 = 7.129 t.
FRONT, DRIVE, TRAILER = 7129, 18042, 25829


def axle(load: int, spacing: int, unit: str, *, drive: bool = False) -> dict[str, object]:
    return {"load_kg": load, "spacing_mm": spacing, "tyres": 4, "unit": unit, "drive": drive}


def semi(front: int, drive: int, trailer: int, **changes: object) -> ApplicationForm:
    axles = [
        axle(front, 0, "tractor"),
        axle(drive // 2, 3300, "tractor", drive=True),
        axle(drive - drive // 2, 1350, "tractor", drive=True),
        axle(trailer // 3, 7350, "trailer"),
        axle(trailer // 3, 1310, "trailer"),
        axle(trailer - 2 * (trailer // 3), 1310, "trailer"),
    ]
    known: dict[str, object] = {
        "whole__axles": axles,
        "whole__trailer": "flatbed",
        "whole__gross_mass_kg": front + drive + trailer,
        "tractor__kerb_mass_kg": 9000,
        "tractor__centre_of_gravity_mm": 1500,
        "trailer__kerb_mass_kg": 12000,
        "trailer__centre_of_gravity_mm": 11000,
        "trailer__coupling": "kingpin",
        "trailer__coupling_mm": 3600,
        "cargo__mass_kg": 30000,
        "cargo__centre_of_gravity_mm": 9000,
    }
    return loose_form(**{**known, **changes})


def judged(form: ApplicationForm) -> dict[str, str]:
    return {group.en: group.outcome for group in judge_groups(form, SETTINGS)}


def test_semi_trailer_by_hand() -> None:
    groups = judge_groups(semi(FRONT, DRIVE, TRAILER), SETTINGS)
    assert [round(group.low_kg) for group in groups] == [FRONT, DRIVE, TRAILER]
    assert [round(group.high_kg) for group in groups] == [FRONT, DRIVE, TRAILER]
    assert {group.outcome for group in groups} == {"agrees"}


def test_load_pushed_from_the_trailer_to_the_tractor_is_impossible() -> None:
    assert judged(semi(FRONT, DRIVE + 6000, TRAILER - 6000)) == {
        "front axles": "agrees",
        "drive axles": "differs",
        "trailer group 1": "differs",
    }


@pytest.mark.parametrize(("declared", "outcome"), [(28698, "agrees"), (28700, "differs")])
def test_the_tolerance_is_ten_percent_of_the_declared_group(declared: int, outcome: str) -> None:
    # 25 828.99 / 0.9 = 28 698.9 kg
    assert judged(semi(FRONT, DRIVE, declared))["trailer group 1"] == outcome


def test_without_the_cargo_s_centre_nothing_is_passed() -> None:
    assert set(judged(semi(FRONT, DRIVE, TRAILER, cargo__centre_of_gravity_mm=None)).values()) == {"unknown"}


def test_even_then_the_impossible_is_found() -> None:
    # the trailer's axles can never carry more than trailer and cargo, 42 t
    outcomes = judged(semi(FRONT, DRIVE, 48000, cargo__centre_of_gravity_mm=None))
    assert outcomes["trailer group 1"] == "differs"


def test_without_a_coupling_only_the_sums_are_judged() -> None:
    plain = {"trailer__coupling": None, "trailer__coupling_mm": None}
    assert judged(semi(FRONT, DRIVE, TRAILER, **plain)) == {"tractor axles": "unknown", "trailer axles": "unknown"}
    # a tractor of 9 t cannot weigh 7 t with a trailer upon it
    assert judged(semi(3000, 4000, 44000, **plain))["tractor axles"] == "differs"
    assert judged(semi(3000, 4000, 48000, **plain))["trailer axles"] == "differs"


def test_a_load_behind_the_axles_lifts_the_kingpin() -> None:
    outcomes = judge_groups(semi(FRONT, DRIVE, TRAILER, cargo__centre_of_gravity_mm=20000), SETTINGS)
    assert {group.outcome for group in outcomes} == {"differs"}
    assert "重心" in outcomes[0].why_zh


def modular(front: int, rear: int, groups: list[int] | None, **changes: object) -> ApplicationForm:
    """Ten lines 1.5 m apart from 10 m on a drawbar; 20 t of trailer and 100 t of cargo."""
    lines = [axle(front, 5350 if n == 0 else 1500, "trailer") for n in range(4)]
    lines += [axle(rear, 1500, "trailer") for _ in range(6)]
    tractor = [
        axle(7000, 0, "tractor"),
        axle(6500, 3300, "tractor", drive=True),
        axle(6500, 1350, "tractor", drive=True),
    ]
    known: dict[str, object] = {
        "whole__axles": tractor + lines,
        "whole__gross_mass_kg": 20000 + 4 * front + 6 * rear,
        "tractor__kerb_mass_kg": 20000,
        "trailer__coupling": "drawbar",
        "trailer__suspension": "three_point",
        "trailer__suspension_groups": groups,
        "trailer__kerb_mass_kg": 20000,
        "trailer__centre_of_gravity_mm": 16750,
        "cargo__mass_kg": 100000,
        "cargo__centre_of_gravity_mm": 16750,
    }
    return loose_form(**{**known, **changes})


def test_three_point_suspension_by_hand() -> None:
    # circuits of 4 and 6 lines stand at 12.25 and 19.75 m, the centre at 16.75 m:
    # front 120 x (19.75 - 16.75) / 7.5 = 48 t = 12 t a line, rear 72 t = 12 t a line
    groups = {g.en: g for g in judge_groups(modular(12000, 12000, [4, 6]), SETTINGS)}
    assert (groups["trailer group 1"].low_kg, groups["trailer group 1"].high_kg) == pytest.approx((48000, 48000))
    assert (groups["trailer group 2"].low_kg, groups["trailer group 2"].high_kg) == pytest.approx((72000, 72000))
    assert groups["trailer group 1"].outcome == groups["trailer group 2"].outcome == "agrees"
    assert judged(modular(15000, 10000, [4, 6]))["trailer group 1"] == "differs"


def test_cargo_set_back_by_hand() -> None:
    # cargo at 18.25 m: together (20 x 16.75 + 100 x 18.25) / 120 = 18.0 m; front 120 x 1.75 / 7.5 = 28 t, rear 92 t
    form = modular(7000, 15333, [4, 6], cargo__centre_of_gravity_mm=18250)
    groups = {g.en: g for g in judge_groups(form, SETTINGS)}
    assert groups["trailer group 1"].low_kg == pytest.approx(28000)
    assert groups["trailer group 2"].high_kg == pytest.approx(92000)
    assert groups["trailer group 1"].outcome == "agrees"


def test_more_circuits_give_an_interval() -> None:
    groups = {g.en: g for g in judge_groups(modular(12000, 12000, [4, 3, 3]), SETTINGS)}
    middle = groups["trailer group 2"]
    assert middle.low_kg == 0
    assert middle.high_kg > 36000
    assert middle.outcome == "agrees"


def test_one_circuit_balances_only_under_its_middle() -> None:
    assert judged(modular(12000, 12000, [10]))["trailer group 1"] == "agrees"
    assert judged(modular(12000, 12000, [10], cargo__centre_of_gravity_mm=17750))["trailer group 1"] == "differs"


def test_lines_of_one_circuit_carry_alike() -> None:
    form = modular(12000, 12000, [4, 6])
    axles = [a.model_dump() for a in form.whole.axles]
    axles[3]["load_kg"], axles[4]["load_kg"] = 14000, 10000
    assert "an axle of trailer group 1" in judged(modular(12000, 12000, [4, 6], whole__axles=axles))


def test_circuits_must_add_up_and_be_declared() -> None:
    assert judged(modular(12000, 12000, [4, 5])) == {"trailer": "unknown"}
    assert set(judged(modular(12000, 12000, None)).values()) == {"unknown"}


def test_a_truck_by_hand() -> None:
    # 8 t at 1.6 m and 10 t at 3.5 m on axles at 0 and 4.0 m: rear (12.8 + 35) / 4 = 11.95 t, front 6.05 t
    axles = [axle(6050, 0, "truck"), axle(11950, 4000, "truck", drive=True)]
    form = loose_form(
        trailer=None,
        whole__kind="truck",
        whole__trailer=None,
        whole__axles=axles,
        whole__gross_mass_kg=18000,
        tractor__kerb_mass_kg=8000,
        tractor__centre_of_gravity_mm=1600,
        cargo__mass_kg=10000,
        cargo__centre_of_gravity_mm=3500,
    )
    assert [(g.en, round(g.low_kg), g.outcome) for g in judge_groups(form, SETTINGS)] == [
        ("front axles", 6050, "agrees"),
        ("drive axles", 11950, "agrees"),
    ]


places = st.lists(st.integers(0, 400).map(lambda n: n * 100.0), min_size=1, max_size=5, unique=True)


@given(places, st.integers(-50, 450), st.integers(0, 60), st.integers(1, 500_000))
def test_against_linear_programming(supports: list[float], start: int, width: int, mass: int) -> None:
    """Every bound is the optimum of: loads >= 0, sum = mass, moment = mass x centre, centre in its span."""
    cog = Span(start * 100.0, (start + width) * 100.0)
    spans = reactions(supports, mass, cog)
    count = len(supports)
    sums = [[1.0] * count + [0.0], [*(at / 1000 for at in supports), -mass / 1000]]
    bounds = [(0, None)] * count + [(cog.low, cog.high)]
    for number in range(count):
        for sign in (1, -1):
            aim = [0.0] * (count + 1)
            aim[number] = sign
            best = linprog(aim, A_eq=sums, b_eq=[mass, 0.0], bounds=bounds)
            if not spans:
                assert not best.success
                continue
            assert best.success
            bound = spans[number].low if sign == 1 else spans[number].high
            assert bound == pytest.approx(sign * best.fun, rel=1e-6, abs=mass * 1e-6)


def test_where_the_tractor_might_tip_nothing_is_called_impossible() -> None:
    # kingpin behind the drive axles, cargo anywhere: between no load and 42 t on the pin the front axle lifts off
    groups = judged(semi(4000, 20000, 27000, trailer__coupling_mm=6000, cargo__centre_of_gravity_mm=None))
    assert (groups["front axles"], groups["drive axles"]) == ("unknown", "unknown")
