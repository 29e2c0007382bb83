"""A customer promises to pay so much of these invoices until a day."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from portal_api.domain.answers import Answers
from portal_api.domain.owed import Item
from portal_api.domain.promise import Promise
from portal_api.domain.promise_rails import PromiseRails, Standing
from portal_api.handlers.take_items import Wanted, check_left, take_items
from portal_api.handlers.tell_promise import tell_promise
from shared.base.clock import Moment
from shared.base.days import local_day


def make_promise(
    answers: Answers,
    wanted: Sequence[Wanted],
    rails: PromiseRails,
    *,
    customer_id: UUID,
    pay_on: date,
    promise_id: UUID,
    moment: Moment,
) -> Promise:
    """It is held from now on until the day and its grace are over. The same words again are the same promise."""
    legal_entity, currency, items = take_items(answers, wanted)
    if same := next((one for one in answers.promises.values() if _says(one, items, pay_on)), None):
        return same
    today = local_day(moment, rails.zone(legal_entity))
    standing = Standing(len(answers.promises), answers.broken, answers.withdrawn)
    rails.check(pay_on, standing, today=today)
    check_left(answers, items, currency)

    promise = Promise(
        promise_id,
        customer_id,
        legal_entity,
        currency,
        items,
        pay_on,
        rails.grace_of(pay_on, legal_entity),
        moment,
    )
    answers.promises[promise_id] = promise
    answers.keep_promise(promise)
    tell_promise(answers, promise, moment=moment)
    return promise


def _says(promise: Promise, items: Iterable[Item], pay_on: date) -> bool:
    said = {(one.invoice_id, one.minor) for one in items}
    return promise.pay_on == pay_on and said == {
        (one.invoice_id, one.minor) for one in promise.items
    }
