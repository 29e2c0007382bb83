"""The settings of the portal API."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr

from shared.config import RuntimeSettings, Seconds


class Settings(RuntimeSettings):
    """What the runtime needs, and how customers sign in. Lives and windows are counted on the domain clock."""

    portal_api_public_url: str = ""
    """`https://host` under which customers reach us: where mailed links point. "" refuses every sign-in."""
    portal_api_home_url: str = ""
    """The operator's own frontend, to which the sign-in page leads; "" leads to our own pages."""
    portal_api_link_keys: SecretStr = SecretStr("")
    """Seals links on the bus: 32 bytes in base64url, several by comma, the first seals. The notifier has the same."""
    portal_api_allowed_origins: tuple[str, ...] = ()
    """JSON list of origins whose pages may call with a token (CORS)."""

    portal_api_ledger_url: str = ""
    portal_api_disputes_url: str = ""
    """`http://host:port` of the services that are asked in the customer's name; "" answers 503 where one is needed."""
    portal_api_peer_timeout_seconds: Seconds = 10
    """Longest that one of them may take."""

    portal_api_link_seconds: Annotated[int, Field(ge=60, le=3_600)] = 600
    portal_api_codes_wrong_max: Annotated[int, Field(ge=1, le=10)] = 3
    """Wrong codes after which a link is dead."""
    portal_api_asks_window_seconds: Seconds = 900
    portal_api_asks_of_address_max: Annotated[int, Field(ge=1, le=1_000)] = 5
    """Links that one address may ask for within the window."""
    portal_api_asks_of_network_max: Annotated[int, Field(ge=1, le=100_000)] = 50
    """The same for one network address (of IPv6 the first 64 bits). Behind a proxy set FORWARDED_ALLOW_IPS."""

    portal_api_session_idle_seconds: Annotated[int, Field(ge=60)] = 1_800
    portal_api_session_longest_seconds: Annotated[int, Field(ge=60)] = 43_200

    portal_api_stripe_secret_key: SecretStr = SecretStr("")
    """Ours at Stripe; a restricted key is enough that may write Checkout Sessions and, for autopay, customers, payment
    methods and payment intents. "": nobody can pay here."""
    portal_api_stripe_webhook_secrets: SecretStr = SecretStr("")
    """Sign what Stripe tells us (`whsec_…`), several by comma while one replaces another."""
    portal_api_stripe_url: str = ""
    """Where Stripe is; "" is its own address."""
    portal_api_stripe_timeout_seconds: Seconds = 10

    portal_api_promises_file: Path = Path(__file__).parents[2] / "policies" / "promises.yaml"
    """What a customer may promise; validated whole at the start."""
    portal_api_heard_file: Path = Path(__file__).parents[2] / "policies" / "heard.yaml"
    """What follows when a customer wants to be heard; validated whole at the start."""
    portal_api_plans_file: Path = Path(__file__).parents[2] / "policies" / "plans.yaml"
    """What plans we agree on; `plan-texts/` beside it has the words. Validated whole at the start."""
    portal_api_autopay_file: Path = Path(__file__).parents[2] / "policies" / "autopay.yaml"
    """What is charged unasked, and when; `mandate-texts/` beside it has the words. Validated whole at the start."""
