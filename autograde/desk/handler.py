"""What every address of the desk has in common: who may come in, what a page may run, how it is sent, how a fault is told."""

import asyncio
import hashlib
import json
import os
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join
from tornado import web
from tornado.iostream import StreamClosedError

from autograde.classes.class_name import class_name
from autograde.classes.folder import Course
from autograde.desk import college, static_files
from autograde.desk.changes import fingerprint
from autograde.desk.classes import CHOICE
from autograde.desk.following import see_to
from autograde.desk.pages import NAMES, Asked, Away, Done, File, Page, Upload
from autograde.desk.place import place_of
from autograde.desk.templates import render
from autograde.desk.work import Worker
from autograde.gradebook.who import ACTING
from workbook_helpers.errors import WorkbookError
from workbook_helpers.policy import SEALED, SEALED_OFF, page_policy

SAID = "desk-said"
"""The cookie that brings a sentence from a form to the page that comes next."""
SAID_S = 60
MOST_SAID = 2800
"""Bytes that it brings: a third more with what it is signed with, and browsers keep none of more than 4,096."""
LEAST_SAID = 200
"""Bytes of the sentence that are left where its "Undo" takes the room; without these it goes."""
UNFIT = 422
"""The status of a page that comes back because a form cannot be used as it is; htmx shows it in place, too (templates/frame.html.j2)."""
BLOCK = 1 << 20
PLACE = "place"
"""What tells of which class a page is, in the address of each verb and file: one desk serves several in turn, at one address."""
PLACE_HEADER = "Desk-Place"
"""The same, of what a script asks for."""
Found = TypeVar("Found")


@dataclass(frozen=True, kw_only=True)
class Desk:
    """The desk of one server.

    Attributes
    ----------
    course
        The class that it serves; None where it was started outside of one.
    root
        The folder that it serves.
    """

    pages: Mapping[str, Page]
    course: Course | None
    root: Path
    worker: Worker

    @property
    def first(self) -> str:
        """The page that /desk leads to."""
        return next(iter(self.pages))


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Why a form came back: `form` is its verb, `field` the field that it is about, "" for the whole form."""

    form: str
    field: str
    text: str


NO_PROBLEM = Problem(form="", field="", text="")


class DeskHandler(JupyterHandler):
    """What all addresses of the desk have in common."""

    place = ""
    """Of the class that the desk shows (`place_of`), as it was when this was asked."""

    @property
    def desk(self) -> Desk:
        """The desk of this server."""
        found: Desk = self.settings["autograde_desk"]
        return found

    @property
    def by_script(self) -> bool:
        """Whether a script of ours asks, which wants a plain refusal and no page to log in."""
        return self.request.headers.get("HX-Request") == "true" or self.request.path.endswith(".json")

    async def prepare(self) -> None:  # type: ignore[override]
        """See that somebody may come in, from a page of this class; a token does not stay in the address."""
        self.place = await self.apart(lambda: place_of(self.desk.course))
        try:
            await super().prepare(_redirect_to_login=not self.by_script)
        finally:
            self.set_header("Content-Security-Policy", page_policy(self.request, forms=True))
            self.set_header("Cache-Control", "no-store")
            self.set_header("Referrer-Policy", "same-origin")
            self.set_header("X-Content-Type-Options", "nosniff")
        if self.by_script and not self.current_user:
            raise web.HTTPError(403)
        if self.current_user:
            self._refuse_other_places()
        ACTING.set(college.hub_name(self.current_user))
        if self.current_user and "token" in self.request.query_arguments and self.request.method == "GET":
            left = [(name, value) for name, values in self.request.query_arguments.items() for value in values if name != "token"]
            self.redirect(self.request.path + (f"?{urlencode(left)}" if left else ""), status=303)

    def _refuse_other_places(self) -> None:
        """Let nothing be done from a page of another class, nor a page be mixed of two."""
        told = {self.get_query_argument(PLACE, ""), self.request.headers.get(PLACE_HEADER, "")} - {""}
        if told - {self.place} or not (told or self.request.method in {"GET", "HEAD"}):
            raise web.HTTPError(409, "This page is of a class that the desk does not show now, so nothing was done. Open that class again.")

    def address(self, *parts: str, **query: object) -> str:
        """Give an address of the desk."""
        found = url_path_join(self.base_url, "desk", *parts)
        return f"{found}?{urlencode(query)}" if query else found

    def page(self, name: str) -> Page:
        """Give a page by its name; 404 where there is none."""
        if name not in self.desk.pages:
            raise web.HTTPError(404)
        return self.desk.pages[name]

    def asked(self, *, form: bool = False) -> Asked:
        """Give what the address asks for, or the form."""
        arguments = self.request.body_arguments if form else self.request.query_arguments
        many = {name: tuple(self.decode_argument(one, name).strip(" \r\n") for one in values) for name, values in arguments.items()}
        for ours in ("_xsrf", PLACE):
            many.pop(ours, None)
        found = self.request.files if form else {}
        files = {name: tuple(Upload(name=one["filename"], data=one["body"]) for one in each) for name, each in found.items()}
        return Asked(
            course=self.desk.course or Course(self.desk.root),
            worker=self.desk.worker,
            many=many,
            fields={name: values[-1] for name, values in many.items()},
            files=files,
            names=self.get_cookie(NAMES) != "ids",
        )

    async def apart(self, do: Callable[[], Found]) -> Found:
        """Do what reads or writes files in a thread, so that the other windows are answered meanwhile."""
        return await asyncio.to_thread(do)  # it knows there, too, who is acting

    def done(self, do: Callable[[], Found]) -> Found:
        """Do what may change the class; then see to what follows from it."""
        course = self.desk.course
        if course is None:
            return do()
        course.check_there()
        try:
            return do()
        finally:
            see_to(course)

    async def send_page(
        self,
        page: Page,
        show: Callable[[], Any],
        *,
        problem: Problem = NO_PROBLEM,
        typed: Mapping[str, str] | None = None,
        said: str = "",
    ) -> None:
        """Send a page with what `show` gives, and with the sentence `said` or that which the last form left."""
        # First what is going on: a change in between is then fetched once more, where the other way round it never would be.
        now = await self.apart(self.now)
        shown = await self.apart(show)
        course = self.desk.course
        values = {
            "here": page,
            "pages": tuple(self.desk.pages.values()),
            "page": shown,
            "class_name": class_name(course) if course else "",
            "in_class": course is not None,
            "problem": problem,
            "typed": typed or {},
            "said": {"text": said, "undo": None} if said else self._said(),
            "now": now,
            "names": self.get_cookie(NAMES) != "ids",
            "query": {name: values[-1].decode("utf-8", "replace") for name, values in self.request.query_arguments.items()},
            **self.frame(),
            "static": self.static,
            "formgrader": lambda path="": url_path_join(self.base_url, "formgrader", path) if course and not college.only() else "",
            "lab": "" if college.for_several() else url_path_join(self.base_url, "lab"),
            "me": college.hub_name(self.current_user) if college.for_several() else "",
            "sign_out": url_path_join(self.base_url, "logout"),
        }
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(await self.apart(lambda: render(page.name.replace("-", "_"), **values)))

    def link(self, name: str, verb: str = "", **query: object) -> str:
        """Give the address of a page, or of a verb or a file of this class, for templates; "" where there is no such page yet."""
        if name not in self.desk.pages:
            return ""
        return self.address(name, verb, **{PLACE: self.place}, **query) if verb else self.address(name, **query)

    def send_opening(self, away: Away) -> None:
        """Send what is shown until another server answers at this address."""
        self.set_header("Content-Type", "text/html; charset=utf-8")
        addresses = {"ready": f"{self.address(away.page)}.json", "then": self.address(away.page), "home": self.address()}
        self.finish(render("opening", name=away.name, static=self.static, **addresses))

    async def send_file(self, file: File) -> None:
        """Send a file to be kept, or a page of ours to be looked at, which runs nothing."""
        self.set_header("Content-Type", file.type)
        self.set_header("Content-Security-Policy", SEALED_OFF if file.runs else SEALED)
        kind = "inline" if file.shown else "attachment"
        self.set_header("Content-Disposition", f"{kind}; filename*=UTF-8''{quote(file.name, safe='')}")
        if isinstance(file.data, bytes):
            self.finish(file.data)
            return
        with file.data as opened:
            self.set_header("Content-Length", str(opened.seek(0, os.SEEK_END)))
            opened.seek(0)
            with suppress(StreamClosedError):  # whoever asked has gone
                while block := await self.apart(lambda: opened.read(BLOCK)):
                    self.write(block)
                    await self.flush()
                await self.finish()

    def static(self, name: str) -> str:
        """Give the address of a style sheet or a script."""
        return self.address("static", static_files.version(), name)

    def now(self) -> dict[str, Any]:
        """Say what is going on, and by what a page sees that the class has changed."""
        work = self.desk.worker.now
        mark = fingerprint(self.desk.course) if self.desk.course else ""
        return {"work": work, "fingerprint": mark, "seen": hashlib.sha256(f"{mark} {work}".encode()).hexdigest()[:16]}

    def frame(self) -> dict[str, Any]:
        """Give what the frame of every page needs."""
        place = {PLACE: self.place}
        return {
            "now_address": self.address("now"),
            "put_away": self.address("put-away", **place),
            "others": self.address("others", **place) if self.desk.course and os.environ.get(CHOICE) else "",
            "place": self.place,
            "xsrf": self.xsrf_token.decode(),
            "link": self.link,
        }

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Send a calm page with one sentence; what we did wrong goes to the log."""
        kind, fault, _ = kwargs.get("exc_info", (None, None, None))
        if isinstance(fault, WorkbookError):
            text = str(fault)
        elif isinstance(fault, web.HTTPError) and status_code < 500:
            text = {
                403: "This page was not opened from the desk, or the desk was started anew.",
                404: "There is no such page on the desk.",
            }.get(status_code, fault.log_message or "That cannot be done.")
        else:
            self.log.error("The desk failed: %s", "".join(traceback.format_exception(fault)) if fault else status_code)
            text = f"This program failed ({kind.__name__ if kind else status_code}: {fault}). Please report it, with the file serve.log."
        if self.request.path.endswith((".json", "/arriving")):
            self.set_header("Content-Type", "application/json")
            self.finish(json.dumps({"fault": text}))
            return
        self.set_header("Content-Type", "text/html; charset=utf-8")
        frame = self.frame() if getattr(self, "_jupyter_current_user", None) else {"others": ""}
        course = self.desk.course if isinstance(fault, WorkbookError) else None
        keep_safe = self.link("keep-safe") if course and course.root.is_dir() else ""
        self.finish(render("fault", text=text, home=self.address(), keep_safe=keep_safe, static=self.static, **frame))

    def log_exception(self, kind: Any, fault: Any, trace: Any) -> None:
        """Log what we did wrong; what is wrong with the class, and what was refused, is told on the page."""
        if not isinstance(fault, WorkbookError | web.HTTPError):
            super().log_exception(kind, fault, trace)

    def say_next(self, done: Done) -> None:
        """Have the page that comes next say what was done."""
        self.set_signed_cookie(
            self._said_name, fitting(done), expires_days=None, path=self.address(), max_age=SAID_S, httponly=True, samesite="Strict"
        )

    @property
    def _said_name(self) -> str:
        return f"{SAID}-{self.place}"  # its "Undo" is nothing for another class

    def _said(self) -> dict[str, Any]:
        """Give the sentence that the last form left, once; not to a page that looks for what has changed (static/desk.js)."""
        if not self.get_cookie(self._said_name) or self.request.headers.get("Desk-Follows"):
            return {}
        kept = self.get_signed_cookie(self._said_name, max_age_days=1)
        self.clear_cookie(self._said_name, path=self.address())
        found: dict[str, Any] = json.loads(kept) if kept else {}
        return found


def fitting(done: Done) -> bytes:
    """Write what was said, cut off where it is more than a browser keeps, and its "Undo" where there is room for that."""
    undo = {"verb": done.undo[0], "fields": dict(done.undo[1])} if done.undo else None

    def kept(text: str) -> bytes:
        return json.dumps({"text": text, "undo": undo}, ensure_ascii=False).encode("utf-8", "replace")

    text, more = done.said, ""
    if len(kept(text)) > MOST_SAID < len(kept("")) + LEAST_SAID:
        undo = None
    while len(found := kept(text + more)) > MOST_SAID:
        text, more = text[: len(text) * 9 // 10], " …"
    return found
