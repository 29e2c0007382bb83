"""Whoever is charged unasked is told before, and of every step after; whoever saves a card is told that, too."""

from datetime import date
from typing import Any

import pytest

from shared.base.ids import derived_id
from shared.contracts import portal_api
from shared.contracts.portal_api import DropReason
from shared.testing.examples import our_examples

CHARGE = derived_id("charge", "test")


def of(tell: Any, kind: type[Any], **changes: Any) -> Any:
    example = next(one for one in our_examples() if isinstance(one, kind))
    named = {"customer_id": tell.customer_id}
    if issubclass(kind, portal_api.ChargeEvent):
        named |= {"charge_id": CHARGE, "announcement_id": derived_id("message", CHARGE)}
    return example.model_copy(update=named | changes)


def awaited_of(tell: Any, number: str, *, until: date) -> Any:
    """All of that invoice is held until then."""
    told = of(tell, portal_api.ChargeAwaited, until=until)
    (item,) = told.items
    named = {"invoice_id": tell.invoice(number).invoice_id, "held": "100.00"}
    return told.model_copy(update={"items": (item.model_copy(update=named),)})


def in_language(tell: Any, language: str) -> Any:
    (anna,) = tell.customer().contacts
    return tell.customer(contacts=(anna.model_copy(update={"language": language}),))


def text_of(mail: Any) -> str:
    return " ".join(mail.get_body(("plain",)).get_content().split())


class TestReminders:
    """What will be charged is not asked for beside it, though the reminder was planned before."""

    async def test_leave_out_what_is_awaited(self, office: Any, tell: Any) -> None:
        await office.hear(
            tell.customer(), tell.invoice("R1"), tell.invoice("R2"), tell.reminder("R1", "R2")
        )
        await office.hear(awaited_of(tell, "R2", until=date(2026, 4, 20)))
        await office.dispatch.run()

        (mail,) = office.mails()
        assert "R1" in text_of(mail)
        assert "R2" not in text_of(mail)

    async def test_are_not_sent_of_that_alone(self, office: Any, tell: Any) -> None:
        await office.planned()
        await office.hear(awaited_of(tell, "R1", until=date(2026, 4, 20)))
        await office.dispatch.run()

        assert office.mails() == []
        assert await office.statuses() == [("suppressed", "invoice-held")]

    @pytest.mark.parametrize("kind", [portal_api.ChargeFailed, portal_api.ChargePaid])
    async def test_leave_again_once_it_failed_or_its_last_day_is_over(
        self, office: Any, tell: Any, kind: Any
    ) -> None:
        """Paid, and a day later not in the books: something is wrong there, and the charge is over."""
        await office.planned()
        awaited = awaited_of(tell, "R1", until=date(2026, 4, 20))
        await office.hear(awaited)
        over = of(tell, kind, version=9)
        (item,) = awaited.items
        left = {"items": (item.model_copy(update={"held": over.items[0].held}),)}
        last = date(2026, 4, 19) if over.until else None
        await office.hear(over.model_copy(update={**left, "until": last}))
        await office.dispatch.run()

        assert len(office.mails()) == 1


class TestAnnouncement:
    @pytest.mark.parametrize(
        ("language", "subject", "words"),
        [
            (
                "en",
                "we charge",
                ("To stop this charge", "do not remind you", "€900.00", "27 Apr 2026"),
            ),
            (
                "de",
                "buchen wir",
                ("halten Sie vor dem", "erinnern Sie inzwischen nicht", "900,00", "27.04.2026"),
            ),
        ],
    )
    async def test_names_amount_day_means_and_how_to_stop_it(
        self, office: Any, tell: Any, language: str, subject: str, words: tuple[str, ...]
    ) -> None:
        told = of(tell, portal_api.ChargeAnnounced, charge_on=date(2026, 4, 27))
        await office.hear(in_language(tell, language), told, told)
        await office.dispatch.run()

        (mail,) = office.mails()
        text = text_of(mail)
        assert subject in mail["Subject"]
        for word in (*words, "visa …4242", "2026-0815"):
            assert word in text

    async def test_leaves_under_the_id_that_the_charge_names(self, office: Any, tell: Any) -> None:
        told = of(tell, portal_api.ChargeAnnounced)
        await office.hear(tell.customer(), told)
        await office.dispatch.run()

        (row,) = await office.rows("SELECT message_id FROM messages")
        assert row["message_id"] == told.announcement_id


class TestAfterwards:
    @pytest.mark.parametrize("language", ["en", "de"])
    @pytest.mark.parametrize("reason", list(DropReason))
    async def test_what_is_not_charged_after_all_is_told_with_its_reason(
        self, office: Any, tell: Any, language: str, reason: DropReason
    ) -> None:
        await office.hear(in_language(tell, language), of(tell, portal_api.ChargeAnnounced))
        await office.dispatch.run()
        dropped = of(tell, portal_api.ChargeDropped, reason=reason)
        await office.hear(dropped, dropped)
        await office.dispatch.run()

        _, mail = office.mails()
        assert {"en": "do not charge", "de": "nicht ab"}[language] in mail["Subject"]

    async def test_what_was_never_announced_is_not_called_off(self, office: Any, tell: Any) -> None:
        announced, dropped = (
            of(tell, kind) for kind in (portal_api.ChargeAnnounced, portal_api.ChargeDropped)
        )
        await office.hear(tell.customer(), announced, dropped)
        await office.dispatch.run()

        assert office.mails() == []
        assert await office.statuses() == [("suppressed", "superseded")]

    @pytest.mark.parametrize(
        ("language", "said"), [("en", "we try once more"), ("de", "versuchen wir es noch einmal")]
    )
    async def test_another_day_is_told_for_each_attempt_once(
        self, office: Any, tell: Any, language: str, said: str
    ) -> None:
        await office.hear(in_language(tell, language), of(tell, portal_api.ChargeAnnounced))
        await office.dispatch.run()
        for attempts in (1, 1, 2):
            told = of(tell, portal_api.ChargePostponed, attempts=attempts, version=attempts * 2 + 1)
            await office.hear(told)
            await office.dispatch.run()

        _, first, second = office.mails()
        assert said in text_of(first)
        assert said in text_of(second).replace("Try", "try")


class TestMandate:
    @pytest.mark.parametrize("language", ["en", "de"])
    @pytest.mark.parametrize(
        "kind",
        [portal_api.MandateSaved, portal_api.MandateWithdrawn, portal_api.MandateRevoked],
    )
    async def test_each_step_is_told_once_without_an_amount(
        self, office: Any, tell: Any, language: str, kind: type[Any]
    ) -> None:
        await office.hear(in_language(tell, language), of(tell, kind), of(tell, kind))
        await office.dispatch.run()

        (mail,) = office.mails()
        assert "visa …4242" in mail["Subject"]
        assert "0,00" not in text_of(mail)
        assert "0.00" not in text_of(mail)


class TestExpiring:
    @pytest.mark.parametrize(
        ("language", "words"),
        [
            ("en", ("31 May 2026", "Save it at our portal")),
            ("de", ("31.05.2026", "Speichern Sie sie")),
        ],
    )
    async def test_says_until_when_and_what_to_do_once_for_each_end(
        self, office: Any, tell: Any, language: str, words: tuple[str, ...]
    ) -> None:
        told = of(tell, portal_api.MandateExpiring)
        await office.hear(in_language(tell, language), told, told)
        await office.dispatch.run()
        await office.hear(told)
        await office.dispatch.run()

        (mail,) = office.mails()
        assert [one for one in (*words, "visa …4242") if one not in text_of(mail)] == []
        await office.hear(of(tell, portal_api.MandateExpiring, version=9, expires="2026-08"))
        await office.dispatch.run()
        assert len(office.mails()) == 2
