"""Where a customer may be when only the country is known: all time zones of a country."""

from functools import cache
from importlib import resources


def zones_of(country: str) -> tuple[str, ...]:
    """IANA zones of an ISO 3166 alpha-2 country, in the tz database's order; empty when it knows no such country."""
    return _zones_by_country().get(country, ())


@cache
def _zones_by_country() -> dict[str, tuple[str, ...]]:
    table = resources.files("tzdata.zoneinfo").joinpath("zone.tab").read_text(encoding="utf-8")
    zones: dict[str, tuple[str, ...]] = {}
    for line in table.splitlines():
        if not line.startswith("#"):
            country, _, zone, *_ = line.split("\t")
            zones[country] = (*zones.get(country, ()), zone)
    return zones
