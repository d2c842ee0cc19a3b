"""One axle train against a table of bridges: effects at every unique section, then the worst ratio a bridge."""

import numpy as np
from numba import njit

from routing._kernels.axle_train import simple_effects
from routing._kernels.beam_lines import beam_extremes
from routing.graph import F64, I64, U8

SectionArrays = tuple[U8, F64, F64, F64, I64, F64, I64, I64, F64, F64, F64]
RowArrays = tuple[I64, F64, I64]


@njit(cache=True, nogil=True)
def worst_rows(values: F64, column: I64, per_unit: F64, first_row: I64) -> tuple[F64, I64]:
    """Largest ratio and its row for every bridge; 0 and -1 for one without rows.

    Args:
        values: Effects of the vehicle, by column.
        column: int64[rows].
        per_unit: float64[rows], ratio that one kN or kN·m makes.
        first_row: int64[bridges + 1].
    """
    count = len(first_row) - 1
    ratios = np.zeros(count)
    rows = np.full(count, -1, np.int64)
    for bridge in range(count):
        for row in range(first_row[bridge], first_row[bridge + 1]):
            ratio = values[column[row]] * per_unit[row]
            if ratio > ratios[bridge]:
                ratios[bridge] = ratio
                rows[bridge] = row
    return ratios, rows


@njit(cache=True, nogil=True)
def table_values(loads_kn: F64, offsets_m: F64, sections: SectionArrays) -> F64:
    """Effects at all points, then largest, smallest (as magnitude), larger of both at all lines."""
    kinds, spans_m, at_m, scales = sections[0], sections[1], sections[2], sections[3]
    points = len(kinds)
    lines = len(sections[9])
    values = np.empty(points + 3 * lines)
    values[:points] = simple_effects(loads_kn, offsets_m, kinds, spans_m, at_m, scales)
    extremes = beam_extremes(
        loads_kn,
        offsets_m,
        sections[4],
        sections[5],
        sections[6],
        sections[7],
        sections[8],
        sections[9],
        sections[10],
    )
    for n in range(lines):
        values[points + 3 * n] = extremes[n, 0]
        values[points + 3 * n + 1] = -extremes[n, 1]
        values[points + 3 * n + 2] = max(extremes[n, 0], -extremes[n, 1])
    return values


@njit(cache=True, nogil=True)
def table_ratios(
    loads_kn: F64, offsets_m: F64, sections: SectionArrays, main: RowArrays, uplift: RowArrays
) -> tuple[F64, I64, F64]:
    """Worst ratios, their rows, and worst ratios of uplift, one line a way of crossing (混行、单独通过).

    Args:
        loads_kn: Axle loads, front to rear.
        offsets_m: Distances behind the front axle, rising.
        sections: Arguments of `simple_effects` and `beam_extremes` after the train's.
        main: Arguments of `worst_rows` after the values, with one line of `per_unit` a way of crossing.
        uplift: The same for uplift.
    """
    values = table_values(loads_kn, offsets_m, sections)
    column, per_unit, first_row = main
    lift_column, lift_per_unit, lift_first_row = uplift
    ways = len(per_unit)
    ratios = np.zeros((ways, len(first_row) - 1))
    rows = np.zeros((ways, len(first_row) - 1), np.int64)
    lifts = np.zeros((ways, len(first_row) - 1))
    for way in range(ways):
        ratios[way], rows[way] = worst_rows(values, column, per_unit[way], first_row)
        lifts[way], _ = worst_rows(values, lift_column, lift_per_unit[way], lift_first_row)
    return ratios, rows, lifts
