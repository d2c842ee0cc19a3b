"""Corridors and stored calculations settle bridges: what they cover, and nothing beyond."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from api.cli import cli
from api.reviews.bridges import verdicts_of
from api.reviews.network import OpenNetwork
from api.reviews.request import profile_of
from api.reviews.settling import settle
from data.bridges.evidence import Evidence
from data.bridges.evidence_model import Corridor
from routing.columns import BridgeSystem, StructureKind, Verdict
from routing.explain import check_arc
from routing.limits import ExtraRows, Judge, Situation, all_conditions_active, judge_arcs
from routing.storage import save
from tests.api.asking import DAY, POLICY, VEHICLES, Json, ask, feed_back, heavy_json, vehicle
from tests.api.review_format import faults_of
from tests.api.streets import EAST, WEST
from tests.api.weak_bridge import ARCS, AXLES, CORRIDOR, GROSS_KG, HEAVIEST_KG, HEAVY, bridged, evidence, file_of


def bridge_finding(answer: Mapping[str, Any]) -> Json:
    (found,) = [one for one in answer["routes"][0]["findings"] if one["quantity"] == "bridge_effect"]
    return dict(found)


def outcome(network: OpenNetwork, files: tuple[Evidence, ...], loaded: object = HEAVY, **more: Any) -> str:  # noqa: ANN401
    answer = ask(network, loaded, WEST, EAST, evidence=files, **more)
    assert faults_of(answer) == []
    return str(bridge_finding(answer)["outcome"])


def test_a_weak_bridge_blocks_without_evidence() -> None:
    answer = ask(bridged(), HEAVY, WEST, EAST)
    assert (answer["verdict"], answer["evidence_ids"]) == ("blocked", [])
    assert bridge_finding(answer)["bridge"]["evidence"] is None


@pytest.mark.parametrize("stops", [(WEST, EAST), (EAST, WEST)])
def test_a_corridor_lets_it_pass_in_both_directions(tmp_path: Path, stops: tuple[Any, Any]) -> None:
    answer = ask(bridged(), HEAVY, *stops, evidence=evidence(tmp_path, corridor={}))
    finding = bridge_finding(answer)
    assert (finding["outcome"], answer["evidence_ids"]) == ("passes", ["hunan-G60"])
    assert "hunan-G60" in finding["reason"]
    assert "K12+000～K14+000" in finding["reason"]
    assert "hunan-G60" in finding["reason_en"]
    assert finding["bridge"]["evidence"] == {
        "id": "hunan-G60",
        "kind": "corridor",
        "source": "评估公告",
        "valid_until": "2026-11-23",
        "outcome_without": "blocked",
    }
    assert (finding["limit"], finding["margin"], answer["verdict"]) == (None, None, "passes")


@pytest.mark.parametrize(
    "changes",
    [
        {"from_stake": "K12+801"},
        {"to_stake": "K12+799"},
        {"route_ref": "G4"},
        {"max_axle_kg": str(HEAVIEST_KG - 1)},
        {"max_gross_kg": str(GROSS_KG - 1)},
        {"max_axles_per_m": "0.7"},
        {"valid_until": "2026-11-22"},
        {"valid_from": "2026-11-23", "valid_until": "2026-11-24", "max_axle_kg": "11999"},
        {"valid_from": "2026-11-24", "valid_until": "2026-11-25"},
    ],
)
def test_a_corridor_says_nothing_beyond_itself(tmp_path: Path, changes: Json) -> None:
    answer = ask(bridged(), HEAVY, WEST, EAST, evidence=evidence(tmp_path, corridor=changes))
    assert (bridge_finding(answer)["outcome"], answer["evidence_ids"]) == ("blocked", [])


@pytest.mark.parametrize(
    "changes",
    [{"from_stake": "K12+800"}, {"to_stake": "K12+800"}, {"max_axles_per_m": "0.75"}, {"max_axle_kg": "60000"}],
)
def test_its_own_edges_belong_to_it(tmp_path: Path, changes: Json) -> None:
    assert outcome(bridged(), evidence(tmp_path, corridor=changes)) == "passes"


def test_the_last_day_belongs_to_it(tmp_path: Path) -> None:
    files = evidence(tmp_path, corridor={})
    late = dt.datetime.combine(DAY, dt.time(23, 59))
    assert outcome(bridged(), files, on=late) == "passes"
    assert outcome(bridged(), files, on=DAY + dt.timedelta(days=1)) == "blocked"


def test_a_road_with_two_numbers_may_count_the_stakes_of_the_other(tmp_path: Path) -> None:
    assert outcome(bridged("G60;G76"), evidence(tmp_path, corridor={})) == "blocked"


def test_a_bridge_without_stakes_is_in_no_corridor(tmp_path: Path) -> None:
    network = bridged()
    nowhere = replace(network.graph.road_records, stake_from_m=np.full(ARCS, -1, np.int32))
    assert (
        outcome(OpenNetwork(replace(network.graph, road_records=nowhere)), evidence(tmp_path, corridor={})) == "blocked"
    )


def test_a_bridge_must_lie_in_the_corridor_on_every_road_it_carries(tmp_path: Path) -> None:
    network = bridged()
    stakes = network.graph.road_records.stake_from_m + np.array([0, 9000], np.int32)
    ends = network.graph.road_records.stake_to_m + np.array([0, 9000], np.int32)
    moved = replace(network.graph.road_records, stake_from_m=stakes, stake_to_m=ends)
    assert (
        outcome(OpenNetwork(replace(network.graph, road_records=moved)), evidence(tmp_path, corridor={})) == "blocked"
    )


def test_two_files_of_wheels_are_in_no_corridor(tmp_path: Path) -> None:
    wide = heavy_json()
    wide["axles"] = [axle | ({"files": 2} if axle["unit"] == "trailer" else {}) for axle in wide["axles"]]
    files = evidence(tmp_path, corridor={"max_axle_kg": "60000", "max_gross_kg": "500000"})
    assert outcome(bridged(), files, vehicle(**wide)) != "passes"


@pytest.mark.parametrize("part", [{"corridor": {}}, {"calculation": {}}])
def test_a_bridge_closed_by_its_condition_stays_closed(tmp_path: Path, part: dict[str, Json]) -> None:
    files = evidence(tmp_path, **part)
    assert outcome(bridged(condition=5), files) == "blocked"
    assert outcome(bridged(condition=4, rated_on=20_150_101), files) == "blocked"
    assert outcome(bridged(condition=4), files) == "passes"


def test_a_corridor_is_about_bridges_not_culverts(tmp_path: Path) -> None:
    assert outcome(bridged(kind=StructureKind.CULVERT), evidence(tmp_path, corridor={})) == "blocked"


def test_a_corridor_is_no_coverage(tmp_path: Path) -> None:
    network = bridged()
    bare = replace(network.graph, arcs=replace(network.graph.arcs, coverage=np.zeros_like(network.graph.arcs.coverage)))
    answer = ask(OpenNetwork(bare), HEAVY, WEST, EAST, evidence=evidence(tmp_path, corridor={}))
    assert (bridge_finding(answer)["outcome"], answer["verdict"]) == ("passes", "unknown")


def test_a_calculation_names_who_made_it(tmp_path: Path) -> None:
    conditional = {"verdict": "conditional", "conditions": ["居中通过", "限速5公里/小时"]}
    answer = ask(bridged(), HEAVY, WEST, EAST, evidence=evidence(tmp_path, calculation=conditional))
    finding = bridge_finding(answer)
    assert (finding["outcome"], answer["verdict"], answer["evidence_ids"]) == ("conditional", "conditional", ["Y1"])
    assert finding["conditions"] == ["居中通过", "限速5公里/小时"]
    assert all(text in finding["reason"] for text in ("专项验算Y1", "某某设计院", "公路行业甲级", "2026-03-01"))
    assert finding["bridge"]["evidence"]["firm"] == "某某设计院"
    assert finding["bridge"]["crossing"] == "normal"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "passes"),
        ({"structure": "inventory:G60-018"}, "blocked"),
        ({"valid_until": "2026-11-22"}, "blocked"),
        ({"made_on": "2026-11-24"}, "blocked"),
        ({"vehicle": {"axles": AXLES[:-1], "gross_mass_kg": GROSS_KG - 10_500}}, "blocked"),
        ({"vehicle": {"axles": [*AXLES, AXLES[-1]], "gross_mass_kg": GROSS_KG + 10_500}}, "passes"),
    ],
)
def test_a_calculation_settles_one_bridge_for_what_it_covers(tmp_path: Path, changes: Json, expected: str) -> None:
    assert outcome(bridged(), evidence(tmp_path, calculation=changes)) == expected


@pytest.mark.parametrize("system", [BridgeSystem.CONTINUOUS, BridgeSystem.UNKNOWN])
def test_on_other_than_simple_spans_more_axles_cover_nothing(tmp_path: Path, system: BridgeSystem) -> None:
    more = {"vehicle": {"axles": [*AXLES, AXLES[-1]], "gross_mass_kg": GROSS_KG + 10_500}}
    assert outcome(bridged(system=system), evidence(tmp_path, calculation=more)) == "blocked"
    assert outcome(bridged(system=system), evidence(tmp_path, calculation={})) == "passes"


def test_a_skewed_bridge_is_no_simple_beam(tmp_path: Path) -> None:
    more = {"vehicle": {"axles": [*AXLES, AXLES[-1]], "gross_mass_kg": GROSS_KG + 10_500}}
    assert outcome(bridged(skew_deg=60), evidence(tmp_path, calculation=more)) == "unknown"
    assert outcome(bridged(skew_deg=60), evidence(tmp_path, calculation={})) == "passes"


def test_the_better_answer_counts_and_one_that_changes_nothing_is_not_named(tmp_path: Path) -> None:
    conditional = {"verdict": "conditional", "conditions": ["居中通过"]}
    both = evidence(tmp_path, corridor={}, calculation=conditional)
    assert ask(bridged(), HEAVY, WEST, EAST, evidence=both)["evidence_ids"] == ["hunan-G60"]
    legal = ask(bridged(), VEHICLES["legal"], WEST, EAST, evidence=both)
    assert (legal["verdict"], legal["evidence_ids"]) == ("passes", [])


def test_an_equal_answer_is_not_taken_over(tmp_path: Path) -> None:
    conditional = evidence(tmp_path, calculation={"verdict": "conditional", "conditions": ["居中通过"]})
    answer = ask(bridged(load="汽车-20级"), HEAVY, WEST, EAST, evidence=conditional)
    finding = bridge_finding(answer)
    assert (finding["outcome"], finding["bridge"]["evidence"], answer["evidence_ids"]) == ("conditional", None, [])


def test_a_settled_bridge_is_listed_even_where_nothing_could_be_compared(tmp_path: Path) -> None:
    answer = ask(bridged(load=""), HEAVY, WEST, EAST, evidence=evidence(tmp_path, corridor={}))
    finding = bridge_finding(answer)
    assert (finding["outcome"], finding["measured"]) == ("passes", None)
    assert finding["bridge"]["evidence"]["outcome_without"] == "unknown"


def test_a_heavier_declared_gross_mass_is_not_covered(tmp_path: Path) -> None:
    declared = vehicle(**heavy_json() | {"gross_mass_kg": GROSS_KG + 1})
    assert outcome(bridged(), evidence(tmp_path, calculation={}), declared) == "blocked"


def test_places_that_the_network_does_not_have_are_told(tmp_path: Path) -> None:
    files = evidence(tmp_path, corridor={"route_ref": "G4"}, calculation={"structure": "inventory:none"})
    told = ask(bridged(), HEAVY, WEST, EAST, evidence=files)["warnings"]
    assert [text.partition(":")[0] for text in told] == ["evidence hunan-G60", "evidence Y1"]


@settings(max_examples=40, deadline=None)
@given(st.integers(-2, 2), st.integers(-2, 2), st.integers(1, 5), st.sampled_from(list(BridgeSystem)))
def test_evidence_never_makes_an_answer_worse(axle: int, gross: int, condition: int, system: BridgeSystem) -> None:
    network = bridged(condition=condition, system=system)
    limits = {"max_axle_kg": str(HEAVIEST_KG + axle), "max_gross_kg": str(GROSS_KG + gross)}
    file = Evidence(
        "",
        (Corridor.model_validate(CORRIDOR | limits),),
        (),
    )
    legal_kg = profile_of(HEAVY, on=DAY).legal_mass_kg
    before = network.bridges(POLICY).results(HEAVY, on=DAY, legal_mass_kg=legal_kg)
    after = settle(network.graph, before, [file], HEAVY, on=DAY)
    assert after.results[0].answer.verdict <= before[0].answer.verdict
    opened = axle >= 0 and gross >= 0 and condition < 5 and before[0].answer.verdict is not Verdict.PASSES
    assert bool(after.ids) == opened


def test_the_published_line_gets_the_same_answer(tmp_path: Path) -> None:
    network, files = bridged(), evidence(tmp_path, calculation={})
    answer = ask(network, HEAVY, WEST, EAST, evidence=files)
    again = feed_back(network, HEAVY, answer["routes"][0], evidence=files)
    assert (again["verdict"], again["evidence_ids"]) == (answer["verdict"], ["Y1"])
    assert again["routes"][0]["findings"] == answer["routes"][0]["findings"]


def test_the_arcs_and_their_explanation_agree(tmp_path: Path) -> None:
    graph = bridged().graph
    profile = profile_of(HEAVY, on=DAY)
    results = bridged().bridges(POLICY).results(HEAVY, on=DAY, legal_mass_kg=profile.legal_mass_kg)
    settled = settle(graph, results, evidence(tmp_path, corridor={}), HEAVY, on=DAY)
    judge = Judge.of(profile, POLICY)
    for verdicts, expected in ((verdicts_of(results), Verdict.BLOCKED), (verdicts_of(settled.results), Verdict.PASSES)):
        situation = Situation(all_conditions_active(graph), ExtraRows.none(), graph.arcs.access, verdicts)
        bulk = judge_arcs(graph, judge, situation)
        explained = [[check.verdict for check in check_arc(graph, judge, situation, n)] for n in range(graph.arc_count)]
        assert bulk.tolist() == [max(found, default=Verdict.PASSES) for found in explained]
        assert max(bulk) == expected


def test_command_takes_evidence_and_names_its_faults(tmp_path: Path) -> None:
    save(bridged().graph, tmp_path / "network", {})
    (tmp_path / "vehicle.json").write_text(json.dumps(heavy_json()), encoding="utf-8")
    ends = ["--from", f"{WEST[0]},{WEST[1]}", "--to", f"{EAST[0]},{EAST[1]}", "--on", DAY.isoformat()]
    paths = ["--network", str(tmp_path / "network"), "--vehicle", str(tmp_path / "vehicle.json")]
    given_file = str(file_of(tmp_path, corridor={}))
    done = CliRunner().invoke(cli, ["review", *paths, *ends, "--evidence", given_file])
    assert json.loads(done.stdout)["evidence_ids"] == ["hunan-G60"]
    twice = CliRunner().invoke(cli, ["review", *paths, *ends, "--evidence", given_file, "--evidence", given_file])
    assert twice.exit_code
    assert "hunan-G60" in str(twice.exception)
    faulty = str(file_of(tmp_path, corridor={"max_axle_kg": "heavy"}))
    wrong = CliRunner().invoke(cli, ["review", *paths, *ends, "--evidence", faulty])
    assert wrong.exit_code
    assert "corridors.0 (hunan-G60).max_axle_kg" in str(wrong.exception)
