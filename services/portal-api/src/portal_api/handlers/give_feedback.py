"""A customer answers the question how content they are with the way their dispute was handled."""

from portal_api.domain.request import Feedback
from portal_api.domain.requests import Requests
from shared.base.clock import Moment
from shared.base.errors import Refusal
from shared.contracts.portal_api import FeedbackGiven

CLOSED = "closed"


class CaseOpen(Refusal):
    """The dispute is not closed yet."""

    code, status = "case-open", 409


class FeedbackGivenBefore(Refusal):
    """Somebody of this customer has answered otherwise; the first answer counts."""

    code, status = "feedback-given", 409


def give_feedback(
    requests: Requests, feedback: Feedback, *, state: str, given: Feedback | None, moment: Moment
) -> Feedback:
    """One answer for each case; `given` is the one there is. The same again is the same answer."""
    if given is not None and (given.score, given.words) == (feedback.score, feedback.words):
        return given
    if given is not None:
        raise FeedbackGivenBefore("this case has an answer")
    if state != CLOSED:
        raise CaseOpen(f"the dispute is {state}", pointer="/case_id")

    requests.given.append(feedback)
    requests.announce(
        FeedbackGiven(
            customer_id=feedback.asker.customer_id,
            version=1,
            feedback_id=feedback.feedback_id,
            case_id=feedback.case_id,
            contact_id=feedback.asker.contact_id,
            legal_entity=feedback.asker.legal_entity,
            score=feedback.score,
            words=feedback.words,
            at=moment,
        )
    )
    return feedback
