"""Files of settled answers: complete or refused, every fault named with entry and field, identified by their values."""

import datetime as dt
import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from data.bridges.evidence import ids_told_twice, read_evidence
from data.errors import BadInputError
from routing.vehicle import Axle

Json = dict[str, Any]
CORRIDOR: Json = {
    "id": "C1",
    "route_ref": "G60",
    "from_stake": "K12+300",
    "to_stake": "K40+100",
    "max_axle_kg": 18_000,
    "max_gross_kg": 300_000,
    "valid_from": "2026-01-01",
    "valid_until": "2027-12-31",
    "source": "评估公告2026-1",
}
CALCULATION: Json = {
    "id": "Y1",
    "kind": "calculation",
    "structure": "inventory:S326-001",
    "verdict": "conditional",
    "conditions": ["居中通过"],
    "vehicle": {
        "axles": [{"load_kg": 9000, "spacing_mm": 0}, {"load_kg": 18_000, "spacing_mm": 3300}],
        "gross_mass_kg": 27_000,
    },
    "firm": "某某设计院",
    "qualification": "公路行业甲级",
    "made_on": "2026-03-01",
    "valid_until": "2027-03-01",
    "source": "报告 2026-017",
}


def tree(corridor: Json | None = None, calculation: Json | None = None) -> Json:
    return deepcopy({"corridors": [CORRIDOR | (corridor or {})], "calculations": [CALCULATION | (calculation or {})]})


def write(folder: Path, content: object, name: str = "evidence.yaml") -> Path:
    path = folder / name
    text = json.dumps(content) if name.endswith(".json") else yaml.safe_dump(content, allow_unicode=True)
    path.write_text(text, encoding="utf-8")
    return path


def faults_of(path: Path) -> tuple[str, ...]:
    with pytest.raises(BadInputError) as error:
        read_evidence(path)
    return error.value.faults


def test_reads_corridors_and_calculations(tmp_path: Path) -> None:
    evidence = read_evidence(write(tmp_path, tree({"max_axles_per_m": 0.8, "route_ref": "g60"})))
    corridor, calculation = evidence.entries
    assert (corridor.id, corridor.route_ref, corridor.stretch_m) == ("C1", "G60", (12_300, 40_100))
    assert (corridor.max_axle_kg, corridor.max_gross_kg, corridor.max_axles_per_m) == (18_000, 300_000, 0.8)
    assert calculation.vehicle.train == (Axle(9000, 0), Axle(18_000, 3300))
    assert calculation.conditions == ("居中通过",)
    assert calculation.made_on == dt.date(2026, 3, 1)


def test_stakes_may_fall(tmp_path: Path) -> None:
    evidence = read_evidence(write(tmp_path, tree({"from_stake": "K40+100", "to_stake": "K12+300"})))
    assert evidence.corridors[0].stretch_m == (12_300, 40_100)


@pytest.mark.parametrize("table", ["corridors", "calculations"])
def test_holds_from_the_first_day_to_the_last(table: str, tmp_path: Path) -> None:
    days = {"valid_from": "2026-03-01"} if table == "corridors" else {"made_on": "2026-03-01"}
    changed = days | {"valid_until": "2026-03-02"}
    evidence = read_evidence(write(tmp_path, tree(changed) if table == "corridors" else tree(None, changed)))
    entry = getattr(evidence, table)[0]
    march = [entry.is_in_force(dt.date(2026, 3, day)) for day in (1, 2, 3)]
    assert (entry.is_in_force(dt.date(2026, 2, 28)), march) == (False, [True, True, False])


def test_id_is_that_of_the_values(tmp_path: Path) -> None:
    whole = tree()
    first = read_evidence(write(tmp_path, whole))
    as_json = read_evidence(write(tmp_path, dict(reversed(whole.items())), "evidence.json"))
    path = write(tmp_path, whole)
    path.write_text("# a remark\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert first == as_json == read_evidence(path)
    assert read_evidence(write(tmp_path, tree({"max_axle_kg": 18_001}))).evidence_id != first.evidence_id


def test_a_vehicle_may_stand_in_a_file_of_its_own(tmp_path: Path) -> None:
    axles = [
        {"load_kg": 9000, "spacing_mm": 0, "tyres": 2, "unit": "truck", "drive": False},
        {"load_kg": 18_000, "spacing_mm": 3300, "tyres": 4, "unit": "truck", "drive": True},
    ]
    sizes = {"height_mm": 4000, "width_mm": 2500, "length_mm": 8000, "gross_mass_kg": 27_000}
    vehicle = {"kind": "truck", "trailer": None, "axles": axles, "indivisible": True, **sizes}
    (tmp_path / "truck.json").write_text(json.dumps(vehicle), encoding="utf-8")
    named = read_evidence(write(tmp_path, tree(None, {"vehicle": {"file": "truck.json"}})))
    assert named == read_evidence(write(tmp_path, tree()))
    (tmp_path / "truck.json").write_text(json.dumps(vehicle | {"height_mm": 4}), encoding="utf-8")
    (fault,) = faults_of(write(tmp_path, tree(None, {"vehicle": {"file": "truck.json"}})))
    assert fault.startswith("calculations.0 (Y1).vehicle: truck.json: height_mm")


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"route_ref": "G4;G60"}, "route_ref: must be one route number"),
        ({"from_stake": "12.3"}, "from_stake: must be a stake"),
        ({"to_stake": "K12+300"}, "to_stake: is the stake where"),
        ({"max_axle_kg": "18e3"}, "max_axle_kg: must be a whole number"),
        ({"max_axle_kg": 18}, "max_axle_kg: Input should be greater"),
        ({"max_axle_kg": None}, "max_axle_kg: must be a whole number"),
        ({"max_axles_per_m": 0}, "max_axles_per_m: Input should be greater"),
        ({"valid_until": "2026-02-30"}, "valid_until: 2026-02-30 does not exist"),
        ({"valid_until": "2025-01-01"}, "valid_until: lies before valid_from"),
        ({"source": ""}, "source: String should have at least 1"),
        ({"colour": "red"}, "colour: is not a field"),
    ],
)
def test_a_faulty_corridor_is_named(tmp_path: Path, changes: Json, fault: str) -> None:
    (found,) = faults_of(write(tmp_path, tree(changes)))
    assert found.startswith(f"corridors.0 (C1).{fault}")


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"conditions": []}, "conditions: are needed"),
        ({"verdict": "passes"}, "conditions: are needed"),
        ({"verdict": "blocked"}, "verdict: Input should be"),
        ({"kind": "guess"}, "kind: Input should be"),
        ({"valid_until": "2026-02-28"}, "valid_until: lies before made_on"),
        ({"vehicle": {"gross_mass_kg": 27_000, "axles": []}}, "vehicle.axles: "),
        ({"vehicle": CALCULATION["vehicle"] | {"gross_mass_kg": 28_000}}, "vehicle.gross_mass_kg: 28000, but"),
        ({"vehicle": {"file": "none.json"}}, "vehicle: none.json: cannot be read"),
        ({"vehicle": {"gross_mass_kg": 900, "axles": [{"load_kg": 900, "spacing_mm": 5}]}}, "vehicle.axles.0.spacing"),
    ],
)
def test_a_faulty_calculation_is_named(tmp_path: Path, changes: Json, fault: str) -> None:
    (found,) = faults_of(write(tmp_path, tree(None, changes)))
    assert found.startswith(f"calculations.0 (Y1).{fault}")


def test_all_faults_at_once(tmp_path: Path) -> None:
    whole = tree({"from_stake": "here"}, {"id": "C1", "firm": "", "vehicle": {"file": "none.json"}})
    del whole["corridors"][0]["source"]
    whole["corridors"].append("a text")
    places = [fault.partition(": ")[0] for fault in faults_of(write(tmp_path, whole))]
    assert sorted(places) == [
        "calculations.0 (C1).firm",
        "calculations.0 (C1).id",
        "calculations.0 (C1).vehicle",
        "corridors.0 (C1).from_stake",
        "corridors.0 (C1).source",
        "corridors.1",
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "file: "),
        ("[]", "file: "),
        ("{}", "has neither"),
        ("corridors: {}", "corridors: "),
        ("corridors: [", "cannot be read as YAML"),
        ("corridors: []\ncorridors: []", "cannot be read as YAML: corridors stands twice"),
        ("more: []", "more: is not a field"),
    ],
)
def test_a_file_of_another_kind_is_refused(tmp_path: Path, text: str, fault: str) -> None:
    path = tmp_path / "evidence.yaml"
    path.write_text(text, encoding="utf-8")
    (found,) = faults_of(path)
    assert found.startswith(fault)


@pytest.mark.parametrize("text", ["{", '{"corridors": [], "corridors": []}', '{"corridors": [{"id": true}]}'])
def test_faulty_json_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "evidence.json"
    path.write_text(text, encoding="utf-8")
    assert faults_of(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path / "none.yaml")
    assert fault.startswith("cannot be read")


def test_the_documented_example_can_be_read(tmp_path: Path) -> None:
    page = Path(__file__).resolve().parents[3] / "docs" / "bridges.md"
    path = tmp_path / "evidence.yaml"
    path.write_text(page.read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0], encoding="utf-8")
    assert [entry.id for entry in read_evidence(path).entries] == ["hunan-G60", "Y-2026-017"]


def test_an_id_in_two_files_is_named(tmp_path: Path) -> None:
    one = read_evidence(write(tmp_path, tree()))
    other = read_evidence(write(tmp_path, {"corridors": [CORRIDOR | {"id": "C2"}]}))
    assert ids_told_twice([one, other]) == []
    assert [fault.split("'")[1] for fault in ids_told_twice([one, other, one])] == ["C1", "Y1"]
