"""What routing did, for the service's metrics (路由指标)."""

from collections import Counter
from collections.abc import Iterator

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

from api.reviews.network import open_networks

EVENTS = ("hit", "miss", "customised", "bounded", "unbounded", "pocket", "turned")


class RoutingMeasures(Collector):
    """Counts of the kept metrics of all open networks, read when the metrics are asked for."""

    def __init__(self, registry: CollectorRegistry) -> None:
        registry.register(self)

    def collect(self) -> Iterator[CounterMetricFamily]:
        """Sum over networks."""
        counts = sum((network.counts for network in open_networks()), Counter[str]())
        family = CounterMetricFamily(
            "dajian_routing_metrics", "Customised metrics: found, made, bounded by others", labels=("event",)
        )
        for event in EVENTS:
            family.add_metric((event,), counts[event])
        yield family
