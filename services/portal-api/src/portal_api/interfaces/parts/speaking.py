"""Speaking with us: time to pay, a call, what one thinks of a case, and how one wants to be reached."""

from portal_api.gateways.heard_rails_file import load_heard_rails
from portal_api.interfaces.being_heard import BeingHeard
from portal_api.interfaces.http.mail_links import mail_links_router
from portal_api.interfaces.http.preferences import preferences_router
from portal_api.interfaces.http.requests import calls_router, requests_router
from portal_api.interfaces.parts.ground import Ground, Part
from portal_api.interfaces.preferring import Preferring


def hearing_on(ground: Ground) -> BeingHeard:
    """With the rails of its file."""
    rails = load_heard_rails(ground.settings.portal_api_heard_file, ground.company)
    return BeingHeard(rails, ground.signing_in.legal_entity)


def speaking(ground: Ground, heard: BeingHeard) -> Part:
    """Where a customer asks for a person, and says how they want to be reached."""
    signing_in, visitors = ground.signing_in, ground.visitors
    preferring = Preferring(heard, signing_in.seal, signing_in.public_url)
    return Part(
        doors=(
            preferences_router(signing_in, visitors, preferring),
            mail_links_router(preferring, ground.database, ground.clock),
            requests_router(visitors, heard),
            calls_router(),
        )
    )
