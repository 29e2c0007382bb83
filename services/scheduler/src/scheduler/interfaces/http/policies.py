"""The policies in force, as they were read at the start."""

from datetime import time
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, WithJsonSchema

from scheduler.domain.policy import Policy
from scheduler.domain.view import Rulebook
from shared.base.money import decimal_text
from shared.web.auth import require
from shared.web.pages import Page


class ShownStep(BaseModel):
    """`day` counts from the due date; steps before it are numbered below 1."""

    step: int
    name: str
    day: int
    tone: str
    channels: list[str]


LocalTime = Annotated[time, WithJsonSchema({"type": "string", "pattern": r"^\d{2}:\d{2}:\d{2}$"})]
"""Of the customer's day: JSON Schema's own `time` would want an offset."""


class ShownHours(BaseModel):
    opens: LocalTime
    closes: LocalTime
    business_days_only: bool


class ShownBudget(BaseModel):
    """Days between contact days that list something overdue, and contact days in any 7."""

    gap_days: int
    gap_until_days_overdue: int
    gap_days_later: int
    contact_days_in_7_max: int


class ShownEscalations(BaseModel):
    account_owner_day: int
    collections_manager_day: int
    again_after_days: int


class ShownMinimum(BaseModel):
    amount: str
    currency: str


class ShownPolicy(BaseModel):
    policy: str
    version: int
    segment: str
    steps: list[ShownStep]
    hours: ShownHours
    budget: ShownBudget
    escalations: ShownEscalations
    minimum: list[ShownMinimum]


def policies_router(rulebook: Rulebook) -> APIRouter:
    """`/v1/policies` over these."""
    router = APIRouter(prefix="/v1/policies", tags=["policies"], dependencies=[require("viewer")])
    items = [_shown(policy) for _, policy in sorted(rulebook.policies.items())]

    @router.get("")
    async def read_policies() -> Page[ShownPolicy]:
        """All of them; there are few, so there is one page."""
        return Page(items=items)

    return router


def _shown(policy: Policy) -> ShownPolicy:
    hours, budget, escalations = policy.hours, policy.budget, policy.escalations
    return ShownPolicy(
        policy=policy.name,
        version=policy.version,
        segment=policy.segment,
        steps=[
            ShownStep(
                step=step.number,
                name=step.name,
                day=step.day,
                tone=step.tone,
                channels=[channel.value for channel in step.channels],
            )
            for step in policy.steps
        ],
        hours=ShownHours.model_validate(hours, from_attributes=True),
        budget=ShownBudget.model_validate(budget, from_attributes=True),
        escalations=ShownEscalations.model_validate(escalations, from_attributes=True),
        minimum=[
            ShownMinimum(amount=decimal_text(minor, currency), currency=currency)
            for currency, minor in sorted(policy.minimum.items())
        ],
    )
