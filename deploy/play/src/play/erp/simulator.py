"""The ERP simulator: every operation changes its own book and tells the event of the contract."""

from collections.abc import Sequence
from datetime import date, timedelta

from play.cast.customers import Customer
from play.erp.balances import nightly_word
from play.erp.bodies import (
    allocations_body,
    credit_note_body,
    customer_body,
    decimal,
    invoice_body,
    payment_body,
    tax_on,
)
from play.erp.book import Book
from play.erp.documents import Credit, Invoice, Part
from play.erp.numbering import Numbers
from play.erp.wire import Wire
from play.record import ACCEPTED, ErpRecord, present
from shared.contracts.erp import (
    CreditKind,
    ErpCreditNoteCancelled,
    ErpEvent,
    ErpInvoiceCancelled,
    ErpPaymentCancelled,
    ErpPaymentReturned,
    InvoicePaymentMethod,
    PaymentMethod,
    ReturnReason,
)


class Erp:
    """All three ERPs in one: the book on its left hand, the wire on its right.

    `today` is moved by whoever plays. Operations take `late_days` when the event reaches the wire only so many days
    later, and `expected` when the ledger should not simply accept it.
    """

    def __init__(self, today: date) -> None:
        self.today = today
        self.book = Book()
        self.numbers = Numbers()
        self.wire = Wire(self.numbers)

    # --- customers

    def tell_customer(self, customer: Customer, *, late_days: int = 0) -> ErpRecord:
        customer.version = self.next_version(customer.version, customer)
        return self.tell(customer, customer_body(customer), late_days=late_days)

    # --- invoices

    def draft(self, customer: Customer, *, net: int, due_on: date | None = None) -> Invoice:
        """An invoice with its numbers, not yet in the books and not yet told."""
        entity = customer.entity
        number = self.numbers.next(f"{entity.code} invoice")
        home = customer.country == entity.country
        return Invoice(
            customer=customer,
            id=f"{entity.code}-{number}",
            number=f"{entity.numbering}-{self.today.year}-{number}",
            issued_on=self.today,
            due_on=due_on or self.today + timedelta(days=customer.terms_days),
            net=net,
            tax=tax_on(net, entity.tax_percent) if home else 0,
            method=InvoicePaymentMethod.DIRECT_DEBIT
            if customer.pays_by_debit
            else InvoicePaymentMethod.TRANSFER,
            purchase_order=f"PO-{number}" if number % 3 == 0 else None,
        )

    def post(self, invoice: Invoice, *, late_days: int = 0) -> ErpRecord:
        invoice.version = self.next_version(invoice.version, invoice.customer)
        self.book.post(invoice, on=self.today)
        return self.tell(invoice.customer, invoice_body(invoice), late_days=late_days)

    def amend(
        self,
        invoice: Invoice,
        *,
        net: int | None = None,
        late_days: int = 0,
        expected: tuple[str, ...] = ACCEPTED,
    ) -> ErpRecord:
        """Tell the invoice as it is now, with another net amount when given (tax in proportion)."""
        if net is not None:
            tax = tax_on(net, invoice.customer.entity.tax_percent) if invoice.tax else 0
            self.book.amend(invoice, net=net, tax=tax, on=self.today)
        invoice.version = self.next_version(invoice.version, invoice.customer)
        return self.tell(
            invoice.customer, invoice_body(invoice), late_days=late_days, expected=expected
        )

    def cancel_invoice(self, invoice: Invoice, *, reason: str) -> list[Credit]:
        """Returns the credits that are free again; the ERP has yet to say so."""
        freed = self.book.cancel(invoice, on=self.today)
        invoice.version = self.next_version(invoice.version, invoice.customer)
        body = ErpInvoiceCancelled(
            invoice_id=invoice.id,
            version=invoice.version,
            customer_number=invoice.customer.number,
            cancelled_on=self.today,
            reason=reason,
        )
        self.tell(invoice.customer, body)
        return freed

    # --- credit notes

    def credit(
        self,
        customer: Customer,
        *,
        net: int,
        tax: int,
        parts: Sequence[Part],
        corrects: Invoice | None = None,
        reason: str,
    ) -> Credit:
        note = self.draft_credit_note(customer, net=net, tax=tax)
        self.book.receive(note)
        self.book.apply(note, parts, on=self.today)
        self.tell_credit_note(note, corrects=corrects, reason=reason, inline=parts)
        return note

    def draft_credit_note(self, customer: Customer, *, net: int, tax: int) -> Credit:
        """A credit note with its number, not yet in the books and not yet told."""
        number = self.numbers.next(f"{customer.entity.code} credit note")
        return Credit(
            kind=CreditKind.CREDIT_NOTE,
            customer=customer,
            id=f"{customer.entity.code}-CN-{number}",
            number=f"CN-{self.today.year}-{number}",
            dated=self.today,
            amount=net + tax,
            currency=customer.entity.currency,
            tax=tax,
        )

    def tell_credit_note(
        self, note: Credit, *, corrects: Invoice | None, reason: str, inline: Sequence[Part] | None
    ) -> None:
        note.version = self.next_version(note.version, note.customer)
        body = credit_note_body(note, corrects=corrects, reason=reason, inline=inline)
        self.tell(note.customer, body)

    def cancel_credit_note(self, note: Credit, *, reason: str) -> None:
        self.book.strike(note, on=self.today)
        note.version = self.next_version(note.version, note.customer)
        body = ErpCreditNoteCancelled(
            credit_note_id=note.id,
            version=note.version,
            customer_number=note.customer.number,
            cancelled_on=self.today,
            reason=reason,
        )
        self.tell(note.customer, body)

    # --- payments

    def draft_payment(self, customer: Customer, amount: int, *, currency: str = "") -> Credit:
        """Money with its number, not yet in the books and not yet told; in the entity's currency unless named."""
        return Credit(
            kind=CreditKind.PAYMENT,
            customer=customer,
            id=f"{customer.entity.code}-P-{self.numbers.next(f'{customer.entity.code} payment')}",
            number="",
            dated=self.today,
            amount=amount,
            currency=currency or customer.entity.currency,
        )

    def take(
        self,
        payment: Credit,
        parts: Sequence[Part],
        *,
        inline: Sequence[Part] | None,
        reference: str,
        method: PaymentMethod = PaymentMethod.TRANSFER,
    ) -> None:
        """Book the money. `parts` is where it goes in our own books, `inline` what we say of that."""
        self.book.receive(payment)
        self.book.apply(payment, parts, on=self.today)
        payment.unsaid = inline is None
        self.tell_payment(payment, inline=inline, reference=reference, method=method)

    def tell_payment(
        self,
        payment: Credit,
        *,
        inline: Sequence[Part] | None,
        reference: str,
        method: PaymentMethod = PaymentMethod.TRANSFER,
    ) -> None:
        payment.version = self.next_version(payment.version, payment.customer)
        body = payment_body(payment, method=method, reference=reference, inline=inline)
        self.tell(payment.customer, body)

    def receive(
        self,
        customer: Customer,
        amount: int,
        parts: Sequence[Part],
        *,
        inline: Sequence[Part] | None,
        reference: str,
        method: PaymentMethod = PaymentMethod.TRANSFER,
    ) -> Credit:
        """Money comes in and is booked at once."""
        payment = self.draft_payment(customer, amount)
        self.take(payment, parts, inline=inline, reference=reference, method=method)
        return payment

    def present_again(self, payment: Credit, parts: Sequence[Part], *, reference: str) -> None:
        """Money that had come back is there again, with a value date of today."""
        payment.returned, payment.dated = 0, self.today
        self.book.apply(payment, parts, on=self.today)
        self.tell_payment(payment, inline=parts, reference=reference)

    def allocate(self, credit: Credit, parts: Sequence[Part]) -> None:
        """Replace the credit's allocations: apply, un-apply or apply elsewhere."""
        self.book.apply(credit, parts, on=self.today)
        self.tell_allocations(credit, parts)

    def tell_allocations(self, credit: Credit, parts: Sequence[Part]) -> None:
        credit.set_version = self.next_version(credit.set_version, credit.customer)
        credit.unsaid = False
        self.tell(credit.customer, allocations_body(credit, parts))

    def return_payment(
        self,
        payment: Credit,
        *,
        amount: int | None = None,
        reason: ReturnReason = ReturnReason.BANK_RETURN,
    ) -> None:
        """`amount` came back in all; None = everything."""
        self.book.send_back(payment, payment.amount if amount is None else amount, on=self.today)
        payment.version = self.next_version(payment.version, payment.customer)
        body = ErpPaymentReturned(
            **present(
                payment_id=payment.id,
                version=payment.version,
                customer_number=payment.customer.number,
                returned_on=self.today,
                amount=None if amount is None else decimal(amount, payment.currency),
                reason=reason,
            )
        )
        self.tell(payment.customer, body)

    def cancel_payment(self, payment: Credit) -> None:
        """It was typed by mistake."""
        self.book.strike(payment, on=self.today)
        payment.version = self.next_version(payment.version, payment.customer)
        body = ErpPaymentCancelled(
            payment_id=payment.id,
            version=payment.version,
            customer_number=payment.customer.number,
            cancelled_on=self.today,
            reason="typing error",
        )
        self.tell(payment.customer, body)

    # --- the nightly word

    def tell_balances(self, as_of: date) -> None:
        """What was open when that day was over; nothing may have happened since."""
        for customer, event in nightly_word(self.book, as_of):
            self.tell(customer, event)

    # --- telling

    def tell(
        self,
        customer: Customer,
        event: ErpEvent,
        *,
        late_days: int = 0,
        expected: tuple[str, ...] = ACCEPTED,
    ) -> ErpRecord:
        return self.wire.put(
            customer,
            event.TYPE,
            event.TOPIC,
            event.model_dump_json(exclude_none=True).encode(),
            told_on=self.today,
            late_days=late_days,
            expected=expected,
        )

    def next_version(self, version: int, customer: Customer) -> int:
        return self.numbers.version_after(version, customer, self.today)
