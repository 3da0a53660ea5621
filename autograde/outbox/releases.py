"""Each release of a workbook as it was given out, kept for good: what a student saw is shown as it was, whatever is edited later."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property

from autograde.classes.folder import Course
from autograde.classes.kept_releases import FILES, FOLDER, kept_releases
from autograde.errors import ClassError
from autograde.marking import Seen, wording
from autograde.text import aware
from autograde.whole import remove
from workbook_helpers.answers import AnswerSheet, parse_sheet
from workbook_helpers.files import write_file
from workbook_helpers.items import Item, Purpose, Workbook


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
    since
        `Workbook.release` → when it was first given out, for each that was.
    """

    now: Workbook
    name: str
    given: str = ""
    kept: Mapping[str, Workbook] = field(default_factory=dict)
    several: bool = False
    since: Mapping[str, datetime] = field(default_factory=dict)

    def known(self, release: str) -> Workbook | None:
        """Give the workbook with this `Workbook.release`; None for one that this class does not know."""
        return self.now if release == self.name else self.kept.get(release)

    @cached_property
    def reworded(self) -> Mapping[str, Mapping[str, datetime]]:
        """`Workbook.release` → marked question → since when it is asked as it is there, where it was asked in other words before."""
        found: dict[str, dict[str, datetime]] = {}
        first: dict[str, dict[str, datetime]] = {}
        for release, when in sorted(self.since.items(), key=lambda pair: pair[1]):
            items = book.assessed() if (book := self.known(release)) else ()
            for item in items:
                asked = first.setdefault(item.id, {})
                began = asked.setdefault(wording(item), when)
                if began != min(asked.values()):
                    found.setdefault(release, {})[item.id] = began
        return found

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
    place = course.root / FOLDER / workbook.assignment
    since = {name: datetime.fromtimestamp((place / name / FILES[-1]).stat().st_mtime, UTC) for name in found}
    return Releases(now=workbook, name=now, given=given, kept=kept, several=len(found) > 1, since=since)


def read_seen(releases: Releases, answers: bytes | AnswerSheet) -> tuple[AnswerSheet, Seen, str]:
    """Read an answers file: as answers to the items of now, as what the student saw, and what has to be told of that, or "".

    A copy keeps its answers when the workbook is given out again, so each one says to which release it was given. One that
    does not, or names a release that the class does not know, is to the release of the hand-in, unless it is older than that.
    """
    now = releases.now
    if isinstance(answers, AnswerSheet):
        return answers, Seen(workbook=releases.seen("")[0], sheet=answers), ""
    sheet = parse_sheet(answers, now.items, now.id)
    saw, remark = releases.seen(sheet.release)
    read = sheet if saw is now else parse_sheet(answers, saw.items, now.id)
    others, unsure = _others(releases, saw, read), _unsure(releases, saw, read, known=not remark)
    if others:
        read = parse_sheet(answers, {**saw.items, **others}, now.id)
    return sheet, Seen(workbook=saw, sheet=read, others=others, unsure=unsure), "" if sheet.problem else remark


def _others(releases: Releases, saw: Workbook, sheet: AnswerSheet) -> dict[str, Item]:
    """Give the marked questions that were answered in another release than `saw`, in other words, as they stood there."""
    found = {}
    for name, release in sheet.releases.items():
        book, item = releases.known(release), saw.items[name]
        was = book.items.get(name) if book and book is not saw else None
        if was and {was.purpose, item.purpose} == {Purpose.ASSESSED} and wording(was) != wording(item):
            found[name] = was
    return found


def _unsure(releases: Releases, saw: Workbook, sheet: AnswerSheet, *, known: bool) -> frozenset[str]:
    """Give the marked questions of which it is not known whether they were answered as they stand in `saw`.

    Where no release is named, the times have to do: an answer from before its question was asked like this may be one to the
    question before. Whose clock was wrong cannot be told, and a class that was copied may have new times; so a person decides.
    """
    named = {name for name, release in sheet.releases.items() if releases.known(release)}
    if not known:
        return frozenset(item.id for item in saw.assessed()) - named
    reworded = releases.reworded.get(sheet.release or releases.given, {}) if releases.several else {}
    answered = {*sheet.answers, *sheet.unreadable} & reworded.keys() - named
    return frozenset(name for name in answered if _is_before(sheet, name, reworded[name]))


def _is_before(sheet: AnswerSheet, name: str, when: datetime) -> bool:
    """Whether an answer may have been saved before a time."""
    saved = sheet.answers[name].saved_at if name in sheet.answers else ""
    return not saved or aware(datetime.fromisoformat(saved)) < when
