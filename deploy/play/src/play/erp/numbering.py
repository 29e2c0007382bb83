"""Numbers and versions as the ERPs give them."""

from datetime import date

from play.cast.customers import Customer

NUMBERS_BEGIN = 10_000
EPOCH_DAY = date(1970, 1, 1)
MICROSECONDS_PER_DAY = 86_400_000_000


class Numbers:
    """Numbers that rise by one, for any number of things; all have five digits, so none is part of another."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}

    def next(self, what: str) -> int:
        self._last[what] = self._last.get(what, NUMBERS_BEGIN) + 1
        return self._last[what]

    def version_after(self, version: int, customer: Customer, today: date) -> int:
        """DE01 counts, US01 counts in tens, GB01 stamps in microseconds: all rise, none is dense."""
        match customer.entity.code:
            case "DE01":
                return version + 1
            case "US01":
                return version + 10
            case _:
                midnight = (today - EPOCH_DAY).days * MICROSECONDS_PER_DAY
                return max(version + 1, midnight + self.next("stamp"))
