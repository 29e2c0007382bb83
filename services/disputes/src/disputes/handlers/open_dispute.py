"""Somebody says that an amount is not owed."""

from collections.abc import Sequence
from decimal import Decimal
from typing import ClassVar, NamedTuple
from uuid import UUID

from disputes.domain.dispute import Dispute, Reason
from disputes.domain.docket import Docket, Held
from disputes.domain.item import Item
from disputes.domain.move import Actor, Move, State
from disputes.domain.terms import Rulebook
from disputes.handlers.tell_dispute import tell_move
from shared.base.clock import Moment
from shared.base.errors import Refusal
from shared.base.money import decimal_text, minor_of


class InvoiceUnknown(Refusal):
    """We have not heard of the invoice, or it is another customer's."""

    code: ClassVar[str] = "invoice-unknown"


class ItemsMixed(Refusal):
    """One dispute is about one legal entity, in one currency, and names each item once."""

    code: ClassVar[str] = "items-mixed"


class MoreDisputedThanOpen(Refusal):
    """No more can be disputed than is open and not disputed yet."""

    code, status = "more-disputed-than-open", 409


class TooManyDisputes(Refusal):
    """The customer has as many open disputes as one may have."""

    code, status = "too-many-disputes", 429


class Wanted(NamedTuple):
    """`amount` > 0 of an invoice, or of one of its instalments, in the invoice's currency."""

    invoice_id: UUID
    instalment: int | None
    amount: Decimal


class Opening(NamedTuple):
    """What is said, and by whom: `who` is the subject of a staff member, or a contact's id."""

    customer_id: UUID
    reason: Reason
    wanted: Sequence[Wanted]
    by: Actor
    who: str
    words: str


def open_dispute(
    docket: Docket, opening: Opening, rulebook: Rulebook, *, dispute_id: UUID, moment: Moment
) -> Dispute:
    """It is held from now on, acknowledged at once, and the clocks run. The same words twice are one dispute."""
    legal_entity, currency = _scope(docket, opening)
    items = [_item(docket, one, place) for place, one in enumerate(opening.wanted)]
    others = docket.open_of(opening.customer_id)
    if same := next((one for one in others if _says(one, opening.reason, items)), None):
        _hear_again(docket, same, opening, moment=moment)
        return same
    check_room(docket, items, currency)
    check_limit(docket, opening.customer_id, rulebook)

    segment = rulebook.segment_of(docket.customers.get(opening.customer_id))
    dispute = Dispute(
        dispute_id,
        opening.customer_id,
        legal_entity,
        currency,
        opening.reason,
        items,
        rulebook.terms_of(opening.reason, segment).team,
        segment=segment,
    )
    opened = Move(State.OPENED, moment, opening.by, opening.who, opening.words)
    take_up(docket, dispute, opened, rulebook=rulebook)
    return dispute


def take_up(docket: Docket, dispute: Dispute, opened: Move, *, rulebook: Rulebook) -> None:
    """Its first two moves: what is said, and that we have it."""
    dispute.move(opened)
    tell_move(docket, dispute, rulebook=rulebook)

    dispute.move(Move(State.ACKNOWLEDGED, opened.at, Actor.DUNWELL, "", "opened"))
    tell_move(docket, dispute, rulebook=rulebook)


def _hear_again(docket: Docket, same: Dispute, opening: Opening, *, moment: Moment) -> None:
    """Other words for the same are kept, for whoever works on it."""
    if opening.words in {move.why for move in same.moves}:
        return
    same.speak(Move(same.state, moment, opening.by, opening.who, opening.words))
    docket.keep(same)


def _says(dispute: Dispute, reason: Reason, items: Sequence[Item]) -> bool:
    """Whether it is the same thing, said before."""
    said = {(*one.key, one.minor) for one in items}
    return dispute.reason is reason and said == {(*one.key, one.minor) for one in dispute.items}


def _scope(docket: Docket, opening: Opening) -> tuple[str, str]:
    """The one legal entity and currency of all items."""
    keys = [(one.invoice_id, one.instalment) for one in opening.wanted]
    scopes = set()
    for place, one in enumerate(opening.wanted):
        invoice = docket.invoices.get(one.invoice_id)
        if invoice is None or invoice.customer_id != opening.customer_id:
            raise InvoiceUnknown(
                f"the customer has no invoice {one.invoice_id}",
                pointer=f"/items/{place}/invoice_id",
            )
        scopes.add((invoice.legal_entity, invoice.currency))
    if len(scopes) != 1 or len(set(keys)) != len(keys):
        raise ItemsMixed(
            "items of one legal entity in one currency are wanted, each once", pointer="/items"
        )
    return scopes.pop()


def _item(docket: Docket, wanted: Wanted, place: int) -> Item:
    invoice = docket.invoices[wanted.invoice_id]
    minor = minor_of(wanted.amount, invoice.currency, pointer=f"/items/{place}/amount")
    return Item(wanted.invoice_id, invoice.invoice_number, minor, wanted.instalment)


def check_limit(docket: Docket, customer_id: UUID, rulebook: Rulebook) -> None:
    """Raises TooManyDisputes when another open one would be one too many."""
    if len(docket.open_of(customer_id)) >= rulebook.open_per_customer_max:
        raise TooManyDisputes(f"{rulebook.open_per_customer_max} disputes are open")


def check_room(
    docket: Docket, items: Sequence[Item], currency: str, *, besides: Dispute | None = None
) -> None:
    """Raises MoreDisputedThanOpen. What `besides` holds is what the items are about."""
    for place, item in enumerate(items):
        before = [
            Held(one.instalment, one.minor)
            for one in items[:place]
            if one.invoice_id == item.invoice_id
        ]
        held = docket.held(item.invoice_id, besides=besides)
        left = left_minor(docket, item, [*held, *before])
        if item.minor > left:
            raise MoreDisputedThanOpen(
                f"{decimal_text(max(left, 0), currency)} are open and not disputed yet",
                pointer=f"/items/{place}/amount",
            )


def left_minor(docket: Docket, item: Item, held: Sequence[Held]) -> int:
    """What can still be disputed there, of the invoice and of the instalment that the item names."""
    invoice = docket.invoices[item.invoice_id]
    here = [one.minor for one in held if item.instalment in {None, one.instalment}]
    return min(
        invoice.open_minor - sum(one.minor for one in held),
        invoice.left_minor(item.instalment) - sum(here),
    )
