"""What the arcs cost one vehicle (权重), as the kernels take it, and which weights are a lower bound of others."""

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from math import inf
from weakref import WeakKeyDictionary

import numpy as np

from routing._kernels.hierarchy_customise import FORBIDDEN, Weights, clip, count_verdicts, is_nowhere_worse
from routing.columns import Verdict
from routing.graph import I64, U8, Bool
from routing.metric import FORBIDDEN as NO_WEIGHT
from routing.metric import Metric, TravelTimes
from routing.policy import Policy

Key = tuple[int, bytes, bytes]
NEUTRAL = 1000


@dataclass(frozen=True, eq=False)
class Judged:
    """The verdicts of one vehicle; what is found out about them is found out once for all its searches.

    Attributes:
        verdicts: uint8[arcs] of `Verdict`.
        compared: Answers of `is_nowhere_worse_than`, as long as what was compared is in use.
    """

    verdicts: U8
    compared: WeakKeyDictionary["Judged", bool] = field(default_factory=WeakKeyDictionary, repr=False)

    @cached_property
    def digest(self) -> bytes:
        """Hash of the verdicts."""
        return hashlib.sha1(self.verdicts.data, usedforsecurity=False).digest()

    @cached_property
    def counts(self) -> I64:
        """How many arcs have each verdict, int64[verdicts]."""
        return count_verdicts(self.verdicts, len(Verdict))

    def is_nowhere_worse_than(self, other: "Judged") -> bool:
        """Whether no arc is judged worse here: the other vehicle dominates this one (占优)."""
        known = other.compared.get(self)
        if known is None:
            known = other.compared[self] = bool(is_nowhere_worse(self.verdicts, other.verdicts))
        return known


@dataclass(frozen=True, eq=False)
class ArcWeights:
    """Weights of one vehicle, with a key that only equal weights share.

    Attributes:
        judged: The verdicts.
        kernel: As the kernels take them.
        is_passing: Made for one question; nobody will ask with them again.
    """

    judged: Judged
    kernel: Weights
    is_passing: bool = False

    @cached_property
    def key(self) -> Key:
        """The key; the array of times is told by identity, so who keeps the key must keep the weights too."""
        factors = self.kernel.permille.tobytes() + self.kernel.blocked_ms.to_bytes(8, "little")
        return id(self.kernel.base_ms), factors, self.judged.digest

    @cached_property
    def factors(self) -> tuple[float, ...]:
        """Factor by verdict, infinite where an arc may not be driven."""
        return tuple(inf if permille < 0 else float(permille) for permille in self.kernel.permille.tolist())

    @property
    def is_shut(self) -> Bool:
        """bool[verdicts], which verdicts may not be driven."""
        return self.kernel.permille < 0

    @property
    def open_arcs(self) -> int:
        """How many arcs may be driven."""
        return int(self.judged.counts[~self.is_shut].sum())

    def is_bound_of(self, other: "ArcWeights") -> bool:
        """Whether no arc costs more here than under the other weights.

        It never says yes wrongly; it may say no where comparing every weight would say yes.
        """
        if self.kernel.base_ms is not other.kernel.base_ms or self.kernel.blocked_ms > other.kernel.blocked_ms:
            return False
        if any(here > there for here, there in zip(self.factors, other.factors, strict=True)):
            return False
        rises = all(one <= following for one, following in pairwise(self.factors))
        return rises and self.judged.is_nowhere_worse_than(other.judged)


def weigh(times: TravelTimes, judged: Judged, policy: Policy, *, worst: Verdict) -> ArcWeights:
    """Weigh all arcs for a search that accepts verdicts up to `worst`, as `routing.metric.customise` does.

    Nothing is computed for all arcs: the kernels multiply the times of those they meet.
    """
    permille = np.array([policy.cost.verdict_permille[code] for code in Verdict], np.int64)
    permille[np.arange(len(Verdict)) > worst] = FORBIDDEN
    return ArcWeights(
        judged, Weights(times.preferred_ms, judged.verdicts, permille, policy.cost.blocked_penalty_s * 1000)
    )


def clipped(weights: ArcWeights) -> ArcWeights:
    """The same weights with one verdict for all that may not be driven, so that more vehicles have the same."""
    others = weights.is_shut & (weights.judged.counts > 0)
    others[Verdict.BLOCKED] = False
    if not weights.is_shut[Verdict.BLOCKED] or not others.any():
        return weights
    verdicts = clip(weights.kernel)
    return ArcWeights(Judged(verdicts), weights.kernel._replace(verdict=verdicts))


def weigh_as(metric: Metric) -> ArcWeights:
    """Take weights that are made already, one for every arc, for one question."""
    is_open = metric.weight != NO_WEIGHT
    verdicts = np.where(is_open, np.uint8(Verdict.PASSES), np.uint8(Verdict.BLOCKED))
    permille = np.full(len(Verdict), FORBIDDEN, np.int64)
    permille[Verdict.PASSES] = NEUTRAL
    return ArcWeights(Judged(verdicts), Weights(metric.weight.astype(np.int64), verdicts, permille, 0), is_passing=True)
