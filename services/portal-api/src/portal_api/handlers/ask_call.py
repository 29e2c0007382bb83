"""A customer wants to talk to a person."""

from datetime import timedelta
from math import ceil
from typing import Final

from portal_api.domain.request import Request
from portal_api.domain.requests import Requests
from shared.base.clock import Moment
from shared.base.errors import Refusal
from shared.contracts.portal_api import CallRequested

WINDOW: Final = timedelta(days=1)


class TooManyCalls(Refusal):
    """Calls were asked for as often as one may within a day; we call back."""

    code, status = "too-many-call-requests", 429


def ask_call(requests: Requests, wanted: Request, *, most: int, moment: Moment) -> Request:
    """The same words again within a day are the same request. The number is not told."""
    lately = [one for one in requests.lately if moment - one.asked_at < WINDOW]
    if same := next((one for one in lately if one.says(wanted)), None):
        return same
    if len(lately) >= most:
        again_at = sorted(one.asked_at for one in lately)[-most] + WINDOW
        raise TooManyCalls(
            f"{most} calls were asked for within a day",
            retry_after_s=ceil((again_at - moment).total_seconds()),
        )

    requests.added.append(wanted)
    requests.announce(
        CallRequested(
            customer_id=wanted.asker.customer_id,
            version=1,
            request_id=wanted.request_id,
            contact_id=wanted.asker.contact_id,
            legal_entity=wanted.asker.legal_entity,
            language=wanted.asker.language,
            words=wanted.words,
            when=wanted.preferred_time,
            at=moment,
        )
    )
    return wanted
