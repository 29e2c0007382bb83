"""A dispute decided at the desk: what was upheld is credited once, whoever dies and whatever the ERP says of it."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer

from shared.base.ids import CreditName, derived_id, object_id
from shared.contracts import erp as contract
from shared.contracts.disputes import TOPIC
from shared.messaging.bus import Outgoing
from shared.testing import builders
from shared.testing.builders import SOURCE, Voice

pytestmark = [pytest.mark.timeout(900)]
erp = Voice()

KILLED = [
    # (where the ledger dies when it hears the decision, and when it hears the ERP)
    ("slice.before-commit", "slice.after-commit"),
    ("slice.after-commit", "slice.before-commit"),
    ("relay.before-send", "relay.after-send"),
]


TOLD = frozenset(
    {
        *("We are looking into it", "Our decision", "We are looking into it again"),
        *("You are right", "Credited"),
    }
)
"""What mails about a dispute begin with."""


class TestADisputeOfAHundred:
    @pytest.mark.parametrize(("at_decision", "at_echo"), KILLED)
    async def test_upheld_is_credited_once_and_the_erp_s_once_it_has_posted_it(
        self, stack: Any, at_decision: str, at_echo: str
    ) -> None:
        number = f"D-{at_decision}-{at_echo}".upper().replace(".", "-")
        day, path = await disputed(stack, number)

        before = await dies(stack, at_decision)
        await decide(stack, path, "upheld")
        await lives_again(stack, before)
        assert await opens(stack, number) == ["900.00"]
        (request,) = await requests(stack, number)
        assert (request["state"], request["entry"]["kind"]) == ("open", "credit-note")
        await is_settled(stack, path)

        before = await dies(stack, at_echo)
        note = credit_note(number, day, request_id=request["request_id"])
        await stack.publish(erp.says(note), erp.says(note))
        await lives_again(stack, before)
        assert await opens(stack, number) == ["900.00"]
        (request,) = await requests(stack, number)
        assert (request["state"], request["entry"]) == ("echoed", None)
        await is_settled(stack, path)

    async def test_is_credited_once_when_the_erp_posts_it_before_we_hear(self, stack: Any) -> None:
        number = "D-AHEAD"
        day, path = await disputed(stack, number)
        dispute = await stack.get("disputes", path)
        decided = CreditName(dispute["dispute_id"], dispute["version"] + 1, 0)
        request_id = str(derived_id("request", customer_id(number), decided))
        note = erp.says(credit_note(number, day, request_id=request_id))
        await stack.tell(note)

        before = await dies(stack, "slice.before-commit")
        await decide(stack, path, "upheld")
        await lives_again(stack, before)
        await stack.tell(note)

        assert await opens(stack, number) == ["900.00"]
        (request,) = await requests(stack, number)
        assert (request["request_id"], request["state"]) == (request_id, "echoed")
        await is_settled(stack, path)

    async def test_upheld_in_part_is_credited_once_and_the_rest_is_asked_for_again(
        self, stack: Any
    ) -> None:
        number = "D-PART"
        day, path = await disputed(stack, number)

        before = await dies(stack, "slice.before-commit")
        await decide(stack, path, "partly-upheld", upheld=["60.00"])
        await lives_again(stack, before)
        assert await opens(stack, number) == ["940.00"]
        (request,) = await requests(stack, number)
        assert (request["state"], request["amount"]) == ("open", "60.00")
        await is_settled(stack, path)

        before = await dies(stack, "slice.after-commit")
        note = credit_note(number, day, amount="60.00", request_id=request["request_id"])
        await stack.publish(erp.says(note), erp.says(note))
        await lives_again(stack, before)
        await hear_all_again(stack)
        assert await opens(stack, number) == ["940.00"]
        (request,) = await requests(stack, number)
        assert (request["state"], request["entry"]) == ("echoed", None)

        assert await subjects(stack, number) == [
            "We are looking into it", "Our decision", "Credited",
        ]  # fmt: skip
        _, decided, credited = await stack.mails("ap@d-part.example")
        for mail, said in ((decided, ("€60.00", "€40.00")), (credited, ("€60.00", "€940.00"))):
            for words in said:
                assert words in mail["text"]
        await stack.advance_to_contact()
        assert await asks(stack, number) == ["€940.00"]

    async def test_rejected_and_opened_again_with_a_paper_is_held_and_then_credited_once(
        self, stack: Any, browser: Any
    ) -> None:
        number = "D-AGAIN"
        _, path = await disputed(stack, number)
        await decide(stack, path, "rejected")
        await stack.settle()
        await stack.sign_in(browser, "ap@d-again.example")
        brought = await browser.post(f"{path}/papers", files={"file": ("l.csv", b"a;b\n1;2\n")})
        assert brought.status_code == 201, brought.text
        said = {"words": "Look at line two.", "papers": [brought.json()["paper_id"]]}

        reopened = await browser.post(f"{path}/reopenings", json=said)

        assert reopened.status_code == 201, reopened.text
        await stack.settle()
        seen = (await browser.get(path)).json()
        assert (seen["state"], seen["moved_by"]) == ("in-review", "customer")
        assert seen["items"][0] == seen["items"][0] | {"held": "100.00", "upheld": None}
        paper = await browser.get(f"{path}/papers/{brought.json()['paper_id']}")
        assert (paper.status_code, paper.content) == (200, b"a;b\n1;2\n")
        await stack.advance_to_contact()
        assert await asks(stack, number) == ["€900.00"]

        before = await dies(stack, "slice.before-commit")
        await decide(stack, path, "upheld")
        await lives_again(stack, before)
        await hear_all_again(stack)
        assert await opens(stack, number) == ["900.00"]
        assert len(await requests(stack, number)) == 1
        await is_settled(stack, path)
        assert [one for one in await subjects(stack, number) if one in TOLD] == [
            *("We are looking into it", "Our decision", "We are looking into it again"),
            *("You are right", "Credited"),
        ]

    async def test_rejected_is_owed_as_before(self, stack: Any) -> None:
        _, path = await disputed(stack, "D-REJECTED")

        await decide(stack, path, "rejected")
        await stack.settle()

        assert await opens(stack, "D-REJECTED") == ["1000.00"]
        assert await requests(stack, "D-REJECTED") == []
        assert (await stack.get("disputes", path))["items"][0]["held"] == "0.00"

    async def test_refused_by_the_erp_is_held_again_and_never_asked_for(self, stack: Any) -> None:
        day, path = await disputed(stack, "D-REFUSED")
        await decide(stack, path, "upheld")
        await stack.settle()
        (request,) = await requests(stack, "D-REFUSED")

        said = contract.ErpRequestRefused(request_id=request["request_id"], reason="period closed")
        await stack.tell(erp.says(said))

        assert await opens(stack, "D-REFUSED") == ["1000.00"]
        (request,) = await requests(stack, "D-REFUSED")
        assert (request["state"], request["refused_because"]) == ("refused", "period closed")
        dispute = await stack.get("disputes", path)
        assert (dispute["items"][0]["held"], dispute["settled_at"]) == ("100.00", None)

        closing = f"/v1/requests/{request['request_id']}/closures"
        await stack.post("ledger", closing, {"reason": "asked the ERP's people"})
        await stack.advance_to_contact()
        assert await asks(stack, "D-REFUSED") == ["€900.00"], "we said that 100.00 are not owed"

        note = credit_note("D-REFUSED", day, request_id=request["request_id"])
        await stack.tell(erp.says(note))
        assert await opens(stack, "D-REFUSED") == ["900.00"]
        dispute = await stack.get("disputes", path)
        assert (dispute["items"][0]["held"], dispute["settled_at"] is not None) == ("0.00", True)

    async def test_upheld_the_customer_is_told_each_step_once_and_in_order(
        self, stack: Any
    ) -> None:
        _, path = await disputed(stack, "D-TOLD")
        await decide(stack, path, "upheld")
        await stack.settle()
        steps = ["We are looking into it", "You are right", "Credited"]
        assert await subjects(stack, "D-TOLD") == steps

        await hear_all_again(stack)

        held, decided, credited = await stack.mails("ap@d-told.example")
        assert await subjects(stack, "D-TOLD") == steps
        for mail, said in (
            (held, ("€100.00", "€900.00", "You have our first answer by", "What happens next")),
            (decided, ("€100.00", "We have looked into it.", "What happens next")),
            (credited, ("€100.00", "€900.00", "What happens next")),
        ):
            for words in said:
                assert words in mail["text"]
        assert await messages(stack, "D-TOLD", path) == ["sent", "sent", "sent"]

    async def test_rejected_the_customer_is_told_why_and_when_it_was_due(self, stack: Any) -> None:
        day, path = await disputed(stack, "D-NO")
        await decide(stack, path, "rejected")
        await stack.settle()
        await hear_all_again(stack)

        assert await subjects(stack, "D-NO") == ["We are looking into it", "Our decision"]
        mail = (await stack.mails("ap@d-no.example"))[-1]
        due = day - timedelta(days=12)
        for words in ("€100.00", "We have looked into it.", f"{due:%-d %b %Y}", "D-NO"):
            assert words in mail["text"]
        assert await messages(stack, "D-NO", path) == ["sent", "sent"]

    async def test_the_books_are_in_balance(self, stack: Any) -> None:
        assert (await stack.get("ledger", "/v1/proof"))["imbalance"] == 0
        for number in ("D-AHEAD", "D-REJECTED", "D-REFUSED"):
            path = f"/v1/customers/{customer_id(number)}/unapplied"
            assert await stack.all("ledger", path) == []


def customer_id(number: str) -> str:
    return str(object_id(SOURCE, "customer", number))


async def disputed(stack: Any, number: str) -> tuple[date, str]:
    """A customer owes 1,000.00 and disputes 100.00 of it; today, and where the dispute is shown."""
    day = (await stack.now()).date()
    invoice = builders.invoice(f"I-{number}", number, "1000.00", due=day - timedelta(days=12))
    await stack.tell(erp.says(builders.customer(number, language="en")), erp.says(invoice))
    invoice_id = str(object_id(SOURCE, "invoice", f"I-{number}"))
    said = {
        "customer_id": customer_id(number),
        "items": [{"invoice_id": invoice_id, "amount": "100.00"}],
        "reason": "damaged",
        "words": "two of ten are broken",
    }
    dispute = await stack.post("disputes", "/v1/disputes", said)
    await stack.settle()
    assert await opens(stack, number) == ["1000.00"]
    return day, f"/v1/disputes/{dispute['dispute_id']}"


async def decide(stack: Any, path: str, outcome: str, **more: Any) -> None:
    said = {"outcome": outcome, "why": "photographs", "words": "We have looked into it."} | more
    await stack.post("disputes", f"{path}/resolutions", said)


async def subjects(stack: Any, number: str) -> list[str]:
    """What the customer was told, mail by mail."""
    mails = await stack.mails(f"ap@{number.lower()}.example")
    return [mail["subject"].partition(":")[0] for mail in mails]


async def asks(stack: Any, number: str) -> list[str]:
    """For how much the last reminder asks: of the sums that are told apart here, those that it names."""
    mails = await stack.mails(f"ap@{number.lower()}.example")
    last = [mail for mail in mails if "dispute" not in mail["subject"]][-1]
    sums = ("€900.00", "€940.00", "€960.00", "€1,000.00")
    return [one for one in sums if one in last["text"]]


async def messages(stack: Any, number: str, path: str) -> list[str]:
    """How each message about the dispute ended."""
    shown = await stack.all("notifier", f"/v1/customers/{customer_id(number)}/messages")
    dispute_id = path.rpartition("/")[2]
    return [one["status"] for one in shown if one["dispute_id"] == dispute_id]


async def hear_all_again(stack: Any) -> None:
    """Everything that disputes has told comes a second time, the oldest after the newest."""
    reader = AIOKafkaConsumer(
        TOPIC, bootstrap_servers=stack.at["kafka"], auto_offset_reset="earliest"
    )
    await reader.start()
    try:
        ends, told = await reader.end_offsets(list(reader.assignment())), []
        while any([await reader.position(place) < end for place, end in ends.items()]):
            told += [
                one for page in (await reader.getmany(timeout_ms=200)).values() for one in page
            ]
    finally:
        await reader.stop()
    assert told, "disputes has told something"
    await stack.tell(*(Outgoing(one.topic, one.key, one.value, list(one.headers)) for one in told))


async def dies(stack: Any, point: str) -> int:
    """The ledger is killed, and will die again at that point; how often it had been started anew before."""
    before: int = (await stack.program("ledger"))["restarts"]
    await stack.kill("ledger", crash_at=point)
    return before


async def lives_again(stack: Any, before: int) -> None:
    await stack.settle()
    assert (await stack.program("ledger"))["restarts"] >= before + 2


async def opens(stack: Any, number: str) -> list[str]:
    return [one["open"] for one in await stack.open_items(number)]


async def requests(stack: Any, number: str) -> list[dict[str, Any]]:
    """What the ERP was asked about the customer."""
    asked = await stack.all("ledger", "/v1/requests")
    return [one for one in asked if one["customer_number"] == number]


async def is_settled(stack: Any, path: str) -> None:
    """What was upheld is held no longer, since once."""
    dispute = await stack.get("disputes", path)
    assert (dispute["items"][0]["held"], dispute["settled_at"] is not None) == ("0.00", True)
    assert [one["why"] for one in dispute["moves"]].count("taken off in the books") == 1


def credit_note(
    number: str, day: date, *, request_id: str, amount: str = "100.00"
) -> contract.ErpCreditNotePosted:
    """Of the ERP, at the disputed invoice."""
    return contract.ErpCreditNotePosted(
        credit_note_id=f"N-{number}",
        version=1,
        credit_note_number=f"N-{number}",
        kind=contract.CreditNoteKind.CREDIT_NOTE,
        customer_number=number,
        legal_entity="DE01",
        issued_on=day,
        currency="EUR",
        total=Decimal(amount),
        allocations=(builders.allocation(f"I-{number}", amount),),
        request_id=request_id,
    )
