"""A trace reads as a tree."""

from local_stack.traces.tree import Span, tree


def span(name: str, number: str, parent: str = "", at_ms: int = 0) -> Span:
    made: Span = {
        "traceId": "abc",
        "id": number,
        "name": name,
        "timestamp": 1_000_000 + at_ms * 1000,
        "duration": 2000,
        "localEndpoint": {"serviceName": "ledger"},
    }
    return made | ({"parentId": parent} if parent else {})


class TestTree:
    def test_shows_children_below_their_parent_in_the_order_in_which_they_began(self) -> None:
        spans = [span("late", "3", "1", 9), span("root", "1"), span("early", "2", "1", 5)]

        lines = tree(spans).splitlines()[2:]

        assert [line.split("ledger")[0].rstrip() for line in lines] == ["root", "  early", "  late"]
        assert "+      9.0 ms" in lines[2]

    def test_shows_a_span_whose_parent_was_not_sent(self) -> None:
        assert "orphan" in tree([span("orphan", "2", "1")])

    def test_says_so_when_there_is_nothing(self) -> None:
        assert tree([]) == "no spans"
