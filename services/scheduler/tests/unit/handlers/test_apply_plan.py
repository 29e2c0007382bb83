"""A plan holds exactly what is not paid of it while it stands, and a large one is somebody's task."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from scheduler.domain.facts import Facts
from scheduler.domain.hold import AmountHold
from scheduler.domain.task import TaskKind, TaskOutcome
from scheduler.handlers.apply_plan import apply_plan
from scheduler.interfaces.consumers import HEARS
from shared.base.clock import Moment
from shared.contracts import portal_api
from shared.testing.portal_examples import plan_examples

CUSTOMER, INVOICE = UUID(int=1), UUID(int=2)
NOON = Moment(2026, 4, 20, 12)
EXAMPLES: dict[type, Any] = {
    type(one): one for one in plan_examples(CUSTOMER, INVOICE, datetime(2026, 4, 20, 7, tzinfo=UTC))
}
PROPOSED = EXAMPLES[portal_api.PlanProposed]
ACCEPTED = EXAMPLES[portal_api.PlanAccepted]
ACTIVE = EXAMPLES[portal_api.PlanActivated]
PAID = EXAMPLES[portal_api.InstalmentPaid]
BROKEN = EXAMPLES[portal_api.PlanBroken]
DECLINED = EXAMPLES[portal_api.PlanDeclined]
REFUSED = EXAMPLES[portal_api.PlanRefused]


def heard(*told: Any) -> Facts:
    facts = Facts()
    for one in told:
        apply_plan(facts, one, moment=NOON)
    return facts


def held(*told: Any) -> int:
    (hold,) = heard(*told).held.values()
    assert hold.kind == "plan"
    return hold.minor


class TestHold:
    @pytest.mark.parametrize(
        ("told", "minor"),
        [
            ((PROPOSED,), 0),
            ((PROPOSED, ACCEPTED), 100_00),
            ((PROPOSED, ACTIVE), 100_00),
            ((ACTIVE, PAID), 66_66),
            ((PAID, ACTIVE), 66_66),
            ((ACTIVE, PAID, BROKEN), 0),
            ((BROKEN, ACTIVE), 0),
            ((ACCEPTED, DECLINED, DECLINED), 0),
            ((ACCEPTED, REFUSED, REFUSED), 0),
        ],
    )
    def test_is_what_the_newest_word_says(self, told: Any, minor: int) -> None:
        assert held(*told) == minor

    def test_of_a_consumer_does_not_stop_the_rest(self, make: Any) -> None:
        item = make.item("R", NOON.date(), open_minor=300_00)
        planned = AmountHold(UUID(int=1), CUSTOMER, 1, "plan", "", INVOICE, None, 100_00)

        kept = item.held_minor(NOON.date(), [planned], older_minor=0, whole_debt=True)
        assert kept == 100_00

    def test_the_timeline_says_so(self) -> None:
        lines = [(one.rule, one.reason) for _, one in heard(ACTIVE, PAID, BROKEN).lines]

        until = "planned in 3 parts until 2026-07-15"
        assert lines == [
            ("hold.placed", f"{until}: active"),
            ("hold.changed", f"{until}: active"),
            ("hold.ended", f"{until}: broken"),
        ]

    def test_new_days_are_a_line_too(self) -> None:
        first, *rest = PAID.instalments
        later = tuple(one.model_copy(update={"due_on": date(2026, 8, 1)}) for one in rest)
        extended = PAID.model_copy(update={"instalments": (first, *later), "version": 99})
        *_, (_, line) = heard(ACTIVE, PAID, extended).lines

        assert (line.rule, line.reason) == (
            "hold.changed",
            "planned in 3 parts until 2026-08-01: active",
        )

    def test_every_word_on_plans_is_heard(self) -> None:
        assert [one.TYPE for one in EXAMPLES if HEARS.get(one) is not apply_plan] == []


class TestTask:
    def test_is_raised_for_a_person_once_and_is_moot_once_decided(self) -> None:
        facts = heard(PROPOSED, ACCEPTED, ACCEPTED)
        (task,) = facts.known_tasks.values()
        assert (task.kind, task.outcome) == (TaskKind.PLAN_APPROVAL, None)
        assert (task.due_at, task.about) == (ACCEPTED.answer_by, ACCEPTED.plan_id)
        assert len(facts.told) == 1

        apply_plan(facts, ACTIVE, moment=NOON)
        (task,) = facts.known_tasks.values()
        assert (task.outcome, task.note) == (TaskOutcome.MOOT, "plan active")

    def test_of_a_refused_plan_is_to_find_another_way(self) -> None:
        facts = heard(ACCEPTED, REFUSED, REFUSED)

        approval, refused = facts.known_tasks.values()
        assert (approval.kind, approval.outcome) == (TaskKind.PLAN_APPROVAL, TaskOutcome.MOOT)
        assert (refused.kind, refused.outcome) == (TaskKind.PLAN_REFUSED, None)
        assert refused.why.endswith("they say: Wir können doch im Mai alles zahlen.")

    def test_is_not_raised_by_an_older_word(self) -> None:
        assert heard(ACTIVE, ACCEPTED).known_tasks == {}
