"""Invoices, as far as portal-api must know them."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Invoice:
    """The newest we heard of an invoice; `version` is the ledger's, amounts are minor units of `currency`.

    More may be open than was invoiced: an adjustment below zero charges, such as the fee of a bank.
    """

    invoice_id: UUID
    customer_id: UUID
    version: int
    legal_entity: str
    invoice_number: str
    issued_on: date
    due_on: date
    currency: str
    total_minor: int
    open_minor: int
    status: str

    def __post_init__(self) -> None:
        assert self.open_minor >= 0, "nothing below zero is open"
