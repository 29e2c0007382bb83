"""Which day it is for the company, when a question does not say."""

from collections.abc import Iterable
from datetime import date

from shared.base.clock import Moment
from shared.base.days import local_day
from shared.contracts.company import Company


def days_of(company: Company, moment: Moment) -> dict[str, date]:
    """Today by legal entity: days overdue count on its own calendar."""
    return {entity.code: local_day(moment, entity.time_zone) for entity in company.legal_entities}


def day_at(company: Company, legal_entity: str, moment: Moment) -> date:
    """Today there; in UTC when the company file knows it no longer."""
    return days_of(company, moment).get(legal_entity, moment.date())


def latest(days: Iterable[date]) -> date:
    """The furthest of them, so that nothing of today is left out anywhere."""
    return max(days)
