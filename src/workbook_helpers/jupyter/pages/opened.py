"""A workbook as a page of a Jupyter server: the text at once, and the name of the kernel that keeps the answers.

It is the page of the site (`workbook_helpers.web`), with a kernel behind it. Two addresses give it: `/workbook/open/…`, on every
server, and Voila's own, where Voila is switched on.
"""

import logging
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from jupyter_server.base.handlers import JupyterHandler
from markupsafe import Markup

from workbook_helpers.errors import WorkbookError
from workbook_helpers.items import load_workbook
from workbook_helpers.jupyter.pages.static import address
from workbook_helpers.policy import NONCE
from workbook_helpers.web.page import data, workbook_page
from workbook_helpers.words import LANGUAGES, catalogue, language, say

LOG = logging.getLogger("workbook.pages")


def template(name: str) -> Any:
    """Give a template of this room."""
    return _environment().get_template(name)


@cache
def _environment() -> Environment:
    return Environment(loader=PackageLoader("workbook_helpers.jupyter.pages", "."), autoescape=True, undefined=StrictUndefined)


def no_page(base: str, fault: str = "") -> str:
    """Give the page in place of what is no workbook on the student's shelf, or of one that has a `fault`."""
    return str(template("no_page.html.j2").render(base=base, static=address(), fault=fault, say=say, language=language()))


def opened(handler: JupyterHandler, root: Path, path: str, kernel: str) -> str:
    """Give the page of the workbook whose notebook lies at `path` below `root`, behind which the kernel of this id runs.

    Never raises for a workbook that has a fault: the page says then that it cannot be opened.
    """
    base = handler.base_url
    handler.xsrf_token  # noqa: B018  sets the cookie that the page shows when it asks for another kernel
    try:
        return workbook_page(
            load_workbook((root / path).parent),
            words=_words(base),
            head=_head(base),
            home=f"{base}workbook",
            inside=False,
            kernel=kernel,
            folder=path.rpartition("/")[0],
            base=base,
        )
    except (WorkbookError, OSError, ValueError):
        LOG.exception("%s cannot be opened", path)
        return no_page(base, say("home-cannot-open"))


def opened_by_voila(root: Path, start: Any) -> str:
    """Give the page that Voila's template asks for, with what starts the kernel: a partial method, which knows whose it is."""
    page = start.func.__self__
    return opened(page.request_handler, root, page.notebook_path, start.keywords["kernel_id"])


def _head(base: str) -> Markup:
    static = base + address()
    lines = ['<link rel="icon" href="data:;base64,=">']
    lines += [f'<link rel="stylesheet" href="{static}{name}">' for name in ("page.css", "workbook.css", "dyslexic.css")]
    lines += [f'<script type="module" nonce="{NONCE}" src="{static}workbook.js"></script>']
    return Markup("\n".join(lines))  # noqa: S704  the server's own words


def _words(base: str) -> Markup:
    more = {name: f"{base}workbook/words/{name}.ftl" for name in LANGUAGES if name != "en"}
    return data("wb-words", {"en": catalogue("en")}, more=more)
