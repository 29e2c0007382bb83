"""Whoever paid at the provider's page is thanked at once; whoever was declined is told what is next. Once each."""

from typing import Any

import pytest

from shared.base.ids import derived_id
from shared.contracts import portal_api
from shared.contracts.erp import ReturnReason
from shared.contracts.portal_api import (
    NextStep,
    PaymentConfirmed,
    PaymentDeclined,
    PaymentEvent,
    PaymentRestored,
    PaymentReturned,
)
from shared.testing.examples import our_examples

PAYMENT = derived_id("payment", "test")


def confirmed(tell: Any, **changes: Any) -> PaymentEvent:
    return _of(PaymentConfirmed, tell, **changes)


def declined(tell: Any, step: NextStep = NextStep.TRY_AGAIN, **changes: Any) -> PaymentEvent:
    decline = portal_api.PaymentDecline(code="as-it-is", next_step=step)
    return _of(PaymentDeclined, tell, decline=decline, **changes)


def _of(kind: type[PaymentEvent], tell: Any, **changes: Any) -> PaymentEvent:
    example = next(one for one in our_examples() if isinstance(one, kind))
    whose = {"customer_id": tell.customer_id, "payment_id": PAYMENT}
    return example.model_copy(update=whose | changes)


def text_of(mail: Any) -> str:
    return " ".join(mail.get_body(("plain",)).get_content().split())


class TestConfirmed:
    @pytest.mark.parametrize(
        ("language", "thanks", "dispute"),
        [("de", "Vielen Dank", "als Beanstandung"), ("en", "Thank you", "as a dispute")],
    )
    async def test_is_thanked_with_what_was_paid_and_what_is_next(
        self, office: Any, tell: Any, language: str, thanks: str, dispute: str
    ) -> None:
        (anna,) = tell.customer().contacts
        anna = anna.model_copy(update={"language": language})
        await office.hear(tell.customer(contacts=(anna,)), confirmed(tell))
        await office.dispatch.run()

        (mail,) = office.mails()
        assert mail["Subject"].startswith(thanks)
        text = text_of(mail)
        assert "2026-0815" in text
        assert dispute in text
        assert "900" in text
        assert "100" in text

    async def test_is_thanked_once_however_often_it_is_told(self, office: Any, tell: Any) -> None:
        await office.hear(tell.customer(), confirmed(tell), confirmed(tell))
        await office.dispatch.run()
        await office.hear(confirmed(tell), confirmed(tell, version=9))
        await office.dispatch.run()

        assert len(office.mails()) == 1
        (row,) = await office.rows("SELECT convert_from(payload, 'utf8')::json AS body FROM outbox")
        assert row["body"]["purpose"] == "payment"

    async def test_makes_a_decline_that_waits_no_news(self, office: Any, tell: Any) -> None:
        await office.hear(tell.customer(), declined(tell), confirmed(tell))
        await office.dispatch.run()

        assert sorted(await office.statuses()) == [("sent", ""), ("suppressed", "superseded")]
        assert len(office.mails()) == 1

    async def test_is_not_followed_by_an_older_decline(self, office: Any, tell: Any) -> None:
        await office.hear(tell.customer(), confirmed(tell))
        await office.dispatch.run()
        await office.hear(declined(tell))
        await office.dispatch.run()

        assert len(office.mails()) == 1


class TestDeclined:
    @pytest.mark.parametrize(
        ("step", "said"),
        [
            (NextStep.TRY_AGAIN, "versuchen Sie es noch einmal"),
            (NextStep.OTHER_MEANS, "mit einer anderen Karte"),
            (NextStep.AUTHENTICATE, "bestätigen Sie die Zahlung"),
        ],
    )
    async def test_says_what_can_be_done(
        self, office: Any, tell: Any, step: NextStep, said: str
    ) -> None:
        await office.hear(tell.customer(), declined(tell, step))
        await office.dispatch.run()

        (mail,) = office.mails()
        text = text_of(mail)
        assert said in text
        assert "rufen Sie uns an" in text
        assert "als Beanstandung" not in text

    async def test_twice_for_the_same_reason_is_told_once(self, office: Any, tell: Any) -> None:
        await office.hear(tell.customer(), declined(tell), declined(tell, version=4))
        await office.hear(declined(tell, NextStep.OTHER_MEANS, version=5))
        await office.dispatch.run()

        assert len(office.mails()) == 2


def gone(tell: Any, reason: ReturnReason = ReturnReason.CHARGEBACK, **changes: Any) -> PaymentEvent:
    return _of(PaymentReturned, tell, return_reason=reason, **changes)


class TestGoneBack:
    @pytest.mark.parametrize(
        ("reason", "language", "words"),
        [
            (ReturnReason.CHARGEBACK, "en", ("somebody contested it", "open a dispute")),
            (ReturnReason.CHARGEBACK, "de", ("widersprochen", "beanstanden Sie es")),
            (ReturnReason.BANK_RETURN, "en", ("has returned", "We do not debit it again")),
            (ReturnReason.BANK_RETURN, "de", ("zurückgegeben", "nicht von selbst noch einmal ab")),
            (ReturnReason.REFUND, "en", ("we have given back", "your bank may take some days")),
            (ReturnReason.REFUND, "de", ("erstattet", "kann es einige Tage dauern")),
        ],
    )
    async def test_says_how_much_why_and_what_is_next(
        self, office: Any, tell: Any, reason: ReturnReason, language: str, words: tuple[str, str]
    ) -> None:
        (anna,) = tell.customer().contacts
        anna = anna.model_copy(update={"language": language})
        await office.hear(tell.customer(contacts=(anna,)), gone(tell, reason, returned="450.00"))
        await office.dispatch.run()

        (mail,) = office.mails()
        text = text_of(mail)
        assert [one for one in ("450", "900", *words) if one not in text] == []

    async def test_what_a_bank_took_back_is_told_without_what_we_gave_back(
        self, office: Any, tell: Any
    ) -> None:
        await office.hear(tell.customer(), gone(tell, returned="900.00", for_reason="780.00"))
        await office.dispatch.run()

        (mail,) = office.mails()
        assert "780" in text_of(mail)

    async def test_is_told_once_each_time_however_often_it_is_heard(
        self, office: Any, tell: Any
    ) -> None:
        first = gone(tell, returned="100.00", version=5)
        await office.hear(tell.customer(), first, first)
        await office.dispatch.run()
        await office.hear(first, gone(tell, returned="900.00", version=6))
        await office.dispatch.run()

        assert len(office.mails()) == 2

    @pytest.mark.parametrize(
        ("language", "said"), [("en", "with us again"), ("de", "wieder bei uns")]
    )
    async def test_and_come_again_says_that_nothing_is_to_be_paid(
        self, office: Any, tell: Any, language: str, said: str
    ) -> None:
        (anna,) = tell.customer().contacts
        anna = anna.model_copy(update={"language": language})
        await office.hear(tell.customer(contacts=(anna,)), _of(PaymentRestored, tell))
        await office.dispatch.run()

        (mail,) = office.mails()
        assert said in text_of(mail)

    async def test_what_waits_is_no_news_once_the_money_is_here_again(
        self, office: Any, tell: Any
    ) -> None:
        await office.hear(tell.customer(), gone(tell), _of(PaymentRestored, tell))
        await office.dispatch.run()

        assert sorted(await office.statuses()) == [("sent", ""), ("suppressed", "superseded")]
