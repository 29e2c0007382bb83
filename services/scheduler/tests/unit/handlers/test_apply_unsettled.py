"""A credit of a dispute that was put back is a task, until it is there after all or the dispute is looked into."""

from typing import Any
from uuid import UUID

import pytest

from scheduler.domain.facts import Facts
from scheduler.domain.hold import DISPUTE, amount_hold_id
from scheduler.domain.task import TaskOutcome
from scheduler.interfaces.consumers import HEARS
from shared.base.clock import Moment
from shared.contracts import disputes
from shared.testing.dispute_examples import dispute_examples

CUSTOMER, INVOICE = UUID(int=1), UUID(int=2)
NOON = Moment(2026, 4, 20, 12)
EXAMPLES: dict[type, Any] = {type(one): one for one in dispute_examples(CUSTOMER, INVOICE)}
PUT_BACK = EXAMPLES[disputes.DisputeUnsettled]


def later(kind: type) -> Any:
    return EXAMPLES[kind].model_copy(update={"version": PUT_BACK.version + 1})


def heard(*told: Any) -> Facts:
    facts = Facts()
    for one in told:
        HEARS[type(one)](facts, one, moment=NOON)
    return facts


class TestPutBack:
    def test_is_held_and_a_manager_s_task_once(self) -> None:
        facts = heard(PUT_BACK, PUT_BACK)

        (task,) = facts.known_tasks.values()
        assert (task.kind.value, task.owner_role) == ("dispute-credit", "collections-manager")
        assert task.why == "60.00 EUR were upheld, and the credit was put back in the books"
        hold_id = amount_hold_id(DISPUTE, PUT_BACK.dispute_id, INVOICE, None)
        assert facts.held[hold_id].minor == 60_00

    @pytest.mark.parametrize(
        ("kind", "is_over"),
        [
            (disputes.DisputeSettled, True),
            (disputes.DisputeReopened, True),
            (disputes.DisputeClosed, False),
            (disputes.DisputeAnswered, False),
        ],
    )
    def test_ends_once_the_credit_is_found_or_looked_into(self, kind: type, is_over: bool) -> None:
        (task,) = heard(PUT_BACK, later(kind)).known_tasks.values()
        assert (task.outcome is TaskOutcome.MOOT) is is_over

    def test_told_late_it_is_no_task(self) -> None:
        assert heard(later(disputes.DisputeSettled), PUT_BACK).known_tasks == {}
