"""What must hold for any axle train and any bridge."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.bridges.check import largest_effects
from routing.bridges.design_effects import train_extremes
from routing.bridges.effects import Effect
from routing.bridges.influence import Beam, judged_lines, pack, reaction_line
from routing.bridges.peaks import peak_sagging
from routing.bridges.sections import System, Units, sections_of
from routing.bridges.trains import AxleTrain
from tests.routing.bridges.test_continuous import ordinate
from tests.routing.bridges.test_simple_spans import end_shear, moment_at

NEAR = 1e-9
LOADS = st.floats(1.0, 400.0)
SPACINGS = st.floats(0.5, 20.0)
SPANS = st.floats(3.0, 80.0)
SHARES = st.sampled_from([0.1, 0.25, 0.4, 0.5, 0.77])


@st.composite
def trains(draw: st.DrawFn, most: int = 12) -> AxleTrain:
    count = draw(st.integers(1, most))
    loads = draw(st.lists(LOADS, min_size=count, max_size=count))
    return AxleTrain.of(loads, draw(st.lists(SPACINGS, min_size=count - 1, max_size=count - 1)))


span_lists = st.lists(st.floats(5.0, 60.0), min_size=2, max_size=5).map(tuple)


def peak(train: AxleTrain, span_m: float) -> float:
    return peak_sagging(((span_m,),), System.SIMPLE, train)


def effects(units: Units, system: System, train: AxleTrain) -> dict[Effect, float]:
    return largest_effects(units, system, sections_of(units, system), train)


def heaviest_window(train: AxleTrain, length_m: float) -> float:
    offsets = train.offsets_m
    return max(
        float(np.sum(train.loads_kn[(offsets >= at) & (offsets <= at + length_m * (1 + NEAR))])) for at in offsets
    )


@settings(max_examples=150, deadline=None)
@given(trains(), SPANS, st.floats(0.0, 10.0), SHARES)
def test_effects_do_not_fall_with_the_span(train: AxleTrain, span_m: float, more_m: float, share: float) -> None:
    longer = span_m + more_m
    assert peak(train, longer) >= peak(train, span_m) * (1 - NEAR)
    assert moment_at(train, longer, share) >= moment_at(train, span_m, share) * (1 - NEAR)
    assert end_shear(train, longer) >= end_shear(train, span_m) * (1 - NEAR)


@settings(max_examples=200, deadline=None)
@given(trains(), SPANS, st.floats(0.01, 10.0), st.floats(0.0, 1.0), SHARES)
def test_interpolating_between_two_spans_is_never_unsafe(
    train: AxleTrain, span_m: float, step_m: float, part: float, share: float
) -> None:
    """Convex in the span: a table of spans with straight lines between them is never below the exact value."""
    between, stop = span_m + part * step_m, span_m + step_m

    def straight(low: float, high: float) -> float:
        return low + part * (high - low)

    assert straight(peak(train, span_m), peak(train, stop)) >= peak(train, between) * (1 - NEAR)
    low, high = moment_at(train, span_m, share), moment_at(train, stop, share)
    assert straight(low, high) >= moment_at(train, between, share) * (1 - NEAR)
    low, high = span_m * end_shear(train, span_m), stop * end_shear(train, stop)
    assert straight(low, high) >= between * end_shear(train, between) * (1 - NEAR)


@settings(max_examples=150, deadline=None)
@given(trains(), SPANS, st.floats(0.01, 10.0))
def test_bounds_by_weight(train: AxleTrain, span_m: float, more_m: float) -> None:
    weight = heaviest_window(train, span_m)
    assert peak(train, span_m) <= weight * span_m / 4 * (1 + NEAR)
    assert end_shear(train, span_m) <= weight * (1 + NEAR)
    growth = peak(train, span_m + more_m) - peak(train, span_m)
    assert growth <= train.gross_kn * more_m / 4 * (1 + NEAR) + 1e-6


@settings(max_examples=60, deadline=None)
@given(trains(6), span_lists, st.floats(0.1, 5.0))
def test_loads_scale_effects(train: AxleTrain, spans: tuple[float, ...], factor: float) -> None:
    for system in (System.SIMPLE, System.CONTINUOUS):
        once, often = effects((spans,), system, train), effects((spans,), system, train.scaled(factor))
        assert [often[e] for e in Effect] == pytest.approx([factor * once[e] for e in Effect], rel=1e-8, abs=1e-7)


@settings(max_examples=60, deadline=None)
@given(trains(6), span_lists, st.floats(0.2, 4.0))
def test_lengths_scale_moments_and_leave_forces(train: AxleTrain, spans: tuple[float, ...], factor: float) -> None:
    longer = AxleTrain(train.loads_kn, train.offsets_m * factor)
    once = effects((spans,), System.CONTINUOUS, train)
    often = effects((tuple(span * factor for span in spans),), System.CONTINUOUS, longer)
    for effect in Effect:
        scale = factor if effect in {Effect.SAGGING, Effect.HOGGING} else 1.0
        assert often[effect] == pytest.approx(scale * once[effect], rel=1e-7, abs=1e-6)


@settings(max_examples=150, deadline=None)
@given(trains(), st.integers(0, 12), LOADS, SPANS)
def test_one_more_axle_never_helps_on_a_simple_span(train: AxleTrain, place: int, load: float, span_m: float) -> None:
    at = place % (len(train.loads_kn) + 1)
    gap = 1.3
    offsets = np.insert(train.offsets_m, at, 0.0 if at == 0 else train.offsets_m[at - 1] + gap)
    offsets[at + 1 :] += gap + (0.0 if at == 0 else gap)
    without = AxleTrain(train.loads_kn, np.delete(offsets, at) - np.delete(offsets, at)[0])
    more = AxleTrain(np.insert(train.loads_kn, at, load), offsets)
    assert peak(more, span_m) >= peak(without, span_m) * (1 - NEAR)
    assert end_shear(more, span_m) >= end_shear(without, span_m) * (1 - NEAR)


def test_one_more_axle_can_help_on_a_continuous_beam() -> None:
    spans = (30.0, 30.0, 30.0)
    alone = effects((spans,), System.CONTINUOUS, AxleTrain.of([100.0], []))
    held = effects((spans,), System.CONTINUOUS, AxleTrain.of([50.0, 100.0, 50.0], [30.0, 30.0]))
    assert held[Effect.SAGGING] < alone[Effect.SAGGING]


@settings(max_examples=100, deadline=None)
@given(trains(), SPANS, SHARES)
def test_the_direction_of_travel_does_not_matter(train: AxleTrain, span_m: float, share: float) -> None:
    back = train.reversed()
    assert peak(back, span_m) == pytest.approx(peak(train, span_m), rel=NEAR)
    assert moment_at(back, span_m, share) == pytest.approx(moment_at(train, span_m, share), rel=NEAR)
    assert end_shear(back, span_m) == pytest.approx(end_shear(train, span_m), rel=NEAR)


@settings(max_examples=60, deadline=None)
@given(span_lists, st.floats(0.001, 0.999))
def test_reactions_add_up_to_the_load(spans: tuple[float, ...], part: float) -> None:
    beam = Beam.of(spans)
    lines = pack(beam.supports_m, [reaction_line(beam, n) for n in range(len(spans) + 1)])
    s = part * float(beam.supports_m[-1])
    assert sum(ordinate(lines, n, s) for n in range(len(lines))) == pytest.approx(1.0, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(trains(6), span_lists)
def test_a_bridge_read_backwards_has_the_same_effects(train: AxleTrain, spans: tuple[float, ...]) -> None:
    for system in (System.SIMPLE, System.CONTINUOUS):
        there, back = effects((spans,), system, train), effects((spans[::-1],), system, train)
        assert [back[e] for e in Effect] == pytest.approx([there[e] for e in Effect], rel=1e-7, abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(trains(6), SPANS)
def test_a_unit_of_one_span_is_a_simple_span(train: AxleTrain, span_m: float) -> None:
    simple, unit = (effects(((span_m,),), system, train) for system in (System.SIMPLE, System.CONTINUOUS))
    assert unit == simple
    beam = Beam.of((span_m,))
    lines = judged_lines(beam)
    assert float(np.max(train_extremes(lines, train)[lines.effect == Effect.SHEAR])) == pytest.approx(
        simple[Effect.SHEAR], rel=1e-8
    )


def test_the_reaction_line_can_rise_above_one_beside_the_support() -> None:
    beam = Beam.of((30.0, 30.0, 30.0))
    assert pack(beam.supports_m, [reaction_line(beam, 1)]).areas_and_peaks()[0, 2] == pytest.approx(1.005663, abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(trains(20), span_lists, st.floats(0.0, 1.0), st.booleans())
def test_no_position_of_the_train_gives_more(
    train: AxleTrain, spans: tuple[float, ...], part: float, is_reversed: bool
) -> None:
    beam = Beam.of(spans)
    lines = judged_lines(beam)
    extremes = train_extremes(lines, train)
    one = train.reversed() if is_reversed else train
    deck = float(beam.supports_m[-1])
    places = part * (deck + one.length_m) - one.offsets_m
    for n in range(len(lines)):
        total = sum(load * ordinate(lines, n, s) for load, s in zip(one.loads_kn, places, strict=True) if 0 < s < deck)
        slack = 1e-7 * (1 + abs(total))
        assert extremes[n, 1] - slack <= total <= extremes[n, 0] + slack
