"""Docket: what one command or slice knows of disputes, and what became of them."""

from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from disputes.domain.customer import Customer
from disputes.domain.dispute import Dispute
from disputes.domain.invoice import Invoice
from shared.base.telling import Telling


class Held(NamedTuple):
    """So much is held of an invoice, or of one of its instalments."""

    instalment: int | None
    minor: int


@dataclass(slots=True)
class Docket(Telling):
    """`disputes` are those at hand with all others of their customers that hold something; `changed` are to be written.

    What is told of customers and invoices may come twice and late: what is older than what is at hand changes nothing.
    """

    customers: dict[UUID, Customer] = field(default_factory=dict)
    invoices: dict[UUID, Invoice] = field(default_factory=dict)
    disputes: dict[UUID, Dispute] = field(default_factory=dict)
    changed: dict[UUID, Dispute] = field(default_factory=dict)

    def hold_customer(self, customer: Customer) -> None:
        held = self.customers.get(customer.customer_id)
        if held is None or held.version < customer.version:
            self.customers[customer.customer_id] = customer

    def hold_invoice(self, invoice: Invoice) -> None:
        held = self.invoices.get(invoice.invoice_id)
        if held is None or held.version < invoice.version:
            self.invoices[invoice.invoice_id] = invoice

    def keep(self, dispute: Dispute) -> None:
        """Hold a dispute that has news."""
        self.disputes[dispute.dispute_id] = self.changed[dispute.dispute_id] = dispute

    def open_of(self, customer_id: UUID) -> list[Dispute]:
        return [
            one for one in self.disputes.values() if one.customer_id == customer_id and one.is_open
        ]

    def held(self, invoice_id: UUID, *, besides: Dispute | None = None) -> list[Held]:
        """What disputes, all but one, hold of the invoice already: what is not decided yet, or not yet taken off."""
        return [
            Held(item.instalment, minor)
            for dispute in self.disputes.values()
            if dispute is not besides
            for item in dispute.items
            if item.invoice_id == invoice_id and (minor := dispute.held_minor(item))
        ]
