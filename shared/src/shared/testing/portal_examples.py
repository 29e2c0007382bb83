"""One believable example of every event that portal-api tells."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

from shared.base.ids import derived_id
from shared.contracts import portal_api
from shared.contracts.event import Event
from shared.contracts.portal_api import PromiseState


def portal_examples(customer_id: UUID, invoice_id: UUID, morning: datetime) -> Iterator[Event]:
    """The first contact asks to sign in, and promises to pay."""
    yield portal_api.SignInAsked(
        customer_id=customer_id,
        sign_in_id=derived_id("sign-in", "example"),
        version=1,
        contact_id="1",
        legal_entity="DE01",
        language="de",
        link_sealed="v1.c2VhbGVkIGZvciB3aG9ldmVyIGhvbGRzIHRoZSBrZXk=",
        expires_at=morning + timedelta(minutes=10),
    )
    yield from promise_examples(customer_id, invoice_id, morning)


def promise_examples(customer_id: UUID, invoice_id: UUID, morning: datetime) -> Iterator[Event]:
    """A promise of 500.00, and all that may become of it."""
    for version, (fact, state, paid) in enumerate(_ENDS, 1):
        yield fact(
            customer_id=customer_id,
            version=version,
            promise_id=derived_id("promise", customer_id, 0),
            legal_entity="DE01",
            currency="EUR",
            state=state,
            items=(
                portal_api.PromisedItem(
                    invoice_id=invoice_id,
                    invoice_number="2026-0815",
                    amount="500.00",
                    paid=paid,
                    held="500.00" if state is PromiseState.OPEN else "0.00",
                ),
            ),
            pay_on=date(2026, 4, 30),
            until=date(2026, 5, 3),
            made_at=morning,
            at=morning if state is PromiseState.OPEN else morning + timedelta(days=14),
        )


_ENDS: tuple[tuple[type[portal_api.PromiseEvent], PromiseState, str], ...] = (
    (portal_api.PromiseMade, PromiseState.OPEN, "0.00"),
    (portal_api.PromiseKept, PromiseState.KEPT, "500.00"),
    (portal_api.PromisePartlyKept, PromiseState.PARTLY_KEPT, "200.00"),
    (portal_api.PromiseBroken, PromiseState.BROKEN, "0.00"),
    (portal_api.PromiseWithdrawn, PromiseState.WITHDRAWN, "0.00"),
)
