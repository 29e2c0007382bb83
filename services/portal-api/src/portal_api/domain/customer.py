"""Customers, as far as portal-api must know them."""

from dataclasses import dataclass
from uuid import UUID

from portal_api.domain.contact import Contact
from portal_api.domain.segment import NO_TRAITS, Traits


@dataclass(frozen=True, slots=True)
class Customer:
    """The newest we heard of a customer; `version` is the ledger's. `contacts` are all who may sign in."""

    customer_id: UUID
    version: int
    source: str
    customer_number: str
    name: str
    language: str
    contacts: tuple[Contact, ...] = ()
    traits: Traits = NO_TRAITS
    """What segments go by."""
