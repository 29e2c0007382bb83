"""One believable example of every event that portal-api tells."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from shared.base.ids import derived_id
from shared.base.money import decimal_text, minor_of
from shared.contracts import portal_api
from shared.contracts.disputes import Reason
from shared.contracts.erp import ReturnReason
from shared.contracts.event import Event
from shared.contracts.portal_api import PlanState, PromiseState
from shared.testing.charge_examples import charge_examples


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
    yield from plan_examples(customer_id, invoice_id, morning)
    yield from payment_examples(customer_id, invoice_id, morning)
    yield from charge_examples(customer_id, invoice_id, morning)
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
    for version, (fact, state, paid, held, left) in enumerate(_ENDS, 1):
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
                    held=held,
                    left=left,
                ),
            ),
            pay_on=date(2026, 4, 30),
            until=date(2026, 5, 4),
            made_at=morning,
            at=morning if state is PromiseState.OPEN else morning + timedelta(days=14),
        )


_ENDS: tuple[tuple[type[portal_api.PromiseEvent], PromiseState, str, str, str], ...] = (
    (portal_api.PromiseMade, PromiseState.OPEN, "0.00", "500.00", "500.00"),
    (portal_api.PromisePartPaid, PromiseState.OPEN, "200.00", "300.00", "300.00"),
    (portal_api.PromiseKept, PromiseState.KEPT, "500.00", "0.00", "0.00"),
    (portal_api.PromisePartlyKept, PromiseState.PARTLY_KEPT, "200.00", "0.00", "300.00"),
    (portal_api.PromiseBroken, PromiseState.BROKEN, "0.00", "0.00", "500.00"),
    (portal_api.PromiseWithdrawn, PromiseState.WITHDRAWN, "0.00", "0.00", "500.00"),
)


def plan_examples(customer_id: UUID, invoice_id: UUID, morning: datetime) -> Iterator[Event]:
    """A plan of 100.00 in three parts, and all that may become of it."""
    for version, (fact, state, paid, number) in enumerate(_STEPS, 1):
        stands = state in {PlanState.ACCEPTED, PlanState.ACTIVE}
        left = decimal_text(10_000 - minor_of(paid, "EUR"), "EUR")
        yield fact(
            customer_id=customer_id,
            version=version,
            plan_id=derived_id("plan", customer_id, 0),
            legal_entity="DE01",
            currency="EUR",
            state=state,
            items=(
                portal_api.PlannedItem(
                    invoice_id=invoice_id,
                    invoice_number="2026-0815",
                    amount="100.00",
                    paid=paid,
                    held=left if stands else "0.00",
                    left=left,
                ),
            ),
            instalments=_parts(minor_of(paid, "EUR")),
            agreement=portal_api.PlanText(
                version=1, language="de", text=_TEXT, hash=sha256(_TEXT.encode()).hexdigest()
            ),
            acceptances=_acceptances(morning) if stands else (),
            answer_by=morning + timedelta(days=7),
            extended_days=14 if fact is portal_api.PlanExtended else 0,
            extension_days_max=31,
            needs_approval=fact in {portal_api.PlanAccepted, portal_api.PlanDeclined},
            reason=_REASONS.get(fact),
            number=number,
            at=morning,
        )


def _parts(paid_minor: int) -> tuple[portal_api.PlannedPart, ...]:
    """33.34 and twice 33.33, monthly, with five days of grace; what is paid pays the first first."""
    parts = []
    for number, minor in enumerate((3_334, 3_333, 3_333), 1):
        due_on = date(2026, 4 + number, 15)
        parts.append(
            portal_api.PlannedPart(
                number=number,
                due_on=due_on,
                until=due_on + timedelta(days=5),
                amount=decimal_text(minor, "EUR"),
                paid=decimal_text(min(minor, paid_minor), "EUR"),
                left=decimal_text(max(minor - paid_minor, 0), "EUR"),
            )
        )
        paid_minor -= min(minor, paid_minor)
    return tuple(parts)


def _acceptances(morning: datetime) -> tuple[portal_api.PlanAcceptance, ...]:
    hashed = sha256(_TEXT.encode()).hexdigest()
    return tuple(
        portal_api.PlanAcceptance(side=side, by=by, at=morning, text_hash=hashed)
        for side, by in (("us", "policy plans/1"), ("customer", "1"))
    )


_TEXT = (
    "Zahlungsplan\n\n1. 15.05.2026: 33,34 EUR\n2. 15.06.2026: 33,33 EUR\n3. 15.07.2026: 33,33 EUR\n"
)
_REASONS: dict[type[portal_api.PlanEvent], str] = {
    portal_api.PlanDeclined: "Bitte rufen Sie uns an.",
    portal_api.PlanRefused: "Wir können doch im Mai alles zahlen.",
}
_STEPS: tuple[tuple[type[portal_api.PlanEvent], PlanState, str, int | None], ...] = (
    (portal_api.PlanProposed, PlanState.PROPOSED, "0.00", None),
    (portal_api.PlanAccepted, PlanState.ACCEPTED, "0.00", None),
    (portal_api.PlanActivated, PlanState.ACTIVE, "0.00", None),
    (portal_api.InstalmentDue, PlanState.ACTIVE, "0.00", 1),
    (portal_api.InstalmentMissed, PlanState.ACTIVE, "0.00", 1),
    (portal_api.InstalmentPaid, PlanState.ACTIVE, "33.34", None),
    (portal_api.PlanExtended, PlanState.ACTIVE, "33.34", None),
    (portal_api.PlanCompleted, PlanState.COMPLETED, "100.00", None),
    (portal_api.PlanBroken, PlanState.BROKEN, "33.34", 2),
    (portal_api.PlanDeclined, PlanState.DECLINED, "0.00", None),
    (portal_api.PlanRefused, PlanState.REFUSED, "0.00", None),
    (portal_api.PlanLapsed, PlanState.LAPSED, "0.00", None),
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
    yield from _gone_back(whole | {"state": portal_api.PaymentState.SUCCEEDED}, morning)


def _gone_back(whole: dict[str, Any], morning: datetime) -> Iterator[Event]:
    """Charged back three weeks later, and won a month after that."""
    contested = morning + timedelta(days=21)
    back: dict[str, Any] = {
        **whole,
        "value_date": morning.date(),
        "return_reason": ReturnReason.CHARGEBACK,
        "returned_on": contested.date(),
        "code": "fraudulent",
    }
    yield portal_api.PaymentReturned(**back, version=5, returned="900.00", at=contested)
    yield portal_api.PaymentRestored(
        **back, version=6, returned="0.00", at=contested + timedelta(days=30)
    )
