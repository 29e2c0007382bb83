"""Staff tokens: one issuer, one audience, asymmetric signatures, machine time; keys fetched over real HTTP."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from shared.base.clock import machine_nanoseconds
from shared.web import auth
from shared.web.auth import NotSignedIn, Staff, StaffKeysUnavailable, StaffTokens
from shared.worker.server import Server, listen

ISSUER, AUDIENCE = "https://issuer.example", "dunwell"
EC = ECKey.generate_key("P-256", {"kid": "ec-1"})
RSA = RSAKey.generate_key(2048, {"kid": "rsa-1"})
ED = OKPKey.generate_key("Ed25519", {"kid": "ed-1"})
NEW = ECKey.generate_key("P-256", {"kid": "ec-2"})
STRANGER = ECKey.generate_key("P-256", {"kid": "ec-1"})

DAY_SECONDS = 86_400
"""Longer than any run of the tests: claims are written when they are collected."""


@dataclass
class Issuer:
    """Publishes its keys, and counts how often they are asked for."""

    keys: list[Any] = field(default_factory=lambda: [EC, RSA, ED])
    asked: int = 0
    url: str = ""

    def document(self) -> dict[str, Any]:
        self.asked += 1
        return {"keys": [key.as_dict(private=False) for key in self.keys]}


@pytest.fixture
async def issuer() -> AsyncIterator[Issuer]:
    issuer, app = Issuer(), FastAPI()
    app.get("/keys")(issuer.document)
    sock = listen("127.0.0.1", 0)
    issuer.url = f"http://127.0.0.1:{sock.getsockname()[1]}/keys"
    server = Server(app, drain_seconds=1)
    serving = asyncio.create_task(server.serve([sock]))
    yield issuer
    server.should_exit = True
    await serving


@pytest.fixture
def tokens(issuer: Issuer) -> StaffTokens:
    return StaffTokens(jwks_url=issuer.url, issuer=ISSUER, audience=AUDIENCE)


def token(key: Any = EC, algorithm: str = "ES256", **changed: Any) -> str:
    now = machine_nanoseconds() // 10**9
    claims = {
        "iss": ISSUER, "aud": AUDIENCE, "sub": "anna", "roles": ["collector"], "exp": now + 60,
    } | changed  # fmt: skip
    kept = {name: claim for name, claim in claims.items() if claim is not None}
    return jwt.encode({"alg": algorithm, "kid": key.kid}, kept, key, algorithms=[algorithm])


def unsigned() -> str:
    header, claims = ({"alg": "none", "kid": "ec-1"}, {"sub": "anna"})
    parts = (base64.urlsafe_b64encode(json.dumps(part).encode()) for part in (header, claims))
    return ".".join(part.rstrip(b"=").decode() for part in parts) + "."


class TestTokens:
    @pytest.mark.parametrize(("key", "algorithm"), [(EC, "ES256"), (RSA, "RS256"), (ED, "Ed25519")])
    async def test_of_the_issuer_say_who_and_in_which_roles(
        self, tokens: StaffTokens, key: Any, algorithm: str
    ) -> None:
        staff = await tokens.read(token(key, algorithm))

        assert staff == Staff("anna", frozenset({"collector"}))

    @pytest.mark.parametrize(
        "changed",
        [
            {"iss": "https://other.example"},
            {"aud": "another"},
            {"aud": None},
            {"sub": None},
            {"exp": None},
            {"exp": machine_nanoseconds() // 10**9 - 60},
            {"nbf": machine_nanoseconds() // 10**9 + DAY_SECONDS},
            {"roles": "collector"},
        ],
    )
    async def test_that_claim_something_else_are_refused(
        self, tokens: StaffTokens, changed: dict[str, Any]
    ) -> None:
        with pytest.raises(NotSignedIn):
            await tokens.read(token(**changed))

    @pytest.mark.parametrize(
        "forged",
        [
            token(STRANGER),
            token(OctKey.import_key(b"0" * 32, {"kid": "ec-1"}), "HS256"),
            unsigned(),
            "not.a.token",
            "",
            "x" * 9_000,
        ],
    )
    async def test_signed_by_nobody_we_trust_are_refused(
        self, tokens: StaffTokens, forged: str
    ) -> None:
        with pytest.raises(NotSignedIn):
            await tokens.read(forged)

    async def test_end_though_they_were_seen_before(
        self, tokens: StaffTokens, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seen = token()
        await tokens.read(seen)
        monkeypatch.setattr(auth, "machine_nanoseconds", lambda: machine_nanoseconds() + 10**12)

        with pytest.raises(NotSignedIn):
            await tokens.read(seen)


class TestKeys:
    async def test_are_fetched_once_for_many_tokens(
        self, tokens: StaffTokens, issuer: Issuer
    ) -> None:
        await asyncio.gather(*(tokens.read(token()) for _ in range(20)))

        assert issuer.asked == 1

    async def test_are_fetched_again_when_a_token_names_a_new_one(
        self, tokens: StaffTokens, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(auth, "KEYS_RETRY_SECONDS", 0)
        await tokens.read(token())
        issuer.keys.append(NEW)

        assert (await tokens.read(token(NEW))).subject == "anna"

    async def test_that_the_issuer_withdraws_vouch_for_nobody_seen_before(
        self, tokens: StaffTokens, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seen = token()
        await tokens.read(seen)
        issuer.keys.remove(EC)
        monkeypatch.setattr(auth, "KEYS_FRESH_SECONDS", 0)
        monkeypatch.setattr(auth, "KEYS_RETRY_SECONDS", 0)

        with pytest.raises(NotSignedIn):
            await tokens.read(seen)

    async def test_are_not_fetched_again_for_every_unknown_name(
        self, tokens: StaffTokens, issuer: Issuer
    ) -> None:
        for _ in range(5):
            with pytest.raises(NotSignedIn):
                await tokens.read(token(NEW))

        assert issuer.asked == 1

    async def test_that_cannot_be_read_make_nobody_known(self) -> None:
        tokens = StaffTokens(jwks_url="http://127.0.0.1:1/keys", issuer=ISSUER, audience=AUDIENCE)

        with pytest.raises(StaffKeysUnavailable):
            await tokens.read(token())
