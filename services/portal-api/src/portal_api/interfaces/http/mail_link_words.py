"""What the pages behind mailed links say, in each language that they speak."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from portal_api.domain.preferences import ChangeExpired, ChangeUnknown, ChangeUsed
from portal_api.interfaces.preferring import UnsubscribeUnknown


@dataclass(frozen=True, slots=True)
class LinkWords:
    """Every sentence of the pages; `refusals` by code."""

    language: str
    change: str
    press_change: str
    confirm: str
    changed: str
    reminders: str
    press_unsubscribe: str
    unsubscribe: str
    unsubscribed: str
    refusals: Mapping[str, str]


_ENGLISH: Final = LinkWords(
    language="en",
    change="Change of address",
    press_change="Press the button if you want us to write to the new address or number from now on.",
    confirm="Confirm the change",
    changed="Thank you. From now on we write to the new address or number.",
    reminders="Reminders by e-mail",
    press_unsubscribe="Press the button if you want no more reminders by e-mail. What you owe stays the same.",
    unsubscribe="No more reminders by e-mail",
    unsubscribed="You get no more reminders by e-mail from us. In your preferences you can have them again.",
    refusals={
        ChangeUnknown.code: "We do not know this link. Please ask for the change again.",
        ChangeUsed.code: "This change was confirmed before, or a newer one took its place.",
        ChangeExpired.code: "This link is no longer valid. Please ask for the change again.",
        UnsubscribeUnknown.code: "We do not know this link. Please reply to the message instead.",
    },
)
_GERMAN: Final = LinkWords(
    language="de",
    change="Änderung der Adresse",
    press_change="Drücken Sie den Knopf, wenn wir Ihnen künftig an die neue Adresse oder Nummer schreiben sollen.",
    confirm="Änderung bestätigen",
    changed="Danke. Ab jetzt schreiben wir an die neue Adresse oder Nummer.",
    reminders="Erinnerungen per E-Mail",
    press_unsubscribe="Drücken Sie den Knopf, wenn Sie keine Erinnerungen per E-Mail mehr möchten. Was offen ist, bleibt offen.",  # noqa: E501
    unsubscribe="Keine Erinnerungen per E-Mail mehr",
    unsubscribed="Sie bekommen von uns keine Erinnerungen per E-Mail mehr. In Ihren Einstellungen können Sie das ändern.",  # noqa: E501
    refusals={
        ChangeUnknown.code: "Wir kennen diesen Link nicht. Bitte veranlassen Sie die Änderung noch einmal.",
        ChangeUsed.code: "Diese Änderung wurde schon bestätigt, oder eine neuere ist an ihre Stelle getreten.",
        ChangeExpired.code: "Dieser Link gilt nicht mehr. Bitte veranlassen Sie die Änderung noch einmal.",
        UnsubscribeUnknown.code: "Wir kennen diesen Link nicht. Bitte antworten Sie stattdessen auf die Nachricht.",
    },
)
LINK_WORDS: Final[Mapping[str, LinkWords]] = MappingProxyType({"en": _ENGLISH, "de": _GERMAN})
