"""What was asked of the ERPs, as it stands in the end: when it was answered, and the law that it was."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from play.checks import check_of
from play.doors import Item
from play.erp.book import Book
from play.errands import Asking, Deciding, Errand, Paying
from play.figures import PAYMENT_CLEARING, Balances
from play.summary import Check
from shared.base.ids import object_id
from shared.contracts.erp import CreditKind

ANSWERED = "echoed"
"""State of a request that the ERP has done."""


def asked_and_answered(requests: Iterable[Item]) -> Iterable[tuple[date, str]]:
    """Days on which we asked something of an ERP, and on which it did so or refused; the last word counts."""
    for one in requests:
        yield datetime.fromisoformat(one["asked_at"]).date(), "asked"
        if one["answered_at"]:
            what = "answered" if one["state"] == ANSWERED else "refused"
            yield datetime.fromisoformat(one["answered_at"]).date(), what


def every_request_is_ended(
    book: Book, errands: Iterable[Errand], requests: Sequence[Item], balances: Balances
) -> Check:
    """The ERP has done what it was asked, or refused it and a person took note; of a payment there is one entry."""
    asked = {
        one.said.key if isinstance(one, Paying) else one
        for one in errands
        if isinstance(one, Asking | Paying) or (isinstance(one, Deciding) and one.upheld)
    }
    posted = _posted_for(book, requests)
    wrong = [] if len(asked) == len(requests) else [f"{len(asked)} asked, {len(requests)} held"]
    for one in requests:
        done = one["state"] == ANSWERED and one["answered_by"]
        if not done and not (one["state"] == "closed" and one["refused_because"]):
            wrong.append(f"{one['kind']} {one['request_id']} is {one['state']}")
        theirs = posted[one["request_id"]]
        if theirs != ([done] if done and one["kind"] == "payment-posting" else []):
            wrong.append(f"{one['request_id']}: ledger {done}, ERP {theirs}")
    wrong += [
        f"{' '.join(of)}: {left} of ours still stand"
        for of, left in balances.items()
        if of[-1] == PAYMENT_CLEARING and left
    ]
    return check_of(
        "every-request-is-ended",
        "Each request to an ERP was answered, or refused and closed; each payment entered is in the books once.",
        len(requests),
        wrong,
    )


def _posted_for(book: Book, requests: Iterable[Item]) -> dict[str, list[str]]:
    """Request → our ids of the ERP's payments that name it, or the bank's reference of it."""
    named: dict[str, list[str]] = defaultdict(list)
    for credit in book.credits.values():
        ours = str(object_id(credit.customer.entity.source, "payment", credit.id))
        for name in {credit.request_id, credit.bank_reference} - {None, ""}:
            if credit.kind is CreditKind.PAYMENT:
                named[str(name)].append(ours)
    return {
        one["request_id"]: named[one["request_id"]] + named[str(one["bank_reference"])]
        for one in requests
    }
