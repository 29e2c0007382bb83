"""A page without a script: it loads, frames and keeps nothing, and tells nobody. What is filled in is text."""

from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from html import escape
from pathlib import Path as FilePath
from typing import Any, Final
from urllib.parse import urlsplit

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

PAGES: Final = FilePath(__file__).parent / "pages"
_STYLE: Final = (PAGES / "style.css").read_text(encoding="utf-8")
_STYLE_HASH: Final = b64encode(sha256(_STYLE.encode()).digest()).decode()
_FORMS: Final = Environment(
    loader=FileSystemLoader(PAGES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
HTML: Final[dict[str, Any]] = {"text/html": {"schema": {"type": "string"}}}


def filled(
    name: str, headers: Mapping[str, str], status: int = 200, /, **values: object
) -> HTMLResponse:
    """The page of that name; whatever is no `Markup` is escaped, and a name without a value is a bug."""
    style = Markup(_STYLE)  # ours, and its hash is in the policy
    return HTMLResponse(_FORMS.get_template(name).render(style=style, **values), status, headers)


def page(
    headers: Mapping[str, str],
    *,
    language: str,
    title: str,
    text: str,
    form: str = "",
    status: int = 200,
) -> HTMLResponse:
    """`form` is HTML; the rest is text."""
    return filled(
        "plain.html",
        headers,
        status,
        language=language,
        title=title,
        text=text,
        form=Markup(form),  # whoever made it has escaped what is in it
    )


def headers_of(home_url: str = "") -> Mapping[str, str]:
    """Nothing is loaded, run, framed, kept or told; the form goes to us, and leads home."""
    home = urlsplit(home_url)
    leads_to = f" {home.scheme}://{home.netloc}" if home.netloc else ""
    return {
        "Content-Security-Policy": (
            f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'{leads_to}; "
            "base-uri 'none'; frame-ancestors 'none'"
        ),
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "X-Robots-Tag": "noindex",
    }


def button_form(action: str, label: str, hidden: Mapping[str, str]) -> str:
    """One button that sends what is hidden."""
    fields = "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">'
        for name, value in hidden.items()
    )
    button = f'<button type="submit">{escape(label)}</button>'
    return f'<form method="post" action="{escape(action)}">{fields}{button}</form>'
