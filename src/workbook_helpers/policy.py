"""What the pages of a server of ours may run and load: what we ship, and nothing that an answer, a name or a file brings along.

Each page carries a Content-Security-Policy. Scripts run that a template gives this process's nonce, and on JupyterLab's pages those
that they load themselves (its parts, each widget's module); inline scripts and handlers of anybody else do not.
Style attributes stay allowed: JupyterLab and the widgets set them.
"""

import re
import secrets
from collections.abc import Callable
from typing import Any

import bleach
from jinja2.ext import Extension
from tornado.httputil import HTTPHeaders, HTTPServerRequest
from tornado.web import OutputTransform

NONCE = secrets.token_urlsafe(18)
"""New with each process, so nothing that was written before it can name it."""

SEALED = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
"""For a picture: whatever stands in it, looked at by itself it runs nothing and asks nobody."""

SEALED_OFF = (
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; "
    "font-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
"""For a workbook's page in a frame: it runs what its own policy names, has nothing of this server's, and asks nobody."""

HOST = re.compile(r"[A-Za-z0-9.-]+(?::\d{1,5})?|\[[0-9A-Fa-f:.]+\](?::\d{1,5})?")

TAGS = frozenset(
    re.findall(
        r"\w+",
        "a abbr b blockquote br caption code dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i img ins kbd li ol p pre q s small span "
        "strong sub summary sup table tbody td tfoot th thead tr u ul",
    )
)
ATTRIBUTES = {
    "*": ["class", "id", "lang", "title"],
    "a": ["href"],
    "img": ["src", "alt", "width", "height"],
    "ol": ["start"],
    "td": ["align", "colspan", "rowspan"],
    "th": ["align", "colspan", "rowspan", "scope"],
}
SCHEMES = frozenset({"http", "https", "mailto"})


def safe_html(html: object, *filters: Callable[..., object]) -> str:
    """Give HTML that was made from Markdown with what reads, and without what runs, frames or sends.

    What `filters` of html5lib then make of it is not looked at again.
    """
    cleaner = bleach.Cleaner(tags=TAGS, attributes=ATTRIBUTES, protocols=SCHEMES, strip=True, filters=filters)
    return str(cleaner.clean(str(html)))


def policy(request: HTTPServerRequest, *, handlers: tuple[str, ...] = (), evaluates: bool = False) -> str:
    """Give the policy of a page.

    Parameters
    ----------
    handlers
        Hashes ("sha256-…") of the inline handlers that its templates carry.
    evaluates
        Whether its own scripts make functions of text, as JupyterLab's check of its settings does.
    """
    # A browser that knows 'strict-dynamic' leaves 'self' and blob: out of account; they are for those that do not.
    scripts = [f"'nonce-{NONCE}'", "'strict-dynamic'", "'self'", "blob:", *(["'unsafe-eval'"] if evaluates else [])]
    scripts += ["'unsafe-hashes'", *(f"'{name}'" for name in handlers)] if handlers else []
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src {' '.join(scripts)}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "media-src 'self' data: blob:",
            f"connect-src 'self' data: blob:{_sockets(request)}",
            "worker-src 'self' blob:",
            "frame-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'self'",
        )
    )


def page_policy(request: HTTPServerRequest, *, forms: bool = False) -> str:
    """Give the policy of a page of our own, on which nothing is JupyterLab's: our scripts run, and only this server is asked.

    Parameters
    ----------
    forms
        Whether it has forms, which go to this server alone, and may show another page of it in a frame.
    """
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'nonce-{NONCE}'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            f"connect-src 'self'{_sockets(request)}",
            "base-uri 'none'",
            "form-action " + ("'self'" if forms else "'none'"),
            "frame-src " + ("'self'" if forms else "'none'"),
            "frame-ancestors 'self'",
        )
    )


def _sockets(request: HTTPServerRequest) -> str:
    """Name the server's own sockets, which Safari before 15.4 does not count to 'self'."""
    host = request.host if HOST.fullmatch(request.host or "") else ""
    return f" ws://{host} wss://{host}" if host else ""


class Nonced(Extension):
    """Gives the scripts of a template, and only those, this process's nonce."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """See `jinja2.ext.Extension.preprocess`: `source` is the template's own text, before anything is put into it."""
        return re.sub(r"<script(?=[\s>])(?![^>]*\bnonce=)", f'<script nonce="{NONCE}"', source)


def keep_policy(web_app: Any, choose: Callable[[HTTPServerRequest], str]) -> None:
    """Have every answer of a server carry the policy that `choose` gives for its request ("" for none).

    An answer with a stricter one of its own keeps that.
    """

    class Policed(OutputTransform):
        def __init__(self, request: HTTPServerRequest) -> None:
            self._policy = choose(request)
            for name, environment in web_app.settings.items():  # those of JupyterLab are made after us
                if name.endswith("jinja2_env") and not any(isinstance(one, Nonced) for one in environment.extensions.values()):
                    environment.add_extension(Nonced)
                    environment.cache.clear()

        def transform_first_chunk(
            self,
            status_code: int,
            headers: HTTPHeaders,
            chunk: bytes,
            finishing: bool,  # noqa: FBT001, tornado's
        ) -> tuple[int, HTTPHeaders, bytes]:
            own = headers.get("Content-Security-Policy", "")
            if self._policy and "default-src" not in own and "javascript" not in headers.get("Content-Type", ""):
                headers["Content-Security-Policy"] = f"{self._policy}, {own}" if own else self._policy
            return status_code, headers, chunk

    web_app.add_transform(Policed)
