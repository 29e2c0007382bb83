"""Staff: who they are and what they may do, from a signed token. Token life is machine time."""

import asyncio
import logging
from dataclasses import dataclass
from typing import Annotated, Any, Final

import httpx
from fastapi import Depends, Request
from fastapi.openapi.models import HTTPBearer
from fastapi.security.base import SecurityBase
from fastapi.security.utils import get_authorization_scheme_param
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from shared.base.clock import machine_nanoseconds, machine_seconds
from shared.base.errors import Refusal

ALGORITHMS: Final = ("RS256", "ES256", "EdDSA", "Ed25519")
"""Asymmetric only: whoever can check a token cannot make one."""
TOKEN_CHARACTERS_MAX: Final = 8_192
LEEWAY_SECONDS: Final = 30
KEYS_FRESH_SECONDS: Final = 600
KEYS_RETRY_SECONDS: Final = 5
"""At most so often are keys fetched again because a token names one we do not know, or fetching failed."""
KEYS_FETCH_SECONDS_MAX: Final = 5
KEYS_BYTES_MAX: Final = 65_536
TOKENS_KEPT_MAX: Final = 1_000

_log = logging.getLogger(__name__)


class NotSignedIn(Refusal):
    """There is no staff token, or it is not valid (any more)."""

    code, status = "not-signed-in", 401


class RoleMissing(Refusal):
    """The staff member has none of the roles that may do this."""

    code, status = "role-missing", 403


class StaffKeysUnavailable(Refusal):
    """The issuer's keys cannot be read now, so nobody can be recognised."""

    code, status = "staff-keys-unavailable", 503


@dataclass(frozen=True, slots=True)
class Staff:
    """A person of ours, or a service acting as one. `subject` is the issuer's stable name for them."""

    subject: str
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Verified:
    """What a good token says; `ends_at` in seconds of Unix time."""

    staff: Staff
    ends_at: float


class StaffTokens:
    """Reads tokens of one issuer for one audience; its keys come from `jwks_url` and are kept for ten minutes.

    Keys once read go on being used while the issuer is away. A token is verified once as long as the keys are the
    same; whether it has ended is checked each time.
    """

    def __init__(self, *, jwks_url: str, issuer: str, audience: str) -> None:
        self._jwks_url = jwks_url
        self._wanted: dict[str, Any] = {
            "iss": {"essential": True, "value": issuer},
            "aud": {"essential": True, "value": audience},
            "exp": {"essential": True},
            "sub": {"essential": True},
        }
        self._keys: KeySet | None = None
        self._verified: dict[str, _Verified] = {}
        self._fetched_at = self._tried_at = float("-inf")
        self._fetching = asyncio.Lock()

    async def read(self, token: str) -> Staff:
        """Whose token it is; raises `NotSignedIn`, or `StaffKeysUnavailable` (503)."""
        if not self._jwks_url:
            raise NotSignedIn("no issuer of staff tokens is configured")
        if len(token) > TOKEN_CHARACTERS_MAX:
            raise NotSignedIn(f"a token has at most {TOKEN_CHARACTERS_MAX} characters")

        keys = await self._known_keys(KEYS_FRESH_SECONDS)
        known = self._verified.get(token) or self._keep(token, await self._verify(token, keys))
        if known.ends_at + LEEWAY_SECONDS <= _now():
            raise NotSignedIn("the token is not valid any more")
        return known.staff

    async def _verify(self, token: str, keys: KeySet) -> "_Verified":
        try:
            try:
                claims = _decoded(token, keys)
            except InvalidKeyIdError:
                claims = _decoded(token, await self._known_keys(KEYS_RETRY_SECONDS))
            jwt.JWTClaimsRegistry(_now(), LEEWAY_SECONDS, **self._wanted).validate(claims)
        except (JoseError, ValueError) as error:
            raise NotSignedIn("the token is not valid") from error
        roles = claims.get("roles", [])
        if not isinstance(claims["sub"], str) or not isinstance(roles, list):
            raise NotSignedIn("the token does not say who and in which roles")
        return _Verified(Staff(claims["sub"], frozenset(map(str, roles))), claims["exp"])

    def _keep(self, token: str, verified: "_Verified") -> "_Verified":
        if len(self._verified) >= TOKENS_KEPT_MAX:
            self._verified.clear()
        self._verified[token] = verified
        return verified

    async def _known_keys(self, age_max_s: float) -> KeySet:
        """The issuer's keys, not older than that where the issuer can be reached."""
        async with self._fetching:
            now = machine_seconds()
            if now - self._fetched_at > age_max_s and now - self._tried_at > KEYS_RETRY_SECONDS:
                self._tried_at = now
                await self._fetch()
        if self._keys is None:
            raise StaffKeysUnavailable("the issuer's keys cannot be read now")
        return self._keys

    async def _fetch(self) -> None:
        try:
            async with httpx.AsyncClient(timeout=KEYS_FETCH_SECONDS_MAX) as client:
                answer = await client.get(self._jwks_url)
            answer.raise_for_status()
            if len(answer.content) > KEYS_BYTES_MAX:
                raise ValueError(f"more than {KEYS_BYTES_MAX} bytes of keys")
            self._keys = KeySet.import_key_set(answer.json())
            self._fetched_at = machine_seconds()
            self._verified.clear()
        except (httpx.HTTPError, JoseError, ValueError, KeyError, TypeError) as error:
            _log.warning("staff keys were not read", extra={"why": repr(error)})


def _now() -> int:
    return machine_nanoseconds() // 10**9


def _decoded(token: str, keys: KeySet) -> dict[str, Any]:
    return jwt.decode(token, keys, algorithms=ALGORITHMS).claims


class _StaffToken(SecurityBase):
    """The dependency that says who calls, and the scheme that OpenAPI names: one step of FastAPI's, not two."""

    model = HTTPBearer(bearerFormat="JWT")
    scheme_name = "staff"

    async def __call__(self, request: Request) -> Staff:
        scheme, token = get_authorization_scheme_param(request.headers.get("Authorization"))
        if scheme.lower() != "bearer" or not token:
            raise NotSignedIn("a staff token is wanted: Authorization: Bearer …")
        tokens: StaffTokens = request.app.state.staff_tokens
        return await tokens.read(token)


signed_in: Final = _StaffToken()
SignedIn = Annotated[Staff, Depends(signed_in)]


def require(*roles: str) -> Any:
    """A dependency that yields the `Staff` who has at least one of these roles.

    `dependencies=[require("viewer")]` on a router or route, or `staff: Annotated[Staff, require("collector")]`.
    """

    async def with_role(staff: SignedIn) -> Staff:
        if staff.roles.isdisjoint(roles):
            raise RoleMissing(f"one of these roles is wanted: {', '.join(sorted(roles))}")
        return staff

    return Depends(with_role)
