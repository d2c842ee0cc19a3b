"""A year of generated applications."""

import datetime as dt
import json
from collections import Counter
from itertools import islice

import pytest

from api.reviews.request import facts_of
from data.demo import generate_applications
from data.demo.applications import CLASS_SHARES
from data.vehicles import parse_vehicle
from rules.review import classify


def test_the_same_seed_gives_the_same_rows() -> None:
    assert list(generate_applications(1, 2025, 50)) == list(generate_applications(1, 2025, 50))
    assert list(generate_applications(1, 2025, 50)) != list(generate_applications(2, 2025, 50))


def test_rows_have_the_form_of_a_batch_and_are_labelled() -> None:
    rows = list(generate_applications(3, 2025, 200))
    assert len(rows) == len({row["id"] for row in rows}) == 200
    days = [row["on"][:10] for row in rows]
    assert days == sorted(days)
    assert {dt.date.fromisoformat(day).year for day in days} == {2025}
    assert {row["generated"] for row in rows} == {True}
    assert {key for row in rows for key in row} == {
        "id", "vehicle", "from", "to", "via", "on", "class_wanted", "generated"
    }  # fmt: skip
    assert all(row["from"] != row["to"] for row in rows)
    json.dumps(rows)


def test_vehicles_are_valid_and_of_the_class_that_was_wanted() -> None:
    for row in islice(generate_applications(5, 2026, 300), 300):
        vehicle = parse_vehicle(json.dumps(row["vehicle"]), source=row["id"])
        found = classify(facts_of(vehicle), on=dt.date(2026, 11, 22))
        assert found.vehicle_class == row["class_wanted"], row


def test_classes_have_the_assumed_shares() -> None:
    counts = Counter(row["class_wanted"] for row in generate_applications(7, 2025, 3000))
    assert {name: counts[name] / 3000 for name in CLASS_SHARES} == pytest.approx(CLASS_SHARES, abs=0.03)
