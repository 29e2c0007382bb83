"""Our letter paper: layouts and phrases, compiled once per kind, language and brand, and filled once per message."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment
from mjml import mjml2html

from notifier.domain.agreement import PAYS, AgreementNews
from notifier.domain.news import DUE_AGAIN, News
from notifier.domain.payment import BACKS, OF_AUTOPAY
from shared.base.errors import Refusal
from shared.contracts.company import Brand

LANGUAGES = ("en", "de")
"""The first is used for everybody whose language we do not speak."""

OUTPUT_CHARACTERS_MAX = 300_000
FILES_CHARACTERS_MAX = 200_000
CHOICES = ("paid", "time", "query")
"""What a reader can answer with one click."""

NEWS_FORMS = frozenset(f"dispute-{news.value}" for news in News) | frozenset(AgreementNews)
"""Forms that say how a dispute, a promise or a plan goes on."""

PAYMENT_FORMS = (
    frozenset({"payment-confirmed", "payment-declined"})
    | {f"payment-{news}" for news in BACKS}
    | OF_AUTOPAY
)
"""Forms that answer a payment by the provider, or speak of autopay."""

WARNING_FORMS = frozenset({"clock-warned", "clock-escalated"})
OUR_FORMS = WARNING_FORMS | {"escalation"}
"""Those that only people of ours read."""

PAYS_AGAIN = frozenset(f"dispute-{news.value}" for news in DUE_AGAIN) | PAYS
"""Those that say how to pay."""

SIGN_IN_FORM = "sign-in"
REPLY_FORMS = ("reply-hardship", "reply-call", "address-change", "satisfaction")
LAYOUTS = {SIGN_IN_FORM: "sign_in", **dict.fromkeys(REPLY_FORMS, "reply")}
"""Forms that are not laid out as letters about money."""

_SUBJECTS = frozenset({"charge", "mandate", "payment", "plan", "promise"})
Phrases = Mapping[str, Mapping[str, str]]


class WordsTooLong(Refusal):
    code = "words-too-long"


@dataclass(frozen=True, slots=True)
class Form:
    """A mail with blanks. Filling is cheap; the layout was translated from MJML when the form was made."""

    subject: Template
    html: Template
    text: Template


class Stationery:
    """Reads the folder once. Layout blanks are `[[ ]]` and filled when a form is made; message blanks are `{{ }}`."""

    def __init__(self, folder: Path) -> None:
        self._layouts = {
            (layout, suffix): _read(folder / f"{layout}.{suffix}")
            for layout in ("mail", *set(LAYOUTS.values()))
            for suffix in ("mjml", "txt")
        }
        self._phrases: dict[str, Phrases] = {
            language: tomllib.loads(_read(folder / f"{language}.toml")) for language in LANGUAGES
        }
        self._html = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
        self._plain = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
        self._layout = ImmutableSandboxedEnvironment(
            undefined=StrictUndefined,
            autoescape=False,
            variable_start_string="[[",
            variable_end_string="]]",
            block_start_string="[%",
            block_end_string="%]",
            comment_start_string="[#",
            comment_end_string="#]",
            trim_blocks=True,
        )
        self._forms: dict[tuple[str, str, Brand], Form] = {}
        self._lines: dict[tuple[str, str, str], Template] = {}

    def form(self, kind: str, language: str, brand: Brand) -> Form:
        """The mail form of a tone, or of an escalation."""
        key = (kind, language, brand)
        if key not in self._forms:
            self._forms[key] = self._make(kind, language, brand)
        return self._forms[key]

    def line(self, section: str, name: str, language: str, values: Mapping[str, Any]) -> str:
        """One phrase on its own, filled: for text messages."""
        key = (section, name, language)
        if key not in self._lines:
            self._lines[key] = self._plain.from_string(self._phrases[language][section][name])
        return fill(self._lines[key], values)

    def _make(self, kind: str, language: str, brand: Brand) -> Form:
        phrases = self._phrases[language]
        labels = phrases["labels"]
        blanks = {
            **phrases[kind],
            "labels": labels,
            "language": language,
            "button": phrases[kind].get("button", ""),
            "words_heading": phrases[kind].get("words_heading", ""),
            "customer_mail": kind not in OUR_FORMS,
            "news": kind in NEWS_FORMS | WARNING_FORMS | PAYMENT_FORMS,
            "pays": kind not in NEWS_FORMS | PAYMENT_FORMS or kind in PAYS_AGAIN,
            "about": phrases[section_of(kind)],
            "choices": [
                {"label": label, "subject": quote(f"{label}: ")}
                for label in (labels[f"option_{choice}"] for choice in CHOICES)
            ],
            "color": brand.color,
            "accent": brand.accent,
            "accent_dark": mixed(brand.accent, "#000000", percent=32),
            "tint": mixed(brand.color, "#ffffff", percent=93),
        }
        mjml, plain = (self._layouts[LAYOUTS.get(kind, "mail"), one] for one in ("mjml", "txt"))
        html = mjml2html(self._layout.from_string(mjml).render(blanks), fonts={})
        return Form(
            subject=self._plain.from_string(phrases[kind]["subject"]),
            html=self._html.from_string(html),
            text=self._plain.from_string(self._layout.from_string(plain).render(blanks)),
        )


def section_of(kind: str) -> str:
    """Where the phrases stand that the forms of one subject share."""
    subject = kind.partition("-")[0]
    return subject if subject in _SUBJECTS else "dispute"


def fill(template: Template, values: Mapping[str, Any]) -> str:
    """The template with its blanks filled; refuses an output without measure."""
    return "".join(pieces_of(template, values))


def pieces_of(template: Template, values: Mapping[str, Any]) -> list[str]:
    """The same in pieces: what stands between two blanks is the same object each time."""
    pieces: list[str] = []
    characters = 0
    for piece in template.root_render_func(template.new_context(dict(values))):
        characters += len(piece)
        if characters > OUTPUT_CHARACTERS_MAX:
            raise WordsTooLong(f"more than {OUTPUT_CHARACTERS_MAX} characters")
        pieces.append(piece)
    return pieces


def mixed(color: str, other: str, *, percent: int) -> str:
    """`color` with that much of `other` in it; both #rrggbb."""
    pairs = zip(bytes.fromhex(color[1:]), bytes.fromhex(other[1:]), strict=True)
    return "#" + bytes((own * (100 - percent) + new * percent) // 100 for own, new in pairs).hex()


def _read(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    assert len(text) <= FILES_CHARACTERS_MAX, f"{path.name} is too long for a template"
    return text
