"""The compiled kernels against themselves, run by the interpreter."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from typing import Any

import numpy as np
import pytest

from data.policies import load_policy
from routing._kernels import heap as heap_kernel
from routing._kernels import search, verdict
from routing.columns import (
    ArcFlag,
    ConditionState,
    LimitState,
    Quantity,
    RoadClass,
    Scope,
    TechnicalGrade,
    Verdict,
    WidthBasis,
)
from routing.limits import Judge
from routing.metric import FORBIDDEN, Metric
from routing.parts import Place
from routing.search import Prepared, query
from routing.vehicle import Axle, VehicleProfile
from tests.graphs import Road, make_graph

POLICY = load_policy()


def make_judge(rng: np.random.Generator) -> Judge:
    axles = tuple(Axle(int(load), int(gap)) for load, gap in zip(*axle_numbers(rng), strict=True))
    vehicle = VehicleProfile(
        int(rng.choice([3500, 4000, 4001, 4500, 4700, 5001])),
        int(rng.choice([2500, 2550, 2551, 3600, 5000, 8000])),
        int(rng.choice([18_100, 18_101])),
        int(rng.choice([49_000, 49_001])),
        axles,
        49_000,
    )
    return Judge.of(vehicle, POLICY)


def axle_numbers(rng: np.random.Generator) -> tuple[list[int], list[int]]:
    return rng.integers(5000, 12_000, 4).tolist(), rng.choice([1300, 1800, 4000], 4).tolist()


@contextmanager
def interpreted(module: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:  # noqa: ANN401
    """Run every kernel of a module uncompiled, inner ones too."""
    with monkeypatch.context() as patch:
        for name, value in vars(module).copy().items():
            if hasattr(value, "py_func"):
                patch.setattr(module, name, value.py_func)
        yield


def both(module: Any, monkeypatch: pytest.MonkeyPatch, call: Callable[[], Any]) -> tuple[Any, Any]:  # noqa: ANN401
    compiled = call()
    with interpreted(module, monkeypatch):
        return compiled, call()


@pytest.mark.parametrize("seed", range(5))
def test_verdicts(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(seed)
    arcs, rows, texts = 60, 90, 5
    judge = make_judge(rng)
    first = np.concatenate([[0], np.sort(rng.integers(0, rows + 1, arcs - 1)), [rows]]).astype(np.int64)
    octets = {
        "grade": rng.integers(0, len(TechnicalGrade), arcs),
        "access": rng.choice([0, 0, 0, 3, 7, 9], arcs),
        "basis": rng.integers(0, len(WidthBasis), arcs),
        "coverage": rng.integers(0, 8, arcs),
        "quantity": rng.integers(0, 9, rows),
        "state": rng.integers(0, len(LimitState), rows),
        "scope": rng.integers(0, len(Scope), rows),
        "condition": np.concatenate([[1], rng.integers(0, len(ConditionState), texts - 1)]),
        "overlay": rng.integers(0, len(ConditionState), rows),
    }
    col = {name: array.astype(np.uint8) for name, array in octets.items()}
    flags = rng.choice([0, ArcFlag.BRIDGE, ArcFlag.URBAN, ArcFlag.FERRY, ArcFlag.CONSTRUCTION], arcs).astype(np.uint32)
    lane, carriageway = (rng.choice(some, arcs).astype(np.int32) for some in ([0, 3000, 3750], [3750, 7500]))
    value = rng.integers(0, 20_000, rows).astype(np.int32)
    value[col["quantity"] == Quantity.ACCESS] %= 10
    condition = rng.integers(0, texts, rows).astype(np.int32)
    extra_arc = rng.integers(0, arcs, rows).astype(np.int32)
    judged = (judge.assumed_of_grade, judge.access_verdict, judge.load, judge.thresholds)

    def call() -> list[list[int]]:
        found = verdict.judge_arcs(
            flags,
            col["grade"],
            col["access"],
            lane,
            carriageway,
            col["basis"],
            col["coverage"],
            first,
            col["quantity"],
            col["state"],
            value,
            col["scope"],
            condition,
            col["condition"],
            *judged,
        )
        raised = found.copy()
        statements = (col["quantity"], col["state"], value, col["scope"], col["overlay"])
        verdict.raise_verdicts(raised, extra_arc, *statements, flags, col["grade"], *judged)
        assert (raised >= found).all()
        return [found.tolist(), raised.tolist()]

    compiled, plain = both(verdict, monkeypatch, call)
    assert compiled == plain
    assert len({*compiled[0], *compiled[1]}) > 1


def test_codes_of_the_kernel_are_those_of_the_columns() -> None:
    for enumeration in (Quantity, Verdict):
        for member in enumeration:
            assert getattr(verdict, member.name, int(member)) == int(member)
    assert (verdict.NUMBER, verdict.LIMIT_BELOW_DEFAULT) == (LimitState.NUMBER, LimitState.BELOW_DEFAULT)
    assert verdict.IS_URBAN == ArcFlag.URBAN
    assert [getattr(verdict, f"IS_{name}") for name in ("BRIDGE", "FERRY", "CONSTRUCTION")] == [1, 256, 128]
    assert search.FORBIDDEN == FORBIDDEN
    assert {field.name for field in fields(Judge)} == {"load", "thresholds", "assumed_of_grade", "access_verdict"}


def test_under_condition(monkeypatch: pytest.MonkeyPatch) -> None:
    def call() -> list[int]:
        return [int(verdict.under_condition(v, c)) for v in range(4) for c in ConditionState if c]

    compiled, plain = both(verdict, monkeypatch, call)
    # rows: passes, conditional, unknown, blocked; columns: active, undecided, unreadable
    assert compiled == plain == [0, 0, 0, 1, 1, 1, 2, 1, 2, 3, 1, 2]


@pytest.mark.parametrize("seed", range(6))
def test_shortest_path(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(seed)
    nodes = [(112.0 + i / 100, 28.0) for i in range(12)]
    ends = rng.integers(0, 12, (30, 2)).tolist()
    roads = [Road(a, b, length_m=float(rng.integers(1, 50)), road_class=RoadClass.PRIMARY) for a, b in ends if a != b]
    graph = make_graph(nodes, roads)
    leaving = graph.arcs.first_out
    heads = graph.arcs.head
    bans = []
    for arc in rng.integers(0, graph.arc_count, 12).tolist():
        walk = [arc]
        for _ in range(2):
            walk.append(int(rng.integers(leaving[heads[walk[-1]]], leaving[heads[walk[-1]] + 1])))
        bans.append(walk[: int(rng.integers(2, 4))])
    prepared = Prepared.of(graph, bans)
    metric = Metric(graph.arcs.length_mm.astype(np.uint32))
    pairs = rng.integers(0, graph.arc_count, (10, 2)).tolist()

    def call() -> list[Any]:
        return [query(prepared, metric, [Place(a, 100)], [Place(b, 200)]) for a, b in pairs]

    compiled, plain = both(search, monkeypatch, call)
    assert compiled == plain
    assert any(compiled)


def test_heap_gives_entries_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = np.random.default_rng(3).integers(0, 1000, 300).tolist()

    def call() -> list[int]:
        heap = np.empty(len(numbers), np.int64)
        size = 0
        for number in numbers:
            size = heap_kernel.push(heap, size, number)
        drawn = []
        while size:
            drawn.append(int(heap[0]))
            size = heap_kernel.pop(heap, size)
        return drawn

    compiled, plain = both(heap_kernel, monkeypatch, call)
    assert compiled == plain == sorted(numbers)
