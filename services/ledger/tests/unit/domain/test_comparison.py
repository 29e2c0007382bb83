"""Our open items beside the ERP's, against a naive model that looks at one item at a time."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.comparison import CREDITS, Compared, Item, OurItem, compare, withheld_minor
from ledger.domain.run import StatedItem

KINDS = ("invoice", "payment", "credit-note")
CURRENCIES = ("EUR", "USD")


def id_of(kind: str, name: str) -> UUID:
    return UUID(int=KINDS.index(kind) * 100 + ord(name))


@st.composite
def our_items(draw: st.DrawFn) -> list[OurItem]:
    """Each item once, in one currency; invoices are always directed."""
    names = draw(st.sets(st.tuples(st.sampled_from(KINDS), st.sampled_from("abc"))))
    return [
        OurItem(
            Item(kind, id_of(kind, name), name, draw(st.sampled_from(CURRENCIES))),
            draw(st.integers(0, 5)),
            kind == "invoice" or draw(st.booleans()),
        )
        for kind, name in sorted(names)
    ]


stated_items = st.lists(
    st.builds(
        lambda kind, name, currency, minor: StatedItem(
            kind, name, id_of(kind, name), currency, minor
        ),
        st.sampled_from(KINDS),
        st.sampled_from("abcd"),
        st.sampled_from(CURRENCIES),
        st.integers(0, 5),
    ),
    max_size=8,
)
moved_items = st.sets(st.builds(id_of, st.sampled_from(KINDS), st.sampled_from("abcd")))


def naively(
    ours: list[OurItem], stated: list[StatedItem], moved: set[UUID]
) -> dict[tuple[str, str, str], tuple[int, int, bool]]:
    """By (kind, id, currency): every invoice and directed credit alone, all other credits of a currency together."""
    alone = {(one.item.kind, one.item.source_id) for one in ours if one.directed}
    found = {}
    for currency in CURRENCIES:
        for kind in KINDS:
            for name in "abcd":
                if kind != "invoice" and (kind, name) not in alone:
                    continue
                mine = [
                    one
                    for one in ours
                    if one.item[::2] == (kind, name) and one.item.currency == currency
                ]
                said = [
                    one
                    for one in stated
                    if (one.kind, one.source_id, one.currency) == (kind, name, currency)
                ]
                if mine or said:
                    found[kind, name, currency] = (
                        sum(one.minor for one in mine),
                        sum(one.minor for one in said),
                        id_of(kind, name) in moved,
                    )
        mine = [one for one in ours if not one.directed and one.item.currency == currency]
        said = [
            one for one in stated
            if one.kind != "invoice" and (one.kind, one.source_id) not in alone and one.currency == currency
        ]  # fmt: skip
        if mine or said:
            ids = {one.item.item_id for one in mine} | {one.item_id for one in said}
            found[CREDITS, "", currency] = (
                sum(one.minor for one in mine),
                sum(one.minor for one in said),
                bool(ids & moved),
            )
    return found


class TestCompare:
    @given(ours=our_items(), stated=stated_items, moved=moved_items)
    def test_is_what_a_naive_model_says(
        self, ours: list[OurItem], stated: list[StatedItem], moved: set[UUID]
    ) -> None:
        found = {
            (one.item.kind, one.item.source_id, one.item.currency): (
                one.ours,
                one.theirs,
                one.moved,
            )
            for one in compare(ours, stated, moved)
        }
        assert found == naively(ours, stated, moved)

    @given(ours=our_items(), stated=stated_items, moved=moved_items)
    def test_order_does_not_matter(
        self, ours: list[OurItem], stated: list[StatedItem], moved: set[UUID]
    ) -> None:
        shuffled = list(reversed(ours)), list(reversed(stated))
        assert compare(ours, stated, moved) == compare(*shuffled, moved)

    @given(ours=our_items(), stated=stated_items)
    def test_what_is_chased_of_an_invoice_is_never_above_the_lower_figure(
        self, ours: list[OurItem], stated: list[StatedItem]
    ) -> None:
        for one in compare(ours, stated, set()):
            if one.item.kind == "invoice":
                assert one.ours - withheld_minor(one) == min(one.ours, one.theirs)

    def test_only_invoices_are_held_back(self) -> None:
        assert withheld_minor(Compared(Item(CREDITS, None, "", "EUR"), 5, 3, moved=False)) == 0
