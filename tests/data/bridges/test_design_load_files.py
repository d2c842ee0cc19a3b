"""Design load files and the bridge policy: complete or refused, every fault named."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from data.bridges.design_loads import FOLDER, design_loads, find_design_load, read_edition
from data.bridges.policies import DEFAULT_BRIDGE_POLICY, load_bridge_policy
from data.errors import BadInputError
from routing.bridges.policy import Spreading

Tree = dict[str, Any]
FILES = sorted(FOLDER.glob("*.yaml"))
RAW: Tree = yaml.load(DEFAULT_BRIDGE_POLICY.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 # as the reader does


def write(tmp_path: Path, tree: object) -> Path:
    path = tmp_path / "file.yaml"
    path.write_text(yaml.safe_dump(tree, allow_unicode=True), encoding="utf-8")
    return path


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_says_where_its_numbers_come_from(path: Path) -> None:
    edition = read_edition(path)
    assert edition.source.clause
    assert edition.source.note
    assert len(edition.doubt) > 20
    assert len(edition.doubt_zh) > 10
    assert edition.in_force_until is None or edition.in_force_until > edition.in_force_from


def test_editions_of_one_standard_do_not_overlap() -> None:
    for first, second in [("jtg_d60_2004", "jtg_d60_2015"), ("jtj_021_1989", "jtg_d60_2004")]:
        older, newer = (read_edition(FOLDER / f"{name}.yaml") for name in (first, second))
        assert older.in_force_until == newer.in_force_from


def test_all_classes_of_the_brief_are_there() -> None:
    found = design_loads()
    for edition in ("2015", "2004"):
        assert {("公路-I级", edition), ("公路-II级", edition)} <= set(found)
    paired = {"汽车-超20级": "挂车-120", "汽车-20级": "挂车-100", "汽车-15级": "挂车-80", "汽车-10级": "履带-50"}
    for name, trailer in paired.items():
        check = found[name, "1989"].check_load
        assert check is not None
        assert check.name == trailer
        assert check.is_alone
        assert check.partial_factor < found[name, "1989"].partial_factor
    assert {("城-A (CJJ 11)", "CJJ 11"), ("城-B (CJJ 77)", "CJJ 77")} <= set(found)
    assert find_design_load("汽车-13级", "1989") is None


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda tree: tree.pop("source"), "source"),
        (lambda tree: tree.update(confidence="D"), "confidence"),
        (lambda tree: tree.update(more=1), "more"),
        (lambda tree: tree["impact"].update(values=["1"]), "impact"),
        (lambda tree: tree["loads"]["公路-II级"].update(share_of="公路-III级"), "公路-III级"),
        (lambda tree: tree["loads"]["公路-II级"].update(tracks={"gross_kn": "1", "length_m": "1"}), "公路-II级"),
        (lambda tree: tree["loads"]["公路-I级"]["lane"][0].update(peaks_kn=["1"]), "公路-I级"),
        (lambda tree: tree["loads"]["公路-I级"]["lane"][0].update(peak_spans_m=["50", "5"]), "公路-I级"),
        (lambda tree: tree["loads"].update({"挂": {"vehicle": {"loads_kn": ["1"], "spacings_m": ["1"]}}}), "挂"),
        (lambda tree: tree["loads"].update({"空": {}}), "空"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, change: Callable[[Tree], object], place: str) -> None:
    text = (FOLDER / "jtg_d60_2015.yaml").read_text(encoding="utf-8")
    tree = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 # as the reader does
    change(tree)
    with pytest.raises(BadInputError, match=place):
        read_edition(write(tmp_path, tree))


def test_an_unreadable_file_is_refused(tmp_path: Path) -> None:
    for read in (read_edition, load_bridge_policy):
        with pytest.raises(BadInputError, match="YAML"):
            read(tmp_path / "absent.yaml")


def test_the_default_policy_is_complete() -> None:
    policy = load_bridge_policy()
    assert policy == load_bridge_policy(DEFAULT_BRIDGE_POLICY)
    assert policy.spreading[Spreading.UNKNOWN] == 1.0
    assert policy.policy_id.startswith("sha256:")


def test_every_default_has_its_doubt_beside_it() -> None:
    text = DEFAULT_BRIDGE_POLICY.read_text(encoding="utf-8")
    assert text.count("Doubt") >= 10
    assert "setting of this software" in text


def test_the_policy_id_is_of_values_not_of_order(tmp_path: Path) -> None:
    tree = dict(reversed(deepcopy(RAW).items()))
    tree["special_types"] = tree["special_types"][::-1]
    tree["title"] = "another"
    assert load_bridge_policy(write(tmp_path, tree)).policy_id == load_bridge_policy().policy_id
    tree["special_band"] = "1.3"
    assert load_bridge_policy(write(tmp_path, tree)).policy_id != load_bridge_policy().policy_id


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda tree: tree.pop("special_band"), "special_band"),
        (lambda tree: tree.update(special_band="0.9"), "special_band"),
        (lambda tree: tree["spreading"].pop("hinged"), "hinged"),
        (lambda tree: tree["spreading"].update(unknown="0.5"), "spreading"),
        (lambda tree: tree["condition"].update(special_classes=[]), "condition"),
        (lambda tree: tree["condition"]["allowed_ratio"].update({"3": "1.1"}), "condition"),
        (lambda tree: tree["condition"]["allowed_ratio"].update({"4": "0.5"}), "condition"),
        (lambda tree: tree["factors"].update(normal="high"), "factors.normal"),
        (lambda tree: tree["impact"].update(extra="1"), "impact.extra"),
    ],
)
def test_a_wrong_policy_is_refused(tmp_path: Path, change: Callable[[Tree], object], place: str) -> None:
    tree = deepcopy(RAW)
    change(tree)
    with pytest.raises(BadInputError, match=place):
        load_bridge_policy(write(tmp_path, tree))
