"""A customer is heard at the door: time to pay, a call, and what they think of how a case was handled."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from shared.base.ids import object_id
from shared.contracts import disputes, scheduler
from shared.testing.examples import CUSTOMER, SOURCE, our_examples

OTHER_DISPUTE = object_id(SOURCE, "dispute", "9")
WORDS = "Our largest customer has not paid us."
CASE = next(one for one in our_examples() if isinstance(one, disputes.DisputeClosed))


@pytest.fixture
async def erika(portal: Any) -> Any:
    browser = portal.browser()
    await portal.sign_in(browser)
    return browser


async def told(portal: Any, field: str) -> list[dict[str, Any]]:
    return [one for one in await portal.told() if field in one]


async def asks_time(browser: Any, words: str = WORDS, **more: Any) -> Any:
    return await browser.post("/v1/hardship-requests", json={"words": words} | more)


async def asks_call(browser: Any, words: str = "Please call.", **more: Any) -> Any:
    return await browser.post("/v1/call-requests", json={"words": words} | more)


async def answers(browser: Any, score: int = 2, **more: Any) -> Any:
    body = {"case_id": str(CASE.dispute_id), "score": score} | more
    return await browser.post("/v1/feedback", json=body)


class TestHardship:
    async def test_ends_when_the_rails_say_at_the_legal_entity_s_midnight(
        self, portal: Any, erika: Any
    ) -> None:
        answer = await asks_time(erika)

        assert answer.status_code == 201, answer.text
        assert (
            answer.json()["until"] == "2026-05-20T22:00:00Z"
        )  # thirty days, then the day is over in Hamburg
        (fact,) = await told(portal, "wants_until") or await told(portal, "request_id")
        assert (fact["until"], fact["words"]) == ("2026-05-20T22:00:00Z", WORDS)

    @pytest.mark.parametrize(
        ("wants", "until"),
        [("2026-04-20", "2026-04-20"), ("2026-04-25", "2026-04-25"), ("2027-01-01", "2026-06-19")],
    )
    async def test_is_as_long_as_was_asked_for_within_the_rails(
        self, erika: Any, wants: str, until: str
    ) -> None:
        answer = await asks_time(erika, wants_until=wants)

        assert answer.json()["until"] == f"{until}T22:00:00Z"

    async def test_once_while_one_is_open_and_again_when_it_is_over(
        self, portal: Any, erika: Any
    ) -> None:
        first, same = [await asks_time(erika) for _ in range(2)]
        other = await asks_time(erika, "Something else.")
        portal.move(timedelta(days=32))
        await portal.sign_in(erika)
        later = await asks_time(erika)

        assert first.json() == same.json()
        assert (other.status_code, other.json()["code"]) == (409, "hardship-request-open")
        assert (later.status_code, later.json()["request_id"] != first.json()["request_id"]) == (
            201,
            True,
        )
        assert len(await told(portal, "request_id")) == 2

    async def test_of_several_at_once_one_is_made(self, portal: Any, erika: Any) -> None:
        got = await asyncio.gather(*(asks_time(erika, f"{WORDS} {n}") for n in range(4)))

        assert sorted(one.status_code for one in got) == [201, 409, 409, 409]
        assert len(await told(portal, "request_id")) == 1

    async def test_under_its_key_is_answered_as_before(self, portal: Any, erika: Any) -> None:
        erika.headers["Idempotency-Key"] = "time"
        first, again = [await asks_time(erika) for _ in range(2)]

        assert first.content == again.content
        assert again.headers["Idempotency-Replayed"] == "true"

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            ({"words": ""}, "request-invalid"),
            ({"words": "x" * 2_001}, "request-invalid"),
            ({"words": "a\x00b"}, "request-invalid"),
            ({}, "request-invalid"),
            ({"words": WORDS, "wants_until": "2026-04-19"}, "wants-until-past"),
            ({"words": WORDS, "customer_id": str(UUID(int=1))}, "request-invalid"),
        ],
    )
    async def test_refuses_by_name(self, portal: Any, erika: Any, body: Any, code: str) -> None:
        answer = await erika.post("/v1/hardship-requests", json=body)

        assert (answer.status_code, answer.json()["code"]) == (422, code)
        assert await told(portal, "request_id") == []

    async def test_that_people_of_ours_ended_early_may_be_followed_by_another(
        self, portal: Any, erika: Any
    ) -> None:
        await asks_time(erika)
        (asked,) = await told(portal, "request_id")
        placed = next(one for one in our_examples() if isinstance(one, scheduler.HoldPlaced))
        held = placed.model_dump() | {
            "kind": scheduler.HoldKind.HARDSHIP,
            "customer_id": CUSTOMER,
            "version": 2,
            "placed_at": asked["at"],
            "until": asked["until"],
            "invoice_id": None,
        }
        portal.move(timedelta(minutes=1))
        over = held | {"ended_at": portal.service.clock.now()}
        assert (await asks_time(erika, "Once more.")).status_code == 409
        await portal.hear(scheduler.HoldEnded.model_validate(over))

        assert (await asks_time(erika, "Once more.")).status_code == 201

    async def test_goes_on_when_another_hold_ends(self, portal: Any, erika: Any) -> None:
        await asks_time(erika)
        ended = next(one for one in our_examples() if isinstance(one, scheduler.HoldEnded))
        await portal.hear(ended.model_copy(update={"customer_id": CUSTOMER}))

        assert (await asks_time(erika, "Once more.")).status_code == 409


class TestCall:
    async def test_is_told_without_its_number(self, portal: Any, erika: Any) -> None:
        answer = await asks_call(erika, phone="+49 40 1234567", when="after three")

        assert answer.status_code == 201, answer.text
        (fact,) = await told(portal, "request_id")
        assert fact["when"] == "after three"
        assert "1234567" not in str(await portal.told())
        (row,) = await portal.rows("SELECT phone FROM requests")
        assert row["phone"] == "+49 40 1234567"

    async def test_the_same_words_are_one_and_no_more_than_the_rails_allow_in_a_day(
        self, portal: Any, erika: Any
    ) -> None:
        first, same = [await asks_call(erika) for _ in range(2)]
        more = [await asks_call(erika, f"Please call, {n}.") for n in range(3)]
        portal.move(timedelta(days=1))
        await portal.sign_in(erika)
        next_day = await asks_call(erika, "Please call, 2.")

        assert first.json() == same.json()
        assert [one.status_code for one in more] == [201, 201, 429]
        assert more[-1].json()["code"] == "too-many-call-requests"
        assert more[-1].headers["retry-after"] == "86400"
        assert next_day.status_code == 201

    @pytest.mark.parametrize("phone", ["call me", "+49 40 1234567; DROP", "+" + "1" * 40])
    async def test_refuses_what_is_no_number(self, erika: Any, phone: str) -> None:
        answer = await asks_call(erika, phone=phone)

        assert (answer.status_code, answer.json()["code"]) == (422, "request-invalid")
        assert phone not in answer.text


class TestFeedback:
    async def test_is_given_once_for_a_closed_case(self, portal: Any, erika: Any) -> None:
        await portal.hear(CASE)
        first, same = [await answers(erika, words="Slow.") for _ in range(2)]
        other = await answers(erika, 5)

        assert (first.status_code, first.json()) == (201, same.json())
        assert (other.status_code, other.json()["code"]) == (409, "feedback-given")
        (fact,) = await told(portal, "feedback_id")
        assert (fact["case_id"], fact["score"], fact["customer_id"]) == (
            str(CASE.dispute_id), 2, str(CUSTOMER),
        )  # fmt: skip

    async def test_waits_until_the_case_is_closed(self, portal: Any, erika: Any) -> None:
        answer = await answers(erika)

        assert (answer.status_code, answer.json()["code"]) == (409, "case-open")

    async def test_somebody_else_s_case_is_as_unknown_as_none(self, erika: Any) -> None:
        got = [await answers(erika, case_id=str(one)) for one in (OTHER_DISPUTE, UUID(int=7))]

        assert [(one.status_code, one.json()["code"]) for one in got] == [
            (404, "dispute-unknown")
        ] * 2

    @pytest.mark.parametrize("score", [0, 6, -1, "5", 2.5, True])
    async def test_refuses_what_is_no_score(self, portal: Any, erika: Any, score: Any) -> None:
        await portal.hear(CASE)
        answer = await answers(erika, score)

        assert (answer.status_code, answer.json()["code"]) == (422, "request-invalid")
