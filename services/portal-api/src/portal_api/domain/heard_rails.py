"""Rails of being heard: how long a hardship silences us, and how often one may ask for a call."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta

from shared.base.clock import Moment
from shared.base.days import DAY, at_local, local_day
from shared.base.errors import Refusal


class WantsUntilPast(Refusal):
    """The day is over where the legal entity is."""

    code = "wants-until-past"


@dataclass(frozen=True, slots=True)
class HeardRails:
    """Data of the policy file. `zones`: time zone by legal entity; of one that we do not know it is UTC."""

    hardship_days: int
    hardship_days_max: int
    calls_per_day_max: int
    zones: Mapping[str, str]

    def __post_init__(self) -> None:
        assert 0 < self.hardship_days <= self.hardship_days_max, (
            "what is usual is within what may be"
        )

    def hardship_until(
        self, wants_until: date | None, *, legal_entity: str, moment: Moment
    ) -> Moment:
        """The end of the last silent day: the one asked for, no later than the rails let it be."""
        zone = self.zones.get(legal_entity, "UTC")
        today = local_day(moment, zone)
        if wants_until is not None and wants_until < today:
            raise WantsUntilPast(f"it is {today} already", pointer="/wants_until")
        wanted = wants_until or today + timedelta(days=self.hardship_days)
        last = min(wanted, today + timedelta(days=self.hardship_days_max))
        return at_local(last + DAY, time(), zone)
