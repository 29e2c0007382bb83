"""Escalate: when people of ours are told that a customer needs them, first the owner, later the manager."""

from datetime import date, timedelta

from scheduler.domain.chase import Chase, Rise
from scheduler.domain.decision import Chased, Escalation, Level
from scheduler.domain.policy import Policy
from scheduler.domain.view import Rulebook, View
from shared.base.days import DAY


def escalations_due(
    view: View, chase: Chase, policy: Policy, rulebook: Rulebook
) -> tuple[list[Escalation], list[Rise]]:
    """What is due now at both levels of every legal entity, and the days on which more comes due."""
    due: list[Escalation] = []
    rises: list[Rise] = []

    for code, speaking in chase.speaking.items():
        entity, today = rulebook.entities[code], chase.today[code]
        late = [one for one in speaking if one.days_overdue > 0]
        for level in Level:
            fresh = _fresh(late, level, policy)
            ripe = [one for one in fresh if _ripe_on(one, level, policy) <= today]
            again = _again_on(late, level, policy)
            if ripe and again <= today:
                owner = level is Level.ACCOUNT_OWNER and view.customer.account_owner
                listed = [one for one in late if one.days_overdue >= _day(level, policy)]
                due.append(
                    Escalation(
                        view.customer.customer_id,
                        code,
                        level,
                        owner or entity.manager,
                        ripe[0].item.key,
                        tuple(listed),
                        today,
                    )
                )
            if fresh:
                first = min(_ripe_on(one, level, policy) for one in fresh)
                rises.append(
                    Rise(max(first, again), entity.time_zone, f"escalation to the {level}")
                )
    return due, rises


def mark(escalation: Escalation) -> None:
    """Remember on the items who was told, and when."""
    for one in escalation.items:
        if escalation.level is Level.ACCOUNT_OWNER:
            one.item.owner_told_on = escalation.on
        else:
            one.item.manager_told_on = escalation.on
        one.item.changed = True


def _fresh(late: list[Chased], level: Level, policy: Policy) -> list[Chased]:
    """Items of which this level does not know; the manager hears only of what the owner knows."""
    if level is Level.ACCOUNT_OWNER:
        return [one for one in late if one.item.owner_told_on is None]
    return [
        one
        for one in late
        if one.item.manager_told_on is None and one.item.owner_told_on is not None
    ]


def _ripe_on(one: Chased, level: Level, policy: Policy) -> date:
    day = one.due_on + timedelta(days=_day(level, policy))
    if level is Level.COLLECTIONS_MANAGER and one.item.owner_told_on is not None:
        return max(day, one.item.owner_told_on + DAY)
    return day


def _again_on(late: list[Chased], level: Level, policy: Policy) -> date:
    """The first day on which this level may be told again."""
    told = [
        one.item.owner_told_on if level is Level.ACCOUNT_OWNER else one.item.manager_told_on
        for one in late
    ]
    last = max((day for day in told if day is not None), default=None)
    return date.min if last is None else last + policy.escalations.again_after_days * DAY


def _day(level: Level, policy: Policy) -> int:
    if level is Level.ACCOUNT_OWNER:
        return policy.escalations.account_owner_day
    return policy.escalations.collections_manager_day
