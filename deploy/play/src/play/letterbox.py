"""What came out: mails and texts from the sinks, sorted by whom they reached and what they list."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from play.cast.customers import Customer
from play.doors import Doors, Item
from play.record import Reading

NUMBER = re.compile(r"\b(?:RE|INV|US)-\d{4}-\d{5}\b")


@dataclass(frozen=True, slots=True)
class Sent:
    """A message found in a sink; `customer_number` is empty when it went to one of our own people."""

    on: date
    channel: str
    to: str
    sink_id: str
    customer_number: str
    listed: tuple[str, ...]
    subject: str = ""

    @property
    def message_id(self) -> str:
        """The notifier's, of a mail."""
        return self.sink_id.strip("<>").partition("@")[0]


class Letterbox:
    """Empties the sinks day by day and remembers what it found."""

    def __init__(self, doors: Doors, customers: Iterable[Customer]) -> None:
        self._doors = doors
        self._addresses = addresses_of(customers)
        self.sent: list[Sent] = []
        self._found = {"email": 0, "sms": 0}

    async def empty(self, on: date) -> list[Sent]:
        """What arrived since the last time, on that day."""
        mails = self._new(await self._doors.mails(skip=self._found["email"]), "email")
        texts = self._new(await self._doors.texts(skip=self._found["sms"]), "sms")

        news = [
            *(self._sort(item, "email", item["message_id"], on) for item in mails),
            *(self._sort(item, "sms", item["sid"], on) for item in texts),
        ]
        self.sent += news
        return news

    def _new(self, items: list[Item], channel: str) -> list[Item]:
        self._found[channel] += len(items)
        return items

    def _sort(self, item: Item, channel: str, sink_id: str, on: date) -> Sent:
        words = f"{item.get('subject', '')} {item.get('text') or item.get('body') or ''}"
        return Sent(
            on=on,
            channel=channel,
            to=item["to"],
            sink_id=sink_id,
            customer_number=self._addresses.get(item["to"].casefold(), ""),
            listed=tuple(dict.fromkeys(NUMBER.findall(words))),
            subject=item.get("subject", ""),
        )


def readings_of(sent: Sequence[Sent]) -> list[Reading]:
    """What customers read that asks for money: a mail that lists nothing, such as a link, does not, nor does our own
    people's.
    """
    return [
        Reading(one.customer_number, one.on, one.channel, one.listed)
        for one in sent
        if one.customer_number and (one.listed or one.channel == "sms")
    ]


def addresses_of(customers: Iterable[Customer]) -> Mapping[str, str]:
    """Every e-mail address and phone number → whose it is."""
    return {
        address.casefold(): customer.number
        for customer in customers
        for contact in customer.contacts
        for address in (contact.email, contact.phone)
        if address
    }
