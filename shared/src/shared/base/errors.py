"""Refusals: outcomes that are part of the contract, and so have a name."""

from typing import ClassVar


class Refusal(Exception):
    """A request or event that is understood and declined.

    `code` is stable for ever and kebab-case; `pointer` is a JSON pointer to the part that was declined ("" = all).
    The message says what was held and what was wanted. A refusal is an answer, never a crash.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 422
    """HTTP status that this refusal becomes at a web door."""

    def __init__(
        self, message: str, *, pointer: str = "", retry_after_s: int | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.pointer = pointer
        self.retry_after_s = retry_after_s
        """Seconds after which the same may be asked again, where that is known."""
