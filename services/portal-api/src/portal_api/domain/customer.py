"""Customers, as far as portal-api must know them."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Customer:
    """The newest we heard of a customer; `version` is the ledger's."""

    customer_id: UUID
    version: int
    source: str
    customer_number: str
    name: str
    language: str
