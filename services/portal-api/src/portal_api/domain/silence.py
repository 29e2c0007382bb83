"""A hold of ours, as far as autopay must know it: whom and what it covers, and until when. Never why, or by whom."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from shared.base.clock import Moment


@dataclass(frozen=True, slots=True)
class Silence:
    """All of a customer's invoices, those of one legal entity, or one; `version` is the scheduler's."""

    hold_id: UUID
    customer_id: UUID
    version: int
    legal_entity: str | None
    invoice_id: UUID | None
    until: Moment | None
    ended_at: Moment | None

    def covers(self, invoice_id: UUID, legal_entity: str, *, moment: Moment) -> bool:
        """Whether that invoice is not to be asked for now."""
        if self.ended_at is not None or (self.until is not None and self.until <= moment):
            return False
        return self.invoice_id in (None, invoice_id) and self.legal_entity in (None, legal_entity)


def is_silent(
    silences: Iterable[Silence], invoice_id: UUID, legal_entity: str, *, moment: Moment
) -> bool:
    """Whether any of these covers it."""
    return any(one.covers(invoice_id, legal_entity, moment=moment) for one in silences)
