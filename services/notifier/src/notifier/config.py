"""The notifier's settings."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr

from shared.config import RuntimeSettings, Seconds

HOME = Path(__file__).parents[2]


class Settings(RuntimeSettings):
    """What the runtime needs, and how messages leave the house."""

    notifier_templates_folder: Path = HOME / "templates"
    notifier_sending_mode: Literal["off", "allow-list", "live"] = "off"
    """Until somebody sets the mode by the API; then that counts."""
    notifier_allow_list: tuple[str, ...] = ()
    """JSON list of addresses, for the mode `allow-list`."""
    notifier_claim_messages: Annotated[int, Field(ge=1, le=200)] = 16
    """Messages per claim, all handed over at the same time, in each of three lanes, so that one carries while others
    claim or write down: three times as many connections are kept."""
    notifier_claim_lease_seconds: Seconds = 45
    """Must be longer than a hand-over can take; then the next process may ask what became of it."""

    notifier_smtp_host: str = "127.0.0.1"
    notifier_smtp_port: Annotated[int, Field(ge=1, le=65535)] = 25
    notifier_smtp_username: str = ""
    notifier_smtp_password: SecretStr = SecretStr("")
    notifier_smtp_starttls: bool = False
    notifier_smtp_timeout_seconds: Seconds = 10

    notifier_twilio_url: str = "https://api.twilio.com"
    notifier_twilio_account_sid: str = ""
    notifier_twilio_auth_token: SecretStr = SecretStr("")
    notifier_twilio_timeout_seconds: Seconds = 10
    portal_api_link_keys: SecretStr = SecretStr("")
    """Opens links of sign-ins, and closes those that unsubscribe; the same as portal-api's. "" mails none."""
    portal_api_public_url: str = ""
    """Where customers reach the portal API, as portal-api has it: one click on a reminder unsubscribes there."""
    portal_api_home_url: str = ""
    """The operator's own pages, to which messages lead; "" leads to the portal API's own pages."""
    notifier_public_url: str = ""
    """`https://host` under which the provider calls our webhook; "" takes the address of the request itself."""
