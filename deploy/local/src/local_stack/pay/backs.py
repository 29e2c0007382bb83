"""What goes back of payments at the fake, and what is told of it: refunds, and contests with the money they take."""

from typing import Any, Final

from local_stack.pay.till import Till
from local_stack.pay.vault import Vault

Object = dict[str, Any]
Told = list[tuple[str, Object]]
"""(kind of the event, what it is about)."""

OPEN: Final = frozenset({"needs_response", "warning_needs_response"})


class OverError(Exception):
    """That cannot happen to it (any more)."""


class Backs:
    """Of payments by page and without the payer alike. Sums are as they are asked for, as Stripe never allows."""

    def __init__(self, till: Till, vault: Vault) -> None:
        self._till, self._vault = till, vault

    def intent(self, intent_id: str) -> Object | None:
        """The payment intent of that id, wherever it was made; or None."""
        return self._vault.one("payment_intent", intent_id) or self._till.intent(intent_id)

    def of(self, intent_id: str, kind: str) -> list[Object]:
        """All refunds or disputes of it, oldest first."""
        return [one for one in self._vault.all(kind) if one["payment_intent"] == intent_id]

    def charge(self, intent: Object) -> Object:
        """The last charge of an intent, as it is now."""
        refunds = self.of(intent["id"], "refund")
        refunded = sum(one["amount"] for one in refunds if one["status"] == "succeeded")
        method = intent.get("payment_method") or ""
        means = self._vault.one("payment_method", method) or {"type": "card"}
        failed = intent.get("_failed_late", "")
        is_paid = intent["status"] == "succeeded" and not failed
        return {
            "id": intent["latest_charge"],
            "object": "charge",
            "amount": intent["amount"],
            "amount_refunded": refunded,
            "currency": intent["currency"],
            "disputed": bool(self.of(intent["id"], "dispute")),
            "failure_code": failed or None,
            "livemode": False,
            "metadata": intent["metadata"],
            "paid": is_paid,
            "payment_intent": intent["id"],
            "payment_method_details": {"type": means["type"]},
            "refunded": refunded >= intent["amount"],
            "status": "succeeded" if is_paid else "failed",
        }

    def refund(self, intent: Object, amount: int | None, currency: str | None) -> Told:
        """We give money back. Raises OverError."""
        _must_be_paid(intent)
        about = {
            "amount": intent["amount"] if amount is None else amount,
            "charge": intent["latest_charge"],
            "currency": currency or intent["currency"],
            "metadata": {},
            "payment_intent": intent["id"],
            "reason": "requested_by_customer",
            "status": "succeeded",
        }
        refund = self._vault.new("refund", "re", about)
        return [("charge.refunded", self.charge(intent)), ("refund.created", refund)]

    def fail_refund(self, refund: Object) -> Told:
        """It did not arrive. Raises OverError."""
        if refund["status"] != "succeeded":
            raise OverError
        return [("refund.failed", self._vault.keep(refund | {"status": "failed"}))]

    def contest(
        self, intent: Object, reason: str, amount: int | None, *, is_inquiry: bool = False
    ) -> Told:
        """The payer's bank takes the money back, or only asks. An account's own word is the last. Raises OverError."""
        _must_be_paid(intent)
        kind = self.charge(intent)["payment_method_details"]["type"]
        taken = intent["amount"] if amount is None else amount
        status = "needs_response" if kind == "card" else "lost"
        about = {
            "amount": taken,
            "balance_transactions": [] if is_inquiry else [_moved(-taken, intent)],
            "charge": intent["latest_charge"],
            "currency": intent["currency"],
            "metadata": {},
            "payment_intent": intent["id"],
            "payment_method_details": {"type": kind},
            "reason": reason,
            "status": "warning_needs_response" if is_inquiry else status,
        }
        dispute = self._vault.new("dispute", "du", about)
        told = [("charge.dispute.created", dispute)]
        if not is_inquiry:
            told.append(("charge.dispute.funds_withdrawn", dispute))
        return [*told, ("charge.dispute.closed", dispute)] if status == "lost" else told

    def judge(self, dispute: Object, *, is_won: bool) -> Told:
        """The contest is over. Raises OverError."""
        if dispute["status"] not in OPEN:
            raise OverError
        was_inquiry = dispute["status"].startswith("warning")
        dispute |= {"status": "warning_closed" if was_inquiry else ("won" if is_won else "lost")}
        told = [("charge.dispute.closed", dispute)]
        if is_won and not was_inquiry:
            back = _moved(dispute["amount"], dispute)
            dispute |= {"balance_transactions": [*dispute["balance_transactions"], back]}
            told.append(("charge.dispute.funds_reinstated", dispute))
        self._vault.keep(dispute)
        return told

    def fail_late(self, intent: Object, code: str) -> Told:
        """The bank returns a debit that had succeeded. Raises OverError."""
        _must_be_paid(intent)
        intent["_failed_late"] = code
        if self._vault.one("payment_intent", intent["id"]):
            self._vault.keep(intent)
        return [("charge.failed", self.charge(intent))]


def _must_be_paid(intent: Object) -> None:
    if intent["status"] != "succeeded":
        raise OverError


def _moved(amount: int, of: Object) -> Object:
    return {"object": "balance_transaction", "amount": amount, "currency": of["currency"]}
