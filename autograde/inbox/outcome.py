"""What became of hand-ins."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from autograde.classes.roster import Student
from autograde.inbox.alike import Alike


@dataclass(frozen=True, kw_only=True)
class Taken:
    """A hand-in that was taken in.

    Attributes
    ----------
    sha256
        Of the original.
    current
        Whether it is the student's current one now; older ones are only kept.
    late
        How late in words, "" if in time; "cannot be told: …" where only the student's machine says a time in time.
    oddities
        One sentence each.
    """

    student: Student
    file: str
    handed_in_at: datetime
    sha256: str
    current: bool
    late: str = ""
    oddities: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Refused:
    """A hand-in that was set aside: why, where it lies, whose it is (None if that is not known).

    `kept` is False where it could not be put into quarantine: then `folder` is where it should be.
    """

    file: str
    reason: str
    folder: Path
    student: Student | None = None
    kept: bool = True


@dataclass(frozen=True, kw_only=True)
class IntakeReport:
    """What became of the hand-ins.

    Attributes
    ----------
    repeated
        Names of files that had been taken in before.
    missing
        Students of the roster who have nothing handed in now, by name.
    alike
        Equal written answers.
    passed
        What was passed over, one sentence each.
    run
        By what this take-in is known.
    """

    assignment: str
    taken: tuple[Taken, ...] = ()
    repeated: tuple[str, ...] = ()
    refused: tuple[Refused, ...] = ()
    missing: tuple[Student, ...] = ()
    alike: tuple[Alike, ...] = ()
    passed: tuple[str, ...] = ()
    run: str = ""
