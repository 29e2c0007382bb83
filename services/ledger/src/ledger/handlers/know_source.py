"""Which source speaks, for which legal entities, and where on its object's line."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ledger.domain.line import Stamp
from ledger.handlers.hash_content import content_of
from shared.base.errors import Refusal
from shared.contracts.company import Company, Source


class SourceUnknown(Refusal):
    """Retryable: the company file may name the source later."""

    code = "source-unknown"


class LegalEntityUnknown(Refusal):
    """Retryable: the company file may let the source speak for it later."""

    code = "legal-entity-unknown"


@dataclass(frozen=True, slots=True)
class Registered:
    """Sources of the company file by name."""

    sources: Mapping[str, Source]

    @classmethod
    def of(cls, company: Company) -> "Registered":
        return cls({source.source: source for source in company.sources})


def entity_of(source: Source, code: str, pointer: str = "/legal_entity") -> str:
    """The code itself; refuses one that the source does not speak for."""
    if code not in source.legal_entities:
        raise LegalEntityUnknown(
            f"{source.source} does not speak for legal entity {code!r}", pointer=pointer
        )
    return code


def stamp_of(event: Any, *, body: bool) -> Stamp:
    """The record on its line; `body` says whether it carries the object, or only its status."""
    return Stamp(event.version, content_of(event), carries_body=body)
