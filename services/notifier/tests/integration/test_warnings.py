"""Clocks of disputes reach people of ours: the team at half the time, its lead when little is left."""

from typing import Any

import pytest

from shared.contracts import disputes
from shared.contracts.disputes import ClockKind, Outcome, State


async def warn(office: Any, tell: Any, *facts: Any) -> list[tuple[str, str]]:
    """To whom a mail went, and what it was about, after these facts."""
    await office.hear(tell.customer(), tell.invoice())
    await office.hear(*facts)
    for _ in range(3):
        await office.dispatch.run()
    return [
        (mail["To"].addresses[0].addr_spec, mail["Subject"].partition(":")[0])
        for mail in office.mails()
    ]


class TestWarnings:
    @pytest.mark.parametrize(
        ("per_cent", "to", "about"),
        [
            (50, "versand@de.acme.example", "Half the time is over"),
            (80, "tom.petersen@acme.example", "80 % of the time is over"),
            (100, "tom.petersen@acme.example", "The time is over"),
        ],
    )
    async def test_go_to_the_team_and_then_to_who_leads_it(
        self, office: Any, tell: Any, per_cent: int, to: str, about: str
    ) -> None:
        assert await warn(office, tell, tell.warning(per_cent)) == [(to, about)]

        (mail,) = office.mails()
        for kind in ("plain", "html"):
            text = mail.get_body((kind,)).get_content()
            for said in (
                *("Blue Boat GmbH (K1)", "damaged goods", "logistics", "R1", "€40.00"),
                *("22 Apr 2026, 16:00", "Europe/Berlin", "What happens next", "nobody yet"),
                str(tell.dispute().dispute_id),
            ):
                assert said in text, f"{said} in {kind}"
            assert "DE89" not in text

    async def test_of_a_team_that_is_not_listed_go_to_the_collections_manager(
        self, office: Any, tell: Any
    ) -> None:
        mails = await warn(office, tell, tell.warning(80, team="quality"))
        assert [to for to, _ in mails] == ["katrin.vogel@acme.example"]

    async def test_go_to_the_owner_too_when_the_name_is_an_address(
        self, office: Any, tell: Any
    ) -> None:
        half = tell.warning(50, owner="bob@acme.example")
        mails = await warn(
            office, tell, half, half, tell.warning(80, 4, clock=ClockKind.RESOLUTION)
        )

        assert sorted(to for to, _ in mails) == [
            "bob@acme.example",
            "tom.petersen@acme.example",
            "versand@de.acme.example",
        ]

    async def test_go_to_an_owner_who_is_the_team_once(self, office: Any, tell: Any) -> None:
        mails = await warn(office, tell, tell.warning(50, owner="versand@de.acme.example"))

        assert [to for to, _ in mails] == ["versand@de.acme.example"]
        assert ("suppressed", "told-with-team") in await office.statuses()

    async def test_told_again_are_one_mail(self, office: Any, tell: Any) -> None:
        first = tell.warning()
        await warn(office, tell, first, first)
        assert len(await warn(office, tell, first)) == 1

    async def test_of_one_clock_wait_only_at_its_highest_level(
        self, office: Any, tell: Any
    ) -> None:
        levels = [tell.warning(level, version) for version, level in enumerate((50, 80, 100), 3)]
        other = tell.warning(50, 6, clock=ClockKind.RESOLUTION)

        mails = await warn(office, tell, *levels, other)

        assert sorted(about for _, about in mails) == ["Half the time is over", "The time is over"]

    async def test_are_no_news_once_it_is_decided_or_answered(self, office: Any, tell: Any) -> None:
        answer = tell.dispute(disputes.DisputeAnswered, 4, words="We look into it.")
        decided = {"state": State.RESOLVED, "outcome": Outcome.REJECTED, "decided_by": "ada"}
        decision = tell.dispute(disputes.DisputeResolved, 7, words="No.", upheld="0.00", **decided)

        mails = await warn(office, tell, tell.warning(50, 3), answer)
        assert [about for _, about in mails] == ["Unsere Antwort"]
        await warn(office, tell, tell.warning(80, 5, clock=ClockKind.RESOLUTION), decision)
        await warn(office, tell, tell.warning(80, 6, clock=ClockKind.HARD_STOP))

        assert [mail["Subject"].partition(":")[0] for mail in office.mails()] == [
            "Unsere Antwort",
            "Unsere Entscheidung",
        ]

    async def test_that_say_little_are_told_all_the_same(self, office: Any, tell: Any) -> None:
        """As they were told before they carried what is disputed."""
        mails = await warn(office, tell, tell.warning(80, currency=None, items=()))
        assert len(mails) == 1

    async def test_are_no_message_to_the_customer(self, office: Any, tell: Any) -> None:
        await warn(office, tell, tell.warning())

        (row,) = await office.rows(
            "SELECT purpose, route ->> 'contact_id' AS contact FROM messages"
        )
        assert tuple(row) == ("warning", None)
