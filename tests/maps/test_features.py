"""Tests of maps.features."""

from __future__ import annotations

import json
import math
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from maps.errors import ReviewShapeError
from maps.features import extra_blockers, measure_line, review_features, split_into_stretches
from maps.ordering import severity
from tests.maps.sample_reviews import VERDICTS, finding, sample_review

GEOD = Geod(ellps="WGS84")
OUTCOMES = ("passes", "conditional", "unknown", "blocked")


def of_kind(collection: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [feature for feature in collection["features"] if feature["properties"]["kind"] == kind]


def geodesic_length(coordinates: list[list[float]]) -> float:
    return float(GEOD.line_length([c[0] for c in coordinates], [c[1] for c in coordinates]))


@pytest.mark.parametrize("verdict", VERDICTS)
def test_every_verdict_becomes_json_without_gaps(verdict: str) -> None:
    review = sample_review(verdict)
    collection = review_features(review)
    json.dumps(collection, allow_nan=False)
    for route in review["routes"]:
        parts = [part["properties"] for part in of_kind(collection, "stretch")]
        parts = [part for part in parts if part["route"] == route["rank"]]
        assert parts[0]["from_m"] == 0
        assert parts[-1]["to_m"] == route["length_m"]
        assert all(before["to_m"] == after["from_m"] for before, after in pairwise(parts))
    assert len(of_kind(collection, "finding")) == sum(len(route["findings"]) for route in review["routes"])


def test_a_review_is_not_changed_by_drawing_it() -> None:
    review = sample_review("blocked")
    review_features(review)
    assert review == sample_review("blocked")


def test_findings_are_numbered_worst_first_and_keep_all_their_properties() -> None:
    review = sample_review("blocked")
    points = of_kind(review_features(review), "finding")
    assert [point["properties"]["number"] for point in points] == list(range(1, len(points) + 1))
    ranks = [severity(point["properties"]["outcome"]) for point in points]
    assert ranks == sorted(ranks, reverse=True)
    first = points[0]["properties"]
    assert first["reason"] == "路面大修封闭至 2026-12-31"
    assert set(review["routes"][0]["findings"][0]) <= set(first)


def test_findings_that_pass_come_by_smallest_share_of_the_limit() -> None:
    points = of_kind(review_features(sample_review("passes")), "finding")
    assert [point["properties"]["quantity"] for point in points] == ["bridge_effect", "axle_load", "height"]


def test_a_finding_stands_at_its_own_place_else_on_the_line_else_nowhere() -> None:
    review = sample_review("passes")
    route = review["routes"][0]
    route["findings"] = [
        finding("passes", "height", 0.0, lon=112.5, lat=28.5),
        finding("passes", "height", 0.0),
        finding("passes", "height", 0.0) | {"at_m": None},
    ]
    places = [point["geometry"] for point in of_kind(review_features(review), "finding")]
    assert places[0]["coordinates"] == [112.5, 28.5]
    assert places[1]["coordinates"] == route["geometry"]["coordinates"][0]
    assert places[2] is None


def test_the_worst_of_overlapping_findings_wins() -> None:
    #   0        100       200       300       400      1000
    #   |         |conditional--------|         |        |
    #   |         |         |blocked------------|        |
    findings = [
        finding("conditional", "height", 100, length_m=200),
        finding("blocked", "closure", 200, length_m=200),
    ]
    parts = split_into_stretches(1000.0, findings, "blocked")
    assert [(part.from_m, part.to_m, part.outcome, part.findings) for part in parts] == [
        (0.0, 100.0, "passes", ()),
        (100.0, 200.0, "conditional", (0,)),
        (200.0, 400.0, "blocked", (0, 1)),
        (400.0, 1000.0, "passes", ()),
    ]


def test_a_verdict_no_finding_explains_is_not_painted_as_passing() -> None:
    parts = split_into_stretches(1000.0, [finding("conditional", "height", 100, length_m=200)], "unknown")
    assert [part.outcome for part in parts] == ["unknown"]
    assert parts[0].findings == (0,)


def test_an_outcome_of_a_later_version_counts_as_unknown() -> None:
    findings = [finding("perhaps", "height", 0, length_m=500), finding("conditional", "width", 0, length_m=500)]
    parts = split_into_stretches(1000.0, findings, "conditional")
    assert parts[0].outcome == "perhaps"
    assert severity("perhaps") == severity("unknown") > severity("conditional")


def test_findings_outside_the_route_are_held_within_it() -> None:
    findings = [finding("blocked", "height", -50, length_m=100), finding("unknown", "height", 900, length_m=5000)]
    parts = split_into_stretches(1000.0, findings, "blocked")
    assert [(part.from_m, part.to_m, part.outcome) for part in parts] == [
        (0.0, 50.0, "blocked"),
        (50.0, 900.0, "passes"),
        (900.0, 1000.0, "unknown"),
    ]


def test_positions_follow_the_stated_length_not_the_drawn_one() -> None:
    line = measure_line([[112.0, 28.0], [112.1, 28.0], [112.2, 28.0]], 50_000)
    assert line.length_m == 50_000
    assert line.point_at(25_000) == pytest.approx([112.1, 28.0], abs=1e-6)
    assert line.cut(12_500, 37_500) == [
        pytest.approx([112.05, 28.0], abs=1e-6),
        [112.1, 28.0],
        pytest.approx([112.15, 28.0], abs=1e-6),
    ]


def test_start_and_end_in_one_place_make_a_route_of_one_stretch() -> None:
    review = sample_review("passes")
    review["routes"][0] |= {"length_m": 0, "geometry": {"type": "LineString", "coordinates": [[112.0, 28.0]] * 2}}
    parts = of_kind(review_features(review), "stretch")
    assert [part["geometry"]["coordinates"] for part in parts] == [[[112.0, 28.0], [112.0, 28.0]]]


def test_blockers_of_no_route_are_drawn_too_and_only_once() -> None:
    review = sample_review("blocked")
    assert extra_blockers(review) == []
    elsewhere = finding("blocked", "width", 0, lon=112.7, lat=28.0)
    review["why_not"]["blockers"].append(elsewhere)
    assert extra_blockers(review) == [elsewhere]
    last = of_kind(review_features(review), "finding")[-1]
    assert last["properties"]["route"] is None
    assert last["properties"]["number"] == 10


def test_all_faults_of_geometries_are_told_at_once() -> None:
    review = sample_review("conditional")
    review["routes"][0]["geometry"]["coordinates"][3] = [112.0, float("nan")]
    review["routes"][1]["geometry"] = {"type": "Point", "coordinates": [1, 2]}
    with pytest.raises(ReviewShapeError) as fault:
        review_features(review)
    assert len(fault.value.faults) == 2
    assert "routes[0].geometry.coordinates[3]: wanted [lon, lat]" in str(fault.value)
    assert "routes[1].geometry: wanted a LineString" in str(fault.value)


@st.composite
def routes(draw: st.DrawFn) -> dict[str, Any]:
    steps = st.tuples(st.floats(-0.05, 0.05), st.floats(-0.05, 0.05))
    lon, lat = 112.0, 28.0
    coordinates = [[lon, lat]]
    for east, north in draw(st.lists(steps, min_size=1, max_size=12)):
        lon, lat = lon + east, lat + north
        coordinates.append([lon, lat])
    length_m = draw(st.integers(1, 200_000))
    findings = draw(
        st.lists(
            st.builds(
                lambda outcome, at, length: finding(outcome, "height", at, length_m=length),
                st.sampled_from(OUTCOMES),
                st.integers(-1000, 210_000).map(float),  # whole metres: a middle between two floats may be one of them
                st.integers(0, 50_000).map(float),
            ),
            max_size=8,
        )
    )
    verdict = max((f["outcome"] for f in findings), key=severity, default="passes")
    geometry = {"type": "LineString", "coordinates": coordinates}
    return {"rank": 1, "verdict": verdict, "length_m": length_m, "geometry": geometry, "findings": findings}


@settings(max_examples=150, deadline=None)
@given(routes())
def test_stretches_cover_the_route_once_and_each_shows_its_worst_finding(route: dict[str, Any]) -> None:
    length_m = float(route["length_m"])
    parts = split_into_stretches(length_m, route["findings"], route["verdict"])
    assert parts[0].from_m == 0
    assert parts[-1].to_m == length_m
    assert math.isclose(sum(part.to_m - part.from_m for part in parts), length_m)
    for before, after in pairwise(parts):
        assert before.to_m == after.from_m
        assert before.outcome != after.outcome
    for part in parts:
        middle = (part.from_m + part.to_m) / 2
        here = [f["outcome"] for f in route["findings"] if f["at_m"] < middle < f["at_m"] + f["length_m"]]
        assert part.outcome == max(here, key=severity, default="passes")


@settings(max_examples=150, deadline=None)
@given(routes())
def test_drawn_stretches_add_up_to_the_drawn_route(route: dict[str, Any]) -> None:
    drawn = of_kind(review_features({"routes": [route]}), "stretch")
    total = geodesic_length(route["geometry"]["coordinates"])
    pieces = sum(geodesic_length(part["geometry"]["coordinates"]) for part in drawn)
    assert math.isclose(pieces, total, rel_tol=1e-6, abs_tol=0.5)
    for before, after in pairwise(drawn):
        assert before["geometry"]["coordinates"][-1] == after["geometry"]["coordinates"][0]
