"""Erase a learner: rows, files and words, all or nothing. What is kept are points under a pseudonym that leads to nobody.

A plan is written down first. From then on the erasure is done to its end, by this run or, where it is killed, by the next command
(`finish`): each step can be done again. Before that, nothing is changed.
"""

import json
import secrets
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy import bindparam, delete, func, insert, select, update

from autograde.classes.backups import throw_brought_away
from autograde.classes.folder import Course
from autograde.classes.ids import shown
from autograde.classes.learner_changes import find
from autograde.classes.roster import Roster, Student
from autograde.classes.service_rows import TITLE, check_service, count_kept, forget
from autograde.errors import ClassError
from autograde.gradebook import log, own_tables, tables
from autograde.gradebook.address import sqlite_file
from autograde.gradebook.cells import GRADE, Grade
from autograde.gradebook.database import Database, let_go, rewrite
from autograde.gradebook.sealed import TABLES, seal
from autograde.gradebook.sealed_marks import seal_gone
from autograde.gradebook.who import who
from autograde.inbox.attempts import FOLDER as ATTEMPTS
from autograde.inbox.files.senders import NOBODY
from autograde.inbox.merge import finish as finish_merges
from autograde.inbox.merged import merges
from autograde.inbox.store import taking_in
from autograde.inbox.take_ins import FOLDER as TAKE_INS
from autograde.inbox.watched import forget_names
from autograde.records.copies import copies_with, exports_with, moved_from, written_in
from autograde.records.holdings import files_of, handed_to_service, marked_from, parts_of, rows_of
from autograde.records.mentions import mentions_in
from autograde.records.naming import ERASED_ONE, says, without, words_for
from autograde.records.opening import reading, writing
from autograde.records.strays import strays
from autograde.records.unclaimed import reasons_in, shared_of, told_in
from autograde.whole import ERASING, alone, remove, stage
from workbook_helpers.files import read_file, write_file

MAX_BYTES = 50_000_000
_MARKS = (
    select(tables.assignment.c.name.label("assignment"), tables.base_cell.c.name.label("cell"), tables.grade_cells.c.max_score, *GRADE)
    .select_from(tables.submitted_assignment)
    .join(tables.assignment, tables.assignment.c.id == tables.submitted_assignment.c.assignment_id)
    .join(tables.submitted_notebook, tables.submitted_notebook.c.assignment_id == tables.submitted_assignment.c.id)
    .join(tables.grade, tables.grade.c.notebook_id == tables.submitted_notebook.c.id)
    .join(tables.base_cell, tables.base_cell.c.id == tables.grade.c.cell_id)
    .join(tables.grade_cells, tables.grade_cells.c.id == tables.grade.c.cell_id)
    .where(tables.submitted_assignment.c.student_id == bindparam("learner"))
)


@dataclass(frozen=True, kw_only=True)
class Erasure:
    """What an erasure takes away, or has taken.

    Attributes
    ----------
    rows
        What people call the rows of a table → how many.
    files
        Files and folders, below the class's folder.
    entries
        How many entries of the log lose their words.
    points
        How many points are kept, under a pseudonym.
    copies
        Backups, and exports in the class's folder, that hold the learner still: they are not changed.
    others
        Other ids of the same person, by merges: what lies under them stays.
    shared
        Hand-ins in quarantine, and files that wait to be taken in, below the class's folder, that name somebody else, too: they stay, and
        what is noted of them loses the words about the learner.
    mentions
        Comments and records of others that name the learner: they stay.
    moved
        Backups and packed classes that are not where they were written, or cannot be looked at there.
    marked
        Workbooks and other ids whose marks and comments were given for a hand-in of the learner, before it was assigned: they stay.
    servers
        Addresses of database servers on which the gradebook was before.
    outside
        What is to be said of all that this program cannot reach.
    """

    outside: ClassVar[str] = (
        "What lies outside of the class is yours to delete: backups elsewhere, files that were downloaded or sent, the exchange."
    )

    learner: Student
    rows: Mapping[str, int]
    files: tuple[str, ...]
    entries: int
    points: int
    copies: tuple[Path, ...]
    others: tuple[str, ...]
    shared: tuple[str, ...]
    mentions: tuple[str, ...]
    moved: tuple[Path, ...]
    marked: tuple[str, ...]
    servers: tuple[str, ...]

    @property
    def to_decide(self) -> tuple[str, ...]:
        """What people have to decide themselves, in sentences."""
        return (
            *(f"{one} is another id of this person, by a merge: what lies under it stays. Erase it, too." for one in self.others),
            *(
                f"{one} names this learner, too: decide yourself. It stays; what is noted of it loses the words about them."
                for one in self.shared
            ),
            *(f"{one} names this learner: look at it, and change the words if they are about them. It stays." for one in self.mentions),
            *(f"The marks and comments of {one} were given for a hand-in of this learner: look at them. They stay." for one in self.marked),
            *(f"{text} is not there now, or cannot be looked at: the learner may be in it still." for text in self._moved()),
            *(f"The gradebook was on {one} before: what lies there still is yours to delete." for one in self.servers),
        )

    def _moved(self) -> Iterator[str]:
        """Name the files that are not where they were written; of several in one folder how many they are."""
        folders = Counter(path.parent for path in self.moved)
        for path in self.moved:
            if (number := folders.pop(path.parent, 0)) == 1:
                yield f"{path}, a copy of the class,"
            elif number:
                yield f"What was written to {path.parent}, {number} copies of the class,"


def plan(course: Course, learner: str) -> Erasure:
    """Say what an erasure would take away; nothing is changed.

    Raises
    ------
    ClassError
        If nobody in the class has the id, or the database cannot be read.
    """
    found = find(course, learner)
    with reading(course) as connection:
        rows = {title: len(some) for title, some in rows_of(connection, found.id).items()}
        subject = select(own_tables.pseudonym.c.pseudonym).where(own_tables.pseudonym.c.learner == found.id).scalar_subquery()
        entries = connection.scalar(select(func.count()).select_from(own_tables.log).where(own_tables.log.c.subject == subject))
        points = sum(_counts(row) for row in connection.execute(_MARKS, {"learner": found.id}))
        exported = exports_with(course, found, connection)
        namesake = any(one.id != found.id for one in Roster.of(course).named(found.name))
        mentions = mentions_in(connection, found, namesake=namesake)
        marked = [
            f"{one.assignment} under {shown(one.under)}"
            for one in strays(course)
            if one.learner == found.id and marked_from(connection, one)
        ]
        written, servers = written_in(connection), moved_from(connection, course.db_url)
    if answers := count_kept(course, found.shown):
        rows[TITLE] = answers
    files, shared = (tuple(path.relative_to(course.root).as_posix() for path in of(course, found)) for of in (files_of, shared_of))
    pairs = [{goes, stays} for _, goes, stays in merges(course)]
    return Erasure(
        learner=found,
        rows=rows,
        files=files,
        entries=entries or 0,
        points=points,
        copies=(*copies_with(course, found.id, written), *exported),
        others=tuple(sorted({shown(one) for pair in pairs if found.id in pair for one in pair - {found.id}})),
        shared=shared,
        mentions=mentions,
        moved=tuple(path for path in written if not _is_there(path)),
        marked=tuple(marked),
        servers=servers,
    )


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # its folder may not be looked into
        return False


def erase(course: Course, learner: str, *, by: str = "") -> Erasure:
    """Erase a learner.

    Parameters
    ----------
    by
        Who does it; whoever works here where it is not said.

    Raises
    ------
    ClassError
        If nobody in the class has the id, or it cannot be done; where it was begun, the next command ends it.
    """
    finish(course)
    finish_merges(course, find(course, learner).id)  # else nobody would be there for it any more
    check_service(course)
    with taking_in(course, ""), alone(course):
        planned = plan(course, learner)
        one = planned.learner
        with reading(course) as connection:  # before it is begun: what is begun, each command ends first, and could not
            log.check_subject(connection, one.id)
        about = {"learner": one.id, "shown": one.shown, "name": one.name, "by": by or who(), "files": planned.files}
        write_file(stage(course, ERASING), json.dumps(about, ensure_ascii=False).encode(), mode=0o600)
        _do(course, about)
    return planned


def finish(course: Course) -> str:
    """Do an erasure to its end that was cut off; give the learner's id as people know it, "" where there was none.

    Raises
    ------
    ClassError
        If it cannot be ended.
    """
    path = course.root / ".part" / ERASING
    if not path.is_file():
        return ""
    with taking_in(course, ""), alone(course):
        try:
            about = json.loads(read_file(path, MAX_BYTES))
        except FileNotFoundError:  # another command was faster
            return ""
        except (OSError, ValueError) as error:
            msg = f"{path} cannot be read ({error}), and it says which learner is being erased. Put that right, then run this again."
            raise ClassError(msg) from error
        _do(course, about)
    return str(about["shown"])


def _do(course: Course, about: Mapping[str, Any]) -> None:
    """Erase what the plan says; what is gone already is no fault."""
    learner = str(about["learner"])
    with writing(course) as database:
        if database.rows(select(tables.student.c.id).where(tables.student.c.id == learner)):  # else this was done before the kill
            _erase_rows(database, about)
    _rewrite(course)
    forget(course, str(about["shown"]))
    throw_brought_away(course)
    words = words_for(str(about["shown"]), str(about["name"]))
    try:
        for path in [*(course.root / str(path) for path in about["files"]), *handed_to_service(course, str(about["shown"]))]:
            remove(path)
        for path in sorted(course.root.glob(f"received/{TAKE_INS}/*.json")):
            _take_out(path, learner, words)
        same = {one.id for one in Roster.of(course).named(str(about["name"]))}  # the name in theirs is their own
        gone = {Path(path) for path in about["files"]}
        for path in sorted(course.root.glob(f"received/*/{ATTEMPTS}/[!.]*.json")):
            folder = path.relative_to(course.root).parent.with_name(path.stem)
            theirs = {one.stem[-8:] for one in gone if one.parent == folder}
            if theirs or path.stem not in same:
                _strike_attempts(path, () if path.stem in same else words, theirs)
        forget_names(course)
        for path in reasons_in(course):
            if says(told_in(path), words):
                write_file(path, without(read_file(path, MAX_BYTES).decode("utf-8", "replace"), words).encode("utf-8", "replace"))
        (course.root / ".part" / ERASING).unlink()
    except OSError as error:
        msg = (
            f"{error.filename or course.root} cannot be removed ({error.strerror}). {about['shown']} is being erased: close other programs "
            "that use it, then run any command in this class, which ends the erasure."
        )
        raise ClassError(msg) from error


def _rewrite(course: Course) -> None:
    """Write the gradebook's file anew. A server sees to that itself."""
    path = sqlite_file(course.db_url)
    if path is not None:
        let_go(course.db_url)
        rewrite(path, "Close other programs that use it")


def _erase_rows(database: Database, about: Mapping[str, Any]) -> None:
    learner, words = str(about["learner"]), words_for(str(about["shown"]), str(about["name"]))
    kept = secrets.token_hex(8)
    rows = [
        {"pseudonym": kept, "assignment": row.assignment, "cell": row.cell, "points": _grade(row).points, "maximum": row.max_score}
        for row in database.rows(_MARKS, learner=learner)
        if _counts(row)
    ]
    database.run_each(insert(own_tables.kept_points), rows)
    sealed = _silence_samples(database, learner, words) | seal_gone(database.connection, learner)
    _forget_givings(database, learner, words)
    gone = {}
    for part in parts_of(learner):
        if database.has(part.table.name):
            found = database.rows(select(part.table).where(part.where))
            gone[part.title] = len(found)
            database.run(delete(part.table).where(part.where))
            if part.table in TABLES:
                sealed |= seal(database, part.table, [row.id for row in found])
    told = {"rows": sum(gone.values()), "files": len(about["files"]), "points_kept": len(rows), "sealed": sealed}
    log.erase(database, learner, lambda text: says(text, words), by=str(about["by"]), **told)


def _silence_samples(database: Database, learner: str, words: tuple[str, ...]) -> dict[str, dict[str, str | None]]:
    """Keep that a decision was sampled and how it was judged, but no words, which may be about the learner; give the rows' new seal.

    Of actions, those about such a decision lose their words; whichever others name the learner lose the name.
    """
    decisions = select(own_tables.decision.c.id).where(own_tables.decision.c.learner == learner)
    samples = {row.id for row in database.rows(select(own_tables.sample.c.id).where(own_tables.sample.c.decision.in_(decisions)))}
    actions = []
    for row in database.rows(select(own_tables.action)):
        text, closing = ("", "") if row.sample in samples else (without(row.text, words), without(row.closing, words))
        if row.sample in samples or (text, closing) != (row.text, row.closing):
            database.run(update(own_tables.action).where(own_tables.action.c.id == row.id).values(text=text, closing=closing))
            actions.append(row.id)
    database.run(update(own_tables.sample).where(own_tables.sample.c.decision.in_(decisions)).values(text="", reasons="[]"))
    changed = ((own_tables.action, actions), (own_tables.sample, sorted(samples)))
    return {name: rows for table, ids in changed for name, rows in seal(database, table, ids).items()}


def _forget_givings(database: Database, learner: str, words: tuple[str, ...]) -> None:
    """Take a learner out of the lists of what was given back, and out of what was told of it."""
    table = tables.given_back
    if not database.has(table.name):
        return
    for row in database.rows(select(table)):
        to, notes = json.loads(row.students), json.loads(row.notes)
        left = [note for note in notes if not says(note, words)]
        if learner in to or left != notes:
            to.pop(learner, None)
            values = {"students": json.dumps(to), "notes": json.dumps(left, ensure_ascii=False)}
            database.run(update(table).where(table.c.id == row.id).values(**values))


def _take_out(path: Path, learner: str, words: tuple[str, ...]) -> None:
    """Take what was told of a learner out of the record of a take-in."""
    with suppress(ValueError, KeyError, TypeError, AttributeError):
        row = json.loads(read_file(path, MAX_BYTES))
        left = {
            "notes": [[note[0], without(note[1], words)] for note in row["notes"] if note[0] != learner],
            "passed": [text for text in row["passed"] if not says(text, words)],
        }
        if row | left != row:
            write_file(path, json.dumps(row | left, ensure_ascii=False).encode("utf-8", "replace"))


def _strike_attempts(path: Path, words: tuple[str, ...], theirs: Collection[str]) -> None:
    """Take a learner's names out of what is known of another id's hand-ins, as a merge leaves them there.

    Of `theirs`, which were the learner's (the first eight digits of their digests), all goes that tells where they came from.
    """
    with suppress(ValueError, KeyError, TypeError, AttributeError):
        whole = json.loads(read_file(path, MAX_BYTES))
        before = json.dumps(whole)
        for row in whole["attempts"]:
            row |= {name: without(str(row[name]), words) for name in ("set_aside", "file") if name in row}
            if str(row["sha256"])[:8] in theirs:
                row |= {"file": "", "sender": asdict(NOBODY), "set_aside": f"it is {ERASED_ONE}'s"}
            if "sender" in row:
                row["sender"]["name"] = without(str(row["sender"]["name"]), words, "")
        if json.dumps(whole) != before:
            write_file(path, json.dumps(whole, ensure_ascii=False, indent=1).encode("utf-8", "replace"), durable=True)


def _grade(row: Any) -> Grade:
    return Grade(*(getattr(row, name) for name in Grade._fields))


def _counts(row: Any) -> bool:
    """Whether a row has points that stand."""
    return not row.needs_manual_grade and (row.auto_score is not None or row.manual_score is not None)
