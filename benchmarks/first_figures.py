"""First figures: what each stage of a review costs on real networks, beside networkx and igraph on the same graph.

    python benchmarks/first_figures.py [--data DIR] [--update] [--update-counters]

Times are reported, never a gate: the middle of 5 rounds, to be quoted only from an idle machine. Every answer is
checked in the same run. Counters of work do gate: tests/benchmarks/test_counters.py.
"""

import argparse
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

from api.settings import var_folder
from benchmarks import counting
from benchmarks.extracts import Extract, data_folder, find_extracts
from benchmarks.measuring import ROUNDS, Row, as_markdown, as_time, describe_machine, replace_table
from benchmarks.stages import measure

PAGE = Path(__file__).parent / "README.md"
GOAL_S = 0.3
GOAL_NETWORK = "Porto"


def main() -> None:
    """Measure, print, and write what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder of the large extracts (default: DAJIAN_BENCH_DATA)")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often each call is measured (default: 5)")
    parser.add_argument("--update", action="store_true", help="put the table into benchmarks/README.md")
    parser.add_argument("--update-counters", action="store_true", help="only count, and write benchmarks/counters.json")
    given = parser.parse_args()
    if given.update_counters:
        counting.write(counting.count())
        print(f"{counting.COUNTERS.name} written: say in the commit why the numbers changed")
        return
    extracts = find_extracts(data_folder(given.data))
    start = time.perf_counter()
    parts = [describe_machine()]
    print(parts[0], flush=True)
    for extract in extracts:
        parts.append(figures_of(extract, given.rounds))
        print(f"\n{parts[-1]}", flush=True)
    print(f"\nmeasured in {as_time(time.perf_counter() - start)}")
    if given.update:
        replace_table(PAGE, "\n\n".join(parts))
        print(f"{PAGE.name} updated")


def figures_of(extract: Extract, rounds: int) -> str:
    """Measure one network; its heading, table and goal."""
    rows: list[Row] = []
    for row in measure(extract, var_folder() / "bench" / extract.name.lower(), rounds):
        rows.append(row)
        print(f"  {extract.name}: {row.stage} {row.vehicle}", flush=True)
    told = [f"### {extract.name}", as_markdown(rows)]
    if extract.name == GOAL_NETWORK:
        told.append(goal_line(rows))
    return "\n\n".join(told)


def goal_line(rows: Sequence[Row]) -> str:
    """Say whether a warm review takes less than the goal, whatever the vehicle."""
    medians = [statistics.median(row.seconds) for row in rows if row.stage.startswith("whole review, suggested")]
    verdict = "reached" if max(medians) < GOAL_S else "MISSED"
    return (
        f"Goal, a warm review in under {as_time(GOAL_S)}: {verdict}, {as_time(max(medians))} for the slowest vehicle."
    )


if __name__ == "__main__":
    main()
