"""Hand-ins that lie under the id of somebody whose they are not: taken in as theirs, until a tutor said whose they are."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from filecmp import cmp
from glob import escape
from pathlib import Path

from autograde.classes.folder import Course
from autograde.classes.served import ARRIVED, served_folder
from autograde.inbox.attempts import FOLDER, UNDONE, Attempt, Attempts, newest_of
from autograde.inbox.merged import merged_ids

MADE = {
    "autograded/{}": "{}/*",
    "feedback/{}": "{}/*",
    "feedback-replaced/{}": "{}-????????-??????.html",
    "served/given/{}": "{}/*",
}
"""Where what was made of a learner's hand-ins lies, by the id as folders have it → what of it is of a workbook, by its name."""


@dataclass(frozen=True, kw_only=True)
class Stray:
    """One of them.

    Attributes
    ----------
    learner, under
        Whose it is, and whose it was taken for, by the ids as the gradebook has them.
    assignment, sha256, answers_sha256
        The workbook's name for nbgrader; digests of the original and of the answers in it.
    files
        The original, as the class's service has it, too, and what was made or given there while it counted: notebook, pages, referral.
    """

    learner: str
    under: str
    assignment: str
    sha256: str
    answers_sha256: str
    files: tuple[Path, ...]


@dataclass(frozen=True, kw_only=True)
class _Said:
    """What holds of an original under an id."""

    learner: str
    attempt: Attempt
    path: Path

    @property
    def rank(self) -> tuple[bool, datetime]:
        """What the one whose it is has the highest of: it counts, and was said last; what was undone says nothing."""
        undone = self.attempt.set_aside.startswith(UNDONE)
        return not self.attempt.set_aside, datetime.min.replace(tzinfo=UTC) if undone else self.attempt.began


def strays(course: Course) -> tuple[Stray, ...]:
    """Give them all; ids that were merged are one person.

    Raises
    ------
    ClassError
        If what is known of the hand-ins cannot be read.
    """
    merged = merged_ids(course)
    found = []
    for attempts, name, said in _each(course):
        astray: dict[tuple[str, str], tuple[_Said, _Said]] = {}
        for one in (one for each in said.values() for one in each if one.attempt.set_aside):
            others = [
                other
                for other in said[one.attempt.sha256]
                if merged.get(other.learner, other.learner) != merged.get(one.learner, one.learner)
                and not other.attempt.sender.is_another(one.attempt.sender)
            ]
            last = max(others, key=lambda other: other.rank, default=one)
            if last.rank > one.rank:
                astray[one.learner, one.attempt.sha256] = one, last
        found += [
            Stray(
                learner=last.learner,
                under=one.learner,
                assignment=name,
                sha256=one.attempt.sha256,
                answers_sha256=one.attempt.answers_sha256,
                files=(one.path, *_at_service(course, one.path), *_made_of(course, name, attempts, one, astray)),
            )
            for one, last in astray.values()
        ]
    return tuple(found)


def owners(course: Course) -> dict[str, frozenset[str]]:
    """Give SHA-256 of an original → whose it is: those for whom it counts, else of whom that was said last; ClassError as in `strays`."""
    found = defaultdict[str, list[_Said]](list)
    for _, _, said in _each(course):
        for sha256, each in said.items():
            found[sha256] += each
    return {
        sha256: frozenset(one.learner for one in each if not one.attempt.set_aside)
        or frozenset(one.learner for one in each if one.rank == max(each, key=lambda one: one.rank).rank)
        for sha256, each in found.items()
    }


def _each(course: Course) -> Iterator[tuple[Attempts, str, dict[str, list[_Said]]]]:
    """Give of each workbook what is known of its hand-ins, its name, and SHA-256 of each original → what holds of it, under each id."""
    for folder in sorted(course.root.glob(f"received/*/{FOLDER}")):
        attempts, said = Attempts(course, folder.parent.name), defaultdict[str, list[_Said]](list)
        for learner in attempts.students():
            for attempt, path in attempts.of(learner):
                said[attempt.sha256].append(_Said(learner=learner, attempt=attempt, path=path))
        yield attempts, folder.parent.name, said


def _at_service(course: Course, original: Path) -> list[Path]:
    """Give where the class's service keeps the same file."""
    return [
        path
        for path in sorted((served_folder(course) / ARRIVED).glob("[!.]*.zip"))
        if path.is_file() and cmp(original, path, shallow=False)
    ]


def _made_of(
    course: Course, name: str, attempts: Attempts, stray: _Said, astray: Mapping[tuple[str, str], tuple[_Said, _Said]]
) -> list[Path]:
    """Give what was made of a stray: each file of its id and workbook that was written, or given, while it counted there."""
    held = [attempt for attempt, _ in attempts.of(stray.learner)]
    places = [f"{place.format(escape(stray.learner))}/{its.format(name)}" for place, its in MADE.items()]

    def counted(attempt: Attempt, at: datetime) -> bool:
        until = astray.get((stray.learner, attempt.sha256))
        return attempt.began <= at and (not attempt.set_aside or (until is not None and at < until[1].attempt.began))

    made = []
    for path in sorted(path for place in places for path in course.root.glob(place)):
        with suppress(OSError):
            at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            newest = newest_of([(replace(attempt, set_aside=""), None) for attempt in held if counted(attempt, at)])
            if newest and newest[0].sha256 == stray.attempt.sha256:
                made.append(path)
    return made
