"""Drafted opinions: the worst finding suggests, missing data suggests nothing, a part is cut at its ends."""

import pytest

from api.dispatch.drafting import draft, suggest
from api.dispatch.parts import cut_findings, structures_in
from tests.dispatch.cases import finding, road


@pytest.mark.parametrize(
    ("outcomes", "suggestion"),
    [
        ((), "agree"),
        (("passes",), "agree"),
        (("passes", "conditional"), "conditions"),
        (("conditional", "unknown"), "undecided"),
        (("unknown", "blocked", "passes"), "object"),
    ],
)
def test_the_worst_finding_suggests(outcomes: tuple[str, ...], suggestion: str) -> None:
    assert suggest([finding(at, outcome=outcome) for at, outcome in enumerate(outcomes)]) == suggestion


def test_a_draft_says_part_numbers_structures_reasons_and_conditions() -> None:
    found = [
        finding(100, 20, "conditional", "湘江桥"),
        finding(2000, 5, "conditional"),
        finding(3000, 1, "passes", "好桥"),
    ]
    text = draft("长沙县交通运输主管部门", "opinion", "II", [road("430121", name="某路")], found).text
    assert "X012某路，自起点0.000至5.000公里，长5.000公里" in text
    assert "1项通过，2项有条件通过，0项资料不足，0项不可通行" in text
    assert "需人工判断的构造物1处：湘江桥（0.100公里处）：原因100" in text
    assert "需人工判断的其他事项：原因2000" in text
    assert "同意，附条件。理由：湘江桥（K100+000），原因100；K2000+000，原因2000。条件：条件100；条件2000" in text
    assert "好桥" not in text
    assert "逾期不答复不视为同意" in text


def test_missing_data_gets_no_suggestion() -> None:
    made = draft("甲", "opinion", "III", [road("430121")], [finding(1, outcome="unknown")])
    assert made.suggestion == "undecided"
    assert "暂不提出建议意见" in made.text


def test_text_from_outside_stays_text() -> None:
    made = draft("{body}", "opinion", "III", [road("430121")], [finding(1, 0, "blocked", "{0}桥", reason="{x}")])
    assert "{body}" in made.text
    assert "{0}桥（K1+000），{x}" in made.text


def test_to_inform_needs_no_suggestion() -> None:
    made = draft("甲", "inform", "I", [road("430121")], [])
    assert made.suggestion is None
    assert "不需要答复" in made.text


def test_a_structure_stands_once_with_all_that_is_asked_and_its_worst_outcome() -> None:
    found = [
        finding(5, 0, "conditional", "桥"),
        finding(5, 0, "blocked", "桥", reason="净高"),
        finding(9, 0, "passes", "B"),
    ]
    assert structures_in(found) == (
        {"id": "id-桥", "name": "桥", "kind": "bridge", "at_m": 5, "outcome": "blocked", "asks": ["原因5", "净高"]},
    )


def test_findings_are_cut_at_the_ends_of_the_part() -> None:
    (cut,) = cut_findings([finding(900, 500, "conditional")], [(1000, 1200)], 5000)
    assert (cut["at_m"], cut["length_m"], cut["way_ids"], cut["lon"], cut["source"]) == (1000, 200, [], None, "")
    whole = finding(1000, 200)
    assert cut_findings([whole], [(1000, 1200)], 5000) == (whole,)


def test_a_spot_on_the_line_belongs_to_one_side_and_the_last_point_to_the_last_stretch() -> None:
    spot, last = finding(1000), finding(5000)
    assert cut_findings([spot, last], [(0, 1000)], 5000) == ()
    assert cut_findings([spot, last], [(1000, 5000)], 5000) == (spot, last)
