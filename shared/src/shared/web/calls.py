"""Another service of ours, asked over HTTP in this service's own name. Never ask inside a transaction."""

import asyncio
import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Annotated, Any, Final, NamedTuple

import httpx
from pydantic import BaseModel, Field, ValidationError

from shared.base.clock import machine_seconds
from shared.base.errors import Refusal
from shared.config import RuntimeSettings
from shared.web.idempotency import IdempotencyKeyReused, RequestInFlight
from shared.web.problems import Problem, document, problems

TOKEN_SPARE_SECONDS: Final = 60
"""A token is not used in its last minute: the other side's clock may be ahead of ours."""
TOKEN_SECONDS_MAX: Final = 5
"""Longest that the issuer may take."""
RETRY_AFTER_SECONDS: Final = 5

_log = logging.getLogger(__name__)


class PeerUnavailable(Refusal):
    """Another service of ours does not answer now; nothing is known to have been done. Ask again with the same key."""

    code, status = "peer-unavailable", 503


class PassedOn(NamedTuple):
    """A refusal of another service's that our caller is told as it is; documented as one of ours."""

    status: int
    code: str
    meaning: str


class PeerRefused(Refusal):
    """Another service's refusal, passed on under its own name."""

    def __init__(self, refused: Problem) -> None:
        pointer = next((one.pointer for one in refused.errors if one.pointer), "")
        super().__init__(refused.detail, pointer=pointer)
        self.code, self.status = refused.code, refused.status  # type: ignore[misc]


class _Granted(BaseModel):
    """What of the issuer's answer is read (RFC 6749, 5.1); a life that is not said is short."""

    access_token: Annotated[str, Field(min_length=1)]
    expires_in: Annotated[int, Field(gt=0)] = TOKEN_SPARE_SECONDS + 1


@dataclass(slots=True)
class ServiceTokens:
    """This service's own token of the staff issuer, by client credentials (RFC 6749, 4.4); kept until it is old.

    `http` has a timeout; `url` "" means that no issuer is configured.
    """

    http: httpx.AsyncClient
    url: str
    client_id: str
    client_secret: str = field(repr=False)
    _token: str = field(default="", repr=False)
    _fresh_until: float = float("-inf")
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def token(self) -> str:
        """One that is valid for some time yet. Raises `PeerUnavailable`."""
        async with self._asking:
            if machine_seconds() >= self._fresh_until:
                await self._ask()
            return self._token

    def forget(self, token: str) -> None:
        """It was refused, so the next call asks for another."""
        if token == self._token:
            self._fresh_until = float("-inf")

    async def _ask(self) -> None:
        asked_at = machine_seconds()
        try:
            answer = await self.http.post(
                self.url,
                data={"grant_type": "client_credentials"},
                auth=(self.client_id, self.client_secret),
            )
            granted = _Granted.model_validate_json(answer.raise_for_status().content)
        except (httpx.HTTPError, httpx.InvalidURL, ValidationError) as error:
            raise _unavailable("the issuer of tokens", error) from error
        self._token = granted.access_token
        self._fresh_until = asked_at + granted.expires_in - TOKEN_SPARE_SECONDS


@dataclass(frozen=True, slots=True)
class Peer:
    """One other service. Whatever it says that is not its failure is returned, refusals too; `http` has its address
    and a timeout.
    """

    http: httpx.AsyncClient
    tokens: ServiceTokens

    async def get(self, path: str, **asked: Any) -> httpx.Response:
        """A question; `asked` as httpx spells it (`params`, `headers`). Raises `PeerUnavailable`."""
        return await self._ask("GET", path, asked)

    async def post(self, path: str, *, key: str | None, **sent: Any) -> httpx.Response:
        """A command, done once however often it is sent with that key; `sent` is `json`, or `files` and `data`.

        None where the other side knows by the content that it is the same. Raises `PeerUnavailable`.
        """
        headers = {} if key is None else {"Idempotency-Key": key}
        return await self._ask("POST", path, {**sent, "headers": headers})

    async def _ask(self, method: str, path: str, sent: Mapping[str, Any]) -> httpx.Response:
        answer = await self._once(method, path, sent)
        if answer.status_code == HTTPStatus.UNAUTHORIZED:
            answer = await self._once(method, path, sent)
        if answer.status_code in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            raise _unavailable(str(self.http.base_url), f"it answers us {answer.status_code}")
        if answer.is_server_error:
            raise _unavailable(str(self.http.base_url), f"it answers {answer.status_code}")
        return answer

    async def _once(self, method: str, path: str, sent: Mapping[str, Any]) -> httpx.Response:
        token = await self.tokens.token()
        headers = {**sent.get("headers", {}), "Authorization": f"Bearer {token}"}
        try:
            answer = await self.http.request(method, path, **{**sent, "headers": headers})
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _unavailable(str(self.http.base_url), error) from error
        if answer.status_code == HTTPStatus.UNAUTHORIZED:
            self.tokens.forget(token)
        return answer


REUSED: Final = PassedOn(422, IdempotencyKeyReused.code, "This key was used for another request.")
IN_FLIGHT: Final = PassedOn(409, RequestInFlight.code, "The same request is being handled now.")


def document_of(answer: httpx.Response, refusals: Collection[PassedOn] = ()) -> Any:
    """What a peer answered; raises `PeerRefused` for these refusals, `PeerUnavailable` for any other."""
    if answer.is_success:
        return answer.json()
    try:
        refused = Problem.model_validate_json(answer.content)
    except ValidationError as error:
        raise _unavailable(str(answer.url), error) from error
    if refused.code not in {one.code for one in (*refusals, REUSED, IN_FLIGHT)}:
        raise _unavailable(str(answer.url), refused.code)
    raise PeerRefused(refused)


def passed_on(*refusals: PassedOn) -> dict[int | str, dict[str, Any]]:
    """For a route's `responses=`, beside `problems`."""
    documented = problems(PeerUnavailable)
    for one in (*refusals, REUSED, IN_FLIGHT):
        document(documented, *one)
    return documented


def own_tokens(settings: RuntimeSettings) -> ServiceTokens:
    """The tokens of the service whose settings these are."""
    return ServiceTokens(
        httpx.AsyncClient(timeout=TOKEN_SECONDS_MAX),
        settings.service_token_url,
        settings.service_client_id,
        settings.service_client_secret.get_secret_value(),
    )


def _unavailable(who: str, why: object) -> PeerUnavailable:
    """Customers are told no addresses of ours; our log is."""
    _log.warning("a service of ours was not reached", extra={"peer": who, "why": repr(why)})
    return PeerUnavailable(
        "this cannot be done at the moment: try again in a moment",
        retry_after_s=RETRY_AFTER_SECONDS,
    )
