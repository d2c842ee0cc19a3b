"""Rows of different lengths in flat columns: row ``i`` of ``values`` is ``values[first[i]:first[i + 1]]``."""

from typing import TypeVar

import numpy as np
import numpy.typing as npt

from routing.graph import I64

Scalar = TypeVar("Scalar", bound=np.generic)


def offsets(counts: npt.NDArray[np.integer]) -> I64:
    """Turn row lengths into offsets (int64, one longer, from 0)."""
    first = np.zeros(len(counts) + 1, dtype=np.int64)
    np.cumsum(counts, out=first[1:])
    return first


def spans(start: npt.NDArray[np.integer], counts: npt.NDArray[np.integer]) -> I64:
    """Concatenate the ranges ``start[i] .. start[i] + counts[i] - 1``."""
    first = offsets(counts)
    return np.arange(first[-1], dtype=np.int64) + np.repeat(np.asarray(start, dtype=np.int64) - first[:-1], counts)


def take_rows(
    first: I64, values: npt.NDArray[Scalar], rows: npt.NDArray[np.integer]
) -> tuple[I64, npt.NDArray[Scalar]]:
    """Pick rows in the order asked for; returns their offsets and values."""
    counts = np.diff(first)[rows]
    return offsets(counts), values[spans(first[:-1][rows], counts)]


def group_rows(group: npt.NDArray[np.integer], group_count: int) -> tuple[I64, I64]:
    """Sort rows by the group each belongs to, keeping their order within a group.

    Returns:
        The order (row numbers) and the offsets of each group in it.
    """
    order = np.argsort(group, kind="stable").astype(np.int64)
    return order, offsets(np.bincount(group, minlength=group_count))
