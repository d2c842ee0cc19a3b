"""Effects of design loads: lane loads, truck trains, trailers, tracks; on simple spans and continuous beams."""

from dataclasses import replace

import numpy as np
import pytest

from data.bridges.design_loads import find_design_load
from routing.bridges.check import largest_effects
from routing.bridges.design_effects import PeakSpan, effects_on
from routing.bridges.design_loads import DesignLoad, Impact, ImpactKind, LaneLoad, LoadModel, Tracks, TruckTrain
from routing.bridges.effects import Effect
from routing.bridges.influence import Beam, judged_lines
from routing.bridges.peaks import peak_sagging
from routing.bridges.ratio import cautious_effects
from routing.bridges.sections import System, Units, sections_of
from routing.bridges.tracks import track_extremes
from routing.bridges.trains import AxleTrain
from tests.routing.bridges.test_simple_spans import effects as train_effects
from tests.routing.bridges.trains import oracle_rows

THREE = ((30.0, 30.0, 30.0),)
ROUNDED = 6e-4


def load(name: str, edition: str = "2015") -> DesignLoad:
    found = find_design_load(name, edition)
    assert found is not None
    return found


def effects(units: Units, model: LoadModel, system: System = System.SIMPLE) -> dict[Effect, float]:
    return largest_effects(units, system, sections_of(units, system), model)


@pytest.mark.parametrize(
    ("name", "edition", "span_m", "moment", "shear"),
    [
        ("公路-I级", "2015", 5, 370.3125, 350.25),
        ("公路-I级", "2015", 13, 1151.3125, 411.45),
        ("公路-I级", "2015", 30, 3581.25, 541.5),
        ("公路-I级", "2015", 60, 10125.0, 747.0),
        ("公路-I级", "2004", 5, 257.8125, 242.25),
        ("公路-I级", "2004", 20, 1725.0, 393.0),
        ("公路-I级", "2004", 50, 7781.25, 694.5),
        ("公路-II级", "2015", 20, 1518.75, 348.75),
        ("汽车-超20级", "1989", 20, 1647.364, 411.8),
        ("汽车-超20级", "1989", 40, 4706.17, 559.9),
        ("汽车-20级", "1989", 25, 1671.17, 345.92),
        ("汽车-15级", "1989", 30, 1548.15, 264.0),
        ("汽车-10级", "1989", 50, 2625.05, 247.2),
        ("挂车-120", "1989", 8, 1044.5, 720.0),
        ("挂车-100", "1989", 16, 2762.5, 800.0),
        ("挂车-80", "1989", 13, 1621.54, 603.08),
        ("履带-50", "1989", 6, 468.75, 312.5),
        ("履带-50", "1989", 35, 4093.75, 467.86),
    ],
)
def test_anchors(name: str, edition: str, span_m: float, moment: float, shear: float) -> None:
    found = effects(((float(span_m),),), load(name, edition).readings[0])
    assert found[Effect.SAGGING] == pytest.approx(moment, abs=6e-3)
    assert found[Effect.SHEAR] == pytest.approx(shear, abs=6e-3)
    assert found[Effect.REACTION] == found[Effect.SHEAR]


def test_all_reference_values_of_lane_loads() -> None:
    for row in oracle_rows("jtg_lane_load_simple.csv"):
        found = effects(((float(row["计算跨径_m"]),),), load(row["等级"], row["JTG_D60_year"]).readings[0])
        assert found[Effect.SAGGING] == pytest.approx(float(row["Mmid_one_lane_kNm"]), abs=ROUNDED)
        assert found[Effect.SHEAR] == pytest.approx(float(row["Vend_one_lane_kN"]), abs=ROUNDED)


def test_all_reference_values_of_older_loads() -> None:
    for row in oracle_rows("legacy_design_loads_simple.csv"):
        units = ((float(row["span_m"]),),)
        model = load(row["设计荷载"], "1989").readings[0]
        found = effects(units, model)
        assert found[Effect.SAGGING] == pytest.approx(float(row["Mabs_exact_kNm"]), abs=6e-3)
        assert found[Effect.SHEAR] == pytest.approx(float(row["Vend_exact_kN"]), abs=6e-3)
        sections = sections_of(units, System.SIMPLE)
        middle = (sections.points.x_m == units[0][0] / 2) & (sections.points.effect == Effect.SAGGING)
        assert effects_on(sections, model)[middle] == pytest.approx(float(row["Mmid_exact_kNm"]), abs=6e-3)


def test_reference_values_of_the_lane_load_on_three_spans() -> None:
    found = effects(THREE, load("公路-I级").readings[0], System.CONTINUOUS)
    assert found[Effect.HOGGING] == pytest.approx(2087.844, abs=ROUNDED)
    assert found[Effect.REACTION] == pytest.approx(764.175, abs=ROUNDED)
    assert found[Effect.SHEAR] == pytest.approx(578.25, abs=ROUNDED)
    assert found[Effect.UPLIFT] == pytest.approx(90.621, abs=ROUNDED)
    assert found[Effect.SAGGING] > 2904.936
    sections = sections_of(THREE, System.CONTINUOUS)
    at_12 = (sections.at_m == 12.0) & (sections.effect == Effect.SAGGING)
    values = effects_on(sections, load("公路-I级").readings[0])[sections.column]
    assert values[at_12] == pytest.approx(2904.936, abs=ROUNDED)


@pytest.mark.parametrize(("span_m", "peak"), [(15.6, 291.20), (24.3, 308.60), (19.5, 299.0)])
def test_the_concentrated_load_of_published_examples(span_m: float, peak: float) -> None:
    lane = load("公路-I级").readings[0]
    assert isinstance(lane, LaneLoad)
    assert lane.parts(span_m, is_shear=False) == pytest.approx((10.5, peak))
    assert lane.parts(span_m, is_shear=True) == pytest.approx((10.5, 1.2 * peak))


def test_the_longer_gap_is_a_second_reading_and_the_lower_counts_per_section() -> None:
    usual, even = load("汽车-超20级", "1989").readings
    assert isinstance(usual, TruckTrain)
    assert isinstance(even, TruckTrain)
    assert (usual.gap_ahead_m, usual.gap_m) == (10, 15)
    assert (even.gap_ahead_m, even.gap_m) == (15, 15)
    sections = sections_of(((40.0,),), System.SIMPLE)
    lowest = np.minimum(effects_on(sections, usual), effects_on(sections, even))
    assert cautious_effects(sections, load("汽车-超20级", "1989")) == pytest.approx(lowest)
    assert np.any(lowest < effects_on(sections, usual) - 1)


def test_the_train_has_its_gaps_where_the_standard_puts_them() -> None:
    train = load("汽车-20级", "1989").readings[0]
    assert isinstance(train, TruckTrain)
    made = train.assemble(2, 1)
    assert np.diff(made.offsets_m).tolist() == pytest.approx([4, 15, 4, 10, 4, 1.4, 15, 4])
    assert made.loads_kn.tolist() == [70, 130, 70, 130, 60, 120, 120, 70, 130]


def test_on_continuous_beams_a_shorter_train_can_do_more() -> None:
    """More trucks are not always worse: on parts of the other sign they relieve."""
    model = load("汽车-超20级", "1989").readings[0]
    assert isinstance(model, TruckTrain)
    full = effects(THREE, model.assemble(6, 6), System.CONTINUOUS)
    best = effects(THREE, model, System.CONTINUOUS)
    heavy = effects(THREE, model.heavy, System.CONTINUOUS)
    for effect in Effect:
        assert best[effect] >= full[effect] * (1 - 1e-12)
        assert best[effect] >= heavy[effect] * (1 - 1e-12)
    assert any(best[effect] > full[effect] * 1.01 for effect in Effect)


def test_on_long_spans_the_whole_train_makes_the_absolute_maximum() -> None:
    units = ((60.0, 70.0),)
    model = load("汽车-20级", "1989").readings[0]
    sections = sections_of(units, System.CONTINUOUS)
    rows = sections.effect == Effect.SAGGING
    at_sections = float(np.max(effects_on(sections, model)[sections.column][rows]))
    exact = peak_sagging(units, System.CONTINUOUS, model)
    assert at_sections <= exact * (1 + 1e-12)
    assert at_sections >= 0.99 * exact


def test_where_spans_differ_the_own_span_never_gives_more() -> None:
    sections = sections_of(((20.0, 40.0, 20.0), (12.0,)), System.CONTINUOUS)
    lane = load("公路-I级").readings[0]
    longest = effects_on(sections, lane, PeakSpan.LONGEST)
    own = effects_on(sections, lane, PeakSpan.OWN)
    assert np.all(own <= longest + 1e-9)
    assert np.any(own < longest - 1)
    assert cautious_effects(sections, load("公路-I级")) == pytest.approx(own)


@pytest.mark.parametrize("units", [((18.0, 24.0),), ((12.0, 8.0, 12.0),), ((30.0,),)], ids=str)
def test_tracks_are_the_limit_of_many_axles(units: Units) -> None:
    count = 300
    tracks = Tracks(500.0, 4.5)
    fine = AxleTrain.of([500.0 / count] * count, [4.5 / count] * (count - 1))
    found = effects(units, tracks, System.CONTINUOUS)
    near = train_effects(units, fine, System.CONTINUOUS)
    for effect in Effect:
        assert found[effect] == pytest.approx(near[effect], rel=4e-3, abs=1e-6)


def test_tracks_on_one_span_two_ways() -> None:
    lines = judged_lines(Beam.of((10.0,)))
    moments = track_extremes(lines, Tracks(500.0, 4.5))[lines.effect == Effect.SAGGING, 0]
    x = lines.at_m[lines.effect == Effect.SAGGING]
    assert moments == pytest.approx(500.0 * x * (10 - x) / 10 * (1 - 4.5 / 20))


def test_tracks_longer_than_the_span() -> None:
    assert effects(((4.0,),), Tracks(500.0, 4.5))[Effect.SHEAR] == pytest.approx(500 / 4.5 * 2)
    assert peak_sagging(((4.0,),), System.SIMPLE, Tracks(500.0, 4.5)) == pytest.approx(500 / 4.5 * 4**2 / 8)


@pytest.mark.parametrize(
    ("frequency_hz", "mu"), [(1.0, 0.05), (13.7077, 0.4469), (5.8303, 0.2958), (3.0537, 0.1816), (20.0, 0.45)]
)
def test_impact_by_frequency(frequency_hz: float, mu: float) -> None:
    assert load("公路-I级").impact.at(20.0, frequency_hz) == pytest.approx(mu, abs=6e-5)


@pytest.mark.parametrize(("span_m", "mu"), [(4, 0.3), (8, 0.2775), (20, 0.1875), (40, 0.0375), (60, 0.0)])
def test_impact_by_span(span_m: float, mu: float) -> None:
    assert load("汽车-超20级", "1989").impact.at(span_m, 5.0) == pytest.approx(mu)


def test_other_impacts() -> None:
    assert Impact(ImpactKind.NONE).at(10.0, 5.0) == 0
    assert load("城-A (CJJ 77)", "CJJ 77").impact.at(20.0, 5.0) == pytest.approx(0.2)
    assert load("挂车-120", "1989").impact.at(10.0, 5.0) == 0


@pytest.mark.parametrize(("lanes", "weight"), [(1, 1.2), (2, 2.0), (3, 2.34), (4, 2.68), (8, 4.0), (12, 4.0)])
def test_lane_factors(lanes: int, weight: float) -> None:
    assert load("公路-I级").lanes_effect(lanes) == pytest.approx(weight)


def test_several_lanes_are_not_less_than_two() -> None:
    old = load("汽车-20级", "1989")
    assert [old.lanes_effect(n) for n in (1, 2, 3, 4)] == pytest.approx([1.0, 2.0, 2.34, 2.68])
    assert load("挂车-120", "1989").lanes_effect(3) == 1
    assert replace(old, lane_factors=(1.0, 1.0, 0.5)).lanes_effect(3) == 2.0


@pytest.mark.parametrize(("span_m", "factor"), [(149, 1.0), (150, 0.97), (500, 0.96), (2000, 0.93)])
def test_factors_of_long_spans(span_m: float, factor: float) -> None:
    assert load("公路-I级").length_factor(span_m) == factor


def test_the_city_standard_changes_at_twenty_metres() -> None:
    old = load("城-A (CJJ 77)", "CJJ 77").readings[0]
    assert isinstance(old, LaneLoad)
    assert old.parts(20.0, is_shear=False) == (22.5, 140)
    assert old.parts(20.1, is_shear=True) == (15.0, 300)
    assert old.parts(500.0, is_shear=False) == (10.0, 300)
