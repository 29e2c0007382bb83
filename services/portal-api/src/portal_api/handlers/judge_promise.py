"""A promise is kept once all of it is paid, and judged when its day and grace are over."""

from portal_api.domain.answers import Answers
from portal_api.domain.promise import Promise, State
from portal_api.handlers.tell_promise import tell_promise
from shared.base.clock import Moment


def judge_promise(answers: Answers, promise: Promise, *, over_at: Moment, moment: Moment) -> None:
    """End it, if it is decided, else tell what is left of it; `over_at` is when it is decided at the latest."""
    before = [item.counted for item in promise.items]
    state = promise.verdict(answers.known_to(promise), is_over=moment >= over_at)
    if state is not State.OPEN:
        answers.spend(promise)
        promise.end(state, moment=moment)
    elif [item.counted for item in promise.items] != before:
        promise.version += 1
    else:
        return
    answers.keep_promise(promise)
    tell_promise(answers, promise, moment=moment)
