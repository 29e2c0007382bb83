"""A sign-in: asked for in one browser, mailed as a link, used once. Secrets are here only as their hashes."""

from dataclasses import dataclass
from datetime import timedelta
from hmac import compare_digest
from uuid import UUID

from shared.base.clock import Moment
from shared.base.errors import Refusal


class SignInUnknown(Refusal):
    """The link is none of ours, or long over."""

    code, status = "sign-in-unknown", 404


class SignInUsed(Refusal):
    """The link was used before; it opens the door once."""

    code, status = "sign-in-used", 409


class SignInExpired(Refusal):
    """The link's time is over: ask for a new one."""

    code, status = "sign-in-expired", 410


class SignInDead(Refusal):
    """Too many wrong codes were given: ask for a new link."""

    code, status = "sign-in-dead", 410


class CodeWanted(Refusal):
    """This is not the browser that asked: the code that the other one shows is wanted."""

    code, status = "code-wanted", 403


class CodeWrong(Refusal):
    """The other browser shows another code."""

    code, status = "code-wrong", 403


@dataclass(frozen=True, slots=True)
class SignInRules:
    """How long a link lives, how many wrong codes it bears, and how often who may ask within `window`."""

    link_life: timedelta
    codes_wrong_max: int
    window: timedelta
    asks_of_address_max: int
    asks_of_network_max: int


@dataclass(frozen=True, slots=True)
class Proof:
    """What somebody brings beside the link; None where it is missing."""

    browser_hash: bytes | None
    code_hash: bytes | None


@dataclass(slots=True)
class SignIn:
    """`address` is None when no contact has it: nobody was mailed, and nobody can come."""

    sign_in_id: UUID
    address: str | None
    code_hash: bytes
    browser_hash: bytes
    expires_at: Moment
    codes_wrong: int = 0
    used_at: Moment | None = None

    def refusal(self, proof: Proof, rules: SignInRules, *, moment: Moment) -> Refusal | None:
        """Why it opens nothing now; None when it does. A wrong code is counted, so whoever asks must keep that."""
        if self.used_at is not None:
            return SignInUsed("this link was used before")
        if self.expires_at <= moment:
            return SignInExpired("this link's time is over; ask for a new one")
        if self.codes_wrong >= rules.codes_wrong_max:
            return SignInDead("too many wrong codes were given; ask for a new link")
        return self._unproved(proof)

    def _unproved(self, proof: Proof) -> Refusal | None:
        if proof.browser_hash is not None and compare_digest(proof.browser_hash, self.browser_hash):
            return None
        if proof.code_hash is None:
            return CodeWanted("another browser asked: give the code that it shows", pointer="/code")
        if compare_digest(proof.code_hash, self.code_hash):
            return None
        self.codes_wrong += 1
        return CodeWrong("the browser that asked shows another code", pointer="/code")
