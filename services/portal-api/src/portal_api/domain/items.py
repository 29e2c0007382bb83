"""What one slice hears about customers and their items: of each the newest."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from portal_api.domain.credit import Credit
from portal_api.domain.customer import Customer
from portal_api.domain.dispute import Dispute, Said
from portal_api.domain.invoice import Invoice
from portal_api.domain.message import Message
from portal_api.domain.silence import Silence
from shared.base.clock import Moment
from shared.base.telling import Telling


class PaidPart(NamedTuple):
    """What a payment pays of an invoice: `amount` in the invoice's currency; `version` is the payment's."""

    invoice_id: UUID
    payment_id: UUID
    version: int
    value_date: date
    amount: Decimal


class HardshipOver(NamedTuple):
    """The silence that a customer asked for at `asked_at` ended then, whatever they were told."""

    customer_id: UUID
    asked_at: Moment
    over_at: Moment


@dataclass(slots=True)
class Items(Telling):
    """Facts may come twice and late: what is older than what is held changes nothing."""

    customers: dict[UUID, Customer] = field(default_factory=dict)
    invoices: dict[UUID, Invoice] = field(default_factory=dict)
    credits: dict[UUID, Credit] = field(default_factory=dict)
    messages: dict[UUID, Message] = field(default_factory=dict)
    disputes: dict[UUID, Dispute] = field(default_factory=dict)
    said: dict[tuple[UUID, int], Said] = field(default_factory=dict)
    """By dispute and version: old words stay what was said."""
    silences: dict[UUID, Silence] = field(default_factory=dict)
    hardships_over: dict[UUID, HardshipOver] = field(default_factory=dict)
    """By hold."""
    paid: dict[tuple[UUID, UUID], PaidPart] = field(default_factory=dict)
    """By invoice and payment."""

    def hold_customer(self, customer: Customer) -> None:
        held = self.customers.get(customer.customer_id)
        if held is None or held.version < customer.version:
            self.customers[customer.customer_id] = customer

    def hold_invoice(self, invoice: Invoice) -> None:
        held = self.invoices.get(invoice.invoice_id)
        if held is None or held.version < invoice.version:
            self.invoices[invoice.invoice_id] = invoice

    def hold_credit(self, credit: Credit) -> None:
        held = self.credits.get(credit.credit_id)
        if held is None or held.version < credit.version:
            self.credits[credit.credit_id] = credit

    def hold_message(self, message: Message) -> None:
        held = self.messages.get(message.message_id)
        if held is None or held.version < message.version:
            self.messages[message.message_id] = message

    def hold_dispute(self, dispute: Dispute) -> None:
        held = self.disputes.get(dispute.dispute_id)
        if held is None or held.version < dispute.version:
            self.disputes[dispute.dispute_id] = dispute

    def hold_silence(self, silence: Silence) -> None:
        held = self.silences.get(silence.hold_id)
        if held is None or held.version < silence.version:
            self.silences[silence.hold_id] = silence

    def hold_paid(self, part: PaidPart) -> None:
        key = part.invoice_id, part.payment_id
        held = self.paid.get(key)
        if held is None or held.version < part.version:
            self.paid[key] = part
