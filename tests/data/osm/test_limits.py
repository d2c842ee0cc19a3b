"""Limit tags of ways and nodes."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.osm.limits import LIMIT_READERS, LimitReading, find_governing, read_node_limits, read_way_limits
from data.osm.readings import LimitState, Note, Quantity

NUMBER, NONE_STATED, UNREADABLE = LimitState.NUMBER, LimitState.NONE_STATED, LimitState.UNREADABLE


def read_one(tags: Mapping[str, str]) -> LimitReading:
    (limit,) = read_way_limits(tags)
    return limit


@pytest.mark.parametrize(
    ("key", "raw", "quantity", "value", "basis", "direction"),
    [
        ("maxheight", "4.2", Quantity.HEIGHT, 4200, "posted", "both"),
        ("maxheight:signed", "4.2", Quantity.HEIGHT, 4200, "posted", "both"),
        ("maxheight:legal", "4.2", Quantity.HEIGHT, 4200, "posted", "both"),
        ("maxheight:physical", "4.7", Quantity.HEIGHT, 4700, "measured", "both"),
        ("maxheight:hgv", "4", Quantity.HEIGHT, 4000, "posted", "both"),
        ("maxheight:forward", "4", Quantity.HEIGHT, 4000, "posted", "forward"),
        ("maxheight:physical:backward", "4", Quantity.HEIGHT, 4000, "measured", "backward"),
        ("maxheight", "~4", Quantity.HEIGHT, 4000, "assumed", "both"),
        ("maxwidth", "2.2", Quantity.WIDTH, 2200, "posted", "both"),
        ("maxwidth:physical", "3", Quantity.WIDTH, 3000, "measured", "both"),
        ("maxlength", "40'", Quantity.LENGTH, 12_192, "posted", "both"),
        ("maxlength:hgv_articulated", "18", Quantity.LENGTH, 18_000, "posted", "both"),
        ("maxweight", "7.5", Quantity.GROSS_MASS, 7500, "posted", "both"),
        ("maxweight:hgv", "7.5", Quantity.GROSS_MASS, 7500, "posted", "both"),
        ("maxweight:goods", "5", Quantity.GROSS_MASS, 5000, "posted", "both"),
        ("maxweight:backward:hgv", "7.5", Quantity.GROSS_MASS, 7500, "posted", "backward"),
        ("maxgcweight", "40", Quantity.GROSS_MASS, 40_000, "posted", "both"),
        ("maxaxleload", "0.8", Quantity.AXLE_LOAD, 800, "posted", "both"),
        ("maxbogieweight", "18", Quantity.AXLE_GROUP, 18_000, "posted", "both"),
    ],
)
def test_number_on_a_key(key: str, raw: str, quantity: Quantity, value: int, basis: str, direction: str) -> None:
    limit = read_one({"highway": "primary", key: raw})
    assert (limit.quantity, limit.state, limit.value) == (quantity, NUMBER, value)
    assert (limit.basis, limit.direction, limit.condition) == (basis, direction, None)
    assert limit.raw == f"{key}={raw}"


@pytest.mark.parametrize("key", ["maxweightrating", "maxweightrating:hgv", "maxgcweightrating"])
def test_rating_counts_as_gross_mass_with_a_note(key: str) -> None:
    limit = read_one({key: "5.5"})
    assert (limit.quantity, limit.value, limit.note) == (Quantity.GROSS_MASS, 5500, Note.RATING)


@pytest.mark.parametrize(
    "tags",
    [
        {"maxweight:bus": "none"},
        {"maxweight:motorcar": "3.5"},
        {"maxheight:note": "behind the bridge 3.8"},
        {"maxheight:source": "survey"},
        {"source:maxheight": "3.8"},
        {"maxspeed": "50"},
        {"maxstay": "2 h"},
        {"maxweight:bus:conditional": "none @ (Mo-Fr)"},
        {"maxheight:signed": "yes"},
        {},
    ],
)
def test_other_vehicles_and_remarks_are_no_limits(tags: Mapping[str, str]) -> None:
    assert read_way_limits(tags) == []


@pytest.mark.parametrize(
    ("tags", "raw"),
    [
        ({"maxwidth": "narrow"}, "maxwidth=narrow"),
        ({"maxheight": "380"}, "maxheight=380"),
        ({"maxweight:3axles": "20"}, "maxweight:3axles=20"),
        ({"maxweight:trailer": "2"}, "maxweight:trailer=2"),
        ({"maxweight:conditional": "15"}, "maxweight:conditional=15"),
        ({"maxweight:conditional": ""}, "maxweight:conditional="),
        ({"maxheight:lanes": "||"}, "maxheight:lanes=||"),
    ],
)
def test_what_is_not_understood_is_unreadable_and_keeps_its_text(tags: Mapping[str, str], raw: str) -> None:
    limit = read_one(tags)
    assert (limit.state, limit.raw, limit.is_understood) == (UNREADABLE, raw, False)


def test_part_of_a_list_not_understood_is_a_reading_of_its_own() -> None:
    number, unread = read_way_limits({"maxheight": "4.2/default"})
    assert (number.state, number.value, number.is_understood) == (NUMBER, 4200, True)
    assert (unread.state, unread.value, unread.is_understood) == (UNREADABLE, None, False)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("4.5|4.2||none", [(NUMBER, 4200)]),
        ("4.5|default", [(NUMBER, 4500), (UNREADABLE, None)]),
        ("none|none", [(NONE_STATED, None)]),
        ("|x|4", [(NUMBER, 4000), (UNREADABLE, None)]),
    ],
)
def test_lanes_give_the_smallest_and_the_doubt(raw: str, expected: list[tuple[LimitState, int | None]]) -> None:
    limits = read_way_limits({"maxheight:lanes:forward": raw})
    assert [(limit.state, limit.value) for limit in limits] == expected
    assert {limit.direction for limit in limits} == {"forward"}


def test_conditional_limit_keeps_its_hours() -> None:
    limit = read_one({"maxweight:conditional": "15 @ (Mo-Fr 07:00-19:00; Sa 07:00-14:00)"})
    assert (limit.value, limit.condition) == (15_000, "Mo-Fr 07:00-19:00; Sa 07:00-14:00")
    length = read_one({"maxlength:conditional": "7 @ (Mo-Fr 07:00-19:00; Sa 07:00-14:00)"})
    assert (length.value, length.condition) == (7000, "Mo-Fr 07:00-19:00; Sa 07:00-14:00")


def test_conditional_limit_has_a_reading_a_clause() -> None:
    limits = read_way_limits({"maxweight:hgv:forward:conditional": "10 @ (22:00-06:00); 7.5 @ wet"})
    assert [(limit.value, limit.condition, limit.direction) for limit in limits] == [
        (10_000, "22:00-06:00", "forward"),
        (7500, "wet", "forward"),
    ]


def test_exemption_never_lifts_the_limit() -> None:
    limits = read_way_limits({"maxweight": "7.5", "maxweight:conditional": "none @ destination"})
    assert [(limit.state, limit.condition) for limit in limits] == [(NUMBER, None), (NONE_STATED, "destination")]
    assert "exemption" in limits[1].note
    governing = find_governing(limits, Quantity.GROSS_MASS, "forward")
    assert governing.number is limits[0]
    assert governing.doubt is None


@pytest.mark.parametrize(
    ("tags", "states", "bases"),
    [
        ({"maxheight:signed": "no"}, [UNREADABLE], ["none"]),
        ({"maxheight": "default", "maxheight:signed": "no"}, [UNREADABLE], ["none"]),
        ({"maxheight": "4.2", "maxheight:signed": "no"}, [NUMBER], ["assumed"]),
        ({"maxheight:physical": "4.7", "maxheight:signed": "no"}, [NUMBER], ["measured"]),
    ],
)
def test_without_a_sign_nothing_is_posted(tags: Mapping[str, str], states: list[LimitState], bases: list[str]) -> None:
    limits = read_way_limits(tags)
    assert [limit.state for limit in limits] == states
    assert [limit.basis for limit in limits] == bases


@pytest.mark.parametrize(
    ("tags", "direction", "number", "doubt"),
    [
        ({"maxheight": "4.5", "maxheight:physical": "4.3"}, "forward", 4300, None),
        ({"maxheight": "4.5", "maxheight:forward": "4.2"}, "forward", 4200, None),
        ({"maxheight": "4.5", "maxheight:forward": "4.2"}, "backward", 4500, None),
        ({"maxheight": "4.5", "maxheight:forward": "4.2"}, "both", 4200, None),
        ({"maxheight": "4.5", "maxheight:hgv": "none"}, "forward", 4500, None),
        ({"maxheight": "default", "maxheight:physical": "4.7"}, "forward", 4700, None),
        ({"maxheight": "default", "maxheight:forward": "4.7"}, "forward", 4700, UNREADABLE),
        ({"maxheight": "below_default", "maxheight:physical": "x"}, "forward", None, LimitState.BELOW_DEFAULT),
        ({"maxheight:conditional": "3 @ wet"}, "forward", None, None),
    ],
)
def test_smallest_number_governs_and_doubt_stands_beside_it(
    tags: Mapping[str, str], direction: str, number: int | None, doubt: LimitState | None
) -> None:
    governing = find_governing(read_way_limits(tags), Quantity.HEIGHT, direction)  # type: ignore[arg-type]
    assert (governing.number and governing.number.value) == number
    assert (governing.doubt and governing.doubt.state) == doubt


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"barrier": "height_restrictor", "maxheight": "3.9"}, [(Quantity.HEIGHT, NUMBER, 3900, "posted")]),
        ({"barrier": "height_restrictor"}, [(Quantity.HEIGHT, UNREADABLE, None, "posted")]),
        ({"barrier": "height_restrictor", "maxheight": "low"}, [(Quantity.HEIGHT, UNREADABLE, None, "none")]),
        (
            {"barrier": "height_restrictor", "maxheight": "none"},
            [(Quantity.HEIGHT, NONE_STATED, None, "none"), (Quantity.HEIGHT, UNREADABLE, None, "posted")],
        ),
        ({"barrier": "toll_booth", "width": "3.2"}, [(Quantity.WIDTH, NUMBER, 3200, "measured")]),
        ({"barrier": "lift_gate", "maxwidth": "3"}, [(Quantity.WIDTH, NUMBER, 3000, "posted")]),
        ({"barrier": "gate", "maxwidth:physical": "3.5 m"}, [(Quantity.WIDTH, NUMBER, 3500, "measured")]),
        ({"barrier": "gate", "width": "wide"}, [(Quantity.WIDTH, UNREADABLE, None, "none")]),
        ({"barrier": "bollard", "width": "0.2"}, []),
        ({"highway": "crossing", "width": "1.5"}, []),
        ({"maxweightrating:hgv": "10"}, [(Quantity.GROSS_MASS, NUMBER, 10_000, "posted")]),
    ],
)
def test_limits_on_nodes(tags: Mapping[str, str], expected: list[tuple[Quantity, LimitState, int | None, str]]) -> None:
    limits = read_node_limits(tags)
    assert [(limit.quantity, limit.state, limit.value, limit.basis) for limit in limits] == expected


KEYS = st.sampled_from(sorted(LIMIT_READERS))
SUFFIX = st.sampled_from(["", ":hgv", ":forward", ":lanes", ":conditional", ":physical", ":signed", ":x"])


@given(st.dictionaries(st.builds(lambda key, one, two: key + one + two, KEYS, SUFFIX, SUFFIX), st.text(), max_size=4))
def test_no_tags_raise_and_none_is_lost(tags: dict[str, str]) -> None:
    limits = read_node_limits(tags)
    named = {limit.raw.partition("=")[0] for limit in limits}
    for key, value in tags.items():
        if not (key.endswith((":signed", ":signed:hgv")) or ":signed" in key) and value.strip():
            assert key in named
    assert all((limit.value is not None) == (limit.state is NUMBER) for limit in limits)
