"""The company file: which legal entities are owed, and which sources (ERPs) may speak for them."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared.base.currencies import DECIMALS
from shared.base.days import zone_of


class Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Address(Strict):
    street: str
    postal_code: str
    city: str
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]


class Bank(Strict):
    holder: str
    iban: str
    bic: str
    name: str


class Person(Strict):
    name: str
    email: str
    phone: str | None = None


class Brand(Strict):
    """How messages look: colours as #rrggbb."""

    color: Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")] = "#1f4e5f"
    accent: Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")] = "#e07a5f"
    logo_text: str


class Sender(Strict):
    """From whom mails and texts come."""

    name: str
    email: str
    sms: str
    reply_to: str


class DisputeTeam(Strict):
    """Who hears of clocks that run: all of them, and from 80 per cent on who leads them."""

    mailbox: Person
    lead: Person


class LegalEntity(Strict):
    code: Annotated[str, Field(min_length=1, max_length=40)]
    name: str
    address: Address
    bank: Bank
    time_zone: str
    currency: str
    calendar: Annotated[
        str,
        Field(
            pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$", description="country, or country-subdivision"
        ),
    ]
    brand: Brand
    sender: Sender
    collections_manager: Person
    dispute_teams: Annotated[
        dict[str, DisputeTeam], Field(description="by team of the dispute terms, such as billing")
    ] = {}

    def dispute_team(self, name: str) -> DisputeTeam:
        """A team that is not listed is the collections manager."""
        manager = self.collections_manager
        return self.dispute_teams.get(name, DisputeTeam(mailbox=manager, lead=manager))

    @model_validator(mode="after")
    def _known(self) -> Self:
        zone_of(self.time_zone)
        if self.currency not in DECIMALS:
            raise ValueError(f"{self.currency} is not an ISO 4217 code")
        return self


class Authority(StrEnum):
    """Whose word on allocations counts."""

    ERP = "erp"
    OURS = "ours"


class BankTeller(StrEnum):
    """Who alone tells payments into an entity's bank account (ERP rule 8)."""

    ERP = "erp"
    BANK_FILES = "bank-files"
    PORTAL = "portal"


class EarlyPayment(StrEnum):
    """What takes a discount for early payment, unless the ERP says itself what was taken.

    in-full: the whole paid in time. pro-rata: a part paid in time takes its part.
    """

    IN_FULL = "in-full"
    PRO_RATA = "pro-rata"


class Source(Strict):
    """One registered number space of an ERP, byte-identical to the CloudEvents `source`."""

    source: Annotated[str, Field(min_length=1, max_length=200)]
    legal_entities: tuple[str, ...]
    allocation: Authority = Authority.ERP
    bank_teller: BankTeller = BankTeller.ERP
    document_hosts: tuple[str, ...] = ()
    early_payment: EarlyPayment = EarlyPayment.IN_FULL


class Company(Strict):
    legal_entities: tuple[LegalEntity, ...]
    sources: tuple[Source, ...]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        codes = [entity.code for entity in self.legal_entities]
        if len(set(codes)) != len(codes):
            raise ValueError("a legal entity is listed twice")
        names = [source.source for source in self.sources]
        if len(set(names)) != len(names):
            raise ValueError("a source is listed twice")
        for source in self.sources:
            if unknown := set(source.legal_entities) - set(codes):
                raise ValueError(
                    f"source {source.source} speaks for unknown legal entities {sorted(unknown)}"
                )
        return self

    def legal_entity(self, code: str) -> LegalEntity | None:
        return next((entity for entity in self.legal_entities if entity.code == code), None)

    def source(self, name: str) -> Source | None:
        return next((source for source in self.sources if source.source == name), None)


def load_company(path: Path) -> Company:
    """Read and validate the company file; raises pydantic's ValidationError, which names what is wrong."""
    return Company.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
