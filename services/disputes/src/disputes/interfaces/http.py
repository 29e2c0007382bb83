"""The web door of disputes: records that stand parked. The customer's and the staff's own doors come later."""

from typing import Final

from fastapi import APIRouter

from disputes.interfaces.consumers import LEDGER
from shared.web.parked import parked_router

ROUTERS: Final[tuple[APIRouter, ...]] = (parked_router(LEDGER),)
