"""What a statement says, line by line."""

from datetime import date
from uuid import UUID

from ledger.domain.statement import Account, Found, Item, Moved, draw_up

INVOICE, PAYMENT = UUID(int=1), UUID(int=2)
DE = ("DE01", "EUR")
ITEMS = {
    INVOICE: Item(INVOICE, "invoice", "R-1", date(2026, 3, 1), 10_000, date(2026, 3, 31)),
    PAYMENT: Item(PAYMENT, "payment", "P-1", date(2026, 3, 20), 6_000, reference="thanks"),
}


def moved(day: int, kind: str, debit: UUID | None, credit: UUID | None, minor: int) -> Moved:
    owed = 0 if debit and credit else minor if debit else -minor
    return Moved(*DE, date(2026, 3, day), kind, debit, credit, owed, minor)


def drawn(*all_moved: Moved, left: dict[UUID, int] | None = None, opening: int = 0) -> Account:
    left_over = {(*DE, one): minor for one, minor in (left or {}).items()}
    found = Found({DE: opening}, all_moved, left_over, ITEMS)
    (account,) = draw_up(found, as_of=date(2026, 4, 10))
    return account


class TestStatement:
    def test_balance_runs_from_the_opening_on(self) -> None:
        account = drawn(
            moved(20, "payment", None, PAYMENT, 6_000),
            moved(1, "invoice", INVOICE, None, 10_000),
            opening=500,
        )
        assert [(one.kind, one.minor, one.balance_minor) for one in account.movements] == [
            ("invoice", 10_000, 10_500),
            ("payment", -6_000, 4_500),
        ]
        assert (account.opening_minor, account.closing_minor) == (500, 4_500)

    def test_net_and_tax_of_one_invoice_are_one_line(self) -> None:
        account = drawn(
            moved(1, "invoice", INVOICE, None, 8_403), moved(1, "invoice", INVOICE, None, 1_597)
        )
        assert [one.minor for one in account.movements] == [10_000]

    def test_an_application_of_the_same_day_stands_at_its_payment(self) -> None:
        account = drawn(
            moved(20, "payment", None, PAYMENT, 6_000),
            moved(20, "application", PAYMENT, INVOICE, 6_000),
        )
        (line,) = account.movements
        assert (line.minor, line.applied) == (-6_000, (("R-1", 6_000),))

    def test_a_later_application_has_a_line_that_moves_nothing(self) -> None:
        account = drawn(
            moved(20, "payment", None, PAYMENT, 6_000),
            moved(25, "application", PAYMENT, INVOICE, 6_000),
        )
        last = account.movements[-1]
        assert (last.kind, last.minor, last.applied) == ("application", 0, (("R-1", 6_000),))
        assert account.closing_minor == -6_000

    def test_a_kind_of_entry_that_nobody_has_thought_of_counts_under_its_own_name(self) -> None:
        account = drawn(moved(9, "moon-tax", None, INVOICE, 7))
        assert [(one.kind, one.document, one.minor) for one in account.movements] == [
            ("moon-tax", "R-1", -7)
        ]

    def test_open_items_age_and_credits_stand_apart(self) -> None:
        account = drawn(left={INVOICE: 4_000, PAYMENT: -50})
        assert [(one.minor, one.days_overdue) for one in account.open_items] == [(4_000, 10)]
        assert [one.minor for one in account.unapplied] == [50]
        assert dict(account.aging) == {
            "current": 0,
            "1-30": 4_000,
            "31-60": 0,
            "61-90": 0,
            "90+": 0,
        }
