"""Lines of the comparison in words: fields by their names on the form, values with their units."""

from typing import Any, cast

import pytest
from starlette.datastructures import FormData

from api.pages.desk.evidence_words import evidence_line, field_word
from api.pages.desk.words import clause_word
from api.pages.language import Language
from api.pages.page import PageContext


def reader(language: Language = "zh") -> PageContext:
    return PageContext(cast("Any", None), cast("Any", None), language, FormData())


def line(field: str, declared: object, compared_with: str, value: object) -> dict[str, Any]:
    return {
        "field": field,
        "declared": declared,
        "compared_with": compared_with,
        "value": value,
        "outcome": "agrees",
    }


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (("whole.height_mm", 4230, "货物高", 3230), "车货总高（自地面）：4.23 m；货物高 3.23 m；一致"),
        (("whole.axles", 49000, "车货总质量", 49000), "轴荷分布：49 t；车货总质量 49 t；一致"),
        (("whole.axles", 22, "每轴轮胎数为双数", None), "轴荷分布：22；每轴轮胎数为双数；一致"),
        (
            ("whole.axles", 24000, "牵引车各轴的静力区间", "9800～49000"),
            "轴荷分布：24 t；牵引车各轴的静力区间 9.8 t～49 t；一致",
        ),
        (("trip.line", None, "路线审查", "conditional"), "行驶路线：—；路线审查 有条件通行；一致"),
        (("whole", "II", "第十五条分类", "II"), "车货类别：二类；第十五条分类 二类；一致"),
        (("whole.indivisible", True, "不可解体", None), "是否不可解体物品：是；不可解体；一致"),
        (("attachments.authorization", "a1", "授权委托书", None), "授权委托书：已提交；授权委托书；一致"),
        (("drivers.0.id_number", "X", "", None), "驾驶员 · 证件号码：X；一致"),
        (("tractor.plate", "湘A1", "", None), "牵引车 · 号牌号码：湘A1；一致"),
    ],
)
def test_a_line_is_told_in_words_with_units(told: tuple[str, object, str, object], said: str) -> None:
    assert evidence_line(reader(), line(*told)) == said


def test_a_field_without_a_name_keeps_its_path() -> None:
    assert field_word(reader(), "never.heard_of") == "never.heard_of"
    assert field_word(reader("en"), "trailer.plate") == "Trailer · Number plate"


def test_what_is_known_by_heart_asks_to_be_looked_up() -> None:
    assert clause_word("行政许可法第七条（凭记忆）、第三十六条") == "行政许可法第七条（条文待核对）、第三十六条"
