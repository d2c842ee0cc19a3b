"""Tracked vehicles on influence lines of continuous beams (履带荷载): a uniform load of fixed length."""

import numpy as np

from routing._kernels.beam_tracks import uniform_extremes
from routing.bridges.design_loads import Tracks
from routing.bridges.influence import Lines
from routing.graph import F64


def track_extremes(lines: Lines, tracks: Tracks) -> F64:
    """float64[lines, 2]: largest and smallest effect of a tracked vehicle."""
    found = [
        uniform_extremes(lines.supports_m, lines.jumps[n], lines.at_m[n], lines.section_jump[n], tracks.length_m)
        for n in range(len(lines))
    ]
    return tracks.gross_kn / tracks.length_m * np.array(found, dtype=np.float64).reshape(-1, 2)
