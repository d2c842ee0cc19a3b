"""Customised metrics (定制后的权重), kept for vehicles that come again and for vehicles they are a lower bound of."""

import threading
from collections import Counter, OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from routing._kernels import hierarchy_customise as kernel
from routing.graph import U32, Bool
from routing.hierarchy.topology import Hierarchy
from routing.hierarchy.weights import ArcWeights, Key, clipped

SAFE = 1 << 30
"""If no shortcut costs as much as this, no sum of two was cut off."""
SHUT_PERMILLE = 10_000
"""How much a forbidden arc counts when metrics are sorted by how strict they are."""


def strictness_of(weights: ArcWeights) -> int:
    """How dear a vehicle's arcs are together; of two bounds the stricter one gives the better potentials."""
    permille = np.where(weights.is_shut, SHUT_PERMILLE, weights.kernel.permille)
    return int(weights.judged.counts @ permille)


def choose_classes(candidates: Iterable[ArcWeights], most: int) -> list[ArcWeights]:
    """Choose the class vehicles (代表车型) worth their memory: those that bound the others most closely.

    Each candidate stands for the vehicles of its band. How well a kept class serves them is the part of their
    strictness that it reaches, 0 if it does not bound them; the sum over all is raised as far as one more class can,
    again and again (greedy facility location, Nemhauser, Wolsey and Fisher 1978).

    Left out are those judged like one before, and those that may drive less than half of the network: nearly
    everything shut is no way to tell how far it is.

    Args:
        candidates: Weights of class vehicles.
        most: How many are chosen at most.
    """
    kept: dict[Key, ArcWeights] = {}
    for weights in candidates:
        if 2 * weights.open_arcs >= len(weights.judged.verdicts):
            kept.setdefault(clipped(weights).key, weights)
    offered = list(kept.values())
    strictness = np.array([max(strictness_of(weights), 1) for weights in offered], np.float64)
    bounds = np.array([[low.is_bound_of(high) for high in offered] for low in offered], bool)
    serves = np.where(bounds, strictness[:, None] / strictness, 0.0)
    reached = np.zeros(len(offered))
    chosen: list[int] = []
    while len(chosen) < min(most, len(offered)):
        gain = np.maximum(serves, reached).sum(axis=1)
        gain[chosen] = -1.0
        chosen.append(int(gain.argmax()))
        reached = np.maximum(reached, serves[chosen[-1]])
    return [offered[n] for n in chosen]


@dataclass(frozen=True, slots=True)
class CustomisedMetric:
    """Weights of one vehicle on all shortcuts.

    Attributes:
        weights: What it was made from.
        up, down: uint32[up-arcs].
        is_whole: No shortcut was too dear for its 32 bits (24.8 days), so "no way" means none.
        strictness: How much dearer than others it is; the strictest bound gives the best potentials.
    """

    weights: ArcWeights
    up: U32
    down: U32
    is_whole: bool
    strictness: int


def customise(hierarchy: Hierarchy, is_shut: Bool, weights: ArcWeights) -> CustomisedMetric:
    """Make the metric of one vehicle."""
    up = np.empty(len(hierarchy.up_head), np.uint32)
    down = np.empty_like(up)
    kernel.respect(hierarchy.placed(is_shut), weights.kernel, up, down)
    kernel.customise(hierarchy.first_up, hierarchy.triangle, up, down)
    is_whole = kernel.largest_finite(up, down) < SAFE
    return CustomisedMetric(weights, up, down, is_whole, strictness_of(weights))


@dataclass(slots=True)
class MetricCache:
    """The last metrics of one network on one day, and those that are kept for good; safe to share between threads.

    Attributes:
        size: How many are kept beside the pinned ones.
        pinned: Metrics of class vehicles (代表车型).
        counts: "hit", "miss", "customised", "bounded", "unbounded".
    """

    size: int
    pinned: list[CustomisedMetric] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    _recent: OrderedDict[Key, CustomisedMetric] = field(default_factory=OrderedDict)
    _passing: CustomisedMetric | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, weights: ArcWeights) -> CustomisedMetric | None:
        """The metric of a vehicle that came before, or of one judged the same everywhere."""
        with self._lock:
            found = self._recent.get(weights.key)
            if found is not None:
                self._recent.move_to_end(weights.key)
            elif self._passing is not None and self._passing.weights.key == weights.key:
                found = self._passing
            self.counts["miss" if found is None else "hit"] += 1
            return found

    def put(self, metric: CustomisedMetric) -> None:
        """Keep a metric; the one longest unused goes. Of those made for one question only the last is kept."""
        with self._lock:
            self.counts["customised"] += 1
            if metric.weights.is_passing:
                self._passing = metric
                return
            self._recent[metric.weights.key] = metric
            while len(self._recent) > self.size:
                self._recent.popitem(last=False)

    def forget(self) -> None:
        """Drop all but the pinned metrics."""
        with self._lock:
            self._recent.clear()
            self._passing = None

    def pin(self, metrics: Sequence[CustomisedMetric]) -> None:
        """Keep the metrics of class vehicles for good, instead of those kept before."""
        with self._lock:
            self.pinned = list(metrics)

    def bound_of(self, weights: ArcWeights) -> CustomisedMetric | None:
        """The strictest metric known that is nowhere dearer than these weights."""
        with self._lock:
            known = [metric for metric in (*self.pinned, *self._recent.values()) if metric.is_whole]
        known.sort(key=lambda metric: -metric.strictness)
        found = next((metric for metric in known if metric.weights.is_bound_of(weights)), None)
        with self._lock:
            self.counts["unbounded" if found is None else "bounded"] += 1
        return found

    def has_bound(self, weights: ArcWeights) -> bool:
        """Whether some pinned metric is nowhere dearer than these weights."""
        return any(metric.is_whole and metric.weights.is_bound_of(weights) for metric in self.pinned)
