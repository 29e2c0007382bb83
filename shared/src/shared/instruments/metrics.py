"""Metrics: the closed list of what is counted. Nothing else in the repository makes a metric; an unknown name crashes.

Labels have few values each: never an id, an address or a free text.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

from shared.base.clock import machine_nanoseconds, machine_seconds

TEXT_FORMAT: Final = CONTENT_TYPE_LATEST
LABEL_VALUES_MAX: Final = 100
"""A reason from a provider may be anything; more values than this of one label are one: `other`."""
OTHER: Final = "other"
_BUCKETS: Final = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

_COUNTERS: Final = {
    "events_heard": ("Records taken.", "service topic"),
    "events_refused": ("Refusals of the contract, by code.", "service code"),
    "events_skipped": ("Records of a type that this service does not hear.", "service type"),
    "events_parked": ("Records set aside, by code.", "service code"),
    "events_told": ("Facts handed to the broker.", "service"),
    "decisions": ("What the scheduler decided, and why.", "kind reason"),
    "messages": ("Ends of messages, and why.", "channel outcome reason"),
    "payments": ("Payments by the provider: how each moved, and why.", "outcome reason"),
    "charges": (
        "Charges of autopay announced, awaited, postponed, paid, failed and dropped, and why.",
        "outcome reason",
    ),
}
_GAUGES: Final = {
    "consumer_age_seconds": (
        "Now minus the time of the last record: the objective.",
        "service topic",
    ),
    "consumer_lag_events": ("Records known and not yet taken.", "service"),
    "outbox_waiting_events": ("Facts not yet handed to the broker.", "service"),
    "outbox_oldest_age_seconds": ("Age of the oldest of them.", "service"),
    "parked_events": ("Records that stand parked.", "service"),
    "parked_keys": ("Customers whose records wait behind a parked one.", "service"),
    "parked_oldest_age_seconds": ("Age of the oldest parked record.", "service"),
    "timers_overdue": ("Timers that are due and have not fired.", "service"),
    "timers_overdue_age_seconds": ("How late the oldest of them is.", "service"),
    "database_pool_wait_seconds": ("How long the last probe waited for a connection.", "service"),
    "ledger_imbalance_minor": ("What the proof of the books found; must be 0.", ""),
    "ledger_differences": ("Items of which the ERP states another open amount than ours.", ""),
    "ledger_runs_late": ("Runs of balances that have not come whole in time.", ""),
    "ledger_requests_oldest_age_seconds": (
        "Age of the oldest request that its ERP has not answered.",
        "",
    ),
}
_HISTOGRAMS: Final = {
    "slice_seconds": ("Load, handle, save and commit of one slice.", "service topic"),
    "job_seconds": ("One slice of a job.", "job"),
    "http_request_seconds": ("Requests answered.", "method route status"),
    "delivery_seconds": ("One hand-over to a provider.", "channel"),
}


def _full(name: str) -> str:
    return f"dunwell_{name}"


_counters: Final = {
    name: Counter(_full(name), text, labels.split()) for name, (text, labels) in _COUNTERS.items()
}
_gauges: Final = {
    name: Gauge(_full(name), text, labels.split()) for name, (text, labels) in _GAUGES.items()
}
_histograms: Final = {
    name: Histogram(_full(name), text, labels.split(), buckets=_BUCKETS)
    for name, (text, labels) in _HISTOGRAMS.items()
}


_values: Final[defaultdict[tuple[str, str], set[str]]] = defaultdict(set)


def count(name: str, amount: int = 1, **labels: str) -> None:
    """Add to a counter. A label that takes too many values has them counted as `other`."""
    counter = _counters[name]
    (counter.labels(**_few(name, labels)) if labels else counter).inc(amount)


def gauge(name: str, value: float, **labels: str) -> None:
    """Set a gauge."""
    setting = _gauges[name]
    (setting.labels(**labels) if labels else setting).set(value)


def observe(name: str, seconds: float, **labels: str) -> None:
    """Add one measurement to a histogram."""
    _histograms[name].labels(**labels).observe(seconds)


@contextmanager
def timed(name: str, **labels: str) -> Iterator[None]:
    """Measure the block, however it ends."""
    began = machine_seconds()
    try:
        yield
    finally:
        observe(name, machine_seconds() - began, **labels)


def heard(service: str, topic: str, records: int, recorded_ms: int) -> None:
    """A slice was taken whose last record the broker has had since `recorded_ms`."""
    count("events_heard", records, service=service, topic=topic)
    age = max(0.0, machine_nanoseconds() / 1e9 - recorded_ms / 1e3)
    gauge("consumer_age_seconds", age, service=service, topic=topic)


def _few(name: str, labels: Mapping[str, str]) -> dict[str, str]:
    kept = {}
    for label, value in labels.items():
        known = _values[name, label]
        if len(known) < LABEL_VALUES_MAX:
            known.add(value)
        kept[label] = value if value in known else OTHER
    return kept


def exposition() -> bytes:
    """Everything counted in this process, in the Prometheus text format."""
    return generate_latest(REGISTRY)
