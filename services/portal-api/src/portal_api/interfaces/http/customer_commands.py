"""What one command of a customer is given: who they are, and one transaction."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request

from portal_api.domain.contact import Role
from portal_api.interfaces.http.visitors import Visitor, Visitors
from shared.db.work import Work
from shared.web.commands import IdempotencyKey, keyed_work


@dataclass(frozen=True, slots=True)
class CustomerCommand:
    """Whoever may do it, and the transaction in which it is done."""

    visitor: Visitor
    work: Work


def command_of(visitors: Visitors, *roles: Role) -> Any:
    """A dependency that yields a `CustomerCommand` for who has one of these roles: committed before the answer is sent.
    `Idempotency-Key` is honoured, per customer and address. Its routes must be on a router of `CommandRoute`.
    """
    allowed = visitors.allowed(*roles)

    async def customer_work(
        request: Request,
        visitor: Annotated[Visitor, allowed],
        idempotency_key: IdempotencyKey = None,
    ) -> AsyncIterator[CustomerCommand]:
        session = visitor.session
        scope = f"customer {session.customer_id} {session.address}"
        async with keyed_work(request, scope, idempotency_key) as work:
            yield CustomerCommand(visitor, work)

    return Depends(customer_work, scope="function")
