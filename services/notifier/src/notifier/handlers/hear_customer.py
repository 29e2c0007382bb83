"""A customer changed: who they are, how they may be reached, and what keeps us silent."""

from notifier.domain.contact import Channel, Contact
from notifier.domain.customer import Customer, ErpHold, Owner
from notifier.domain.desk import Desk
from notifier.gateways.addresses import usable_email, usable_phone
from shared.base.clock import Moment
from shared.contracts import ledger
from shared.contracts.ledger import CustomerChanged

MERGED = "customer-merged"


def hear_customer(desk: Desk, changed: CustomerChanged, *, moment: Moment) -> None:
    """Keep the customer, with addresses as the world can use them."""
    doubts = tuple(doubt.code for doubt in changed.doubts)
    owner = changed.account_owner

    desk.hear_customer(
        Customer(
            customer_id=changed.customer_id,
            version=changed.version,
            known=changed.known,
            customer_number=changed.customer_number,
            name=changed.name,
            kind=changed.kind.value,
            status=changed.status.value,
            country=changed.country,
            language=changed.language,
            time_zone=changed.time_zone,
            contacts=tuple(_contact(contact, changed.country) for contact in changed.contacts),
            account_owner=Owner(owner.name, owner.email) if owner else None,
            erp_holds=tuple(
                ErpHold(hold.reason, hold.until, hold.legal_entity) for hold in changed.holds
            ),
            doubts=(*doubts, MERGED) if changed.merged_into and MERGED not in doubts else doubts,
        )
    )


def _contact(contact: ledger.Contact, country: str) -> Contact:
    preferred = contact.preferred_channel
    return Contact(
        contact_id=contact.contact_id,
        name=contact.name,
        role=contact.role.value,
        email=usable_email(contact.email),
        phone=usable_phone(contact.phone, country),
        language=contact.language,
        preferred_channel=Channel(preferred.value) if preferred else None,
        opted_out=tuple(Channel(channel.value) for channel in contact.opted_out),
    )
