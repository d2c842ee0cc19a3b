"""One word for one thing on the pages: 试算 asks, 路线规划 is the name of a page, 验算 is said of structures."""

import pytest

from api.pages.language import catalogue

NAMES_OF_THE_PAGE = {"plan.nav", "plan.title"}


@pytest.mark.parametrize(("word", "places"), [("测算", set()), ("规划", NAMES_OF_THE_PAGE), ("计算路线", set())])
def test_words_for_asking_are_not_mixed(word: str, places: set[str]) -> None:
    assert {key for key, entry in catalogue().items() if word in entry["zh"]} == places


def test_structures_alone_are_calculated_by_that_word() -> None:
    said = {entry["zh"] for entry in catalogue().values() if "验算" in entry["zh"]}
    assert said
    assert not [one for one in said if "路线" in one and "桥" not in one]
