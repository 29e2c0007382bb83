"""A credit note was posted: it moves invoices, and may be what was upheld of a dispute."""

from disputes.domain.docket import Docket
from disputes.handlers.hold_invoices import hold_invoices
from disputes.handlers.settle_dispute import settle_dispute
from shared.base.clock import Moment
from shared.base.ids import LEDGER, CreditName
from shared.contracts.ledger import CreditPosted


def take_credit(docket: Docket, posted: CreditPosted, *, moment: Moment) -> None:
    """The ledger's own entry is known by its name; the ERP's, which takes its place later, changes nothing here."""
    hold_invoices(docket, posted, moment=moment)
    if posted.source != LEDGER:
        return
    if (name := CreditName.read(posted.source_id)) is not None:
        settle_dispute(docket, name, moment=moment)
