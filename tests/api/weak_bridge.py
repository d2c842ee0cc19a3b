"""A street over one weak bridge, and evidence about it, for the tests of settled bridges."""

import json
from dataclasses import fields, replace
from pathlib import Path

import numpy as np

from api.reviews.network import OpenNetwork
from data.bridges.evidence import Evidence, read_evidence
from data.texts import TextTable
from routing.columns import BridgeSystem, Role, StructureKind
from routing.graph import ArcBridges, Bridges, RoadRecords
from tests.api.asking import DAY, VEHICLES, Json
from tests.api.streets import streets
from tests.graphs import Structure

ONLY = (13, 14, 15, 16, 17, 18)
HEAVY = VEHICLES["heavy"]
AXLES = [{"load_kg": axle.load_kg, "spacing_mm": axle.spacing_mm} for axle in HEAVY.axles]
HEAVIEST_KG, GROSS_KG = max(axle.load_kg for axle in HEAVY.axles), HEAVY.gross_mass_kg
KEY = "inventory:G60-017"
CORRIDOR: Json = {
    "id": "hunan-G60",
    "route_ref": "G60",
    "from_stake": "K12+000",
    "to_stake": "K14+000",
    "max_axle_kg": str(HEAVIEST_KG),
    "max_gross_kg": str(GROSS_KG),
    "valid_from": "2026-01-01",
    "valid_until": DAY.isoformat(),
    "source": "评估公告",
}
CALCULATION: Json = {
    "id": "Y1",
    "kind": "calculation",
    "structure": KEY,
    "verdict": "passes",
    "vehicle": {"axles": AXLES, "gross_mass_kg": GROSS_KG},
    "firm": "某某设计院",
    "qualification": "公路行业甲级",
    "made_on": "2026-03-01",
    "valid_until": "2027-03-01",
    "source": "报告",
}
ARCS = 2  # both directions of the bridge's road


def bridged(
    ref: str = "G60", kind: StructureKind = StructureKind.BRIDGE, load: str = "汽车-10级", **columns: int
) -> OpenNetwork:
    """The straight street over one weak bridge at K12+800, half way along its middle part."""
    bridge = Structure(KEY, kind, 112.015, 28.0, "弱桥")
    road = {"structures": [(0, Role.ON, 500_000)], "ref": ref, "length_m": 1000}
    graph = streets({11: road}, without=ONLY, structures=[bridge]).graph
    texts = TextTable.of(graph.strings)
    row = {
        "spans": texts.add("30"),
        "design_load": texts.add(load),
        "system": BridgeSystem.SIMPLE,
        "lanes": 2,
        "condition": 2,
        "rated_on": 20_260_601,
        "built_year": 1980,
        "source": texts.add("台账:2"),
    } | columns
    arcs = np.flatnonzero(graph.arcs.way_id == 11).astype(np.int32)
    first = np.where(graph.arcs.is_reversed[arcs], 13_300, 12_300).astype(np.int32)
    records = RoadRecords(arcs, first, (25_600 - first).astype(np.int32), np.zeros(ARCS, np.int32))
    table = Bridges(**{col.name: np.array([row.get(col.name, 0)], col.metadata["dtype"]) for col in fields(Bridges)})
    pairs = ArcBridges(arcs, np.zeros(ARCS, np.int32))
    return OpenNetwork(
        replace(graph, strings=texts.to_strings(), bridges=table, arc_bridges=pairs, road_records=records)
    )


def file_of(folder: Path, *, corridor: Json | None = None, calculation: Json | None = None) -> Path:
    path = folder / "evidence.json"
    content = {
        "corridors": [] if corridor is None else [CORRIDOR | corridor],
        "calculations": [] if calculation is None else [CALCULATION | calculation],
    }
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def evidence(folder: Path, **parts: Json | None) -> tuple[Evidence, ...]:
    return (read_evidence(file_of(folder, **parts)),)
