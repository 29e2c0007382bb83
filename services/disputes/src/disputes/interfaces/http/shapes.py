"""What disputes look like at the door: bodies that come in, and what goes out."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Final, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from disputes.domain.clock import Clock, ClockKind
from disputes.domain.dispute import Dispute, Outcome, Reason
from disputes.domain.move import Actor, Move, State
from disputes.domain.paper import PAPERS_PER_DISPUTE_MAX
from disputes.domain.terms import Rulebook
from disputes.handlers.tell_dispute import WAITS_FOR
from shared.base.clock import Moment
from shared.base.money import decimal_text
from shared.contracts.disputes import WaitsFor
from shared.web.accepted import INT_MAX, NO_NUL, Text
from shared.web.accepted import Reason as Why
from shared.web.auth import RoleMissing, Staff, require

ITEMS_MAX = 100
WORDS_CHARACTERS_MAX = 4_000
NAME_CHARACTERS_MAX = 80

Words = Annotated[str, Field(min_length=1, max_length=WORDS_CHARACTERS_MAX, pattern=NO_NUL)]
"""To the customer, or theirs to us."""

Name = Annotated[str, Field(min_length=1, max_length=NAME_CHARACTERS_MAX, pattern=NO_NUL)]
Money = Annotated[Decimal, Field(ge=0, max_digits=18, examples=["100.00"])]
"""In the currency of the invoice."""


WORKERS: Final = ("collector", "operator", "admin")
PORTAL: Final = "portal"
"""The role of the service at whose door customers are; it speaks for a contact, never for itself."""

Working = Annotated[Staff, require(*WORKERS)]
Speaking = Annotated[Staff, require(*WORKERS, PORTAL)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ItemGiven(_Body):
    invoice_id: UUID
    instalment: Annotated[int | None, Field(ge=0, le=INT_MAX)] = None
    amount: Annotated[Decimal, Field(gt=0, max_digits=18, examples=["100.00"])]


class Given(_Body):
    """`contact_id` where staff or the portal opens it for a contact: then it is the customer's own word."""

    customer_id: UUID
    items: Annotated[list[ItemGiven], Field(min_length=1, max_length=ITEMS_MAX)]
    reason: Reason
    words: Words
    contact_id: Name | None = None


class Queue(BaseModel):
    """Which disputes are asked for; nothing said is all."""

    state: State | None = None
    reason: Reason | None = None
    team: Text | None = None
    owner: Text | None = None
    customer_id: UUID | None = None


class Reviewing(_Body):
    why: Why = "examined"


class Waiting(_Body):
    """For whom we wait, and what we ask of them; the customer is told."""

    waits_for: Annotated[Literal["customer", "carrier"], Field(alias="for")]
    words: Words


class Resolving(_Body):
    """`upheld` by item in their order; left out it is all of them, or nothing when rejected."""

    outcome: Outcome
    upheld: Annotated[list[Money] | None, Field(max_length=ITEMS_MAX)] = None
    why: Why
    words: Words


class Declining(_Body):
    """What is wrong with what was proposed; it stays among us."""

    why: Why


class Ending(_Body):
    why: Why
    words: Annotated[str, Field(max_length=WORDS_CHARACTERS_MAX, pattern=NO_NUL)] = ""


class Withdrawing(Ending):
    """`contact_id` where it is the customer's own word; then `why` is what they say."""

    why: Words
    contact_id: Name | None = None


class Reopening(Withdrawing):
    """`papers` are the new evidence: those of the dispute that the customer brought since its outcome."""

    papers: Annotated[tuple[UUID, ...], Field(max_length=PAPERS_PER_DISPUTE_MAX)] = ()


class Merging(_Body):
    into: UUID
    why: Why = "says the same"


class Assigning(_Body):
    """To a person, or back to a team's queue."""

    owner: Name | None = None
    team: Name | None = None
    why: Why = "assigned"


class Comment(_Body):
    """`to` customer: they are told; else it stays among us."""

    to: Literal["customer", "us"]
    words: Words


class ItemShown(BaseModel):
    invoice_id: UUID
    invoice_number: str
    instalment: int | None
    amount: str
    upheld: str | None
    held: str


class MoveShown(BaseModel):
    state: State
    at: datetime
    by: Actor
    who: str
    why: str
    words: str


class ProposalShown(BaseModel):
    """Waits for a second person."""

    outcome: Outcome
    upheld: list[str]
    by: str
    why: str
    words: str


class DisputeShown(BaseModel):
    """Until `reopen_until`, a day of the legal entity, the customer may have it opened again with new papers."""

    dispute_id: UUID
    customer_id: UUID
    legal_entity: str
    currency: str
    reason: Reason
    segment: str
    state: State
    outcome: Outcome | None
    team: str
    owner: str | None
    amount: str
    items: list[ItemShown]
    proposal: ProposalShown | None
    decided_by: str | None
    approved_by: str | None
    opened_at: datetime
    settled_at: datetime | None
    merged_into: UUID | None
    reopen_until: date | None
    version: int
    moves: list[MoveShown]

    @classmethod
    def of(cls, dispute: Dispute, rulebook: Rulebook) -> Self:
        def text(minor: int) -> str:
            return decimal_text(minor, dispute.currency)

        proposal = dispute.proposal
        return cls(
            dispute_id=dispute.dispute_id,
            customer_id=dispute.customer_id,
            legal_entity=dispute.legal_entity,
            currency=dispute.currency,
            reason=dispute.reason,
            segment=dispute.segment,
            state=dispute.state,
            outcome=dispute.outcome,
            team=dispute.team,
            owner=dispute.owner,
            amount=text(dispute.minor),
            items=[
                ItemShown(
                    invoice_id=item.invoice_id,
                    invoice_number=item.invoice_number,
                    instalment=item.instalment,
                    amount=text(item.minor),
                    upheld=None if item.upheld_minor is None else text(item.upheld_minor),
                    held=text(dispute.held_minor(item)),
                )
                for item in dispute.items
            ],
            proposal=proposal
            and ProposalShown(
                **proposal._asdict() | {"upheld": [text(minor) for minor in proposal.upheld]}
            ),
            decided_by=dispute.decided_by,
            approved_by=dispute.approved_by,
            opened_at=dispute.opened.at,
            settled_at=dispute.settled_at,
            merged_into=dispute.merged_into,
            reopen_until=rulebook.reopen_until(dispute),
            version=dispute.version,
            moves=[MoveShown(**move._asdict()) for move in dispute.moves],
        )


class ClockShown(BaseModel):
    """Seconds of business time, but for the hard stop's. `due_at` null: it stopped in time. `paused_for`: whom we wait
    for, while it rests.
    """

    kind: ClockKind
    due_at: datetime | None
    running: bool
    elapsed_s: int
    limit_s: int
    paused_for: WaitsFor | None
    responsible_role: str

    @classmethod
    def of(cls, clock: Clock, *, team: str, now: Moment) -> Self:
        rests_for = clock.paused_for(now)
        return cls(
            kind=clock.limit.kind,
            due_at=clock.due_at,
            running=clock.is_running(now),
            elapsed_s=int(clock.elapsed(now).total_seconds()),
            limit_s=int(clock.limit.length.total_seconds()),
            paused_for=None if rests_for is None else WAITS_FOR[rests_for],
            responsible_role=team,
        )


def speaker(staff: Staff, contact_id: str | None) -> tuple[Actor, str]:
    """Whose word it is: the contact's for whom it is brought, else one of ours'."""
    if contact_id is not None:
        return Actor.CUSTOMER, contact_id
    if staff.roles.isdisjoint(WORKERS):
        raise RoleMissing("the portal speaks for a contact: contact_id is wanted")
    return Actor.STAFF, staff.subject


def by(staff: Staff, state: State, why: str, at: Moment, words: str = "") -> Move:
    """A move of one of our people."""
    return Move(state, at, Actor.STAFF, staff.subject, why, words)
