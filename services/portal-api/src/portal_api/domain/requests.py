"""What one command knows of what a customer asked before."""

from dataclasses import dataclass, field

from portal_api.domain.request import Feedback, Request
from shared.base.telling import Telling


@dataclass(slots=True)
class Requests(Telling):
    """Of one customer and kind: those of late, the newest first; `added` and `given` are to be kept."""

    lately: list[Request] = field(default_factory=list)
    added: list[Request] = field(default_factory=list)
    given: list[Feedback] = field(default_factory=list)
