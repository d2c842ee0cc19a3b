"""Axle notation over HTTP: arrays, or faults by field and position."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.applications.endpoints_axles import AxleTexts, post_axles
from api.applications.notation import format_loads, format_spacings


@pytest.fixture(scope="module")
def client(people):
    return people.nobody()


def test_loads_and_spacings_become_arrays(client) -> None:
    answer = client.post("/api/v1/vehicles/axles", json={"loads": "10+20+3*18", "spacings": "3.3-1.35-7-1.4-1.4"})
    assert answer.status_code == 200
    assert answer.json() == {
        "loads_kg": [10_000, 10_000, 10_000, 18_000, 18_000, 18_000],
        "spacings_mm": [0, 3300, 1350, 7000, 1400, 1400],
        "faults": [],
    }


def test_faults_name_field_and_position(client) -> None:
    got = client.post("/api/v1/vehicles/axles", json={"loads": "10+9.2+x", "spacings": "3.3-0"}).json()
    assert got["loads_kg"] is None
    assert {(one["field"], one["position"], one["code"]) for one in got["faults"]} == {
        ("axle_loads", 3, "unreadable"),
        ("axle_spacings", 2, "not_positive"),
    }
    whole = client.post("/api/v1/vehicles/axles", json={"loads": "10+20", "spacings": "3.3"}).json()
    assert [(one["field"], one["position"]) for one in whole["faults"]] == [("axle_spacings", None)]


def test_counts_settle_what_is_not_known(client) -> None:
    body = {"loads": "18.4", "spacings": "1.35", "counts": [2]}
    assert client.post("/api/v1/vehicles/axles", json=body).json()["loads_kg"] == [9200, 9200]


@pytest.mark.parametrize(
    "wrong", [{}, {"loads": "x" * 501, "spacings": ""}, {"loads": "", "spacings": "", "counts": [0]}, {"loads": 1}]
)
def test_what_is_no_text_is_refused(client, wrong) -> None:
    assert client.post("/api/v1/vehicles/axles", json=wrong).status_code == 422


def test_hostile_text_is_a_fault_of_the_text(client) -> None:
    answer = client.post(
        "/api/v1/vehicles/axles",
        content=json.dumps({"loads": "\x00٣\ud800", "spacings": "9" * 400}),
        headers={"content-type": "application/json"},
    )
    assert answer.status_code in {200, 422}
    assert answer.status_code == 422 or answer.json()["faults"]


@given(st.lists(st.tuples(st.integers(100, 60_000), st.integers(500, 60_000)), min_size=2, max_size=30))
@settings(max_examples=50, deadline=None)
def test_what_is_written_is_read_back(axles: list[tuple[int, int]]) -> None:
    loads, spacings = [kg for kg, _ in axles], [0, *(mm for _, mm in axles[1:])]
    read = post_axles(AxleTexts(loads=format_loads(loads), spacings=format_spacings(spacings)))
    assert (read.loads_kg, read.spacings_mm, read.faults) == (loads, spacings, [])
