"""A dispute from its opening to its end, through the doors."""

from typing import Any

from shared.testing.examples import CUSTOMER, INVOICE


class TestOpening:
    async def test_holds_the_amount_and_says_so(self, office: Any) -> None:
        dispute = await office.open()

        assert (dispute["state"], dispute["team"]) == ("acknowledged", "logistics")
        assert dispute["items"][0]["held"] == "100.00"
        opened, acknowledged = await office.told()
        assert opened["type"] == "disputes.dispute.opened.v1"
        assert acknowledged["items"][0]["held"] == "100.00"

    async def test_the_same_words_twice_are_one_dispute(self, office: Any) -> None:
        first, again = await office.open(), await office.open()
        assert again["dispute_id"] == first["dispute_id"]
        assert len(await office.told()) == 2

    async def test_other_words_for_the_same_are_kept_once(self, office: Any) -> None:
        await office.open(contact_id="7")
        for _ in range(2):
            again = await office.open(words="and the box was wet", contact_id="7")

        assert [one["why"] for one in again["moves"]] == [
            "two are broken", "opened", "and the box was wet",
        ]  # fmt: skip
        assert (again["moves"][-1]["by"], again["moves"][-1]["who"]) == ("customer", "7")
        assert len(await office.told()) == 2

    async def test_what_was_upheld_and_not_yet_taken_off_cannot_be_disputed_again(
        self, office: Any
    ) -> None:
        path = f"/v1/disputes/{(await office.open())['dispute_id']}"
        said = {"outcome": "upheld", "why": "true", "words": "You are right."}
        await office.post(f"{path}/resolutions", **said)

        items = [{"invoice_id": str(INVOICE), "amount": "900.01"}]
        refused = await office.open(items=items, status=409)
        assert refused["code"] == "more-disputed-than-open"
        assert (await office.open("900.00"))["items"][0]["held"] == "900.00"

    async def test_no_more_than_is_open_and_not_disputed(self, office: Any) -> None:
        await office.open("900.00")
        items = [{"invoice_id": str(INVOICE), "amount": "100.01"}]
        said = {"customer_id": str(CUSTOMER), "reason": "price", "words": "too much"}
        refused = await office.post("/v1/disputes", items=items, **said, status=409)
        assert refused["code"] == "more-disputed-than-open"
        assert refused["errors"][0]["pointer"] == "/items/0/amount"

    async def test_an_instalment_leaves_no_more_room_than_its_invoice(self, office: Any) -> None:
        await office.open("900.00")
        part = {"invoice_id": str(INVOICE), "instalment": 1}
        said = {"customer_id": str(CUSTOMER), "reason": "price", "words": "too much"}
        for items in (
            [{**part, "amount": "100.01"}],
            [{**part, "amount": "60.00"}, {"invoice_id": str(INVOICE), "amount": "40.01"}],
        ):
            refused = await office.post("/v1/disputes", items=items, **said, status=409)
            assert refused["code"] == "more-disputed-than-open"

    async def test_refuses_by_name(self, office: Any) -> None:
        item = {"invoice_id": str(INVOICE), "amount": "10.00"}
        said = {"customer_id": str(CUSTOMER), "reason": "price", "words": "too much"}
        strange = {**item, "invoice_id": str(CUSTOMER)}
        for items, status, code in (
            ([strange], 422, "invoice-unknown"),
            ([item, item], 422, "items-mixed"),
            ([{**item, "amount": "1.234"}], 422, "amount-too-precise"),
            ([{**item, "amount": "0"}], 422, "request-invalid"),
            ([{**item, "instalment": 7}], 409, "more-disputed-than-open"),
            ([], 422, "request-invalid"),
        ):
            refused = await office.post("/v1/disputes", items=items, **said, status=status)
            assert refused["code"] == code
        nobody = {**said, "customer_id": str(INVOICE)}
        refused = await office.post("/v1/disputes", items=[item], **nobody, status=404)
        assert refused["code"] == "customer-unknown"

    async def test_a_customer_has_only_so_many_open(self, office: Any) -> None:
        for place in range(20):
            await office.open(f"{place + 1}.00")
        refused = await office.post(
            "/v1/disputes",
            customer_id=str(CUSTOMER),
            reason="price",
            words="and again",
            items=[{"invoice_id": str(INVOICE), "amount": "21.00"}],
            status=429,
        )
        assert refused["code"] == "too-many-disputes"


class TestMoves:
    async def test_waits_and_goes_on(self, office: Any) -> None:
        dispute = await office.open()
        path = f"/v1/disputes/{dispute['dispute_id']}"
        await office.post(f"{path}/waits", **{"for": "customer"}, words="a photograph, please")
        moved = await office.post(f"{path}/reviews")

        assert [one["state"] for one in moved["moves"]] == [
            "opened", "acknowledged", "waiting-for-customer", "in-review",
        ]  # fmt: skip
        refused = await office.post(f"{path}/closures", why="done", status=409)
        assert refused["code"] == "dispute-in-other-state"

    async def test_a_word_to_the_customer_is_told_and_a_note_is_not(self, office: Any) -> None:
        dispute = await office.open()
        path = f"/v1/disputes/{dispute['dispute_id']}/comments"
        await office.post(path, to="us", words="he always says that")
        await office.post(path, to="customer", words="we look into it")

        told = await office.told()
        assert [one["words"] for one in told] == ["", "", "we look into it"]
        assert "he always" not in str(told)

    async def test_is_found_in_its_queue(self, office: Any) -> None:
        dispute = await office.open()
        path = f"/v1/disputes/{dispute['dispute_id']}"
        await office.post(f"{path}/assignments", owner="bob")
        for asked in ({"owner": "bob"}, {"team": "logistics"}, {"state": "acknowledged"}, {}):
            found = await office.get("/v1/disputes", **asked)
            assert [one["dispute_id"] for one in found["items"]] == [dispute["dispute_id"]]
        assert (await office.get("/v1/disputes", owner="ada"))["items"] == []

    async def test_an_assignment_is_told_with_who_and_why_and_once(self, office: Any) -> None:
        dispute = await office.open()
        path = f"/v1/disputes/{dispute['dispute_id']}"
        said = {"owner": "bob", "team": "sales", "why": "he made the offer"}
        for _ in range(2):
            shown = await office.post(f"{path}/assignments", **said)

        assert (shown["owner"], shown["team"], shown["state"]) == ("bob", "sales", "acknowledged")
        move = shown["moves"][-1]
        assert (move["by"], move["who"], move["why"]) == ("staff", "ada", "he made the offer")
        (told,) = await office.told("disputes.dispute.assigned")
        assert (told["owner"], told["team"], told["assigned_by"], told["why"]) == (
            "bob", "sales", "ada", "he made the offer",
        )  # fmt: skip
        assert (told["items"][0]["held"], told["clocks"][0]["responsible_role"]) == (
            "100.00", "sales",
        )  # fmt: skip
        await office.post(f"{path}/assignments")
        *_, back = await office.told("disputes.dispute.assigned")
        assert "owner" not in back, "it is in its team's queue again"

    async def test_no_team_looks_for_it_where_there_is_none(self, office: Any) -> None:
        path = f"/v1/disputes/{(await office.open())['dispute_id']}"
        refused = await office.post(f"{path}/assignments", team="logistik", status=422)
        assert refused["code"] == "team-unknown"
        assert (await office.get(path))["team"] == "logistics"

    async def test_one_that_is_not_there_is_unknown(self, office: Any) -> None:
        refused = await office.post(f"/v1/disputes/{INVOICE}/reviews", status=404)
        assert refused["code"] == "dispute-unknown"
