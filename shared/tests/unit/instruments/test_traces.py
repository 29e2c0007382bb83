"""Messaging spans: what continues what, and what is only linked."""

from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from opentelemetry.trace import SpanKind

from shared.instruments import traces

TRACE = "0af7651916cd43dd8448eb211c80319c"
SPAN = "b7ad6b7169203331"
CAUSE = {"traceparent": f"00-{TRACE}-{SPAN}-01"}
OTHER = {"ce_traceparent": "00-11111111111111111111111111111111-2222222222222222-01"}


@pytest.fixture
def seen() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    processor = SimpleSpanProcessor(exporter)
    provider = TracerProvider()
    provider.add_span_processor(processor)
    traces.turn_on("ledger", provider, [processor])
    yield exporter
    traces.turn_off()


def trace_of(span: ReadableSpan) -> str:
    context = span.get_span_context()
    assert context is not None
    return f"{context.trace_id:032x}"


class TestCreation:
    def test_continues_the_trace_of_its_cause(self, seen: InMemorySpanExporter) -> None:
        headers = traces.creation_headers("ledger.invoice.opened.v1", "ledger.events.v1", CAUSE)

        (span,) = seen.get_finished_spans()
        assert span.name == "create ledger.events.v1"
        assert span.kind is SpanKind.PRODUCER
        assert traces.trace_id_of(headers) == trace_of(span) == TRACE
        assert span.parent is not None
        assert f"{span.parent.span_id:016x}" == SPAN
        assert (span.attributes or {})["cloudevents.event_type"] == "ledger.invoice.opened.v1"

    def test_is_a_child_of_the_slice_when_that_is_in_the_same_trace(
        self, seen: InMemorySpanExporter
    ) -> None:
        with traces.processing("erp.invoices.v1", [CAUSE]):
            traces.creation_headers("ledger.invoice.opened.v1", "ledger.events.v1", CAUSE)

        created, processed = seen.get_finished_spans()
        assert created.parent == processed.get_span_context()

    def test_stays_in_the_trace_of_its_cause_inside_a_slice_of_many(
        self, seen: InMemorySpanExporter
    ) -> None:
        with traces.processing("erp.invoices.v1", [CAUSE, OTHER]):
            headers = traces.creation_headers("ledger.invoice.opened.v1", "ledger.events.v1", CAUSE)

        assert traces.trace_id_of(headers) == TRACE

    def test_without_a_cause_begins_a_trace(self, seen: InMemorySpanExporter) -> None:
        headers = traces.creation_headers("scheduler.hold.placed.v1", "scheduler.events.v1")

        (span,) = seen.get_finished_spans()
        assert span.parent is None
        assert traces.trace_id_of(headers) == trace_of(span)

    def test_of_an_unsampled_cause_is_handed_on_without_a_span(
        self, seen: InMemorySpanExporter
    ) -> None:
        unsampled = {"traceparent": f"00-{TRACE}-{SPAN}-00"}

        assert traces.creation_headers("t", "ledger.events.v1", unsampled) == unsampled
        assert not seen.get_finished_spans()

    def test_hands_on_the_cause_when_nobody_records(self) -> None:
        assert traces.creation_headers("t", "ledger.events.v1", CAUSE) == CAUSE
        assert traces.creation_headers("t", "ledger.events.v1") == {}

    @pytest.mark.parametrize(
        "header", ["", "00-x", f"00-{TRACE}-{'0' * 16}-01", f"00-{'z' * 32}-{SPAN}-01"]
    )
    def test_of_a_malformed_cause_begins_a_trace(
        self, seen: InMemorySpanExporter, header: str
    ) -> None:
        headers = traces.creation_headers("t", "ledger.events.v1", {"traceparent": header})

        assert traces.trace_id_of(headers) not in {"", TRACE}


class TestSlices:
    def test_a_single_record_continues_its_trace(self, seen: InMemorySpanExporter) -> None:
        with traces.processing("ledger.events.v1", [CAUSE]):
            assert traces.current_trace_id() == TRACE

        (span,) = seen.get_finished_spans()
        assert (span.name, span.kind) == ("process ledger.events.v1", SpanKind.CONSUMER)
        assert dict(span.attributes or {}) == {
            "messaging.system": "kafka",
            "messaging.operation.name": "process",
            "messaging.operation.type": "process",
            "messaging.destination.name": "ledger.events.v1",
            "messaging.batch.message_count": 1,
            "messaging.consumer.group.name": "ledger",
        }

    def test_records_of_several_traces_are_linked(self, seen: InMemorySpanExporter) -> None:
        with traces.processing("ledger.events.v1", [CAUSE, OTHER]):
            pass

        (span,) = seen.get_finished_spans()
        assert span.parent is None
        assert len(span.links) == 2

    def test_at_most_128_records_are_linked(self, seen: InMemorySpanExporter) -> None:
        with traces.processing("ledger.events.v1", [CAUSE, OTHER] * 250):
            pass

        (span,) = seen.get_finished_spans()
        assert len(span.links) == 128

    def test_a_crash_is_marked_and_passed_on(self, seen: InMemorySpanExporter) -> None:
        with pytest.raises(ZeroDivisionError), traces.processing("ledger.events.v1", [CAUSE]):
            raise ZeroDivisionError

        (span,) = seen.get_finished_spans()
        assert (span.attributes or {})["error.type"] == "ZeroDivisionError"
        assert not span.status.is_ok

    def test_a_relayed_batch_is_linked_to_what_it_carries(self, seen: InMemorySpanExporter) -> None:
        with traces.sending("ledger.events.v1", [CAUSE, OTHER]):
            pass

        (span,) = seen.get_finished_spans()
        assert (span.name, span.kind, len(span.links)) == (
            "send ledger.events.v1",
            SpanKind.CLIENT,
            2,
        )

    def test_a_look_names_the_origins_of_what_it_lists(self, seen: InMemorySpanExporter) -> None:
        with traces.linked("look at customer", [CAUSE, OTHER, {}]):
            assert traces.current_trace_id() not in {"", TRACE}

        (span,) = seen.get_finished_spans()
        assert (span.attributes or {})["dunwell.origin_trace_ids"] == (TRACE, "1" * 32)


class TestSampling:
    def test_off_records_nothing_and_says_so_in_the_headers(self) -> None:
        exporter = InMemorySpanExporter()
        processor = SimpleSpanProcessor(exporter)
        traces.turn_on("ledger", TracerProvider(sampler=ALWAYS_OFF), [processor])

        headers = traces.creation_headers("t", "ledger.events.v1")

        traces.turn_off()
        assert int(headers["traceparent"][-2:], 16) & 1 == 0
        assert not exporter.get_finished_spans()
