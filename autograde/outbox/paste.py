"""What a tutor puts before learners beside the workbook itself: a text for Moodle or a mail, and the site as one file."""

import io
import zipfile
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from autograde.classes.folder import Course
from autograde.errors import ClassError
from autograde.text import in_words
from workbook_helpers.items import load_workbook

SITE = "site"


def text_for_learners(course: Course, assignment: str, due: datetime | None) -> str:
    """Give a text that says what the workbook is, until when it is to be handed in, and how; plain, to be pasted anywhere.

    Parameters
    ----------
    assignment
        A workbook that was given out.
    due
        Until when, in UTC; None for no date.
    """
    about = load_workbook(course.root / "release" / assignment).about
    words, link = course.hand_in()
    site = course.site()
    page = f"{site}{quote(assignment)}.html" if site else ""
    begin = f"Open this page: {page}" if page else f"Download the file {assignment}.html and open it. It opens in your web browser."
    hand_in = f"{words} {link}".strip() or "Give that file to your tutor, or upload it where your tutor told you."
    steps = [
        f"{begin} You need nothing else.",
        "Read, and answer the questions. Your answers are kept in the browser of this device, so go on with the same one. "
        "You can stop at any time.",
        "At the end, type your learner ID and choose “Hand in”. Save the file that you are given.",
        hand_in,
    ]
    until = f"Hand it in by {in_words(due)} (UK time)." if due else ""
    lines = [
        about.title,
        "",
        *([until] if until else []),
        f"It takes about {about.takes}.",
        "",
        *(f"{number}. {step}" for number, step in enumerate(steps, 1)),
        "",
        "You can change your answers and hand in again: the newest counts. If something does not work, tell your tutor.",
    ]
    return "\n".join(lines)


def site_zip(course: Course) -> bytes:
    """Give the site with every workbook that was given out, as a zip.

    Raises
    ------
    ClassError
        If there is none yet.
    """
    folder = course.root / "handout" / SITE
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    if not files:
        msg = "There is no site yet: give out a workbook first."
        raise ClassError(msg)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive:
        for path in files:
            archive.write(path, path.relative_to(folder).as_posix())
    return packed.getvalue()


def handed_out(course: Course, assignment: str, ending: str) -> tuple[str, bytes]:
    """Give the name and the bytes of a workbook as learners get it: "html" for the file, "zip" for those who have Jupyter.

    Raises
    ------
    ClassError
        If it was not given out.
    """
    name = f"{course.assignment(assignment)}.{ending}"
    path: Path = course.root / "handout" / name
    try:
        return name, path.read_bytes()
    except OSError as error:
        msg = f"{assignment} has no file for learners: give it out first."
        raise ClassError(msg) from error
