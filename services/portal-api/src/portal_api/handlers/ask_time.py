"""A customer says that they cannot pay now."""

from portal_api.domain.request import Request
from portal_api.domain.requests import Requests
from shared.base.clock import Moment
from shared.base.errors import Refusal
from shared.contracts.portal_api import HardshipRequested


class HardshipOpen(Refusal):
    """A request of this customer is open already; whoever has more to say asks for a call."""

    code, status = "hardship-request-open", 409


def ask_time(requests: Requests, wanted: Request, *, moment: Moment) -> Request:
    """They are not chased until it ends. The same words again are the same request."""
    standing = next((one for one in requests.lately if one.is_open(moment)), None)
    if standing is not None and standing.says(wanted):
        return standing
    if standing is not None:
        raise HardshipOpen(f"nobody chases you until {standing.until}")

    requests.added.append(wanted)
    assert wanted.until is not None, "a hardship has an end"
    requests.announce(
        HardshipRequested(
            customer_id=wanted.asker.customer_id,
            version=1,
            request_id=wanted.request_id,
            contact_id=wanted.asker.contact_id,
            legal_entity=wanted.asker.legal_entity,
            language=wanted.asker.language,
            words=wanted.words,
            wants_until=wanted.wants_until,
            until=wanted.until,
            at=moment,
        )
    )
    return wanted
