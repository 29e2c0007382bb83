"""A local issuer of staff tokens: what an identity provider is in production."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey

AUDIENCE = "dunwell"
ALGORITHM = "ES256"
TOKEN_LIFE = timedelta(days=30)


class Issuer:
    """Signs tokens with a key that lives as long as the stack runs."""

    def __init__(self, address: str) -> None:
        """`address` is the issuer's name, and where its keys are found."""
        self.address = address
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

    def keys(self) -> dict[str, Any]:
        """The public keys, as a JWK set."""
        public = {**self._key.as_dict(private=False), "alg": ALGORITHM}
        return {"keys": [public]}
