"""A statement as PDF, for a person: in the customer's language where we speak it, else in English.

The bytes follow from the statement, the company file, the words and the fonts alone: no clock, no random ids.
"""

from itertools import groupby
from pathlib import Path

from ledger.domain.statement import Statement
from ledger.gateways.sheet import Sheet, register_fonts
from ledger.gateways.statement_part import Part
from ledger.gateways.wording import Words
from shared.contracts.company import Company

LANGUAGES = ("en", "de")
"""The first is for everybody whose language we do not speak."""


class Paper:
    """Our letter paper: fonts and words, read once."""

    def __init__(self, folder: Path, company: Company) -> None:
        register_fonts(folder)
        self.company = company
        self._words = {language: Words(folder / f"{language}.toml") for language in LANGUAGES}

    def words_for(self, language: str) -> tuple[str, Words]:
        """A language that we speak, and its words."""
        spoken = language.replace("_", "-").partition("-")[0].casefold()
        chosen = spoken if spoken in LANGUAGES else LANGUAGES[0]
        return chosen, self._words[chosen]

    def print(self, statement: Statement) -> bytes:
        """The whole file."""
        language, words = self.words_for(statement.language)
        sheet = Sheet()
        for code, accounts in groupby(statement.accounts, key=lambda one: one.legal_entity):
            Part(sheet, words, statement, self.company.legal_entity(code)).fill(list(accounts))
        if not statement.accounts:
            Part(sheet, words, statement, None).fill([])

        moment = statement.known_at.strftime("%Y-%m-%d %H:%M:%S")
        left = f"{words('known', moment=moment)}  ·  {statement.source}"
        return sheet.pdf(
            title=f"{words('title')} {statement.customer_number} {statement.as_of.isoformat()}",
            author=", ".join(sorted({one.legal_entity for one in statement.accounts})),
            language=language,
            footer=lambda page, pages: (left, words("page", page=page, pages=pages)),
        )
