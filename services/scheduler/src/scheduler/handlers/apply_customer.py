"""The ledger told of a customer."""

from scheduler.domain.customer import Customer, ErpHold, Person
from scheduler.domain.facts import Facts
from shared.base.clock import Moment
from shared.base.money import minor_of
from shared.contracts.ledger import CustomerChanged
from shared.messaging.cloudevents import told_at


def apply_customer(facts: Facts, told: CustomerChanged, *, moment: Moment) -> None:
    """Replace what we knew of the customer; an older version changes nothing. Contact data is not kept."""
    if told.version <= facts.customer_versions.get(told.customer_id, 0):
        return

    facts.customer_versions[told.customer_id] = told.version
    facts.customers[told.customer_id] = _customer(told)
    facts.customers_told_at[told.customer_id] = told_at(facts.cause, otherwise=moment)
    facts.touch(told.customer_id)


def _customer(told: CustomerChanged) -> Customer:
    owner, limit = told.account_owner, told.credit_limit
    return Customer(
        customer_id=told.customer_id,
        version=told.version,
        known=told.known,
        customer_number=told.customer_number,
        kind=told.kind.value,
        status=told.status.value,
        country=told.country,
        time_zone=told.time_zone,
        legal_entity=told.legal_entity,
        account_owner=Person(owner.name, owner.email) if owner else None,
        credit_limit_minor=minor_of(limit.amount, limit.currency) if limit else None,
        credit_currency=limit.currency if limit else None,
        customer_since=told.customer_since,
        holds=tuple(ErpHold(hold.reason, hold.until, hold.legal_entity) for hold in told.holds),
        merged_into=told.merged_into,
        doubts=tuple(sorted({doubt.code for doubt in told.doubts})),
    )
