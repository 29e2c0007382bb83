"""A person of ours who asks things of the ERP, at a desk where its records come in."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ledger.domain.request import Asked, Item, Kind, Part, Request, request_id_of
from ledger.handlers.approve_request import approve_request
from ledger.handlers.close_request import close_request
from ledger.handlers.make_request import make_request
from shared.base.ids import object_id

DE = "urn:acme:erp:de01"
CUSTOMER = object_id(DE, "customer", "C1")


@dataclass
class Clerk:
    """A person of ours who asks, at a desk where the ERP's records come in."""

    desk: Any
    moment: Any
    asked: int = 0

    def asks(self, kind: Kind, minor: int = 10_000, **more: Any) -> Request:
        """What the first person wants; nothing is done about it yet."""
        self.asked += 1
        request_id = request_id_of(CUSTOMER, self.asked)
        place = (DE, CUSTOMER, "C1", "DE01", "EUR", minor, date(2026, 3, 20), str(request_id))
        request = Request(request_id, Asked(kind, *place, **more), "sam", self.moment)
        self.desk.books.requests.keep(request)
        return request

    def enters(self, minor: int = 10_000, **more: Any) -> Request:
        """A payment that the ERP has still to post."""
        request = self.asks(Kind.PAYMENT_POSTING, minor, **more)
        make_request(self.desk.books, request, moment=self.moment)
        return request

    def approves(self, request: Request, by: str = "kim") -> Request:
        approve_request(self.desk.books, request, by=by, moment=self.moment)
        return request

    def refuses(self, request: Request, reason: str = "period closed") -> Any:
        """The ERP does."""
        return self.desk.take(
            "erp.request.refused.v1", request_id=str(request.request_id), reason=reason
        )

    def closes(self, request: Request) -> None:
        close_request(self.desk.books, request, by="kim", why="seen to", moment=self.moment)

    @staticmethod
    def item(kind: str, name: str) -> Item:
        return Item(kind, name, object_id(DE, kind, name))

    @staticmethod
    def part(name: str, amount: str) -> Part:
        return Part(object_id(DE, "invoice", name), name, Decimal(amount))

    @property
    def doubts(self) -> list[str]:
        return [one.code for one in self.desk.books.customers[CUSTOMER].told_doubts()]


@pytest.fixture
def clerk(desk: Any, moment: Any) -> Clerk:
    """C1 owes 100.00 on I1 and 50.00 on I2."""
    desk.customer()
    desk.invoice("I1", "100.00")
    desk.invoice("I2", "50.00", due_on="2026-04-30")
    return Clerk(desk, moment)


@pytest.fixture(scope="session")
def new_clerk() -> type[Clerk]:
    """For laws that need many."""
    return Clerk
