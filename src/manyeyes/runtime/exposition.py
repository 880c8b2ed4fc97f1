"""Figures in Prometheus' text format, of which there is a table: name, what it says, labels."""

from collections.abc import Iterable, Iterator, Mapping

import msgspec
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

__all__ = ["CONTENT_TYPE_LATEST", "Figure", "Values", "exposition"]
Values = Mapping[tuple[str, ...], float]  # by the values of the labels, in their order


class Figure(msgspec.Struct, frozen=True):
    """One metric, a gauge: it may go up and down."""

    name: str
    says: str
    labels: tuple[str, ...] = ()


class _Exposed(Collector):
    def __init__(self, found: Iterable[tuple[Figure, Values]]) -> None:
        self._found = found

    def collect(self) -> Iterator[GaugeMetricFamily]:
        for figure, values in self._found:
            family = GaugeMetricFamily(figure.name, figure.says, labels=figure.labels)
            for labels, value in values.items():
                family.add_metric(labels, value)
            yield family


def exposition(found: Iterable[tuple[Figure, Values]]) -> bytes:
    """Return figures with their values as Prometheus reads them."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Exposed(list(found)))
    return generate_latest(registry)
