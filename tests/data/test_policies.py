"""Policy files: complete or refused, every fault named, identified by their values."""

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from data.bridges.policies import DEFAULT_BRIDGE_POLICY
from data.errors import BadInputError
from data.policies import DEFAULT_POLICY, load_policy
from routing.columns import Access, RoadClass, TechnicalGrade, Verdict

Tree = dict[str, Any]
RAW: Tree = yaml.load(DEFAULT_POLICY.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506  # as the reader does


def fresh() -> Tree:
    return deepcopy(RAW)


def write(tmp_path: Path, tree: object) -> Path:
    path = tmp_path / "policy.yaml"
    path.write_text(json.dumps(tree), encoding="utf-8")  # JSON is YAML
    return path


def leaves(tree: Tree, above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = []
    for key, value in tree.items():
        path = (*above, key)
        found += leaves(value, path) if isinstance(value, dict) else [path]
    return found


LEAVES = leaves(RAW)
OPTIONAL = {("height", "assumed_clearance_mm", grade) for grade in RAW["height"]["assumed_clearance_mm"]}


def at(tree: Tree, path: tuple[str, ...]) -> Tree:
    for key in path[:-1]:
        tree = tree[key]
    return tree


def faults_of(path: Path) -> tuple[str, ...]:
    with pytest.raises(BadInputError) as error:
        load_policy(path)
    assert error.value.source == str(path)
    assert str(error.value).splitlines()[0].startswith(f"{path}: ")
    return error.value.faults


def test_the_default_policy_is_complete() -> None:
    policy = load_policy()
    assert policy == load_policy(DEFAULT_POLICY)
    assert policy.policy_id.startswith("sha256:")
    assert set(policy.access) == set(Access)
    assert set(policy.cost.speed_kmh) == set(policy.cost.preference_permille) == set(RoadClass)
    assert set(policy.road.lane_width_mm) == set(policy.road.lanes_per_direction) == set(RoadClass)
    assert set(policy.cost.verdict_permille) == set(Verdict)
    assert set(policy.height.assumed_clearance_mm) <= set(TechnicalGrade) - {TechnicalGrade.UNKNOWN}
    height = policy.height
    assert height.below_default_mm <= height.legal_mm <= height.open_road_passes_mm <= height.open_road_conditional_mm


def test_every_number_arrives_where_it_belongs() -> None:
    policy = load_policy()
    sections = {"height": policy.height, "mass": policy.mass, "road": policy.road, "cost": policy.cost}
    for section, found in sections.items():
        for name, text in RAW[section].items():
            value = getattr(found, name)
            if isinstance(text, dict):
                assert {code.name: number for code, number in value.items()} == {
                    key: int(number) for key, number in text.items()
                }
            else:
                assert value == (text == "true" if text in {"true", "false"} else int(text))
    assert policy.legal_width_mm == int(RAW["width"]["legal_mm"])
    assert policy.legal_length_mm == int(RAW["length"]["legal_mm"])
    assert {right.name: answer.name for right, answer in policy.access.items()} == RAW["access"]


@pytest.mark.parametrize("path", [path for path in LEAVES if path not in OPTIONAL], ids=".".join)
def test_a_missing_field_is_named(path: tuple[str, ...], tmp_path: Path) -> None:
    tree = fresh()
    del at(tree, path)[path[-1]]
    (fault,) = faults_of(write(tmp_path, tree))
    assert path[-1] in fault
    assert all(part in fault for part in path[:-1])


@pytest.mark.parametrize("section", list(RAW))
def test_a_missing_section_is_named(section: str, tmp_path: Path) -> None:
    tree = fresh()
    del tree[section]
    (fault,) = faults_of(write(tmp_path, tree))
    assert fault.startswith(f"{section}: ")


@pytest.mark.parametrize("path", [path for path in LEAVES if path != ("title",)], ids=".".join)
def test_a_wrong_value_is_named(path: tuple[str, ...], tmp_path: Path) -> None:
    tree = fresh()
    at(tree, path)[path[-1]] = "-1"
    (fault,) = faults_of(write(tmp_path, tree))
    assert fault.startswith(".".join(path))


@pytest.mark.parametrize(
    "wrong", ["many", "", "4000.5", "4000.0", "1e3", "4_", "9" * 5000, "100001", ["1"], {"a": "1"}, None]
)
@pytest.mark.parametrize("path", [("height", "legal_mm"), ("mass", "uncovered_roads_unknown"), ("access", "NO")])
def test_any_kind_of_wrong_value_is_named(path: tuple[str, ...], wrong: object, tmp_path: Path) -> None:
    tree = fresh()
    at(tree, path)[path[-1]] = wrong
    (fault,) = faults_of(write(tmp_path, tree))
    assert fault.startswith(".".join(path))


@pytest.mark.parametrize("section", ["", "height", "width", "length", "mass", "road", "cost"])
def test_an_unexpected_field_is_named(section: str, tmp_path: Path) -> None:
    tree = fresh()
    (tree[section] if section else tree)["extra_mm"] = "1"
    (fault,) = faults_of(write(tmp_path, tree))
    assert fault.startswith(f"{section}.extra_mm" if section else "extra_mm")


@pytest.mark.parametrize(
    "path",
    [
        ("access", "NOBODY"),
        ("access", "yes"),
        ("road", "lane_width_mm", "ALLEY"),
        ("cost", "speed_kmh", "5"),
        ("cost", "verdict_permille", "MAYBE"),
        ("height", "assumed_clearance_mm", "GRADE_9"),
    ],
    ids=".".join,
)
def test_an_unexpected_code_is_named_with_those_allowed(path: tuple[str, ...], tmp_path: Path) -> None:
    tree = fresh()
    table = at(tree, path)
    table[path[-1]] = next(iter(table.values()))
    (fault,) = faults_of(write(tmp_path, tree))
    assert ".".join(path) in fault
    assert "is not one of" in fault


def test_all_wrong_fields_are_told_at_once(tmp_path: Path) -> None:
    tree = fresh()
    tree["height"]["legal_mm"] = "four metres"
    tree["access"]["YES"] = "GLADLY"
    tree["cost"]["blocked_penalty_s"] = "0"
    tree["mass"]["uncovered_roads_unknown"] = "perhaps"
    tree["surprise"] = "1"
    del tree["width"]
    found = "\n".join(faults_of(write(tmp_path, tree)))
    names = ["height.legal_mm", "access.YES", "cost.blocked_penalty_s", "mass.uncovered_roads_unknown", "surprise"]
    assert [name for name in [*names, "width"] if name not in found] == []
    tree = fresh()
    del tree["access"]["NO"], tree["road"]["lane_width_mm"]["TRACK"], tree["cost"]["verdict_permille"]["UNKNOWN"]
    assert faults_of(write(tmp_path, tree)) == (
        "access: NO is missing",
        "road.lane_width_mm: TRACK is missing",
        "cost.verdict_permille: UNKNOWN is missing",
    )


def test_missing_codes_and_wrong_values_are_told_together(tmp_path: Path) -> None:
    tree = fresh()
    del tree["access"]["NO"], tree["road"]["lane_width_mm"]["TRACK"]
    tree["access"]["YES"] = "GLADLY"
    tree["height"]["assumed_margin_mm"] = "4000.0"
    tree["height"]["legal_mm"] = "4600"
    tree["cost"] = "none"
    found = faults_of(write(tmp_path, tree))
    starts = ["access.YES", "height.assumed_margin_mm", "cost", "access: NO is missing"]
    starts += ["road.lane_width_mm: TRACK is missing", "height.legal_mm: 4600 is more than"]
    assert [start for start in starts if not any(fault.startswith(start) for fault in found)] == []
    assert len(found) == len(starts)


@pytest.mark.parametrize(
    ("names", "line"),
    [
        (("height", "legal_mm"), "  legal_mm: 4000\n"),
        (("access", "NO_HGV"), "  NO_HGV: BLOCKED\n"),
        (("title",), "title: dajian default policy\n"),
        (("access", "NO"), '  "NO": BLOCKED\n'),
    ],
)
def test_a_key_that_stands_twice_is_named(names: tuple[str, ...], line: str, tmp_path: Path) -> None:
    text = DEFAULT_POLICY.read_text(encoding="utf-8")
    assert text.count(line) == 1
    path = tmp_path / "policy.yaml"
    path.write_text(text.replace(line, line + line), encoding="utf-8")
    (fault,) = faults_of(path)
    number = text[: text.index(line)].count("\n") + 2
    assert fault == f"{'.'.join(names)}: stands twice, again in line {number}"


def test_tables_within_tables_by_alias_are_read_once(tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    rows = [f"k{n}: &k{n} {{a: *k{n - 1}, b: *k{n - 1}}}" for n in range(1, 60)]
    path.write_text("\n".join(["k0: &k0 {a: 1}", *rows]), encoding="utf-8")
    assert len(faults_of(path)) > 60
    path.write_text("&self\nheight: *self\n", encoding="utf-8")
    assert len(faults_of(path)) >= 1


RISING = ["below_default_mm", "legal_mm", "open_road_passes_mm", "open_road_conditional_mm"]


@pytest.mark.parametrize("place", range(3))
def test_height_thresholds_rise(place: int, tmp_path: Path) -> None:
    lower, upper = RISING[place : place + 2]
    tree = fresh()
    for n, name in enumerate(RISING):
        tree["height"][name] = str(4000 + n)
    tree["height"][lower] = tree["height"][upper]
    load_policy(write(tmp_path, tree))
    tree["height"][lower] = str(int(tree["height"][upper]) + 1)
    (fault,) = faults_of(write(tmp_path, tree))
    assert fault == f"height.{lower}: {tree['height'][lower]} is more than height.{upper}, {tree['height'][upper]}"


def reverse(tree: object) -> object:
    return {key: reverse(value) for key, value in reversed(tree.items())} if isinstance(tree, dict) else tree


@pytest.mark.parametrize(
    "same",
    [
        reverse,
        lambda tree: {**tree, "title": "another title"},
        lambda tree: {**tree, "width": {"legal_mm": " 02550 "}},
    ],
    ids=["order", "title", "spelling"],
)
def test_what_does_not_change_the_id(same: Callable[[Tree], object], tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text("# another comment\n" + yaml.safe_dump(same(fresh()), sort_keys=False), encoding="utf-8")
    assert load_policy(path) == load_policy()


@pytest.mark.parametrize("path", [path for path in LEAVES if path not in {("title",), ("bridges",)}], ids=".".join)
def test_any_changed_value_changes_the_id(path: tuple[str, ...], tmp_path: Path) -> None:
    tree = fresh()
    old = at(tree, path)[path[-1]]
    new = {"true": "false", "PASSES": "UNKNOWN", "CONDITIONAL": "PASSES", "UNKNOWN": "BLOCKED", "BLOCKED": "PASSES"}
    at(tree, path)[path[-1]] = new[old] if old in new else str(int(old) + 1)
    assert load_policy(write(tmp_path, tree)).policy_id != load_policy().policy_id


def test_a_changed_bridge_policy_changes_the_id(tmp_path: Path) -> None:
    text = DEFAULT_BRIDGE_POLICY.read_text(encoding="utf-8").replace("special_band: 1.2", "special_band: 1.1")
    (tmp_path / "ours.yaml").write_text(text, encoding="utf-8")
    policy = load_policy(write(tmp_path, fresh() | {"bridges": "ours.yaml"}))
    assert policy.bridges.special_band == 1.1
    assert policy.policy_id != load_policy().policy_id


@pytest.mark.parametrize("grade", [path[-1] for path in sorted(OPTIONAL)])
def test_a_grade_without_design_clearance_is_allowed(grade: str, tmp_path: Path) -> None:
    tree = fresh()
    del tree["height"]["assumed_clearance_mm"][grade]
    assert TechnicalGrade[grade] not in load_policy(write(tmp_path, tree)).height.assumed_clearance_mm


@pytest.mark.parametrize("content", [b"- a\n- b\n", b"", b"text", b"a: [", b"\xff\xfe", b"a: b: c", b"? {x: 1}\n: 1"])
def test_what_is_no_policy_file(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_bytes(content)
    assert len(faults_of(path)) >= 1


def test_absent_files_and_folders(tmp_path: Path) -> None:
    for path in (tmp_path / "absent.yaml", tmp_path):
        (fault,) = faults_of(path)
        assert fault.startswith("cannot be read")
