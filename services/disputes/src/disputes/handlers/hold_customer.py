"""Hold what the ledger says of a customer."""

from disputes.domain.customer import Customer
from disputes.domain.docket import Docket
from shared.base.clock import Moment
from shared.contracts.ledger import CustomerChanged


def hold_customer(docket: Docket, changed: CustomerChanged, *, moment: Moment) -> None:
    """The newest name, number and language."""
    docket.hold_customer(
        Customer(
            customer_id=changed.customer_id,
            version=changed.version,
            source=changed.source,
            customer_number=changed.customer_number,
            name=changed.name,
            language=changed.language,
        )
    )
