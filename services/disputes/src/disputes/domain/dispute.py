"""A dispute: an amount that somebody says is not owed, the moves it has made, and what was decided."""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import ClassVar, NamedTuple
from uuid import UUID

from disputes.domain.item import Item
from disputes.domain.move import ENDED, MOVES, DisputeInOtherState, Move, State
from disputes.domain.segment import STANDARD
from shared.base.clock import Moment
from shared.base.errors import Refusal
from shared.base.ids import derived_id


class Reason(StrEnum):
    """What is wrong."""

    PRICE = "price"
    QUANTITY = "quantity"
    DAMAGED = "damaged"
    NOT_RECEIVED = "not-received"
    PROOF_OF_DELIVERY = "proof-of-delivery"
    DUPLICATE = "duplicate"
    TERMS = "terms"
    TAX = "tax"
    WRONG_ITEM = "wrong-item"
    RETURN = "return"
    PROMOTION = "promotion"
    SERVICE = "service"
    NOT_MINE = "not-mine"
    PAID = "paid"
    SHORT_PAY = "short-pay"


class Outcome(StrEnum):
    """What was decided."""

    UPHELD = "upheld"
    PARTLY_UPHELD = "partly-upheld"
    REJECTED = "rejected"


class MoreUpheldThanDisputed(Refusal):
    """An item cannot be upheld by more than was disputed of it."""

    code: ClassVar[str] = "more-upheld-than-disputed"


class OutcomeContradicted(Refusal):
    """The amounts upheld do not fit the outcome, or the items those of the dispute."""

    code: ClassVar[str] = "outcome-contradicted"


class Proposal(NamedTuple):
    """How somebody of ours wants to decide: `upheld` in minor units, by item in their order."""

    outcome: Outcome
    upheld: tuple[int, ...]
    by: str
    why: str
    words: str


@dataclass(slots=True)
class Dispute:
    """The present state; changed only by its own moves. Each move raises `version` and is kept."""

    dispute_id: UUID
    customer_id: UUID
    legal_entity: str
    currency: str
    reason: Reason
    items: list[Item]
    team: str
    moves: list[Move] = field(default_factory=list)
    version: int = 0
    outcome: Outcome | None = None
    owner: str | None = None
    proposal: Proposal | None = None
    """Waits for a second person."""
    decided_by: str | None = None
    approved_by: str | None = None
    settled_at: Moment | None = None
    merged_into: UUID | None = None
    warned: dict[str, int] = field(default_factory=dict)
    """Highest level told, by clock."""
    segment: str = STANDARD
    """The customer's when it was opened, whose terms it keeps."""
    credited_before: list[Item] = field(default_factory=list)
    """What earlier decisions took off, before it was opened again, as it was decided then."""

    @property
    def state(self) -> State:
        return self.moves[-1].state

    @property
    def opened(self) -> Move:
        return self.moves[0]

    @property
    def scope(self) -> tuple[UUID, str, str]:
        """What all of its items share."""
        return self.customer_id, self.legal_entity, self.currency

    @property
    def is_open(self) -> bool:
        return self.state not in ENDED

    @property
    def minor(self) -> int:
        return sum(item.minor for item in self.items)

    @property
    def credited_before_minor(self) -> int:
        return sum(item.credited_minor for item in self.credited_before)

    @property
    def upheld_minor(self) -> int:
        return sum(item.upheld_minor or 0 for item in self.items)

    def held_minor(self, item: Item) -> int:
        """What of the item is not asked for now."""
        if self.is_open:
            return item.minor
        is_held = self.state is not State.MERGED and not item.credited
        return (item.upheld_minor or 0) if is_held else 0

    def move(self, move: Move) -> None:
        """Go on to another state; a first move is the opening. Raises DisputeInOtherState."""
        if self.moves and move.state not in MOVES[self.state]:
            raise DisputeInOtherState(f"it is {self.state}, so it cannot be {move.state}")
        self.proposal = None
        self._take(move)

    def speak(self, move: Move) -> None:
        """A word to the customer, or a note among us, where it stands. Raises DisputeInOtherState once it is merged."""
        assert move.state is self.state
        if self.state is State.MERGED:
            raise DisputeInOtherState("it is merged: speak of the one that goes on")
        self._take(move)

    def extend(self, other: "Dispute", note: Move) -> bool:
        """Take in what another one says of the same thing, of each item no more than either of them. Whether it is
        about more from now on: then what was proposed fits no more.
        """
        self.speak(note)
        mine = {item.key: item for item in self.items}
        more = [
            one for one in other.items if one.key not in mine or one.minor > mine[one.key].minor
        ]
        for item in more:
            if item.key in mine:
                mine[item.key].minor = item.minor
            else:
                self.items.append(
                    Item(item.invoice_id, item.invoice_number, item.minor, item.instalment)
                )
        if more:
            self.proposal = None
        return bool(more)

    def check(self, proposal: Proposal) -> None:
        """Raises what of a proposal does not fit."""
        if State.RESOLVED not in MOVES[self.state]:
            raise DisputeInOtherState(f"it is {self.state}, so it cannot be resolved")
        if len(proposal.upheld) != len(self.items):
            raise OutcomeContradicted("an amount for each item is wanted", pointer="/items")
        for place, (item, minor) in enumerate(zip(self.items, proposal.upheld, strict=True)):
            if not 0 <= minor <= item.minor:
                raise MoreUpheldThanDisputed(
                    "more than is disputed of it", pointer=f"/items/{place}"
                )
        if proposal.outcome is not _outcome_of(sum(proposal.upheld), self.minor):
            raise OutcomeContradicted(f"these are not {proposal.outcome}", pointer="/outcome")

    def propose(self, proposal: Proposal, note: Move) -> None:
        """From now on it waits for a second person; an earlier proposal does no more. Raises what does not fit."""
        self.check(proposal)
        self.speak(note)
        self.proposal = proposal

    def decline(self, note: Move) -> None:
        """What was proposed is not wanted. Raises DisputeInOtherState when nothing is."""
        self.must_be_proposed()
        self.speak(note)
        self.proposal = None

    def must_be_proposed(self) -> Proposal:
        """What waits for a second person, or DisputeInOtherState."""
        if self.proposal is None:
            raise DisputeInOtherState("nothing waits for approval")
        return self.proposal

    def decide(self, proposal: Proposal, move: Move, *, approved_by: str | None) -> None:
        """Resolve it, item by item in their order."""
        self.check(proposal)
        self.move(move)
        self.outcome, self.decided_by, self.approved_by = proposal.outcome, proposal.by, approved_by
        for item, minor in zip(self.items, proposal.upheld, strict=True):
            item.upheld_minor, item.decided_in = minor, self.version

    def left(self) -> list[Item]:
        """What it would be about if it were opened again: what was taken off stays off. Raises DisputeInOtherState."""
        if self.state not in {State.RESOLVED, State.CLOSED, State.WITHDRAWN}:
            raise DisputeInOtherState(f"it is {self.state}, so it cannot be opened again")
        if any(item.is_on_its_way for item in self.items):
            raise DisputeInOtherState("what was upheld is not taken off yet")
        left: list[Item] = []
        for item in self.items:
            _add(left, item, item.minor - item.credited_minor)
        if not left:
            raise DisputeInOtherState("all of it was upheld")
        return left

    def reopen(self, move: Move) -> None:
        """Back to review, for what is left of it. Raises DisputeInOtherState."""
        left = self.left()
        self._take(move)
        self.credited_before += [
            replace(item, place=item.place_at(place))
            for place, item in enumerate(self.items)
            if item.credited_minor
        ]
        self.outcome = self.decided_by = self.approved_by = self.settled_at = None
        self.items = left

    def decided(self, version: int, place: int) -> Item | None:
        """The item of that decision at that place; None when it was decided anew since."""
        return next(
            (one for at, one in enumerate(self.items) if one.was_at(version, place, at)), None
        )

    def put_back(self, version: int, place: int) -> bool:
        """What a decision before the last reopening took off is owed in the books again, though it was upheld: while
        nothing is decided it is disputed again, else it is held as what was upheld is. Whether there is such an item.
        """
        found = (one for one in self.credited_before if one.was_at(version, place, place))
        if self.state is State.MERGED or (gone := next(found, None)) is None:
            return False
        self.credited_before.remove(gone)
        self.proposal = None
        if self.is_open:
            _add(self.items, gone, gone.credited_minor)
            return True
        back = replace(gone, minor=gone.credited_minor, credited=False, taken_back=True)
        self.items.append(back)
        self.outcome, self.settled_at = _outcome_of(self.upheld_minor, self.minor), None
        return True

    def _take(self, move: Move) -> None:
        self.moves.append(move)
        self.version += 1


def dispute_of_deduction(deduction_id: UUID) -> UUID:
    """Id of the dispute that a deduction opens."""
    return derived_id("dispute", "deduction", deduction_id)


def _add(items: list[Item], item: Item, minor: int) -> None:
    """So much more of the same, undecided."""
    same = next((one for one in items if one.key == item.key), None)
    if same is not None:
        same.minor += minor
    elif minor:
        items.append(Item(item.invoice_id, item.invoice_number, minor, item.instalment))


def _outcome_of(upheld_minor: int, disputed_minor: int) -> Outcome:
    if not upheld_minor:
        return Outcome.REJECTED
    return Outcome.UPHELD if upheld_minor == disputed_minor else Outcome.PARTLY_UPHELD
