"""Each release of a workbook as it was given out, kept for good: what a student saw is shown as it was, whatever is edited later."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace

from autograde.classes.folder import Course
from autograde.classes.kept_releases import FILES, FOLDER, kept_releases
from autograde.errors import ClassError
from autograde.marking import Seen
from autograde.whole import remove
from workbook_helpers.answers import AnswerSheet, parse_sheet
from workbook_helpers.files import write_file
from workbook_helpers.items import Workbook


@dataclass(frozen=True, kw_only=True)
class Releases:
    """What can have lain before the students of a class.

    Attributes
    ----------
    now, name
        The workbook that is marked by, and its `Workbook.release`, which reads a file whenever it is asked for.
    given
        `Workbook.release` of what is given out at present; "" if nothing was.
    kept
        `Workbook.release` → the workbook, for every other release that can be read.
    several
        Whether more than one was ever given out.
    """

    now: Workbook
    name: str
    given: str = ""
    kept: Mapping[str, Workbook] = field(default_factory=dict)
    several: bool = False

    def seen(self, release: str) -> tuple[Workbook, str]:
        """Give the workbook that a hand-in with this `AnswerSheet.release` answers, and what has to be told of it, or ""."""
        found = self.kept.get(release or self.given, self.now)
        if release and release not in self.kept and release != self.name:
            return found, f"answers a release of the workbook that this class does not know ({release}): shown with the questions of now"
        if not release and self.several:
            return found, "does not say which release of the workbook it answers: shown with the questions of the newest release"
        return found, ""


def keep_release(course: Course, workbook: Workbook) -> str:
    """Keep what lies in release/ of a workbook, unless it is kept already; give its `Workbook.release`, "" if nothing lies there."""
    given = replace(workbook, folder=course.root / "release" / workbook.assignment)
    try:
        name = given.release
        folder = course.root / FOLDER / workbook.assignment / name
        if not (folder / FILES[-1]).is_file():
            folder.mkdir(parents=True, exist_ok=True)
            for file in FILES:
                inside = file.format(workbook.assignment)
                write_file(folder / inside, (given.folder / inside).read_bytes())
    except FileNotFoundError:
        return ""
    except OSError as error:
        why = f"({error.strerror}). See that you may write there and that its disk has room, then run this again."
        msg = f"The release cannot be kept in {course.root / FOLDER} {why}"
        raise ClassError(msg) from error
    return name


@contextmanager
def release_kept(course: Course, workbook: Workbook) -> Iterator[None]:
    """Keep what lies in release/ for what follows, as `keep_release` does; if that fails, nobody was given it, and it goes."""
    shelf = course.root / FOLDER / workbook.assignment
    before = set(shelf.glob("*"))
    try:
        keep_release(course, workbook)
        yield
    except BaseException:
        with suppress(OSError):
            for new in set(shelf.glob("*")) - before:
                remove(new)
            for folder in (shelf, shelf.parent):
                folder.rmdir()  # unless there is something else in it
        raise


def read_releases(course: Course, workbook: Workbook) -> Releases:
    """Read every kept release of a workbook; one that this program cannot read any more is left out."""
    given, now = keep_release(course, workbook), workbook.release
    found = kept_releases(course, workbook.assignment)
    kept = {name: release for name, release in found.items() if release and name != now}
    return Releases(now=workbook, name=now, given=given, kept=kept, several=len(found) > 1)


def read_seen(releases: Releases, answers: bytes | AnswerSheet) -> tuple[AnswerSheet, Seen, str]:
    """Read an answers file: as answers to the items of now, as what the student saw, and what has to be told of that, or ""."""
    now = releases.now
    if isinstance(answers, AnswerSheet):
        return answers, Seen(workbook=releases.seen("")[0], sheet=answers), ""
    sheet = parse_sheet(answers, now.items, now.id)
    saw, remark = releases.seen(sheet.release)
    seen = Seen(workbook=saw, sheet=sheet if saw is now else parse_sheet(answers, saw.items, now.id), known=not remark)
    return sheet, seen, "" if sheet.problem else remark
