"""Simple spans: exact maxima against tables of reference values, and against brute force."""

import numpy as np
import pytest

from routing._kernels import axle_train as kernel
from routing._kernels.axle_train import peak_moment, prefix_sums, simple_effects
from routing.bridges.check import largest_effects
from routing.bridges.effects import Effect
from routing.bridges.errors import BridgeError
from routing.bridges.peaks import peak_sagging
from routing.bridges.sections import System, Units, sections_of
from routing.bridges.trains import AxleTrain
from routing.vehicle import Axle
from tests.routing.bridges.trains import G120, HMT15, JTG550, SIXAXLE49, TRAINS, oracle_rows

ROUNDED = 6e-4  # reference values have three decimals


def moment_at(train: AxleTrain, span_m: float, share: float) -> float:
    one = np.ones(1)
    found = simple_effects(
        train.loads_kn, train.offsets_m, np.zeros(1, np.uint8), one * span_m, one * span_m * share, one
    )
    return float(found[0])


def end_shear(train: AxleTrain, span_m: float) -> float:
    one = np.ones(1)
    return float(simple_effects(train.loads_kn, train.offsets_m, np.ones(1, np.uint8), one * span_m, one, one)[0])


def effects(units: Units, train: AxleTrain, system: System = System.SIMPLE) -> dict[Effect, float]:
    return largest_effects(units, system, sections_of(units, system), train)


@pytest.mark.parametrize(
    ("train", "span_m", "peak", "shear"),
    [
        (JTG550, 8, 466.2875, 255.5),
        (JTG550, 13, 814.638, 337.385),
        (JTG550, 20, 1647.364, 411.8),
        (JTG550, 30, 2992.243, 457.867),
        (JTG550, 40, 4352.182, 480.9),
        (SIXAXLE49, 8, 375.2, 200.7),
        (SIXAXLE49, 20, 1290.383, 331.68),
        (SIXAXLE49, 40, 3709.841, 410.84),
        (HMT15, 8, 963.0, 556.875),
        (HMT15, 13, 2475.0, 847.385),
        (HMT15, 30, 12438.0, 1750.367),
        (HMT15, 40, 19880.259, 2091.925),
        (G120, 8, 1044.5, 720),
        (G120, 13, 2432.308, 904.615),
        (G120, 30, 7480, 1072),
    ],
)
def test_anchors(train: AxleTrain, span_m: float, peak: float, shear: float) -> None:
    found = effects(((span_m,),), train)
    assert found[Effect.SAGGING] == pytest.approx(peak, abs=ROUNDED)
    assert found[Effect.SHEAR] == pytest.approx(shear, abs=ROUNDED)
    assert found[Effect.REACTION] == found[Effect.SHEAR]  # one span: the end reaction
    assert found[Effect.HOGGING] == found[Effect.UPLIFT] == 0


def test_all_reference_values_of_simple_spans() -> None:
    rows = oracle_rows("simple_span_effects.csv")
    assert len(rows) >= 20
    for row in rows:
        train, span_m = TRAINS[row["vehicle"]], float(row["span_m"])
        assert peak_sagging(((span_m,),), System.SIMPLE, train) == pytest.approx(
            float(row["Mabs_exact_kNm"]), abs=ROUNDED
        )
        assert moment_at(train, span_m, 0.5) == pytest.approx(float(row["Mmid_exact_kNm"]), abs=ROUNDED)
        assert moment_at(train, span_m, 0.25) == pytest.approx(float(row["Mquarter_exact_kNm"]), abs=ROUNDED)
        assert end_shear(train, span_m) == pytest.approx(float(row["Vend_exact_kN"]), abs=ROUNDED)


@pytest.mark.parametrize(
    ("train", "spans", "reaction"),
    [(JTG550, (16.0, 16.0), 400.875), (JTG550, (20.0, 30.0), 467.2), (HMT15, (30.0, 30.0), 2370.833)],
)
def test_the_pier_between_two_simple_spans(train: AxleTrain, spans: tuple[float, float], reaction: float) -> None:
    assert effects((spans,), train)[Effect.REACTION] == pytest.approx(reaction, abs=ROUNDED)
    # Two units of one span each share the pier in the same way.
    units = tuple((span,) for span in spans)
    assert effects(units, train, System.CONTINUOUS)[Effect.REACTION] == pytest.approx(reaction, abs=ROUNDED)


def test_all_reference_values_of_piers() -> None:
    for row in oracle_rows("pier_reaction_simple_spans.csv"):
        found = effects(((float(row["L1_m"]), float(row["L2_m"])),), TRAINS[row["vehicle"]])
        assert found[Effect.REACTION] == pytest.approx(float(row["Rmax_exact_kN (both directions)"]), abs=ROUNDED)


@pytest.mark.parametrize(
    ("span_ft", "moment", "shear"),
    [(20, 160.0, 41.6), (40, 449.8, 55.2), (60, 806.5, 60.8), (70, 985.6, 62.4), (90, 1344.4, 64.5)],
)
def test_the_american_truck_of_old_tables(span_ft: float, moment: float, shear: float) -> None:
    # HS20-44 with 14 ft rear spacing, kip and ft; printed to one decimal.
    truck = AxleTrain.of([8, 32, 32], [14, 14])
    assert peak_sagging(((span_ft,),), System.SIMPLE, truck) == pytest.approx(moment, abs=0.06)
    assert end_shear(truck, span_ft) == pytest.approx(shear, abs=0.06)


@pytest.mark.parametrize("train", TRAINS.values(), ids=TRAINS)
@pytest.mark.parametrize("span_m", [5.0, 16.0, 33.3])
def test_no_position_gives_more(train: AxleTrain, span_m: float) -> None:
    """Step by step over positions and sections never exceeds the exact value, and comes near it."""
    best = 0.0
    for one in (train, train.reversed()):
        for front in np.arange(0.0, span_m + train.length_m, 0.05):
            s = front - one.offsets_m
            on = (s > 0) & (s < span_m)
            x = s[on]
            if len(x):
                y = np.minimum(x[:, None], x[None, :]) * (span_m - np.maximum(x[:, None], x[None, :])) / span_m
                best = max(best, float(np.max(y @ one.loads_kn[on])))
    exact = peak_sagging(((span_m,),), System.SIMPLE, train)
    assert best <= exact * (1 + 1e-12)
    assert best >= exact * 0.995


def test_the_middle_of_the_span_is_not_where_the_largest_moment_is() -> None:
    assert peak_sagging(((16.0,),), System.SIMPLE, JTG550) > 1.05 * moment_at(JTG550, 16.0, 0.5)


def test_compiled_and_plain_kernels_agree() -> None:
    load, moment = prefix_sums(HMT15.loads_kn, HMT15.offsets_m)
    arguments = (load, moment, HMT15.offsets_m, 21.0)
    assert kernel.end_shear.py_func(*arguments) == pytest.approx(kernel.end_shear(*arguments), rel=1e-12)
    assert peak_moment.py_func(*arguments) == pytest.approx(peak_moment(*arguments), rel=1e-12)
    assert kernel.section_moment.py_func(*arguments, 7.0) == pytest.approx(
        kernel.section_moment(*arguments, 7.0), rel=1e-12
    )


def test_kilograms_and_millimetres_become_kilonewtons_and_metres() -> None:
    train = AxleTrain.of_axles([Axle(10_000, 0), Axle(20_000, 3_300)])
    assert train.loads_kn.tolist() == pytest.approx([98.0665, 196.133])
    assert train.offsets_m.tolist() == [0.0, 3.3]
    assert train.gross_kn == pytest.approx(294.1995)


@pytest.mark.parametrize("loads", [[], [0.0, 1.0], [float("nan"), 1.0], [1.0], [1.0, -1.0]])
def test_impossible_trains_are_refused(loads: list[float]) -> None:
    with pytest.raises(BridgeError):
        AxleTrain(np.array(loads), np.array([0.0, 2.0]))


def test_axles_in_one_place_are_refused() -> None:
    with pytest.raises(BridgeError, match="rise"):
        AxleTrain.of([1.0, 1.0], [0.0])


@pytest.mark.parametrize("units", [(), ((),), ((30.0,), ()), ((0.0,),), ((float("inf"),),), ((-1.0,),)])
def test_impossible_bridges_are_refused(units: Units) -> None:
    with pytest.raises(BridgeError):
        sections_of(units, System.SIMPLE)


def test_an_unknown_system_is_not_computed_by_itself() -> None:
    with pytest.raises(BridgeError, match="simple and as continuous"):
        sections_of(((30.0,),), System.UNKNOWN)
