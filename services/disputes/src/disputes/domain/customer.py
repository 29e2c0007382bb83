"""Customers, as far as disputes must know them."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Customer:
    """The newest we heard of a customer; `version` is the ledger's, the credit limit in minor units of its currency."""

    customer_id: UUID
    version: int
    source: str
    customer_number: str
    name: str
    language: str
    kind: str = ""
    credit_limit_minor: int | None = None
    credit_currency: str | None = None
