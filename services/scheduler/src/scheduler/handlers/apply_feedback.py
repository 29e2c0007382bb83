"""A customer says how content they are: what is bad is work for a person of ours."""

from typing import Final

from scheduler.domain.facts import Facts
from scheduler.domain.task import Cause, TaskKind
from scheduler.handlers.raise_task import raise_task
from shared.base.clock import Moment
from shared.contracts.portal_api import FeedbackGiven

BAD_SCORE_MAX: Final = 2
"""From 1 to 5: whoever says so little good of us hears from a person."""


def apply_feedback(facts: Facts, given: FeedbackGiven, *, moment: Moment) -> None:
    """The task is about the feedback, which no end of the dispute makes moot."""
    if given.score > BAD_SCORE_MAX:
        return
    said = f": {given.words}" if given.words else ""
    why = f"{given.score} of 5 for dispute {given.case_id}{said}"
    cause = Cause(given.customer_id, given.feedback_id, given.legal_entity, why)
    raise_task(facts, TaskKind.BAD_FEEDBACK, cause, moment=moment)
