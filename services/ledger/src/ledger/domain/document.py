"""Documents of the books for one customer: the copy of an invoice, and the receipt of a payment. Minor units."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from ledger.domain.due import InstalmentLeft
from shared.base.clock import Moment


class Addressee(NamedTuple):
    """Whom it is for, as the ERP describes them."""

    customer_number: str
    name: str
    language: str


class Offer(NamedTuple):
    """Whoever pays `pays_minor` with a value date up to `until` owes no more."""

    until: date
    pays_minor: int


@dataclass(frozen=True, slots=True)
class Document:
    """What both are: of one legal entity, in one currency, as the books were at `known_at`."""

    to: Addressee
    source: str
    legal_entity: str
    currency: str
    number: str
    on: date
    minor: int
    status: str
    reference: str
    known_at: Moment


@dataclass(frozen=True, slots=True)
class InvoiceCopy(Document):
    """`reference` is what a payment should name; `on` the day of issue. Without tax the ERP did not say any."""

    due_on: date
    tax_minor: int
    open_minor: int
    purchase_order: str
    instalments: tuple[InstalmentLeft, ...] = ()
    offers: tuple[Offer, ...] = ()


class Settled(NamedTuple):
    """What one invoice falls by, in its own currency; one that is not the customer's own has no number."""

    invoice_id: UUID
    number: str | None
    currency: str
    minor: int


@dataclass(frozen=True, slots=True)
class Receipt(Document):
    """`on` is the value date, `method` how it came; `provisional` until the ERP has posted it too."""

    method: str
    returned_minor: int
    returned_on: date | None
    unapplied_minor: int
    provisional: bool
    settled: tuple[Settled, ...] = ()
