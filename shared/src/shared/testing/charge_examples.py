"""One believable example of every event that portal-api tells of saved means and of autopay."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from shared.base.ids import derived_id
from shared.contracts import portal_api
from shared.contracts.event import Event

MEANS = portal_api.SavedMeans(kind="card", brand="visa", last4="4242")
AGAIN = portal_api.NextStep.TRY_AGAIN
WAITS = timedelta(days=10)


def charge_examples(customer_id: UUID, invoice_id: UUID, morning: datetime) -> Iterator[Event]:
    """A card is saved; 900.00 are announced, declined once, and not charged in the end: the card was taken back. Or
    they are charged at the second attempt, or declined for good.
    """
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
        "items": (_item(invoice_id, "0.00"),),
        "announcement_id": derived_id("message", charge_id),
        "means": MEANS,
        "state": portal_api.ChargeState.ANNOUNCED,
    }
    held = whole | {"items": (_item(invoice_id, "900.00"),)}
    minute, first, second = timedelta(minutes=1), morning + timedelta(days=5), morning + WAITS
    yield portal_api.ChargeAnnounced(**_at(whole, 1, morning + 3 * minute, first), attempts=0)
    awaited = _at(held, 2, morning + 4 * minute, first)
    yield portal_api.ChargeAwaited(**awaited, until=_last(first), attempts=0)
    postponed = _at(held, 4, first, second)
    yield portal_api.ChargePostponed(
        **postponed, until=_last(second), attempts=1, decline=_decline("insufficient_funds", AGAIN)
    )
    yield from _ends(whole, held, second)


def _ends(whole: dict[str, Any], held: dict[str, Any], charge_at: datetime) -> Iterator[Event]:
    """Each as if it were the only one."""
    before = charge_at - timedelta(days=4)
    dropped, paid, failed = (
        {"state": portal_api.ChargeState(one)} for one in ("dropped", "paid", "failed")
    )
    yield portal_api.ChargeDropped(
        **_at(whole, 5, before, charge_at) | dropped,
        attempts=1,
        reason=portal_api.DropReason.MANDATE_ENDED,
    )
    yield portal_api.ChargePaid(
        **_at(held, 6, charge_at, charge_at) | paid, until=charge_at.date(), attempts=2
    )
    yield portal_api.ChargeFailed(
        **_at(whole, 6, charge_at, charge_at) | failed,
        attempts=2,
        decline=_decline("expired_card", portal_api.NextStep.OTHER_MEANS),
    )


def _decline(code: str, next_step: portal_api.NextStep) -> portal_api.PaymentDecline:
    return portal_api.PaymentDecline(code=code, next_step=next_step)


def _item(invoice_id: UUID, held: str) -> portal_api.ChargedItem:
    return portal_api.ChargedItem(
        invoice_id=invoice_id, invoice_number="2026-0815", instalment=1, amount="900.00", held=held
    )


def _last(charge_at: datetime) -> date:
    """Of the hold: with the days in which a card is answered."""
    return charge_at.date() + timedelta(days=3)


def _at(whole: dict[str, Any], version: int, at: datetime, charge_at: datetime) -> dict[str, Any]:
    return {**whole, "version": version, "at": at, "charge_on": charge_at.date()}
