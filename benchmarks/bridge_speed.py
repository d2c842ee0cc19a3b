"""How long one vehicle takes on ten thousand bridges (桥梁效应比计算速度): prints the times, asserts the answers.

340 keys of simple spans and 60 different continuous beams of up to five spans, tables made, kernels warm, one core. The
ratios of a few keys are compared with tables that hold nothing else.
"""

import time

import numpy as np
from measuring import as_time, describe_machine, timed

from data.bridges.design_loads import design_loads
from data.bridges.policies import load_bridge_policy
from routing.bridges.sections import System
from routing.bridges.table import BridgeKey, BridgeTable
from routing.bridges.trains import AxleTrain

BRIDGES = 10_000
SIMPLE_KEYS = 340
CONTINUOUS_KEYS = 60
MOST_SPANS = 5
SEED = 20260101
TARGETS_S = {19: 0.050, 44: 0.150}
TRACTOR = ([90.0, 90.0, 130.0, 130.0], [1.8, 2.8, 1.4, 4.5])
SIMPLE_SPANS_M = (6, 8, 10, 13, 16, 20, 25, 30, 35, 40, 50)
CONTINUOUS_SPANS_M = (16, 20, 25, 30, 35, 40, 45, 60, 70)


def hydraulic_train(axles: int) -> AxleTrain:
    """A tractor and a hydraulic trailer with so many axles in all."""
    lines = axles - len(TRACTOR[0])
    return AxleTrain.of(TRACTOR[0] + [180.0] * lines, TRACTOR[1] + [1.55] * (lines - 1))


def make_keys() -> list[BridgeKey]:
    """Different bridges as registers have them: mostly equal spans, some odd lengths."""
    rng = np.random.default_rng(SEED)
    loads = list(design_loads().values())
    loads = [load for load in loads if not load.is_alone and not load.name.startswith("城")]
    found: dict[BridgeKey, None] = {}
    while len(found) < SIMPLE_KEYS:
        span = float(rng.choice(SIMPLE_SPANS_M)) - float(rng.choice([0.0, 0.0, 0.04, 0.4]))
        spans = [span] * int(rng.integers(1, 9))
        if rng.random() < 0.3:
            spans[-1] = float(rng.choice(SIMPLE_SPANS_M))
        found[BridgeKey((tuple(spans),), System.SIMPLE, loads[rng.integers(len(loads))])] = None
    beams: set[tuple[float, ...]] = set()
    while len(found) < SIMPLE_KEYS + CONTINUOUS_KEYS:
        spans = [float(rng.choice(CONTINUOUS_SPANS_M))] * int(rng.integers(2, MOST_SPANS + 1))
        if len(spans) > 2 and rng.random() < 0.4:
            spans[0] = spans[-1] = round(0.7 * spans[1], 1)
        if tuple(spans) not in beams:
            beams.add(tuple(spans))
            found[BridgeKey((tuple(spans),), System.CONTINUOUS, loads[rng.integers(len(loads))])] = None
    return list(found)


def main() -> None:
    """Measure and print."""
    print(describe_machine())
    keys = make_keys()
    policy = load_bridge_policy()
    BridgeTable.of(keys[-1:], policy).ratios(hydraulic_train(19))
    start = time.perf_counter()
    table = BridgeTable.of(keys, policy)
    print(f"table of {len(keys)} keys, once: {as_time(time.perf_counter() - start)}")
    key_of_bridge = np.random.default_rng(SEED).integers(len(keys), size=BRIDGES)
    for axles, target in TARGETS_S.items():
        train = hydraulic_train(axles)
        measured = timed(lambda train=train: round(float(np.sum(table.ratios(train).ratio[:, key_of_bridge])), 6))
        reached = "reached" if measured.seconds <= target else "MISSED"
        print(f"{axles} axles, {BRIDGES} bridges: {as_time(measured.seconds)}, target {as_time(target)}: {reached}")
        ratios = table.ratios(train).ratio
        for number in (0, SIMPLE_KEYS, len(keys) - 1):
            alone = BridgeTable.of([keys[number]], policy).ratios(train).ratio[:, 0]
            assert np.allclose(alone, ratios[:, number], rtol=1e-12)


if __name__ == "__main__":
    main()
