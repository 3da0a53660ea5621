"""formgrader as `autograde serve` shows it: every name is text, it runs what it ships, and it asks nobody else.

An extension of the Jupyter server, which loads nbgrader's own and then mends it from outside. Marked answers come from students,
so no page of the tutor's server may run a script that its own templates did not bring.
"""

import hashlib
import html
import re
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from jinja2 import Environment, FileSystemLoader
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join
from nbconvert.exporters import HTMLExporter
from nbgrader.server_extensions.formgrader import formgrader, handlers
from tornado import web
from tornado.httputil import HTTPServerRequest
from tornado.routing import Matcher, PathMatches, Rule

from autograde.nbgrader import one_hand_in
from workbook_helpers.policy import Nonced, keep_policy, policy

INLINE = re.compile(r"(<script\b(?![^>]*\bsrc=)[^>]*>)(.*?)(</script>)", re.DOTALL)
VALUE = re.compile(r'"\{\{\s*([\w.]+)\s*\}\}"')
MATHJAX = re.compile(r"\{\{-?\s*mathjax\([^)]*\)\s*-?\}\}")
NO_MATHJAX = "<script>window.MathJax = {Hub: {Startup: {signal: {Interest: (call) => setTimeout(call, 0, 'End')}}}};</script>"
"""formgrader's script has MathJax call it when it is done, to go to the first field. No workbook has formulae, so it is done at once."""
IN_IT = re.compile(r"/*[^/]+/(.+)", re.DOTALL)
OUT = re.compile(r"^[/\\]|^[A-Za-z]:|(^|[/\\])\.\.([/\\]|\Z)")
"""A submission's file, as an address names it, and what leads out of its folder."""
HANDLER = re.compile(r"\son\w+=\"([^\"{}]+)\"", re.IGNORECASE)


class Mended(Nonced):
    """Besides the nonce: a value within a script is written as JSON, and no page asks the net for MathJax."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """See `jinja2.ext.Extension.preprocess`."""
        source = INLINE.sub(lambda found: found[1] + VALUE.sub(r"{{ \1 | tojson }}", found[2]) + found[3], MATHJAX.sub(NO_MATHJAX, source))
        return super().preprocess(source, name, filename)


class NamesAsText(HTMLExporter):
    """Makes formgrader's page of a submission, whose template writes the student's name into it as it is."""

    def _create_environment(self) -> Environment:
        environment: Environment = super()._create_environment()  # type: ignore[no-untyped-call]
        environment.add_extension(Mended)
        return environment

    def from_filename(self, filename: str, resources: dict[str, Any] | None = None, **kw: Any) -> Any:
        """See `nbconvert.Exporter.from_filename`; `resources` are what nbgrader knows of the submission."""
        safe = {name: html.escape(value) if isinstance(value, str) else value for name, value in (resources or {}).items()}
        return super().from_filename(filename, resources=safe, **kw)


class _OtherCourse(Matcher):
    """Matches formgrader's address with a folder in it: nbgrader would run that folder's settings, on a mere link."""

    def __init__(self, base_url: str) -> None:
        self._start = re.compile(re.escape(url_path_join(base_url, "formgrader")) + "/?")

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        """See `tornado.routing.Matcher.match`."""
        return {} if self._start.fullmatch(request.path) and "path" in request.arguments else None


class _OthersFile(Matcher):
    """Matches the address of a submission's file with a way out of its folder: nbgrader would send any file of the class."""

    def __init__(self, base_url: str) -> None:
        self._start = url_path_join(base_url, "formgrader", "submissions/")

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        """See `tornado.routing.Matcher.match`."""
        found = request.path.startswith(self._start) and IN_IT.fullmatch(unquote(request.path.removeprefix(self._start)))
        return {} if found and OUT.search(found[1]) else None


class NoFile(JupyterHandler):
    """Says that there is no such file."""

    @web.authenticated
    def get(self) -> None:
        """Refuse."""
        raise web.HTTPError(404)


class OneClass(JupyterHandler):
    """Says that one class is served."""

    @web.authenticated
    def get(self) -> None:
        """Refuse."""
        raise web.HTTPError(403, "This server shows one class. Open another one with: autograde serve, in its folder.")


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "autograde.nbgrader.mended_formgrader"}]


def _load_jupyter_server_extension(app: Any) -> None:
    formgrader.load_jupyter_server_extension(app)
    web_app = app.web_app
    base = web_app.settings["base_url"]
    templates = Path(handlers.template_path)
    web_app.settings |= {
        "nbgrader_jinja2_env": Environment(loader=FileSystemLoader([templates]), autoescape=True, extensions=[Mended]),
        "nbgrader_exporter": NamesAsText(config=web_app.settings["nbgrader_exporter"].config),  # type: ignore[no-untyped-call]
    }
    hashes = tuple(sorted(set(_hashes(templates))))
    own = url_path_join(base, "formgrader")

    def choose(request: HTTPServerRequest) -> str:
        marking = request.path == own or request.path.startswith(f"{own}/")
        return policy(request, handlers=hashes) if marking else policy(request, evaluates=True)

    keep_policy(web_app, choose)
    router = web_app.default_router
    own_first = [Rule(_OtherCourse(base), OneClass), Rule(_OthersFile(base), NoFile)]
    own_first += [Rule(PathMatches(url_path_join(own, "api", path)), handler) for path, handler in one_hand_in.HANDLERS.items()]
    router.add_rules(own_first)
    router.rules[:] = [*own_first, *router.rules[: -len(own_first)]]


def _hashes(templates: Path) -> Iterator[str]:
    """Give what the policy calls the handlers that formgrader's templates write into their buttons."""
    for path in templates.rglob("*"):
        if path.suffix in {".tpl", ".j2"}:
            for text in HANDLER.findall(path.read_text("utf-8")):
                yield f"sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
