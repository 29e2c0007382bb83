"""Pages of the local stack: small, without scripts, readable on a phone."""

from jinja2 import Environment, PackageLoader, StrictUndefined

_PAGES = Environment(
    loader=PackageLoader("local_stack", "pages"), autoescape=True, undefined=StrictUndefined
)


def page(name: str, **shown: object) -> str:
    """The page of that name with what it shows filled in."""
    return _PAGES.get_template(name).render(**shown)
