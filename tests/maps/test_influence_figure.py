"""The influence line of a finding: the review's ratio, the kernels' largest effect, a picture to scale."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.reviews.influence import governing_section, influence_figure, ordinates, worst_place
from data.bridges.policies import load_bridge_policy
from data.bridges.resolving import resolve_design_load
from data.vehicles import AxleInput, LoadedVehicle
from maps.influence_figure import InfluenceFigure, describe_influence, draw_influence
from routing.bridges.design_effects import effects_on
from routing.bridges.effects import Effect
from routing.bridges.influence import Beam, moment_line, pack, shear_line
from routing.bridges.ratio import Crossing
from routing.bridges.sections import System, Units, sections_of
from routing.bridges.table import BridgeKey, BridgeTable
from routing.bridges.trains import AxleTrain

POLICY = load_bridge_policy()
spans = st.floats(5, 80).map(lambda value: round(value, 1))
units = st.lists(st.lists(spans, min_size=1, max_size=4).map(tuple), min_size=1, max_size=3).map(tuple)
trains = st.lists(st.tuples(st.floats(20, 400), st.floats(0.6, 12)), min_size=1, max_size=12).map(
    lambda rows: AxleTrain.of([load for load, _gap in rows], [gap for _load, gap in rows[1:]])
)


def key_of(spans_m: Units, system: System = System.UNKNOWN) -> BridgeKey:
    load = resolve_design_load("公路-I级", "2015").load
    assert load is not None
    return BridgeKey(spans_m, system, load)


def vehicle(loads_kg: list[int], spacing_mm: int = 1_500) -> LoadedVehicle:
    axles = [
        AxleInput(load_kg=load, spacing_mm=spacing_mm if place else 0, tyres=8, unit="truck", drive=False)
        for place, load in enumerate(loads_kg)
    ]
    return LoadedVehicle(
        kind="truck",
        trailer=None,
        height_mm=4_000,
        width_mm=3_000,
        length_mm=30_000,
        gross_mass_kg=sum(loads_kg),
        axles=axles,
        indivisible=True,
    )


@given(units, trains, st.sampled_from(System), st.sampled_from(Crossing))
@settings(max_examples=40, deadline=None)
def test_section_and_ratio_are_those_of_the_review(
    spans_m: Units, train: AxleTrain, system: System, crossing: Crossing
) -> None:
    key = key_of(spans_m, system)
    found = governing_section(key, train, POLICY, crossing)
    asked = BridgeTable.of([key], POLICY).ratios(train)
    assert found is not None
    assert found.ratio == pytest.approx(float(asked.ratio[crossing, 0]), rel=1e-9)


@given(units, trains, st.sampled_from([System.SIMPLE, System.CONTINUOUS]))
@settings(max_examples=40, deadline=None)
def test_the_worst_place_gives_the_effect_of_the_kernels(spans_m: Units, train: AxleTrain, system: System) -> None:
    """The kernels find the largest effect without a place; putting the axles there must give it."""
    key = key_of(spans_m, system)
    found = governing_section(key, train, POLICY, Crossing.NORMAL)
    assert found is not None
    sections = sections_of(spans_m, system)
    values = effects_on(sections, train)[sections.column]
    same = (sections.effect == found.effect) & np.isclose(sections.at_m, found.at_m)
    worst = worst_place(found.lines, found.effect, train)
    assert np.min(np.abs(values[same] / abs(worst.value) - 1)) < 2e-3
    assert abs(worst.value) <= np.max(values[same]) * (1 + 1e-6)
    placed = ordinates(found.lines)(worst.places_m) @ train.loads_kn
    assert placed == pytest.approx(worst.value, rel=1e-9)


@given(st.floats(4, 60), st.floats(0.05, 0.95), trains)
@settings(max_examples=60, deadline=None)
def test_a_triangle_by_hand(span_m: float, share: float, train: AxleTrain) -> None:
    """On a simple span the largest moment has an axle on the section: the textbook's own search."""
    lines = pack(np.array([0.0, span_m]), [moment_line(Beam.of((span_m,)), 0, share * span_m)])
    at = share * span_m

    def triangle(x: float) -> float:
        return max(min(x / at, (span_m - x) / (span_m - at)), 0.0) * at * (span_m - at) / span_m

    places = np.concatenate((train.offsets_m, -train.offsets_m))
    best = max(
        sum(
            load * triangle(at + ahead * (own - other))
            for load, own in zip(train.loads_kn, train.offsets_m, strict=True)
        )
        for ahead in (1, -1)
        for other in train.offsets_m
    )
    assert len(places)
    assert worst_place(lines, Effect.SAGGING, train).value == pytest.approx(best, rel=1e-9)


def test_the_shear_line_jumps_at_its_support() -> None:
    beam = Beam.of((20.0, 30.0))
    at = ordinates(pack(beam.supports_m, [shear_line(beam, 1, is_right_end=False)]))
    found = at(np.array([19.999999, 20.000001, 50.0, -0.1, 50.1]))
    assert found == pytest.approx([0.0, 1.0, 0.0, 0.0, 0.0], abs=1e-5)


def figure_of(spans_m: Units, loads_kg: list[int], system: System = System.UNKNOWN) -> InfluenceFigure:
    finding = {"limit": 1.05, "structure": {"name": "演示<大桥>"}, "bridge": {"spans": "2×20"}}
    found = influence_figure(key_of(spans_m, system), vehicle(loads_kg), POLICY, Crossing.NORMAL, finding)
    assert found is not None
    return found


def test_the_picture_is_to_scale() -> None:
    shown = figure_of(((20.0, 30.0),), [15_000] * 6, System.CONTINUOUS)
    root = ET.fromstring(draw_influence(shown))  # noqa: S314 - our own
    (beam,) = [one for one in root.iter("line") if one.get("class") == "il-beam"]
    start, end = float(beam.get("x1", "")), float(beam.get("x2", ""))
    scale = (end - start) / 50.0
    arrows = [float(one.get("x1", "")) for one in root.iter("line") if one.get("class") == "il-axle"]
    on = sorted(axle.at_m for axle in shown.axles if axle.is_on)
    assert [(x - start) / scale for x in arrows] == pytest.approx(on, abs=0.01)
    supports = [one for one in root.iter("path") if one.get("class") == "il-support"]
    assert len(supports) == 3
    (section,) = [one for one in root.iter("line") if one.get("class") == "il-section"]
    assert (float(section.get("x1", "")) - start) / scale == pytest.approx(shown.section_m, abs=0.01)


def test_a_ratio_over_the_limit_is_drawn_so() -> None:
    light, heavy = figure_of(((20.0,),), [9_000] * 2), figure_of(((20.0,),), [22_000] * 10)
    assert light.ratio < 1.05 < heavy.ratio
    assert "il-bar-over" not in draw_influence(light)
    assert "il-bar-over" in draw_influence(heavy)


def test_the_figure_says_all_in_words() -> None:
    shown = figure_of(((20.0, 30.0),), [15_000] * 6)
    drawn = draw_influence(shown)
    assert "演示&lt;大桥&gt;" in drawn
    assert "style=" not in drawn
    said = describe_influence(shown, language="zh")
    assert f"效应比 {shown.ratio:.3f}，允许 1.05（一般通行）" in said
    assert f"{abs(shown.value):,.0f} kN" in said
    english = describe_influence(shown, language="en")
    assert f"ratio {shown.ratio:.3f}, allowed 1.05 (ordinary traffic)" in english
    assert not any(
        "\u4e00" <= letter <= "\u9fff" for letter in english.replace("演示<大桥>", "").replace("公路-I级", "")
    )


def test_weights_of_the_vehicle_are_drawn_not_those_of_the_comparison() -> None:
    """A double-file line is compared with two lanes, but weighs what it weighs."""
    loaded = vehicle([30_000] * 4)
    double = loaded.model_copy(update={"axles": [one.model_copy(update={"files": 2}) for one in loaded.axles]})
    shown = influence_figure(key_of(((20.0,),)), double, POLICY, Crossing.CONTROLLED, {})
    single = influence_figure(key_of(((20.0,),)), loaded, POLICY, Crossing.CONTROLLED, {})
    assert shown is not None
    assert single is not None
    assert shown.axles[0].load_kn == pytest.approx(294.2, abs=0.1)
    assert shown.ratio == pytest.approx(single.ratio / POLICY.double_file_credit)
