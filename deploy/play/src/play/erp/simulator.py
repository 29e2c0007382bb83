"""The ERP simulator: every operation changes its own book and tells the event of the contract."""

from collections.abc import Mapping
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
from play.erp.book import Book, Credit, Invoice
from play.erp.wire import Numbers, Wire
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

EPOCH_DAY = date(1970, 1, 1)
MICROSECONDS_PER_DAY = 86_400_000_000


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
        return self._tell(customer, customer_body(customer), late_days=late_days)

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
        return self._tell(invoice.customer, invoice_body(invoice), late_days=late_days)

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
        return self._tell(
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
        self._tell(invoice.customer, body)
        return freed

    # --- credit notes

    def credit(
        self,
        customer: Customer,
        *,
        net: int,
        tax: int,
        parts: Mapping[str, int],
        corrects: Invoice | None = None,
        reason: str,
    ) -> Credit:
        number = self.numbers.next(f"{customer.entity.code} credit note")
        note = Credit(
            kind=CreditKind.CREDIT_NOTE,
            customer=customer,
            id=f"{customer.entity.code}-CN-{number}",
            number=f"CN-{self.today.year}-{number}",
            dated=self.today,
            amount=net + tax,
            tax=tax,
            version=self.next_version(0, customer),
        )
        self.book.receive(note)
        self.book.apply(note, dict(parts), on=self.today)
        self._tell(customer, credit_note_body(note, corrects=corrects, reason=reason, inline=parts))
        return note

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
        self._tell(note.customer, body)

    # --- payments

    def draft_payment(self, customer: Customer, amount: int) -> Credit:
        """Money with its number, not yet in the books and not yet told."""
        return Credit(
            kind=CreditKind.PAYMENT,
            customer=customer,
            id=f"{customer.entity.code}-P-{self.numbers.next(f'{customer.entity.code} payment')}",
            number="",
            dated=self.today,
            amount=amount,
        )

    def take(
        self,
        payment: Credit,
        parts: Mapping[str, int],
        *,
        inline: Mapping[str, int] | None,
        reference: str,
        method: PaymentMethod = PaymentMethod.TRANSFER,
    ) -> None:
        """Book the money. `parts` is where it goes in our own books, `inline` what we say of that."""
        payment.version = self.next_version(payment.version, payment.customer)
        self.book.receive(payment)
        self.book.apply(payment, dict(parts), on=self.today)
        payment.unsaid = inline is None
        body = payment_body(payment, method=method, reference=reference, inline=inline)
        self._tell(payment.customer, body)

    def receive(
        self,
        customer: Customer,
        amount: int,
        parts: Mapping[str, int],
        *,
        inline: Mapping[str, int] | None,
        reference: str,
        method: PaymentMethod = PaymentMethod.TRANSFER,
    ) -> Credit:
        """Money comes in and is booked at once."""
        payment = self.draft_payment(customer, amount)
        self.take(payment, parts, inline=inline, reference=reference, method=method)
        return payment

    def raise_payment(self, payment: Credit, amount: int, *, reference: str) -> None:
        """The ERP corrects the amount of a payment that it keeps on account."""
        payment.amount = amount
        payment.version = self.next_version(payment.version, payment.customer)
        body = payment_body(payment, method=PaymentMethod.TRANSFER, reference=reference, inline={})
        self._tell(payment.customer, body)

    def allocate(self, credit: Credit, parts: Mapping[str, int]) -> None:
        """Replace the credit's allocations: apply, un-apply or apply elsewhere."""
        self.book.apply(credit, dict(parts), on=self.today)
        self.tell_allocations(credit, parts)

    def tell_allocations(self, credit: Credit, parts: Mapping[str, int]) -> None:
        credit.set_version = self.next_version(credit.set_version, credit.customer)
        credit.unsaid = False
        self._tell(credit.customer, allocations_body(credit, parts))

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
        currency = payment.customer.entity.currency
        body = ErpPaymentReturned(
            **present(
                payment_id=payment.id,
                version=payment.version,
                customer_number=payment.customer.number,
                returned_on=self.today,
                amount=None if amount is None else decimal(amount, currency),
                reason=reason,
            )
        )
        self._tell(payment.customer, body)

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
        self._tell(payment.customer, body)

    # --- the nightly word

    def tell_balances(self, as_of: date) -> None:
        """What was open when that day was over; nothing may have happened since."""
        for customer, event in nightly_word(self.book, as_of):
            self._tell(customer, event)

    # --- telling

    def _tell(
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
        """DE01 counts, US01 counts in tens, GB01 stamps in microseconds: all rise, none is dense."""
        match customer.entity.code:
            case "DE01":
                return version + 1
            case "US01":
                return version + 10
            case _:
                midnight = (self.today - EPOCH_DAY).days * MICROSECONDS_PER_DAY
                return max(version + 1, midnight + self.numbers.next("stamp"))
