"""Access of heavy goods vehicles, and barriers on nodes."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.osm.access import Access, read_access, read_access_conditions, read_access_word
from data.osm.barriers import Passability, read_barrier
from data.osm.direction import Direction


@pytest.mark.parametrize(
    ("word", "access"),
    [
        ("yes", Access.YES),
        (" Designated ", Access.YES),
        ("permissive", Access.YES),
        ("discouraged", Access.DISCOURAGED),
        ("destination", Access.DESTINATION),
        ("delivery", Access.DELIVERY),
        ("customers", Access.CUSTOMERS),
        ("permit", Access.PERMIT),
        ("private", Access.PRIVATE),
        ("residents", Access.PRIVATE),
        ("forestry", Access.FORESTRY),
        ("no", Access.NO),
        ("psv", Access.NO),
        ("agricultural;forestry", Access.FORESTRY),
        ("destination;agricultural", Access.DESTINATION),
        ("no;delivery", Access.DELIVERY),
        ("yes;no", Access.UNKNOWN),
        ("fine_gravel", Access.UNKNOWN),
        ("restricted", Access.UNKNOWN),
        ("official", Access.UNKNOWN),
        ("", Access.UNKNOWN),
        ("destination;?", Access.UNKNOWN),
    ],
)
def test_words(word: str, access: Access) -> None:
    assert read_access_word(word) is access


@pytest.mark.parametrize(
    ("tags", "direction", "access", "raw"),
    [
        ({}, "forward", Access.YES, ""),
        ({"access": "no"}, "forward", Access.NO, "access=no"),
        ({"access": "no", "hgv": "yes"}, "forward", Access.YES, "hgv=yes"),
        ({"access": "private", "motor_vehicle": "yes"}, "forward", Access.YES, "motor_vehicle=yes"),
        ({"vehicle": "no", "motor_vehicle": "destination"}, "forward", Access.DESTINATION, "motor_vehicle=destination"),
        ({"access": "yes", "vehicle": "private"}, "forward", Access.PRIVATE, "vehicle=private"),
        ({"hgv": "no"}, "forward", Access.NO_HGV, "hgv=no"),
        ({"hgv": "no", "motor_vehicle": "no"}, "forward", Access.NO, "motor_vehicle=no"),
        ({"access": "no", "bus": "yes"}, "forward", Access.NO, "access=no"),
        ({"access": "no", "motorcar": "yes"}, "forward", Access.NO, "access=no"),
        ({"goods": "no"}, "forward", Access.NO_HGV, "goods=no"),
        ({"goods": "no", "hgv": "destination"}, "forward", Access.DESTINATION, "hgv=destination"),
        ({"motor_vehicle": "no", "goods": "yes"}, "forward", Access.NO, "motor_vehicle=no"),
        ({"hgv:backward": "no"}, "forward", Access.YES, ""),
        ({"hgv:backward": "no"}, "backward", Access.NO_HGV, "hgv:backward=no"),
        ({"hgv:backward": "no"}, "both", Access.YES, ""),
        ({"hgv": "no", "hgv:forward": "delivery"}, "forward", Access.DELIVERY, "hgv:forward=delivery"),
        ({"motor_vehicle:forward": "agricultural", "access": "yes"}, "forward", Access.FORESTRY, None),
        ({"hgv": "official"}, "forward", Access.UNKNOWN, "hgv=official"),
        ({"hgv:lanes": "no|yes|yes"}, "forward", Access.YES, ""),
        ({"hgv:lanes": "no|no"}, "forward", Access.NO_HGV, "hgv:lanes=no|no"),
        ({"access:lanes:backward": "no"}, "backward", Access.NO, "access:lanes:backward=no"),
        ({"access:lanes": "|||"}, "forward", Access.YES, ""),
    ],
)
def test_most_specific_tag_decides(
    tags: Mapping[str, str], direction: Direction, access: Access, raw: str | None
) -> None:
    reading = read_access(tags, direction)
    assert reading.access is access
    assert raw is None or reading.raw == raw


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"hgv:conditional": "no @ (weight>7.5)"}, [(Access.NO_HGV, "weight>7.5", 7500, "both")]),
        ({"hgv:conditional": "destination @ (maxweight > 5)"}, [(Access.DESTINATION, "maxweight > 5", 5000, "both")]),
        (
            {"hgv:conditional": "no @ (22:00-05:00 AND weight>12)"},
            [(Access.NO_HGV, "22:00-05:00 AND weight>12", 12_000, "both")],
        ),
        ({"hgv:conditional": "no @ (19:00-6:00)"}, [(Access.NO_HGV, "19:00-6:00", None, "both")]),
        (
            {"access:conditional": "no @ (7:30-19:00 AND weight>7.5)"},
            [(Access.NO, "7:30-19:00 AND weight>7.5", 7500, "both")],
        ),
        (
            {"motor_vehicle:forward:conditional": "yes @ (Mo-Fr 16:00-11:00;Sa 00:00-11:00)"},
            [(Access.YES, "Mo-Fr 16:00-11:00;Sa 00:00-11:00", None, "forward")],
        ),
        (
            {"hgv:conditional": "no @ (Su); yes @ delivery", "access:conditional": "no @ wet"},
            [
                (Access.NO, "wet", None, "both"),
                (Access.NO_HGV, "Su", None, "both"),
                (Access.YES, "delivery", None, "both"),
            ],
        ),
        ({"goods:conditional": "yes @ (Su)"}, []),
        ({"goods:conditional": "no @ (Su)"}, [(Access.NO_HGV, "Su", None, "both")]),
        ({"trailer": "no"}, [(Access.NO_HGV, "trailer", None, "both")]),
        ({"trailer": "yes"}, []),
        ({"bicycle:conditional": "no @ (Su)", "overtaking:hgv:conditional": "no @ (06:00-19:00)"}, []),
    ],
)
def test_conditions_keep_their_condition(
    tags: Mapping[str, str], expected: list[tuple[Access, str, int | None, str]]
) -> None:
    found = read_access_conditions(tags)
    assert [(item.access, item.condition, item.mass_over_kg, item.direction) for item in found] == expected
    assert all(item.is_understood for item in found)


@pytest.mark.parametrize("raw", ["", "no", "sometimes @ (Su)", "no @"])
def test_condition_not_understood_is_unknown_and_counted(raw: str) -> None:
    (item,) = read_access_conditions({"hgv:conditional": raw})
    assert (item.access, item.is_understood, item.raw) == (Access.UNKNOWN, False, f"hgv:conditional={raw}")


@pytest.mark.parametrize(
    ("tags", "passability"),
    [
        ({"barrier": "bollard"}, Passability.IMPASSABLE),
        ({"barrier": "bollard", "bicycle": "yes"}, Passability.IMPASSABLE),
        ({"barrier": "bollard", "motor_vehicle": "yes"}, Passability.PASSABLE),
        ({"barrier": "bollard", "bollard": "removable"}, Passability.BY_ACCESS),
        ({"barrier": "block"}, Passability.IMPASSABLE),
        ({"barrier": "jersey_barrier"}, Passability.IMPASSABLE),
        ({"barrier": "gate"}, Passability.BY_ACCESS),
        ({"barrier": "lift_gate", "access": "private"}, Passability.BY_ACCESS),
        ({"barrier": "lift_gate", "access": "yes"}, Passability.PASSABLE),
        ({"barrier": "swing_gate", "hgv": "no"}, Passability.IMPASSABLE),
        ({"barrier": "gate", "access": "maybe"}, Passability.UNKNOWN),
        ({"barrier": "toll_booth"}, Passability.PASSABLE),
        ({"barrier": "height_restrictor"}, Passability.PASSABLE),
        ({"barrier": "cattle_grid"}, Passability.PASSABLE),
        ({"barrier": "border_control"}, Passability.PASSABLE),
        ({"barrier": "yes"}, Passability.UNKNOWN),
        ({"barrier": "Gate "}, Passability.BY_ACCESS),
    ],
)
def test_barriers(tags: Mapping[str, str], passability: Passability) -> None:
    barrier = read_barrier(tags)
    assert barrier is not None
    assert barrier.passability is passability
    assert barrier.is_understood == (passability is not Passability.UNKNOWN)


def test_toll_booth_has_its_name_and_plain_node_no_barrier() -> None:
    barrier = read_barrier({"barrier": "toll_booth", "name": "长沙站"})
    assert barrier is not None
    assert (barrier.is_toll_booth, barrier.name, barrier.access) == (True, "长沙站", None)
    assert read_barrier({"highway": "crossing"}) is None
    assert read_barrier({"barrier": "no"}) is None


ACCESS_KEYS = st.sampled_from(
    [f"{mode}{end}" for mode in ("access", "hgv", "goods") for end in ("", ":forward", ":conditional", ":lanes")]
)


@given(st.dictionaries(ACCESS_KEYS | st.just("barrier"), st.text(), max_size=4))
def test_no_tags_raise(tags: dict[str, str]) -> None:
    assert read_access(tags, "forward").access in Access
    assert isinstance(read_access_conditions(tags), list)
    read_barrier(tags)
