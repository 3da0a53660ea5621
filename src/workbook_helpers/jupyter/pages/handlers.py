"""The handlers of the pages. They give files of the student's own folder, and none outside it."""

import re
from collections.abc import Callable
from datetime import datetime
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jupyter_core.utils import ensure_async
from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import ApiPath, url_path_join
from tornado import web

from workbook_helpers.cells import KERNEL
from workbook_helpers.errors import HandInError, WorkbookError
from workbook_helpers.hand_in import receipt_page_name
from workbook_helpers.items import Json
from workbook_helpers.jupyter import exchange
from workbook_helpers.jupyter.pages.guard import TYPES, picture
from workbook_helpers.jupyter.pages.opened import no_page, opened, template
from workbook_helpers.jupyter.pages.shelf import Card, folders, is_workbook, new_card, shelf
from workbook_helpers.jupyter.pages.static import FOLDERS, Static, address
from workbook_helpers.links import addressed
from workbook_helpers.policy import SEALED
from workbook_helpers.web.page import NOSCRIPT, data
from workbook_helpers.words import LANGUAGES, catalogue, language, say, use

# A receipt and a feedback page are files that something else may have put there: they may run nothing, load nothing.
CSP = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; frame-ancestors 'self'"
OWN_CSP = CSP.replace("style-src", "style-src 'self'") + "; script-src 'self'; connect-src 'self'; font-src 'self'"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,240}\.(html|zip)")
FEEDBACK = re.compile(r"(?:[^/]+/){1,4}feedback/(?:[^/]+/)*[^/]+\.html")


def server_root(settings: dict[str, Any]) -> Path:
    """Give the folder that a server serves."""
    return Path(str(settings["server_root_dir"])).expanduser().resolve()


def known(root: Path) -> set[str]:
    """Name the workbooks on the shelf, wherever below `root` they lie: the exchange has nothing new in them."""
    return {folder.name for folder in folders(root)}


def fetch(assignment: str, root: Path) -> None:
    """Fetch a workbook from the exchange that is not on the shelf yet; HandInError says why it did not work."""
    exchange.fetch(assignment, root, known(root))


def fetch_feedback(assignment: str, root: Path) -> None:
    """Fetch the feedback on a workbook to where it lies on the shelf; HandInError says why it did not work."""
    places = [folder.parent for folder in folders(root) if folder.name == assignment]
    if not places:
        raise HandInError(say("error-gone"))
    for place in places:
        exchange.fetch_feedback(assignment, place)


class PageHandler(JupyterHandler):
    """A page of ours for the person whose server this is."""

    def root(self) -> Path:
        """Give the folder that the server serves."""
        return server_root(self.settings)

    async def prepare(self) -> None:  # type: ignore[override]
        """Learn the student's language first, which the display settings keep in a cookie."""
        use(self.get_cookie("wb-language"))
        await super().prepare()

    def send_html(self, html: str) -> None:
        """Send a page of our own making: it may load what is ours, and nothing else."""
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self.set_header("Content-Security-Policy", OWN_CSP)
        self.finish(html)

    def send_own(self, found: Path | None) -> None:
        """Send a file of the student's; 404 where there is none, for a link, and for anything outside the root."""
        if found is None or not self._is_own(found):
            raise web.HTTPError(404, say("home-no-page"))
        zipped = found.suffix == ".zip"
        self.set_header("Content-Type", "application/zip" if zipped else "text/html; charset=utf-8")
        self.set_header("Content-Security-Policy", CSP)
        self.set_header("X-Content-Type-Options", "nosniff")
        if zipped:
            self.set_header("Content-Disposition", f'attachment; filename="{found.name}"')
        self.finish(self.content(found))

    def content(self, found: Path) -> bytes:
        """Give what is sent of a file."""
        return found.read_bytes()

    def send_picture(self, found: Path) -> None:
        """Send a picture so that it can be seen and can do nothing."""
        self.set_header("Content-Type", TYPES[found.suffix.lower()])
        self.set_header("Content-Security-Policy", SEALED)
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cache-Control", "private, no-cache")
        self.finish(found.read_bytes())

    def _is_own(self, found: Path) -> bool:
        try:
            return found.is_file() and found.resolve() == found and self.root() in found.parents
        except OSError:  # a name too long for the system
            return False


class NoPage(PageHandler):
    """In place of what is no workbook on the student's shelf."""

    @web.authenticated
    def get(self, path: str = "") -> None:
        """Say so, calmly; nothing is run."""
        self.set_status(404)
        self.send_html(no_page(self.base_url))


class Opened(PageHandler):
    """A workbook as a page, with a kernel of its own."""

    @web.authenticated
    async def get(self, path: str) -> None:
        """Send it, or a picture of it, whose address is beside it."""
        try:
            found = picture(self.root(), path)
            known = found is None and is_workbook(self.root(), self.root() / path)
        except (OSError, ValueError):  # a name that no file can have
            found, known = None, False
        if found:
            self.send_picture(found)
        elif not known:
            self.set_status(404)
            self.send_html(no_page(self.base_url))
        else:
            start = self.kernel_manager.start_kernel(kernel_name=KERNEL, path=ApiPath(path.rpartition("/")[0]))
            html = opened(self, self.root(), path, await ensure_async(start))
            self.set_header("Cache-Control", "no-store")
            self.finish(html)


class Media(PageHandler):
    """A picture of a workbook."""

    @web.authenticated
    def get(self, path: str) -> None:
        """Send it."""
        found = picture(self.root(), path)
        if found is None:  # gone since it was looked for
            raise web.HTTPError(404)
        self.send_picture(found)


class Home(PageHandler):
    """My workbooks."""

    @web.authenticated
    def get(self) -> None:
        """Show what there is, how far each is, and one next step for each."""
        note = ""
        try:
            new = exchange.released(self.root(), known(self.root()))
        except WorkbookError as error:
            new, note = (), str(error)
        self.show(new, note)

    def show(self, new: tuple[Path, ...], note: str) -> None:
        """Send the list, with what is new in the exchange, and a note above it; the page's script draws it (`page/shelf.js`)."""
        cards = sorted([*shelf(self.root()), *map(new_card, new)], key=lambda card: (card.order, card.path))
        html = template("home.html.j2").render(
            base=self.base_url,
            static=address(),
            data=data("wb-shelf", [self._on_shelf(card) for card in cards]),
            note=note,
            noscript=NOSCRIPT,
            xsrf=self.xsrf_form_html(),
            say=say,
            language=language(),
        )
        self.send_html(html)

    def _on_shelf(self, card: Card) -> dict[str, Json]:
        """Give a card as `OnShelf` in `page/types.d.ts`."""
        receipt, page = card.receipt, partial(url_path_join, self.base_url, "workbook")
        mine: dict[str, Json] = {"copy": card.copy, "seed": card.seed, "answered": {**card.answered}, "started": [*card.started]}
        mine["handed"] = None
        if receipt:
            at = datetime.fromisoformat(receipt.handed_in_at).isoformat()
            mine |= {"handed": {"at": at, "through": receipt.through}, "receipt": page("receipt", quote(receipt_page_name(receipt)))}
            mine |= {"look": page("fetch-feedback")} if receipt.through == "exchange" else {}
        if again := card.again:
            mine["again"] = {"n": len(again.tasks), "until": again.until.isoformat() if again.until else None}
        if card.feedback:
            mine["feedback"] = page("feedback", quote(card.feedback))
        way = {"href": url_path_join(self.base_url, self.settings["workbook_door"], quote(card.path))} if card.path else {}
        more = {"fetch": page("start")} if card.is_new else {}
        return {**card.about, "href": "", **way, **more, "mine": mine, "fault": card.fault}


class Fetch(Home):
    """Fetch from the exchange: a new workbook, or the feedback on one."""

    def initialize(self, fetch: Callable[[str, Path], None]) -> None:
        """Take what does it."""
        self.fetch = fetch

    @web.authenticated
    def post(self) -> None:
        """Fetch it and go back to the list, which shows what came."""
        try:
            self.fetch(self.get_body_argument("assignment"), self.root())
        except WorkbookError as error:
            self.set_status(409)
            self.show((), str(error))
            return
        self.redirect(url_path_join(self.base_url, "workbook"))


class HandedIn(PageHandler):
    """A receipt or a hand-in file, by its name, which is unique."""

    @web.authenticated
    def get(self, name: str) -> None:
        """Send it."""
        depths = ("", "*/", "*/*/") if NAME.fullmatch(name) else ()
        self.send_own(next((path for depth in depths for path in self.root().glob(f"{depth}handed-in/{name}")), None))


class Feedback(PageHandler):
    """A feedback page, by its path below the root."""

    @web.authenticated
    def get(self, path: str) -> None:
        """Send it."""
        self.send_own(self.root() / path if FEEDBACK.fullmatch(path) and ".." not in path.split("/") else None)

    def content(self, found: Path) -> bytes:
        """Give the page with its links: to the list, and to the workbook that it lies in where that can be opened."""
        folder = self.root() / found.relative_to(self.root()).as_posix().partition("/feedback/")[0]
        notebook = folder / f"{folder.name}.ipynb"
        inside = quote(notebook.relative_to(self.root()).as_posix())
        workbook = url_path_join(self.base_url, self.settings["workbook_door"], inside) if is_workbook(self.root(), notebook) else ""
        return addressed(found.read_bytes(), url_path_join(self.base_url, "workbook"), workbook)


class Accessibility(PageHandler):
    """What the tests found out about how accessible the pages are; made by docs/accessibility.py."""

    @web.authenticated
    def get(self) -> None:
        """Send it."""
        self.send_html(files("workbook_helpers.jupyter.pages").joinpath("accessibility.html").read_text("utf-8"))


class Words(PageHandler):
    """The catalogue of what the page says, in one language; given to anybody, as `Static` says."""

    @allow_unauthenticated
    def get(self, language: str) -> None:
        """Send it."""
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.set_header("Cache-Control", "no-cache")
        self.finish(catalogue(language))


def handlers(base_url: str) -> list[tuple[Any, ...]]:
    """Give the routes below `base_url`."""

    def route(path: str) -> str:
        return url_path_join(base_url, "workbook", path)

    return [
        (route("/?"), Home),
        (route("start"), Fetch, {"fetch": fetch}),
        (route("fetch-feedback"), Fetch, {"fetch": fetch_feedback}),
        (route(r"(?:receipt|handed-in)/([^/]+)"), HandedIn),
        (route(r"feedback/(.+)"), Feedback),
        (route("accessibility"), Accessibility),
        (route(r"open/(.+)"), Opened),
        (route(r"static/(?:[0-9a-f]{12}/)?(.+)"), Static, {"path": [str(folder) for folder in FOLDERS]}),
        (route(rf"words/({'|'.join(LANGUAGES)})\.ftl"), Words),
    ]
