"""kill -9 at every named point of the path: nothing lost, nothing double, in doubt is `unknown`."""

from datetime import timedelta
from typing import Any

import pytest

from shared.testing import builders
from shared.testing.builders import Voice

pytestmark = [pytest.mark.timeout(900)]
erp = Voice()

BOOKING = ("slice.before-commit", "slice.after-commit", "relay.before-send", "relay.after-send")
PATH = [(service, point) for service in ("ledger", "scheduler", "notifier") for point in BOOKING]
HANDOVER_SAFE = ("notifier.before-handing-over",)
IN_DOUBT = ("notifier.after-handing-over", "notifier.before-data", "notifier.after-data")


async def late_customer(stack: Any, number: str) -> None:
    today = (await stack.now()).date()
    await stack.tell(
        erp.says(builders.customer(number)),
        erp.says(builders.invoice(f"I-{number}", number, "250.00", due=today - timedelta(days=12))),
    )


async def pays(stack: Any, number: str) -> None:
    """So that no later test finds this customer's next step in flight beside its own."""
    today = (await stack.now()).date()
    await stack.tell(
        erp.says(builders.payment(f"P-{number}", number, "250.00", on=today, to=f"I-{number}"))
    )


async def died_at_the_point(stack: Any, service: str, restarts_before: int) -> bool:
    return (await stack.program(service))["restarts"] >= restarts_before + 2


class TestKills:
    @pytest.mark.parametrize(("service", "point"), PATH)
    async def test_the_path_survives(self, stack: Any, service: str, point: str) -> None:
        number = f"K-{service}-{point}".upper().replace(".", "-")
        before = (await stack.program(service))["restarts"]
        await stack.kill(service, crash_at=point)

        await late_customer(stack, number)
        await stack.advance_to_contact()

        assert await died_at_the_point(stack, service, before)
        assert [item["open"] for item in await stack.open_items(number)] == ["250.00"]
        assert (await stack.get("ledger", "/v1/proof"))["imbalance"] in (0, "0", "0.00")
        statuses = [message["status"] for message in await stack.messages(number)]
        assert len(await stack.mails(f"ap@{number.lower()}.example")) == 1
        assert statuses == ["sent"]
        await pays(stack, number)

    @pytest.mark.parametrize("point", [*HANDOVER_SAFE, *IN_DOUBT, "notifier.after-outcome"])
    async def test_a_hand_over_happens_once_or_is_called_unknown(
        self, stack: Any, point: str
    ) -> None:
        number = f"H-{point}".upper().replace(".", "-")
        await late_customer(stack, number)
        before = (await stack.program("notifier"))["restarts"]
        await stack.kill("notifier", crash_at=point)

        await stack.advance_to_contact()

        assert await died_at_the_point(stack, "notifier", before)
        mails = await stack.mails(f"ap@{number.lower()}.example")
        (message,) = await stack.messages(number)
        if point in IN_DOUBT:
            assert message["status"] == "unknown"
            assert len(mails) <= 1
        else:
            assert (message["status"], len(mails)) == ("sent", 1)
        await pays(stack, number)
