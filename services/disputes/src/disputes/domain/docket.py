"""Docket: what one command or slice knows of disputes, and what became of them."""

from dataclasses import dataclass, field
from uuid import UUID

from disputes.domain.customer import Customer
from disputes.domain.dispute import Dispute, Item
from disputes.domain.invoice import Invoice
from shared.base.telling import Telling


@dataclass(slots=True)
class Docket(Telling):
    """`disputes` are those at hand with all others of their customers that are open; `changed` are to be written.

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

    def disputed(self, invoice_id: UUID) -> list[Item]:
        """What open disputes say of the invoice already."""
        return [
            item
            for dispute in self.disputes.values()
            if dispute.is_open
            for item in dispute.items
            if item.invoice_id == invoice_id
        ]
