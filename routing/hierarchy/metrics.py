"""Customised metrics (定制后的权重), kept for vehicles that come again and for vehicles they are a lower bound of."""

import threading
from collections import Counter, OrderedDict
from dataclasses import dataclass, field

import numpy as np

from routing._kernels import hierarchy_customise as kernel
from routing.graph import U32, Bool
from routing.hierarchy.topology import Hierarchy
from routing.hierarchy.weights import ArcWeights, Key

SAFE = 1 << 30
"""If no shortcut costs as much as this, no sum of two was cut off."""
SHUT_PERMILLE = 10_000
"""How much a forbidden arc counts when metrics are sorted by how strict they are."""


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
    permille = weights.kernel.permille
    counts = np.bincount(weights.kernel.verdict, minlength=len(permille))
    strictness = int(counts @ np.where(permille < 0, SHUT_PERMILLE, permille))
    return CustomisedMetric(weights, up, down, is_whole, strictness)


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
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, weights: ArcWeights) -> CustomisedMetric | None:
        """The metric of a vehicle that came before, or of one judged the same everywhere."""
        with self._lock:
            found = self._recent.get(weights.key)
            if found is not None:
                self._recent.move_to_end(weights.key)
            self.counts["miss" if found is None else "hit"] += 1
            return found

    def put(self, metric: CustomisedMetric) -> None:
        """Keep a metric; the one longest unused goes."""
        with self._lock:
            self.counts["customised"] += 1
            self._recent[metric.weights.key] = metric
            while len(self._recent) > self.size:
                self._recent.popitem(last=False)

    def forget(self) -> None:
        """Drop all but the pinned metrics."""
        with self._lock:
            self._recent.clear()

    def pin(self, metric: CustomisedMetric) -> None:
        """Keep the metric of a class vehicle for good."""
        with self._lock:
            self.pinned.append(metric)
            self._recent.pop(metric.weights.key, None)

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
