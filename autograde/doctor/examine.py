"""Look at everything, whatever of it fails: one result after the other."""

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from autograde.classes.college import College, read_college
from autograde.classes.folder import Course, find_course
from autograde.classes.own_keys import class_guides
from autograde.doctor.finding import Finding, Looked, looked
from autograde.doctor.gradebook import gradebook
from autograde.doctor.places import clock, left, space
from autograde.doctor.programs import programs
from autograde.doctor.rights import exchange, rights
from autograde.doctor.serving import hub, service
from autograde.errors import ClassError
from autograde.text import count
from workbook_helpers.errors import WorkbookError

COURSES = "WORKBOOK_COURSES"
STATE = "WORKBOOK_STATE"


def courses_file() -> Path:
    """Give where a college's list of courses lies, if this machine serves one."""
    return Path(os.environ.get(COURSES, "/etc/workbook/courses.toml"))


def examine_machine() -> Iterator[Looked]:
    """Look at what all classes of this machine share: programs, and a college's hub where there is one."""
    yield programs()
    if courses_file().is_file():
        try:
            yield hub(read_college(courses_file()), Path(os.environ.get(STATE, "/var/lib/workbook-hub")))
        except ClassError as error:
            yield looked("hub", str(courses_file()), [Finding(text=str(error))])


def college_here() -> College | None:
    """Give the college that this machine serves; None for none, or one whose list cannot be read."""
    try:
        return read_college(courses_file()) if courses_file().is_file() else None
    except ClassError:
        return None


def examine_class(folder: Path, *, shared: bool = False) -> Iterator[Looked]:
    """Look at the class that a folder lies in.

    Parameters
    ----------
    shared
        Whether others have accounts on this computer; a class with an exchange is always on such a one.
    """
    settings = _settings(folder)
    yield settings
    if settings.findings:  # what is in there is not to be believed, or cannot be known
        return
    course = find_course(folder)
    shared = shared or course.exchange is not None
    checks: tuple[tuple[str, Callable[[Course], Looked]], ...] = (
        ("gradebook", gradebook),
        ("disk space", space),
        ("clock", clock),
        ("exchange", exchange),
        ("permissions", partial(rights, shared=shared)),
        ("left-overs", left),
        ("keys", keys),
        ("service", service),
    )
    for at, check in checks:
        try:
            yield check(course)
        except OSError as error:
            where = error.filename or course.root
            yield looked(
                at, "", [Finding(text=f"{where} cannot be looked at ({error.strerror}). See that it is there and you may read it.")]
            )


def keys(course: Course) -> Looked:
    """See that each workbook of the class has what it is marked by."""
    workbooks, findings = course.assignments(), list[Finding]()
    for name in workbooks:
        try:
            class_guides(course, course.workbook(name))
        except WorkbookError as error:
            findings.append(Finding(text=str(error)))
    return looked("keys", f"of {count(len(workbooks), 'workbook')}", findings)


def _settings(folder: Path) -> Looked:
    try:
        course = find_course(folder)
        course.db_url, course.hand_in(), course.site(), course.closed(), course.attempts()  # each raises where it is wrong
        watched = course.watched()
    except ClassError as error:
        return looked("settings", str(folder), [Finding(text=str(error))])
    gone = f"{watched}, whose new files the desk takes in, is not there. Connect its disk, or choose another one on the page Take in."
    return looked("settings", str(course.root), [Finding(text=gone)] if watched and not watched.is_dir() else [])
