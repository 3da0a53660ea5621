"""What was set aside and waits for a tutor: why each cannot be used, whose it may be, and what to ask the learner for."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from autograde.classes.folder import Course
from autograde.classes.roster import Roster, Student
from autograde.errors import ClassError
from autograde.inbox.quarantine import DONE, REASON, held_in
from autograde.text import aware, in_words, printable
from workbook_helpers.files import is_one_name, read_file

MAX_BYTES = 200_000
SAYS = (
    (r"it is (an? [A-Z]?[\w ]+), not a hand-in", "What I have is {0}."),
    (r"is damaged|is not a zip|not complete|cannot be read", "The file is damaged, or it did not arrive whole."),
    (r"there is no answers\.json", "Your answers are not in it."),
    (r"it is a hand-in to ", "It belongs to another workbook."),
    (r"more than [\d.,]+ MB|would unpack to", "The file is too large."),
    (r"password", "The file is locked with a password."),
    (r"no saved answer is the same in both|is named by|handed in for|says it came from|but names", "I cannot tell whose it is."),
    (
        r"not on the roster|names no (?:learner|student)|names nobody",
        "I cannot tell whose it is: the learner ID in it is not one that I know.",
    ),
)
"""How a reason reads → what the learner is told; never more, since a reason may name other learners."""


@dataclass(frozen=True, kw_only=True)
class Aside:
    """A hand-in that was set aside.

    Attributes
    ----------
    folder
        The name of its folder in quarantine/, by which it is known.
    file
        What its file was called.
    reason
        Why it cannot be used, for the tutor.
    workbook
        The workbook's name, "" where that is not known.
    sender
        Who sent it, as Moodle or Canvas says; "" where they say nothing.
    since
        When it came, in UTC.
    learner
        Whose it is, as far as that is known; None where it is not.
    """

    folder: str
    file: str
    reason: str
    workbook: str
    sender: str
    since: datetime
    learner: Student | None


def set_aside(course: Course, *, done: bool = False) -> tuple[Aside, ...]:
    """Give what was set aside, the oldest first; `done`: what a tutor has dealt with, in place of what waits."""
    paths = places(course, done=done)
    roster = Roster.of(course) if paths else None
    return tuple(_read(path, roster) for path in paths)


def places(course: Course, *, done: bool = False) -> list[Path]:
    """Give the folders of what was set aside, the oldest first."""
    root = course.root / "quarantine" / DONE if done else course.root / "quarantine"
    return sorted(path.parent for path in root.glob(f"*/{REASON}") if path.parent.name != DONE)


def put_away(course: Course, folder: str) -> Aside:
    """Note that a hand-in which was set aside has been dealt with; nothing is deleted.

    Raises
    ------
    ClassError
        If nothing of that name lies there, or it cannot be moved.
    """
    return _move(course, folder, done=True)


def bring_back(course: Course, folder: str) -> Aside:
    """Have a hand-in wait again that a tutor had dealt with."""
    return _move(course, folder, done=False)


def ask_again(course: Course, aside: Aside, title: str, due: datetime | None = None) -> str:
    """Give a message that asks a learner for the hand-in again, to be copied."""
    words, link = course.hand_in()
    name = aside.learner.first_name or aside.learner.name if aside.learner else ""
    why = next((said.format(*found.groups()) for form, said in SAYS if (found := re.search(form, aside.reason))), "")
    late = f"Please do this by {in_words(due)}." if due and due > datetime.now(UTC) else "Please do this soon."
    lines = [
        f"Hello {name}," if name else "Hello,",
        "",
        f"I have your file for “{title}”, but I cannot use it. {why}".rstrip(),
        "",
        "Please open the workbook again where you answered it. Your answers are still there. Go to the end, choose “Hand in”, "
        "and save the file. Hand in just that file; do not open or change it first.",
        *([f"{words} {link}".strip()] if words or link else []),
        late,
        "",
        "Thank you",
    ]
    return "\n".join(lines)


def _move(course: Course, folder: str, *, done: bool) -> Aside:
    root = course.root / "quarantine"
    places = [root / folder, root / DONE / folder]
    source, target = places if done else reversed(places)
    if folder == DONE or not is_one_name(folder) or not (source / REASON).is_file():
        msg = f"{printable(folder, 100)} does not wait here any more. It was put right or put away meanwhile."
        raise ClassError(msg)
    try:
        target.parent.mkdir(exist_ok=True)
        source.rename(target)
    except OSError as error:
        msg = f"{folder} cannot be moved ({error.strerror}). Close other programs that have it open, then try again."
        raise ClassError(msg) from error
    return _read(target, Roster.of(course))


def _read(path: Path, roster: Roster | None) -> Aside:
    try:
        text = read_file(path / REASON, MAX_BYTES).decode("utf-8", "replace")
    except OSError:
        text = ""
    said = {name: found[1] for name in ("What is wrong", "File", "Student", "From") if (found := re.search(rf"^{name}: (.*)$", text, re.M))}
    held = held_in(path)
    learner = re.fullmatch(r".*\((.*)\)", said.get("Student", ""))
    put = re.match(r"(\d{8}-\d{6})-", path.name)
    since = datetime.strptime(put[1], "%Y%m%d-%H%M%S").replace(tzinfo=UTC) if put else datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return Aside(
        folder=path.name,
        file=printable(said.get("File", path.name), 300),
        reason=said.get("What is wrong", "nothing says why"),
        workbook=held[1].assignment if held else "",
        sender=said.get("From", ""),
        since=aware(since),
        learner=roster.find(learner[1]) if roster and learner else None,
    )
