"""What contacts prefer, in its table, and laid over the customers of a batch. Addresses stay sealed at rest."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import astuple, replace
from typing import Final
from uuid import UUID

import asyncpg

from notifier.domain.contact import Channel, Contact
from notifier.domain.customer import Customer
from notifier.domain.preferences import Preferences
from notifier.gateways.addresses import usable_email, usable_phone
from shared.base.errors import Refusal
from shared.messaging.seal import Seal

_log: Final = logging.getLogger(__name__)

_SAVE = """
INSERT INTO preferences AS known (preferences_id, customer_id, version, contact_id, email_sealed, phone_sealed, channel,
                                  language, reminders_by_email)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                     $9::bool[])
ON CONFLICT (preferences_id) DO UPDATE SET
    version = excluded.version, email_sealed = excluded.email_sealed, phone_sealed = excluded.phone_sealed,
    channel = excluded.channel, language = excluded.language, reminders_by_email = excluded.reminders_by_email
WHERE known.version < excluded.version
"""
_OF = "SELECT * FROM preferences WHERE customer_id = ANY($1::uuid[])"


async def save(connection: asyncpg.Connection, told: Iterable[Preferences]) -> None:
    """Write what is newer than what is known."""
    rows = [astuple(one) for one in told]
    if rows:
        await connection.execute(_SAVE, *map(list, zip(*rows, strict=True)))


async def laid_over(
    connection: asyncpg.Connection, customers: Mapping[UUID, Customer], seal: Seal | None
) -> dict[UUID, Customer]:
    """These customers, their contacts as they want to be reached."""
    known: dict[tuple[UUID, str], Preferences] = {}
    for row in await connection.fetch(_OF, list(customers)):
        channel = Channel(row["channel"]) if row["channel"] else None
        one = Preferences(**dict(row) | {"channel": channel})
        known[one.customer_id, one.contact_id] = one
    return {
        customer_id: replace(
            customer,
            contacts=tuple(
                _over(contact, known.get((customer_id, contact.contact_id)), customer, seal)
                for contact in customer.contacts
            ),
        )
        for customer_id, customer in customers.items()
    }


def _over(
    contact: Contact, told: Preferences | None, customer: Customer, seal: Seal | None
) -> Contact:
    if told is None:
        return contact
    email, phone = (_opened(one, told, seal) for one in (told.email_sealed, told.phone_sealed))
    return told.over(
        contact, email=usable_email(email), phone=usable_phone(phone, customer.country)
    )


def _opened(sealed: str | None, told: Preferences, seal: Seal | None) -> str | None:
    """None where there is nothing, or no key of ours opens it: then the ERP's address counts, and it is logged."""
    if sealed is None:
        return None
    try:
        if seal is not None:
            return seal.open(sealed, about=str(told.preferences_id))
    except Refusal:
        pass
    _log.warning(
        "a preferred address stays sealed", extra={"preferences": str(told.preferences_id)}
    )
    return None
