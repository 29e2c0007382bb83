"""Write events of the ERP contract from a file's row: how, and the customer a row tells of."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from ledger.domain.header_words import plain
from ledger.handlers.name_refusal import refusal_of
from ledger.handlers.read_row import Cells, Reader
from shared.contracts import erp
from shared.contracts.erp import CustomerStatus, ErpCustomerChanged, ErpEvent

THIN_VERSION = 1
"""Of a customer that a file of invoices or payments names in passing: any other word on it wins."""

CONTACT_ID = "import"
STATUSES: Mapping[str, CustomerStatus] = {
    "inactive": CustomerStatus.INACTIVE,
    "archived": CustomerStatus.INACTIVE,
    "disabled": CustomerStatus.INACTIVE,
    "deleted": CustomerStatus.DELETED,
    "gdprrequest": CustomerStatus.DELETED,
}
"""What exports call customers that are not chased."""


def write_customer(reader: Reader, cells: Cells, number: str, *, version: int) -> ErpEvent:
    """The customer with the one contact that a row has room for."""
    name = reader.text(cells, "customer_name") or number
    email, phone = reader.text(cells, "email"), reader.text(cells, "phone")
    contact = given(
        contact_id=CONTACT_ID,
        name=reader.text(cells, "contact_name") or name,
        role=erp.Role.ACCOUNTS_PAYABLE,
        email=email,
        phone=phone,
    )
    status = plain(reader.text(cells, "customer_status"))
    return write_event(
        ErpCustomerChanged,
        customer_number=number,
        version=version,
        name=name,
        kind=plain(reader.text(cells, "customer_kind")) or reader.profile.customer_kind,
        status=STATUSES.get(status, CustomerStatus.ACTIVE),
        country=reader.country(cells),
        language=reader.text(cells, "language").lower() or reader.profile.language,
        legal_entity=reader.profile.legal_entity,
        contacts=(contact,) if email or phone else (),
    )


def write_event(kind: type[ErpEvent], /, **said: Any) -> ErpEvent:
    """The event; what the contract does not take is refused by its code."""
    try:
        return kind.model_validate(given(**said))
    except ValidationError as error:
        raise refusal_of(error) from None


def given(**said: Any) -> dict[str, Any]:
    """What is said; an empty text is nothing."""
    return {name: value for name, value in said.items() if value is not None and value != ""}
