"""The list of metrics is closed."""

from pathlib import Path

import pytest

import shared
from shared.instruments import metrics

SOURCES = Path(shared.__file__).parents[3]


class TestTheList:
    def test_knows_no_other_names(self) -> None:
        with pytest.raises(KeyError):
            metrics.count("customers_annoyed")

    def test_is_made_in_one_module(self) -> None:
        makers = [
            path.name
            for folder in ("shared/src", "services")
            for path in (SOURCES / folder).rglob("*.py")
            if "prometheus_client" in path.read_text() and path != Path(__file__)
        ]

        assert makers == ["metrics.py"]

    def test_keeps_a_label_from_taking_ever_more_values(self) -> None:
        for number in range(metrics.LABEL_VALUES_MAX + 50):
            metrics.count("events_refused", service="test", code=f"said {number}")

        lines = metrics.exposition().decode().splitlines()
        ours = [line for line in lines if line.startswith("dunwell_events_refused_total{")]
        assert len({line.partition(",")[0] for line in ours}) <= metrics.LABEL_VALUES_MAX + 1
        (others,) = [line for line in ours if 'code="other",service="test"' in line]
        assert float(others.rpartition(" ")[2]) >= 50

    def test_is_shown_in_the_prometheus_format(self) -> None:
        metrics.count("messages", channel="email", outcome="sent", reason="")
        metrics.heard("ledger", "erp.invoices.v1", 3, recorded_ms=0)

        text = metrics.exposition().decode()

        assert 'dunwell_messages_total{channel="email",outcome="sent",reason=""}' in text
        assert 'dunwell_events_heard_total{service="ledger",topic="erp.invoices.v1"} 3.0' in text
