"""One believable example of every event that portal-api tells."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from shared.base.ids import derived_id
from shared.contracts import portal_api
from shared.contracts.disputes import Reason
from shared.contracts.event import Event
from shared.contracts.portal_api import PromiseState


def portal_examples(customer_id: UUID, invoice_id: UUID, morning: datetime) -> Iterator[Event]:
    """The first contact asks to sign in, promises to pay, and pays by the provider's page."""
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
    yield from payment_examples(customer_id, invoice_id, morning)
    yield from request_examples(customer_id, morning)
    yield from preference_examples(customer_id, morning)


def request_examples(customer_id: UUID, morning: datetime) -> Iterator[Event]:
    """The first contact asks for time and for a call, and says how content they are."""
    common: dict[str, Any] = {
        "customer_id": customer_id,
        "version": 1,
        "contact_id": "1",
        "legal_entity": "DE01",
    }
    yield portal_api.HardshipRequested(
        **common,
        request_id=derived_id("hardship", customer_id, 0),
        language="de",
        words="Our largest customer has not paid us.",
        wants_until=date(2026, 5, 20),
        until=morning + timedelta(days=30),
        at=morning,
    )
    yield portal_api.CallRequested(
        **common,
        request_id=derived_id("call", customer_id, 0),
        language="de",
        words="About the second delivery.",
        when="in the afternoon",
        at=morning,
    )
    dispute_id = derived_id("dispute", customer_id, 0)
    yield portal_api.FeedbackGiven(
        **common,
        feedback_id=derived_id("feedback", dispute_id),
        case_id=dispute_id,
        score=2,
        words="It took three weeks.",
        at=morning,
    )


def preference_examples(customer_id: UUID, morning: datetime) -> Iterator[Event]:
    """The first contact wants to be written to elsewhere, and confirms it."""
    yield portal_api.AddressChangeAsked(
        customer_id=customer_id,
        version=1,
        change_id=derived_id("address-change", "example"),
        contact_id="1",
        legal_entity="DE01",
        language="de",
        link_sealed="v1.c2VhbGVkIGZvciB3aG9ldmVyIGhvbGRzIHRoZSBrZXk=",
        expires_at=morning + timedelta(days=1),
    )
    yield portal_api.PreferencesChanged(
        customer_id=customer_id,
        version=2,
        preferences_id=derived_id("preferences", customer_id, "1"),
        contact_id="1",
        email_sealed="v1.c2VhbGVkIGZvciB3aG9ldmVyIGhvbGRzIHRoZSBrZXk=",
        channel=portal_api.PreferredChannel.EMAIL,
        language="en",
        reminders_by_email=True,
        at=morning,
    )


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


def payment_examples(customer_id: UUID, invoice_id: UUID, morning: datetime) -> Iterator[Event]:
    """900.00 of 1,000.00, declined at first."""
    left_out = portal_api.LeftOut(
        amount="100.00", reason=Reason.DAMAGED, words="one of ten boxes was wet"
    )
    whole: dict[str, Any] = {
        "customer_id": customer_id,
        "payment_id": derived_id("payment", customer_id, 0),
        "legal_entity": "DE01",
        "currency": "EUR",
        "amount": "900.00",
        "items": (
            portal_api.PaidItem(
                invoice_id=invoice_id,
                invoice_number="2026-0815",
                amount="900.00",
                left_out=left_out,
            ),
        ),
        "provider": "stripe",
        "provider_reference": "pi_3QExample",
        "asked_at": morning,
    }
    yield portal_api.PaymentDeclined(
        **whole,
        version=3,
        state=portal_api.PaymentState.DECLINED,
        decline=portal_api.PaymentDecline(
            code="insufficient_funds", next_step=portal_api.NextStep.TRY_AGAIN
        ),
        at=morning + timedelta(minutes=2),
    )
    yield portal_api.PaymentConfirmed(
        **whole,
        version=4,
        state=portal_api.PaymentState.SUCCEEDED,
        value_date=morning.date(),
        at=morning + timedelta(minutes=4),
    )
