"""What a student has handed in and counts now, in submitted/."""

import hashlib
import shutil
from pathlib import Path

from autograde.classes.folder import Course
from workbook_helpers.answers import MAX_BYTES, AnswerSheet, read_sheet
from workbook_helpers.files import is_one_name, read_file
from workbook_helpers.items import Workbook


def submissions(course: Course, assignment: str) -> list[str]:
    """Give the ids of the students who have handed in, in order; a folder whose name no gradebook may hold is nobody's."""
    folders = course.root.joinpath("submitted").glob(f"*/{assignment}")
    return sorted(folder.parent.name for folder in folders if folder.is_dir() and is_one_name(folder.parent.name))


def handed_in(course: Course, workbook: Workbook, student: str) -> tuple[bytes | AnswerSheet, str]:
    """Give the answers file of the current submission and its digest; where it cannot be used, the sheet that says why, and "".

    Raises
    ------
    OSError
        If the submission's folder is a link: then it is not this student's.
    """
    course.check_own("submitted", student, workbook.assignment)
    path = course.path("submitted", student, workbook.assignment) / "answers.json"
    try:
        raw = read_file(path, MAX_BYTES)
    except OSError:
        return read_sheet(path, workbook.items, workbook.id), ""
    return raw, hashlib.sha256(raw).hexdigest()


def keep_beside(folder: Path, target: Path) -> None:
    """Copy what nbgrader keeps beside a submission on its way: its time, and the secret by which feedback finds back."""
    for name in ("timestamp.txt", "submission_secret.txt"):
        if (folder / name).is_file() and not (folder / name).is_symlink():
            shutil.copyfile(folder / name, target / name)
