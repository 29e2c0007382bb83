"""Postings that stand in the books, kept as text beside what they stand for."""

import json
from datetime import date
from typing import Any
from uuid import UUID

from ledger.domain.posting import Booked, Posting


def booked_text(booked: Booked) -> str:
    """JSON of the entries' ids and postings."""
    return json.dumps([(entry_id, *posting) for entry_id, posting in booked], default=str)


def booked_of(text: str) -> Booked:
    """Back from that JSON."""
    return tuple((entry_id, _posting_of(*columns)) for entry_id, *columns in json.loads(text))


def _posting_of(
    kind: str, debit: int, debit_item: str | None, credit: int, credit_item: str | None, *rest: Any
) -> Posting:
    minor, currency, on, entity, customer_id, instalment = rest
    accounts = debit, _id_of(debit_item), credit, _id_of(credit_item)
    return Posting(
        kind,
        *accounts,
        minor,
        currency,
        date.fromisoformat(on),
        entity,
        UUID(customer_id),
        instalment,
    )


def _id_of(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)
