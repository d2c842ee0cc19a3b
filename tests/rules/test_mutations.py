"""A number or a relation of the law that is changed must be noticed by the case files alone."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from rules import loading
from rules.findings import check_clause
from rules.loading import articles, read_yaml
from rules.review import deadline
from rules.vehicle import VehicleFacts

MakeVehicle = Callable[..., VehicleFacts]
CASES = [
    case for path in sorted(Path(__file__).parent.glob("*/art_*.yaml")) for case in read_yaml(path) if "vehicle" in case
]
NEIGHBOUR = {"over": "at_least", "at_least": "over", "not_over": "under", "under": "not_over"}
THRESHOLDS = [
    (article.id, key, name)
    for article in articles().values()
    for key, clause in article.versions[0].clauses.items()
    for name in clause.thresholds
]


def changed_articles(article_id: str, key: str, name: str, change: dict[str, object]) -> dict[str, object]:
    article = articles()[article_id]
    version = article.versions[0]
    clause = version.clauses[key]
    threshold = clause.thresholds[name].model_copy(update=change)
    clause = clause.model_copy(update={"thresholds": clause.thresholds | {name: threshold}})
    version = version.model_copy(update={"clauses": version.clauses | {key: clause}})
    return dict(articles()) | {article_id: article.model_copy(update={"versions": (version,)})}


def answers(make_vehicle: MakeVehicle) -> list[object]:
    given: list[object] = []
    for case in CASES:
        on = dt.date.fromisoformat(case.get("date", "2025-01-01"))
        findings = check_clause(case["clause"], make_vehicle(case["vehicle"]), on=on)
        given.append([(finding.threshold_name, finding.outcome) for finding in findings])
    periods = [(name, scope) for name in ("I", "II", "III") for scope in ("own", "cross_province")]
    given += [deadline(name, scope, dt.date(2026, 7, 6)).due_on for name, scope in periods]  # type: ignore[arg-type]
    return given


@pytest.mark.parametrize(("article_id", "key", "name"), THRESHOLDS)
def test_changed_number_is_noticed(
    article_id: str, key: str, name: str, make_vehicle: MakeVehicle, monkeypatch: pytest.MonkeyPatch
) -> None:
    threshold = articles()[article_id].versions[0].clauses[key].thresholds[name]
    before = answers(make_vehicle)
    # Periods are used as numbers, their relation is not compared; a tyre count moves in pairs.
    step = 2 if threshold.unit == "tyre" else 1
    changes: list[dict[str, object]] = [{"value": threshold.value + step}, {"value": threshold.value - step}]
    if threshold.unit in {"mm", "kg"}:
        changes.append({"relation": NEIGHBOUR[threshold.relation]})
    for change in changes:
        mutated = changed_articles(article_id, key, name, change)
        with monkeypatch.context() as patch:
            patch.setattr(loading, "articles", lambda mutated=mutated: mutated)
            assert answers(make_vehicle) != before, change
    assert answers(make_vehicle) == before
