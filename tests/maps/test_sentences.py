"""Findings and changes as sentences: numbers as people read them, nothing that the finding does not tell."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maps.sentences import change_sentence, finding_sentence, format_measure, listed

BRIDGE = {
    "outcome": "blocked",
    "quantity": "height",
    "limit": 4060,
    "measured": 4075,
    "margin": -15,
    "unit": "mm",
    "basis": "posted",
    "structure": {"id": "osm:way/1", "name": "某铁路桥", "kind": "railway_bridge"},
    "way_id": 7,
    "stake": "K0+800",
    "reason": "高度超过限值",
    "reason_en": "height is over the limit",
}


def change(quantity: str, before: int, after: int, unit: str) -> dict[str, Any]:
    return {"changes": [{"quantity": quantity, "from": before, "to": after, "unit": unit}], "verdict": "passes"}


def test_a_finding_tells_place_reason_limit_load_and_excess() -> None:
    said = finding_sentence(BRIDGE)
    assert said.zh == "某铁路桥（K0+800），高度超过限值，限值4.06 m（标志），车货4.075 m，超出1.5 cm"
    expected = "某铁路桥 (K0+800), height is over the limit, limit 4.06 m (posted), load 4.075 m, 1.5 cm too much"
    assert said.en == expected


def test_a_banded_finding_tells_its_band_and_no_number() -> None:
    hidden = {name: BRIDGE[name] for name in ("outcome", "structure", "stake", "reason", "reason_en")}
    said = finding_sentence({**hidden, "quantity": "bridge_effect", "band": "100-120%"})
    assert said.zh == "某铁路桥（K0+800），高度超过限值，荷载效应为允许值的100-120%"


@pytest.mark.parametrize(
    ("finding", "zh"),
    [
        ({"quantity": "coverage", "reason": "桥涵资料不全", "stake": "K1+000"}, "K1+000，桥涵资料不全"),
        ({"quantity": "closure", "way_id": 12, "at_m": 1260}, "距起点1.3公里处，封闭"),
        ({"quantity": "bridge_effect", "band": ">100%"}, "桥梁荷载效应，荷载效应超过允许值的100%"),
        ({"quantity": "closure"}, "封闭"),
        ({"quantity": "turn", "structure": {"kind": "gate", "name": ""}}, "门，转弯"),
        ({"quantity": "bridge_effect", "unit": "ratio", "limit": 1.0, "measured": 1.185, "margin": -0.185,
          "basis": "inventory"}, "桥梁荷载效应，限值1.00（台账），荷载效应比1.185，超出0.185"),
        ({"quantity": "height", "limit": 5000, "measured": 4500, "margin": 500, "unit": "mm", "basis": "measured"},
         "高度，限值5.00 m（实测），车货4.50 m"),
    ],
)  # fmt: skip
def test_what_is_not_known_is_left_out(finding: dict[str, Any], zh: str) -> None:
    assert finding_sentence(finding).zh == zh


@pytest.mark.parametrize(
    ("made", "zh", "en"),
    [
        (change("height", 4320, 4300, "mm"), "高度降低2 cm（4.32 m至4.30 m），可通行",
         "height 2 cm less (4.32 m to 4.30 m): passes"),
        (change("width", 5000, 3750, "mm"), "宽度减少1.25 m（5.00 m至3.75 m），可通行",
         "width 1.25 m less (5.00 m to 3.75 m): passes"),
        (change("gross_mass", 84210, 82567, "kg"), "总质量减少1.643 t（84.21 t至82.567 t），可通行",
         "gross mass 1.643 t less (84.21 t to 82.567 t): passes"),
        (change("axle_load", 12000, 11019, "kg"), "轴荷减少981 kg（12 t至11.019 t），可通行",
         "axle load 981 kg less (12 t to 11.019 t): passes"),
        (change("line_spacing", 1550, 1800, "mm"), "轴线间距加大25 cm（1.55 m至1.80 m），可通行",
         "line spacing 25 cm more (1.55 m to 1.80 m): passes"),
        (change("axle_lines", 9, 11, "lines"), "增加2轴线（9至11），可通行", "2 more axle lines (9 to 11): passes"),
    ],
)  # fmt: skip
def test_a_change_says_what_by_how_much_from_where_to_where(made: dict[str, Any], zh: str, en: str) -> None:
    assert change_sentence(made) == (zh, en)


def test_a_pair_is_one_sentence() -> None:
    both = change("height", 4320, 4300, "mm")["changes"] + change("width", 3000, 2900, "mm")["changes"]
    said = change_sentence({"changes": both, "verdict": "conditional"}).zh
    assert said == "高度降低2 cm（4.32 m至4.30 m），宽度减少10 cm（3.00 m至2.90 m），有条件通行"


@given(st.integers(0, 10**7), st.sampled_from(["mm", "kg"]), st.booleans())
def test_no_digit_is_lost(value: int, unit: str, fine: bool) -> None:
    number, shown = format_measure(value, unit, fine=fine).rsplit(" ", 1)
    scale = {"m": 1000, "cm": 10, "t": 1000, "kg": 1}[shown]
    assert round(float(number.replace(",", "")) * scale) == value


def test_sentences_are_listed_once_each() -> None:
    assert listed(["甲", "乙", "甲"]) == "甲；乙"
