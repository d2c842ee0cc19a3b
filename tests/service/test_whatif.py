"""What-if questions: the same review, no number that tells a capacity, and no closing in on one."""

import copy
import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session, sessionmaker

from api.app import create_app
from api.cases import grounds
from api.db.engine import transaction
from api.db.tables import Case, Event, WhatIf
from api.provinces.settings import set_setting
from api.reviews.banding import BRIDGE, Bands, band_of, is_about_capacity
from api.reviews.network import OpenNetwork
from api.sample import VEHICLES
from api.unit_of_work import Actor, UnitOfWork
from api.whatif.ask import advise, answer_for, ask
from api.whatif.network import Desk, province_of
from api.whatif.probing import is_same_place, is_similar
from api.whatif.question import Question
from api.whatif.reasons import is_pending
from api.whatif.shown import shown_to_carrier

STOPS = [[112.98, 28.19], [113.13, 27.83]]
GENERATOR = json.loads((VEHICLES / "generator_class_3.json").read_text())
LEGAL = json.loads((VEHICLES / "semitrailer_legal.json").read_text())
SECRET = 0.61803  # a ratio that stands nowhere else


def _finding(**more: Any) -> dict[str, Any]:
    plain = {"outcome": "passes", "quantity": "bridge_effect", "limit": 1.05, "measured": SECRET, "margin": 0.43197}
    plain |= {"unit": "ratio", "basis": "inventory", "structure": {"id": "B1", "name": "一桥", "kind": "bridge"}}
    plain |= {"way_id": 5, "at_m": 1200, "length_m": 90, "lon": 112.9, "lat": 28.0, "stake": None, "when": None}
    plain |= {"source": "inventory row 7: 公路-I级, 3×30", "reason": "其余5座桥梁的荷载效应比均不超过0.62"}
    plain |= {
        "reason_en": "5 more bridges with a ratio of at most 0.62",
        "conditions": ["居中"],
        "conditions_en": ["c"],
    }
    plain |= {"bridge": {"spans": "3×30", "design_load": "公路-I级", "condition": 2, "ratios": {"normal": SECRET}}}
    return plain | {"policy_threshold": None, "way_ids": [5]} | more


def _answer(**more: Any) -> dict[str, Any]:
    """A review whose findings say everything that must not get out."""
    sign = {
        "limit": 55_000,
        "measured": 47_500,
        "margin": 7_500,
        "unit": "kg",
        "reason": "限重标志",
        "reason_en": "sign",
    }
    posted = _finding(quantity="gross_mass", basis="posted", structure=None, **sign)
    axle = _finding(quantity="axle_group", basis="inventory", limit=31_337, measured=24_000, margin=7_337, unit="kg")
    route = {"rank": 1, "verdict": "passes", "length_m": 9, "duration_s": 9, "phrase": "x", "legs": [], "divisions": []}
    route |= {"geometry": {"type": "LineString", "coordinates": []}, "way_ids": [5, 6]}
    route |= {"findings": [_finding(), _finding(count=5), posted, axle], "capacity_kg": 31_337}
    certificate = {"kind": "blocked", "count": 2, "is_least_proved": True, "equal_sets": [["row 31337"]]}
    thing = {"thing": "inventory row 7: 31337 kg", "needed_without": None, "is_without_known": True}
    certificate |= {"things": [thing | {"findings": [_finding(outcome="blocked")]}], "route": copy.deepcopy(route)}
    task = {"what": "专项验算", "what_en": "special calculation", "value_needed": SECRET, "unit": "ratio"}
    task |= {"quantity": "bridge_effect", "structure": _finding()["structure"], "source": "row 31337"}
    measure = {"rank": 1, "thing": "row 31337", "sets": 1, "of_sets": 1, "tasks": [task]}
    variant = {"variant": "fewest_bridges", "verdict": "passes", "count": 3, "route": copy.deepcopy(route)}
    lines = {"changes": [{"quantity": "axle_lines", "from": 6, "to": 9, "unit": "lines"}], "verdict": "passes"}
    lines["follows"] = [{"quantity": "gross_mass", "from": 98_000, "to": 131_337, "unit": "kg"}]
    lines["proof"] = {"passes": True, "fails_one_step_less": [{"quantity": "axle_lines", "value": 31_337}]}
    height = {"changes": [{"quantity": "height", "from": 5000, "to": 4700, "unit": "mm"}], "verdict": "passes"}
    mass = {"changes": [{"quantity": "gross_mass", "from": 166_000, "to": 131_337, "unit": "kg"}], "verdict": "passes"}
    both = {"changes": [*height["changes"], *mass["changes"]], "verdict": "passes"}
    return {
        "verdict": "passes",
        "classification": {"class": "III"},
        "routes": [route],
        "why_not": {
            "blockers": [_finding(outcome="blocked")],
            "smallest_changes": [height, mass, both, lines],
            "certificate": certificate,
            "measure_first": [measure],
            "departures": {"better": [{"on": "2026-12-01", "verdict": "passes"}]},
            "something_new": SECRET,
        },
        "variants": [variant],
        "jurisdiction": {"level": "city"},
        "stops": [],
        "network_id": "n",
        "rules_id": "r",
        "policy_id": "p",
        "overlay_ids": [],
        "evidence_ids": ["calc-31337"],
        "warnings": ["桥B1按31337 kg验算"],
        "on": "2026-11-23",
        "attribution": "x",
        "something_new": {"allowed": SECRET},
    } | more


def _numbers(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for item in value.values():
            yield from _numbers(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _numbers(item)
    else:
        yield str(value)


@pytest.mark.parametrize("sees", ["nothing", "verdict", "bands"])
def test_no_number_of_a_capacity_gets_out(sees) -> None:
    shown = json.dumps(shown_to_carrier(_answer(), sees, [50, 80, 100]), ensure_ascii=False)
    for secret in (
        "0.61",
        "0.62",
        "1.05",
        "0.43",
        "31337",
        "131337",
        "公路-I级",
        "3×30",
        "design_load",
        "ratios",
        '"unit": "ratio"',
        "calc-",
    ):
        assert secret not in shown, secret
    assert "55000" in shown  # the sign at the road
    assert '"to": 4700' in shown  # a height is no capacity
    assert ("一桥" in shown) == (sees != "nothing")
    assert ('"band"' in shown) == (sees == "bands")
    assert '"2026-12-01"' in shown
    assert '"fewest_bridges"' in shown
    assert ("专项验算" in shown) == (sees != "nothing")
    assert ("130000" in shown) == ("axle_lines" in shown) == (sees == "bands"), "masses in steps, or none"


def test_the_original_is_not_changed_by_showing_it() -> None:
    answer = _answer()
    before = copy.deepcopy(answer)
    shown_to_carrier(answer, "bands", [50])
    assert answer == before


@given(st.floats(0, 3), st.lists(st.integers(1, 400), min_size=1, max_size=6, unique=True))
def test_a_band_holds_its_ratio_and_tells_no_more(ratio: float, edges: list[int]) -> None:
    rising = sorted(edges)
    said = band_of(1.0, ratio, Bands(tuple(edges), 5000))
    low = max([0, *(edge for edge in rising if edge < ratio * 100)])
    above = [edge for edge in rising if ratio * 100 <= edge]
    assert said == (f"{low}-{above[0]}%" if above else f">{rising[-1]}%")
    same = [r for r in (ratio * 0.999, ratio) if band_of(1.0, r, Bands(tuple(rising), 5000)) == said]
    assert ratio in same


def test_what_was_not_compared_has_no_band() -> None:
    assert band_of(None, 0.5, Bands((50,), 5000)) is None
    assert band_of(1.0, None, Bands((50,), 5000)) is None


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The synthetic province."""
    from api.commands.demo import build_demo

    folder = tmp_path_factory.mktemp("networks") / "demo"
    build_demo(folder, 1)
    return folder


@pytest.fixture(scope="module")
def desk_app(sessions: sessionmaker[Session], settings, clock, demo: Path, people) -> Iterator[FastAPI]:
    people.account("firm", "carrier", carrier_id=people.carrier())
    people.account("rival", "carrier", carrier_id=people.carrier("91430100MA4L16JQ9D", "另一公司"))
    body = people.body("transport:430000", level="province", code="430000")
    people.account("reviewer", "reviewer", body_id=body)
    people.account("approver", "approver", body_id=body)
    people.account("police", "police", body_id=people.body("police:430100", kind="police"))
    grounds.use(grounds.Source(demo, demo / "overlays"))
    people.app = create_app(sessions, settings, now=clock)
    yield people.app
    grounds.use(None)


@pytest.fixture
def firm(desk_app, people, clock) -> TestClient:  # noqa: ARG001 - the account is there
    clock.forward(days=8)
    return people.sign_in("firm")


def _heavier(vehicle: dict[str, Any], percent: float) -> dict[str, Any]:
    """The same vehicle with every axle heavier."""
    heavier = copy.deepcopy(vehicle)
    for axle in heavier["axles"]:
        axle["load_kg"] = round(axle["load_kg"] * (1 + percent / 100))
    return heavier | {"gross_mass_kg": sum(axle["load_kg"] for axle in heavier["axles"])}


def _ask(client: TestClient, vehicle: dict[str, Any] = GENERATOR, **more: Any) -> Any:
    return client.post("/api/v1/what-if", json={"vehicle": vehicle, "stops": STOPS} | more)


def test_a_carrier_gets_class_days_papers_and_verdict(firm) -> None:
    answer = _ask(firm)
    assert answer.status_code == 201, answer.text
    got = answer.json()
    assert got["vehicle_class"] == got["answer"]["classification"]["class"] == "III"
    assert got["verdict"] == got["answer"]["verdict"]
    procedure = got["answer"]["procedure"]
    assert procedure["statutory_days"] == 10 or procedure["statutory_days"] > 0
    assert procedure["promised_days"] == 10
    assert {"application_form", "operating_licence"} <= {one["id"] for one in procedure["materials"]}


@pytest.mark.usefixtures("desk_app")
def test_an_office_sees_the_numbers_that_a_carrier_and_an_approver_do_not(firm, people) -> None:
    full = _ask(people.sign_in("reviewer")).json()["answer"]
    told = [
        finding
        for route in full["routes"]
        for finding in route["findings"]
        if finding["quantity"] == "bridge_effect" and finding["margin"] is not None
    ]
    assert told
    for client in (firm, people.sign_in("approver")):
        shown = _ask(client).json()["answer"]
        capacity = [f for r in shown["routes"] for f in r["findings"] if f["quantity"] == BRIDGE and "band" in f]
        assert capacity
        texts = set(_numbers(shown))
        for finding in told:
            assert str(finding["measured"]) not in texts
            assert str(finding["margin"]) not in texts
        assert not any({"limit", "measured", "margin", "bridge", "source"} & set(finding) for finding in capacity)
    assert people.sign_in("police").post("/api/v1/what-if", json={"vehicle": {}, "stops": STOPS}).status_code == 403


def test_what_a_province_lets_carriers_see_holds_for_earlier_answers_too(firm, sessions, clock) -> None:
    asked = _ask(firm).json()
    with transaction(sessions) as session:
        work = UnitOfWork(session, Actor("管理员", frozenset({"admin"})), clock())
        set_setting(work, "43", "carrier_sees_bridges", "nothing", work.today)
    later = firm.get(f"/api/v1/what-if/{asked['id']}").json()
    with transaction(sessions) as session:
        work = UnitOfWork(session, Actor("管理员", frozenset({"admin"})), clock())
        set_setting(work, "43", "carrier_sees_bridges", "bands", work.today)
    findings = [finding for route in later["answer"]["routes"] for finding in route["findings"]]
    assert not any(
        is_about_capacity(f | {"basis": f.get("basis")}) for f in findings if f["quantity"] == "bridge_effect"
    )


def test_closing_in_on_a_bridge_is_refused_and_says_why(firm, clock, people) -> None:
    codes = [_ask(firm, _heavier(GENERATOR, step)).status_code for step in (0, 4, 2)]
    assert codes == [201] * 3
    refused = _ask(firm, _heavier(GENERATOR, 3))
    assert refused.status_code == 429
    assert "逐次逼近" in refused.json()["detail"]
    assert int(refused.headers["Retry-After"]) > 6 * 86_400
    assert _ask(firm, _heavier(GENERATOR, 2)).status_code == 201  # asked before: tells nothing new
    shifted = copy.deepcopy(GENERATOR)
    shifted["axles"][-1]["spacing_mm"] += 10
    assert _ask(firm, shifted).status_code == 429  # other axles, the same mass
    assert _ask(firm, LEGAL).status_code == 201  # far lighter
    assert _ask(people.sign_in("rival"), _heavier(GENERATOR, 3)).status_code == 201
    clock.forward(days=7, seconds=1)
    assert _ask(people.sign_in("firm"), _heavier(GENERATOR, 3)).status_code == 201


def test_another_colleague_or_a_slightly_other_start_does_not_help(firm, people) -> None:
    people.account("colleague", "carrier", carrier_id=people.carrier())
    colleague = people.sign_in("colleague")
    for step in (0, 4):
        assert _ask(firm, _heavier(GENERATOR, step)).status_code == 201
    nearby = [[112.981, 28.191], STOPS[1]]
    assert _ask(colleague, _heavier(GENERATOR, 2), stops=nearby).status_code == 201
    assert _ask(colleague, _heavier(GENERATOR, 3), stops=nearby).status_code == 429


def test_a_refused_question_is_neither_kept_nor_told(firm, sessions) -> None:
    for step in (0, 4, 2):
        _ask(firm, _heavier(GENERATOR, step))
    with sessions() as session:
        before = session.query(WhatIf).count(), session.query(Event).filter_by(kind="what_if_asked").count()
    refused = _ask(firm, _heavier(GENERATOR, 3))
    assert refused.status_code == 429
    assert "answer" not in refused.json()
    with sessions() as session:
        assert before == (session.query(WhatIf).count(), session.query(Event).filter_by(kind="what_if_asked").count())


@pytest.mark.usefixtures("desk_app")
def test_advice_that_is_found_later_is_what_was_asked_for_at_once(people, sessions, clock, demo: Path) -> None:
    truth = json.loads((demo / "sources" / "ground_truth.json").read_text())["traps"]
    trap = next(one for one in truth if one["kind"] == "clearance_1cm_short")
    question = Question(trap["vehicle"], clock().date(), tuple(tuple(trap[end]) for end in ("from", "to")))
    account = uuid.UUID(people.sign_in("reviewer").get("/api/v1/account").json()["id"])
    actor = Actor("审查员", frozenset({"reviewer"}), account, "transport:430000", "province", "430000")
    with transaction(sessions) as session:
        work, desk = UnitOfWork(session, actor, clock()), Desk.open(sessions)
        at_once, later = ask(work, desk, question), ask(work, desk, question, with_advice=False)
        assert is_pending(later)
        assert not is_pending(at_once)
        assert later.answer["why_not"]["certificate"] == at_once.answer["why_not"]["certificate"]
        assert later.answer["why_not"]["smallest_changes"] == []
        assert "advice_pending" not in answer_for(work, later)
        found = advise(work, desk, later.id)
        assert found.answer == at_once.answer
        assert advise(work, desk, later.id).answer == at_once.answer
        changes = at_once.answer["why_not"]["smallest_changes"]
        assert found.suggestions == [{"changes": one["changes"]} for one in changes]
        assert changes


def test_closures_count_as_in_the_review_of_a_case(firm, demo: Path, tmp_path) -> None:
    truth = json.loads((demo / "sources" / "ground_truth.json").read_text())["traps"]
    trap = next(one for one in truth if one["id"] == "closure-1-tomorrow")
    asked = {"vehicle": trap["vehicle"], "stops": [trap["from"], trap["to"]], "on": trap["on"][:10]}
    assert firm.post("/api/v1/what-if", json=asked).json()["verdict"] != "blocked"
    (tmp_path / "closures.geojson").write_bytes((demo / "sources" / "overlays.geojson").read_bytes())
    grounds.use(grounds.Source(demo, tmp_path))
    try:
        assert firm.post("/api/v1/what-if", json=asked).json()["verdict"] == "blocked"
    finally:
        grounds.use(grounds.Source(demo, demo / "overlays"))


@pytest.mark.usefixtures("desk_app")
def test_offices_are_not_taken_for_probing(people) -> None:
    reviewer = people.sign_in("reviewer")
    assert {_ask(reviewer, _heavier(GENERATOR, step)).status_code for step in (0, 1, 2, 3, 4)} == {201}


def test_too_many_questions_in_an_hour_are_refused(firm, sessions, clock) -> None:
    with transaction(sessions) as session:
        work = UnitOfWork(session, Actor("管理员", frozenset({"admin"})), clock())
        set_setting(work, "43", "what_if_an_hour", 2, work.today)
    codes = [_ask(firm).status_code for _ in range(3)]
    with transaction(sessions) as session:
        work = UnitOfWork(session, Actor("管理员", frozenset({"admin"})), clock())
        set_setting(work, "43", "what_if_an_hour", 30, work.today)
    assert codes == [201, 201, 429]


def test_questions_are_listed_for_their_firm_alone(firm, people) -> None:
    asked = _ask(firm).json()
    assert asked["id"] in {item["id"] for item in firm.get("/api/v1/what-if").json()["items"]}
    rival = people.sign_in("rival")
    assert asked["id"] not in {item["id"] for item in rival.get("/api/v1/what-if").json()["items"]}
    for path in (asked["id"], str(uuid.uuid4())):
        assert rival.get(f"/api/v1/what-if/{path}").status_code == 404
    assert "probe" not in json.dumps(firm.get("/api/v1/what-if").json())


def test_a_question_is_linked_to_the_case_of_the_same_firm(firm, sessions, people, clock) -> None:
    asked = _ask(firm).json()
    with transaction(sessions) as session:
        account = uuid.UUID(firm.get("/api/v1/account").json()["id"])
        cases = []
        for number, code in enumerate(("91110000600037341L", "91430100MA4L16JQ9D")):
            case = Case(
                number=f"w{number}-{uuid.uuid4().hex[:6]}", carrier_id=people.carrier(code), submitted_by=account
            )
            case.state, case.province, case.form, case.submitted_at = "submitted", "43", {}, clock()
            session.add(case)
            session.flush()
            cases.append(str(case.id))
    path = f"/api/v1/what-if/{asked['id']}/case"
    assert firm.put(path, json={"case_id": cases[0]}).json()["case_id"] == cases[0]
    assert firm.put(path, json={"case_id": cases[1]}).status_code == 404
    assert people.sign_in("rival").put(path, json={"case_id": cases[1]}).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"vehicle": {}},
        {"vehicle": GENERATOR | {"height_mm": "high"}},
        {"stops": []},
        {"stops": [STOPS[0]]},
        {"stops": [STOPS[0], STOPS[0]]},
        {"stops": [[500, 28], STOPS[1]]},
        {"stops": [[10.0, 50.0], STOPS[1]]},
        {"line": {"type": "LineString", "coordinates": STOPS}},
        {"stops": [], "line": {"type": "LineString", "coordinates": [STOPS[0], STOPS[0]]}},
        {"stops": [], "line": {"type": "LineString", "coordinates": [[0, 0], [1, 1]]}},
        {"on": "1000-01-01"},
        {"on": "soon"},
        {"alternatives": 0},
        {"alternatives": 1000},
        {"vehicle": {"\x00": "\x00"}},
        {"extra": 1},
    ],
)
def test_a_faulty_question_is_a_fault(firm, wrong) -> None:
    answer = _ask(firm, **({"vehicle": GENERATOR} | wrong))
    assert answer.status_code == 422, answer.text


def test_text_that_is_none_is_a_fault(firm) -> None:
    content = '{"vehicle": {"kind": "\\ud800"}, "stops": [[112.98, 28.19], [113.13, 27.83]]}'
    assert (
        firm.post("/api/v1/what-if", content=content, headers={"content-type": "application/json"}).status_code == 422
    )


def test_without_a_network_it_is_said(firm, demo, tmp_path) -> None:
    grounds.use(grounds.Source(tmp_path / "none", tmp_path))
    try:
        answer = _ask(firm)
        listed = firm.get("/api/v1/what-if")
    finally:
        grounds.use(grounds.Source(demo, demo / "overlays"))
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert listed.status_code == 200


def test_the_province_of_a_network_is_where_most_of_it_lies(demo: Path) -> None:
    assert province_of(OpenNetwork.open(demo)) == "43"


@given(st.integers(1000, 200_000), st.integers(1000, 200_000), st.integers(1, 100))
def test_similarity_does_not_depend_on_the_order(one: int, other: int, percent: int) -> None:
    assert is_similar(one, other, percent) == is_similar(other, one, percent)
    assert is_similar(one, one, percent)
    assert is_similar(100, 100 - percent, percent)
    assert not is_similar(1000, 1000 - percent * 10 - 10, percent)


def test_the_same_place_is_a_shared_bridge_or_the_same_ends() -> None:
    here = {"ways": [1, 2], "ends": STOPS}
    assert is_same_place(here, {"ways": [2, 3], "ends": [[0, 0], [1, 1]]})
    assert is_same_place(here, {"ways": [], "ends": [[112.99, 28.19], STOPS[1]]})
    assert not is_same_place(here, {"ways": [3], "ends": [[113.1, 28.19], STOPS[1]]})
    assert not is_same_place(here, {"ways": [3], "ends": STOPS[::-1]})


def test_the_same_question_has_the_same_hash(clock) -> None:
    day = clock().date()
    one = Question({"b": 1, "a": 2}, day, stops=((1.0, 2.0), (3.0, 4.0)))
    assert one.hash == Question({"a": 2, "b": 1}, day, stops=((1.0, 2.0), (3.0, 4.0))).hash
    assert one.hash != Question({"a": 2, "b": 2}, day, stops=((1.0, 2.0), (3.0, 4.0))).hash
