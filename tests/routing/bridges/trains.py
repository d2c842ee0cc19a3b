"""Axle layouts and published or independently computed numbers that the tests of bridges share."""

import csv
from pathlib import Path

import pytest

from routing.bridges.trains import AxleTrain

ORACLES = Path(__file__).resolve().parents[3].parent / "shared" / "oracles"
HMT_LINES = 15

JTG550 = AxleTrain.of([30, 120, 120, 140, 140], [3, 1.4, 7, 1.4])
SIXAXLE49 = AxleTrain.of([70, 90, 90, 80, 80, 80], [3.3, 1.35, 7, 1.31, 1.31])
HMT15 = AxleTrain.of([90, 90, 130, 130] + [180] * HMT_LINES, [1.8, 2.8, 1.4, 4.5] + [1.55] * (HMT_LINES - 1))
G120 = AxleTrain.of([300] * 4, [1.2, 4, 1.2])
TRAINS = {"JTG550": JTG550, "SIXAXLE49": SIXAXLE49, "HMT15": HMT15, "G120": G120}


def oracle_rows(name: str) -> list[dict[str, str]]:
    """Rows of a table of independently computed values; the test is skipped where the tables are not at hand."""
    path = ORACLES / name
    if not path.exists():
        pytest.skip(f"table of reference values not at hand: {path}")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
