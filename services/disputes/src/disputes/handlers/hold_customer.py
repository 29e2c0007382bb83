"""Hold what the ledger says of a customer."""

from disputes.domain.customer import Customer
from disputes.domain.docket import Docket
from shared.base.clock import Moment
from shared.base.money import minor_of
from shared.contracts.ledger import CustomerChanged


def hold_customer(docket: Docket, changed: CustomerChanged, *, moment: Moment) -> None:
    """The newest name, number and language, and what segments go by."""
    limit = changed.credit_limit
    docket.hold_customer(
        Customer(
            customer_id=changed.customer_id,
            version=changed.version,
            source=changed.source,
            customer_number=changed.customer_number,
            name=changed.name,
            language=changed.language,
            kind=changed.kind,
            credit_limit_minor=None if limit is None else minor_of(limit.amount, limit.currency),
            credit_currency=None if limit is None else limit.currency,
        )
    )
