"""The company as the ledger knows it: legal entities and sources."""

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from shared.contracts.company import Company
from shared.web.auth import signed_in


class LegalEntityShown(BaseModel):
    code: str
    currency: str
    time_zone: str


class SourceShown(BaseModel):
    source: str
    legal_entities: list[str]
    allocation: str


class CompanyShown(BaseModel):
    legal_entities: list[LegalEntityShown]
    sources: list[SourceShown]


def company_router(company: Company) -> APIRouter:
    """`/v1/company`."""
    router = APIRouter(prefix="/v1/company", tags=["company"], dependencies=[Depends(signed_in)])
    shown = CompanyShown(
        legal_entities=[
            LegalEntityShown(code=one.code, currency=one.currency, time_zone=one.time_zone)
            for one in company.legal_entities
        ],
        sources=[
            SourceShown(
                source=one.source,
                legal_entities=list(one.legal_entities),
                allocation=one.allocation.value,
            )
            for one in company.sources
        ],
    )

    @router.get("")
    async def show_company() -> CompanyShown:
        return shown

    return router
