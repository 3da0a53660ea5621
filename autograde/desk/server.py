"""The desk on the Jupyter server: its addresses, the HTML and JSON of the pages, forms, and what is going on now.

It knows no page: `registry.PAGES` names them, and `pages` says what one is.
"""

import json
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.utils import url_path_join
from tornado import web

from autograde.desk import static_files
from autograde.desk.arriving import Arriving
from autograde.desk.classes import choose
from autograde.desk.handler import UNFIT, DeskHandler, Problem
from autograde.desk.pages import Away, File, Look, UnfitError, plain
from autograde.desk.templates import render
from workbook_helpers.errors import WorkbookError


class First(DeskHandler):
    """The way in."""

    @web.authenticated
    def get(self) -> None:
        """Go on to the first page."""
        self.redirect(self.address(self.desk.first), status=303)


class Shown(DeskHandler):
    """A page."""

    @web.authenticated
    async def get(self, name: str, ending: str | None) -> None:
        """Send it, or what it shows as JSON."""
        page, asked = self.page(name), self.asked()
        if ending:
            shown = await self.apart(lambda: page.show(asked))
            self.set_header("Content-Type", "application/json")
            self.finish(json.dumps(plain(shown), ensure_ascii=False))
            return
        await self.send_page(page, lambda: page.show(asked))


class Posted(DeskHandler):
    """A form."""

    @web.authenticated
    async def get(self, name: str, verb: str, _: str | None) -> None:
        """Send a file of the page; else go to the form's page: a preview's address was asked for again."""
        page, asked = self.page(name), self.asked()
        if verb in page.files:
            await self.send_file(await self.apart(lambda: self.done(lambda: page.files[verb](asked))))
            return
        self.redirect(self.address(name, **asked.fields), status=303)

    @web.authenticated
    async def post(self, name: str, verb: str, ending: str | None) -> None:
        """Do what it asks; go on to the page that shows it, or send the page again with what keeps it from being done.

        A script, which asks for JSON, is sent what a verb found, or in one sentence what keeps it from being done.
        """
        page = self.page(name)
        if verb not in page.verbs:
            raise web.HTTPError(404)
        asked = self.asked(form=True)
        try:
            done = await self.apart(lambda: self.done(lambda: page.verbs[verb](asked)))
            if isinstance(done, Look) and ending:
                self.set_header("Content-Type", "application/json")
                self.finish(json.dumps(plain(done.shown), ensure_ascii=False))
                return
            if isinstance(done, Look):
                await self.send_page(page, lambda: done.shown, typed=asked.fields, said=done.said)
                return
        except WorkbookError as error:
            about = error.field if isinstance(error, UnfitError) else ""
            if ending:
                self.set_status(UNFIT)
                self.set_header("Content-Type", "application/json")
                self.finish(json.dumps({"fault": str(error), "field": about}, ensure_ascii=False))
                return
            before = self.asked()
            problem = Problem(form=verb, field=about, text=str(error))
            self.set_status(UNFIT)
            await self.send_page(page, lambda: page.show(before), problem=problem, typed=asked.fields)
            return
        if isinstance(done, Away):
            self.send_opening(done)
            return
        if isinstance(done, File):
            await self.send_file(done)
            return
        if done.said:
            self.say_next(done)
        for cookie, value in done.cookies.items():
            self.set_cookie(cookie, value, path=self.address(), max_age=400 * 86400, samesite="Strict")
        self.redirect(self.address(done.page or name, **done.query), status=303)


class Now(DeskHandler):
    """What is going on now, for every page that is open."""

    @web.authenticated
    async def get(self) -> None:
        """Send it where it is not what the page has seen already."""
        now = await self.apart(self.now)
        if self.get_query_argument("seen", "") == now["seen"]:
            self.set_status(204)
            self.finish()
            return
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(render("now", now=now, **self.frame()))

    def _log(self) -> None:
        """Log none: each page asks every two seconds, and says itself what is wrong."""


class PutAway(DeskHandler):
    """What was said of a piece of work that has ended."""

    @web.authenticated
    async def post(self) -> None:
        """Say it no more, on the page where that was asked."""
        number = self.get_body_argument("number", "")
        if number.isdecimal():
            self.desk.worker.put_away(int(number))
        came = urlsplit(self.request.headers.get("Referer", ""))
        here = urlunsplit(("", "", came.path, came.query, "")) if came.path.startswith(self.address("")) else self.address()
        self.redirect(self.address("now") if self.by_script else here, status=303)


class Others(DeskHandler):
    """The way back to the list of classes."""

    @web.authenticated
    def post(self) -> None:
        """Have this server make room for it."""
        self.desk.worker.refuse_while_working("go to another class")
        choose(None)
        self.send_opening(Away(name="the list of your classes", page="classes"))


class Static(DeskHandler):
    """A style sheet, a script or a picture: for anybody, as a college's hub lets no script fetch another by the cookie."""

    @allow_unauthenticated
    def get(self, version: str, name: str) -> None:
        """Send it, to be kept for good."""
        if name not in static_files.FILES or version != static_files.version():
            raise web.HTTPError(404)
        self.set_header("Content-Type", static_files.TYPES[Path(name).suffix])
        self.set_header("Cache-Control", "private, max-age=31536000, immutable")
        self.finish(static_files.content(name))


def handlers(base_url: str) -> list[tuple[str, type[DeskHandler]]]:
    """Give the addresses of the desk."""
    start = url_path_join(base_url, "desk")
    return [
        (rf"{start}/?", First),
        (rf"{start}/now", Now),
        (rf"{start}/put-away", PutAway),
        (rf"{start}/others", Others),
        (rf"{start}/arriving", Arriving),
        (rf"{start}/static/([0-9a-f]{{12}})/([a-z.-]+)", Static),
        (rf"{start}/([a-z][a-z-]*)(\.json)?", Shown),
        (rf"{start}/([a-z][a-z-]*)/([a-z][a-z-]*)(\.json)?", Posted),
    ]
