"""What disputes hears: one table."""

from typing import Final

from disputes.domain.docket import Docket
from disputes.gateways import items
from disputes.handlers.hold_customer import hold_customer
from disputes.handlers.hold_invoices import hold_invoice, hold_invoices
from disputes.handlers.take_credit import take_credit
from shared.contracts import ledger
from shared.messaging.projection import Projection

LEDGER: Final[Projection[Docket]] = Projection(
    service="disputes",
    topics=(ledger.TOPIC,),
    hears={
        ledger.CustomerChanged: hold_customer,
        ledger.InvoiceOpened: hold_invoice,
        ledger.InvoiceAmended: hold_invoice,
        ledger.InvoiceSettled: hold_invoice,
        ledger.InvoiceReopened: hold_invoice,
        ledger.InvoiceCancelled: hold_invoice,
        ledger.PaymentReceived: hold_invoices,
        ledger.PaymentApplied: hold_invoices,
        ledger.PaymentReturned: hold_invoices,
        ledger.PaymentCancelled: hold_invoices,
        ledger.CreditPosted: take_credit,
        ledger.CreditApplied: hold_invoices,
        ledger.CreditCancelled: hold_invoices,
    },
    load=items.load,
    save=items.save,
)
