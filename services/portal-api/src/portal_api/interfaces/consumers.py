"""What portal-api hears: one table."""

from typing import Final

from portal_api.domain.items import Items
from portal_api.gateways import items
from portal_api.handlers.hold_customer import hold_customer
from portal_api.handlers.hold_invoices import hold_invoice, hold_invoices
from shared.contracts import ledger
from shared.messaging.projection import Projection

LEDGER: Final[Projection[Items]] = Projection(
    service="portal-api",
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
        ledger.CreditPosted: hold_invoices,
        ledger.CreditApplied: hold_invoices,
        ledger.CreditCancelled: hold_invoices,
    },
    load=items.load,
    save=items.save,
)
