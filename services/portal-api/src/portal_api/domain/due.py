"""What of a customer's invoices autopay may charge: due parts, without what is disputed, promised, planned or held."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID


class DuePart(NamedTuple):
    """An instalment of an invoice that is open, in minor units."""

    invoice_id: UUID
    invoice_number: str
    legal_entity: str
    currency: str
    number: int
    due_on: date
    open_minor: int


@dataclass(frozen=True, slots=True)
class Due:
    """Oldest due first. `spoken`: by invoice, what is disputed, promised or planned; it counts against its oldest
    parts, whichever it means. What we keep silent of is not in here.
    """

    parts: Sequence[DuePart]
    open: Mapping[UUID, int]
    """By invoice, what is open of it as far as we have heard."""
    spoken: Mapping[UUID, int]

    def free(self) -> list[DuePart]:
        """Each part with what may be charged of it, if anything."""
        left, found = dict(self.spoken), []
        for part in self.parts:
            spoken = min(left.get(part.invoice_id, 0), part.open_minor)
            left[part.invoice_id] = left.get(part.invoice_id, 0) - spoken
            if part.open_minor > spoken:
                found.append(part._replace(open_minor=part.open_minor - spoken))
        return found

    def chargeable(self, invoice_id: UUID, numbers: Sequence[int], *, open_minor: int) -> int:
        """Of these parts, if so much of the invoice is open in the books: what was paid since counts against them."""
        free = [one for one in self.free() if one.invoice_id == invoice_id]
        wanted = sum(one.open_minor for one in free if one.number in numbers)
        gone = max(self.open.get(invoice_id, 0) - open_minor, 0)
        return max(min(wanted - gone, open_minor), 0)
