"""The books of customers of whom another service has told: a dispute decided, a payment confirmed or gone back."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from ledger.domain.books import Books
from ledger.domain.credit import NOBODY
from ledger.domain.request import payment_name, request_id_of
from ledger.gateways import disputed, load_books, requests
from ledger.gateways.load_books import Wanted
from ledger.gateways.requests import Answers
from shared.base.clock import Moment
from shared.base.ids import CreditName
from shared.contracts.disputes import DisputeEvent, DisputeResolved
from shared.contracts.portal_api import PaymentBackEvent, PaymentConfirmed, PaymentEvent

Heard = DisputeEvent | PaymentConfirmed | PaymentBackEvent


async def load(connection: asyncpg.Connection, events: Sequence[Heard], *, moment: Moment) -> Books:
    """Customers are locked before requests, NOBODY too where money comes in that may be theirs; of requests, what was
    made before of the same cause, and what an ERP has posted ahead of us.
    """
    customers = {one.customer_id for one in events}
    wanted, answers = Wanted(customers=set(customers), matchers=customers), Answers()
    paid = [one for one in events if isinstance(one, PaymentEvent)]
    if paid:
        wanted.customers.add(NOBODY)
    for event in events:
        wanted.objects |= {item.invoice_id for item in event.items}
        answers.request_ids |= {request_id_of(event.customer_id, name) for name in _names(event)}
    books = await load_books.load(connection, wanted, moment=moment)

    ahead = await requests.ahead(connection, answers.request_ids)
    there = {credit_id for _, credit_id in ahead}
    for one in paid:
        there |= await _told(connection, books, one)
        if one.provider_reference is not None:
            answers.bank_references.add(one.provider_reference)
    made = await requests.answered(connection, answers)
    if any(isinstance(one, PaymentBackEvent) for one in events):
        there |= {one for each in made for one in (each.entered_id, each.answered_by) if one}
    if there:
        wanted.objects |= there
        books = await load_books.load(connection, wanted, moment=moment)
    told = {one.dispute_id for one in events if isinstance(one, DisputeEvent)}
    if told:
        await disputed.load_of(connection, books.disputed, told)
    books.requests.by_id = {one.request_id: one for one in made}
    books.requests.ahead = ahead
    return books


def _names(event: Heard) -> list[str]:
    """Of the requests that it leads to."""
    if isinstance(event, PaymentEvent):
        return [payment_name(event.payment_id)]
    if not isinstance(event, DisputeResolved):
        return []
    places = range(len(event.items))
    return [str(CreditName(event.dispute_id, event.version, place)) for place in places]


async def _told(connection: asyncpg.Connection, books: Books, paid: PaymentEvent) -> set[UUID]:
    """What the ERP has posted of it already, by the provider's reference."""
    customer = books.customers.get(paid.customer_id)
    if customer is None or paid.provider_reference is None:
        return set()
    scope = (customer.source, paid.legal_entity, paid.currency)
    return await requests.told(connection, paid.provider_reference, scope, paid.customer_id)
