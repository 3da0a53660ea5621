"""Keep the folder from which a class is served as the class is: its learners, the workbooks given out, and what was given back to whom.

Only what a student may have goes in: releases, the site made from them, and each learner's own pages and referrals. A page is there as it
was when it was given back, whatever is made anew later; it goes when the tutor says that it was not given after all.
"""

import filecmp
import json
import os
import shutil
import tomllib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import tomlkit

from autograde.classes.class_name import class_name
from autograde.classes.folder import Course
from autograde.classes.ids import shown
from autograde.classes.served import FILE, FOLDER, is_served, join_code, new_code, served_folder, writing
from autograde.errors import ClassError
from autograde.gradebook.givings import Giving, last_given, read_givings
from autograde.gradebook.learners import Learner, read_learners
from autograde.gradebook.left import who_left
from autograde.gradebook.platform_people import hub_names
from autograde.inbox.merged import with_merged
from autograde.outbox.giving import PAGES
from autograde.outbox.handout import given_out
from autograde.outbox.pages import fits, made_from, page_given
from autograde.records.referrals import Referral, State, referrals_of, sent
from autograde.text import count
from autograde.whole import mend, remove, stage, swapped
from workbook_helpers.errors import ContentError
from workbook_helpers.files import read_file, write_file
from workbook_helpers.referral import FILE as REFERRAL
from workbook_helpers.web import write_site

SCHEMA = 1
MAX_BYTES = 20_000_000
FEEDBACK = "feedback.html"


def serve_anew(course: Course) -> tuple[str, ...]:
    """Make the folder of a class, or bring it up to date, the site included; give what has to be told, one sentence each.

    Raises
    ------
    ClassError
        If it cannot be written, or the gradebook cannot be read.
    """
    served_folder(course).mkdir(mode=0o700, exist_ok=True)  # it names the learners, and holds their answers
    return _write(course, site=True)


def keep_served(course: Course) -> tuple[str, ...]:
    """Bring the folder up to date where the class has one; see `serve_anew`."""
    return _write(course, site=False) if is_served(course) else ()


def _write(course: Course, *, site: bool) -> tuple[str, ...]:
    folder = served_folder(course)
    with _explaining(folder), writing(course):
        away = who_left(course)
        learners = [one for one in read_learners(course.db_url, course.course_id) if one.id not in away]
        released = _releases(course, folder / "releases")
        faults = _site(course, folder / "site") if site or released or not (folder / "site").is_dir() else ()
        told = _given(course, folder / "given", {one.id for one in learners})
        _about(course, folder, learners)  # last: who is let in by it finds the rest
    return (*faults, *told)


def _about(course: Course, folder: Path, learners: Iterable[Learner]) -> None:
    hubs, rows = with_merged(course, hub_names(course)), []
    for one in learners:
        name = f"{one.first_name} {one.last_name}".strip() or shown(one.id)
        hub = {"hub": hubs[one.id]} if one.id in hubs else {}
        rows.append({"id": shown(one.id), "name": name, "folder": one.id, **hub})
    code = join_code(course) or new_code()
    about = {"schema": SCHEMA, "class_id": course.course_id, "name": class_name(course), "join_code": code, "learners": rows}
    with suppress(OSError, ValueError):
        if tomllib.loads(read_file(folder / FILE, MAX_BYTES).decode()) == about:
            return
    write_file(folder / FILE, tomlkit.dumps(about).encode(), mode=0o600)


def _releases(course: Course, target: Path) -> bool:
    """Copy each release that is another one than lies there; whether there was any."""
    changed = False
    for release in sorted(path.parent for path in course.root.glob("release/*/workbook.toml")):
        made, place = stage(course, FOLDER, release.name), target / release.name
        mend(made, place)
        if _same(release, place):
            continue
        shutil.copytree(release, made, ignore=shutil.ignore_patterns(".*"))
        with swapped(made, place):
            changed = True
    return changed


def _same(one: Path, other: Path) -> bool:
    """Whether two folders hold the same files, by their names, sizes and times (`copytree` keeps these)."""
    files = [
        {path.relative_to(folder) for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")}
        for folder in (one, other)
    ]
    return files[0] == files[1] and all(filecmp.cmp(one / name, other / name) for name in files[0])


def _site(course: Course, target: Path) -> tuple[str, ...]:
    workbooks, left_out = given_out(course)
    write_site(workbooks, target, served=True)
    return left_out


def _given(course: Course, root: Path, learners: set[str]) -> tuple[str, ...]:
    """Put each learner's own pages and referrals in place, and take away what is theirs no more; say what cannot be shown."""
    released = {path.parent.name for path in course.root.glob("release/*/workbook.toml")}
    wanted: dict[Path, None] = {}
    told, remade = [], 0
    for (learner, assignment), (giving, digest) in _givings(course).items():
        if learner in learners and assignment in released:
            place = root / learner / assignment / FEEDBACK
            wanted[place] = None
            remade += not _page(course, place, learner, assignment, giving, digest)
    for one in _referrals(course):
        if one.learner in learners and one.assignment in released:
            place = root / one.learner / one.assignment / REFERRAL
            wanted[place] = None
            try:
                _referral(course, place, one)
            except (ClassError, ContentError) as error:
                told.append(f"A referral of {shown(one.learner)} cannot be shown to them: {error}")
    for path in sorted(root.glob("*/*/*"), reverse=True):
        if path not in wanted:
            remove(path)
    for folder in (*root.glob("*/*"), *root.glob("*")):
        with suppress(OSError):
            folder.rmdir()  # unless something is in it
    if remade:
        were = ("page was made anew since it was", "pages were made anew since they were")
        told.append(f"{count(remade, *were)} given back: give back again what learners are to see.")
    return tuple(told)


def _givings(course: Course) -> dict[tuple[str, str], tuple[Giving, str]]:
    """Give (learner, workbook) → the newest giving of a page that was not taken back, and the digest of the page."""
    by_workbook: dict[str, list[Giving]] = {}
    for giving in read_givings(course.db_url, course.course_id, ""):
        if giving.way in PAGES:
            by_workbook.setdefault(giving.assignment, []).append(giving)
    return {(learner, name): found for name, its in by_workbook.items() for learner, found in last_given(its).items()}


def _page(course: Course, place: Path, learner: str, assignment: str, giving: Giving, digest: str) -> bool:
    """Put a page in place as it was given back; whether what is there is that page. The copy carries the time of its giving."""
    at = int(giving.at.timestamp() * 1_000_000) * 1_000
    with suppress(OSError):
        if place.stat().st_mtime_ns == at:
            return True
    if source := page_given(course, learner, giving):
        content = read_file(source, MAX_BYTES)
        place.parent.mkdir(parents=True, exist_ok=True)
        write_file(place, content)
        os.utime(place, ns=(at, at))
        return True
    return fits(made_from(place), digest, closed=True)


def _referrals(course: Course) -> tuple[Referral, ...]:
    """Give for each learner and workbook the referral of the newest attempt that holds, or was answered."""
    found: dict[tuple[str, str], Referral] = {}
    for one in referrals_of(course):
        before = found.get((one.learner, one.assignment))
        if one.state in (State.OPEN, State.ANSWERED) and (before is None or before.attempt < one.attempt):
            found[one.learner, one.assignment] = one
    return tuple(found.values())


def _referral(course: Course, place: Path, one: Referral) -> None:
    with suppress(OSError, ValueError, TypeError, KeyError):
        if json.loads(read_file(place, MAX_BYTES))["id"] == one.id:  # one of that id never changes
            return
    content = json.dumps(sent(course, one).public(), ensure_ascii=False).encode("utf-8", "backslashreplace")
    place.parent.mkdir(parents=True, exist_ok=True)
    write_file(place, content)


@contextmanager
def _explaining(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        msg = (
            f"What learners see is not up to date: {error.filename or folder} cannot be written ({error.strerror}). "
            "See that the disk has room and you may write there; it is done again with the next change."
        )
        raise ClassError(msg) from error
