"""What our people ask of the ERPs: load, handle, save, one command at a time."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from ledger.domain.books import Books
from ledger.domain.credit import NOBODY
from ledger.domain.customer import Customer
from ledger.domain.request import GIVES_AWAY, Request, SourceIdTaken, State
from ledger.gateways import load_books, requests
from ledger.gateways.load_books import Wanted
from ledger.handlers.approve_request import approve_request
from ledger.handlers.close_request import close_request
from ledger.handlers.frame_request import Wish, frame_request
from ledger.handlers.know_source import Registered
from ledger.handlers.make_request import make_request
from ledger.interfaces.consumers import save
from ledger.interfaces.http.unknown import known
from shared.base.clock import Moment
from shared.base.points import reached
from shared.db.work import Work


class Make(Protocol):
    """How a request is made."""

    def __call__(self, books: Books, request: Request, *, moment: Moment) -> None: ...


@dataclass(frozen=True, slots=True)
class Requesting:
    """Customers are locked before requests, here and where the ERP's answers are heard; who asks keeps out NOBODY too,
    whose payment may be the one that is entered.
    """

    registered: Registered

    async def ask(
        self, work: Work, customer_id: UUID, wish: Wish, *, by: str, make: Make = make_request
    ) -> Request:
        """Made at once, or after a second person's word where it gives money away. The same payment is made once."""
        connection, moment = work.connection, work.moment
        both = Wanted(customers={customer_id, NOBODY})
        locked = await load_books.load(connection, both, moment=moment)
        customer = known(
            None if customer_id == NOBODY else locked.customers.get(customer_id), "customer"
        )
        if (same := await _same(work, customer, wish)) is not None:
            return same

        wanted = Wanted(customers={customer_id}, matchers={customer_id})
        wanted.objects |= wish.named(customer.source)
        if wish.reference is not None:
            scope = (customer.source, wish.legal_entity, wish.currency)
            wanted.objects |= await requests.told(connection, wish.reference, scope, customer_id)
        books = await load_books.load(connection, wanted, moment=moment)
        request_id = await requests.next_id(connection, customer_id)
        name = wish.source_id or str(request_id)
        asked = frame_request(books, wish, books.customers[customer_id], self.registered, name=name)
        request = Request(request_id, asked, by, moment)

        if asked.kind in GIVES_AWAY:
            books.requests.keep(request)
        else:
            make(books, request, moment=moment)
        await save(work, books)
        reached("request.before-commit")
        return request

    async def approve(self, work: Work, request_id: UUID, *, by: str) -> Request:
        """The second person's word."""
        books, request = await _load(work, request_id)

        approve_request(books, request, by=by, moment=work.moment)

        await save(work, books)
        return request

    async def close(self, work: Work, request_id: UUID, *, by: str, why: str) -> Request:
        """Withdrawn, or taken note of."""
        books, request = await _load(work, request_id)

        close_request(books, request, by=by, why=why, moment=work.moment)

        await save(work, books)
        return request


async def _same(work: Work, customer: Customer, wish: Wish) -> Request | None:
    """What was asked for before under the same name, or of the same bank reference and not in vain."""
    if wish.source_id is not None:
        named = await requests.by_name(work.connection, wish.source_id)
        if named is not None:
            if named.asked.customer_id == customer.customer_id and wish.is_of(named.asked):
                return named
            raise SourceIdTaken("this source_id names another payment", pointer="/source_id")
    if wish.reference is None:
        return None
    scope = (customer.source, wish.legal_entity, wish.currency)
    found = await requests.of_reference(
        work.connection, wish.reference, scope, customer.customer_id
    )
    return next((one for one in found if one.state in {State.OPEN, State.ECHOED}), None)


async def _load(work: Work, request_id: UUID) -> tuple[Books, Request]:
    """The request, locked after its customer, and all that it touches."""
    found = known(await requests.one(work.connection, request_id), "request")
    wanted = Wanted()
    requests.also(wanted, [found])
    wanted.objects |= {one.invoice_id for one in found.asked.parts or ()}
    if found.asked.item is not None:
        wanted.objects.add(found.asked.item.item_id)
    books = await load_books.load(work.connection, wanted, moment=work.moment)
    locked = await requests.one(work.connection, request_id, lock=True)
    assert locked is not None
    return books, locked
