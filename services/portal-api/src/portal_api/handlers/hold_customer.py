"""Hold what the ledger says of a customer."""

from portal_api.domain.contact import Contact, Position, address_of, main_contact, roles_of
from portal_api.domain.customer import Customer
from portal_api.domain.items import Items
from portal_api.domain.segment import Traits
from shared.base.clock import Moment
from shared.base.money import minor_of
from shared.contracts import ledger


def hold_customer(items: Items, changed: ledger.CustomerChanged, *, moment: Moment) -> None:
    """The newest name, number and language, and who may sign in from now on: whoever is not named may not."""
    items.hold_customer(
        Customer(
            customer_id=changed.customer_id,
            version=changed.version,
            source=changed.source,
            customer_number=changed.customer_number,
            name=changed.name,
            language=changed.language,
            contacts=_contacts_of(changed),
            traits=_traits_of(changed),
        )
    )


def _traits_of(changed: ledger.CustomerChanged) -> Traits:
    limit = changed.credit_limit
    if limit is None:
        return Traits(changed.kind)
    return Traits(changed.kind, minor_of(limit.amount, limit.currency), limit.currency)


def _contacts_of(changed: ledger.CustomerChanged) -> tuple[Contact, ...]:
    """Those with an address; of a contact told twice the last word counts."""
    reachable = [one for one in changed.contacts if one.email is not None and one.email.strip()]
    main = main_contact((one.contact_id, Position(one.role.value)) for one in reachable)

    by_id = {
        one.contact_id: Contact(
            customer_id=changed.customer_id,
            contact_id=one.contact_id,
            version=changed.version,
            address=address_of(one.email or ""),
            name=one.name,
            language=one.language or changed.language,
            roles=roles_of(Position(one.role.value), is_main=one.contact_id == main),
        )
        for one in reachable
    }
    return tuple(by_id.values())
