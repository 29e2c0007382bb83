"""Paying: a page of the provider's for so much of these invoices, and how it went."""

from datetime import date, datetime
from typing import Annotated, Self
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from portal_api.domain.contact import Role
from portal_api.domain.decline import Decline, NextStep
from portal_api.domain.payment import Item, Payment, State
from portal_api.gateways import payments
from portal_api.gateways.provider import ProviderRefused, ProviderUnavailable
from portal_api.handlers.ask_payment import (
    MorePaidThanOpen,
    NothingLeftOut,
    PaymentUnderWay,
    Wish,
)
from portal_api.handlers.take_items import InvoiceNotYours, ItemsMixed
from portal_api.interfaces.http.visitors import SIGNED_IN, Visitor, Visitors
from portal_api.interfaces.paying import Asking, Paying, PayingOff
from shared.base.errors import Refusal
from shared.base.money import AmountTooLarge, AmountTooPrecise, decimal_text
from shared.contracts.disputes import Reason
from shared.web.accepted import NO_NUL, Amount
from shared.web.calls import PeerUnavailable
from shared.web.commands import IdempotencyKey
from shared.web.idempotency import REPLAYED, IdempotencyKeyReused, request_hash
from shared.web.problems import problems

ITEMS_MAX = 50
WORDS_CHARACTERS_MAX = 2_000
URL_CHARACTERS_MAX = 2_000


class ReturnUrlForeign(Refusal):
    """After paying, the customer is sent to pages that the operator has named, and nowhere else."""

    code = "return-url-foreign"


class AskedPaymentUnknown(Refusal):
    """You asked for no such payment."""

    code, status = "payment-unknown", 404


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PaidGiven(_Body):
    """So much of an invoice, in its currency. With a `reason`, what else is open of it is left out on purpose: it
    becomes a dispute as soon as the payment is confirmed.
    """

    invoice_id: UUID
    amount: Amount
    reason: Reason | None = None
    words: Annotated[str, Field(max_length=WORDS_CHARACTERS_MAX, pattern=NO_NUL)] = ""


class PayGiven(_Body):
    """`return_url` is where the provider's page leads, paid or not; it is given our `payment_id`."""

    items: Annotated[list[PaidGiven], Field(min_length=1, max_length=ITEMS_MAX)]
    return_url: Annotated[
        str, Field(max_length=URL_CHARACTERS_MAX, examples=["https://portal.example/paid"])
    ]


class PageShown(BaseModel):
    """Send the customer to `url`. That they come back proves nothing: ask for the payment's state."""

    payment_id: UUID
    url: str


class LeftOutShown(BaseModel):
    amount: str
    reason: Reason
    words: str


class PaidShown(BaseModel):
    invoice_id: UUID
    invoice_number: str
    amount: str
    left_out: LeftOutShown | None

    @classmethod
    def of(cls, item: Item, currency: str) -> Self:
        """From an item."""
        left_out = item.left_out and LeftOutShown(
            amount=decimal_text(item.left_out.minor, currency),
            reason=Reason(item.left_out.reason),
            words=item.left_out.words,
        )
        return cls(
            invoice_id=item.invoice_id,
            invoice_number=item.invoice_number,
            amount=decimal_text(item.minor, currency),
            left_out=left_out,
        )


class DeclineShown(BaseModel):
    """`code` is the provider's word."""

    code: str
    next_step: NextStep

    @classmethod
    def of(cls, decline: Decline) -> Self:
        """From a decline."""
        return cls(code=decline.code, next_step=decline.next_step)


class AskedPaymentShown(BaseModel):
    """`url` while the page may still be open. `succeeded` is in the books a moment later, under `/v1/payments`;
    `returned` is what has gone back of it since.
    """

    payment_id: UUID
    version: int
    state: State
    legal_entity: str
    currency: str
    amount: str
    returned: str
    items: list[PaidShown]
    asked_at: datetime
    url: str | None
    value_date: date | None
    decline: DeclineShown | None

    @classmethod
    def of(cls, payment: Payment) -> Self:
        """From a payment."""
        plain = (
            *("payment_id", "version", "state", "legal_entity", "currency", "asked_at"),
            "value_date",
        )
        decline = payment.decline
        may_pay = payment.state in {State.OPEN, State.DECLINED}
        return cls(
            **{name: getattr(payment, name) for name in plain},
            amount=decimal_text(payment.minor, payment.currency),
            returned=decimal_text(payment.away_minor, payment.currency),
            items=[PaidShown.of(one, payment.currency) for one in payment.items],
            url=payment.url if may_pay else None,
            decline=None if decline is None else DeclineShown.of(decline),
        )


REFUSALS = (
    *(InvoiceNotYours, ItemsMixed, MorePaidThanOpen, PaymentUnderWay, NothingLeftOut),
    *(ReturnUrlForeign, AmountTooPrecise, AmountTooLarge, IdempotencyKeyReused),
    *(PeerUnavailable, ProviderUnavailable, ProviderRefused, PayingOff),
)


def paying_router(visitors: Visitors, paying: Paying, origins: frozenset[str]) -> APIRouter:
    """`POST /v1/payments` and the state of one. `origins`: `https://host` of the pages that one may return to."""
    router = APIRouter(prefix="/v1/payments", tags=["payments"], responses=SIGNED_IN)

    @router.post("", status_code=201, responses=problems(*REFUSALS))
    async def pay(
        given: PayGiven,
        request: Request,
        response: Response,
        visitor: Annotated[Visitor, visitors.allowed(Role.PAY)],
        idempotency_key: IdempotencyKey = None,
    ) -> PageShown:
        """No more than is open in the books now, and not being paid yet. Under the same key it is the same payment, at
        the same page; without a key, too, while that page is open.
        """
        session = visitor.session
        must_lead_home(given.return_url, origins)
        asking = Asking(
            customer_id=session.customer_id,
            scope=f"customer {session.customer_id} {session.address}",
            key=idempotency_key or "",
            request_hash=await request_hash(request),
            wishes=[
                Wish(one.invoice_id, one.amount, one.reason and one.reason.value, one.words)
                for one in given.items
            ],
            return_url=given.return_url,
        )
        payment, again = await paying.ask(asking)
        if again:
            response.headers[REPLAYED] = "true"
        assert payment.url is not None, "its page is open"
        return PageShown(payment_id=payment.payment_id, url=payment.url)

    @router.get("/{payment_id}/state", responses=problems(AskedPaymentUnknown))
    async def show_state(
        payment_id: UUID, visitor: Annotated[Visitor, visitors.allowed(Role.VIEW)]
    ) -> AskedPaymentShown:
        """Of a payment that was asked for here. Somebody else's is as unknown as one that there is not."""
        async with visitor.ask() as connection:
            found = await payments.own(connection, visitor.session.customer_id, payment_id)
        if found is None:
            raise AskedPaymentUnknown("you asked for no such payment")
        return AskedPaymentShown.of(found)

    return router


def origin_of(url: str) -> str:
    """`https://host[:port]`; "" for what is no address of a page."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not host or "@" in parts.netloc:
        return ""
    return f"{parts.scheme}://{host}" + (f":{port}" if port else "")


def must_lead_home(url: str, origins: frozenset[str]) -> None:
    """Browsers read some signs otherwise than we: what has any of them leads nowhere."""
    is_plain = url.isascii() and url.isprintable() and not set(url) & set(' \\{}<>"')
    if not is_plain or origin_of(url) not in origins:
        raise ReturnUrlForeign("a page of a known origin is wanted", pointer="/return_url")
