"""How much of each open invoice has an answer: disputed, promised, or in a plan. Of it the rest is asked for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self
from uuid import UUID

from portal_api.domain.dispute import Held
from portal_api.domain.plan import Plan
from portal_api.domain.promise import Promise


class Answer(StrEnum):
    """What a customer has said of an amount."""

    DISPUTED = "disputed"
    PROMISED = "promised"
    PLANNED = "planned"


@dataclass(frozen=True, slots=True)
class Standing:
    """By answer and invoice, in minor units of the invoice's currency."""

    held: Mapping[Answer, Mapping[UUID, int]] = field(default_factory=dict)
    coming: Mapping[UUID, int] = field(default_factory=dict)
    """What is being paid: it is on its way, and still open."""

    @classmethod
    def of(
        cls,
        disputed: Iterable[Held],
        promises: Iterable[Promise],
        plans: Iterable[Plan],
        coming: Mapping[UUID, int],
    ) -> Self:
        """Of one customer's disputes, promises and plans as they stand, and what is on its way."""
        held: dict[Answer, dict[UUID, int]] = {answer: {} for answer in Answer}

        def add(answer: Answer, invoice_id: UUID, minor: int) -> None:
            if minor:
                held[answer][invoice_id] = held[answer].get(invoice_id, 0) + minor

        for one in disputed:
            add(Answer.DISPUTED, one.invoice_id, one.minor)
        for promise in promises:
            for item in promise.items:
                add(Answer.PROMISED, item.invoice_id, promise.held_minor(item))
        for plan in plans:
            for item in plan.items:
                add(Answer.PLANNED, item.invoice_id, plan.held_minor(item))
        return cls(held, coming)

    def minor(self, answer: Answer, invoice_id: UUID) -> int:
        """0 where nothing of that invoice has this answer."""
        return self.held.get(answer, {}).get(invoice_id, 0)

    def payable(self, invoice_id: UUID, open_minor: int) -> int:
        """What can be paid now: what is promised or planned may be paid early, what is disputed need not be, and what
        is on its way is paid.
        """
        spoken = self.minor(Answer.DISPUTED, invoice_id) + self.coming.get(invoice_id, 0)
        return max(open_minor - spoken, 0)
