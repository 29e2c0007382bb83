"""The two guards of a hand-over, and what happens without them: a test that cannot fail proves nothing.

The claim holds the customers it looks at until it is committed; the last look asks only for what is owed then.
"""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from notifier.domain import silence
from notifier.gateways import claims


class Meeting:
    """Two dispatchers that have both claimed before either of them goes on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        both, honest = asyncio.Barrier(2), claims.claim

        async def claim(*arguments: Any, **more: Any) -> Any:
            claimed = await honest(*arguments, **more)
            await both.wait()
            return claimed

        monkeypatch.setattr(claims, "claim", claim)

    async def of_two(self, office: Any) -> None:
        async with asyncio.timeout(30):
            await asyncio.gather(office.dispatch.run(), replace(office.dispatch).run())


class TestClaim:
    async def test_of_two_dispatchers_one_hands_over(
        self, office: Any, tell: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await office.planned()

        await Meeting(monkeypatch).of_two(office)

        assert len(office.mails()) == 1
        assert await office.told() == ["notifier.message.sent.v1"]

    async def test_without_its_locks_the_customer_gets_two_mails(
        self, office: Any, tell: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await office.planned()
        monkeypatch.setattr(claims, "_LOCK", claims._LOCK.replace("FOR UPDATE SKIP LOCKED", ""))
        monkeypatch.setattr(claims, "_DUE", claims._DUE.replace("FOR UPDATE SKIP LOCKED", ""))

        await Meeting(monkeypatch).of_two(office)

        assert len(office.mails()) == 2

    async def test_a_settlement_waits_until_the_hand_over_is_committed(
        self, office: Any, tell: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert await self.settled_during_the_look(office, tell, monkeypatch) == []

    async def test_without_its_locks_a_settlement_slips_in(
        self, office: Any, tell: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(claims, "_LOCK", claims._LOCK.replace("FOR UPDATE SKIP LOCKED", ""))

        found = await self.settled_during_the_look(office, tell, monkeypatch, seconds=20)

        assert found == ["settled"]

    async def settled_during_the_look(
        self, office: Any, tell: Any, monkeypatch: pytest.MonkeyPatch, *, seconds: float = 0.5
    ) -> list[str]:
        """What was committed of a settlement when the hand-over's own commit came, at most so long after it began."""
        await office.planned()
        honest, committed = claims.save, list[str]()
        hearing: list[asyncio.Task[None]] = []

        async def save(*arguments: Any, **more: Any) -> Any:
            settled = tell.invoice(open_="0.00", version=2)
            hearing.append(asyncio.create_task(office.hear(settled)))
            done, _ = await asyncio.wait(hearing, timeout=seconds)
            committed.extend("settled" for _ in done)
            return await honest(*arguments, **more)

        monkeypatch.setattr(claims, "save", save)
        await office.dispatch.run()
        await asyncio.gather(*hearing)
        return committed


class TestLastLook:
    async def paid_before_dispatch(self, office: Any, tell: Any) -> int:
        await office.planned()
        await office.hear(tell.invoice(open_="0.00", version=2))
        await office.dispatch.run()
        return len(office.mails())

    async def test_who_has_paid_is_left_alone(self, office: Any, tell: Any) -> None:
        assert await self.paid_before_dispatch(office, tell) == 0

    async def test_without_it_who_has_paid_is_chased(
        self, office: Any, tell: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def planned_is_asked(item: Any, facts: Any, *_: object, **__: object) -> silence.Asked:
            invoice = facts.invoices[item.invoice_id]
            return silence.Asked(invoice, invoice.instalment(item.number), item.step, 100)

        monkeypatch.setattr(silence, "_judge", planned_is_asked)

        assert await self.paid_before_dispatch(office, tell) == 1
