from benchmarks import core_counting, counting


def test_the_work_of_the_hierarchy_is_as_committed() -> None:
    told = counting.differences(core_counting.count(), core_counting.committed())
    assert told == [], (
        "counters changed; if that is meant, run `python -m benchmarks.core_counting` and say why in the commit:\n"
        + "\n".join(told)
    )


def test_the_hierarchy_finds_what_dijkstra_finds() -> None:
    for name, counted in counting.committed()["vehicles"].items():
        by_hierarchy = core_counting.committed()["vehicles"][name]
        assert (by_hierarchy["found"], by_hierarchy["cost_ms"]) == (counted["found"], counted["cost_ms"])
