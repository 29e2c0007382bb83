"""What the sign-in page says, in each language that it speaks."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from portal_api.domain.sign_in import (
    CodeWanted,
    CodeWrong,
    SignInDead,
    SignInExpired,
    SignInUnknown,
    SignInUsed,
)
from portal_api.interfaces.signing_in import ContactGone, CustomerNotYours
from shared.base.errors import Refusal


@dataclass(frozen=True, slots=True)
class Words:
    """Every sentence of the page; `refusals` by code."""

    language: str
    title: str
    press: str
    button: str
    code: str
    choose: str
    refusals: Mapping[str, str]

    def of(self, refusal: Refusal) -> str:
        """Why it did not work, and what to do."""
        return self.refusals[refusal.code]


_ENGLISH: Final = Words(
    language="en",
    title="Sign in",
    press="Press the button to sign in. The link works once.",
    button="Sign in",
    code="Code",
    choose="You act for several customers. Whose matters do you want to see?",
    refusals={
        SignInUnknown.code: "We do not know this link. Please ask for a new one.",
        SignInUsed.code: "This link was used before; it works once. Please ask for a new one.",
        SignInExpired.code: "This link is no longer valid. Please ask for a new one.",
        SignInDead.code: "Too many wrong codes were given. Please ask for a new link.",
        CodeWanted.code: "You asked for this link in another browser. Please type the code shown there.",
        CodeWrong.code: "That is not the code shown in the other browser. Please try again.",
        ContactGone.code: "You are no longer registered with us as a contact. Please speak to us.",
        CustomerNotYours.code: "You do not act for this customer.",
    },
)
_GERMAN: Final = Words(
    language="de",
    title="Anmelden",
    press="Drücken Sie den Knopf, um sich anzumelden. Der Link gilt einmal.",
    button="Anmelden",
    code="Code",
    choose="Sie handeln für mehrere Kunden. Wessen Angelegenheiten möchten Sie sehen?",
    refusals={
        SignInUnknown.code: "Wir kennen diesen Link nicht. Bitte fordern Sie einen neuen an.",
        SignInUsed.code: "Dieser Link wurde schon benutzt; er gilt einmal. Bitte fordern Sie einen neuen an.",
        SignInExpired.code: "Dieser Link gilt nicht mehr. Bitte fordern Sie einen neuen an.",
        SignInDead.code: "Es wurden zu viele falsche Codes eingegeben. Bitte fordern Sie einen neuen Link an.",
        CodeWanted.code: "Sie haben den Link in einem anderen Browser angefordert. Bitte geben Sie den dort gezeigten Code ein.",  # noqa: E501
        CodeWrong.code: "Das ist nicht der im anderen Browser gezeigte Code. Bitte versuchen Sie es noch einmal.",
        ContactGone.code: "Sie sind bei uns nicht mehr als Ansprechpartner gemeldet. Bitte sprechen Sie mit uns.",
        CustomerNotYours.code: "Sie handeln nicht für diesen Kunden.",
    },
)
WORDS: Final[Mapping[str, Words]] = MappingProxyType({"en": _ENGLISH, "de": _GERMAN})
