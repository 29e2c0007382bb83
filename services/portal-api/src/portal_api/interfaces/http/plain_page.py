"""A page without a script, to which a mailed link leads: it loads, frames and keeps nothing, and tells nobody."""

from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from html import escape
from pathlib import Path as FilePath
from string import Template
from typing import Any, Final
from urllib.parse import urlsplit

from fastapi.responses import HTMLResponse

_PAGES: Final = FilePath(__file__).parent / "pages"
_PAGE: Final = Template((_PAGES / "sign_in.html").read_text(encoding="utf-8"))
_STYLE: Final = (_PAGES / "sign_in.css").read_text(encoding="utf-8")
_STYLE_HASH: Final = b64encode(sha256(_STYLE.encode()).digest()).decode()
HTML: Final[dict[str, Any]] = {"text/html": {"schema": {"type": "string"}}}


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
    body = _PAGE.substitute(
        language=language, title=escape(title), words=escape(text), form=form, style=_STYLE
    )
    return HTMLResponse(body, status, headers)


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
