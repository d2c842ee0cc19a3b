"""Named variants of a route, and what the asker avoids."""

from pathlib import Path

import pytest

from api.errors import RequestError
from api.reviews.avoiding import read_areas
from data.errors import BadInputError
from routing.columns import RoadClass, Role
from tests.api.asking import VEHICLES, Json, ask, line_json, write_json
from tests.api.streets import EAST, NORTH, SOUTH, STRAIGHT, WEST, streets
from tests.graphs import Structure

LEGAL = VEHICLES["legal"]
BRIDGES = [Structure("b1"), Structure("b2"), Structure("b3")]


def variant(answer: Json, name: str) -> Json:
    (found,) = [one for one in answer["variants"] if one["variant"] == name]
    return dict(found)


def ways(one: Json) -> list[int]:
    return list(one["route"]["way_ids"])


def test_no_variant_unless_asked() -> None:
    assert ask(streets(), LEGAL, WEST, EAST)["variants"] == []


def test_the_fewest_bridges() -> None:
    changes = {
        11: {"structures": [(0, Role.ON, 1000), (1, Role.ON, 2000)]},
        14: {"structures": [(2, Role.ON, 1000)]},
        15: {"structures": [(2, Role.ON, 1000)]},
    }
    answer = ask(streets(changes, structures=BRIDGES), LEGAL, WEST, EAST, variants=("fewest_bridges",))
    found = variant(answer, "fewest_bridges")
    assert answer["routes"][0]["way_ids"] == STRAIGHT
    assert (ways(found), found["count"], found["is_fewest_proved"]) == (NORTH, 1, True)


def test_the_fewest_counties() -> None:
    changes = {way: {"columns": {"county_code": 430_124}} for way in (10, 12, 13, 14, 15)}
    changes[11] = {"columns": {"county_code": 430_182}}
    answer = ask(streets(changes), LEGAL, WEST, EAST, variants=("fewest_counties",))
    found = variant(answer, "fewest_counties")
    assert (ways(found), found["count"]) == (NORTH, 1)


def test_no_expressway() -> None:
    network = streets({11: {"road_class": RoadClass.MOTORWAY}})
    answer = ask(network, LEGAL, WEST, EAST, variants=("no_expressway", "fewest_bridges"))
    assert [one["variant"] for one in answer["variants"]] == ["no_expressway", "fewest_bridges"]
    assert ways(variant(answer, "no_expressway")) == NORTH
    assert ways(variant(answer, "fewest_bridges")) == STRAIGHT


def test_around_an_area_and_a_structure() -> None:
    ring = ((112.012, 27.999), (112.018, 27.999), (112.018, 28.001), (112.012, 28.001), (112.012, 27.999))
    network = streets({14: {"structures": [(0, Role.UNDER, 1000)]}}, without=(), structures=BRIDGES)
    answer = ask(network, LEGAL, WEST, EAST, avoid_areas=(ring,))
    assert ways(variant(answer, "avoiding")) == NORTH
    both = ask(network, LEGAL, WEST, EAST, avoid_areas=(ring,), avoid_structures=("b1",))
    assert ways(variant(both, "avoiding")) == SOUTH
    with pytest.raises(RequestError, match="b9 is not in this network"):
        ask(network, LEGAL, WEST, EAST, avoid_structures=("b9",))


def test_a_variant_that_is_not_there_says_so() -> None:
    network = streets({10: {"road_class": RoadClass.MOTORWAY}})
    found = variant(ask(network, LEGAL, WEST, EAST, variants=("no_expressway",)), "no_expressway")
    assert (found["verdict"], found["route"]) == ("no_route", None)


def test_areas_are_polygons_in_degrees(tmp_path: Path) -> None:
    square = {"type": "Polygon", "coordinates": [[[112, 28], [112.1, 28], [112.1, 28.1], [112, 28]]]}
    feature = {"type": "Feature", "properties": {}, "geometry": square}
    path = write_json(tmp_path / "a.geojson", {"type": "FeatureCollection", "features": [feature, feature]})
    assert len(read_areas(path)) == 2
    bad = {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": line_json([[0, 0], [1, 1]])}]}
    bad["features"].append({"type": "Feature", "geometry": None})
    with pytest.raises(BadInputError) as caught:
        read_areas(write_json(tmp_path / "b.geojson", bad))
    assert len(str(caught.value).split("feature")) == 3
