"""Our own page of a dispute: where a mail leads, and where its customer brings what we asked for, or what is new."""

from typing import Any

import pytest

Customer = Any
CSV = b"a;b\n1;2\n"
FROM_US = {"Sec-Fetch-Site": "same-origin"}


async def send(
    customer: Customer, dispute: Any, noun: str, name: str = "l.csv", **more: str
) -> Any:
    """The form of the page."""
    path = f"/disputes/{dispute['dispute_id']}/{noun}"
    return await customer.http.post(path, files={"file": (name, CSV)}, data=more, headers=FROM_US)


async def staff_see(customer: Customer, dispute: Any) -> Any:
    return (await customer.disputes.get(f"/v1/disputes/{dispute['dispute_id']}")).json()


class TestBringing:
    async def test_a_paper_leads_back_to_the_dispute(self, customer: Customer) -> None:
        dispute = await customer.open()
        for _ in range(2):
            answer = await send(customer, dispute, "papers")
            assert (answer.status_code, answer.headers["location"]) == (
                303, f"/disputes/{dispute['dispute_id']}?brought=1",
            )  # fmt: skip

        path = f"/v1/disputes/{dispute['dispute_id']}/papers"
        (paper,) = (await customer.http.get(path)).json()["items"]
        assert (paper["name"], paper["added_by"]) == ("l.csv", "customer")

    @pytest.mark.parametrize(("name", "said"), [("l.exe", "PDF"), ("a/../b.csv", "Dateiname")])
    async def test_what_is_not_taken_is_said_in_words(
        self, customer: Customer, name: str, said: str
    ) -> None:
        answer = await send(customer, await customer.open(), "papers", name)
        assert (answer.status_code, answer.headers["content-type"][:9]) == (422, "text/html")
        assert said in answer.text


class TestReopening:
    async def test_with_a_new_paper_and_words_holds_it_again(self, customer: Customer) -> None:
        dispute = await customer.open()
        customer.later()
        await customer.decide(dispute)

        for _ in range(2):
            answer = await send(customer, dispute, "reopenings", words="Look at line two.")
            assert answer.status_code == 303, answer.text

        seen = await staff_see(customer, dispute)
        assert (seen["state"], seen["moves"][-1]["why"]) == ("in-review", "Look at line two.")
        assert seen["items"][0]["held"] == "100.00"

    async def test_with_the_paper_of_before_is_refused_after_another_decision(
        self, customer: Customer
    ) -> None:
        dispute = await customer.open()
        customer.later()
        await customer.decide(dispute)
        assert (await send(customer, dispute, "reopenings")).status_code == 303
        customer.later()
        await customer.decide(dispute)

        answer = await send(customer, dispute, "reopenings")

        assert answer.status_code == 422, "it was looked at, and nothing is opened again"
        assert (await staff_see(customer, dispute))["state"] == "resolved"

    async def test_of_what_is_not_decided_is_refused_in_words(self, customer: Customer) -> None:
        answer = await send(customer, await customer.open(), "reopenings", words="x")
        assert (answer.status_code, answer.headers["content-type"][:9]) == (409, "text/html")
