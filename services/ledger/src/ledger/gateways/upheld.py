"""The books of customers whose disputes were decided."""

from collections.abc import Sequence

import asyncpg

from ledger.domain.books import Books
from ledger.domain.request import request_id_of
from ledger.gateways import load_books, requests
from ledger.gateways.load_books import Wanted
from ledger.gateways.requests import Answers
from shared.base.clock import Moment
from shared.base.ids import CreditName
from shared.contracts.disputes import DisputeResolved


async def load(
    connection: asyncpg.Connection, events: Sequence[DisputeResolved], *, moment: Moment
) -> Books:
    """Customers are locked before requests; of these, what was made before of the same decisions, and
    what an ERP has posted for them ahead of us.
    """
    customers = {one.customer_id for one in events}
    wanted = Wanted(customers=customers, matchers=customers)
    answers = Answers()
    for event in events:
        for place, item in enumerate(event.items):
            name = CreditName(event.dispute_id, event.version, place)
            wanted.objects.add(item.invoice_id)
            answers.request_ids.add(request_id_of(event.customer_id, str(name)))
    books = await load_books.load(connection, wanted, moment=moment)
    if ahead := await requests.ahead(connection, answers.request_ids):
        wanted.objects |= {credit_id for _, credit_id in ahead}
        books = await load_books.load(connection, wanted, moment=moment)
    made = await requests.answered(connection, answers)
    books.requests.by_id = {one.request_id: one for one in made}
    books.requests.ahead = ahead
    return books
