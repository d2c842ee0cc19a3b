"""Files of the cross-province exchange: what goes out comes in again, and anything else is refused as a whole."""

import datetime as dt
import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.dispatch.errors import DispatchError, ExchangeError
from api.dispatch.exchange import (
    Application,
    check_answer,
    forward_due_on,
    forwards_of,
    hash_of,
    read_exchange,
    write_exchange,
)
from api.dispatch.exchange_model import Answer, Forward
from tests.dispatch.cases import COUNTY, TRUNK, plan_for, review_of, road

VEHICLES = Path(__file__).parents[2] / "api" / "sample" / "vehicles"
VEHICLE = json.loads(min(VEHICLES.glob("*.json")).read_text(encoding="utf-8"))
APPLICATION = Application(
    case_no="湘大件2026-000001",
    accepted_on=dt.date(2026, 11, 23),
    applicant_name="某某大件运输有限公司",
    applicant_credit_code="91110000600037341L",
    cargo="变压器",
    vehicle=VEHICLE,
    travel_from=dt.date(2026, 12, 7),
    travel_until=dt.date(2026, 12, 11),
)
SENT = dt.date(2026, 11, 24)
REVIEW = review_of(road("430624"), road("420111", TRUNK), road("430624", COUNTY, 30), road("420111"), road("340102"))


def forwards() -> dict[str, Forward]:
    return forwards_of(plan_for(REVIEW), REVIEW, APPLICATION, SENT)


def answer(**changes: object) -> Answer:
    forward = forwards()["420000"]
    values: dict[str, object] = {
        "case_no": forward.case_no, "from_province": "420000", "to_province": "430000", "answers": hash_of(forward),
        "answered_on": dt.date(2026, 11, 30), "decision": "conditions", "conditions": ["夜间通行"], "reasons": [],
    }  # fmt: skip
    return Answer.model_validate(values | changes)


def sealed(file: dict[str, Any]) -> str:
    """The file with a right hash, by the recipe of the document."""
    rest = {key: value for key, value in file.items() if key != "content_hash"}
    text = json.dumps(rest, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return json.dumps(rest | {"content_hash": f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"})


def changed(**content: object) -> str:
    file = json.loads(write_exchange(forwards()["420000"]))
    file["content"] |= content
    return sealed(file)


def faults_of(text: str) -> str:
    with pytest.raises(ExchangeError) as caught:
        read_exchange(text, "来文.json")
    assert all(fault for fault in caught.value.faults)
    return str(caught.value)


def test_each_province_gets_the_whole_line_but_its_own_part() -> None:
    made = forwards()
    assert list(made) == ["420000", "340000"]
    assert [(part.enter_m, part.exit_m) for part in made["420000"].part] == [(5000, 10_000), (10_030, 15_030)]
    assert [part.code for part in made["340000"].part] == ["340102"]
    assert made["420000"].answer_working_days == 5


def test_a_border_sliver_is_told_under_the_county_that_acts() -> None:
    review = review_of(road("430624"), road("420111"), road("430121", length_m=30), road("420111"))
    (made,) = forwards_of(plan_for(review), review, APPLICATION, SENT).values()
    assert [(part.code, part.length_m) for part in made.part] == [("420111", 5000), ("420111", 30), ("420111", 5000)]


def test_what_goes_out_comes_in_again_and_says_it_is_a_proposal() -> None:
    for content in (*forwards().values(), answer()):
        text = write_exchange(content)
        assert read_exchange(text, "f") == content
        assert write_exchange(content) == text
        assert json.loads(text)["status"] == "proposal"
        assert "建议格式" in json.loads(text)["notice"]
        assert json.loads(sealed(json.loads(text))) == json.loads(text)


def test_no_forward_within_a_province() -> None:
    review = review_of(road("430121"))
    with pytest.raises(DispatchError, match="crosses no other province"):
        forwards_of(plan_for(review), review, APPLICATION, SENT)


def test_an_application_that_does_not_fit_is_refused_before_it_is_sent() -> None:
    broken = replace(APPLICATION, cargo="", travel_until=dt.date(2026, 1, 1), vehicle={"kind": "train"})
    with pytest.raises(ExchangeError) as caught:
        forwards_of(plan_for(REVIEW), REVIEW, broken, SENT)
    assert {fault.split(":")[0] for fault in caught.value.faults} == {"cargo", "vehicle"}


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ({"case_no": ""}, "case_no"),
        ({"from_province": "430100"}, "from_province"),
        ({"to_province": "710000"}, "to_province"),
        ({"to_province": "430000"}, "the same"),
        ({"to_province": "410000"}, "lies outside 410000"),
        ({"sent_on": "2026-11-22"}, "sent_on lies before"),
        ({"sent_on": "2026-02-30"}, "sent_on"),
        ({"answer_working_days": True}, "answer_working_days"),
        ({"answer_working_days": "5"}, "answer_working_days"),
        ({"travel_until": "2026-12-01"}, "travel_until lies before"),
        ({"vehicle_class": "none"}, "vehicle_class"),
        ({"vehicle": VEHICLE | {"height_mm": 99}}, "height_mm"),
        ({"route_line": [[112.0, 28.0]]}, "route_line"),
        ({"route_line": [[112.0, 28.0], [28.0, 112.0]]}, r"route_line[1]"),
        ({"part": []}, "part"),
        ({"password": "x"}, "password"),
        ({"kind": "order"}, "kind"),
    ],
)
def test_a_wrong_field_is_named(content: dict[str, Any], named: str) -> None:
    assert named in faults_of(changed(**content))


def test_a_stretch_that_does_not_add_up_and_a_changed_file_are_told_together() -> None:
    file = json.loads(write_exchange(forwards()["420000"]))
    file["content"]["part"][0]["length_m"] += 1
    file["content"]["cargo"] = ""
    said = faults_of(json.dumps(file))
    assert "content_hash" in said
    assert "cargo" in said
    assert "length_m" in said


@pytest.mark.parametrize(
    "text", ["", "[]", "null", "{", '{"a": 1, "a": 2}', '{"a": NaN}', "[" * 100_000, "\ud800", "1e999"]
)
def test_what_is_no_exchange_file_is_refused(text: str) -> None:
    faults_of(text)


def test_a_repeated_field_is_refused_whatever_its_value() -> None:
    text = write_exchange(forwards()["420000"])
    assert "repeated" in faults_of(text.replace('"version": 1', '"version": 1, "version": 1'))


def test_other_formats_and_versions_are_refused() -> None:
    file = json.loads(write_exchange(forwards()["420000"]))
    assert "version" in faults_of(sealed(file | {"version": 2}))
    assert "status" in faults_of(sealed(file | {"status": "official"}))


@given(place=st.integers(0, 10_000), letter=st.characters(codec="utf-8"))
def test_any_changed_letter_is_noticed(place: int, letter: str) -> None:
    text = write_exchange(answer())
    place %= len(text)
    spoilt = text[:place] + letter + text[place + 1 :]
    try:
        found = read_exchange(spoilt, "f")
    except ExchangeError:
        return
    assert found == answer()  # white space between the fields says nothing


@pytest.mark.parametrize(
    "changes",
    [
        {"decision": "object", "conditions": []},
        {"decision": "conditions", "conditions": []},
        {"decision": "agree"},
        {"to_province": "420000"},
    ],
)
def test_an_answer_says_why(changes: dict[str, Any]) -> None:
    file = json.loads(write_exchange(answer()))
    file["content"] |= changes
    faults_of(sealed(file))


def test_an_answer_belongs_to_one_version_of_one_file() -> None:
    forward = forwards()["420000"]
    check_answer(forward, answer(), "f")
    wrong: dict[str, Any] = {
        "case_no": "别的", "from_province": "340000", "to_province": "320000",
        "answers": hash_of(forwards()["340000"]), "answered_on": dt.date(2026, 11, 23),
    }  # fmt: skip
    for name, value in wrong.items():
        with pytest.raises(ExchangeError, match=name):
            check_answer(forward, answer(**{name: value}), "f")


def test_the_origin_forwards_within_two_working_days() -> None:
    assert forward_due_on(dt.date(2026, 9, 24), 2) == dt.date(2026, 9, 29)
