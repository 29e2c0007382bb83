"""What is disputed of an invoice: of each item the newest word, together."""

from uuid import UUID

from ledger.domain.disputed import Disputed, Held, Place

CUSTOMER, DISPUTE, INVOICE = UUID(int=1), UUID(int=2), UUID(int=3)


def said(disputed: Disputed, version: int, minor: int, instalment: int | None = None) -> bool:
    return disputed.hear(Place(DISPUTE, INVOICE, instalment), Held(CUSTOMER, version, minor))


class TestHearing:
    def test_adds_up_what_is_said_of_each_part(self) -> None:
        disputed = Disputed()
        assert said(disputed, 1, 100)
        assert said(disputed, 1, 50, instalment=2)
        assert (disputed.minor_of(INVOICE), disputed.minor_of(DISPUTE)) == (150, 0)

    def test_takes_the_newest_word_and_no_older_one(self) -> None:
        disputed = Disputed()
        assert said(disputed, 3, 40)
        assert not said(disputed, 1, 100)
        assert not said(disputed, 3, 100)
        assert disputed.minor_of(INVOICE) == 40

    def test_is_no_news_where_the_amount_stays_but_is_kept(self) -> None:
        disputed = Disputed()
        said(disputed, 1, 100)
        assert not said(disputed, 2, 100)
        assert [one.version for one in disputed.changed.values()] == [2]
