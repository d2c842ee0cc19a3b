"""A train that is called dominated has no effect larger than the other's, on any bridge of its kind."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from routing.bridges.check import largest_effects
from routing.bridges.dominance import is_dominated, turned
from routing.bridges.effects import Effect
from routing.bridges.sections import System, sections_of
from routing.bridges.trains import AxleTrain
from routing.vehicle import Axle

NEAR = 1e-9
KG_KN = 9.80665e-3
SPANS = st.lists(st.floats(5.0, 60.0), min_size=1, max_size=4).map(tuple)


def train(*loads_and_spacings: tuple[int, int]) -> list[Axle]:
    return [Axle(load, spacing) for load, spacing in loads_and_spacings]


FULL = train((8000, 0), (12_000, 3300), (18_000, 6000), (18_000, 1550))


@st.composite
def axle_lists(draw: st.DrawFn) -> list[Axle]:
    loads = draw(st.lists(st.integers(1000, 30_000), min_size=2, max_size=8))
    spacings = [0, *(draw(st.integers(500, 12_000)) for _ in loads[1:])]
    return [Axle(load, spacing) for load, spacing in zip(loads, spacings, strict=True)]


@st.composite
def lighter(draw: st.DrawFn, full: list[Axle]) -> list[Axle]:
    """Some axles taken away, the others lowered."""
    kept: list[Axle] = []
    spacing = 0
    for axle in full:
        spacing += axle.spacing_mm
        if draw(st.booleans()):
            kept.append(Axle(draw(st.integers(500, axle.load_kg)), spacing if kept else 0))
            spacing = 0
    return kept


def effects(spans: tuple[float, ...], system: System, axles: list[Axle]) -> dict[Effect, float]:
    units = (spans,)
    return largest_effects(units, system, sections_of(units, system), AxleTrain.of_axles(axles))


@settings(max_examples=150, deadline=None)
@given(st.data(), axle_lists(), SPANS, st.booleans())
def test_on_simple_spans_axles_may_be_lighter_or_fewer(
    data: st.DataObject, full: list[Axle], spans: tuple[float, ...], turns: bool
) -> None:
    less = data.draw(lighter(full))
    assume(less)
    asked = turned(less) if turns else less
    assert is_dominated(asked, full, is_simple=True)
    known, found = effects(spans, System.SIMPLE, full), effects(spans, System.SIMPLE, asked)
    assert all(found[effect] <= known[effect] * (1 + NEAR) + NEAR for effect in Effect)


@settings(max_examples=150, deadline=None)
@given(axle_lists(), SPANS, st.floats(0.2, 1.0), st.booleans(), st.sampled_from([System.SIMPLE, System.CONTINUOUS]))
def test_on_any_beam_all_loads_may_be_lower_in_one_proportion(
    full: list[Axle], spans: tuple[float, ...], share: float, turns: bool, system: System
) -> None:
    less = [Axle(int(axle.load_kg * share), axle.spacing_mm) for axle in full]
    asked = turned(less) if turns else less
    assert is_dominated(asked, full, is_simple=False)
    known, found = effects(spans, system, full), effects(spans, system, asked)
    whole_kg = len(full) * KG_KN * sum(spans)  # loads are whole kg; no ordinate is larger than the bridge is long
    assert all(found[effect] <= known[effect] * (1 + NEAR) + whole_kg for effect in Effect)


def test_taking_an_axle_off_a_continuous_beam_can_raise_an_effect() -> None:
    """Why only a proportion is safe there: the axle in the middle holds an end down."""
    spans = (20.0, 30.0, 20.0)
    full = train((20_000, 0), (20_000, 25_000), (20_000, 25_000))
    less = train((20_000, 0), (20_000, 50_000))
    known, found = effects(spans, System.CONTINUOUS, full), effects(spans, System.CONTINUOUS, less)
    assert found[Effect.UPLIFT] > 1.1 * known[Effect.UPLIFT]
    assert is_dominated(less, full, is_simple=True)
    assert not is_dominated(less, full, is_simple=False)


@pytest.mark.parametrize("is_simple", [True, False])
def test_the_same_train_and_the_same_turned_round_are_dominated(is_simple: bool) -> None:
    assert is_dominated(FULL, FULL, is_simple=is_simple)
    assert is_dominated(turned(FULL), FULL, is_simple=is_simple)
    assert turned(turned(FULL)) == FULL


@pytest.mark.parametrize("is_simple", [True, False])
@pytest.mark.parametrize(
    "worse",
    [
        train((8000, 0), (12_000, 3300), (18_001, 6000), (18_000, 1550)),
        train((8000, 0), (12_000, 3300), (18_000, 6000), (18_000, 1549)),
        train((8000, 0), (12_000, 3300), (18_000, 6000), (18_000, 1551)),
        [*FULL, Axle(500, 1550)],
        [*FULL[:3], Axle(18_000, 1550, 2)],
        [],
    ],
    ids=["1 kg over", "1 mm nearer", "1 mm farther", "an axle more", "two files", "no axle"],
)
def test_what_is_worse_in_any_way_is_not(worse: list[Axle], is_simple: bool) -> None:
    assert not is_dominated(worse, FULL, is_simple=is_simple)


def test_one_axle_lighter_is_safe_on_simple_spans_only() -> None:
    less = [*FULL[:3], Axle(17_000, 1550)]
    assert is_dominated(less, FULL, is_simple=True)
    assert not is_dominated(less, FULL, is_simple=False)
    assert not is_dominated(FULL[:3], FULL, is_simple=False)
