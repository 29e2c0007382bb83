"""Which refusal a validation error is: pydantic's error types against the contract's codes, as one table."""

from collections.abc import Mapping
from types import MappingProxyType

from pydantic import ValidationError

from ledger.domain.checks import DateOutOfRange
from shared.base.errors import Refusal
from shared.base.money import AmountNotANumber
from shared.messaging.cloudevents import PayloadTooLarge, PayloadUnreadable


class FieldMissing(Refusal):
    code = "field-missing"


class FieldNull(Refusal):
    code = "field-null"


class ValueUnknown(Refusal):
    code = "value-unknown"


BY_ERROR_TYPE: Mapping[str, type[Refusal]] = MappingProxyType(
    {
        # what is not there; an empty text where one is required is no better
        "missing": FieldMissing,
        "string_too_short": FieldMissing,
        # enumerations
        "enum": ValueUnknown,
        "literal_error": ValueUnknown,
        # amounts
        "decimal_type": AmountNotANumber,
        "decimal_parsing": AmountNotANumber,
        "finite_number": AmountNotANumber,
        "decimal_max_digits": AmountNotANumber,
        "decimal_max_places": AmountNotANumber,
        "decimal_whole_digits": AmountNotANumber,
        # days that no calendar has
        "date_type": DateOutOfRange,
        "date_parsing": DateOutOfRange,
        "date_from_datetime_parsing": DateOutOfRange,
        "date_from_datetime_inexact": DateOutOfRange,
        # more than the contract's limits
        "string_too_long": PayloadTooLarge,
        "too_long": PayloadTooLarge,
    }
)
"""Everything else (bad JSON, a number where a text belongs, a version out of range) is `payload-unreadable`."""

VALUE_CHARACTERS_MAX = 80


def refusal_of(error: ValidationError) -> Refusal:
    """The first error, named, with a JSON pointer to its place."""
    first = error.errors(include_url=False, include_context=False)[0]
    pointer = "".join(f"/{_escaped(part)}" for part in first["loc"])
    if first["type"] == "missing":
        return FieldMissing("a required field is missing", pointer=pointer)
    if first["input"] is None and pointer:
        return FieldNull("null is never a value; leave an optional field out", pointer=pointer)

    refusal = BY_ERROR_TYPE.get(first["type"], PayloadUnreadable)
    given = repr(first["input"])[:VALUE_CHARACTERS_MAX] if pointer else ""
    return refusal(f"{first['msg']}{'; given ' if given else ''}{given}", pointer=pointer)


def _escaped(part: str | int) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")
