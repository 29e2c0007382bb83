"""What is told of a customer: merged, moved, known under one number in two sources."""

from typing import Any

from shared.base.ids import object_id

OURS = "urn:acme:erp:ours"


def told_of(desk: Any, number: str = "C1", *, source: str = "urn:acme:erp:de01") -> Any:
    """The newest word on the customer."""
    customer_id = object_id(source, "customer", number)
    words = [one.fact for one in desk.books.told if one.fact.TYPE == "ledger.customer.changed.v1"]
    return [fact for fact in words if fact.customer_id == customer_id][-1]


def doubts_of(desk: Any, number: str = "C1") -> list[str]:
    return [one.code for one in told_of(desk, number).doubts]


class TestMergedCustomer:
    def test_is_in_doubt_and_the_survivor_is_not(self, desk: Any) -> None:
        desk.customer("C1")
        desk.customer("C2")
        desk.customer("C1", version=2, merged_into="C2")
        assert (doubts_of(desk, "C1"), doubts_of(desk, "C2")) == (["customer-merged"], [])
        assert told_of(desk, "C1").merged_into == "C2"

    def test_stays_in_doubt_while_the_erp_says_so(self, desk: Any) -> None:
        desk.customer(version=1, merged_into="C2")
        desk.customer(version=2, merged_into="C2", name="Blue Boat Ltd")
        assert doubts_of(desk) == ["customer-merged"]

    def test_is_free_again_when_the_erp_takes_it_back(self, desk: Any) -> None:
        desk.customer(version=1, merged_into="C2")
        desk.customer(version=2)
        assert (doubts_of(desk), told_of(desk).merged_into) == ([], None)

    def test_an_older_word_does_not_merge_it_again(self, desk: Any) -> None:
        desk.customer(version=3)
        desk.customer(version=2, merged_into="C2")
        assert doubts_of(desk) == []


class TestCustomerOfSeveralSources:
    def test_the_same_number_is_two_customers(self, desk: Any) -> None:
        desk.customer("C1", name="Blue Boat")
        desk.customer("C1", source=OURS, name="Red Boat")
        desk.invoice("I1", customer_number="C1")
        assert told_of(desk).name == "Blue Boat"
        assert told_of(desk, source=OURS).name == "Red Boat"
        assert desk.held_invoice("I1").customer_id == told_of(desk).customer_id

    def test_a_merge_in_one_source_leaves_the_other_alone(self, desk: Any) -> None:
        desk.customer("C1", merged_into="C2")
        desk.customer("C1", source=OURS)
        assert told_of(desk, source=OURS).doubts == ()


class TestWhatIsToldOfACustomer:
    def test_every_field_of_the_newest_version_and_nothing_of_the_older(self, desk: Any) -> None:
        anna = {
            "contact_id": "1",
            "name": "Anna",
            "role": "billing",
            "email": "a@b.example",
            "phone": "+4930901820",
            "language": "de",
            "preferred_channel": "sms",
            "opted_out": ["email"],
        }
        rich = {
            "legal_entity": "DE01",
            "time_zone": "Europe/Berlin",
            "contacts": [anna],
            "account_owner": {"name": "Jonas", "email": "jonas@ours.example"},
            "credit_limit": {"amount": "500.00", "currency": "EUR"},
            "customer_since": "2020-01-31",
            "holds": [{"reason": "sales", "until": "2026-05-01", "legal_entity": "DE01"}],
        }
        desk.customer(version=1, **rich)
        told = told_of(desk).model_dump(mode="json", exclude_none=True)
        assert {name: told[name] for name in rich} == rich

        desk.customer(version=2)
        left = told_of(desk)
        assert (left.legal_entity, left.account_owner, left.credit_limit) == (None, None, None)
        assert (left.contacts, left.holds) == ((), ())

    def test_a_customer_of_a_home_entity_the_source_does_not_speak_for_is_refused(
        self, desk: Any
    ) -> None:
        assert desk.customer(legal_entity="GB01").code == "legal-entity-unknown"
