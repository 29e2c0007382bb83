"""A promise is kept once all of it is paid, and judged when its day and grace are over."""

from portal_api.domain.promise import Promise, State
from portal_api.domain.promises import Promises
from portal_api.handlers.tell_promise import tell_promise
from shared.base.clock import Moment


def judge_promise(promises: Promises, promise: Promise, *, over_at: Moment, moment: Moment) -> None:
    """End it, if it is decided; `over_at` is when the last day that keeps it is over."""
    open_minor = {one.invoice_id: one.open_minor for one in promises.invoices.values()}
    state = promise.verdict(promises.paid, open_minor, is_over=moment >= over_at)
    if state is State.OPEN:
        return
    promise.end(state, moment=moment)
    promises.keep(promise)
    tell_promise(promises, promise, moment=moment)
