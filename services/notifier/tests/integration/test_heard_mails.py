"""Whoever is heard is told what happens next; how a contact wants to be reached counts over what the ERP says."""

import base64
import re
from datetime import timedelta
from typing import Any

import pytest

from notifier.gateways.portal import Portal
from shared.base.ids import derived_id
from shared.contracts import disputes, erp, portal_api
from shared.messaging.seal import Seal
from shared.testing.portal_examples import preference_examples, request_examples

KEYS = base64.urlsafe_b64encode(bytes(range(32))).decode()
PUBLIC = "https://portal.example"
LINK = f"{PUBLIC}/address-change/" + "t0ken" * 8 + "xyz"
UNSUBSCRIBE = re.compile(r"<https://portal\.example/unsubscribe/(v1\.[A-Za-z0-9_=-]+)>")


def seal() -> Seal:
    found = Seal.of(KEYS)
    assert found is not None
    return found


@pytest.fixture
def open_portal(office: Any) -> Any:
    """Customers reach the portal, and our pages in front of it."""
    office.dispatch.writer._portal = Portal(PUBLIC, "https://pages.example")
    return office


def asked(tell: Any, morning: Any, kind: type, **changes: Any) -> Any:
    examples = request_examples(tell.customer_id, morning)
    return next(one for one in examples if type(one) is kind).model_copy(update=changes)


def change(tell: Any, morning: Any, **changes: Any) -> Any:
    made = next(iter(preference_examples(tell.customer_id, morning)))
    sealed = seal().close(LINK, about=str(made.change_id))  # type: ignore[attr-defined]
    return made.model_copy(update={"link_sealed": sealed} | changes)


def preferred(
    tell: Any, morning: Any, version: int = 1, **changes: Any
) -> portal_api.PreferencesChanged:
    """What the only contact says; addresses are sealed here."""
    about = derived_id("preferences", tell.customer_id, "1")
    for name in ("email", "phone"):
        if address := changes.pop(name, None):
            changes[f"{name}_sealed"] = seal().close(address, about=str(about))
    given: dict[str, Any] = {"preferences_id": about, "contact_id": "1", "at": morning}
    return portal_api.PreferencesChanged(
        customer_id=tell.customer_id, version=version, **given | changes
    )


def text_of(mail: Any, kind: str = "plain") -> str:
    text: str = mail.get_body((kind,)).get_content()
    return text


class TestAnswers:
    @pytest.mark.parametrize(
        ("kind", "said"),
        [
            (portal_api.HardshipRequested, ("de", "Bis zum 20.05.2026 erinnern wir Sie")),
            (portal_api.HardshipRequested, ("en", "Until 20 May 2026 we do not remind you")),
            (portal_api.CallRequested, ("de", "ruft Sie innerhalb eines Werktags an")),
            (portal_api.CallRequested, ("en", "calls you within one working day")),
        ],
    )
    async def test_say_what_happens_next_once(
        self, office: Any, tell: Any, morning: Any, kind: type, said: tuple[str, str]
    ) -> None:
        language, says = said
        fact = asked(tell, morning, kind, language=language)
        await office.hear(tell.customer(), fact)
        await office.dispatch.run()
        await office.hear(fact)
        await office.dispatch.run()

        (mail,) = office.mails()
        assert mail["To"] == "Anna Schröder <anna@blue-boat.example>"
        assert says in " ".join(text_of(mail).split())
        assert await office.statuses() == [("sent", "")]

    async def test_neither_count_as_a_contact_nor_wait_for_one(
        self, office: Any, tell: Any, morning: Any
    ) -> None:
        await office.planned()
        await office.hear(asked(tell, morning, portal_api.CallRequested))
        await office.dispatch.run()

        assert len(office.mails()) == 2

    async def test_that_come_too_late_answer_nothing(
        self, office: Any, tell: Any, morning: Any
    ) -> None:
        await office.hear(tell.customer(), asked(tell, morning, portal_api.CallRequested))
        office.later(timedelta(days=3))
        await office.dispatch.run()

        assert await office.statuses() == [("suppressed", "answer-too-late")]

    async def test_to_a_contact_who_is_gone_are_not_sent_to_another(
        self, office: Any, tell: Any, morning: Any
    ) -> None:
        fact = asked(tell, morning, portal_api.CallRequested, contact_id="9")
        await office.hear(tell.customer(), fact)
        await office.dispatch.run()

        assert await office.statuses() == [("suppressed", "no-contact")]


class TestAddressChange:
    async def test_is_confirmed_at_the_old_address_and_its_link_kept_nowhere(
        self, office: Any, tell: Any, morning: Any
    ) -> None:
        await office.hear(tell.customer(), change(tell, morning))
        await office.dispatch.run()

        (mail,) = office.mails()
        assert mail["To"] == "Anna Schröder <anna@blue-boat.example>"
        assert LINK in text_of(mail).replace("\n", "")
        kept = str(
            await office.rows(
                "SELECT told, brief, subject FROM (SELECT *, '' AS subject FROM messages) AS m"
            )
        )
        assert "t0ken" not in kept

    async def test_once_told_writes_to_the_new_one(
        self, office: Any, tell: Any, morning: Any
    ) -> None:
        await office.planned()
        await office.hear(preferred(tell, morning, email="new@blue-boat.example", language="en"))
        await office.dispatch.run()

        (mail,) = office.mails()
        assert mail["To"] == "Anna Schröder <new@blue-boat.example>"
        assert mail["Content-Language"] == "en"
        assert "new@" not in str(await office.rows("SELECT * FROM preferences"))

    async def test_that_no_key_opens_leaves_the_erp_s_address(
        self, office: Any, tell: Any, morning: Any
    ) -> None:
        await office.planned()
        await office.hear(preferred(tell, morning, email_sealed="v1.AAAA"))
        await office.dispatch.run()

        (mail,) = office.mails()
        assert mail["To"] == "Anna Schröder <anna@blue-boat.example>"

    async def test_an_older_word_changes_nothing(
        self, office: Any, tell: Any, morning: Any
    ) -> None:
        await office.planned()
        await office.hear(preferred(tell, morning, 2, email="two@blue-boat.example"))
        await office.hear(preferred(tell, morning, 1, email="one@blue-boat.example"))
        await office.dispatch.run()

        (mail,) = office.mails()
        assert "two@" in mail["To"]


class TestUnsubscribed:
    async def test_beats_a_reminder_that_waits_already_and_leaves_other_roads(
        self, office: Any, tell: Any, morning: Any
    ) -> None:
        await office.planned()
        await office.hear(preferred(tell, morning, reminders_by_email=False))
        await office.dispatch.run()

        assert office.mails() == []
        assert len(office.text_box.all()) == 1

    async def test_of_the_only_road_is_silence_with_its_reason(
        self, office: Any, tell: Any, morning: Any
    ) -> None:
        (anna,) = tell.customer().contacts
        only_mail = anna.model_copy(update={"phone": None})
        await office.hear(tell.customer(contacts=(only_mail,)), tell.invoice(), tell.reminder())
        await office.hear(preferred(tell, morning, reminders_by_email=False))
        await office.dispatch.run()

        assert await office.statuses() == [("suppressed", "opted-out")]

    async def test_still_gets_answers(self, office: Any, tell: Any, morning: Any) -> None:
        await office.hear(tell.customer(), preferred(tell, morning, reminders_by_email=False))
        await office.hear(asked(tell, morning, portal_api.CallRequested))
        await office.dispatch.run()

        assert len(office.mails()) == 1


class TestLinks:
    async def test_a_reminder_leads_to_the_portal_and_can_be_ended_by_one_click(
        self, open_portal: Any, tell: Any
    ) -> None:
        await open_portal.planned()
        await open_portal.dispatch.run()

        (mail,) = open_portal.mails()
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        found = UNSUBSCRIBE.search(mail["List-Unsubscribe"])
        assert found is not None
        assert seal().open(found[1], about="unsubscribe") == f"{tell.customer_id} 1"
        for kind in ("plain", "html"):
            assert "https://pages.example" in text_of(mail, kind)
            assert "unsubscribe/" not in text_of(mail, kind)

    async def test_news_of_a_dispute_leads_to_the_portal_and_is_no_list(
        self, open_portal: Any, tell: Any
    ) -> None:
        await open_portal.hear(tell.customer(), tell.invoice(), tell.dispute())
        await open_portal.dispatch.run()

        (mail,) = open_portal.mails()
        assert "https://pages.example" in text_of(mail)
        assert mail["List-Unsubscribe-Post"] is None

    async def test_without_pages_of_an_operator_leads_to_the_portal_s_own(
        self, office: Any, tell: Any
    ) -> None:
        office.dispatch.writer._portal = Portal(PUBLIC)
        dispute = tell.dispute()
        await office.hear(tell.customer(), tell.invoice(), dispute)
        await office.dispatch.run()

        (mail,) = office.mails()
        page = f"{PUBLIC}/disputes/{dispute.dispute_id}"
        assert page in mail.get_body(("plain",)).get_content()
        assert f'href="{page}"' in mail.get_body(("html",)).get_content()

    async def test_without_a_portal_there_is_none(self, office: Any) -> None:
        await office.planned()
        await office.dispatch.run()

        (mail,) = office.mails()
        assert (mail["List-Unsubscribe-Post"], "unsubscribe/" in str(mail["List-Unsubscribe"])) == (
            None,
            False,
        )


class TestSatisfaction:
    async def test_is_asked_once_after_a_case_is_closed(self, open_portal: Any, tell: Any) -> None:
        closed = [
            tell.dispute(disputes.DisputeClosed, version, state=disputes.State.CLOSED)
            for version in (5, 7)
        ]
        await open_portal.hear(tell.customer(), tell.invoice(), closed[0])
        await open_portal.dispatch.run()
        await open_portal.hear(*closed)
        await open_portal.dispatch.run()

        (mail,) = open_portal.mails()
        link = f"https://pages.example/feedback?case_id={closed[0].dispute_id}"
        assert link in text_of(mail).replace("\n", "")

    async def test_leaves_a_consumer_s_night_alone(self, open_portal: Any, tell: Any) -> None:
        closed = tell.dispute(disputes.DisputeClosed, 5, state=disputes.State.CLOSED)
        open_portal.clock.at = open_portal.clock.at.replace(hour=21)
        consumer = tell.customer(kind=erp.Kind.CONSUMER)
        await open_portal.hear(consumer, tell.invoice(), closed)
        await open_portal.dispatch.run()

        assert open_portal.mails() == []
        open_portal.later(timedelta(hours=10))
        await open_portal.dispatch.run()
        assert len(open_portal.mails()) == 1
