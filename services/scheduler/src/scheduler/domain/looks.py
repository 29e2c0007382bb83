"""Looks: the customers that one batch of timers wakes, and what is decided of them."""

from dataclasses import dataclass, field
from uuid import UUID

from scheduler.domain.decision import Verdict
from scheduler.domain.hold import Hold
from scheduler.domain.task import Task
from scheduler.domain.view import View
from shared.base.telling import Telling, Told


@dataclass(slots=True)
class Looks(Telling):
    """`facts` are what was announced, by customer, so that each has a trace of its own."""

    views: dict[UUID, View] = field(default_factory=dict)
    verdicts: dict[UUID, Verdict] = field(default_factory=dict)
    facts: dict[UUID, list[Told]] = field(default_factory=dict)
    ended_holds: list[Hold] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    escalated: dict[UUID, list[Task]] = field(default_factory=dict)
    """By customer: what people of ours are to see to still, since they were told."""
