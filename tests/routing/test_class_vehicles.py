"""Which class vehicles are kept: those that bound the others most closely, none twice, none with nearly all shut."""

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from routing._kernels.hierarchy_customise import Weights
from routing.columns import Verdict
from routing.hierarchy.metrics import SHUT_PERMILLE, choose_classes
from routing.hierarchy.weights import ArcWeights, Judged

ARCS = 40
PERMILLE = np.array([1000, 1300, 1700, -1], np.int64)
GREEDY_REACHES = 1 - 1 / np.e


def weights(base: np.ndarray, verdicts: np.ndarray) -> ArcWeights:
    return ArcWeights(Judged(verdicts), Weights(base, verdicts, PERMILLE, 0))


def served(kept: list[ArcWeights], customers: list[ArcWeights]) -> float:
    """What a set of classes is worth, written out arc by arc."""
    total = 0.0
    for customer in customers:
        dear = np.where(PERMILLE < 0, SHUT_PERMILLE, PERMILLE)
        of_kept = [dear[one.kernel.verdict] for one in kept]
        own = dear[customer.kernel.verdict]
        total += max([float(each.sum() / own.sum()) for each in of_kept if (each <= own).all()], default=0.0)
    return total


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 4))
def test_what_is_kept_serves_the_others_as_well_as_greedy_choice_must(seed: int, most: int) -> None:
    rng = np.random.default_rng(seed)
    base = np.full(ARCS, 10, np.int64)
    lowest = np.sort(rng.integers(0, 3, ARCS)).astype(np.uint8)
    offered = [weights(base, lowest)]
    for _ in range(6):
        worse = offered[rng.integers(len(offered))].kernel.verdict + (rng.random(ARCS) < 0.3)
        offered.append(weights(base, np.minimum(worse, Verdict.BLOCKED).astype(np.uint8)))
    kept = choose_classes(offered, most)
    assert len(kept) <= most
    eligible = [one for one in offered if np.count_nonzero(one.kernel.verdict == Verdict.BLOCKED) * 2 <= ARCS]
    alike = {one.kernel.verdict.tobytes(): one for one in reversed(eligible)}
    customers = list(alike.values())
    assert {one.kernel.verdict.tobytes() for one in kept} <= set(alike)
    assert len({one.kernel.verdict.tobytes() for one in kept}) == len(kept) == min(most, len(customers))
    best = max(served(list(some), customers) for some in combinations(customers, len(kept)))
    assert served(kept, customers) >= GREEDY_REACHES * best - 1e-9
    alone = max(served([one], customers) for one in customers)
    assert abs(served(kept[:1], customers) - alone) < 1e-9


def test_classes_judged_alike_or_nearly_all_shut_are_left_out() -> None:
    base = np.full(ARCS, 10, np.int64)
    free, shut = np.zeros(ARCS, np.uint8), np.full(ARCS, Verdict.BLOCKED, np.uint8)
    half = shut.copy()
    half[: ARCS // 2] = Verdict.PASSES
    kept = choose_classes([weights(base, each) for each in (free, free.copy(), shut, half)], 9)
    assert [one.kernel.verdict.tobytes() for one in kept] == [free.tobytes(), half.tobytes()]
    assert choose_classes([weights(base, shut)], 9) == []
    assert choose_classes([], 9) == []
