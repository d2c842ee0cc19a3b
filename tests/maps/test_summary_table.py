"""Tests of maps.summary_table and of the words in maps.labels."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from maps.labels import basis_label, format_number, format_quantity, plain_text, quantity_label, verdict_label
from maps.ordering import sort_findings
from maps.summary_table import print_review
from tests.maps.sample_reviews import VERDICTS, finding, sample_review

MINUS = "\u2212"


def printed(review: dict[str, Any], **options: int) -> str:
    output = io.StringIO()
    print_review(review, Console(file=output, width=200, color_system=None), **options)
    return output.getvalue()


@pytest.mark.parametrize("verdict", VERDICTS)
def test_every_verdict_is_printed_in_chinese_first(verdict: str) -> None:
    text = printed(sample_review(verdict))
    assert verdict_label(verdict).both in text.splitlines()[0]
    assert "二类 class II" in text
    assert "受理 市级 430100；会审 湘潭县公路部门 430321 county_highway" in text


def test_findings_beyond_the_limit_are_counted() -> None:
    text = printed(sample_review("blocked"), limit=3)
    assert "其余 6 项未列出 more：有条件通行 3，可通行 3" in text
    assert text.index("路面大修封闭") < text.index("京广铁路跨线桥") < text.index("S326 桥涵资料")


def test_the_way_out_is_printed() -> None:
    text = printed(sample_review("blocked"))
    assert "受阻原因 why not" in text
    assert f"高度 4,480 mm → 4,200 mm（{MINUS}280 mm） ⇒ 有条件通行 conditional" in text


def test_deadlines_refusals_and_near_thresholds_are_printed_where_present() -> None:
    review = sample_review("passes")
    review["classification"]["refusals"] = [{"clause": "ord62-17.1", "reason": "物品可以解体"}]
    review["deadlines"] = [{"step": "受理", "days": 2}]
    text = printed(review)
    assert "不予许可 refusals：ord62-17.1 物品可以解体" in text
    assert "临界 near：高度 4,480 mm" in text
    assert "时限 deadlines：step 受理，days 2" in text


def test_names_cannot_steer_the_terminal() -> None:
    review = sample_review("conditional")
    review["routes"][0]["phrase"] = "\x1b[31m[bold]红[/bold]\x1b]0;owned\x07"
    review["routes"][0]["findings"][0]["reason"] = "a\x1b[2Jb\r\nc"
    text = printed(review)
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "[bold]红[/bold]" in text


def test_values_of_a_later_version_are_printed_as_they_stand() -> None:
    review = {"verdict": "perhaps", "routes": [{"verdict": "x", "findings": [{"outcome": "y", "quantity": "noise"}]}]}
    text = printed(review)
    assert "perhaps" in text
    assert "noise" in text


def test_findings_are_sorted_by_severity_then_place_or_margin() -> None:
    mixed = [
        finding("passes", "height", 1, limit=5000, margin=900),
        finding("passes", "gross_mass", 2, limit=100_000, margin=1000),
        finding("passes", "turn", 3, limit=None, margin=None),
        finding("conditional", "width", 9),
        finding("conditional", "width", 4),
        finding("blocked", "closure", 5),
        finding("unknown", "coverage", 6),
        finding("perhaps", "coverage", 7),
    ]
    assert [item["at_m"] for item in sort_findings(mixed)] == [5, 6, 7, 4, 9, 2, 1, 3]


def test_words_and_numbers() -> None:
    assert quantity_label("bridge_effect").zh == "桥梁荷载效应"
    assert basis_label("inventory").both == "台账 inventory"
    assert verdict_label("new_value").both == "new_value"
    assert verdict_label(None).both == "—"
    assert format_number(-280, signed=True) == f"{MINUS}280"
    assert format_number(1.1) == "1.1"
    assert format_number(10.0) == "10"
    assert format_number(0.0) == "0"
    assert format_number(True) == "True"
    assert format_quantity(49000, "kg") == "49,000 kg"
    assert format_quantity(0.9512, "ratio") == "0.951"
    assert format_quantity(None, "mm") == "—"
    assert plain_text("甲\u202e乙\x00丙") == "甲 乙 丙"
