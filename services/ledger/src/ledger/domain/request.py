"""Requests: what we ask an ERP to post or to apply, who asked and approved, and what the ERP answered (ERP rule 8)."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, NamedTuple
from uuid import UUID

from shared.base.errors import Refusal
from shared.base.ids import LEDGER, derived_id, object_id, paid_here_name

OURS = LEDGER
"""Source of what no ERP has posted: accepted differences, and the provisional entry of a request."""


REFUSED = "request-refused"
"""Code of the doubt that a refused request leaves on its customer."""


class Kind(StrEnum):
    PAYMENT_POSTING = "payment-posting"
    CREDIT_NOTE = "credit-note"
    WRITE_OFF = "write-off"
    REFUND = "refund"
    ALLOCATION = "allocation"


ENTERED_AS = {
    Kind.PAYMENT_POSTING: "payment",
    Kind.CREDIT_NOTE: "credit-note",
    Kind.WRITE_OFF: "adjustment",
    Kind.REFUND: "adjustment",
}
"""What the provisional entry of a request is; an allocation has none, it moves nothing before the ERP does."""

GIVES_AWAY = frozenset({Kind.CREDIT_NOTE, Kind.WRITE_OFF, Kind.REFUND})
"""Kinds that two people have to want."""


class State(StrEnum):
    ASKED = "asked"
    """One person wants it; nothing is booked or told before a second one does."""
    OPEN = "open"
    """Told to the ERP, and entered provisionally."""
    ECHOED = "echoed"
    """The ERP has posted it: its entry stands, ours does not."""
    REFUSED = "refused"
    """The ERP does not want it, or our own books cannot enter it: nothing of it stands, and the customer is silent
    until a person closes the request.
    """
    CLOSED = "closed"
    """A person has withdrawn it, or taken note of the refusal."""


MOVES: dict[State, frozenset[State]] = {
    State.ASKED: frozenset({State.OPEN, State.CLOSED}),
    State.OPEN: frozenset({State.ECHOED, State.REFUSED, State.CLOSED}),
    State.REFUSED: frozenset({State.ECHOED, State.CLOSED}),
    State.CLOSED: frozenset({State.ECHOED}),
    State.ECHOED: frozenset(),
}
"""An ERP may post after all what it refused, or what we no longer asked for: its own entry is the last word."""


class RequestUnknown(Refusal):
    """The ERP answers something that we never asked of it."""

    code: ClassVar[str] = "request-unknown"


class RequestInOtherState(Refusal):
    """What is wanted of the request does not follow from the state it is in."""

    code, status = "request-in-other-state", 409


class NoRoom(Refusal):
    """What is left of the item is less than what is asked for."""

    code, status = "no-room", 409


class NothingAsked(Refusal):
    """The amount is zero."""

    code: ClassVar[str] = "amount-zero"


class ItemUnknown(Refusal):
    """The ledger has never heard of the item."""

    code: ClassVar[str] = "item-unknown"


class ItemElsewhere(Refusal):
    """The item is of another customer, legal entity or currency, or counts no more."""

    code: ClassVar[str] = "item-elsewhere"


class ItemUnfit(Refusal):
    """This kind of request is about another kind of item, or about one where none is named."""

    code: ClassVar[str] = "item-unfit"


class SourceIdTaken(Refusal):
    """This source_id names another payment."""

    code, status = "source-id-taken", 409


Scope = tuple[str, str, str]
"""(source, legal entity, currency)."""


class Item(NamedTuple):
    """What a request is about: kind invoice, payment or credit-note, with the ERP's id and ours. `instalment` is the
    number of the one that is meant, None where it is the item as it falls due.
    """

    kind: str
    source_id: str
    item_id: UUID
    instalment: int | None = None


class Short(NamedTuple):
    """So much is left out on purpose, in the invoice's currency; `reason` is one that a dispute may have, `words` are
    the payer's.
    """

    amount: Decimal
    reason: str
    words: str


class Part(NamedTuple):
    """How much of the amount belongs to an invoice; `source_id` is the ERP's own id of it."""

    invoice_id: UUID
    source_id: str
    amount: Decimal
    short: Short | None = None


class Asked(NamedTuple):
    """What is asked for, for ever. `minor` > 0 in minor units; `on` is a value date, or the legal entity's own day."""

    kind: Kind
    source: str
    """Of the ERP that is asked."""
    customer_id: UUID
    customer_number: str
    legal_entity: str
    currency: str
    minor: int
    on: date
    name: str
    """Id of our provisional entry under our own source."""
    item: Item | None = None
    reason: str | None = None
    bank_reference: str | None = None
    parts: tuple[Part, ...] | None = None

    @property
    def scope(self) -> Scope:
        """Inside which a bank's reference names one payment."""
        return self.source, self.legal_entity, self.currency


@dataclass(slots=True, eq=False)
class Request:
    """The present state; changed only by handlers."""

    request_id: UUID
    asked: Asked
    asked_by: str
    asked_at: datetime
    state: State = State.ASKED
    approved_by: str | None = None
    answered_by: UUID | None = None
    """What the ERP has posted: our id of its payment, credit note or adjustment."""
    answered_at: datetime | None = None
    refused_why: str | None = None
    closed_by: str | None = None
    closed_at: datetime | None = None
    closed_why: str | None = None

    @property
    def entered_id(self) -> UUID | None:
        """Our id of the provisional payment, credit note or adjustment."""
        kind = ENTERED_AS.get(self.asked.kind)
        return None if kind is None else object_id(OURS, kind, self.asked.name)

    def open(self) -> None:
        """It is told to the ERP."""
        self._move(State.OPEN)

    def echo(self, by: UUID, at: datetime) -> None:
        """The ERP has posted it."""
        self._move(State.ECHOED)
        self.answered_by, self.answered_at = by, at

    def refuse(self, why: str, at: datetime) -> None:
        """The ERP says no."""
        self._move(State.REFUSED)
        self.refused_why, self.answered_at = why, at

    def close(self, by: str, why: str, at: datetime) -> None:
        """A person is done with it."""
        self._move(State.CLOSED)
        self.closed_by, self.closed_why, self.closed_at = by, why, at

    def _move(self, to: State) -> None:
        if to not in MOVES[self.state]:
            raise RequestInOtherState(f"it is {self.state}, so it cannot be {to}")
        self.state = to


def request_id_of(customer_id: UUID, place: int | str) -> UUID:
    """Of the first, second … request about a customer, or of the one whose cause has that name."""
    return derived_id("request", customer_id, place)


def payment_name(payment_id: UUID) -> str:
    """Of our entry of a payment that the portal has confirmed, by its id there."""
    return paid_here_name(payment_id)


@dataclass(slots=True)
class Requests:
    """Requests that a slice's records may answer, and what became of them."""

    by_id: dict[UUID, Request] = field(default_factory=dict)
    ahead: set[tuple[UUID, UUID]] = field(default_factory=set)
    """(request, credit) where an ERP has posted a credit for a request that we had not made or told it of."""
    changed: dict[UUID, Request] = field(default_factory=dict)

    def keep(self, request: Request) -> None:
        """Hold a request that has news."""
        self.by_id[request.request_id] = self.changed[request.request_id] = request

    def named(self, source: str, request_id: str | None) -> Request | None:
        """The request an ERP speaks of, if it was told of it; ids that are none of ours are nobody's."""
        key = read_id(request_id) if self.by_id and request_id is not None else None
        found = self.by_id.get(key) if key is not None else None
        if found is None or found.state is State.ASKED or found.asked.source != source:
            return None
        return found

    def waiting_for(self, scope: Scope, bank_reference: str) -> list[Request]:
        """Payments that we entered with that reference, and that the ERP has not posted yet."""
        return [
            one
            for one in self.by_id.values()
            if one.asked.kind is Kind.PAYMENT_POSTING
            and one.asked.scope == scope
            and one.asked.bank_reference == bank_reference
            and one.state in {State.OPEN, State.REFUSED}
        ]

    def about(self, credit_id: UUID) -> list[Request]:
        """Allocations that we asked for of that credit."""
        return [
            one
            for one in self.by_id.values()
            if one.asked.kind is Kind.ALLOCATION
            and one.state is State.OPEN
            and one.asked.item is not None
            and one.asked.item.item_id == credit_id
        ]


def read_id(text: str) -> UUID | None:
    """A request's id as an ERP writes it; None for what is no id of ours."""
    try:
        return UUID(text)
    except ValueError:
        return None
