"""Figures for Prometheus that each process counts by itself; what the database knows is asked for when somebody looks."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from annotations.telemetry.sharing import FOLDER

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
REQUESTS = Counter("workbench_requests", "Answered requests.", ["method", "route", "status"])
REQUEST_SECONDS = Histogram(
    "workbench_request_seconds", "Seconds until the answer to a request began.", ["route"], buckets=SECONDS
)
STUDIO_SECONDS = Histogram(
    "workbench_studio_seconds",
    "Seconds that a Label Studio took for a request of the gateway.",
    ["studio", "method", "outcome"],
    buckets=SECONDS,
)


def count_request(*, method: str, route: str, status: int, seconds: float) -> None:
    """Count an answered request under the name of its route, since addresses grow without end."""
    REQUESTS.labels(method if method in METHODS else "other", route, str(status)).inc()
    REQUEST_SECONDS.labels(route).observe(seconds)


@contextmanager
def timing_studio(method: str, studio: int) -> Iterator[None]:
    """Measure how long a Label Studio takes for a request of the gateway, and whether it answers."""
    started_at = time.monotonic()
    outcome = "silent"
    try:
        yield
        outcome = "answered"
    finally:
        STUDIO_SECONDS.labels(str(studio), method, outcome).observe(time.monotonic() - started_at)


def write_figures(*collectors: Collector) -> bytes:
    """Write what all processes of this server counted, and what the given collectors say, in the form of Prometheus."""
    registry = CollectorRegistry()
    if os.environ.get(FOLDER):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call] # it has no types
    else:
        registry.register(REGISTRY)
    for collector in collectors:
        registry.register(collector)
    return generate_latest(registry)
