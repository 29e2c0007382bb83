"""Wiring: `python -m portal_api.main all | api | worker | migrate`."""

from pathlib import Path

from portal_api.config import Settings
from portal_api.gateways.dispute_desk import DisputeDesk
from portal_api.interfaces.consumers import HEARING
from portal_api.interfaces.http.mail_links import UNSUBSCRIBE_PATH
from portal_api.interfaces.http.own_page import OwnPages
from portal_api.interfaces.http.own_pages import LARGE_BODIES, own_pages
from portal_api.interfaces.http.sign_in_page import PATH as SIGN_IN_PATH
from portal_api.interfaces.parts.answering import answering, planning_on
from portal_api.interfaces.parts.coming_in import coming_in
from portal_api.interfaces.parts.ground import Ground, Part
from portal_api.interfaces.parts.seeing import asking_others, seeing
from portal_api.interfaces.parts.speaking import hearing_on, speaking
from portal_api.interfaces.parts.taking_money import Till, taking_money
from portal_api.interfaces.preferring import PATH as CHANGE_PATH
from shared.web.parked import parked_router
from shared.worker.run import Service, main

MIGRATIONS = Path(__file__).parents[2] / "migrations"


def build(settings: Settings) -> Service:
    """The service, with nothing of the outside touched yet but its files."""
    ground = Ground.of(settings)
    parts = _parts(ground)
    return Service(
        name="portal-api",
        settings=settings,
        database=ground.database,
        clock=ground.clock,
        migrations=MIGRATIONS,
        hearings=(HEARING,),
        jobs=tuple(job for part in parts for job in part.jobs),
        routers=(*(door for part in parts for door in part.doors), parked_router(HEARING)),
        watermarks=ground.watermarks,
        large_bodies=LARGE_BODIES,
        secret_paths=(SIGN_IN_PATH, CHANGE_PATH, UNSUBSCRIBE_PATH),
        allowed_origins=settings.portal_api_allowed_origins,
    )


def _parts(ground: Ground) -> tuple[Part, ...]:
    """All that the portal does; the pages show what several of them made."""
    planning, heard, till = planning_on(ground), hearing_on(ground), Till.on(ground)
    pages, desk = OwnPages(ground.visitors, ground.company), DisputeDesk(ground.disputes)
    return (
        seeing(ground),
        coming_in(ground),
        answering(ground, planning),
        asking_others(ground, desk),
        speaking(ground, heard),
        taking_money(ground, till),
        Part(
            doors=own_pages(
                pages,
                paying=till.paying,
                mandating=till.mandating,
                planning=planning,
                heard=heard,
                desk=desk,
            )
        ),
    )


if __name__ == "__main__":
    main("portal-api", Settings, build)
