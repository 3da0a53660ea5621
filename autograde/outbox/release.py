"""Release a workbook: into the class, through the exchange where there is one, as one file, on a site, and as a zip for Jupyter."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from autograde.classes.folder import Course
from autograde.errors import ReleaseError
from autograde.gradebook.deeds import Deed
from autograde.gradebook.noted import noting
from autograde.outbox.assignment import generate, save_cells, to_exchange
from autograde.outbox.handout import pack, released, site_of
from autograde.outbox.releases import keep_release, release_kept
from autograde.outbox.source import check_files, source_of
from autograde.text import Due
from autograde.whole import mend, stage, swapped
from workbook_helpers.errors import ContentError
from workbook_helpers.files import write_file
from workbook_helpers.items import load_workbook
from workbook_helpers.web import workbook_file, written

ENDS = ("zip", "html")
SITE = "site"
"""The folder in handout/ that any web server can give out."""


@dataclass(frozen=True, kw_only=True)
class ReleaseReport:
    """What was released.

    Attributes
    ----------
    copied
        Whether the workbook was copied into source/ anew, rather than the class's own copy used.
    set_aside
        The zip that keeps the class's own edits when a fresh copy took their place, else None.
    files
        Paths of the released files within the workbook's folder, with "/".
    due
        In UTC, None for no due date.
    exchange
        Where students fetch it, None if there is no exchange.
    handout
        The zip for those who have Jupyter.
    file
        The workbook as one HTML file.
    site
        The folder of the site, which has every released workbook.
    left_out
        Why a workbook that was released before is not on the site, one sentence each.
    """

    assignment: str
    title: str
    copied: bool
    set_aside: Path | None
    files: tuple[str, ...]
    due: datetime | None
    exchange: Path | None
    handout: Path
    file: Path
    site: Path
    left_out: tuple[str, ...]


def release(
    course: Course,
    name: str,
    *,
    due: Due = None,
    fresh: bool = False,
    faults: Callable[[Path], Sequence[str]] = lambda _: (),
    progress: Callable[[str], None] = lambda _: None,
) -> ReleaseReport:
    """Release a workbook to the class.

    Parameters
    ----------
    name
        The short id ("w01") or the assignment name.
    due
        The date; see `Due`.
    fresh
        Copy the workbook into source/ again, over the class's own edits (which are kept beside it as a zip).
    faults
        Called with the class's copy; what it says would go wrong, one sentence each, keeps the workbook from being released.
    progress
        Called with each step, in words.

    Raises
    ------
    ReleaseError
        If there is no such workbook, it has faults, it holds what must not reach students, or nbgrader refuses it.
    ContentError
        If the workbook's own files have a fault.
    """
    with ExitStack() as undo:
        undo.enter_context(_explaining(name))
        undo.enter_context(_alone(course))
        progress("Copying the workbook")
        source, origin, set_aside = source_of(course, name, fresh=fresh, undo=undo)
        check_files(source)
        try:
            workbook = load_workbook(source, strict=True)
        except ContentError as error:  # a copy that was made now goes again, so it is not the place to look at
            raise ContentError(str(error).replace(str(source), str(origin))) from error
        assignment = workbook.assignment
        if not workbook.notebook.is_file():
            msg = f"{origin} has no {workbook.notebook.name}: the notebook must have the folder's name."
            raise ReleaseError(msg)
        if wrong := faults(source):
            lines = "".join(f"\n  {text}" for text in wrong)
            msg = (
                f"{workbook.id} is not released, as it would not work:{lines}\nMend it in {origin} and in its key, "
                "where `autograde check --mend` helps, then release again; or release it as it is with --anyway."
            )
            raise ReleaseError(msg)
        progress("Making the learners' version")
        target, handout, page = course.root / "release" / assignment, *(course.root / "handout" / f"{assignment}.{end}" for end in ENDS)
        made, packed, whole = stage(course, "release", assignment), *(stage(course, "handout", f"{assignment}.{end}") for end in ENDS)
        mend(made, target)
        mend(packed, handout)
        mend(whole, page)
        generate(course, workbook, made, due)
        files = released(made)
        progress("Making the file and the site")
        given = load_workbook(made)
        write_file(whole, workbook_file(given))
        pages, left_out = site_of(course, given)
        progress("Packing the zip for Jupyter")
        pack(made, assignment, files, packed)
        keep_release(course, workbook)  # the one before, if a kill kept that from being done
        undo.enter_context(noting(course, Deed.RELEASE, workbook=assignment, due="as it was" if due is None else str(due)))
        undo.enter_context(swapped(made, target))
        undo.enter_context(release_kept(course, workbook))
        undo.enter_context(swapped(packed, handout))
        undo.enter_context(swapped(whole, page))
        undo.enter_context(written(pages, course.root / "handout" / SITE))
        exchange = None
        if course.exchange is not None:
            progress("Putting it on the exchange")
            exchange = to_exchange(course, assignment, undo)
        stored = save_cells(course, workbook, target / workbook.notebook.name, due)
    return ReleaseReport(
        assignment=assignment,
        title=workbook.about.title,
        copied=origin != source,
        set_aside=set_aside,
        files=files,
        due=stored.replace(tzinfo=UTC) if stored else None,
        exchange=exchange,
        handout=handout,
        file=page,
        site=course.root / "handout" / SITE,
        left_out=left_out,
    )


@contextmanager
def _explaining(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        msg = f"{name} cannot be released: {error.filename or 'a file'} cannot be written ({error.strerror}). Nothing was changed."
        raise ReleaseError(msg) from error


@contextmanager
def _alone(course: Course) -> Iterator[None]:
    """Let no other release run in this class."""
    lock = FileLock(stage(course, "release.lock"))
    try:
        with lock.acquire(timeout=0):
            yield
    except Timeout as error:
        msg = "Another `autograde release` is running in this class. Wait until it has ended, then run this again."
        raise ReleaseError(msg) from error


def exchange_note(course: Course) -> str:
    """Say why a set exchange is not used, "" if there is nothing to say."""
    has = course.config().Exchange.get("root", "")
    return "nbgrader's exchange does not work on Windows: hand out the zip." if has and sys.platform == "win32" else ""
