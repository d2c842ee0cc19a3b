"""Bridge traps: hand formulas against published numbers, and against the engine, which shares no line with them."""

import csv
import datetime as dt
import itertools
import json
from collections.abc import Callable
from typing import Any

import pytest

from data.bridges.policies import load_bridge_policy
from data.bridges.resolving import resolve_design_load
from data.bridges.span_lists import read_spans
from data.demo import DemoFiles
from data.demo.closed_forms import design_moment, design_shear, impact, train_moment, train_shear, worst_ratio
from data.demo.traps import axle_train
from routing.bridges.check import check_bridge
from routing.bridges.judging import BridgeFacts, is_stale, judge
from routing.bridges.ratio import Crossing
from routing.bridges.sections import System
from routing.bridges.trains import AxleTrain

DAY = dt.date(2026, 11, 22)
POLICY = load_bridge_policy()
KINDS = ("bridge_just_fails", "bridge_just_passes", "stale_rating")
# 550 kN vehicle of JTG D60; its numbers are published for these spans.
TRUCK = [(30.0, 0.0), (120.0, 3.0), (120.0, 4.4), (140.0, 11.4), (140.0, 12.8)]
Provinces = Callable[[int], DemoFiles]


@pytest.mark.parametrize(("span", "shear"), [(8, 255.5), (20, 411.8), (30, 457.867), (40, 480.9)])
def test_shear_of_the_design_truck(span: float, shear: float) -> None:
    assert train_shear(TRUCK, span, 0.0) == pytest.approx(shear, abs=1e-3)


def test_effects_by_hand() -> None:
    # One load of 100 kN on 20 m: PL/4; JTG D60-2004 on 30 m: P = 180 + 4 x 25 = 280, qL²/8 + PL/4, qL/2 + 1.2P.
    assert train_moment([(100.0, 0.0)], 20, 10) == pytest.approx(500)
    assert train_moment(TRUCK, 8, 4) == pytest.approx(462)
    assert design_moment(30, 15) == pytest.approx(10.5 * 900 / 8 + 280 * 30 / 4)
    assert design_shear(30, 0) == pytest.approx(10.5 * 15 + 1.2 * 280)
    assert impact(30) == pytest.approx(0.229, abs=1e-3)
    assert impact(8) == pytest.approx(0.447, abs=1e-3)
    # A single load: its shear at mid-span, W/2 against qL/8 + 1.2P/2.
    assert worst_ratio([(705.0, 0.0)], 30) == pytest.approx(705 / 2 / (10.5 * 30 / 8 + 1.2 * 280 / 2), rel=1e-9)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("kind", KINDS)
def test_the_engine_finds_what_was_reckoned_by_hand(province: Provinces, seed: int, kind: str) -> None:
    files = province(seed)
    with files.bridges.open(encoding="utf-8", newline="") as file:
        rows = {row["桥梁名称"]: row for row in csv.DictReader(file)}
    traps = json.loads(files.ground_truth.read_text(encoding="utf-8"))["traps"]
    chosen = [trap for trap in traps if trap["kind"] == kind]
    assert len(chosen) >= 5
    for trap in chosen:
        said = trap["expected"].get("finding") or trap["expected"]["if_said"]
        check(trap, said, rows[said["structure_name"]])


def check(trap: dict[str, Any], said: dict[str, Any], row: dict[str, str]) -> None:
    axles = axle_train(trap["vehicle"])
    train = AxleTrain.of([load for load, _ in axles], [b[1] - a[1] for a, b in itertools.pairwise(axles)])
    load = resolve_design_load(row["设计荷载"], "2004").load
    found = check_bridge(read_spans(row["跨径组合(孔×m)"]).units, System.SIMPLE, train, load, POLICY).governing
    assert found is not None
    by_hand = said["by_hand"]
    assert found[Crossing.NORMAL].ratio == pytest.approx(by_hand["ratio_with_traffic"], rel=2e-3)
    assert found[Crossing.CONTROLLED].ratio == pytest.approx(by_hand["ratio_alone"], rel=2e-3)
    stale = is_stale(dt.date.fromisoformat(row["评定日期"]), DAY, POLICY.condition)
    assert stale is (trap["kind"] == "stale_rating")
    condition = int(row["技术状况等级"][0])
    for escorted in (True, False):
        answer = judge(
            found, BridgeFacts(condition, stale, superstructure=row["上部结构类型"], is_escorted=escorted), POLICY
        )
        assert answer.verdict.name.lower() == trap["expected"]["verdict"], trap["id"]
    margin = {"bridge_just_fails": by_hand["ratio_alone"] - 1, "bridge_just_passes": 1 - by_hand["ratio_with_traffic"]}
    if trap["kind"] in margin:
        assert 0.01 < margin[trap["kind"]] < 0.03
    else:  # nothing but the stale rating stops it
        fresh = judge(found, BridgeFacts(condition, superstructure=row["上部结构类型"]), POLICY)
        assert fresh.verdict.name == "PASSES"
