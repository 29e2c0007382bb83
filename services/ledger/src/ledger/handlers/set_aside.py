"""What a refused, conflicting or crashed record becomes: parked once, doubted, and told to the ERP."""

from hashlib import sha256
from uuid import UUID

from ledger.domain.books import Books
from ledger.domain.credit import NOBODY
from ledger.domain.parked import Parked
from ledger.handlers.park_record import customers_of, park_record
from ledger.handlers.take_record import Taken
from shared.base.clock import Moment
from shared.base.ids import derived_id
from shared.contracts.inbox import ErpEventRefused
from shared.messaging.cloudevents import Record

DETAIL_CHARACTERS_MAX = 8_000
MESSAGE_CHARACTERS_MAX = 1_000


def parked_id_of(record: Record) -> UUID:
    """The same record delivered again has the same id, and so parks once."""
    return derived_id("parked", record.source, record.id, sha256(record.data).hexdigest())


def set_aside(books: Books, taken: Taken, *, moment: Moment) -> Parked:
    """Park the record alone, put its customers in doubt, and tell the ERP."""
    record, identity = taken.reading.record, taken.reading.identity
    parked = Parked(
        parked_id_of(record),
        identity.object_id,
        identity.line,
        identity.version,
        taken.outcome,
        taken.code,
        taken.pointer,
        taken.detail[:DETAIL_CHARACTERS_MAX].replace("\x00", ""),
        moment,
        customers_of(books, identity) if taken.reading.silences else (),
        (record.topic, record.partition, record.offset),
    )
    books.begin()
    books.cause = record
    park_record(books, parked, moment=moment)
    tell_refusal(books, taken, parked.parked_id)
    return parked


def tell_refusal(books: Books, taken: Taken, refusal_id: UUID) -> None:
    """Say on `erp.inbox.v1` what was wrong."""
    record, identity = taken.reading.record, taken.reading.identity
    books.announce(
        ErpEventRefused(
            refused_event_id=record.id,
            source=record.source,
            type=record.type,
            object_id=identity.source_id or None,
            refused_version=identity.version,
            code=taken.code,
            pointer=taken.pointer,
            message=taken.detail.splitlines()[-1][:MESSAGE_CHARACTERS_MAX] if taken.detail else "",
            customer_id=identity.customer_id or NOBODY,
            refusal_id=refusal_id,
        )
    )
