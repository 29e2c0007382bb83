"""The link of a sign-in is mailed once, to the contact who asked, while it is good; nothing keeps it in clear."""

import base64
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from shared.base.ids import derived_id
from shared.contracts.portal_api import SignInAsked
from shared.messaging.seal import Seal

SIGN_IN = derived_id("sign-in", "test")
LINK = "https://portal.example/sign-in/" + "t0ken" * 8 + "xyz"
KEYS, OTHER_KEYS = (
    base64.urlsafe_b64encode(bytes(range(start, start + 32))).decode() for start in (0, 100)
)


@pytest.fixture
def asked(tell: Any, morning: Any) -> Callable[..., SignInAsked]:
    """Asked by the only contact, ten minutes ago at most."""

    def made(keys: str = KEYS, **changes: Any) -> SignInAsked:
        seal = Seal.of(keys)
        assert seal is not None
        given: dict[str, Any] = {
            "customer_id": tell.customer_id,
            "version": 1,
            "sign_in_id": SIGN_IN,
            "contact_id": "1",
            "legal_entity": "DE01",
            "language": "de",
            "link_sealed": seal.close(LINK, about=str(SIGN_IN)),
            "expires_at": morning + timedelta(minutes=10),
        }
        return SignInAsked(**given | changes)

    return made


class TestSignInMail:
    @pytest.mark.parametrize(
        ("language", "subject"), [("de", "Ihr Link zur Anmeldung"), ("en", "your link to sign in")]
    )
    async def test_brings_the_link_to_who_asked(
        self, office: Any, tell: Any, asked: Any, language: str, subject: str
    ) -> None:
        await office.hear(tell.customer(), asked(language=language))

        await office.dispatch.run()

        (mail,) = office.mails()
        assert mail["To"] == "Anna Schröder <anna@blue-boat.example>"
        assert subject in mail["Subject"]
        for kind in ("plain", "html"):
            assert LINK in mail.get_body((kind,)).get_content().replace("\n", "")
        assert await office.statuses() == [("sent", "")]

    async def test_is_sent_once_though_it_is_heard_twice(
        self, office: Any, tell: Any, asked: Any
    ) -> None:
        await office.hear(tell.customer(), asked())
        await office.dispatch.run()
        await office.hear(asked())
        await office.dispatch.run()

        assert len(office.mails()) == 1

    async def test_leaves_the_link_nowhere_in_clear(
        self, office: Any, tell: Any, asked: Any, logged: Callable[[str], str]
    ) -> None:
        await office.hear(tell.customer(), asked())
        await office.dispatch.run()

        kept = ""
        for table in ("messages", "deliveries", "outbox"):
            for row in await office.rows(f"SELECT * FROM {table}"):
                kept += " ".join(
                    one.decode() if isinstance(one, bytes) else str(one) for one in row.values()
                )
        assert "https://…" in kept
        assert "t0ken" not in kept + logged("notifier")

    async def test_neither_counts_as_a_contact_nor_waits_for_one(
        self, office: Any, tell: Any, asked: Any
    ) -> None:
        await office.hear(tell.customer(), asked())
        await office.dispatch.run()
        await office.planned()

        await office.dispatch.run()

        assert [status for status, _ in await office.statuses()] == ["sent", "sent"]

    async def test_is_not_sent_once_the_link_is_over(
        self, office: Any, tell: Any, asked: Any
    ) -> None:
        await office.hear(tell.customer(), asked())
        office.later(timedelta(minutes=10))

        await office.dispatch.run()

        assert await office.statuses() == [("suppressed", "answer-too-late")]

    async def test_is_not_sent_to_a_contact_who_is_gone(
        self, office: Any, tell: Any, asked: Any
    ) -> None:
        await office.hear(tell.customer(), asked())
        await office.hear(tell.customer(version=2, contacts=()))

        await office.dispatch.run()

        assert await office.statuses() == [("suppressed", "no-contact")]

    async def test_is_not_sent_without_the_key(self, office: Any, tell: Any, asked: Any) -> None:
        await office.hear(tell.customer(), asked(OTHER_KEYS))

        await office.dispatch.run()

        assert office.mails() == []
        assert await office.statuses() == [("suppressed", "seal-broken")]
