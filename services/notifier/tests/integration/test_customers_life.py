"""What becomes of a message on its way when the customer changes: it follows the newest facts, or stays unsent."""

from typing import Any

import pytest

from shared.contracts import erp, ledger

OLD, NEW = "anna@blue-boat.example", "berta@blue-boat.example"


def person(contact_id: str, email: str | None, **given: Any) -> ledger.Contact:
    role = given.pop("role", erp.Role.ACCOUNTS_PAYABLE)
    return ledger.Contact(contact_id=contact_id, name="Somebody", role=role, email=email, **given)


def addresses(office: Any) -> list[str]:
    return [mail["To"].addresses[0].addr_spec for mail in office.mails()]


async def outcome(office: Any, changed: Any) -> tuple[str, str]:
    """A reminder is planned, then the customer changes, then the message would leave."""
    await office.planned()
    await office.hear(changed)
    await office.dispatch.run()
    (told,) = await office.statuses()
    return told


class TestAContactChangesOnTheWay:
    async def test_the_mail_goes_to_the_new_address(self, office: Any, tell: Any) -> None:
        changed = tell.customer(2, contacts=(person("1", NEW),))
        assert await outcome(office, changed) == ("sent", "")
        assert addresses(office) == [NEW]

    async def test_an_older_word_does_not_bring_the_old_address_back(
        self, office: Any, tell: Any
    ) -> None:
        await office.hear(tell.customer(3, contacts=(person("1", NEW),)))
        assert await outcome(office, tell.customer(2)) == ("sent", "")
        assert addresses(office) == [NEW]

    async def test_who_left_is_not_written_to(self, office: Any, tell: Any) -> None:
        changed = tell.customer(2, contacts=(person("2", NEW),))
        assert await outcome(office, changed) == ("sent", "")
        assert addresses(office) == [NEW]

    @pytest.mark.parametrize("contacts", [(), (person("1", None),)])
    async def test_nobody_left_to_write_to_is_silence(
        self, office: Any, tell: Any, contacts: Any
    ) -> None:
        changed = tell.customer(2, contacts=contacts)
        assert await outcome(office, changed) == ("suppressed", "no-contact")
        assert (office.mails(), office.text_box.all()) == ([], [])


class TestSomebodyOptsOutOnTheWay:
    async def test_of_mail_and_a_text_goes_instead(self, office: Any, tell: Any) -> None:
        anna = person("1", OLD, phone="030 901820", opted_out=(erp.Channel.EMAIL,))
        assert await outcome(office, tell.customer(2, contacts=(anna,))) == ("sent", "")
        assert (office.mails(), len(office.text_box.all())) == ([], 1)

    async def test_of_every_channel_and_another_contact_is_asked(
        self, office: Any, tell: Any
    ) -> None:
        everything = (erp.Channel.EMAIL, erp.Channel.SMS)
        anna = person("1", OLD, phone="030 901820", opted_out=everything)
        other = person("2", NEW, role=erp.Role.OTHER)
        assert await outcome(office, tell.customer(2, contacts=(anna, other))) == ("sent", "")
        assert addresses(office) == [NEW]

    async def test_and_nobody_else_is_there(self, office: Any, tell: Any) -> None:
        everything = (erp.Channel.EMAIL, erp.Channel.SMS)
        anna = person("1", OLD, phone="030 901820", opted_out=everything)
        changed = tell.customer(2, contacts=(anna,))
        assert await outcome(office, changed) == ("suppressed", "opted-out")
        assert (office.mails(), office.text_box.all()) == ([], [])


class TestTheCustomerChangesOnTheWay:
    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            ({"status": erp.CustomerStatus.INACTIVE}, "customer-inactive"),
            ({"status": erp.CustomerStatus.DELETED}, "customer-deleted"),
            ({"kind": erp.Kind.INTERCOMPANY}, "intercompany"),
            ({"holds": (ledger.CustomerHold(reason="sales"),)}, "erp-hold"),
            ({"holds": (ledger.CustomerHold(reason="sales", legal_entity="DE01"),)}, "erp-hold"),
            ({"holds": (ledger.CustomerHold(reason="sales", until="2026-04-20"),)}, "erp-hold"),
        ],
    )
    async def test_and_is_not_chased(
        self, office: Any, tell: Any, change: dict[str, Any], reason: str
    ) -> None:
        assert await outcome(office, tell.customer(2, **change)) == ("suppressed", reason)
        assert (office.mails(), office.text_box.all()) == ([], [])

    @pytest.mark.parametrize(
        "hold",
        [
            ledger.CustomerHold(reason="sales", legal_entity="GB01"),
            ledger.CustomerHold(reason="holiday", until="2026-04-19"),
        ],
    )
    async def test_a_hold_elsewhere_or_over_holds_nothing(
        self, office: Any, tell: Any, hold: ledger.CustomerHold
    ) -> None:
        assert await outcome(office, tell.customer(2, holds=(hold,))) == ("sent", "")

    async def test_a_merge_is_silence_until_it_is_resolved(self, office: Any, tell: Any) -> None:
        doubt = ledger.Doubt(code="customer-merged", since=office.clock.now(), record="K2")
        merged = tell.customer(2, merged_into="K2", doubts=(doubt,))
        assert await outcome(office, merged) == ("suppressed", "erp-data-incomplete")

        await office.hear(tell.customer(3), tell.reminder(cause="look 2"))
        await office.dispatch.run()
        assert addresses(office) == [OLD]
