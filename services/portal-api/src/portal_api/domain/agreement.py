"""The words of a payment plan, the same for both sides: a template per language, filled in from the plan's facts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from string import Template
from typing import Final, NamedTuple

from portal_api.domain.owed import Item
from portal_api.domain.plan import Instalment
from shared.base.money import decimal_text

ENGLISH: Final = "en"
BLANKS: Final = frozenset(
    {"entity", "customer", "items", "total", "instalments", "grace_days", "extension_days"}
)
"""What every template has a place for."""


class Manner(NamedTuple):
    """How a language writes decimals and days (strftime, without the names of any)."""

    mark: str
    day: str


MANNERS: Final[Mapping[str, Manner]] = {
    "de": Manner(",", "%d.%m.%Y"),
    ENGLISH: Manner(".", "%Y-%m-%d"),
}


class Facts(NamedTuple):
    """What is filled in. The customer is named by number: the text travels."""

    legal_entity_name: str
    customer_number: str
    currency: str
    items: Sequence[Item]
    instalments: Sequence[Instalment]
    grace_days: int
    extension_days_max: int


class Words(NamedTuple):
    """What is accepted, by its hash: the SHA-256 of the text's UTF-8, in hex."""

    version: int
    language: str
    text: str
    hash: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """Templates by language. Whoever changes a word raises the version."""

    version: int
    templates: Mapping[str, Template]

    def words(self, facts: Facts, wanted: str) -> Words:
        """All of them, in that language if we have it, else in English."""
        language = wanted if wanted in self.templates else ENGLISH
        manner = MANNERS[language]
        items = [
            f"- {one.invoice_number}: {_amount(one.minor, facts, manner)}" for one in facts.items
        ]
        parts = [
            f"{one.number}. {_day(one.due_on, manner)}: {_amount(one.minor, facts, manner)}"
            for one in facts.instalments
        ]
        text = self.templates[language].substitute(
            entity=facts.legal_entity_name,
            customer=facts.customer_number,
            items="\n".join(items),
            total=_amount(sum(one.minor for one in facts.items), facts, manner),
            instalments="\n".join(parts),
            grace_days=facts.grace_days,
            extension_days=facts.extension_days_max,
        )
        return Words(self.version, language, text, sha256(text.encode()).hexdigest())


def _amount(minor: int, facts: Facts, manner: Manner) -> str:
    return f"{decimal_text(minor, facts.currency).replace('.', manner.mark)} {facts.currency}"


def _day(day: date, manner: Manner) -> str:
    return day.strftime(manner.day)
