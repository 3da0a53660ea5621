"""What a rebuilt notebook carries of its marking, for nbgrader's own command, which takes it from there."""

import json
from collections.abc import Mapping
from typing import Any

from autograde.classes.folder import Course
from autograde.gradebook.entries import Source
from autograde.gradebook.rows import Rows
from autograde.marking import Mark, Status
from autograde.run.work import Work, assess, load_content, work_of


def assess_submitted(course: Course, assignment: str, student: str) -> dict[str, Any]:
    """Give the marker's notebook for what a student has handed in, for nbgrader's own command."""
    content = load_content(course, assignment)
    with Rows(course.db_url, assignment, course.course_id) as rows:
        held = rows.held(student)
    work = work_of(course, content, student, held)
    notebook: dict[str, Any] = json.loads(assess(content, work).notebook)
    return notebook


def marks_in(notebook: Mapping[str, Any]) -> dict[str, Mark]:
    """Give place → mark for the marks that a rebuilt notebook carries in its cells' metadata, in order."""
    held = [cell["metadata"].get("workbook", {}).get("mark") for cell in notebook["cells"]]
    return {mark["item"]: Mark(**{**mark, "status": Status(mark["status"])}) for mark in held if mark}


def origin_in(notebook: Mapping[str, Any]) -> Source:
    """Give what a rebuilt notebook says that it is made from."""
    return Work(student="", answers=b"", source=dict(notebook["metadata"]["workbook"]["source"])).origin
