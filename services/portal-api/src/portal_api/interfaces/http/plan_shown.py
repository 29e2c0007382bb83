"""Plans and quotes as they are shown and asked for."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from portal_api.domain.plan import Instalment, Plan, PlanState, Side, Terms
from portal_api.domain.quote import Quote
from shared.base.money import decimal_text
from shared.web.accepted import Amount


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ItemWanted(Body):
    """So much of an invoice, in its currency; without `amount` all that is open and not disputed or promised yet."""

    invoice_id: UUID
    amount: Amount | None = None


class AcceptanceGiven(Body):
    text_hash: Annotated[str, Field(pattern="^[0-9a-f]{64}$", examples=["0" * 64])]


class TermsShown(BaseModel):
    """`text` is what both sides accept, by its hash. A part not paid `grace_days` after its day breaks the plan."""

    legal_entity: str
    currency: str
    grace_days: int
    extension_days_max: int
    needs_approval: bool
    text_version: int
    language: str
    text: str
    text_hash: str

    @classmethod
    def of(cls, terms: Terms) -> Self:
        """From terms."""
        return cls(**{name: getattr(terms, name) for name in cls.model_fields})


class PlannedShown(BaseModel):
    """`paid`: of the amount, since the customer accepted."""

    invoice_id: UUID
    invoice_number: str
    amount: str
    paid: str


class InstalmentShown(BaseModel):
    """`left` is to be paid of it still: what a credit note took off, or you dispute, comes off the last parts."""

    number: int
    due_on: date
    amount: str
    paid: str
    left: str


class AcceptanceShown(BaseModel):
    """`by`: a contact, or a rule or person of ours; `network`: from where."""

    side: Side
    by: str
    at: datetime
    text_hash: str
    network: str


class QuoteShown(BaseModel):
    """What we would agree on until `valid_until`."""

    quote_id: UUID
    terms: TermsShown
    items: list[PlannedShown]
    instalments: list[InstalmentShown]
    made_at: datetime
    valid_until: datetime

    @classmethod
    def of(cls, quote: Quote) -> Self:
        """From a quote."""
        return cls(
            quote_id=quote.quote_id,
            terms=TermsShown.of(quote.terms),
            items=_items(quote),
            instalments=_instalments(quote),
            made_at=quote.made_at,
            valid_until=quote.valid_until,
        )


class PlanShown(BaseModel):
    """While it is `accepted` or `active` we do not ask for these amounts otherwise. Until `answer_by` it waits for who
    has not accepted yet.
    """

    plan_id: UUID
    version: int
    state: PlanState
    terms: TermsShown
    items: list[PlannedShown]
    instalments: list[InstalmentShown]
    acceptances: list[AcceptanceShown]
    proposed_at: datetime
    answer_by: datetime
    extended_days: int
    reason: str
    ended_at: datetime | None

    @classmethod
    def of(cls, plan: Plan) -> Self:
        """From a plan."""
        plain = (
            *("plan_id", "version", "state", "proposed_at", "answer_by", "extended_days"),
            *("reason", "ended_at"),
        )
        return cls(
            **{name: getattr(plan, name) for name in plain},
            terms=TermsShown.of(plan.terms),
            items=_items(plan),
            instalments=_instalments(plan),
            acceptances=[
                AcceptanceShown(
                    side=one.side,
                    by=one.by,
                    at=one.at,
                    text_hash=one.text_hash,
                    network=one.network,
                )
                for one in plan.acceptances
            ],
        )


def _items(said: Plan | Quote) -> list[PlannedShown]:
    currency = said.terms.currency
    return [
        PlannedShown(
            invoice_id=item.invoice_id,
            invoice_number=item.invoice_number,
            amount=decimal_text(item.minor, currency),
            paid=decimal_text(item.paid_minor, currency),
        )
        for item in said.items
    ]


def _instalments(said: Plan | Quote) -> list[InstalmentShown]:
    unpaid = ((part, part.minor) for part in said.instalments)
    parts = said.left() if isinstance(said, Plan) else unpaid
    return [_instalment(part, left, said.terms.currency) for part, left in parts]


def _instalment(part: Instalment, left: int, currency: str) -> InstalmentShown:
    return InstalmentShown(
        number=part.number,
        due_on=part.due_on,
        amount=decimal_text(part.minor, currency),
        paid=decimal_text(part.paid_minor, currency),
        left=decimal_text(left, currency),
    )
