"""What has gone back at Stripe: refunds that arrived, contests whose money was withdrawn, debits that failed late."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from stripe import StripeClient

from portal_api.domain.back import Gone, Why
from portal_api.gateways.stripe_sums import ours

KINDS: Final = frozenset(
    {
        "charge.failed",
        "charge.refunded",
        "charge.refund.updated",
        "refund.created",
        "refund.updated",
        "refund.failed",
        "charge.dispute.created",
        "charge.dispute.updated",
        "charge.dispute.closed",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.funds_reinstated",
    }
)
"""Of what Stripe tells, what may be about money that came and went."""

DEBITS: Final = frozenset(
    {
        *("sepa_debit", "us_bank_account", "bacs_debit", "acss_debit", "au_becs_debit"),
        "nz_bank_account",
    }
)
"""Accounts: what goes back there is a bank's return, and what a card's holder contests a chargeback."""

LISTED_MAX: Final = 100
"""Refunds and contests of one payment."""


async def look_back(client: StripeClient, intent_id: str) -> list[Gone]:
    """What is away of an intent's money now."""
    of_it: Any = {"payment_intent": intent_id, "limit": LISTED_MAX}
    intent = await client.v1.payment_intents.retrieve_async(
        intent_id, {"expand": ["latest_charge"]}
    )
    refunds = await client.v1.refunds.list_async(of_it)
    disputes = await client.v1.disputes.list_async(of_it)
    return [*gone_of(intent.to_dict(), refunds.to_dict()["data"], disputes.to_dict()["data"])]


def gone_of(
    intent: dict[str, Any], refunds: Sequence[dict[str, Any]], disputes: Sequence[dict[str, Any]]
) -> Iterator[Gone]:
    """A refund counts once it has succeeded, a contest while its money is withdrawn: an inquiry takes none, and what is
    won is given back. A debit that fails after it succeeded is away as a whole.
    """
    charge = intent.get("latest_charge") or {}
    if intent["status"] == "succeeded" and charge.get("status") == "failed":
        yield _gone(charge, Why.BANK_RETURN, charge.get("failure_code"))
        return
    for one in refunds:
        if one["status"] == "succeeded":
            yield _gone(one, Why.REFUND, one.get("reason"))
    kind = (charge.get("payment_method_details") or {}).get("type")
    for one in disputes:
        if sum(each["amount"] for each in one["balance_transactions"]) < 0:
            yield _gone(one, Why.BANK_RETURN if kind in DEBITS else Why.CHARGEBACK, one["reason"])


def intent_of(about: dict[str, Any]) -> str:
    """Of a charge, refund or dispute the intent's id; "" where there is none."""
    intent = about.get("payment_intent")
    return str((intent["id"] if isinstance(intent, dict) else intent) or "")


def _gone(one: dict[str, Any], why: Why, code: str | None) -> Gone:
    currency = str(one["currency"]).upper()
    return Gone(ours(one["amount"], currency), currency, why, str(code or ""))
