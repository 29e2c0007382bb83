"""The company that is owed, as the play knows it: legal entities, and the ERP that speaks for each."""

from dataclasses import dataclass

from shared.base.days import BusinessCalendar


@dataclass(frozen=True, slots=True)
class Entity:
    """A legal entity with its ERP.

    `documents` is where copies of invoices are; `numbering` prefixes invoice numbers; `tax_percent` is charged to
    customers of the entity's own country; `owners` look after customers.
    """

    code: str
    source: str
    documents: str
    currency: str
    calendar: BusinessCalendar
    numbering: str
    tax_percent: int
    owners: tuple[tuple[str, str], ...]

    @property
    def country(self) -> str:
        return self.calendar.country


ENTITIES: tuple[Entity, ...] = (
    Entity(
        code="DE01",
        source="urn:acme:erp:de01",
        documents="https://documents.de.acme.example",
        currency="EUR",
        calendar=BusinessCalendar("DE", "HH"),
        numbering="RE",
        tax_percent=19,
        owners=(
            ("Kerstin Vogt", "kerstin.vogt@acme.example"),
            ("Jonas Brandt", "jonas.brandt@acme.example"),
            ("Miriam Falk", "miriam.falk@acme.example"),
        ),
    ),
    Entity(
        code="GB01",
        source="urn:acme:erp:gb01",
        documents="https://documents.uk.acme.example",
        currency="GBP",
        calendar=BusinessCalendar("GB", "ENG"),
        numbering="INV",
        tax_percent=20,
        owners=(
            ("Harriet Cole", "harriet.cole@acme.example"),
            ("Owen Priestley", "owen.priestley@acme.example"),
        ),
    ),
    Entity(
        code="US01",
        source="urn:acme:erp:us01",
        documents="https://documents.us.acme.example",
        currency="USD",
        calendar=BusinessCalendar("US", "MA"),
        numbering="US",
        tax_percent=0,
        owners=(
            ("Dana Whitfield", "dana.whitfield@acme.example"),
            ("Marcus Reyes", "marcus.reyes@acme.example"),
        ),
    ),
)

ENTITY_OF_CODE: dict[str, Entity] = {entity.code: entity for entity in ENTITIES}
