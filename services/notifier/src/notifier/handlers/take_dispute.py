"""A dispute made a step: what is held back of it is kept, and the customer is told, once and never old news."""

from collections.abc import Mapping
from typing import Final

from notifier.domain.brief import DisputeBrief, WarningBrief
from notifier.domain.desk import Desk
from notifier.domain.message import Message, Purpose
from notifier.domain.news import ONLY_WITH_WORDS, STILL_NEWS, UNTOLD, Contested, News
from notifier.handlers.hear_amounts import hear_amounts
from notifier.handlers.tell_news import news_id, tell_news
from notifier.handlers.write_at_once import write_at_once
from shared.base.clock import Moment
from shared.base.money import minor_of
from shared.contracts import disputes
from shared.contracts.disputes import DisputeEvent, Outcome, State

_NEWS: Final[Mapping[type[DisputeEvent], News]] = {
    disputes.DisputeAcknowledged: News.ACKNOWLEDGED,
    disputes.DisputeExamined: News.EXAMINED,
    disputes.DisputeAnswered: News.ANSWERED,
    disputes.DisputeSettled: News.SETTLED,
    disputes.DisputeUnsettled: News.UNSETTLED,
    disputes.DisputeReopened: News.REOPENED,
    disputes.DisputeClosed: News.CLOSED,
    disputes.DisputeWithdrawn: News.WITHDRAWN,
    disputes.DisputeMerged: News.MERGED,
    disputes.DisputeExtended: News.EXTENDED,
}
"""An opening is acknowledged at once, and one message says both. What else is told depends on more than the type."""

_DECIDED: Final = {
    Outcome.UPHELD: News.UPHELD,
    Outcome.PARTLY_UPHELD: News.PARTLY_UPHELD,
    Outcome.REJECTED: News.REJECTED,
}
_ENDED: Final = frozenset({State.RESOLVED, State.CLOSED, State.WITHDRAWN, State.MERGED})


def take_dispute(desk: Desk, told: DisputeEvent, *, moment: Moment) -> None:
    """Open the message of this step, if it is one for the customer, and silence what is no news any more."""
    news = _news_of(told)
    hear_amounts(desk, told, moment=moment)
    message = None
    if news is not None and _is_told(told, news):
        message = _message(desk, told, news, moment=moment)

    tell_news(
        desk, told, message, lambda waiting: _is_still_news(waiting, told, news), moment=moment
    )


def contested_of(item: disputes.DisputedItem, currency: str) -> Contested:
    """An item in the notifier's own terms."""
    return Contested(
        invoice_id=item.invoice_id,
        invoice_number=item.invoice_number,
        instalment=item.instalment,
        minor=minor_of(item.amount, currency),
        held_minor=minor_of(item.held, currency),
        upheld_minor=None if item.upheld is None else minor_of(item.upheld, currency),
    )


def _news_of(told: DisputeEvent) -> News | None:
    match told:
        case disputes.DisputeDeferred():
            with_carrier = told.state is State.WAITING_FOR_CARRIER
            return News.WITH_CARRIER if with_carrier else News.ASKED
        case disputes.DisputeResolved():
            return None if told.outcome is None else _DECIDED[told.outcome]
        case _:
            return _NEWS.get(type(told))


def _is_told(told: DisputeEvent, news: News) -> bool:
    return news not in UNTOLD and (news not in ONLY_WITH_WORDS or bool(_our_words(told)))


def _is_still_news(waiting: Message, told: DisputeEvent, news: News | None) -> bool:
    match waiting.brief:
        case DisputeBrief() as brief:
            return news is None or brief.news in STILL_NEWS[news]
        case WarningBrief() as brief:
            answered = brief.clock == disputes.ClockKind.FIRST_ANSWER and _our_words(told)
            return told.state not in _ENDED and not answered
        case _:
            return True


def _our_words(told: DisputeEvent) -> str:
    """What the customer wrote themselves is not told back to them."""
    return told.words if told.by is disputes.Actor.STAFF else ""


def _message(desk: Desk, told: DisputeEvent, news: News, *, moment: Moment) -> Message:
    brief = DisputeBrief(
        version=told.version,
        news=news,
        is_open=told.state not in _ENDED,
        reason=told.reason.value,
        currency=told.currency,
        items=tuple(contested_of(item, told.currency) for item in told.items),
        words=_our_words(told),
        answer_due_at=told.answer_due_at,
        decision_due_at=told.decision_due_at,
        reopen_until=told.reopen_until,
    )
    return write_at_once(
        *(desk, told, news_id(told), Purpose.DISPUTE, brief),
        moment=moment,
        subject_id=told.dispute_id,
    )
