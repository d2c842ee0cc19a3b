"""Write what inventories know into the network's tables of bridges and road records (台账入表)."""

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace

import numpy as np

from data.bridges.attach import Attached
from data.bridges.records import BridgeRecord
from data.stakes import StakeColumns
from data.texts import TextTable
from routing.columns import BridgeSystem, StructureKind
from routing.graph import ArcBridges, Bridges, RoadGraph, RoadRecords
from routing.phrase import refs_of

SYSTEMS = {"simple": BridgeSystem.SIMPLE, "continuous": BridgeSystem.CONTINUOUS, "unknown": BridgeSystem.UNKNOWN}
UNKNOWN_SKEW = -1
MOST_LANES = 255


def with_tables(attached: Attached) -> RoadGraph:
    """Fill the tables of bridges, of which arc they carry, and of stakes and owners.

    Returns:
        The graph with its texts extended; bridges that no road of the map belongs to are not in it.
    """
    graph, pairs = attached.graph, attached.bridges
    texts = TextTable.of(graph.strings)
    structure_of = dict(zip(pairs.record.tolist(), pairs.structure.tolist(), strict=True))
    used = sorted(structure_of)
    row_of = {record: row for row, record in enumerate(used)}
    bridges = _bridges([(pairs.records[record], structure_of[record]) for record in used], texts)
    order = np.lexsort((pairs.record, pairs.arc))
    arc_bridges = ArcBridges(
        pairs.arc[order].astype(np.int32), np.array([row_of[r] for r in pairs.record[order].tolist()], np.int32)
    )
    records = _road_records(attached, texts)
    return replace(
        graph, bridges=bridges, arc_bridges=arc_bridges, road_records=records, strings=texts.to_strings(), network_id=""
    )


def spans_text(units: Iterable[Sequence[int]]) -> str:
    """Write span lists in metres, each continuous unit (联) in brackets: (30+30+30)+(45)."""
    return "+".join(f"({'+'.join(f'{span / 1000:g}' for span in unit)})" for unit in units)


def _bridges(rows: Sequence[tuple[BridgeRecord, int]], texts: TextTable) -> Bridges:
    values = [_row(record, structure, texts) for record, structure in rows]
    return Bridges(
        **{col.name: np.array([row[col.name] for row in values], col.metadata["dtype"]) for col in fields(Bridges)}
    )


def _row(record: BridgeRecord, structure: int, texts: TextTable) -> dict[str, int]:
    # A culvert is not designed for the lane load that a line beam is compared with: without spans it stays unknown.
    is_culvert = record.kind is StructureKind.CULVERT
    spans = spans_text(record.units) if record.units and not is_culvert else ""
    kind = " ".join(text for text in (record.superstructure, *record.line_beam_doubts) if text)
    return {
        "structure": structure,
        "spans": texts.add(spans),
        "system": int(SYSTEMS[record.system]),
        "design_load": texts.add(record.design_load_text),
        "standard": texts.add(record.standard or ""),
        "lanes": min(record.lanes or 0, MOST_LANES),
        "deck": 0,
        "condition": record.condition or 0,
        "rated_on": int(record.rated_on.strftime("%Y%m%d")) if record.rated_on else 0,
        "skew_deg": UNKNOWN_SKEW if record.skew_deg is None else round(abs(record.skew_deg)),
        "superstructure": texts.add(kind),
        "built_year": record.built_year or 0,
        "owner": texts.add(record.owner),
        "source": texts.add(record.source),
    }


def _road_records(attached: Attached, texts: TextTable) -> RoadRecords:
    stakes, owner, graph = attached.stakes, attached.owner, attached.graph
    arcs = np.flatnonzero((stakes.from_m >= 0) | (owner >= 0))
    own = np.array([_is_own(graph, stakes, arc) for arc in arcs.tolist()], np.bool_)
    names = np.array([texts.add(name) for name in attached.owners] + [0], np.int32)  # the last stands for -1
    from_m, to_m = (np.where(own, column[arcs], -1).astype(np.int32) for column in (stakes.from_m, stakes.to_m))
    return RoadRecords(arcs.astype(np.int32), from_m, to_m, names[owner[arcs]])


def _is_own(graph: RoadGraph, stakes: StakeColumns, arc: int) -> bool:
    """Whether an arc's stakes count along its own first number; of a road with two, the other's are left out."""
    refs = refs_of(graph.strings[int(graph.arcs.ref[arc])])
    return stakes.route[arc] >= 0 and refs[:1] == [stakes.routes[stakes.route[arc]]]
