"""The web door of portal-api: records that stand parked. The customer's and the staff's own doors come later."""

from typing import Final

from fastapi import APIRouter

from portal_api.interfaces.consumers import LEDGER
from shared.web.parked import parked_router

ROUTERS: Final[tuple[APIRouter, ...]] = (parked_router(LEDGER),)
