"""The settings of disputes."""

from pathlib import Path
from typing import Annotated, Final

from pydantic import Field, SecretStr

from shared.config import RuntimeSettings, Seconds

STAND_IN: Final = "stand-in"


class Settings(RuntimeSettings):
    """Read once, by `main.py`."""

    company_file: Path
    disputes_terms_file: Path = Path(__file__).parents[2] / "policies" / "disputes.yaml"
    """Whose errand each reason is, and how long it may take; validated whole at the start."""

    disputes_papers_url: Annotated[str, Field(pattern=r"^(file:///.+|s3://.+)?$")] = ""
    """Where the bytes of papers are: `file:///folder` or `s3://bucket/prefix`; "" takes and serves none."""
    disputes_s3_url: str = "https://s3.amazonaws.com"
    """The server that has the bucket."""
    disputes_s3_region: str = "us-east-1"
    disputes_s3_access_key_id: str = ""
    disputes_s3_secret_access_key: SecretStr = SecretStr("")
    disputes_s3_timeout_seconds: Seconds = 10

    disputes_scanner: Annotated[
        str, Field(pattern=r"^(stand-in|clamd://[\w.-]+:\d{1,5}|clamd:///.+)?$")
    ] = ""
    """`clamd://host:port` or `clamd:///socket`. `stand-in` knows nothing but the EICAR test file: for one's own machine
    only. "" is none: papers wait, and what is not scanned is not served."""
