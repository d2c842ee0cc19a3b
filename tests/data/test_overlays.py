"""Overlays: the file form with all its faults, the places they mean, and the times they are in force."""

import datetime as dt
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from data.errors import BadInputError
from data.overlays import Overlay, OverlayRows, apply_overlays, load_overlay
from routing.columns import ConditionState, Quantity, Role, StructureKind
from tests.graphs import Road, Structure, find_arc, make_graph

ACTIVE, UNDECIDED = ConditionState.ACTIVE, ConditionState.UNDECIDED
Loader = Callable[..., Overlay]

#          4 (bridge above)
#          |
#   0 ---- 1 ---- 2 --> 3      1 km a grid step; way ids 10, 11, 12; the bridge is way 14, from 4 to 5
#          |
#          5
STEP = 0.01
NODES = [(112.0, 28.0), (112.0102, 28.0), (112.0204, 28.0), (112.0306, 28.0), (112.0150, 28.009), (112.0150, 27.991)]
BRIDGE = Structure("osm:way/14", StructureKind.BRIDGE)
GRAPH = make_graph(
    NODES,
    [
        Road(0, 1, way_id=10),
        Road(1, 2, way_id=11, structures=[(0, Role.UNDER, 470_000)]),
        Road(2, 3, way_id=12, two_way=False),
        Road(4, 5, way_id=14, structures=[(0, Role.ON, 1_000_000)]),
    ],
    structures=[BRIDGE],
)
A, B, C, BACK_A, BACK_B = (find_arc(GRAPH, *ends) for ends in [(0, 1), (1, 2), (2, 3), (1, 0), (2, 1)])
ON_BRIDGE = {find_arc(GRAPH, 4, 5), find_arc(GRAPH, 5, 4)}
NOON = dt.datetime(2026, 11, 22, 12)  # noqa: DTZ001  local time; a Sunday


@pytest.fixture
def load(tmp_path: Path) -> Loader:
    def load(*features: Mapping[str, Any], name: str = "overlay.geojson") -> Overlay:
        rows = [
            {
                "type": "Feature",
                "properties": {"id": f"x{n}"} | {key: value for key, value in feature.items() if key != "geometry"},
                "geometry": feature.get("geometry"),
            }
            for n, feature in enumerate(features)
        ]
        path = tmp_path / name
        path.write_text(json.dumps({"type": "FeatureCollection", "features": rows}), encoding="utf-8")
        return load_overlay(path)

    return load


def apply(overlay: Overlay, on: dt.date = NOON, vehicle_class: str | None = "II") -> OverlayRows:
    return apply_overlays(GRAPH, [overlay], on=on, vehicle_class=vehicle_class)


def line(*points: tuple[float, float]) -> dict[str, Any]:
    return {"type": "LineString", "coordinates": points}


def test_closure_by_way_gives_rows_of_both_directions(load: Loader) -> None:
    rows = apply(load({"id": "a", "closed": True, "way_ids": [10], "reason": "施工"}))
    assert set(rows.arc.tolist()) == {A, BACK_A}
    assert rows.quantity.tolist() == [Quantity.CLOSURE] * 2
    assert rows.source == ("overlay:a 施工",) * 2
    assert rows.ids == ("a",)
    assert rows.decision.tolist() == [ACTIVE] * 2
    assert not rows.warnings
    assert [column.dtype for column in (rows.arc, rows.value, rows.state)] == [np.int32, np.int32, np.uint8]


def test_no_overlay_gives_no_rows() -> None:
    rows = apply_overlays(GRAPH, [], on=NOON, vehicle_class=None)
    assert (len(rows), rows.ids, rows.warnings) == (0, (), ())


@pytest.mark.parametrize(
    ("where", "arcs"),
    [
        ({"way_ids": [10], "direction": "forward"}, {A}),
        ({"way_ids": [10], "direction": "backward"}, {BACK_A}),
        # along the road, 10 m beside it; a line against the way's direction closes that direction
        ({"geometry": line((112.0, 28.0001), (112.0204, 28.0001))}, {A, BACK_A, B, BACK_B}),
        ({"geometry": line((112.0204, 28.0001), (112.0, 28.0001)), "direction": "forward"}, {BACK_A, BACK_B}),
        ({"geometry": line((112.0204, 28.0001), (112.0, 28.0001)), "direction": "backward"}, {A, B}),
        # 200 m in the middle of a kilometre
        ({"geometry": line((112.004, 28.0), (112.006, 28.0))}, {A, BACK_A}),
        # 60 % on one road, 40 % on the next
        ({"geometry": line((112.0090, 28.0), (112.0110, 28.0))}, {A, BACK_A, B, BACK_B}),
        # the bridge crosses road B and is not that road
        ({"geometry": line((112.0150, 28.002), (112.0150, 27.998))}, ON_BRIDGE),
        ({"geometry": {"type": "Point", "coordinates": [112.005, 28.0002]}}, {A, BACK_A}),
        ({"geometry": {"type": "MultiPoint", "coordinates": [[112.005, 28.0], [112.025, 28.0]]}}, {A, BACK_A, C}),
        (
            {
                "geometry": {
                    "type": "Polygon",
                    "coordinates": [[[112.014, 27.999], [112.016, 27.999], [112.016, 28.001], [112.014, 27.999]]],
                }
            },
            {B, BACK_B} | ON_BRIDGE,
        ),
        ({"structure_ids": ["osm:way/14"]}, ON_BRIDGE),
    ],
)
def test_places(load: Loader, where: dict[str, Any], arcs: set[int]) -> None:
    rows = apply(load({"closed": True} | where))
    assert set(rows.arc.tolist()) == arcs
    assert not rows.warnings


def test_roads_that_fork_off_a_short_line_are_not_meant(load: Loader) -> None:
    #  0 --- 1 --- 2 with stubs of 40 m at 1, at right angles, at 45 degrees, and back at 45 degrees
    nodes = [(112.0, 28.0), (112.0006, 28.0), (112.0012, 28.0)]
    nodes += [(112.0006, 28.00036), (112.0009, 28.00027), (112.0003, 27.99973)]
    graph = make_graph(nodes, [Road(0, 1), Road(1, 2), Road(1, 3), Road(1, 4), Road(1, 5)])
    overlay = load({"closed": True, "geometry": line((112.0, 28.00005), (112.0006, 28.00005))})
    rows = apply_overlays(graph, [overlay], on=NOON, vehicle_class=None)
    assert set(rows.arc.tolist()) == {find_arc(graph, 0, 1), find_arc(graph, 1, 0)}


def test_height_of_a_structure_is_for_those_below_and_mass_for_those_on_it(load: Loader) -> None:
    item = {"structure_ids": ["osm:way/14"]}
    rows = apply(load(item | {"height_mm": 4200}, item | {"gross_mass_kg": 20_000, "axle_load_kg": 9000}))
    below = rows.quantity == Quantity.HEIGHT
    assert set(rows.arc[below].tolist()) == {B, BACK_B}
    assert set(rows.arc[~below].tolist()) == ON_BRIDGE
    assert set(rows.value[~below].tolist()) == {20_000, 9000}
    assert set(rows.structure.tolist()) == {0}


def test_places_that_are_not_there_are_warned_of(load: Loader) -> None:
    far = {"type": "Point", "coordinates": [112.005, 28.0004]}
    rows = apply(
        load(
            {"closed": True, "way_ids": [10, 999]},
            {"closed": True, "structure_ids": ["osm:way/998"]},
            {"closed": True, "geometry": far},
            {"closed": True, "geometry": line((112.0, 28.01), (112.02, 28.01))},
            {"closed": True, "way_ids": [12], "direction": "backward"},
        )
    )
    assert rows.ids == ("x0",)
    assert rows.warnings == (
        "x0: way 999 is not in this network",
        "x1: structure osm:way/998 is not in this network",
        "x2: no road at its point",
        "x3: 100% of its line has no road within 25 m that runs along it",
        "x4: no road runs backward there",
    )


@pytest.mark.parametrize(
    ("window", "on", "decision"),
    [
        ({"from": "2026-11-22"}, dt.datetime(2026, 11, 22), ACTIVE),  # noqa: DTZ001
        ({"from": "2026-11-23"}, NOON, None),
        ({"until": "2026-11-22"}, dt.datetime(2026, 11, 22, 23, 59), ACTIVE),  # noqa: DTZ001
        ({"until": "2026-11-22"}, dt.datetime(2026, 11, 23), None),  # noqa: DTZ001
        ({"until": "2026-11-22T12:00"}, NOON, None),
        ({"until": "2026-11-22T12:01"}, NOON, ACTIVE),
        ({"from": "2026-11-22T04:00Z"}, NOON, ACTIVE),
        ({"from": "2026-11-22T12:00"}, dt.datetime(2026, 11, 22, 3, 59, tzinfo=dt.UTC), None),
        ({"from": "2026-11-22", "until": "2026-11-22"}, NOON.date(), ACTIVE),
        ({"from": "2026-11-22T08:00"}, NOON.date(), UNDECIDED),
        ({"until": "2026-11-22T08:00"}, NOON.date(), UNDECIDED),
        ({"from": "2026-11-22T08:00", "until": "2026-11-22T09:00"}, NOON.date(), UNDECIDED),
        ({"until": "2026-11-22T00:00"}, NOON.date(), None),
        ({"from": "2026-11-23"}, NOON.date(), None),
        ({"hours": "Su 11:00-13:00"}, NOON, ACTIVE),
        ({"hours": "Mo-Fr 07:00-09:00"}, NOON, None),
        ({"hours": "Mo-Fr 07:00-09:00"}, NOON.date(), None),
        ({"hours": "Su 07:00-09:00"}, NOON.date(), UNDECIDED),
        ({"hours": "24/7"}, NOON.date(), ACTIVE),
        ({"hours": "PH"}, NOON, UNDECIDED),
    ],
)
def test_times(load: Loader, window: dict[str, str], on: dt.date, decision: ConditionState | None) -> None:
    rows = apply(load({"closed": True, "way_ids": [12]} | window), on)
    assert rows.decision.tolist() == ([] if decision is None else [decision])
    assert rows.ids == (() if decision is None else ("x0",))
    assert all(bool(condition) == (decision is UNDECIDED) for condition in rows.condition)


def test_condition_names_only_what_is_open(load: Loader) -> None:
    item = {"closed": True, "way_ids": [12], "from": "2026-11-01", "hours": "Su 07:00-09:00", "classes": ["II", "III"]}
    assert apply(load(item), NOON.date()).condition == ("Su 07:00-09:00",)
    assert apply(load(item), NOON.date(), None).condition == ("Su 07:00-09:00; class II, III",)
    assert apply(load(item | {"from": "2026-11-22T08:00"}), NOON.date()).condition == (
        "from 2026-11-22T08:00; Su 07:00-09:00",
    )


@pytest.mark.parametrize(("vehicle_class", "count"), [("I", 0), ("II", 1), ("none", 0), (None, 1)])
def test_ban_by_class(load: Loader, vehicle_class: str | None, count: int) -> None:
    rows = apply(load({"closed": True, "way_ids": [12], "classes": ["II"]}), NOON, vehicle_class)
    assert len(rows) == count
    assert set(rows.decision.tolist()) <= {UNDECIDED if vehicle_class is None else ACTIVE}


def test_same_id_in_two_files_is_refused(load: Loader) -> None:
    overlays = [load({"closed": True, "way_ids": [10]}, name=f"{n}.json") for n in "ab"]
    with pytest.raises(BadInputError, match=re.escape("id 'x0' stands in a.json and in b.json")):
        apply_overlays(GRAPH, overlays, on=NOON, vehicle_class=None)


@pytest.mark.parametrize(
    ("properties", "fault"),
    [
        ({"closed": True, "way_ids": [1], "colour": "red"}, "colour: is not a known field"),
        ({"closed": True}, "says no place"),
        ({"way_ids": [1]}, "says neither closed nor any of"),
        ({"way_ids": [1], "closed": True, "height_mm": 4000}, "says closed and a limit"),
        ({"way_ids": [1], "closed": "yes"}, "closed: "),
        ({"way_ids": [1], "height_mm": 4000.0}, "height_mm: "),
        ({"way_ids": [1], "height_mm": "4000"}, "height_mm: "),
        ({"way_ids": [1], "height_mm": 0}, "height_mm: "),
        ({"way_ids": [1], "gross_mass_kg": True}, "gross_mass_kg: "),
        ({"way_ids": ["1"], "closed": True}, "way_ids.0: "),
        ({"structure_ids": ["s"], "height_mm": 4000, "width_mm": 3000}, "make two items"),
        ({"way_ids": [1], "closed": True, "from": "2026-02-30"}, "from: '2026-02-30' does not exist"),
        ({"way_ids": [1], "closed": True, "from": "22.11.2026"}, "from: '22.11.2026' is not an ISO date"),
        ({"way_ids": [1], "closed": True, "until": 20261122}, "until: must be a text"),
        ({"way_ids": [1], "closed": True, "from": "2026-11-23", "until": "2026-11-22"}, "until is not after from"),
        ({"way_ids": [1], "closed": True, "hours": "at dusk maybe"}, "hours: "),
        ({"way_ids": [1], "closed": True, "hours": "weight>20"}, "hours: "),
        ({"way_ids": [1], "closed": True, "classes": ["IV"]}, "classes.0: "),
        ({"way_ids": [1], "closed": True, "direction": "up"}, "direction: "),
        ({"way_ids": [1], "closed": True, "id": ""}, "id: "),
        (
            {"closed": True, "geometry": {"type": "Point", "coordinates": [28, 112]}},
            "geometry: has coordinates outside",
        ),
        ({"closed": True, "geometry": {"type": "Point"}}, "geometry: cannot be read"),
        ({"closed": True, "geometry": line((112, 28), (112, 28))}, "geometry: is not valid"),
        ({"closed": True, "geometry": {"type": "GeometryCollection", "geometries": []}}, "geometry: must be one of"),
        ({"closed": True, "geometry": 5}, "geometry: cannot be read"),
    ],
)
def test_faults(load: Loader, properties: dict[str, Any], fault: str) -> None:
    with pytest.raises(BadInputError) as caught:
        load(properties)
    assert len(caught.value.faults) == 1
    assert caught.value.faults[0].startswith("feature 1: ")
    assert fault in caught.value.faults[0]


def test_all_faults_at_once(load: Loader) -> None:
    place = {"closed": True, "way_ids": [1]}
    with pytest.raises(BadInputError) as caught:
        load(place | {"from": 1, "hours": "?", "geometry": 3}, place | {"id": "a"}, place | {"id": "a"})
    assert [fault.partition(": ")[0] for fault in caught.value.faults] == ["feature 1"] * 3 + ["feature 3"]
    assert "id: 'a' is that of feature 2 too" in caught.value.faults[3]


@pytest.mark.parametrize("content", ["", "[]", "{", '{"features": 3}', '{"features": [3]}', "\udcff"])
def test_what_is_not_geojson_is_a_fault(tmp_path: Path, content: str) -> None:
    path = tmp_path / "overlay.json"
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(BadInputError, match=r"overlay\.json"):
        load_overlay(path)


def test_absent_file_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="cannot be read"):
        load_overlay(tmp_path / "absent.csv")


def test_csv_says_the_same_as_geojson(load: Loader, tmp_path: Path) -> None:
    path = tmp_path / "overlay.csv"
    text = (
        "id,from,closed,height_mm,way_ids,classes,hours,geometry\r\n"
        "x0,2026-11-20,,4200,10;12,,,\r\n"
        '\r\nx1,,true,,,II;III,"Mo-Fr 07:00-09:00,17:00-19:00","LINESTRING (112 28, 112.01 28)"\r\n'
        "x2,,FALSE,4000,11,,,\r\n"
    )
    path.write_text(text, encoding="utf-8-sig", newline="")
    same = load(
        {"from": "2026-11-20", "height_mm": 4200, "way_ids": [10, 12]},
        {
            "closed": True,
            "classes": ["II", "III"],
            "hours": "Mo-Fr 07:00-09:00,17:00-19:00",
            "geometry": line((112.0, 28.0), (112.01, 28.0)),
        },
        {"closed": False, "height_mm": 4000, "way_ids": [11]},
    )
    assert load_overlay(path).items == same.items


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "is empty"),
        ("id,colour\na,red\n", "column 'colour' is not known"),
        ("id,id\na,b\n", "column 'id' stands there twice"),
        ("id,closed\na\n", "row 2: has 1 fields, expected 2"),
        ("id,closed,way_ids\n\na,maybe,1\n", "row 3: closed: "),
        ("id,height_mm,way_ids\na,4.2,1\n", "row 2: height_mm: "),
        ("id,closed,way_ids\na,true,1;x\n", "row 2: way_ids.1: "),
        ("id,closed,geometry\na,true,POINT (1\n", "row 2: geometry: cannot be read"),
        ('id,reason\na,"open', "is not CSV"),
    ],
)
def test_csv_faults(tmp_path: Path, text: str, fault: str) -> None:
    path = tmp_path / "overlay.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInputError, match=re.escape(fault)):
        load_overlay(path)


def test_csv_of_another_encoding_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "overlay.csv"
    path.write_bytes("id,reason\na,施工\n".encode("gb18030"))
    with pytest.raises(BadInputError, match="is not UTF-8"):
        load_overlay(path)


def test_example_of_the_documentation_loads_in_both_forms(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs" / "overlays.md").read_text(encoding="utf-8")
    loaded = []
    for kind in ("json", "csv"):
        match = re.search(rf"```{kind}\n(.*?)```", text, re.DOTALL)
        assert match
        path = tmp_path / f"example.{kind}"
        path.write_text(match[1], encoding="utf-8")
        loaded.append(load_overlay(path).items[-1])
    assert loaded[0] == loaded[1]
