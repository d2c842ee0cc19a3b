"""A review without a route still shows where the trip was to start and end."""

from maps.features import review_features
from maps.folium_report import render_html


def test_the_stops_are_drawn_when_there_is_no_route() -> None:
    review = {
        "verdict": "no_route",
        "routes": [],
        "stops": [{"lon": 112.9, "lat": 28.2}, {"lon": 113.0, "lat": 28.25}, {"lon": 113.1, "lat": 28.3}],
    }
    features = review_features(review)["features"]
    assert [(f["properties"]["role"], f["geometry"]["coordinates"]) for f in features] == [
        ("start", [112.9, 28.2]),
        ("end", [113.1, 28.3]),
    ]
    assert "113.1" in render_html(review, title="t", attribution="a")


def test_a_review_of_a_given_line_has_no_stops() -> None:
    assert review_features({"verdict": "no_route", "routes": []})["features"] == []
