"""What a page of the desk is: a name, a function that gives what it shows, and the verbs that its forms post to.

A page is a module named after what the tutor does there. Beside it stands a template of the same name; `registry.PAGES` lists it.
The module knows no server: `server` calls it with an `Asked` and makes HTML or JSON of what it gives.
"""

import dataclasses
import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Any, BinaryIO

from autograde.classes.folder import Course
from autograde.desk import college
from autograde.desk.work import Worker
from autograde.errors import ClassError

NAMES = "desk-names"
"""The cookie that keeps whether the tutor wants to see names ("names") or ids ("ids")."""


STANDS = "stands"
"""The field of an "Undo" that says what it takes back."""


def stands(*values: object) -> str:
    """Give 16 hex digits of what a form has left: others where that was changed."""
    return hashlib.sha256(repr(values).encode("utf-8", "surrogateescape")).hexdigest()[:16]


class UnfitError(ClassError):
    """What was typed into a form cannot be used; `field` is the name of the field that it is about, "" for the whole form."""

    def __init__(self, text: str, field: str = "") -> None:
        super().__init__(text)
        self.field = field


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file that was dropped or chosen; `name` is what the browser calls it, which is nothing but text for people."""

    name: str
    data: bytes


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What somebody asks of a page.

    Attributes
    ----------
    course
        The class of this server; in the list of classes, which needs none, the folder that the server was started in.
    fields
        Of the address or the form: name → the last value given for it, blanks cut off.
    many
        Name → every value given for it, in order.
    files
        Name → the files chosen for it.
    names
        Whether names are shown; ids where not.
    worker
        What does long work for this class.
    """

    course: Course
    worker: Worker
    fields: Mapping[str, str] = field(default_factory=dict)
    many: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    files: Mapping[str, tuple[Upload, ...]] = field(default_factory=dict)
    names: bool = True

    def text(self, name: str) -> str:
        """Give a field, "" where there is none."""
        return self.fields.get(name, "")

    def path(self, name: str) -> Path:
        """Give a field as a path, where "~" is one's own home.

        Raises
        ------
        UnfitError
            On a server for several people: what lies elsewhere on its disk is not for its tutors.
        """
        if self.text(name) and college.for_several():
            msg = "On the college’s server only its administrator names folders. Ask them, and say what the folder is for."
            raise UnfitError(msg, name)
        return Path(os.path.expanduser(self.text(name)))  # noqa: PTH111, Path.expanduser raises where there is no such home

    def see_unchanged(self, *now: object) -> None:
        """See that what an "Undo" takes back is `now` as it was left, as `stands` gave it; another form says nothing of that.

        Raises
        ------
        UnfitError
            If it was changed since, by another window, person or command.
        """
        if self.text(STANDS) not in {"", stands(*now)}:
            msg = "This was changed again since, so nothing was taken back."
            raise UnfitError(msg)

    def number(self, name: str, otherwise: int) -> int:
        """Give a field as a whole number; `otherwise` where it is none."""
        text = self.text(name)
        return int(text) if text.isdecimal() and len(text) < 10 else otherwise


@dataclass(frozen=True, kw_only=True)
class Done:
    """A verb did what was asked: the browser goes on to a page, which says so.

    Attributes
    ----------
    said
        One sentence, shown on top of the page; "" for none.
    query
        What follows "?" in the address of the page that comes next.
    page
        Its name; "" for the page of the form.
    undo
        (verb, fields): a button "Undo" beside the sentence posts these to the same page; None for none.
    cookies
        Cookies to keep, for this desk alone.
    """

    said: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    page: str = ""
    undo: tuple[str, Mapping[str, str]] | None = None
    cookies: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Look:
    """What a verb found, to be shown at once: a preview before something is written, or more than a sentence about what was done.

    `said` is a sentence for the top of the page, as that of `Done`.
    """

    shown: Any
    said: str = ""


@dataclass(frozen=True, kw_only=True)
class Away:
    """Another server takes the place of this one at the same address; the browser waits for the page `page` of it.

    `name` is what people call what opens there.
    """

    name: str
    page: str


@dataclass(frozen=True, kw_only=True)
class File:
    """A file for the browser to keep; `shown`: an HTML page of ours that is looked at, sealed, and runs nothing.

    `runs`: it runs the script that its own policy names, in a frame that is sealed off from the desk.
    `data` is an open file, which is read from its beginning and closed, where it may be larger than the memory.
    """

    name: str
    data: bytes | BinaryIO
    type: str = "application/octet-stream"
    shown: bool = False
    runs: bool = False


Verb = Callable[[Asked], Done | Look | Away | File]


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page.

    Attributes
    ----------
    name
        Its address below /desk/, and its template.
    title
        What the menu calls it.
    show
        Gives what it shows, as a frozen dataclass; the template knows it as `page`. It changes nothing.
    verbs
        Name → what a form does that posts to it. It raises a `WorkbookError` with one sentence where it cannot.
    files
        Name → what gives a file of it, at an address that is asked for: it changes nothing, but the log may tell of what leaves the class.
    formgrader
        The address below /formgrader of the same thing there, "" for none; a template names the workbook's own where it shows one.
    in_class
        Whether it is a page of a class; the others are there where the server was started outside of one.
    everywhere
        Whether it is there in both cases.
    """

    name: str
    title: str
    show: Callable[[Asked], Any]
    verbs: Mapping[str, Verb] = field(default_factory=dict)
    files: Mapping[str, Callable[[Asked], File]] = field(default_factory=dict)
    formgrader: str = ""
    in_class: bool = True
    everywhere: bool = False


def plain(value: Any) -> Any:
    """Give what a page shows as JSON has it: a dataclass as an object, a day or a time in ISO 8601."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {one.name: plain(getattr(value, one.name)) for one in dataclasses.fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(one) for one in value]
    return value
