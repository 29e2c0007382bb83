"""How a file of customers, invoices or payments is read: the profile that a person keeps beside it, as YAML or JSON."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.base.errors import Refusal
from shared.contracts.erp import VERSION_MAX, Kind

PROFILE_CHARACTERS_MAX = 65_536
HEADER_CHARACTERS_MAX = 300
COLUMNS_MAX = 100
DIGITS_MAX = 40
TERMS_DAYS_MAX = 730

NO_NUL = r"^[^\x00]*$"
Header = Annotated[str, Field(min_length=1, max_length=HEADER_CHARACTERS_MAX, pattern=NO_NUL)]
Text = Annotated[str, Field(min_length=1, max_length=200, pattern=NO_NUL)]


class FileKind(StrEnum):
    CUSTOMERS = "customers"
    INVOICES = "invoices"
    PAYMENTS = "payments"


class RowsAre(StrEnum):
    """What one row of a file of invoices is."""

    DOCUMENTS = "documents"
    LINES_REPEATING_TOTALS = "lines-repeating-totals"
    LINES_TO_ADD_UP = "lines-to-add-up"


class DocumentType(StrEnum):
    INVOICE = "invoice"
    DEBIT_NOTE = "debit-note"
    JOURNAL = "journal"
    CREDIT_NOTE = "credit-note"
    PAYMENT = "payment"
    LEFT_OUT = "left-out"


class ProfileUnreadable(Refusal):
    """The profile is no YAML or JSON of the form that the guide describes."""

    code = "profile-unreadable"


class ImportProfile(BaseModel):
    """What is not said is guessed from the file and the company file, or asked for by name when it cannot be.

    `columns` names for each field the header it stands under; several headers make one text, joined by `-`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    kind: FileKind | None = None
    source: Text | None = None
    legal_entity: Text | None = None
    currency: Annotated[str | None, Field(pattern=r"^[A-Z]{3}$")] = None
    columns: Annotated[dict[Text, Header | tuple[Header, ...]], Field(max_length=COLUMNS_MAX)] = {}
    header_row: Annotated[int | None, Field(ge=1, le=1_000)] = None
    """Row of the file that holds the headers, the first being 1."""
    sheet: Header | None = None
    encoding: Literal["utf-8", "utf-16", "cp1252"] | None = None
    delimiter: Literal[",", ";", "\t", "|"] | None = None
    rows: RowsAre | None = None
    date_order: Literal["dmy", "mdy", "ymd"] | None = None
    decimal_mark: Literal[".", ","] | None = None
    as_of: date | None = None
    """The day the open amounts were true; otherwise the day this content was first imported."""
    version: Annotated[int | None, Field(ge=1, le=VERSION_MAX)] = None
    """Of every event; otherwise the microsecond at which this content was first imported."""
    digits: Annotated[
        dict[Text, Annotated[int, Field(ge=1, le=DIGITS_MAX)]], Field(max_length=COLUMNS_MAX)
    ] = {}
    """Fields whose numbers are filled up with zeros to so many digits, for a spreadsheet has dropped them."""
    terms_days: Annotated[int | None, Field(ge=0, le=TERMS_DAYS_MAX)] = None
    """Days from issue to due where the file has no due date."""
    document_types: Annotated[dict[Text, DocumentType], Field(max_length=COLUMNS_MAX)] = {}
    customer_kind: Kind | None = None
    country: Annotated[str | None, Field(pattern=r"^[A-Z]{2}$")] = None
    language: Annotated[
        str | None, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35)
    ] = None


def read_profile(text: str) -> ImportProfile:
    """The profile that a person wrote; raises `ProfileUnreadable`, which names the line or field."""
    if len(text) > PROFILE_CHARACTERS_MAX:
        raise ProfileUnreadable(f"a profile has at most {PROFILE_CHARACTERS_MAX} characters")
    try:
        said: Any = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark else ""
        raise ProfileUnreadable(f"the profile is neither YAML nor JSON{where}") from None
    try:
        return ImportProfile.model_validate({} if said is None else said)
    except (ValidationError, RecursionError) as error:
        first = (
            error.errors()[0]
            if isinstance(error, ValidationError)
            else {"loc": (), "msg": "too deep"}
        )
        pointer = "".join(f"/{part}" for part in first["loc"][:2])
        raise ProfileUnreadable(
            f"{pointer or 'the profile'}: {first['msg']}", pointer=pointer
        ) from None
