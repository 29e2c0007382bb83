"""What a customer has answered, as far as one command must know it: promises, plans, and what they are about."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from portal_api.domain.owed import Item, Owed, Paid
from portal_api.domain.plan import Plan
from portal_api.domain.promise import Promise
from portal_api.domain.segment import NO_TRAITS, Traits
from shared.base.telling import Telling


@dataclass(slots=True)
class Answers(Telling):
    """Of one customer: what is open, and the invoices at hand with what is paid of them."""

    promises: dict[UUID, Promise] = field(default_factory=dict)
    plans: dict[UUID, Plan] = field(default_factory=dict)
    broken: int = 0
    """Promises, within the rails' days; `withdrawn` are those that the customer took back themselves."""
    withdrawn: int = 0
    traits: Traits = NO_TRAITS
    """Of the customer; rails go by them."""
    invoices: dict[UUID, Owed] = field(default_factory=dict)
    paid: dict[UUID, list[Paid]] = field(default_factory=dict)
    changed_promises: dict[UUID, Promise] = field(default_factory=dict)
    changed_plans: dict[UUID, Plan] = field(default_factory=dict)

    @property
    def open_minor(self) -> Mapping[UUID, int]:
        """By invoice at hand."""
        return {one.invoice_id: one.open_minor for one in self.invoices.values()}

    def items(self, *, without: UUID | None = None) -> Iterator[Item]:
        """All that is promised or planned; `without`: as if that plan were not."""
        for promise in self.promises.values():
            yield from promise.items
        for plan in self.plans.values():
            if plan.plan_id != without:
                yield from plan.items

    def left_minor(self, invoice_id: UUID, *, without: UUID | None = None) -> int:
        """What of the invoice is open and neither promised nor planned; nothing of one that is not theirs any more."""
        owed, paid = self.invoices.get(invoice_id), self.paid.get(invoice_id, ())
        items = (one for one in self.items(without=without) if one.invoice_id == invoice_id)
        taken = sum(one.minor - one.came(paid) for one in items)
        return 0 if owed is None else max(owed.open_minor - taken, 0)

    def keep_promise(self, promise: Promise) -> None:
        """Hold a promise that has news."""
        self.changed_promises[promise.promise_id] = promise

    def keep_plan(self, plan: Plan) -> None:
        """Hold a plan that has news."""
        self.changed_plans[plan.plan_id] = plan
