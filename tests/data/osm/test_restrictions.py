"""Turn restrictions as forbidden arc sequences, written as the nodes they pass."""

from pathlib import Path

import pytest

from data.osm.restrictions import read_rules
from tests.osm_files import OsmFile, build

ALWAYS = ""


def junction() -> OsmFile:
    r"""A crossroads at 5 and another at 6.

        2     3
        |     |
    1 - 5 --- 6 - 4
        |     |
        7     8
    """
    file = OsmFile().node(1, 0, 0).node(5, 1, 0).node(6, 2, 0).node(4, 3, 0)
    file.node(2, 1, 1).node(3, 2, 1).node(7, 1, -1).node(8, 2, -1)
    ways = {15: (1, 5), 56: (5, 6), 64: (6, 4), 25: (2, 5), 57: (5, 7), 36: (3, 6), 68: (6, 8)}
    for way, nodes in ways.items():
        file.way(way, nodes)
    return file


def via_ways(value: str, **tags: str) -> OsmFile:
    members = [("way", 15, "from"), ("way", 56, "via"), ("way", 36, "to")]
    return junction().relation(1, members, {"restriction": value, **tags})


def test_no_turn_at_a_node(tmp_path: Path) -> None:
    assert build(tmp_path, junction().turn(1, (15, 5, 25))).bans() == [((1, 5, 2), ALWAYS)]


def test_only_turn_at_a_node_forbids_the_others_but_not_the_u_turn(tmp_path: Path) -> None:
    built = build(tmp_path, junction().turn(1, (15, 5, 56), "only_straight_on"))
    assert built.bans() == [((1, 5, 2), ALWAYS), ((1, 5, 7), ALWAYS)]


def test_no_turn_through_a_way(tmp_path: Path) -> None:
    built = build(tmp_path, via_ways("no_left_turn"))
    assert built.bans() == [((1, 5, 6, 3), ALWAYS)]
    assert built.graph.strings[int(built.graph.turn_bans.source[0])] == "osm:relation/1 no_left_turn"


def test_only_turn_through_a_way_forbids_leaving_the_chain_anywhere(tmp_path: Path) -> None:
    built = build(tmp_path, via_ways("only_left_turn"))
    assert built.bans() == [
        ((1, 5, 2), ALWAYS),
        ((1, 5, 6, 4), ALWAYS),
        ((1, 5, 6, 8), ALWAYS),
        ((1, 5, 7), ALWAYS),
    ]


def test_via_way_cut_by_a_junction_and_several_via_ways(tmp_path: Path) -> None:
    file = junction().node(9, 1.5, 0).node(10, 1.5, 1).way(90, [9, 10])
    file.ways = [(way, (5, 9, 6) if way == 56 else nodes, tags) for way, nodes, tags in file.ways]
    members = [("way", 15, "from"), ("way", 56, "via"), ("way", 36, "to")]
    assert build(tmp_path, file.relation(1, members, {"restriction": "no_left_turn"})).bans() == [
        ((1, 5, 9, 6, 3), ALWAYS)
    ]
    members = [("way", 25, "from"), ("way", 64, "via"), ("way", 56, "via"), ("way", 44, "to")]
    several = junction().node(44, 4, 1).way(44, [4, 44]).relation(1, members, {"restriction": "no_u_turn"})
    assert build(tmp_path, several).bans() == [((2, 5, 6, 4, 44), ALWAYS)]


def test_no_u_turn_forbids_only_the_u_turn(tmp_path: Path) -> None:
    file = OsmFile().row(1, 2, 3).way(10, [1, 2, 3]).node(4, 1, 1).way(20, [2, 4]).turn(1, (10, 2, 10), "no_u_turn")
    assert build(tmp_path, file).bans() == [((1, 2, 1), ALWAYS), ((3, 2, 3), ALWAYS)]


def test_via_node_in_the_middle_of_a_way_becomes_a_junction(tmp_path: Path) -> None:
    file = OsmFile().row(1, 2, 3).way(10, [1, 2, 3]).turn(1, (10, 2, 10), "no_u_turn")
    assert build(tmp_path, file).bans() == [((1, 2, 1), ALWAYS), ((3, 2, 3), ALWAYS)]


def test_no_entry_and_no_exit_take_several_members(tmp_path: Path) -> None:
    members = [("way", 15, "from"), ("way", 25, "from"), ("node", 5, "via"), ("way", 56, "to")]
    built = build(tmp_path, junction().relation(1, members, {"restriction": "no_entry"}))
    assert built.bans() == [((1, 5, 6), ALWAYS), ((2, 5, 6), ALWAYS)]


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"restriction": "no_left_turn", "except": "bicycle;bus"}, [("no_left_turn", "")]),
        ({"restriction": "no_left_turn", "except": "bus; hgv"}, []),
        ({"restriction:hgv": "no_left_turn"}, [("no_left_turn", "")]),
        ({"restriction:hgv": "no_left_turn", "restriction": "no_u_turn"}, [("no_left_turn", "")]),
        ({"restriction:motorcar": "no_left_turn"}, []),
        ({"restriction:bus": "no_left_turn", "restriction:motorcycle": "no_u_turn"}, []),
        ({"type": "restriction:hgv", "restriction": "no_left_turn"}, [("no_left_turn", "")]),
        ({"type": "restriction:motorcycle", "restriction": "no_left_turn"}, []),
        (
            {"restriction:conditional": "no_left_turn @ (Mo-Fr 07:00-19:00)"},
            [("no_left_turn", "Mo-Fr 07:00-19:00")],
        ),
        (
            {"restriction": "no_u_turn", "restriction:hgv:conditional": "no_left_turn @ (weight>7.5)"},
            [("no_u_turn", ""), ("no_left_turn", "weight>7.5")],
        ),
        ({"restriction": "no_left_turn", "restriction:conditional": "none @ (22:00-06:00)"}, [("no_left_turn", "")]),
        ({"restriction:conditional": "no_left_turn at night"}, [("no_left_turn", "no_left_turn at night")]),
        ({}, []),
    ],
)
def test_what_a_restriction_says_to_a_heavy_vehicle(tags: dict[str, str], expected: list[tuple[str, str]]) -> None:
    rules, reason = read_rules({"type": "restriction"} | tags)
    assert [(rule.value, rule.condition) for rule in rules] == expected
    assert bool(reason) == (not expected)


def test_conditional_ban_keeps_its_condition(tmp_path: Path) -> None:
    file = junction().turn(1, (15, 5, 25), "", restriction__conditional="no_left_turn @ (07:00-09:00)")
    assert build(tmp_path, file).bans() == [((1, 5, 2), "07:00-09:00")]


@pytest.mark.parametrize(
    ("members", "tags", "reason"),
    [
        ([("way", 15, "from"), ("node", 5, "via")], {}, "has no member to"),
        ([("way", 15, "from"), ("way", 25, "to")], {}, "has no member via"),
        ([("way", 15, "from"), ("node", 5, "via"), ("way", 999, "to")], {}, "names a road that is not in the network"),
        (
            [("way", 15, "from"), ("node", 6, "via"), ("way", 64, "to")],
            {},
            "has members that do not meet in the direction of traffic",
        ),
        ([("node", 1, "from"), ("node", 5, "via"), ("way", 25, "to")], {}, "has a from or to member that is not a way"),
        (
            [("way", 15, "from"), ("node", 5, "via"), ("node", 6, "via"), ("way", 25, "to")],
            {},
            "has several via nodes, or a via member that is a relation",
        ),
        (
            [("way", 15, "from"), ("node", 5, "via"), ("way", 25, "to")],
            {"restriction": "give_way"},
            "has a value that is not understood: 'give_way'",
        ),
        (
            [("way", 15, "from"), ("node", 5, "via"), ("way", 25, "to")],
            {"except": "hgv"},
            "does not hold for heavy vehicles (except)",
        ),
    ],
)
def test_unusable_restrictions_are_reported(
    tmp_path: Path, members: list[tuple[str, int, str]], tags: dict[str, str], reason: str
) -> None:
    built = build(tmp_path, junction().relation(7, members, {"restriction": "no_left_turn"} | tags))
    assert built.bans() == []
    assert built.rejected() == {f"relation {reason}": (7,)}


def test_other_relations_are_left_alone(tmp_path: Path) -> None:
    built = build(tmp_path, junction().relation(7, [("way", 15, "")], {"route": "bus"}, kind="route"))
    assert (built.bans(), built.rejected()) == ([], {})
