"""Tell what has become of a promise: the whole of it, with what is not asked for now."""

from collections.abc import Mapping
from typing import Final

from portal_api.domain.promise import Promise, State
from shared.base.clock import Moment
from shared.base.money import decimal_text
from shared.base.telling import Telling
from shared.contracts import portal_api as told

FACTS: Final[Mapping[State, type[told.PromiseEvent]]] = {
    State.OPEN: told.PromiseMade,
    State.KEPT: told.PromiseKept,
    State.PARTLY_KEPT: told.PromisePartlyKept,
    State.BROKEN: told.PromiseBroken,
    State.WITHDRAWN: told.PromiseWithdrawn,
}


def tell_promise(telling: Telling, promise: Promise, *, moment: Moment) -> None:
    """As it stands now. What is open still, and was told before, is told because of what was paid."""
    currency = promise.currency
    is_news = promise.version == 1 or promise.state is not State.OPEN
    fact = FACTS[promise.state] if is_news else told.PromisePartPaid
    telling.announce(
        fact(
            customer_id=promise.customer_id,
            version=promise.version,
            promise_id=promise.promise_id,
            legal_entity=promise.legal_entity,
            currency=currency,
            state=told.PromiseState(promise.state),
            items=tuple(
                told.PromisedItem(
                    invoice_id=item.invoice_id,
                    invoice_number=item.invoice_number,
                    amount=decimal_text(item.minor, currency),
                    paid=decimal_text(item.paid_minor, currency),
                    held=decimal_text(promise.held_minor(item), currency),
                    left=decimal_text(item.left_minor, currency),
                )
                for item in promise.items
            ),
            pay_on=promise.pay_on,
            until=promise.until,
            made_at=promise.made_at,
            withdrawn_by=promise.withdrawn_by,
            at=moment,
        )
    )
