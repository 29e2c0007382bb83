"""Runs: whether all is there, what counts as before, and how a difference is accepted."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from ledger.domain.comparison import CREDITS, Compared, Item
from ledger.domain.difference import (
    Difference,
    DifferenceOver,
    Ending,
    NotOneItem,
    SecondPersonWanted,
    Word,
)
from ledger.domain.run import Balances, Run, RunCompleted, RunName

NIL = UUID(int=0)
NOON = datetime(2026, 4, 1, 12, tzinfo=UTC)
NAME = RunName("urn:acme:erp:de01", "DE01", "n1", date(2026, 4, 1))


def run_ended(customers: int, *totals: tuple[str, int]) -> Run:
    return Run(NAME, NOON, NOON, RunCompleted(NIL, NAME, b"", customers, totals))


def difference(kind: str = "invoice") -> Difference:
    word = Word(NAME.run_key, NAME.run_id, NAME.as_of, NOON)
    item = Item(kind, None if kind == CREDITS else NIL, "I1", "EUR")
    return Difference(NIL, NAME.source, "DE01", NIL, "C1", item, word, word, 100, 80)


class TestRun:
    @pytest.mark.parametrize(
        ("stated", "whole", "there"), [(2, 2, True), (2, 1, False), (1, 1, False), (3, 3, False)]
    )
    def test_is_all_there_when_the_customers_counted_are_whole(
        self, stated: int, whole: int, there: bool
    ) -> None:
        assert run_ended(2).is_all_there(stated=stated, whole=whole) is there
        assert Run(NAME, NOON, NOON).is_all_there(stated=stated, whole=whole) is False

    def test_adds_up_when_totals_are_what_was_stated(self) -> None:
        run = run_ended(1, ("EUR", -5), ("USD", 0))
        assert run.adds_up({"EUR": -5})
        assert not run.adds_up({"EUR": -5, "GBP": 1})
        assert not run.adds_up({})

    @pytest.mark.parametrize(
        ("opened_at", "until"),
        [
            ("2026-04-01T20:00+00:00", "2026-04-01T20:00+00:00"),
            ("2026-04-02T02:00+00:00", "2026-04-01T21:59:59.999999+00:00"),
        ],
    )
    def test_its_word_holds_to_the_end_of_its_day_or_until_it_was_given(
        self, opened_at: str, until: str
    ) -> None:
        run = Run(NAME, datetime.fromisoformat(opened_at), NOON)
        assert run.changed_until("Europe/Berlin") == datetime.fromisoformat(until)

    def test_is_outrun_by_a_judged_one_of_a_later_day_or_opened_later(self) -> None:
        run = Run(NAME, NOON, NOON)
        for newest, outrun in (
            ((date(2026, 4, 2), NOON), True),
            ((NAME.as_of, NOON.replace(hour=13)), True),
            ((NAME.as_of, NOON), False),
            ((date(2026, 3, 31), NOON.replace(hour=13)), False),
        ):
            assert Balances(newest={NAME.scope: newest}).outrun(run) is outrun
        assert not Balances(newest={("other", "DE01"): (date(2099, 1, 1), NOON)}).outrun(run)


class TestAcceptance:
    def test_takes_two_people(self) -> None:
        one = difference()
        assert one.accept("anna", NOON) is False
        with pytest.raises(SecondPersonWanted):
            one.accept("anna", NOON)
        assert one.accept("ben", NOON) is True
        assert (one.asked_by, one.accepted_by, one.ending) == ("anna", "ben", Ending.ACCEPTED)
        with pytest.raises(DifferenceOver):
            one.accept("cleo", NOON)

    def test_begins_anew_when_a_figure_changes(self) -> None:
        one = difference()
        one.accept("anna", NOON)
        word = one.last._replace(run_id="n2")
        assert one.see(Compared(one.item, 100, 80, moved=False), word) is False
        assert one.asked_by == "anna"
        assert one.see(Compared(one.item, 100, 70, moved=False), word) is True
        assert (one.asked_by, one.gap_minor) == (None, 30)

    def test_is_not_for_sums_of_several_items(self) -> None:
        with pytest.raises(NotOneItem):
            difference(CREDITS).accept("anna", NOON)
