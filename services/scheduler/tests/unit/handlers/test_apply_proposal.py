"""What waits for a second person is somebody's task: one for each proposal, until they said so or it waits no more."""

from typing import Any
from uuid import UUID

import pytest

from scheduler.domain.facts import Facts
from scheduler.domain.task import TaskKind, TaskOutcome
from scheduler.interfaces.consumers import HEARS
from shared.base.clock import Moment
from shared.contracts import disputes
from shared.testing.dispute_examples import dispute_examples

CUSTOMER, INVOICE = UUID(int=1), UUID(int=2)
NOON = Moment(2026, 4, 20, 12)
EXAMPLES: dict[type, Any] = {type(one): one for one in dispute_examples(CUSTOMER, INVOICE)}
PROPOSED = EXAMPLES[disputes.OutcomeProposed]


def later(kind: type, versions: int = 1, **more: Any) -> Any:
    """That fact, told so many versions after the proposal."""
    return EXAMPLES[kind].model_copy(update={"version": PROPOSED.version + versions} | more)


def heard(*told: Any) -> Facts:
    facts = Facts()
    for one in told:
        HEARS[type(one)](facts, one, moment=NOON)
    return facts


def tasks(*told: Any) -> list[tuple[TaskOutcome | None, str, str]]:
    known = heard(*told).known_tasks.values()
    assert {one.kind for one in known} <= {TaskKind.DISPUTE_APPROVAL}
    return [(one.outcome, one.ended_by, one.note) for one in known]


DECLINED = later(disputes.OutcomeDeclined)
APPROVED = later(disputes.DisputeResolved, approved_by="bob")
AGAIN = later(disputes.OutcomeProposed, 2)


class TestApproval:
    def test_is_a_manager_s_task_once(self) -> None:
        facts = heard(PROPOSED, PROPOSED)

        (task,) = facts.known_tasks.values()
        assert (task.owner_role, task.about) == ("collections-manager", PROPOSED.dispute_id)
        assert task.why == "ada wants to uphold 100.00 EUR: both are broken on the photograph"
        assert len(facts.told) == 1

    @pytest.mark.parametrize(
        ("told", "ended"),
        [
            (APPROVED, (TaskOutcome.DONE, "bob", "approved")),
            (DECLINED, (TaskOutcome.DONE, "bob", "declined: one of them is whole")),
            (later(disputes.DisputeResolved), (TaskOutcome.MOOT, "", "dispute resolved")),
            (later(disputes.DisputeWithdrawn), (TaskOutcome.MOOT, "", "dispute withdrawn")),
            (later(disputes.DisputeMerged), (TaskOutcome.MOOT, "", "dispute merged")),
            (later(disputes.DisputeExamined), (TaskOutcome.MOOT, "", "dispute in-review")),
        ],
    )
    def test_ends_with_what_came_of_it(self, told: Any, ended: Any) -> None:
        assert tasks(PROPOSED, told) == [ended]
        assert tasks(PROPOSED, told, told, PROPOSED) == [ended]

    def test_a_newer_proposal_takes_its_place(self) -> None:
        moot = (TaskOutcome.MOOT, "", "another was proposed")
        assert tasks(PROPOSED, AGAIN) == [moot, (None, "", "")]
        assert tasks(PROPOSED, AGAIN, AGAIN) == [moot, (None, "", "")]
        assert tasks(PROPOSED, DECLINED, AGAIN)[1] == (None, "", "")

    def test_a_word_meanwhile_leaves_it(self) -> None:
        answered = later(disputes.DisputeAnswered, proposal=PROPOSED.proposal)
        assert tasks(PROPOSED, answered) == [(None, "", "")]

    def test_old_news_neither_raises_nor_ends_it(self) -> None:
        assert tasks(DECLINED, PROPOSED) == []
        assert tasks(AGAIN, DECLINED, PROPOSED) == [(None, "", "")]
        assert tasks(PROPOSED, EXAMPLES[disputes.DisputeExamined]) == [(None, "", "")]
