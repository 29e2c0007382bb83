"""What portal-api hears of the ledger, notifier, disputes and scheduler: one table."""

from typing import Final

from portal_api.domain.items import Items
from portal_api.gateways import items
from portal_api.handlers.hold_credit_note import hold_credit_note
from portal_api.handlers.hold_customer import hold_customer
from portal_api.handlers.hold_dispute import hold_dispute
from portal_api.handlers.hold_invoices import hold_invoice
from portal_api.handlers.hold_message import hold_message
from portal_api.handlers.hold_payment import hold_payment
from portal_api.handlers.hold_silence import hold_silence
from shared.contracts import disputes, ledger, notifier, scheduler
from shared.messaging.projection import Projection

HEARING: Final[Projection[Items]] = Projection(
    service="portal-api",
    topics=(ledger.TOPIC, notifier.TOPIC, disputes.TOPIC, scheduler.TOPIC),
    hears={
        ledger.CustomerChanged: hold_customer,
        ledger.InvoiceOpened: hold_invoice,
        ledger.InvoiceAmended: hold_invoice,
        ledger.InvoiceSettled: hold_invoice,
        ledger.InvoiceReopened: hold_invoice,
        ledger.InvoiceCancelled: hold_invoice,
        ledger.PaymentReceived: hold_payment,
        ledger.PaymentApplied: hold_payment,
        ledger.PaymentReturned: hold_payment,
        ledger.PaymentCancelled: hold_payment,
        ledger.CreditPosted: hold_credit_note,
        ledger.CreditApplied: hold_credit_note,
        ledger.CreditCancelled: hold_credit_note,
        notifier.MessageSent: hold_message,
        disputes.DisputeOpened: hold_dispute,
        disputes.DisputeAcknowledged: hold_dispute,
        disputes.DisputeAssigned: hold_dispute,
        disputes.DisputeExamined: hold_dispute,
        disputes.DisputeDeferred: hold_dispute,
        disputes.DisputeAnswered: hold_dispute,
        disputes.DisputeResolved: hold_dispute,
        disputes.DisputeSettled: hold_dispute,
        disputes.DisputeUnsettled: hold_dispute,
        disputes.DisputeReopened: hold_dispute,
        disputes.DisputeClosed: hold_dispute,
        disputes.DisputeWithdrawn: hold_dispute,
        disputes.DisputeMerged: hold_dispute,
        disputes.DisputeExtended: hold_dispute,
        scheduler.HoldPlaced: hold_silence,
        scheduler.HoldEnded: hold_silence,
    },
    load=items.load,
    save=items.save,
)
