"""Coming in: links, sessions, and who one is; what is long over of it is forgotten."""

from portal_api.interfaces.http.me import me_router
from portal_api.interfaces.http.own_contacts import own_contacts_router
from portal_api.interfaces.http.sign_in_page import sign_in_page_router
from portal_api.interfaces.http.sign_ins import sign_ins_router
from portal_api.interfaces.jobs import FORGET_EVERY_SECONDS, Forgetting
from portal_api.interfaces.parts.ground import Ground, Part
from shared.worker.jobs import Job


def coming_in(ground: Ground) -> Part:
    """Its doors, and the job that forgets."""
    forgetting = Forgetting(ground.database, ground.clock)
    home_url = ground.settings.portal_api_home_url
    return Part(
        doors=(
            sign_ins_router(ground.signing_in, ground.visitors),
            sign_in_page_router(ground.signing_in, home_url=home_url),
            me_router(ground.signing_in, ground.visitors),
            own_contacts_router(ground.visitors),
        ),
        jobs=(Job("forget-sign-ins", forgetting.run, FORGET_EVERY_SECONDS, waits_for_facts=False),),
    )
