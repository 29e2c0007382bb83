"""Who buys: customers in several countries, languages and time zones, each with a habit of paying."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from random import Random

from play.cast.company import ENTITY_OF_CODE, Entity
from play.cast.habits import Habit, habits_for
from play.cast.names import CITIES, COUNTRIES, ENGLISH_PLACES, MARKETS, SHARES, Country
from play.record import dice, present
from shared.contracts.erp import (
    Channel,
    CustomerStatus,
    ErpContact,
    ErpCustomerHold,
    ErpOwner,
    Kind,
    Role,
)

SIZES: tuple[tuple[int, int], ...] = ((4_000, 60_000), (60_000, 480_000), (480_000, 3_600_000))
"""Net invoice amounts of small, medium and large customers, in minor units."""

GERMAN_LETTERS = {ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue", ord("ß"): "ss"}

CREDIT_LIMIT_INVOICES = 12
"""A credit limit is worth so many of the customer's largest invoices."""


@dataclass(slots=True)
class Customer:
    """A customer as its ERP keeps it, and how it behaves. `credit_limit_minor` is in the entity's currency."""

    number: str
    entity: Entity
    name: str
    kind: Kind
    country: str
    language: str
    time_zone: str | None
    contacts: tuple[ErpContact, ...]
    owner: ErpOwner | None
    credit_limit_minor: int | None
    since: date
    habit: Habit
    terms_days: int
    every_days: int
    net_minor: tuple[int, int]
    status: CustomerStatus = CustomerStatus.ACTIVE
    holds: tuple[ErpCustomerHold, ...] = ()
    version: int = 0

    @property
    def pays_by_debit(self) -> bool:
        return self.habit is Habit.DIRECT_DEBIT


def customers_of(seed: int, count: int, *, start: date) -> list[Customer]:
    """`count` customers, the same for the same seed; every habit is present from eight customers on."""
    die = dice(seed, "customers")
    habits = habits_for(count, die)
    names: set[str] = set()

    return [
        _customer(position, habit, die=dice(seed, "customer", position), names=names, start=start)
        for position, habit in enumerate(habits)
    ]


def _customer(
    position: int, habit: Habit, *, die: Random, names: set[str], start: date
) -> Customer:
    entity = ENTITY_OF_CODE[_pick(SHARES, die)]
    country = COUNTRIES[_pick(MARKETS[entity.code], die)]
    kind = _kind(position, habit, die)
    person = f"{die.choice(country.first_names)} {die.choice(country.last_names)}"
    name = _unused(_names(kind, person, country, die), names)
    size = SIZES[0] if kind is Kind.CONSUMER else die.choice(SIZES)
    contacts = _contacts(position, name=name, person=person, kind=kind, country=country, die=die)

    return Customer(
        number=f"{entity.code[:2]}-{10_000 + position}",
        entity=entity,
        name=name,
        kind=kind,
        country=country.code,
        language=country.language,
        time_zone=die.choice(country.zones) if len(country.zones) > 1 else None,
        contacts=contacts,
        owner=_owner(entity, die),
        credit_limit_minor=size[1] * CREDIT_LIMIT_INVOICES if die.randrange(3) else None,
        since=start - timedelta(days=die.randint(100, 4_000)),
        habit=habit,
        terms_days=60 if kind is Kind.PUBLIC else die.choice((14, 14, 30, 30, 30, 45)),
        every_days=die.randint(9, 21),
        net_minor=size,
    )


def _kind(position: int, habit: Habit, die: Random) -> Kind:
    if position % 60 == 17 and habit is not Habit.DIRECT_DEBIT:
        return Kind.INTERCOMPANY
    return Kind(_pick((("business", 84), ("consumer", 9), ("public", 7)), die))


def _names(kind: Kind, person: str, country: Country, die: Random) -> Iterator[str]:
    """Better and better attempts at a name that nobody has yet."""
    places = CITIES if country.language == "de" else ENGLISH_PLACES
    for attempt in count():
        extra = f" {die.choice(places)}" if attempt else ""
        number = f" {attempt}" if attempt > 20 else ""
        match kind:
            case Kind.CONSUMER:
                yield f"{person}{number or extra}"
            case Kind.PUBLIC:
                yield f"{_town_hall(country)} {die.choice(country.roots)}{extra}{number}"
            case Kind.INTERCOMPANY:
                yield f"Acme {die.choice(country.roots)}{extra}{number} {country.forms[0]}"
            case _:
                root, trade = die.choice(country.roots), die.choice(country.trades)
                yield f"{root} {trade}{extra}{number} {die.choice(country.forms)}"


def _town_hall(country: Country) -> str:
    return {"de": "Stadtverwaltung", "fr": "Mairie de"}.get(country.language, "City of")


def _unused(attempts: Iterator[str], names: set[str]) -> str:
    name = next(name for name in attempts if _slug(name) not in names)
    names.add(_slug(name))
    return name


def _contacts(
    position: int, *, name: str, person: str, kind: Kind, country: Country, die: Random
) -> tuple[ErpContact, ...]:
    """One or two contacts; one mailbox in 29 bounces, another one is busy at first."""
    domain = f"{_slug(name)}.example"
    mailbox = {7: "bounce", 18: "tempfail"}.get(position % 29, "accounts")
    prefers_sms = kind is Kind.CONSUMER and bool(position % 2)
    has_phone = mailbox == "bounce" or prefers_sms or die.randrange(100) < 60
    first = ErpContact(
        **present(
            contact_id="1",
            name=person,
            role=Role.BILLING if kind is Kind.CONSUMER else Role.ACCOUNTS_PAYABLE,
            email=f"{mailbox}@{domain}",
            phone=_phone(country, position) if has_phone else None,
            language="en" if country.language == "de" and position % 10 == 3 else country.language,
            preferred_channel=Channel.SMS if prefers_sms else None,
            opted_out=(Channel.SMS,)
            if has_phone and mailbox == "accounts" and position % 17 == 5
            else (),
        )
    )
    if kind is Kind.CONSUMER or die.randrange(100) < 55:
        return (first,)

    decider = f"{die.choice(country.first_names)} {die.choice(country.last_names)}"
    second = ErpContact(
        contact_id="2",
        name=decider,
        role=Role.DECISION_MAKER,
        email=f"{_slug(decider)}@{domain}",
        language=country.language,
    )
    return (first, second)


def _phone(country: Country, position: int) -> str:
    wildcards = country.phone.count("#")
    digits = iter(str(position % 10**wildcards).rjust(wildcards, "0"))
    return "".join(next(digits) if sign == "#" else sign for sign in country.phone)


def _owner(entity: Entity, die: Random) -> ErpOwner:
    name, email = die.choice(entity.owners)
    return ErpOwner(name=name, email=email)


def _pick(weighted: tuple[tuple[str, int], ...], die: Random) -> str:
    names, weights = zip(*weighted, strict=True)
    return str(die.choices(names, weights)[0])


def _slug(name: str) -> str:
    """Letters and digits only, as domains have it: `Märkische Druck GmbH & Co. KG` → `maerkische-druck`."""
    spelled = name.lower().translate(GERMAN_LETTERS)
    plain = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    words = "".join(sign if sign.isalnum() else " " for sign in plain).split()
    return "-".join(words)
