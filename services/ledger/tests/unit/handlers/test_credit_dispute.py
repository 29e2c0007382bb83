"""A dispute is decided: what was upheld is credited once, whatever became of its invoice."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from ledger.domain.request import OURS, Request, State, request_id_of
from ledger.handlers.credit_dispute import ALONE, credit_dispute
from ledger.handlers.know_source import Registered
from ledger.handlers.make_request import requested_of
from shared.base.ids import LEDGER, CreditName, object_id
from shared.contracts.company import Source
from shared.contracts.disputes import DisputedItem, DisputeResolved
from shared.contracts.inbox import RequestedItem
from shared.contracts.ledger import CreditEvent
from shared.testing.examples import our_examples

DE = "urn:acme:erp:de01"
CUSTOMER = object_id(DE, "customer", "C1")
REGISTERED = Registered({DE: Source(source=DE, legal_entities=("DE01",))})
EXAMPLE = next(one for one in our_examples() if isinstance(one, DisputeResolved))
Upheld = tuple[str, str | None]
"""An invoice, and what of it was upheld."""


@dataclass
class Court:
    """Decides, and looks at what becomes of it at the clerk's desk."""

    clerk: Any

    def decides(
        self,
        *upheld: Upheld,
        version: int = 3,
        approved_by: str | None = None,
        instalment: int | None = None,
    ) -> Sequence[Request]:
        items = [
            DisputedItem(
                invoice_id=object_id(DE, "invoice", name),
                invoice_number=name,
                instalment=instalment,
                amount="100.00",
                upheld=amount,
                held=amount or "0.00",
            )
            for name, amount in upheld
        ]
        said = {"customer_id": CUSTOMER, "items": tuple(items), "version": version}
        resolved = EXAMPLE.model_copy(update={**said, "approved_by": approved_by})
        credit_dispute(
            self.clerk.desk.books,
            resolved,
            moment=self.clerk.moment,
            registered=REGISTERED,
            zones={"DE01": "Europe/Berlin"},
        )
        return list(self.clerk.desk.books.requests.by_id.values())

    def credits_told(self) -> list[tuple[str, str | None, UUID | None]]:
        """What was told of credit notes: the fact, what it answers, and what answers it."""
        told = [one.fact for one in self.clerk.desk.books.told]
        return [
            (type(one).__name__, one.answers, one.answered_by)
            for one in told
            if isinstance(one, CreditEvent)
        ]

    def opens(self, *names: str) -> list[int]:
        return [self.clerk.desk.held_invoice(name).open_minor for name in names]


@pytest.fixture
def court(clerk: Any) -> Court:
    return Court(clerk)


class TestUpheld:
    def test_is_taken_off_at_once_and_asked_of_the_erp(self, court: Court) -> None:
        (request,) = court.decides(("I1", "60.00"))

        assert (court.opens("I1", "I2"), request.state) == ([4_000, 5_000], State.OPEN)
        assert (request.asked_by, request.approved_by) == ("ada", ALONE)
        assert court.clerk.desk.told[-2:] == ["CreditPosted", "CreditNoteRequested"]
        posted, asked = (one.fact for one in court.clerk.desk.books.told[-2:])
        assert (asked.item.id, asked.amount, asked.reason) == ("I1", "60.00", "dispute damaged")
        assert (posted.source, OURS) == (LEDGER, LEDGER)
        assert CreditName.read(posted.source_id) == (EXAMPLE.dispute_id, 3, 0)

    def test_says_who_approved_it_above_the_limit(self, court: Court) -> None:
        (request,) = court.decides(("I1", "60.00"), approved_by="kim")
        assert (request.asked_by, request.approved_by) == ("ada", "kim")

    def test_is_credited_item_by_item_and_nothing_where_nothing_was_upheld(
        self, court: Court
    ) -> None:
        made = court.decides(("I1", "0.00"), ("I2", "20.00"), ("I1", None))
        assert [one.asked.name.rpartition("/")[2] for one in made] == ["1"]
        assert court.opens("I1", "I2") == [10_000, 3_000]

    def test_is_one_request_when_it_is_told_again(self, court: Court) -> None:
        before = court.decides(("I1", "60.00"), ("I2", "20.00"))
        told = list(court.clerk.desk.told)

        assert court.decides(("I1", "60.00"), ("I2", "20.00")) == before
        assert (court.opens("I1", "I2"), court.clerk.desk.told) == ([4_000, 3_000], told)

    def test_is_another_one_when_it_was_decided_anew(self, court: Court) -> None:
        court.decides(("I1", "60.00"))
        assert len(court.decides(("I1", "10.00"), version=6)) == 2
        assert court.opens("I1") == [3_000]

    def test_stands_on_account_as_far_as_the_invoice_is_paid_meanwhile(self, court: Court) -> None:
        desk = court.clerk.desk
        desk.payment("P1", "70.00", allocations=[{"invoice_id": "I1", "amount": "70.00"}])

        (request,) = court.decides(("I1", "60.00"))

        assert court.opens("I1") == [0]
        assert desk.books.credits[request.entered_id].unapplied_minor == 3_000


class TestTheErp:
    def test_echoes_and_one_credit_stands(self, court: Court) -> None:
        (request,) = court.decides(("I1", "60.00"))
        echo = {"allocations": [{"invoice_id": "I1", "amount": "60.00"}]}
        court.clerk.desk.credit_note("N1", "60.00", request_id=str(request.request_id), **echo)

        assert (request.state, court.opens("I1")) == (State.ECHOED, [4_000])
        court.decides(("I1", "60.00"))
        assert court.opens("I1") == [4_000]
        assert court.clerk.desk.posted() == court.clerk.desk.held()

    def test_echoes_and_says_what_took_whose_place(self, court: Court) -> None:
        (request,) = court.decides(("I1", "60.00"))
        court.clerk.desk.credit_note("N1", "60.00", request_id=str(request.request_id))

        theirs = object_id(DE, "credit-note", "N1")
        assert sorted(court.credits_told()[1:]) == [
            ("CreditCancelled", None, theirs),
            ("CreditPosted", request.asked.name, None),
        ]

    def test_may_have_posted_it_before_we_ask(self, court: Court) -> None:
        self.posts_ahead(court)
        told = len(court.clerk.desk.told)

        (request,) = court.decides(("I1", "60.00"))

        assert (request.state, request.answered_by) == (
            State.ECHOED,
            object_id(DE, "credit-note", "N1"),
        )
        assert court.opens("I1") == [4_000]
        assert court.clerk.desk.told[told:] == ["CreditPosted", "CreditCancelled"]
        assert court.credits_told()[-1] == ("CreditCancelled", None, request.answered_by)
        assert court.clerk.desk.posted() == court.clerk.desk.held()
        assert court.clerk.desk.nets()[1200] == 9_000

    def test_may_have_taken_back_what_it_posted_before_we_ask(self, court: Court) -> None:
        self.posts_ahead(court)
        court.clerk.desk.take(
            "erp.credit-note.cancelled.v1",
            credit_note_id="N1",
            version=2,
            cancelled_on="2026-03-30",
        )
        (request,) = court.decides(("I1", "60.00"))
        assert (request.state, court.opens("I1")) == (State.OPEN, [4_000])

    @pytest.mark.parametrize(
        "another",
        [{"customer_number": "C2"}, {"currency": "USD"}, {"request_id": "R-17"}],
    )
    def test_has_posted_something_else(self, court: Court, another: dict[str, str]) -> None:
        court.clerk.desk.customer("C2")
        self.posts_ahead(court, allocations=[], **another)
        (request,) = court.decides(("I1", "60.00"))
        assert (request.state, court.opens("I1")) == (State.OPEN, [4_000])

    def posts_ahead(self, court: Court, **different: Any) -> None:
        request_id = request_id_of(CUSTOMER, str(CreditName(EXAMPLE.dispute_id, 3, 0)))
        said = {
            "request_id": str(request_id),
            "allocations": [{"invoice_id": "I1", "amount": "60.00"}],
        }
        assert court.clerk.desk.credit_note("N1", "60.00", **said | different).code == ""

    def test_refuses_and_nothing_stands_until_a_person_has_seen_to_it(self, court: Court) -> None:
        (request,) = court.decides(("I1", "60.00"))
        court.clerk.refuses(request)

        assert (court.opens("I1"), court.clerk.doubts) == ([10_000], ["request-refused"])
        assert court.credits_told()[-1] == ("CreditCancelled", None, None)
        court.clerk.closes(request)
        assert court.clerk.doubts == []

    def test_posts_after_all_what_it_refused_and_says_so(self, court: Court) -> None:
        (request,) = court.decides(("I1", "60.00"))
        court.clerk.refuses(request)
        court.clerk.closes(request)

        echo = {"allocations": [{"invoice_id": "I1", "amount": "60.00"}]}
        court.clerk.desk.credit_note("N1", "60.00", request_id=str(request.request_id), **echo)

        assert court.credits_told()[-1] == ("CreditPosted", request.asked.name, None)
        assert court.opens("I1") == [4_000]


class TestAnInstalment:
    """100.00 in two parts of 40.00 and 60.00, of which a part is disputed: the credit stands where it was disputed."""

    PARTS = (
        {"number": 1, "due_on": "2026-03-31", "amount": "40.00"},
        {"number": 2, "due_on": "2026-04-30", "amount": "60.00"},
    )

    @pytest.fixture
    def court(self, clerk: Any) -> Court:
        clerk.desk.invoice("I4", "100.00", instalments=list(self.PARTS))
        return Court(clerk)

    def parts(self, court: Court) -> tuple[int, ...]:
        opens: tuple[int, ...] = court.clerk.desk.held_invoice("I4").due.opens
        return opens

    def test_is_credited_itself(self, court: Court) -> None:
        (request,) = court.decides(("I4", "10.00"), instalment=2)

        assert self.parts(court) == (4_000, 5_000)
        assert requested_of(request).item == RequestedItem(kind="invoice", id="I4", instalment=2)
        assert court.clerk.desk.posted() == court.clerk.desk.held()

    def test_is_credited_as_far_as_it_is_open_then_the_invoice_as_it_falls_due(
        self, court: Court
    ) -> None:
        there = {"invoice_id": "I4", "instalment": 2, "amount": "55.00"}
        court.clerk.desk.payment("P1", "55.00", allocations=[there])

        court.decides(("I4", "10.00"), instalment=2)

        assert self.parts(court) == (3_500, 0)
        assert court.clerk.desk.posted() == court.clerk.desk.held()

    def test_that_is_not_there_any_more_is_its_invoice(self, court: Court) -> None:
        court.decides(("I4", "10.00"), instalment=7)
        assert self.parts(court) == (3_000, 6_000)

    def test_is_the_erp_s_once_it_has_posted_it_there(self, court: Court) -> None:
        (request,) = court.decides(("I4", "10.00"), instalment=2)
        there = {"invoice_id": "I4", "instalment": 2, "amount": "10.00"}
        asked = str(request.request_id)
        court.clerk.desk.credit_note("N1", "10.00", request_id=asked, allocations=[there])

        assert (self.parts(court), request.state) == ((4_000, 5_000), State.ECHOED)


class TestAnInvoiceThatCannotBeCredited:
    def spoilt(self, court: Court, how: str) -> str:
        """Its name; I3 is of another customer, and nobody has heard of I9."""
        if how == "cancelled":
            court.clerk.desk.take(
                "erp.invoice.cancelled.v1", invoice_id="I1", version=2, cancelled_on="2026-03-30"
            )
            return "I1"
        court.clerk.desk.customer("C2")
        court.clerk.desk.invoice("I3", "70.00", customer_number="C2")
        return "I3" if how == "another's" else "I9"

    @pytest.mark.parametrize(
        ("how", "code"),
        [
            ("unknown", "item-unknown"),
            ("cancelled", "item-elsewhere"),
            ("another's", "item-elsewhere"),
        ],
    )
    def test_is_declined_shown_and_the_others_go_on(
        self, court: Court, how: str, code: str
    ) -> None:
        name = self.spoilt(court, how)
        declined, made = court.decides((name, "60.00"), ("I2", "20.00"))

        assert (declined.state, made.state) == (State.REFUSED, State.OPEN)
        assert (declined.refused_why or "").startswith(f"{code}: ")
        assert court.opens("I2") == [3_000]
        assert court.clerk.doubts == ["request-refused"]
        assert court.clerk.desk.told.count("CreditNoteRequested") == 1
        assert court.clerk.desk.posted() == court.clerk.desk.held()

    def test_is_told_once_and_a_person_ends_the_silence(self, court: Court) -> None:
        (declined,) = court.decides(("I9", "60.00"))
        told = list(court.clerk.desk.told)
        court.decides(("I9", "60.00"))
        assert court.clerk.desk.told == told

        court.clerk.closes(declined)
        assert (court.clerk.doubts, declined.state) == ([], State.CLOSED)


class TestItsName:
    def test_is_read_again(self) -> None:
        name = CreditName(UUID(int=7), 12, 3)
        assert CreditName.read(str(name)) == name

    @pytest.mark.parametrize(
        "text", ["", "R-1", "dispute", "dispute/1/2/3", f"dispute/{UUID(int=7)}/x/0"]
    )
    def test_others_are_not(self, text: str) -> None:
        assert CreditName.read(text) is None
