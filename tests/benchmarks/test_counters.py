from benchmarks import counting


def test_the_work_and_the_answers_of_the_search_are_as_committed() -> None:
    told = counting.differences(counting.count(), counting.committed())
    assert told == [], (
        "counters changed; if that is meant, run `python benchmarks/first_figures.py --update-counters` "
        "and say why in the commit:\n" + "\n".join(told)
    )


def test_every_difference_is_named() -> None:
    told = counting.differences({"a": {"b": 1, "c": 2}, "d": 3}, {"a": {"b": 1, "c": 4}, "e": 5})
    assert told == ["a.c: 4 committed, 2 counted", "e: 5 committed, None counted", "d: None committed, 3 counted"]
