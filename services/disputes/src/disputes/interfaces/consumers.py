"""What disputes hears: one table."""

from functools import partial

from disputes.domain.docket import Docket
from disputes.gateways import items
from disputes.handlers.hold_customer import hold_customer
from disputes.handlers.hold_invoices import hold_invoice, hold_invoices
from disputes.handlers.open_deduction import open_deduction
from disputes.handlers.take_credit import take_credit, take_credit_back
from disputes.interfaces.disputing import Disputing
from shared.contracts import ledger
from shared.db.work import Work
from shared.messaging.projection import Projection


def projection(disputing: Disputing) -> Projection[Docket]:
    """The view that disputes has of the ledger."""

    async def save(work: Work, docket: Docket) -> None:
        items.save(work, docket)
        await disputing.save(work, docket)

    return Projection(
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
            ledger.CreditPosted: partial(take_credit, rulebook=disputing.rulebook),
            ledger.CreditApplied: hold_invoices,
            ledger.CreditCancelled: partial(take_credit_back, rulebook=disputing.rulebook),
            ledger.DeductionClaimed: partial(open_deduction, rulebook=disputing.rulebook),
        },
        load=items.load,
        save=save,
    )
