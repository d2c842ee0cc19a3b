"""Coverage (资料覆盖): for which routes and stakes an operator declares that nothing is missing.

Absence of a bridge in an inventory means "no bridge" only inside such a declaration; elsewhere it is unknown.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntFlag
from pathlib import Path
from typing import Final

from data.cells import plain, route_ref, stake_m
from data.column_names import map_columns, split_unit
from data.row_notes import RowNote, TableReport
from data.rows import RowReader
from data.tables import read_table

WHOLE_ROUTE_M: Final = 10_000_000  # 全线: farther than any route goes
SUFFIX: Final = ".coverage.csv"
FIELDS: Final = {
    "route_ref": ("路线编号", "路线编码", "路线代码"),
    "from": ("起点桩号", "起始桩号", "起桩号"),
    "to": ("止点桩号", "终点桩号", "终止桩号", "止桩号"),
    "what": ("内容", "资料内容", "覆盖内容"),
}
_WHOLE: Final = "全线"


class Coverage(IntFlag):
    """What is declared complete (覆盖内容); the first three are the bits of the arcs' coverage column."""

    BRIDGES = 1  # 桥梁
    CULVERTS = 2  # 涵洞
    CLEARANCES = 4  # 净空
    RAMPS = 8  # 匝道: of the interchanges on this stretch as well


_WORDS: Final = {
    "桥梁": Coverage.BRIDGES,
    "桥": Coverage.BRIDGES,
    "涵洞": Coverage.CULVERTS,
    "涵": Coverage.CULVERTS,
    "桥涵": Coverage.BRIDGES | Coverage.CULVERTS,
    "净空": Coverage.CLEARANCES,
    "净高": Coverage.CLEARANCES,
    "匝道": Coverage.RAMPS,
    "全部": Coverage.BRIDGES | Coverage.CULVERTS | Coverage.CLEARANCES,
    "bridges": Coverage.BRIDGES,
    "culverts": Coverage.CULVERTS,
    "clearances": Coverage.CLEARANCES,
    "ramps": Coverage.RAMPS,
}


@dataclass(frozen=True, slots=True)
class CoverageRange:
    """One declaration (覆盖范围).

    Attributes:
        route_ref: 路线编号.
        from_m: Stake where it begins, in metres.
        to_m: Stake where it ends; `WHOLE_ROUTE_M` with ``from_m`` 0 for a route from end to end (全线).
        what: What is complete there.
        source: "file:row".
    """

    route_ref: str
    from_m: int
    to_m: int
    what: Coverage
    source: str = ""

    @property
    def is_whole_route(self) -> bool:
        """Whether it speaks for the route from end to end, wherever its stakes are."""
        return self.from_m == 0 and self.to_m == WHOLE_ROUTE_M


def read_what(text: str, unit: str = "") -> Coverage:  # noqa: ARG001  called like the readers of cells
    """Read what a declaration is about: 桥梁、涵洞.

    Raises:
        ValueError: A word is not known.
    """
    found = Coverage(0)
    for word in re.split(r"[,;、/+和 ]+", plain(text)):
        if word and word not in _WORDS:
            raise ValueError(f"has the word {word!r}, expected some of {', '.join(_WORDS)}")
        found |= _WORDS.get(word, Coverage(0))
    if not found:
        raise ValueError("says nothing")
    return found


def sidecar_of(path: Path) -> Path:
    """Where the declarations of an inventory stand: ``bridges.xlsx`` has ``bridges.coverage.csv`` beside it."""
    return path.with_name(path.stem + SUFFIX)


def read_coverage(path: Path) -> tuple[tuple[CoverageRange, ...], TableReport]:
    """Read declarations of coverage.

    Args:
        path: A table with 路线编号, 起点桩号, 止点桩号 (or 全线), 内容.

    Returns:
        The declarations, and the report. A row with any fault declares nothing.

    Raises:
        BadInputError: The file cannot be read as a table.
    """
    names = {name for names in FIELDS.values() for name in names}
    table = read_table(path, lambda name: split_unit(name)[0] in names)
    mapped = map_columns(table.header, FIELDS)
    ranges: list[CoverageRange] = []
    faults: list[RowNote] = []
    for row in table.rows:
        reader = RowReader(table.source, row, mapped.columns)
        found = read_range(reader)
        if row.fault:
            reader.fault("", row.fault)
        faults += reader.faults
        ranges += [found] if found is not None and not reader.faults else []
    report = TableReport(
        table.source,
        table.sha256,
        rows_in=len(table.rows),
        rows_kept=len(ranges),
        rejected=tuple(faults),
        unused_columns=mapped.unused,
        notes=table.notes,
    )
    return tuple(ranges), report


def read_range(reader: RowReader, what: Coverage | None = None) -> CoverageRange | None:
    """Read one declaration from a row with route, stakes and, unless given, what is complete."""
    ref = reader.read("route_ref", route_ref)
    stated = reader.read("what", read_what) if what is None else what
    if ref is None and not reader.text("route_ref"):
        reader.fault("route_ref", "names no route")
    if stated is None and not reader.text("what"):
        reader.fault("what", "does not say what is complete")
    stretch = read_stretch(reader)
    if ref is None or stated is None or stretch is None:
        return None
    return CoverageRange(ref, *stretch, stated, reader.place)


def read_stretch(reader: RowReader) -> tuple[int, int] | None:
    """Read stakes from and to in rising order; 全线 in either means the whole route."""
    if _WHOLE in {plain(reader.text("from")), plain(reader.text("to"))}:
        return 0, WHOLE_ROUTE_M
    start, end = reader.read("from", stake_m), reader.read("to", stake_m)
    for name in ("from", "to"):
        if not reader.text(name):
            reader.fault(name, "says no stake (全线 for a route from end to end)")
    if start is None or end is None:
        return None
    if start == end:
        reader.fault("to", "is the stake where the stretch begins")
        return None
    return min(start, end), max(start, end)


def merge_ranges(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join stretches that touch or overlap."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def cut_out(ranges: Iterable[tuple[int, int]], holes: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Take stretches away from stretches."""
    left = merge_ranges(ranges)
    for low, high in holes:
        kept: list[tuple[int, int]] = []
        for start, end in left:
            kept += [(start, min(end, low))] if start < low else []
            kept += [(max(start, high), end)] if end > high else []
        left = [(start, end) for start, end in kept if start < end]
    return left
