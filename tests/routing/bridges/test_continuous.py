"""Continuous beams: influence lines, exact extremes, absolute maxima; against tables, closed forms and other code."""

import importlib
import importlib.util
import warnings

import numpy as np
import pytest

from routing._kernels import beam_lines as kernel
from routing._kernels.beam_peak import beam_peak_moment
from routing._kernels.beam_tracks import uniform_extremes
from routing.bridges.check import largest_effects
from routing.bridges.design_effects import train_extremes
from routing.bridges.effects import Effect
from routing.bridges.influence import (
    Beam,
    Lines,
    joint_line,
    judged_lines,
    moment_line,
    pack,
    reaction_line,
    shear_line,
    support_moment_line,
)
from routing.bridges.peaks import peak_sagging
from routing.bridges.sections import System, sections_of
from routing.bridges.trains import AxleTrain
from routing.graph import F64
from tests.routing.bridges.test_simple_spans import end_shear, moment_at
from tests.routing.bridges.trains import G120, HMT15, JTG550, SIXAXLE49, TRAINS, oracle_rows

THREE = (30.0, 30.0, 30.0)
UNEVEN = (25.0, 40.0, 25.0, 18.0)
ROUNDED = 6e-4


def ordinate(lines: Lines, line: int, s: float) -> float:
    """Value of an influence line just left of a place, from its jumps."""
    total = 0.0
    for at, jump in zip(lines.supports_m, lines.jumps[line], strict=True):
        if s > at:
            total += float(np.polyval(jump[::-1], s - at))
    if s > lines.at_m[line]:
        value, slope = lines.section_jump[line]
        total += float(value + slope * (s - lines.at_m[line]))
    return total


def quantity(beam: Beam, name: str) -> tuple[Lines, int]:
    """Line and sign (0 largest, 1 smallest) of a quantity as the reference table names it."""
    lines = {
        "M+ at 0.4L span1 (x=12)": (moment_line(beam, 0, 12.0), 0),
        "M+ at midspan1 (x=15)": (moment_line(beam, 0, 15.0), 0),
        "M- at midspan2 (x=45)": (moment_line(beam, 1, 15.0), 1),
        "M+ at support 2 (x=30)": (support_moment_line(beam, 1), 0),
        "M- at support 2 (x=30)": (support_moment_line(beam, 1), 1),
        "R max support 1": (reaction_line(beam, 0), 0),
        "R max support 2": (reaction_line(beam, 1), 0),
        "V left face of support 2 (abs)": (shear_line(beam, 0, is_right_end=True), 1),
    }
    line, sign = lines[name]
    return pack(beam.supports_m, [line]), sign


@pytest.mark.parametrize(
    ("train", "hogging", "reaction", "sagging"),
    [
        (JTG550, -1524.901, 532.387, 2361.990),
        (SIXAXLE49, -1305.945, 468.006, 1944.680),
        (HMT15, -7172.418, 2758.129, 9384.066),
        (G120, -3564.282, 1190.767, 5960.788),
    ],
)
def test_anchors_on_three_spans(train: AxleTrain, hogging: float, reaction: float, sagging: float) -> None:
    beam = Beam.of(THREE)
    wanted = [("M- at support 2 (x=30)", hogging), ("R max support 2", reaction), ("M+ at 0.4L span1 (x=12)", sagging)]
    for name, value in wanted:
        lines, sign = quantity(beam, name)
        assert train_extremes(lines, train)[0, sign] == pytest.approx(value, abs=ROUNDED)
    found = largest_effects((THREE,), System.CONTINUOUS, sections_of((THREE,), System.CONTINUOUS), train)
    assert found[Effect.HOGGING] == pytest.approx(-hogging, abs=ROUNDED)
    assert found[Effect.REACTION] == pytest.approx(reaction, abs=ROUNDED)
    assert found[Effect.SAGGING] >= sagging


def test_all_reference_values_of_three_spans() -> None:
    beam = Beam.of(THREE)
    for row in oracle_rows("continuous_3x30_effects.csv"):
        lines, sign = quantity(beam, row["quantity"])
        value = train_extremes(lines, TRAINS[row["vehicle"]])[0, sign]
        exact = float(row["exact_value(kN or kNm)"])
        # The table's search is a fine grid: a jump of the line is reached to 1e-6 only.
        assert abs(value) == pytest.approx(abs(exact), rel=1e-5, abs=ROUNDED)


def test_closed_forms() -> None:
    two, three = Beam.of((30.0, 30.0)), Beam.of(THREE)
    support = pack(three.supports_m, [support_moment_line(three, 1), support_moment_line(three, 2)])
    assert ordinate(support, 0, 15.0) == pytest.approx(-3.0)
    assert ordinate(support, 1, 15.0) == pytest.approx(0.75)
    assert ordinate(support, 0, 45.0) == pytest.approx(-2.25)
    middle = pack(two.supports_m, [support_moment_line(two, 1)])
    assert ordinate(middle, 0, 15.0) == pytest.approx(-3 / 32 * 30)
    reactions = pack(two.supports_m, [reaction_line(two, n) for n in range(3)])
    assert [ordinate(reactions, n, 15.0) for n in range(3)] == pytest.approx([0.40625, 0.6875, -0.09375])
    assert np.sum(support.areas_and_peaks()[0, :2]) == pytest.approx(-90.0)
    at_12 = pack(three.supports_m, [moment_line(three, 0, 12.0), reaction_line(three, 1)])
    assert np.sum(at_12.areas_and_peaks()[:, :2], axis=1) == pytest.approx([72.0, 33.0])


def test_areas_and_peaks_of_three_spans() -> None:
    beam = Beam.of(THREE)
    lines = [moment_line(beam, 0, 12.0), moment_line(beam, 1, 15.0), support_moment_line(beam, 1)]
    lines += [reaction_line(beam, 0), reaction_line(beam, 1)]
    lines += [shear_line(beam, 0, is_right_end=True), shear_line(beam, 1, is_right_end=False)]
    expected = [
        [90.0, -18.0, 6.1248, -0.961315],
        [67.5, -45.0, 5.25, -1.154701],
        [15.0, -105.0, 0.7698, -3.079201],
        [13.5, -1.5, 1.0, -0.08011],
        [36.0, -3.0, 1.005663, -0.15396],
        [0.5, -18.5, 0.02566, -1.0],
        [17.5, -2.5, 1.0, -0.1283],
    ]
    found = pack(beam.supports_m, lines).areas_and_peaks()
    assert found == pytest.approx(np.array(expected), abs=1e-5)


def test_the_jumps_cancel_behind_the_deck() -> None:
    beam = Beam.of(UNEVEN)
    lines = judged_lines(beam)
    for line in range(len(lines)):
        assert ordinate(lines, line, float(beam.supports_m[-1]) + 40.0) == pytest.approx(0.0, abs=1e-9)


def test_reactions_carry_the_load_wherever_it_stands() -> None:
    beam = Beam.of(UNEVEN)
    lines = pack(beam.supports_m, [reaction_line(beam, n) for n in range(len(UNEVEN) + 1)])
    for s in np.linspace(0.01, float(beam.supports_m[-1]), 97):
        assert sum(ordinate(lines, n, s) for n in range(len(lines))) == pytest.approx(1.0, abs=1e-12)


def test_a_joint_carries_both_neighbours() -> None:
    left, right = Beam.of((25.0, 40.0)), Beam.of((30.0,))
    line = joint_line(left, right)
    assert ordinate(line, 0, 65.0) == pytest.approx(1.0)
    assert ordinate(line, 0, 80.0) == pytest.approx(0.5)
    assert ordinate(line, 0, 45.0) == pytest.approx(ordinate(pack(left.supports_m, [reaction_line(left, 2)]), 0, 45.0))


def stepped(lines: Lines, train: AxleTrain, step_m: float) -> F64:
    """Extremes over a grid of positions, both directions, without the kernel."""
    deck = float(lines.supports_m[-1])
    grid = np.arange(0.0, deck + step_m, step_m)
    found = np.zeros((len(lines), 2))
    for line in range(len(lines)):
        values = np.array([ordinate(lines, line, s) for s in grid])
        for one in (train, train.reversed()):
            places = np.arange(0.0, deck + train.length_m, step_m)
            s = places[:, None] - one.offsets_m[None, :]
            y = np.where((s >= 0) & (s <= deck), np.interp(s, grid, values), 0.0)
            total = y @ one.loads_kn
            found[line] = max(found[line, 0], float(total.max())), min(found[line, 1], float(total.min()))
    return found


@pytest.mark.parametrize("spans", [(20.0, 20.0), UNEVEN], ids=str)
def test_no_position_gives_more(spans: tuple[float, ...]) -> None:
    lines = judged_lines(Beam.of(spans))
    kept = lines.effect != Effect.SHEAR  # interpolation would smear the jump
    exact = train_extremes(lines, HMT15)[kept]
    grid = stepped(lines, HMT15, 0.05)[kept]
    scale = np.max(np.abs(exact), axis=1, keepdims=True)
    assert np.all(np.abs(grid) <= np.abs(exact) + 1e-4 * scale)
    assert np.all(np.abs(grid) >= np.abs(exact) - 1e-2 * scale)


def test_compiled_and_plain_kernels_agree() -> None:
    beam = Beam.of((20.0, 30.0))
    lines = judged_lines(beam)
    places, codes = kernel.support_events(JTG550.offsets_m, beam.supports_m)
    for n in (0, 9, len(lines) - 4, len(lines) - 1):
        arguments = (JTG550.loads_kn, JTG550.offsets_m, places, codes, lines.jumps[n], lines.at_m[n])
        compiled = kernel.line_extremes(*arguments, lines.section_jump[n])
        assert kernel.line_extremes.py_func(*arguments, lines.section_jump[n]) == pytest.approx(compiled, rel=1e-9)


def test_the_other_compiled_and_plain_kernels_agree() -> None:
    beam = Beam.of((20.0, 30.0))
    lines = judged_lines(beam)
    for n in (3, len(lines) - 4, len(lines) - 2):
        line = (lines.supports_m, lines.jumps[n], lines.at_m[n], lines.section_jump[n])
        assert kernel.areas_and_peaks.py_func(*line) == pytest.approx(kernel.areas_and_peaks(*line), rel=1e-9)
        assert uniform_extremes.py_func(*line, 4.5) == pytest.approx(uniform_extremes(*line, 4.5), rel=1e-9)
    jumps = np.zeros((3, 3, 4))
    jumps[1] = pack(beam.supports_m, [support_moment_line(beam, 1)]).jumps[0]
    train = (SIXAXLE49.loads_kn, SIXAXLE49.offsets_m, beam.supports_m, jumps)
    assert beam_peak_moment.py_func(*train) == pytest.approx(beam_peak_moment(*train), rel=1e-9)


@pytest.mark.parametrize("spans", [THREE, (25.0, 40.0, 25.0), (14.0, 9.0)], ids=str)
def test_the_absolute_maximum_is_that_of_the_worst_section(spans: tuple[float, ...]) -> None:
    beam = Beam.of(spans)
    lines = [moment_line(beam, n, float(x)) for n, span in enumerate(spans) for x in np.linspace(0.0, span, 121)[1:-1]]
    for train in (JTG550, HMT15):
        dense = float(np.max(train_extremes(pack(beam.supports_m, lines), train)[:, 0]))
        exact = peak_sagging((spans,), System.CONTINUOUS, train)
        assert dense <= exact * (1 + 1e-12)
        assert dense >= exact * (1 - 2e-4)


@pytest.mark.parametrize("count", [2, 3, 4, 5])
def test_half_of_a_symmetric_beam_is_enough(count: int) -> None:
    symmetric = (20.0,) * count
    nearly = (*symmetric[:-1], 20.0 + 1e-9)
    assert len(judged_lines(Beam.of(symmetric))) < len(judged_lines(Beam.of(nearly)))
    half, whole = (
        largest_effects((spans,), System.CONTINUOUS, sections_of((spans,), System.CONTINUOUS), HMT15)
        for spans in (symmetric, nearly)
    )
    assert [half[effect] for effect in Effect] == pytest.approx([whole[effect] for effect in Effect], rel=1e-7)


def test_one_span_is_a_simple_span() -> None:
    beam = Beam.of((24.0,))
    lines = pack(beam.supports_m, [moment_line(beam, 0, 12.0), shear_line(beam, 0, is_right_end=False)])
    simple = [moment_at(HMT15, 24.0, 0.5), end_shear(HMT15, 24.0)]
    assert train_extremes(lines, HMT15)[:, 0] == pytest.approx(simple, rel=1e-12)


@pytest.mark.parametrize(
    ("name", "spans", "step_m"), [("JTG550", (16.0, 24.0), 0.05), ("HMT15", (25.0, 40.0, 25.0), 0.2)]
)
def test_another_package_agrees(name: str, spans: tuple[float, ...], step_m: float) -> None:
    """PyCBA steps, so it may be lower by a little, never higher."""
    if importlib.util.find_spec("pycba") is None:
        pytest.skip("pycba 0.8.0 is not installed")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pycba = importlib.import_module("pycba")
    assert pycba.__version__ == "0.8.0", "later releases have another licence; the comparison is for 0.8.0"
    train, envelopes = TRAINS[name], []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for one in (train, train.reversed()):
            bridge = pycba.BridgeAnalysis(
                pycba.BeamAnalysis(np.array(spans), 1e6 * np.ones(len(spans)), np.array([-1, 0] * (len(spans) + 1))),
                pycba.Vehicle(np.diff(one.offsets_m), one.loads_kn),
            )
            envelopes.append(bridge.run_vehicle(step_m))
    found = largest_effects((spans,), System.CONTINUOUS, sections_of((spans,), System.CONTINUOUS), train)
    theirs = {
        Effect.SAGGING: max(float(np.max(one.Mmax)) for one in envelopes),
        Effect.HOGGING: -min(float(np.min(one.Mmin)) for one in envelopes),
        Effect.REACTION: max(float(np.max(one.Rmaxval)) for one in envelopes),
        Effect.UPLIFT: -min(float(np.min(one.Rminval)) for one in envelopes),
    }
    for effect, value in theirs.items():
        assert value <= found[effect] * (1 + 1e-6)
        assert value >= found[effect] * (1 - 2e-3)
