"""The ledger told of a credit note, and of the invoices that moved with it."""

from scheduler.domain.facts import Credit, Facts
from scheduler.handlers.apply_invoice import apply_invoice
from shared.base.clock import Moment
from shared.base.money import minor_of
from shared.contracts.ledger import CreditEvent


def apply_credit(facts: Facts, told: CreditEvent, *, moment: Moment) -> None:
    """Take over what is unapplied and what is open; an older version changes nothing."""
    for invoice in told.invoices:
        apply_invoice(facts, invoice, moment=moment)
    if told.version <= facts.credit_versions.get(told.credit_note_id, 0):
        return

    facts.credit_versions[told.credit_note_id] = told.version
    facts.credits[told.credit_note_id] = Credit(
        told.credit_note_id,
        told.customer_id,
        told.version,
        told.legal_entity,
        told.currency,
        minor_of(told.unapplied, told.currency),
    )
    facts.touch(told.customer_id)
