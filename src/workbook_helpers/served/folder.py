"""The folder that the tutor's side writes for a class: who learns, which workbooks, what was given to whom.

Read again when it has changed, without a restart. A file is asked for by its name, never by a path.
"""

import gzip
import hashlib
import hmac
import re
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from workbook_helpers.errors import ContentError, WorkbookError
from workbook_helpers.files import read_file, write_file
from workbook_helpers.items import Workbook, clean_id, load_workbook, read_toml
from workbook_helpers.referral import FILE, Referral, read_referral
from workbook_helpers.referral import MAX_BYTES as MAX_REFERRAL

T = TypeVar("T")
ABOUT, TOKEN = "served.toml", "tutor-token"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}(?:\.[A-Za-z0-9]{1,20}){1,2}")
"""A file of a site."""
ASSIGNMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
HASHED = re.compile(r".+\.[0-9a-f]{12}\.\w+")
TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "ftl": "text/plain; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "webmanifest": "application/manifest+json",
    "svg": "image/svg+xml",
    "png": "image/png",
    "woff2": "font/woff2",
}
PACKED = frozenset(["png", "woff2"])
"""They are packed as they are."""
LARGEST = 20_000_000
KEPT = 512
"""Files of which what was made of them is kept at the same time."""


class Learner(BaseModel):
    """One who learns in the class."""

    model_config = ConfigDict(frozen=True)

    id: Annotated[str, Field(min_length=1, max_length=128)]
    name: str = ""
    folder: Annotated[str, Field(pattern=r"^[A-Za-z0-9_@=-][A-Za-z0-9._@=-]*$", max_length=200)]
    hub: str = ""
    """Who it is on the hub, where that is not the id."""

    @cached_property
    def key(self) -> str:
        """Under which their rows stand: an id counts whatever its capitals."""
        return clean_id(self.id).lower()


class About(BaseModel):
    """`served.toml`."""

    model_config = ConfigDict(frozen=True)

    class_id: Annotated[str, Field(min_length=1, max_length=128)]
    name: str = ""
    join_code: Annotated[str, Field(pattern=r"^[A-Z0-9]{8,32}$")]
    learners: tuple[Learner, ...] = ()

    @cached_property
    def _by_key(self) -> dict[str, Learner]:
        return {one.key: one for one in self.learners}

    @cached_property
    def _by_user(self) -> dict[str, list[Learner]]:
        found: dict[str, list[Learner]] = {}
        for one in self.learners:
            found.setdefault(clean_id(one.hub).lower() or one.key, []).append(one)
        return found

    def learner(self, text: str) -> Learner | None:
        """Find who is meant by what was typed."""
        return self._by_key.get(clean_id(text).lower())

    def learner_of_hub(self, user: str) -> Learner | None:
        """Find who a user of the hub is; None where more than one could be."""
        found = self._by_user.get(clean_id(user).lower(), [])
        return found[0] if len(found) == 1 else None

    def opened_by(self, code: str) -> bool:
        """Whether this is the class's code, however it was typed; nobody learns how much of it was right."""
        typed = re.sub(r"[\s-]", "", code[:100]).upper()
        return hmac.compare_digest(typed.encode("utf-8", "replace"), self.join_code.encode())


@dataclass(frozen=True, kw_only=True)
class SiteFile:
    """A file of the site: its content, the same packed by gzip (b"" where that does not help), its type, and whether it stays for good."""

    content: bytes
    packed: bytes
    type: str
    tag: str
    for_good: bool


class Watched(Generic[T]):
    """What is made of files, made again when they have changed; of a file that cannot be read any more what was made last."""

    def __init__(self) -> None:
        self._made: dict[object, tuple[object, T]] = {}
        self._lock = threading.Lock()

    def get(self, name: object, paths: tuple[Path, ...], make: Callable[[], T]) -> T:
        """Give it; an OSError if a file is not there."""
        found = [path.stat() for path in paths]
        sign = tuple((one.st_mtime_ns, one.st_size, one.st_ino) for one in found)
        with self._lock:
            kept = self._made.get(name)
        if kept is None or kept[0] != sign:
            try:
                kept = (sign, make())
            except (WorkbookError, OSError):
                if kept is None:
                    raise
        with self._lock:
            self._made.pop(name, None)
            self._made[name] = kept
            while len(self._made) > KEPT:
                self._made.pop(next(iter(self._made)))
        return kept[1]


class Folder:
    """A class's folder.

    Raises
    ------
    ContentError
        If `served.toml` is missing or has a fault.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()
        self._about = Watched[About]()
        self._workbooks = Watched[Workbook]()
        self._files = Watched[SiteFile]()
        self._referrals = Watched[Referral]()
        self.about()

    @property
    def arrived(self) -> Path:
        """Where hand-ins are put."""
        return self.root / "arrived"

    def about(self) -> About:
        """Give what `served.toml` says now."""
        path = _joined(self.root, ABOUT)
        try:
            return self._about.get(ABOUT, (path,), lambda: _about(path))
        except OSError as error:
            msg = f"{self.root} holds no class that can be served: it has no {ABOUT}. Open the class on the tutor's desk first."
            raise ContentError(msg) from error

    def token(self) -> str:
        """Give the tutor's token, which is made where there is none yet."""
        path = self.root / TOKEN
        try:
            found = read_file(path, 200).decode("ascii", "replace").strip()
        except FileNotFoundError:
            found = ""
        if len(found) < 32:
            found = secrets.token_urlsafe(32)
            write_file(path, found.encode(), mode=0o600)
        return found

    def file(self, name: str) -> SiteFile | None:
        """Give a file of the site."""
        if not NAME.fullmatch(name) or (ending := name.rpartition(".")[2]) not in TYPES:
            return None
        path = self.root / "site" / name
        try:
            return self._files.get(name, (path,), lambda: _site_file(path, ending))
        except OSError:
            return None

    def assignments(self) -> tuple[str, ...]:
        """Give the names of the workbooks that were given out."""
        try:
            return tuple(sorted(path.name for path in (self.root / "releases").iterdir() if ASSIGNMENT.fullmatch(path.name)))
        except OSError:
            return ()

    def workbook(self, assignment: str) -> Workbook | None:
        """Give a workbook as it was given out; None where there is none that can be read."""
        if not ASSIGNMENT.fullmatch(assignment):
            return None
        folder, *files = self._of_workbook(assignment)
        try:
            return self._workbooks.get(assignment, tuple(files), lambda: load_workbook(folder))
        except (OSError, ContentError):
            return None

    def referral(self, learner: Learner, workbook: Workbook) -> Referral | None:
        """Give what holds for a learner; nobody else's."""
        path = _joined(self._given(learner, workbook.assignment), FILE)
        try:
            found = self._referrals.get(path, (path,), lambda: read_referral(read_file(path, MAX_REFERRAL), workbook))
        except (OSError, ContentError):
            return None
        return found if found.is_for(learner.id) else None

    def has_feedback(self, learner: Learner, assignment: str) -> bool:
        """Whether there is feedback to give."""
        return (self._given(learner, assignment) / "feedback.html").is_file()

    def feedback(self, learner: Learner, assignment: str) -> bytes | None:
        """Give a learner's feedback page."""
        try:
            return read_file(self._given(learner, assignment) / "feedback.html", LARGEST)
        except OSError:
            return None

    def _given(self, learner: Learner, assignment: str) -> Path:
        return _joined(self.root, "given", learner.folder, assignment)

    def _of_workbook(self, assignment: str) -> tuple[Path, Path, Path]:
        folder = _joined(self.root, "releases", assignment)
        return folder, _joined(folder, "workbook.toml"), _joined(folder, "items.toml")


@lru_cache(20_000)
def _joined(root: Path, *parts: str) -> Path:
    """Give a path; to put one together takes longer than to look whether the file has changed."""
    return root.joinpath(*parts)


def _about(path: Path) -> About:
    try:
        return About.model_validate(read_toml(path))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        msg = f"{path} cannot be used: {where}: {first['msg']}. Have the tutor's desk write it again."
        raise ContentError(msg) from error


def _site_file(path: Path, ending: str) -> SiteFile:
    content = read_file(path, LARGEST)
    packed = b"" if ending in PACKED else gzip.compress(content, mtime=0)
    tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
    return SiteFile(content=content, packed=packed, type=TYPES[ending], tag=tag, for_good=bool(HASHED.fullmatch(path.name)))
