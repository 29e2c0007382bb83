"""One believable example of every event that portal-api tells of saved means and of autopay."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from shared.base.ids import derived_id
from shared.contracts import portal_api
from shared.contracts.event import Event

MEANS = portal_api.SavedMeans(kind="card", brand="visa", last4="4242")


def charge_examples(customer_id: UUID, invoice_id: UUID, morning: datetime) -> Iterator[Event]:
    """A card is saved; 900.00 are announced, declined once, and not charged in the end: the card was taken back."""
    mandate: dict[str, Any] = {
        "customer_id": customer_id,
        "mandate_id": derived_id("mandate", customer_id, 0),
        "legal_entity": "DE01",
        "means": MEANS,
        "text_version": 1,
        "agreed_by": "1",
        "agreed_at": morning,
    }
    yield portal_api.MandateSaved(**mandate, version=2, at=morning + timedelta(minutes=2))
    yield from _charge_examples(customer_id, invoice_id, morning)
    late = morning + timedelta(days=6)
    yield portal_api.MandateExpiring(**mandate, version=3, expires="2026-05", at=late)
    yield portal_api.MandateWithdrawn(**mandate, version=3, at=late)
    yield portal_api.MandateRevoked(**mandate, version=3, reason="stolen_card", at=late)


def _charge_examples(customer_id: UUID, invoice_id: UUID, morning: datetime) -> Iterator[Event]:
    charge_id = derived_id("charge", customer_id, "2026-0815")
    whole: dict[str, Any] = {
        "customer_id": customer_id,
        "charge_id": charge_id,
        "legal_entity": "DE01",
        "currency": "EUR",
        "amount": "900.00",
        "items": (
            portal_api.ChargedItem(
                invoice_id=invoice_id, invoice_number="2026-0815", amount="900.00"
            ),
        ),
        "announcement_id": derived_id("message", charge_id),
        "means": MEANS,
    }
    waits = portal_api.ChargeState.ANNOUNCED
    first, second = (morning + timedelta(days=days) for days in (5, 10))
    yield portal_api.ChargeAnnounced(
        **_at(whole, 1, morning + timedelta(minutes=3), first), state=waits, attempts=0
    )
    decline = portal_api.PaymentDecline(
        code="insufficient_funds", next_step=portal_api.NextStep.TRY_AGAIN
    )
    postponed = _at(whole, 3, first, second)
    yield portal_api.ChargePostponed(**postponed, state=waits, attempts=1, decline=decline)
    yield portal_api.ChargeDropped(
        **_at(whole, 4, morning + timedelta(days=6), second),
        state=portal_api.ChargeState.DROPPED,
        attempts=1,
        reason=portal_api.DropReason.MANDATE_ENDED,
    )


def _at(whole: dict[str, Any], version: int, at: datetime, charge_at: datetime) -> dict[str, Any]:
    return {**whole, "version": version, "at": at, "charge_on": charge_at.date()}
