"""From the ERP's no to a request of ours to the fact of it."""

from ledger.domain.facts import Fact, RequestRefused
from ledger.handlers.read_identity import Identity
from shared.contracts import erp
from shared.contracts.company import Source


def request_refused(event: erp.ErpRequestRefused, _: Identity, source: Source) -> Fact:
    """The ERP will not post what we asked for."""
    return RequestRefused(source.source, event.request_id, event.reason)
