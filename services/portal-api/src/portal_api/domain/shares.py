"""Money counts once: what a payment pays of an invoice is shared out among the promises and plans about it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from portal_api.domain.owed import Item, Paid


@dataclass(slots=True)
class Want:
    """So much of an item is wanted by `due_on`, for one promise or plan, 0 while it takes nothing; what comes after
    `until` is not for it.
    """

    answer_id: UUID
    item: Item
    due_on: date
    until: date
    minor: int


@dataclass(slots=True)
class Share:
    """Of one answer: what it takes of each payment, and how much of each counts for it no more, as it was paid before,
    or is taken.
    """

    counts_from: dict[UUID, int]
    took: Counter[UUID] = field(default_factory=Counter)


def share_out(wants: Iterable[Want], paid: Iterable[Paid]) -> dict[UUID, Share]:
    """By answer, of one invoice: the money that came first goes to what is wanted first."""
    ordered = sorted(wants, key=lambda one: one.due_on)
    left = [one.minor for one in ordered]
    shares = {one.answer_id: Share(dict(one.item.before)) for one in ordered}
    for payment in sorted(paid, key=lambda one: (one.value_date, one.payment_id)):
        for place, want in enumerate(ordered):
            share, payment_id = shares[want.answer_id], payment.payment_id
            since = share.counts_from.get(payment_id, 0)
            takes = max(min(payment.minor - since, left[place]), 0)
            if not takes or payment.value_date > want.until:
                continue
            left[place] -= takes
            share.took[payment_id] += takes
            for other in shares.values():
                _pass_over(other.counts_from, payment_id, since, takes)
    return shares


def purse(item: Item, share: Share, paid: Iterable[Paid]) -> list[Paid]:
    """The payments as they count for an item: without what other answers take of them."""
    return [
        one._replace(minor=item.before.get(one.payment_id, 0) + _for_it(share, one)) for one in paid
    ]


def spend(ended: Item, share: Share, other: Item) -> None:
    """What an item took of payments until its answer ended counts for no other: it was paid before."""
    for payment_id, took in share.took.items():
        _pass_over(other.before, payment_id, ended.before.get(payment_id, 0), took)


def _for_it(share: Share, paid: Paid) -> int:
    gone = share.counts_from.get(paid.payment_id, 0) - share.took[paid.payment_id]
    return max(paid.minor - gone, 0)


def _pass_over(counts_from: dict[UUID, int], payment_id: UUID, since: int, took: int) -> None:
    """Money of a payment, so much after `since`, is taken: whoever counts from before the end of it counts less."""
    known = counts_from.get(payment_id, 0)
    overlap = since + took - max(since, known)
    if overlap > 0:
        counts_from[payment_id] = known + overlap
