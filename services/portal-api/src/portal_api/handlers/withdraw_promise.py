"""A customer takes a promise back: what is not paid of it is asked for again."""

from portal_api.domain.answers import Answers
from portal_api.domain.promise import Promise, State
from portal_api.domain.promise_rails import PromiseRails
from portal_api.handlers.tell_promise import tell_promise
from shared.base.clock import Moment
from shared.base.days import local_day
from shared.base.errors import Refusal


class PromiseOver(Refusal):
    """It has ended, or its day is over: what came of it is decided by what is paid."""

    code, status = "promise-over", 409


def withdraw_promise(
    answers: Answers, promise: Promise, rails: PromiseRails, *, by: str, moment: Moment
) -> None:
    """`by` is the contact who says so. Again is as once; after its day it is too late to take it back."""
    if promise.withdrawn_by:
        return
    today = local_day(moment, rails.zone(promise.legal_entity))
    if promise.state is not State.OPEN or today > promise.pay_on:
        raise PromiseOver(f"it is {promise.state}, and was for {promise.pay_on}")

    answers.spend(promise)
    promise.withdrawn_by = by
    promise.end(State.WITHDRAWN, moment=moment)
    answers.keep_promise(promise)
    tell_promise(answers, promise, moment=moment)
