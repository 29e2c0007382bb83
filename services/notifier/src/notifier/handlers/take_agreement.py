"""A promise or plan made a step: what is held back of it is kept, and the customer is told, once and never old news."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from notifier.domain.agreement import AgreementBrief, AgreementNews, PlannedPart
from notifier.domain.desk import Desk
from notifier.domain.message import Message, Purpose
from notifier.domain.news import Contested
from notifier.handlers.hear_amounts import hear_amounts
from notifier.handlers.tell_news import news_id, tell_news
from notifier.handlers.write_at_once import write_at_once
from shared.base.clock import Moment
from shared.base.money import minor_of
from shared.contracts import portal_api
from shared.contracts.portal_api import PlanEvent, PlanState, PromiseEvent, PromiseState

Told = PlanEvent | PromiseEvent
Counted = portal_api.PlannedItem | portal_api.PlannedPart | portal_api.PromisedItem

_N = AgreementNews
_NEWS: Final[Mapping[type[Told], AgreementNews]] = {
    portal_api.PromiseMade: _N.PROMISE_MADE,
    portal_api.PromiseKept: _N.PROMISE_KEPT,
    portal_api.PromisePartlyKept: _N.PROMISE_PARTLY_KEPT,
    portal_api.PromiseBroken: _N.PROMISE_BROKEN,
    portal_api.PromiseWithdrawn: _N.PROMISE_WITHDRAWN,
    portal_api.PlanProposed: _N.PLAN_PROPOSED,
    portal_api.PlanAccepted: _N.PLAN_ACCEPTED,
    portal_api.PlanActivated: _N.PLAN_ACTIVE,
    portal_api.PlanDeclined: _N.PLAN_DECLINED,
    portal_api.PlanRefused: _N.PLAN_REFUSED,
    portal_api.PlanLapsed: _N.PLAN_LAPSED,
    portal_api.InstalmentDue: _N.PLAN_DUE,
    portal_api.InstalmentMissed: _N.PLAN_LATE,
    portal_api.PlanExtended: _N.PLAN_EXTENDED,
    portal_api.PlanCompleted: _N.PLAN_COMPLETED,
    portal_api.PlanBroken: _N.PLAN_BROKEN,
}
"""What is paid meanwhile is thanked for as a payment, not here."""
_WAITING: Final = frozenset({PlanState.PROPOSED, PlanState.ACCEPTED})
_STANDS: Final = _WAITING | {PlanState.ACTIVE, PromiseState.OPEN}


def take_agreement(desk: Desk, told: Told, *, moment: Moment) -> None:
    """Open the message of this step, if it is one for the customer. One step makes another old, but a payment of a part
    only changes what a reminder of it says that has not left yet.
    """
    hear_amounts(desk, told, moment=moment)
    news = _news_of(told)
    message = None if news is None else _message(desk, told, news, moment=moment)

    if told.version > desk.newest.get(told.subject_id, 0) and isinstance(told, PlanEvent):
        _refresh(desk, told)
    tell_news(
        desk, told, message, lambda waiting: _is_still_news(waiting, told, news), moment=moment
    )


def _news_of(told: Told) -> AgreementNews | None:
    if isinstance(told, portal_api.PromiseWithdrawn) and told.withdrawn_by is None:
        return None  # nothing is owed any more: whatever took it off says so
    if isinstance(told, portal_api.PlanLapsed) and told.at < told.answer_by:
        return None  # a newer proposal took its place, and has a mail of its own
    return _NEWS.get(type(told))


def _refresh(desk: Desk, told: PlanEvent) -> None:
    for waiting in list(desk.waiting_news(told.plan_id)):
        if isinstance(waiting.brief, AgreementBrief) and waiting.brief.asks:
            fresh = replace(
                waiting.brief, parts=_parts(told), paid_minor=_paid(told), off_minor=_off(told)
            )
            desk.put(replace(waiting, brief=fresh))


def _is_still_news(waiting: Message, told: Told, news: AgreementNews | None) -> bool:
    brief = waiting.brief
    assert isinstance(brief, AgreementBrief), "of an agreement nothing else waits"
    if news is not None or told.state not in _STANDS:
        return False
    return not (brief.asks and brief.part is None)


def _message(desk: Desk, told: Told, news: AgreementNews, *, moment: Moment) -> Message:
    if isinstance(told, PlanEvent):
        purpose, brief = Purpose.PLAN, _plan_brief(told, news)
    else:
        purpose, brief = Purpose.PROMISE, _promise_brief(told, news)
    return write_at_once(
        *(desk, told, news_id(told), purpose, brief),
        moment=moment,
        subject_id=told.subject_id,
    )


def _promise_brief(told: PromiseEvent, news: AgreementNews) -> AgreementBrief:
    return AgreementBrief(
        version=told.version,
        news=news,
        currency=told.currency,
        items=_items(told),
        paid_minor=_paid(told),
        due_on=told.pay_on,
        until=told.until,
        off_minor=_off(told),
    )


def _plan_brief(told: PlanEvent, news: AgreementNews) -> AgreementBrief:
    words = told.agreement.text if news is AgreementNews.PLAN_PROPOSED else told.reason or ""
    return AgreementBrief(
        version=told.version,
        news=news,
        currency=told.currency,
        items=_items(told),
        paid_minor=_paid(told),
        parts=_parts(told),
        number=told.number,
        words=words,
        answer_by=told.answer_by if told.state in _WAITING else None,
        needs_approval=told.needs_approval,
        by_customer=not any(one.side == "customer" for one in told.acceptances),
        off_minor=_off(told),
        is_extended=bool(told.extended_days),
    )


def _items(told: Told) -> tuple[Contested, ...]:
    return tuple(
        Contested(
            invoice_id=item.invoice_id,
            invoice_number=item.invoice_number,
            instalment=item.instalment,
            minor=minor_of(item.amount, told.currency),
            held_minor=minor_of(item.held, told.currency),
        )
        for item in told.items
    )


def _paid(told: Told) -> int:
    return sum(minor_of(item.paid, told.currency) for item in told.items)


def _off(told: Told) -> int:
    return sum(_taken_off(item, told.currency) for item in told.items)


def _taken_off(counted: Counted, currency: str) -> int:
    """Of an amount what need not be paid; nothing, where it is not said what is left."""
    if counted.left is None:
        return 0
    unpaid = minor_of(counted.amount, currency) - minor_of(counted.paid, currency)
    return unpaid - minor_of(counted.left, currency)


def _parts(told: PlanEvent) -> tuple[PlannedPart, ...]:
    return tuple(
        PlannedPart(
            number=one.number,
            due_on=one.due_on,
            until=one.until,
            minor=minor_of(one.amount, told.currency),
            paid_minor=minor_of(one.paid, told.currency),
            off_minor=_taken_off(one, told.currency),
        )
        for one in told.instalments
    )
