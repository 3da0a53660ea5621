"""What the file and the pages of a site have in common: the built page, its templates, and data that stays data."""

import hashlib
import json
from base64 import b64encode
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from workbook_helpers.items import Workbook
from workbook_helpers.web.body import body
from workbook_helpers.words import language, say, use

PAGE = files("workbook_helpers") / "page"
SERVED = ("join", "served")
"""Parts of the catalogue that only the pages of a service need."""
PROGRAM = "program"
"""The part that only a kernel's own messages, its receipt and JupyterLab need; a service says its own itself."""
FONTS = ("Letters-Regular.woff2", "Letters-Bold.woff2")
NOSCRIPT = "This page needs JavaScript. Please switch it on in your browser, then load the page again."
OLD = "This page cannot start in this browser. Please load it again. If that does not help, use a newer browser, or ask your tutor."
"""What `page/old.js` shows where the scripts fail before there is a question."""


@cache
def built(name: str) -> str:
    """Give a file of `page/built/`, which tests/javascript/build.py makes."""
    return (PAGE / "built" / name).read_text("utf-8")


@cache
def font(name: str) -> bytes:
    """Give a file of letters."""
    return (PAGE / name).read_bytes()


def data(name: str, content: object, **attributes: object) -> Markup:
    """Give a `<script>` element that holds JSON, whatever is in it; the values of `attributes` are written as JSON, too."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":")).replace("<", r"\u003c")
    more = Markup("").join(Markup(' data-{}="{}"').format(key, json.dumps(value)) for key, value in attributes.items())
    return Markup('<script type="application/json" id="{}"{}>').format(name, more) + Markup(text) + Markup("</script>")  # noqa: S704  no "<" in it


def policy(script: str, **rules: str) -> str:
    """Give a page's Content-Security-Policy: `script` names what may run; `rules` adds what else a page may ask for."""
    asked = {
        "default-src": "'none'",
        "script-src": script,
        "style-src": "'unsafe-inline'",
        "img-src": "data: blob:",
        "font-src": "data:",
        "form-action": "'none'",
        "base-uri": "'none'",
    }
    asked |= {name.replace("_", "-"): value for name, value in rules.items()}
    return "; ".join(f"{name} {value}" for name, value in asked.items())


def hashed(script: str) -> str:
    """Give the name by which a policy lets an inline script run."""
    return f"'sha256-{b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def workbook_page(
    workbook: Workbook,
    *,
    words: Markup,
    head: Markup,
    foot: str = "",
    home: str = "",
    policy: str = "",
    inside: bool = True,
    **behind: str,
) -> str:
    """Give the page of a workbook.

    Parameters
    ----------
    words
        The element `wb-words`.
    head, foot
        Elements that bring style and script.
    home
        The address of "My workbooks", "" where there is none.
    policy
        "" where the server sends it.
    inside
        See `body`.
    behind
        What a page must know of the server behind it; without any, the browser itself keeps the answers.

    Raises
    ------
    ContentError
        If the workbook's files have a fault.
    """
    made = Markup(body(workbook, inside=inside))  # noqa: S704  sanitised there
    return rendered(
        "workbook.html.j2",
        title=workbook.about.title,
        policy=policy,
        head=head,
        home=home,
        body=made,
        foot=foot,
        data=data("wb-book", workbook.book(), **behind) + Markup("\n") + words,
    )


def rendered(template: str, **values: Any) -> str:
    """Fill a template of this room, in English: the page itself says it in the student's language."""
    before = language()
    use("en")
    try:
        return str(_templates().get_template(template).render(say=say, noscript=NOSCRIPT, old=OLD, **values))
    finally:
        use(before)


@cache
def _templates() -> Environment:
    return Environment(loader=PackageLoader("workbook_helpers.web", "."), autoescape=True, undefined=StrictUndefined)
