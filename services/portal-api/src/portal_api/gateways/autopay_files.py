"""The files of autopay: rails, and the words that are agreed to; validated whole before the service starts."""

from datetime import time
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from portal_api.domain.agreement import ENGLISH, MANNERS
from portal_api.domain.autopay import AutopayRails, MandateText, MeansRails
from portal_api.gateways.promise_rails_file import (
    Count,
    Days,
    RailsFileUnreadable,
    calendars_of,
)
from shared.contracts.company import Company

Kind = Literal["card", "sepa_debit", "us_bank_account"]


class MeansFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    offered: bool
    announce_days: Days
    attempts_max: Count
    within_days: Days
    days_between: Annotated[int, Field(strict=True, ge=1, le=90)]
    only: tuple[str, ...] | None
    same_amount: bool
    answer_days: Days


class AutopayFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Annotated[int, Field(strict=True, ge=1)]
    text_version: Annotated[int, Field(strict=True, ge=1)]
    look_at: time
    charge_at: time
    early_days: Days
    expiring_days: Days
    means: Annotated[dict[Kind, MeansFile], Field(min_length=1)]


def load_autopay_rails(path: Path, company: Company | None) -> AutopayRails:
    """Rails and words; raises RailsFileUnreadable, which names what is wrong. The words of version 1 in German are in
    `mandate-texts/1.de.txt` beside the file.
    """
    try:
        read = AutopayFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise RailsFileUnreadable(f"{path.name}: {error}") from error
    if not any(one.offered for one in read.means.values()):
        raise RailsFileUnreadable(f"{path.name}: no means is offered")
    entities = company.legal_entities if company else ()
    return AutopayRails(
        version=read.version,
        look_at=read.look_at,
        charge_at=read.charge_at,
        early_days=read.early_days,
        expiring_days=read.expiring_days,
        means={kind: MeansRails(**one.model_dump()) for kind, one in read.means.items()},
        texts=_texts(path.parent / "mandate-texts", read.text_version),
        zones={one.code: one.time_zone for one in entities},
        calendars=calendars_of(company),
    )


def _texts(folder: Path, version: int) -> dict[str, MandateText]:
    texts = {}
    for language in MANNERS:
        path = folder / f"{version}.{language}.txt"
        if not path.exists() and language != ENGLISH:
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except OSError as error:
            raise RailsFileUnreadable(f"{path.name}: {error}") from error
        texts[language] = MandateText(version, language, text, sha256(text.encode()).hexdigest())
    return texts
