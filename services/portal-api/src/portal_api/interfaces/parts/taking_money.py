"""Taking money: hosted pages, saved means, and what is announced and charged unasked."""

from dataclasses import dataclass

from stripe import StripeClient

from portal_api.config import Settings
from portal_api.gateways import charges
from portal_api.gateways.autopay_files import load_autopay_rails
from portal_api.gateways.stripe_means import StripeMeans
from portal_api.gateways.stripe_provider import StripeProvider, stripe_client
from portal_api.gateways.tally import begin_counts
from portal_api.interfaces.announcing import Announcing
from portal_api.interfaces.awaiting import Awaiting
from portal_api.interfaces.charging import Charging
from portal_api.interfaces.http.charges import charges_router
from portal_api.interfaces.http.mandates import mandates_router
from portal_api.interfaces.http.paying import origin_of, paying_router
from portal_api.interfaces.http.webhooks import webhooks_router
from portal_api.interfaces.mandate_watch import MandateWatch
from portal_api.interfaces.mandating import Mandating
from portal_api.interfaces.parts.ground import Ground, Part
from portal_api.interfaces.paying import Paying
from portal_api.interfaces.payment_watch import PaymentWatch
from shared.worker.jobs import Job


@dataclass(frozen=True, slots=True)
class Till:
    """Where a customer pays, and lets us charge."""

    paying: Paying
    mandating: Mandating

    @classmethod
    def on(cls, ground: Ground) -> "Till":
        """With one client of the provider for both; none where nobody can pay."""
        settings, database, clock = ground.settings, ground.database, ground.clock
        client = _stripe(settings)
        rails = load_autopay_rails(settings.portal_api_autopay_file, ground.company)
        signing = settings.portal_api_stripe_webhook_secrets.get_secret_value()
        secrets = tuple(one for one in signing.split(",") if one)
        provider = StripeProvider(client, secrets) if client else None
        means = StripeMeans(client) if client else None
        return cls(
            Paying(database, clock, ground.ledger, provider, rails.zones, rails),
            Mandating(database, clock, means, rails, ground.signing_in.legal_entity),
        )


def taking_money(ground: Ground, till: Till) -> Part:
    """And where the provider tells us what came of it."""
    visitors, origins = ground.visitors, _origins(ground.settings)
    if till.paying.provider is not None:
        begin_counts()
    return Part(
        doors=(
            paying_router(visitors, till.paying, origins),
            mandates_router(visitors, till.mandating, origins),
            charges_router(visitors),
            webhooks_router(till.paying, till.mandating),
        ),
        jobs=_jobs(ground, till),
    )


def _jobs(ground: Ground, till: Till) -> tuple[Job, ...]:
    """What is announced and charged unasked, and what became of payments and saved means."""
    rails, mandating = till.mandating.rails, till.mandating
    looking = ground.watch(charges.LOOKS, Announcing(rails, mandating.legal_entity).look)
    charging = Charging(till.paying, mandating.provider, looking.heard_enough)
    return (
        ground.job("mandates", MandateWatch(mandating).run),
        ground.job("autopay", looking.run),
        ground.job("announcements", ground.watch(charges.ANNOUNCEMENTS, Awaiting(rails).look).run),
        ground.job("charges", charging.run),
        ground.job("payments", PaymentWatch(till.paying).run),
    )


def _stripe(settings: Settings) -> StripeClient | None:
    key = settings.portal_api_stripe_secret_key.get_secret_value()
    timeout = settings.portal_api_stripe_timeout_seconds
    return (
        stripe_client(key, url=settings.portal_api_stripe_url, timeout_s=timeout) if key else None
    )


def _origins(settings: Settings) -> frozenset[str]:
    """Where a customer may be sent after paying: our own pages, and those that may call us."""
    named = (settings.portal_api_public_url, *settings.portal_api_allowed_origins)
    return frozenset(origin_of(one) for one in named) - {""}
