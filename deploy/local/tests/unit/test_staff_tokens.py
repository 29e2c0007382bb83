"""Tokens of the local issuer stand up to a stranger who has only the published keys."""

from datetime import UTC, datetime

import pytest
from joserfc import jwt
from joserfc.errors import BadSignatureError
from joserfc.jwk import KeySet

from local_stack.clock.staff import ALGORITHM, AUDIENCE, TOKEN_LIFE, Client, Issuer

NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)


class TestIssuer:
    def test_a_token_verifies_with_the_published_keys_and_names_its_owner(self) -> None:
        issuer = Issuer("http://127.0.0.1:8110")

        token = issuer.token("erika", ["manager", "viewer"], now=NOW)

        claims = jwt.decode(token, KeySet.import_key_set(issuer.keys()), [ALGORITHM]).claims  # type: ignore[arg-type]
        assert claims["iss"] == "http://127.0.0.1:8110"
        assert claims["aud"] == AUDIENCE
        assert claims["sub"] == "erika"
        assert claims["roles"] == ["manager", "viewer"]
        assert claims["exp"] == int((NOW + TOKEN_LIFE).timestamp())

    def test_a_token_of_another_issuer_does_not_verify(self) -> None:
        ours, theirs = Issuer("http://a"), Issuer("http://a")
        forged = theirs.token("erika", ["admin"], now=NOW)
        published = ours.keys()
        published["keys"][0]["kid"] = theirs.keys()["keys"][0]["kid"]

        with pytest.raises(BadSignatureError):
            jwt.decode(forged, KeySet.import_key_set(published), [ALGORITHM])  # type: ignore[arg-type]

    def test_the_private_part_of_the_key_is_not_published(self) -> None:
        assert "d" not in Issuer("http://a").keys()["keys"][0]

    def test_a_service_gets_a_token_of_its_own_for_its_secret_and_for_no_other(self) -> None:
        issuer = Issuer("http://a", {"portal-api": Client("s3cret", ("portal",))})

        token = issuer.token_of("portal-api", "s3cret", now=NOW)

        assert token is not None
        claims = jwt.decode(token, KeySet.import_key_set(issuer.keys()), [ALGORITHM]).claims  # type: ignore[arg-type]
        assert (claims["sub"], claims["roles"]) == ("portal-api", ["portal"])
        assert issuer.token_of("portal-api", "wrong", now=NOW) is None
        assert issuer.token_of("ledger", "s3cret", now=NOW) is None
