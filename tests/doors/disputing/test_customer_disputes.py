"""Customers dispute at the portal: it asks disputes, in the contact's name, and passes on what that refuses."""

from typing import Any
from uuid import uuid4

import pytest

from portal_api.gateways import dispute_desk
from shared.testing.examples import INVOICE
from shared.web.app import create_app
from shared.web.calls import PassedOn

Customer = Any


class TestOpening:
    async def test_is_the_contact_s_own_word_and_shown_with_its_due_times(
        self, customer: Customer
    ) -> None:
        shown = await customer.open()

        assert (shown["state"], shown["items"][0]["held"]) == ("acknowledged", "100.00")
        assert shown["answer_due_at"] < shown["decision_due_at"]
        assert "team" not in shown
        seen = (await customer.disputes.get(f"/v1/disputes/{shown['dispute_id']}")).json()
        first = seen["moves"][0]
        assert (first["by"], first["who"], first["why"]) == ("customer", "7", "two are broken")

    async def test_is_one_by_its_key_and_by_its_words(self, customer: Customer) -> None:
        first = await customer.open(key="k1")

        assert (await customer.open(key="k1"))["dispute_id"] == first["dispute_id"]
        assert (await customer.open())["dispute_id"] == first["dispute_id"]
        reused = await customer.open("99.00", key="k1", status=422)
        assert reused["code"] == "idempotency-key-reused"

    async def test_is_refused_by_name_with_the_pointer_of_who_refuses(
        self, customer: Customer
    ) -> None:
        refused = await customer.open("99999.00", status=409)

        assert refused["code"] == "more-disputed-than-open"
        assert refused["errors"][0]["pointer"] == "/items/0/amount"
        strange = [{"invoice_id": str(uuid4()), "amount": "1.00"}]
        assert (await customer.open(items=strange, status=422))["code"] == "invoice-unknown"
        assert (await customer.open(words="", status=422))["code"] == "request-invalid"

    async def test_while_disputes_is_away_says_so_and_everything_else_goes_on(
        self, alone: Any
    ) -> None:
        items = [{"invoice_id": str(INVOICE), "amount": "100.00"}]
        said = {"items": items, "reason": "damaged", "words": "two are broken"}
        answer = await alone.post("/v1/disputes", json=said)
        seen = await alone.get("/v1/invoices")
        assert (answer.status_code, answer.json()["code"]) == (503, "peer-unavailable")
        assert answer.headers["Retry-After"]
        assert "127.0.0.1" not in answer.text
        assert seen.status_code == 200

    async def test_withdrawn_it_is_asked_for_again(self, customer: Customer) -> None:
        dispute = await customer.open()
        path = f"/v1/disputes/{dispute['dispute_id']}/withdrawals"

        withdrawn = await customer.post(path, json={})
        again = await customer.post(path, json={}, status=409)

        assert (withdrawn["state"], withdrawn["items"][0]["held"]) == ("withdrawn", "0.00")
        assert again["code"] == "dispute-in-other-state"


class TestReopening:
    async def test_with_a_new_paper_it_is_held_again(self, customer: Customer) -> None:
        dispute = await customer.open()
        await customer.decide(dispute)
        paper = await customer.bring(dispute, "list.csv", b"a;b\n1;2\n")
        said = {"words": "W" * 4_000, "papers": [paper["paper_id"]]}
        path = f"/v1/disputes/{dispute['dispute_id']}/reopenings"

        shown = await customer.post(path, json=said, key="k1")

        assert (shown["state"], shown["outcome"], shown["moved_by"]) == (
            "in-review", None, "customer",
        )  # fmt: skip
        assert shown["items"][0] == shown["items"][0] | {"held": "100.00", "upheld": None}
        assert shown["decision_due_at"] is not None
        assert await customer.post(path, json=said, key="k1") == shown
        again = await customer.post(path, json=said, status=409)
        assert again["code"] == "dispute-in-other-state"

    async def test_without_one_or_of_another_s_it_is_refused_by_name(
        self, customer: Customer
    ) -> None:
        dispute = await customer.open()
        paper = await customer.bring(dispute, "list.csv", b"a;b\n1;2\n")
        customer.later()
        await customer.decide(dispute)
        path = f"/v1/disputes/{dispute['dispute_id']}/reopenings"
        said: dict[str, Any] = {"words": "look again", "papers": [paper["paper_id"]]}

        for sent, place, status, code in (
            (said, path, 422, "evidence-not-new"),
            (said | {"papers": []}, path, 422, "request-invalid"),
            (said | {"words": ""}, path, 422, "request-invalid"),
            (said, f"/v1/disputes/{uuid4()}/reopenings", 404, "dispute-unknown"),
        ):
            refused = await customer.post(place, json=sent, status=status)
            assert refused["code"] == code
        upheld = await customer.open("10.00")
        await customer.decide(upheld, "upheld")
        path = f"/v1/disputes/{upheld['dispute_id']}/reopenings"
        assert (await customer.post(path, json=said, status=409))["code"] == OTHER_STATE


class TestComments:
    async def test_to_the_customer_are_shown_and_notes_among_us_are_not(
        self, customer: Customer
    ) -> None:
        dispute = await customer.open()
        path = f"/v1/disputes/{dispute['dispute_id']}"
        for to, words in (("customer", "We look into it."), ("us", "he always says that")):
            said = {"to": to, "words": words}
            assert (await customer.disputes.post(f"{path}/comments", json=said)).status_code == 201
        await customer.decide(dispute)

        paper = await customer.bring(dispute, "list.csv", b"a;b\n1;2\n")
        sent = {"words": "look again", "papers": [paper["paper_id"]]}
        shown = await customer.post(f"{path}/reopenings", json=sent)

        assert [one["words"] for one in shown["said"]] == [
            "We look into it.", "Your warehouse signed for ten.",
        ]  # fmt: skip


class TestWithdrawing:
    async def test_takes_as_many_words_as_it_says(self, customer: Customer) -> None:
        path = f"/v1/disputes/{(await customer.open())['dispute_id']}/withdrawals"
        assert (await customer.post(path, json={"why": "W" * 4_000}))["state"] == "withdrawn"


class TestWhatIsPassedOn:
    @pytest.mark.parametrize(
        ("route", "refusals"),
        [
            ("/v1/disputes", dispute_desk.OPENING),
            ("/v1/disputes/{dispute_id}/withdrawals", dispute_desk.WITHDRAWING),
            ("/v1/disputes/{dispute_id}/reopenings", dispute_desk.REOPENING),
            ("/v1/disputes/{dispute_id}/papers", dispute_desk.BRINGING),
        ],
    )
    async def test_is_all_that_disputes_documents_there(
        self, opened: Any, route: str, refusals: tuple[PassedOn, ...]
    ) -> None:
        document = create_app(await opened("disputes")).openapi()
        anywhere = {"not-signed-in", "role-missing", "staff-keys-unavailable", "request-invalid"}

        documented = {
            (int(status), code)
            for status, answer in document["paths"][route]["post"]["responses"].items()
            if status.isdigit()
            for code in answer.get("content", {})
            .get("application/problem+json", {})
            .get("examples", {})
            if code not in anywhere and int(status) < 500
        }

        passed = {(one.status, one.code) for one in refusals}
        assert passed <= documented
        missing = {code for _, code in documented - passed}
        assert missing <= {"idempotency-key-reused", "request-in-flight", *GENERAL}


OTHER_STATE = "dispute-in-other-state"
GENERAL = frozenset(
    {"request-unreadable", "body-too-large", "media-type-unsupported", "method-not-allowed"}
)
"""What the framework answers by itself: the portal has answered it before anybody is asked."""
