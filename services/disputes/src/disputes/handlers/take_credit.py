"""A credit note came or went: it moves invoices, and may be what was upheld of a dispute."""

from disputes.domain.docket import Docket
from disputes.domain.terms import Rulebook
from disputes.handlers.hold_invoices import hold_invoices
from disputes.handlers.settle_dispute import settle_dispute, unsettle_dispute
from shared.base.clock import Moment
from shared.base.ids import LEDGER, CreditName
from shared.contracts.ledger import CreditCancelled, CreditPosted


def take_credit(
    docket: Docket, posted: CreditPosted, *, rulebook: Rulebook, moment: Moment
) -> None:
    """The ledger's own entry is known by its name, and the ERP's by what it answers: one that took the entry's place
    changes nothing here, one that comes after a refusal settles after all.
    """
    hold_invoices(docket, posted, moment=moment)
    name = CreditName.of_credit(posted.source, posted.source_id, posted.answers)
    if name is not None:
        settle_dispute(docket, name, rulebook=rulebook, moment=moment)


def take_credit_back(
    docket: Docket, cancelled: CreditCancelled, *, rulebook: Rulebook, moment: Moment
) -> None:
    """The ledger's own entry goes when the ERP has posted it, and that changes nothing; or because nobody will."""
    hold_invoices(docket, cancelled, moment=moment)
    if cancelled.source != LEDGER or cancelled.answered_by is not None:
        return
    if (name := CreditName.read(cancelled.source_id)) is not None:
        unsettle_dispute(docket, name, rulebook=rulebook, moment=moment)
