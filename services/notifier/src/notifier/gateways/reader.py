"""For whom we write, in whose name; and what stands in every message, whatever it says."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from babel import Locale

from notifier.domain.customer import Customer
from notifier.gateways import phrasing
from notifier.gateways.phrasing import printable
from shared.contracts.company import LegalEntity

Values = dict[str, Any]
"""Plain values for the blanks of a form."""


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom we write, in whose name, and on which day (the legal entity's)."""

    customer: Customer
    entity: LegalEntity
    language: str
    today: date

    @property
    def locale(self) -> Locale:
        return phrasing.locale_of(self.language, self.customer.country)

    def frame(self, *, contact: str) -> Values:
        """Who writes to whom."""
        customer, entity = self.customer, self.entity
        address = entity.address
        return {
            "brand": entity.brand.logo_text,
            "customer": printable(customer.name or customer.customer_number),
            "customer_number": printable(customer.customer_number),
            "contact": printable(contact),
            "entity": {
                "name": entity.name,
                "address": f"{address.street}, {address.postal_code} {address.city}, {address.country}",
            },
        }

    def helper(self, *, is_urgent: bool = False) -> dict[str, str]:
        """Whom to call: whoever knows the customer, or the collections manager once it is urgent."""
        manager, owner = self.entity.collections_manager, self.customer.account_owner
        name, email = (
            (owner.name, owner.email) if owner and not is_urgent else (manager.name, manager.email)
        )
        phone = phrasing.phone(manager.phone)
        return {
            "name": printable(name),
            "email": email,
            "phone": phone,
            "dial": phrasing.PHONE_SIGNS.sub("", phone),
            "initials": phrasing.initials(printable(name)),
        }

    def payment(self, references: list[str]) -> Values:
        """Where to pay, and what to write on the transfer."""
        bank = self.entity.bank
        return {
            "holder": bank.holder,
            "account": phrasing.account_in_groups(bank.iban),
            "is_iban": phrasing.is_iban(bank.iban),
            "bic": bank.bic,
            "bank": bank.name,
            "reference": phrasing.references(references),
        }
