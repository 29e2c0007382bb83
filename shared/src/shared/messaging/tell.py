"""From an announced fact to a finished outbox row: envelope, cause, trace context."""

from collections.abc import Sequence
from typing import Any

from shared.base.ids import derived_id
from shared.base.telling import Told
from shared.contracts.erp import ErpEvent
from shared.db import outbox
from shared.db.outbox import OutboxRow
from shared.db.work import Work
from shared.instruments import traces
from shared.messaging.cloudevents import SPEC, Record

SEQUENCE_DIGITS = 16
_CONTENT = "application/json"


def tell(work: Work, told: Sequence[Told]) -> None:
    """Write the facts to the outbox, in the transaction of their effect."""
    recorded_at = work.moment.isoformat()
    outbox.append(work, [row_of(one, recorded_at=recorded_at) for one in told])


def row_of(told: Told, *, recorded_at: str) -> OutboxRow:
    """One finished message: `causationid` is the record that caused it, `correlationid` the first of the chain.

    `recorded_at` is an RFC 3339 timestamp.
    """
    fact: Any = told.fact
    event_id, key, kind = fact.event_id, str(fact.customer_id), type(fact)
    headers = {
        "content-type": _CONTENT,
        "ce_specversion": SPEC,
        "ce_id": str(event_id),
        "ce_source": _source_of(kind.TYPE),
        "ce_type": kind.TYPE,
        "ce_subject": str(fact.subject_id),
        "ce_time": recorded_at,
        "ce_recordedtime": recorded_at,
        "ce_dataschema": f"urn:dunwell:schema:{kind.TYPE}",
        "ce_partitionkey": key,
        "ce_sequence": str(fact.version).rjust(SEQUENCE_DIGITS, "0"),
        **_chain(told.cause),
        **told.headers,
    }
    headers.update(_trace(kind, told.cause))
    return OutboxRow(
        event_id,
        kind.TOPIC,
        key,
        headers,
        fact.__pydantic_serializer__.to_json(fact, exclude_none=True),
    )


def erp_row(event: ErpEvent, *, event_id: str, source: str, recorded_at: str) -> OutboxRow:
    """An event of the ERP contract as its ERP would have published it: for what it left in a file instead."""
    said: Any = event
    number: str = said.customer_number or ""
    headers = {
        "content-type": _CONTENT,
        "ce_specversion": SPEC,
        "ce_id": event_id,
        "ce_source": source,
        "ce_type": event.TYPE,
        "ce_time": recorded_at,
        **_trace(type(event), None),
    }
    payload = said.__pydantic_serializer__.to_json(said, exclude_none=True)
    return OutboxRow(derived_id(event_id), event.TOPIC, number, headers, payload)


def _source_of(event_type: str) -> str:
    return f"urn:dunwell:{event_type.partition('.')[0]}"


def _chain(cause: Any) -> dict[str, str]:
    if not isinstance(cause, Record) or not cause.id:
        return {}
    return {
        "ce_causationid": cause.id,
        "ce_correlationid": cause.attributes.get("correlationid", cause.id),
    }


def _trace(kind: Any, cause: Any) -> dict[str, str]:
    carrier = getattr(cause, "trace_headers", None)
    return {
        f"ce_{name}": value
        for name, value in traces.creation_headers(kind.TYPE, kind.TOPIC, carrier).items()
    }
