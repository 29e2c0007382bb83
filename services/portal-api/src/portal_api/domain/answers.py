"""What a customer has answered, as far as one command must know it: promises, plans, and what they are about."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from portal_api.domain.owed import Item, Known, Owed, Paid
from portal_api.domain.plan import Plan
from portal_api.domain.promise import Promise
from portal_api.domain.segment import NO_TRAITS, Traits
from portal_api.domain.shares import Share, purse, share_out, spend
from shared.base.telling import Telling


@dataclass(slots=True)
class Answers(Telling):
    """Of one customer: what is open, and the invoices at hand with what is paid of them and what is disputed."""

    promises: dict[UUID, Promise] = field(default_factory=dict)
    plans: dict[UUID, Plan] = field(default_factory=dict)
    broken: int = 0
    """Promises, within the rails' days; `withdrawn` are those that the customer took back themselves."""
    withdrawn: int = 0
    traits: Traits = NO_TRAITS
    """Of the customer; rails go by them."""
    invoices: dict[UUID, Owed] = field(default_factory=dict)
    paid: dict[UUID, list[Paid]] = field(default_factory=dict)
    disputed: dict[UUID, int] = field(default_factory=dict)
    """By invoice, in minor units: what disputes hold of it."""
    changed_promises: dict[UUID, Promise] = field(default_factory=dict)
    changed_plans: dict[UUID, Plan] = field(default_factory=dict)
    has_spent: bool = False
    """Money does not count any more for some that have no news of their own: all are to be kept."""

    @property
    def open_minor(self) -> Mapping[UUID, int]:
        """By invoice at hand."""
        return {one.invoice_id: one.open_minor for one in self.invoices.values()}

    def known_to(self, answer: Promise | Plan) -> Known:
        """What an answer is judged by: of the payments only what no other answer takes."""
        paid = {}
        for item in answer.items:
            share = self._shares(item.invoice_id)[answer.answer_id]
            paid[item.invoice_id] = purse(item, share, self.paid.get(item.invoice_id, ()))
        return Known(paid, self.open_minor, self.disputed)

    def left_minor(self, invoice_id: UUID, *, without: UUID | None = None) -> int:
        """What of the invoice is open and neither disputed, promised nor planned; nothing of one that is not theirs any
        more. `without`: as if that plan were not.
        """
        owed = self.invoices.get(invoice_id)
        taken = self.disputed.get(invoice_id, 0)
        for answer in self._standing():
            if answer.answer_id != without:
                known = self.known_to(answer)
                taken += sum(
                    item.minor - item.came(known.payments(item))
                    for item in answer.items
                    if item.invoice_id == invoice_id
                )
        return 0 if owed is None else max(owed.open_minor - taken, 0)

    def items(self) -> Iterator[Item]:
        """All that is promised or planned."""
        for answer in self._standing():
            yield from answer.items

    def spend(self, ended: Promise | Plan) -> None:
        """An answer is about to end: the money that it took counts for none of the others."""
        for item in ended.items:
            share = self._shares(item.invoice_id)[ended.answer_id]
            for other in self._standing():
                for theirs in other.items:
                    if other is not ended and theirs.invoice_id == item.invoice_id:
                        spend(item, share, theirs)
        self.has_spent = True

    def keep_promise(self, promise: Promise) -> None:
        """Hold a promise that has news."""
        self.changed_promises[promise.promise_id] = promise

    def keep_plan(self, plan: Plan) -> None:
        """Hold a plan that has news."""
        self.changed_plans[plan.plan_id] = plan

    def _standing(self) -> Iterator[Promise | Plan]:
        yield from self.promises.values()
        yield from self.plans.values()

    def _shares(self, invoice_id: UUID) -> dict[UUID, Share]:
        wants = [want for one in self._standing() for want in one.wants()]
        of_it = (one for one in wants if one.item.invoice_id == invoice_id)
        return share_out(of_it, self.paid.get(invoice_id, ()))
