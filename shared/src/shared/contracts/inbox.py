"""What we say to the ERPs, on `erp.inbox.v1`. The ledger is its only writer."""

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import ConfigDict, Field

from shared.base.ids import derived_id
from shared.contracts.erp import INBOX
from shared.contracts.event import Part


class ErpEventRefused(Part):
    """A record we could not take, and why. `event_id`, `object_id` and `version` are the ERP's own words."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", validate_by_name=True, serialize_by_alias=True
    )

    TYPE: ClassVar[str] = "ledger.erp-event.refused.v1"
    TOPIC: ClassVar[str] = INBOX

    refused_event_id: Annotated[str, Field(alias="event_id")]
    source: str
    type: str
    object_id: str | None = None
    refused_version: Annotated[int | None, Field(alias="version")] = None
    code: str
    pointer: str
    message: str
    customer_id: UUID
    refusal_id: UUID

    @property
    def event_id(self) -> UUID:
        return derived_id(self.TYPE, self.refusal_id)

    @property
    def subject_id(self) -> UUID:
        return self.refusal_id

    @property
    def version(self) -> int:
        return 1
