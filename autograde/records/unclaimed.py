"""What lies in a class and is of nobody yet: hand-ins in quarantine, files that wait to be taken in; and which of them name a learner."""

import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from autograde.classes.folder import Course
from autograde.classes.roster import Roster, Student
from autograde.errors import BAD_ZIP, ClassError, UnusableError
from autograde.inbox.arrived import FOLDER as WAITING
from autograde.inbox.claims import read_manifest
from autograde.inbox.files.archive import MAX_UNPACKED, PLAIN
from autograde.inbox.files.arrivals import arrivals
from autograde.inbox.files.loose import pair
from autograde.inbox.files.mistaken import parts_of
from autograde.inbox.quarantine import REASON, held_in
from autograde.records.naming import ERASED_ONE, composed, folded, pattern, words_for
from autograde.records.strays import owners
from workbook_helpers.files import PART, read_file

MAX_BYTES = 1_000_000
TEXTS = frozenset({".csv", ".txt"})
"""Files that are no hand-ins and may name many, such as Moodle's grading worksheet."""


def named_alone(course: Course, learner: Student) -> tuple[Path, ...]:
    """Give the hand-ins in quarantine, and the files that wait, that name a learner and nobody else."""
    return tuple(path for path, others in _found(course, learner) if not others)


def shared_of(course: Course, learner: Student) -> tuple[Path, ...]:
    """Give those that name a learner and somebody else, too: whose they are, a person decides."""
    return tuple(path for path, others in _found(course, learner) if others)


def reasons_in(course: Course) -> tuple[Path, ...]:
    """Give the files that say why a hand-in is in quarantine."""
    return tuple(sorted(course.root.glob(f"quarantine/**/{REASON}")))


def told_in(reason: Path) -> str:
    """Give what such a file says of the hand-in, without what the program adds on its own, times and digests among it."""
    return _text(reason).partition("\nPut here: ")[0]


def manifests(where: Path) -> Iterator[str]:
    """Give whom a zip, or the zips in a folder, name as the learner."""
    for path in sorted(where.iterdir()) if where.is_dir() else [where]:
        if path.suffix.lower() == ".zip" and not path.is_symlink():
            with suppress(OSError, AttributeError, *BAD_ZIP), zipfile.ZipFile(path) as packed:
                for one in packed.infolist():
                    if one.filename.rpartition("/")[2] == "manifest.json" and one.file_size <= MAX_BYTES and one.compress_type in PLAIN:
                        yield str(json.loads(packed.read(one)).get("student", ""))


def _found(course: Course, learner: Student) -> Iterator[tuple[Path, bool]]:
    """Give what names a learner, each with whether it may be somebody else's, too."""
    is_about, known = _Names(Roster.of(course), learner), owners(course)
    for reason in reasons_in(course):
        held = held_in(reason.parent)
        owner = known.get(hashlib.sha256(_content(held[0])).hexdigest(), frozenset()) if held else frozenset()
        others = is_about.others(told_in(reason), manifests(reason.parent), [held[1].sender.name] if held else [], owner)
        if others is not None:
            yield reason.parent, others
    for batch in sorted((course.root / "received" / WAITING).glob("*/")):
        for files in _together(sorted(batch.iterdir())):
            others = is_about.others(*_said(files))
            if others is not None:
                yield from ((path, others) for path in files)


class _Names:
    """By what a learner is named, and by what the others of the class are."""

    def __init__(self, roster: Roster, learner: Student) -> None:
        rest = [one for one in roster.students if one.id != learner.id]
        self._roster, self._learner = roster, learner
        self._own = pattern(words_for(learner.shown, learner.name))
        self._others = pattern([ERASED_ONE, *(word for one in rest for word in words_for(one.shown, one.name))])
        self._ids = {folded(one.shown) for one in rest}

    def others(self, text: str, says: Iterable[str], senders: Iterable[str], owner: frozenset[str] = frozenset()) -> bool | None:
        """Whether something may be somebody else's, too; None where it does not name the learner.

        Parameters
        ----------
        text
            The words about it.
        says
            Whom its manifests name as the learner.
        senders
            Whom another system names as the sender, "" where it does not.
        owner
            Whose it is by what a take-in or a tutor said of the same file since.
        """
        told, ids = composed(text), {folded(one) for one in says}
        whose = [frozenset(one.id for one in self._roster.named(name)) for name in senders if name] + ([owner] if owner else [])
        own = any(self._learner.id in one for one in whose)
        if not (own or self._own.search(told) or folded(self._learner.shown) in ids):
            return None
        strange = any(self._learner.id not in one for one in whose) or len(owner) > 1
        return strange or self._others.search(told) is not None or not self._ids.isdisjoint(ids)


def _together(files: list[Path]) -> Iterator[list[Path]]:
    """Part the files of a batch: the loose ones of one hand-in belong together, any other file stands for itself."""
    by_name = {path.name: path for path in files}
    groups = pair(by_name, lambda name: _content(by_name[name]))
    yield from ([by_name[name] for name in group.values()] for group in groups)
    beside = {name for group in groups for name in group.values()}
    yield from ([path] for name, path in by_name.items() if name not in beside)


def _said(files: list[Path]) -> tuple[str, list[str], list[str]]:
    """Give what files say of whose they are: their names and the text of lists, the ids in manifests, and the senders.

    What was cut off while it came says no more than its name.
    """
    text, says, senders = [path.name.removeprefix(PART) for path in files], list[str](), list[str]()
    text += [_text(path) for path in files if path.suffix.lower() in TEXTS]
    with suppress(ClassError):  # what was taken in at this moment is here no more
        for one in arrivals([path for path in files if not path.name.startswith(PART)]):
            text.append(one.name)
            senders.append(one.sender.name)
            with suppress(UnusableError):
                says.append(str(read_manifest(parts_of(one.data))[0].get("student", "")))
    return "\n".join(text), says, senders


def _content(path: Path) -> bytes:
    try:
        return read_file(path, MAX_UNPACKED)
    except OSError:
        return b""


def _text(path: Path) -> str:
    try:
        return read_file(path, MAX_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""
