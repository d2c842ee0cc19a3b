"""What every process of a batch needs alike (共用部分): imported once by the process that the others are forked from.

Libraries and what numba sets up at its first kernel are then one copy for all of them. The collector is told to leave
these objects alone: looking at them would copy their pages into every process.
"""

import gc

import numpy as np

from api.reviews import service
from routing._kernels.hierarchy_customise import is_nowhere_worse

__all__ = ["service"]
is_nowhere_worse(np.zeros(1, np.uint8), np.zeros(1, np.uint8))
gc.freeze()
