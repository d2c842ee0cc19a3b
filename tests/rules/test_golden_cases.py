import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rules.divisions import DivisionPassage
from rules.findings import check_clause
from rules.jurisdiction import jurisdiction
from rules.loading import articles, read_yaml
from rules.review import classify
from rules.vehicle import VehicleFacts

MakeVehicle = Callable[..., VehicleFacts]
Case = dict[str, Any]

FOLDER = Path(__file__).parent
CASES = [(path.stem, case) for path in sorted(FOLDER.glob("*/art_*.yaml")) for case in read_yaml(path)]
VEHICLE_CASES = [pytest.param(case, id=f"{stem}-{case['case']}") for stem, case in CASES if "vehicle" in case]
ROUTE_CASES = [pytest.param(case, id=f"{stem}-{case['case']}") for stem, case in CASES if "route" in case]


def day_of(case: Case) -> dt.date:
    return dt.date.fromisoformat(case.get("date", "2025-01-01"))


@pytest.mark.parametrize("case", VEHICLE_CASES)
def test_vehicle_case(case: Case, make_vehicle: MakeVehicle) -> None:
    vehicle = make_vehicle(case["vehicle"])
    findings = check_clause(case["clause"], vehicle, on=day_of(case))
    if "threshold" in case:
        findings = [finding for finding in findings if finding.threshold_name == case["threshold"]]
    assert [finding.outcome for finding in findings] == [case["outcome"]]
    for number in ("margin", "measured"):
        if number in case:
            assert getattr(findings[0], number) == int(case[number])
    if "class" in case:
        assert classify(vehicle, on=day_of(case)).vehicle_class == case["class"]


@pytest.mark.parametrize("case", ROUTE_CASES)
def test_route_case(case: Case) -> None:
    route = [DivisionPassage(code, code, 5000 * index, 5000) for index, code in enumerate(case["route"])]
    result = jurisdiction(route, on=day_of(case), vehicle_class="I")
    assert (result.clause, result.level, result.accepts) == (case["clause"], case["level"], case["accepts"])


def test_every_article_has_a_case_file() -> None:
    stems = {f"{path.parent.name}-{int(path.stem.removeprefix('art_'))}" for path in FOLDER.glob("*/art_*.yaml")}
    assert stems == set(articles())


def test_every_vehicle_threshold_has_cases_on_over_and_unknown() -> None:
    seen = {}
    for _, case in CASES:
        if "vehicle" in case:
            seen.setdefault(case["clause"], set()).add(case["outcome"])
    compared = {
        f"{article.id}.{key}"
        for article in articles().values()
        for version in article.versions
        for key, clause in version.clauses.items()
        if any(threshold.unit in {"mm", "kg"} for threshold in clause.thresholds.values())
    }
    assert compared == {clause for clause in compared if {"met", "not_met", "unknown"} <= seen.get(clause, set())}
