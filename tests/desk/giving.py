"""A class whose hand-ins came by Moodle, marked, with names as people have them; and the worksheet that Moodle gives for it."""

import csv
import io
from pathlib import Path

from autograde.classes.folder import Course
from autograde.classes.new import new_course
from autograde.classes.roster import import_roster
from autograde.inbox.intake import intake
from autograde.outbox.release import release
from autograde.run.mark import mark_class
from tests.desk.conftest import EVIL, LATE
from tests.tutor.conftest import ASSIGNMENT, Kit

LEARNERS = 25
HEADER = (
    "Identifier",
    "Full name",
    "Email address",
    "Status",
    "Grade",
    "Maximum grade",
    "Grade can be changed",
    "Last modified (submission)",
    "Last modified (grade)",
    "Feedback comments",
)
NAMES = {
    1: ("Siân", "Ŵyn_Jones"),
    2: ("Ben", '"O\'Brien, Jr"'),
    3: ("=HYPERLINK(1)", "Cole"),
    4: ("Eve", f'"{EVIL}"'),
    5: ("~Tilde", ".Dot"),
}
WEEKDAY = "Thursday, 19 November 2026, 4:58 PM"


def person(n: int) -> tuple[str, str, str]:
    """Give id, first and last name of a learner as the roster's file has them."""
    first, last = NAMES.get(n, (f"First{n:02}", f"Last{n:02}"))
    return (f"l{n:02}", first, last)


def make_class(folder: Path, learners: int = LEARNERS) -> Course:
    """Make a class to which Moodle's participants 101, 102 … belong; all have handed in and all is marked, by a person, too."""
    kit = Kit()
    course = new_course(folder / "class", name="Care level 2")
    rows = [",".join((*person(n), f"l{n:02}@example.org" if n % 2 else "")) for n in range(1, learners + 1)]
    (folder / "roster.csv").write_text("id,first name,last name,email\n" + "\n".join(rows) + "\n", "utf-8")
    import_roster(course, folder / "roster.csv")
    release(course, "w01", due=LATE)
    download = {}
    for n in range(1, learners + 1):
        answers = {"q01": "a" if n % 3 else "b", "t01": f"Because {n}.", "declaration": True}
        hand_in = kit.hand_in(f"l{n:02}", LATE.isoformat(), **answers)
        download[f"Participant_{100 + n}_assignsubmission_file/hand-in.zip"] = hand_in
    (folder / "care-w01-77.zip").write_bytes(kit.zipped(download))
    report = intake(course, [folder / "care-w01-77.zip"], "w01")
    assert len(report.taken) == learners
    list(mark_class(course, ASSIGNMENT))
    with course.gradebook() as gradebook:
        for n in range(1, learners + 1):
            give_points(gradebook, f"l{n:02}", 5, f"Good, l{n:02}.\nMore & <b>bold</b> next time." if n % 2 else "")
        gradebook.db.commit()
    return course


def give_points(gradebook: object, learner: str, points: float, comment: str = "") -> None:
    """Give points for the written answer, as formgrader does."""
    grade = gradebook.find_grade("w01-t01", ASSIGNMENT, ASSIGNMENT, learner)  # type: ignore[attr-defined]
    grade.manual_score, grade.needs_manual_grade = points, False
    if comment:
        gradebook.find_comment("w01-t01", ASSIGNMENT, ASSIGNMENT, learner).manual_comment = comment  # type: ignore[attr-defined]


def worksheet(learners: int = LEARNERS, *, most: str = "12.00", end: str = "\r\n", separator: str = ",", locked: int = 0) -> str:
    """Give the worksheet as Moodle writes it; one participant more than the class has."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator=end, delimiter=separator)
    writer.writerow(HEADER)
    for n in range(1, learners + 2):
        _, first, last = person(n)
        can = "No" if n == locked else "Yes"
        row = [
            f"Participant {100 + n}",
            f"{first} {last}",
            f"l{n:02}@example.org",
            "Submitted for grading",
            "",
            most,
            can,
            WEEKDAY,
            "-",
            "",
        ]
        writer.writerow(row)
    return text.getvalue()
