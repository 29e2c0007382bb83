"""A local issuer of tokens for staff and services: what an identity provider is in production."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey

AUDIENCE = "dunwell"
ALGORITHM = "ES256"
TOKEN_LIFE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Client:
    """A service that may ask for a token of its own, and the roles in it."""

    secret: str
    roles: tuple[str, ...]


class Issuer:
    """Signs tokens with a key that lives as long as the stack runs."""

    def __init__(self, address: str, clients: Mapping[str, Client] | None = None) -> None:
        """`address` is the issuer's name, and where its keys are found; `clients` by their id."""
        self.address = address
        self._clients = clients or {}
        self._key = ECKey.generate_key("P-256", {"kid": secrets.token_hex(8), "use": "sig"})

    def token(self, subject: str, roles: list[str], *, now: datetime) -> str:
        """A token for a person or a service, valid TOKEN_LIFE from `now` (machine time)."""
        claims = {
            "iss": self.address,
            "aud": AUDIENCE,
            "sub": subject,
            "roles": roles,
            "iat": int(now.timestamp()),
            "exp": int((now + TOKEN_LIFE).timestamp()),
            "jti": secrets.token_hex(16),
        }
        return jwt.encode({"alg": ALGORITHM, "kid": self._key.kid}, claims, self._key)

    def token_of(self, client_id: str, secret: str, *, now: datetime) -> str | None:
        """A service's own token (client credentials); None unless it knows its secret."""
        client = self._clients.get(client_id)
        if client is None or not secrets.compare_digest(client.secret.encode(), secret.encode()):
            return None
        return self.token(client_id, list(client.roles), now=now)

    def keys(self) -> dict[str, Any]:
        """The public keys, as a JWK set."""
        public = {**self._key.as_dict(private=False), "alg": ALGORITHM}
        return {"keys": [public]}
