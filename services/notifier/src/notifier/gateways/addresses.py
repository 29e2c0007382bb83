"""Addresses as the world can use them: mailboxes in ASCII, phone numbers in E.164."""

from functools import lru_cache

import phonenumbers
from email_validator import EmailNotValidError, validate_email

ADDRESSES_REMEMBERED = 20_000


@lru_cache(maxsize=ADDRESSES_REMEMBERED)
def usable_email(text: str | None) -> str | None:
    """The mailbox in ASCII (an international domain in its wire form), or None when no mail could get there.

    Deliverability is not asked for: a domain without a mail server bounces, and a bounce is an answer.
    """
    if not text:
        return None
    try:
        return validate_email(
            text, check_deliverability=False, globally_deliverable=False
        ).ascii_email
    except EmailNotValidError:
        return None


@lru_cache(maxsize=ADDRESSES_REMEMBERED)
def usable_phone(text: str | None, country: str) -> str | None:
    """The number in E.164, national ones read as of that country (ISO 3166 alpha-2); None when it is none."""
    if not text:
        return None
    try:
        number = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
