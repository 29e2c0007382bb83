"""Aging buckets: how long past its due date an amount is."""

BUCKETS = (("current", 0), ("1-30", 30), ("31-60", 60), ("61-90", 90))
"""By the last day overdue that belongs to them; everything later is 90+. Basis is the due date."""

LAST = "90+"


def bucket_of(days_overdue: int) -> str:
    """The bucket of an amount so many days past its due date."""
    return next((name for name, last in BUCKETS if days_overdue <= last), LAST)


def in_buckets(amounts: dict[str, int]) -> dict[str, int]:
    """Every bucket in order, those without an amount at 0."""
    return {name: amounts.get(name, 0) for name in (*(name for name, _ in BUCKETS), LAST)}
