"""Class, flags, toll, city street, numbers, names; one-way, lanes, speed; layer, slope, surface; carriageway."""

from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.osm.carriageway import read_carriageway
from data.osm.direction import Direction
from data.osm.road import (
    RoadClass,
    is_urban_street,
    read_flags,
    read_name,
    read_refs,
    read_road_class,
    read_toll,
)
from data.osm.surface import Smoothness, read_incline, read_is_paved, read_layer, read_smoothness
from data.osm.traffic import read_lanes, read_maxspeed_kmh, read_oneway
from data.osm.words import words

LANE_WIDTH_MM = {RoadClass.MOTORWAY: 3750, RoadClass.PRIMARY: 3500, RoadClass.RESIDENTIAL: 3000}
LANE_COUNT = {RoadClass.MOTORWAY: 2, RoadClass.PRIMARY: 2}


@pytest.mark.parametrize("name", [member.value for member in RoadClass if member.value not in ("ferry", "track")])
def test_every_class_is_read(name: str) -> None:
    assert read_road_class({"highway": name}).road_class is RoadClass(name)


@pytest.mark.parametrize(
    ("tags", "road_class", "is_construction"),
    [
        ({"highway": " Primary "}, RoadClass.PRIMARY, False),
        ({"highway": "unclassified;tertiary"}, RoadClass.UNCLASSIFIED, False),
        ({"highway": "construction", "construction": "secondary"}, RoadClass.SECONDARY, True),
        ({"highway": "construction"}, RoadClass.ROAD, True),
        ({"construction:highway": "motorway"}, RoadClass.MOTORWAY, True),
        ({"highway": "service", "service": "driveway"}, RoadClass.SERVICE, False),
        ({"highway": "track", "tracktype": "grade1", "motor_vehicle": "yes"}, RoadClass.TRACK, False),
        ({"route": "ferry"}, RoadClass.FERRY, False),
    ],
)
def test_class_of_other_forms(tags: Mapping[str, str], road_class: RoadClass, is_construction: bool) -> None:
    reading = read_road_class(tags)
    assert (reading.road_class, reading.is_construction, reading.rejection) == (road_class, is_construction, "")


@pytest.mark.parametrize(
    ("tags", "rejection", "is_understood"),
    [
        ({"highway": "footway"}, "highway=footway", True),
        ({"highway": "busway"}, "highway=busway", True),
        ({"highway": "primary;footway"}, "highway=primary;footway", True),
        ({"highway": "speedway"}, "highway=speedway", False),
        ({"highway": ";"}, "highway=;", False),
        ({"highway": "construction", "construction": "footway"}, "construction=footway", True),
        ({"highway": "service", "service": "bus"}, "service=bus", True),
        ({"highway": "track"}, "highway=track, tracktype=not stated", True),
        ({"highway": "track", "tracktype": "grade2", "hgv": "yes"}, "highway=track, tracktype=grade2", True),
        ({"highway": "track", "tracktype": "grade1"}, "highway=track, motor vehicles not allowed by tag", True),
        ({"highway": "primary", "area": "yes"}, "area=yes", True),
        ({"building": "yes"}, "no highway tag", True),
    ],
)
def test_rejection_says_why(tags: Mapping[str, str], rejection: str, is_understood: bool) -> None:
    reading = read_road_class(tags)
    assert (reading.road_class, reading.rejection, reading.is_understood) == (None, rejection, is_understood)


@pytest.mark.parametrize(
    ("tags", "direction", "is_implied"),
    [
        ({"highway": "primary"}, "both", False),
        ({"highway": "primary", "oneway": "yes"}, "forward", False),
        ({"highway": "primary", "oneway": "1"}, "forward", False),
        ({"highway": "primary", "oneway": "-1"}, "backward", False),
        ({"highway": "primary", "oneway": "reverse"}, "backward", False),
        ({"highway": "motorway"}, "forward", True),
        ({"highway": "motorway", "oneway": "no"}, "both", False),
        ({"highway": "motorway", "oneway": "-1"}, "backward", False),
        ({"highway": "motorway_link"}, "both", False),
        ({"highway": "construction", "construction": "motorway"}, "forward", True),
        ({"highway": "primary", "junction": "roundabout"}, "forward", True),
        ({"highway": "primary", "junction": "circular"}, "forward", True),
        ({"highway": "primary", "junction": "roundabout", "oneway": "-1"}, "backward", False),
        ({"highway": "primary", "junction": "jughandle"}, "both", False),
        ({"highway": "primary", "oneway": "yes", "oneway:hgv": "no"}, "both", False),
        ({"highway": "primary", "oneway:motor_vehicle": "yes"}, "forward", False),
        ({"highway": "primary", "oneway:bicycle": "yes"}, "both", False),
    ],
)
def test_oneway(tags: Mapping[str, str], direction: Direction, is_implied: bool) -> None:
    reading = read_oneway(tags)
    assert (reading.direction, reading.is_implied, reading.is_understood) == (direction, is_implied, True)
    assert not reading.is_changing


@pytest.mark.parametrize(
    "tags", [{"oneway": "reversible"}, {"oneway": "alternating"}, {"oneway:conditional": "yes @ (07:00-09:00)"}]
)
def test_direction_that_changes_is_flagged(tags: Mapping[str, str]) -> None:
    reading = read_oneway({"highway": "primary", **tags})
    assert (reading.direction, reading.is_changing) == ("both", True)


def test_oneway_not_understood_is_counted() -> None:
    reading = read_oneway({"highway": "primary", "oneway": "maybe"})
    assert (reading.direction, reading.is_understood, reading.raw) == ("both", False, "oneway=maybe")


@pytest.mark.parametrize(
    ("tags", "counts", "is_understood"),
    [
        ({}, (None, None, None), True),
        ({"lanes": "2"}, (2, 1, 1), True),
        ({"lanes": "3"}, (3, 1, 1), True),
        ({"lanes": "1"}, (1, 1, 1), True),
        ({"lanes": "3", "lanes:forward": "2"}, (3, 2, 1), True),
        ({"lanes": "3", "lanes:backward": "2"}, (3, 1, 2), True),
        ({"lanes:forward": "2", "lanes:backward": "1"}, (3, 2, 1), True),
        ({"lanes:forward": "2", "lanes:backward": "1", "lanes:both_ways": "1"}, (4, 2, 1), True),
        ({"lanes": "3", "oneway": "yes"}, (3, 3, 0), True),
        ({"lanes": "3", "oneway": "-1"}, (3, 0, 3), True),
        ({"lanes:forward": "2", "oneway": "yes"}, (2, 2, 0), True),
        ({"lanes": "1;2"}, (1, 1, 1), True),
        ({"lanes": "1.5"}, (1, 1, 1), True),
        ({"lanes": "0.5"}, (1, 1, 1), True),
        ({"lanes": "two"}, (None, None, None), False),
        ({"lanes": "-2"}, (None, None, None), False),
        ({"lanes": "200"}, (None, None, None), False),
        ({"lanes": "99"}, (None, None, None), False),
        ({"lanes": ""}, (None, None, None), False),
    ],
)
def test_lanes(tags: Mapping[str, str], counts: tuple[int | None, ...], is_understood: bool) -> None:
    reading = read_lanes({"highway": "primary", **tags})
    assert (reading.total, reading.forward, reading.backward) == counts
    assert reading.is_understood == is_understood


@pytest.mark.parametrize(
    ("tags", "direction", "speed"),
    [
        ({"maxspeed": "50"}, "both", 50),
        ({"maxspeed": "50 km/h"}, "both", 50),
        ({"maxspeed": "30 mph"}, "both", 48),
        ({"maxspeed": "80; 50"}, "both", 50),
        ({"maxspeed": "none"}, "both", None),
        ({"maxspeed": "walk"}, "both", None),
        ({"maxspeed": "CN:motorway"}, "both", None),
        ({"maxspeed": "0"}, "both", None),
        ({"maxspeed": "999"}, "both", None),
        ({"maxspeed": "100", "maxspeed:hgv": "80"}, "both", 80),
        ({"maxspeed": "100", "maxspeed:backward": "70"}, "backward", 70),
        ({"maxspeed": "100", "maxspeed:backward": "70"}, "forward", 100),
        ({}, "both", None),
    ],
)
def test_maxspeed(tags: Mapping[str, str], direction: Direction, speed: int | None) -> None:
    assert read_maxspeed_kmh(tags, direction) == speed


@pytest.mark.parametrize(
    ("raw", "layer", "is_understood"),
    [
        ("1", 1, True),
        ("-2", -2, True),
        ("+1", 1, True),
        (" 0 ", 0, True),
        ("1;2", 0, False),
        ("1.5", 0, False),
        ("ground", 0, False),
        ("99", 0, False),
        ("", 0, False),
    ],
)
def test_layer(raw: str, layer: int, is_understood: bool) -> None:
    reading = read_layer({"layer": raw})
    assert (reading.layer, reading.is_understood) == (layer, is_understood)
    assert read_layer({}).is_understood


@pytest.mark.parametrize(
    ("raw", "tenths", "sense", "is_understood"),
    [
        ("10%", 100, "", True),
        ("-5 %", -50, "", True),
        ("5,5%", 55, "", True),
        ("0", 0, "", True),
        ("19", 190, "", True),
        ("60‰", 60, "", True),
        ("1:10", 100, "", True),
        ("1:15", 67, "", True),
        ("5°", 88, "", True),
        ("up", None, "up", True),
        ("Down", None, "down", True),
        ("yes", None, "", False),
        ("90%", None, "", False),
        ("1:0", None, "", False),
        ("45°", None, "", False),
    ],
)
def test_incline(raw: str, tenths: int | None, sense: str, is_understood: bool) -> None:
    reading = read_incline({"incline": raw})
    assert (reading.tenths_percent, reading.sense, reading.is_understood) == (tenths, sense, is_understood)


def test_surface_and_smoothness_take_the_worst_of_a_list() -> None:
    assert read_smoothness({"smoothness": "good;bad"}) is Smoothness.BAD
    assert read_smoothness({"smoothness": "r"}) is None
    assert read_is_paved({"surface": "asphalt; cobblestone"}) is True
    assert read_is_paved({"surface": "Concrete:plates"}) is True
    assert read_is_paved({"surface": "asphalt;gravel"}) is False
    assert read_is_paved({"surface": "tartan"}) is None
    assert read_is_paved({}) is None


def test_flags() -> None:
    plain = read_flags({"highway": "primary", "bridge": "no", "tunnel": "no"})
    assert not any(getattr(plain, name) for name in plain.__dataclass_fields__)
    assert read_flags({"highway": "primary", "bridge": "viaduct"}).is_bridge
    assert read_flags({"highway": "primary", "tunnel": "avalanche_protector"}).is_tunnel
    assert not read_flags({"highway": "primary", "tunnel": "culvert"}).is_tunnel
    passage = read_flags({"highway": "service", "tunnel": "building_passage", "covered": "yes"})
    assert (passage.is_tunnel, passage.is_building_passage, passage.is_covered) == (True, True, True)
    assert read_flags({"highway": "service", "ford": "yes"}).is_ford
    assert read_flags({"route": "ferry"}).is_ferry
    assert read_flags({"highway": "primary", "junction": "roundabout"}).is_roundabout
    assert read_flags({"highway": "trunk_link"}).is_link
    assert read_flags({"highway": "construction"}).is_construction


@pytest.mark.parametrize(
    ("tags", "toll"),
    [
        ({}, None),
        ({"toll": "yes"}, True),
        ({"toll": "no"}, False),
        ({"toll": "no", "toll:hgv": "yes"}, True),
        ({"toll": "yes", "toll:hgv": "no"}, False),
        ({"toll:conditional": "yes @ (Mo-Fr)"}, True),
        ({"toll:motorcycle": "yes"}, None),
    ],
)
def test_toll(tags: Mapping[str, str], toll: bool | None) -> None:
    assert read_toll(tags) is toll


@pytest.mark.parametrize(
    ("tags", "is_urban"),
    [
        ({"highway": "residential"}, True),
        ({"highway": "living_street"}, True),
        ({"highway": "primary"}, False),
        ({"highway": "primary", "maxspeed": "CN:urban"}, True),
        ({"highway": "primary", "source:maxspeed": "CN:urban"}, True),
        ({"highway": "primary", "maxspeed:type": "CN-SH:urban"}, True),
        ({"highway": "primary", "zone:traffic": "DE:urban"}, True),
        ({"highway": "primary", "zone:traffic": "DE:rural"}, False),
        ({"highway": "primary", "maxspeed:type": "TW:rbanx"}, False),
    ],
)
def test_urban_street(tags: Mapping[str, str], is_urban: bool) -> None:
    assert is_urban_street(tags) is is_urban


def test_refs_and_names() -> None:
    assert read_refs({"ref": "G4;G60；G4; S 326"}) == ("G4", "G60", "S 326")
    assert read_refs({}) == ()
    assert read_name({"name": " 京港澳高速 ", "name:zh": "x"}) == "京港澳高速"
    assert read_name({"name:zh": "芙蓉路"}) == "芙蓉路"
    assert read_name({"bridge:name": "湘江大桥"}) == "湘江大桥"
    assert read_name({}) == ""


@pytest.mark.parametrize(
    ("tags", "road_class", "width", "lane", "basis"),
    [
        ({"width": "7"}, RoadClass.PRIMARY, 7000, 3500, "measured"),
        ({"width": "7.5 m", "lanes": "3"}, RoadClass.PRIMARY, 7500, 2500, "measured"),
        ({"width": "ca. 6"}, RoadClass.PRIMARY, 6000, 3000, "assumed"),
        ({"est_width": "6"}, RoadClass.PRIMARY, 6000, 3000, "assumed"),
        ({"width": "8", "est_width": "6"}, RoadClass.PRIMARY, 8000, 4000, "measured"),
        ({"width": "9", "width:carriageway": "7"}, RoadClass.PRIMARY, 7000, 3500, "measured"),
        ({"width:lanes": "3.2|3.2|1.6"}, RoadClass.PRIMARY, 8000, 4000, "measured"),
        ({"lanes": "3"}, RoadClass.PRIMARY, 10_500, 3500, "lanes"),
        ({"lanes:forward": "2", "lanes:backward": "1"}, RoadClass.PRIMARY, 10_500, 3500, "lanes"),
        ({}, RoadClass.MOTORWAY, 7500, 3750, "class"),
        ({}, RoadClass.RESIDENTIAL, None, 3000, "none"),
        ({"width": "6"}, RoadClass.RESIDENTIAL, 6000, None, "measured"),
        ({"lanes": "2"}, RoadClass.SERVICE, None, None, "none"),
        ({"lanes": "0"}, RoadClass.PRIMARY, 7000, 3500, "class"),
    ],
)
def test_carriageway(
    tags: Mapping[str, str], road_class: RoadClass, width: int | None, lane: int | None, basis: str
) -> None:
    reading = read_carriageway(tags, road_class=road_class, lane_width_mm=LANE_WIDTH_MM, lane_count=LANE_COUNT)
    assert (reading.width_mm, reading.lane_width_mm, reading.basis) == (width, lane, basis)
    assert reading.not_understood == ()


@pytest.mark.parametrize("raw", ["wide", "200", "0", "3.2|x", "narrow"])
def test_width_not_understood_is_counted_and_lanes_take_its_place(raw: str) -> None:
    tags = {"width": raw, "lanes": "2"}
    reading = read_carriageway(tags, road_class=RoadClass.PRIMARY, lane_width_mm=LANE_WIDTH_MM, lane_count=LANE_COUNT)
    assert (reading.width_mm, reading.basis, reading.not_understood) == (7000, "lanes", (f"width={raw}",))


KEYS = st.sampled_from(
    sorted(
        words(
            "highway service construction oneway junction lanes lanes:forward maxspeed layer incline surface "
            "smoothness bridge tunnel toll ref name width est_width zone:traffic"
        )
    )
)
VALUES = st.text() | st.text(alphabet="0123456789.,;:|-%°‰ kmph", max_size=12) | st.sampled_from(list(RoadClass))


@given(st.dictionaries(KEYS, VALUES, max_size=6))
def test_no_tags_raise(tags: dict[str, str]) -> None:
    readers: list[Callable[[Mapping[str, str]], object]] = [read_road_class, read_oneway, read_lanes, read_layer]
    readers += [read_maxspeed_kmh, read_incline, read_is_paved, read_smoothness, read_flags, read_toll]
    readers += [is_urban_street, read_refs, read_name]
    for read in readers:
        read(tags)
    reading = read_carriageway(tags, road_class=RoadClass.PRIMARY, lane_width_mm=LANE_WIDTH_MM, lane_count=LANE_COUNT)
    assert reading.width_mm is None or reading.width_mm > 0
