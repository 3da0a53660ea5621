"""Mark a class: every submission to its end, each oddity told, nothing marked twice without need.

One process reads the hand-ins, writes the notebooks and the gradebook; the marking itself is bytes in, bytes out, and can
be done by anybody: this process, others on this machine, or a cluster (`crew`).
"""

import errno
import hashlib
import json
import pickle
import secrets
import shutil
import tempfile
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache, partial
from itertools import chain, islice
from pathlib import Path
from typing import Any

from autograde.course.archive import MAX_UNPACKED
from autograde.course.crew import in_order, writers
from autograde.course.folder import Course
from autograde.course.ids import shown
from autograde.course.pages import set_aside_stale
from autograde.course.paper import paper_oddities
from autograde.course.rebuild import rebuild
from autograde.course.releases import Releases, read_releases
from autograde.course.rows import Held, Rows, Source, Standing
from autograde.course.text import printable
from autograde.errors import ClassError
from autograde.marking import Key, Mark, Rubrics, Seen, Status, key_problems, load_key, load_rubrics, mark_sheet
from workbook_helpers.answers import MAX_BYTES, AnswerSheet, parse_sheet, read_sheet
from workbook_helpers.files import read_file
from workbook_helpers.items import Json, Workbook

STALE_S = 3600
"""Another run that marks at the same time is done with a submission long before."""
BATCH = 16
"""Submissions in one task: sending one to another process costs as much as marking it."""
PAUSES_S = (0.01, 0.05, 0.2, 0.5)
"""Between the attempts to move a folder that another program holds."""
OLD = ".old"
CHANGED = "changed since a person marked it"
"""How the oddity begins that names answers which are others than those that were marked."""


@dataclass(frozen=True, kw_only=True)
class Content:
    """A workbook with its key and rubrics, read once and known to fit each other."""

    workbook: Workbook
    key: Key
    rubrics: Rubrics
    releases: Releases
    class_id: str
    """nbgrader's course id, from which papers are drawn."""

    @cached_property
    def versions(self) -> dict[str, str]:
        """Item id → `Mark.version`, for every item that is marked."""
        guides = {**self.key.keys, **self.rubrics.rubrics}
        about = {"criterion", "section", "shuffle", "points"}  # of an item, what changes nothing about what is asked
        parts = {item.id: (item.model_dump_json(exclude=about), guides[item.id].model_dump_json()) for item in self.workbook.assessed()}
        return {name: "-".join(hashlib.sha256(part.encode()).hexdigest()[:8] for part in both) for name, both in parts.items()}

    @cached_property
    def source(self) -> dict[str, str]:
        """What a marking is made from, besides the answers."""
        parts = (*self.workbook.items.values(), *self.workbook.pools)
        fit = [self.workbook.about.version, *(part.model_dump_json() for part in parts)]
        return {
            "items": hashlib.sha256(json.dumps(fit).encode()).hexdigest()[:16],
            "key": hashlib.sha256(self.key.model_dump_json().encode()).hexdigest()[:16],
            "rubrics": hashlib.sha256(self.rubrics.model_dump_json().encode()).hexdigest()[:16],
            "releases": hashlib.sha256(" ".join([self.releases.given, *self.releases.kept]).encode()).hexdigest()[:16],
        }


@dataclass(frozen=True, kw_only=True)
class Work:
    """One submission to be marked: what was handed in, and what it is made from, time included."""

    student: str
    answers: bytes | AnswerSheet
    """The answers file; where it cannot be used, the sheet that says why."""
    source: dict[str, Json]
    by_person: Mapping[str, str] = field(default_factory=dict)
    """As `Held.by_person` says."""
    known: bool = False
    """Whether the same answers were marked before."""

    @property
    def origin(self) -> Source:
        """What the gradebook keeps of what this is made from."""
        text = json.dumps(self.source, sort_keys=True)
        return Source(all=hashlib.sha256(text.encode()).hexdigest()[:16], answers=self.source["answers"], known=self.known)


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """One submission, marked but not yet in the gradebook; `notebook` is the marker's, as JSON."""

    student: str
    notebook: bytes
    marks: dict[str, Mark]
    oddities: tuple[str, ...]
    origin: Source


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """What the summary says of one student.

    Attributes
    ----------
    points, max
        Sum over the items that have points so far, and over all.
    before
        The points before this marking; None if there were none.
    waiting
        How many items wait for a person.
    outcome
        "marked", "unchanged" or "not marked".
    oddities
        One sentence each.
    revised
        (item, what was changed) for the items whose task was changed after a person had given the points, which stand.
    stale_page
        Whether a feedback page was there that no longer fits, and was put away.
    """

    student: str
    points: float = 0
    max: float = 0
    before: float | None = None
    waiting: int = 0
    outcome: str = "marked"
    oddities: tuple[str, ...] = ()
    revised: tuple[tuple[str, str], ...] = ()
    stale_page: bool = False


def keep_beside(folder: Path, target: Path) -> None:
    """Copy what nbgrader keeps beside a submission on its way: its time, and the secret by which feedback finds back."""
    for name in ("timestamp.txt", "submission_secret.txt"):
        if (folder / name).is_file() and not (folder / name).is_symlink():
            shutil.copyfile(folder / name, target / name)


def load_content(course: Course, assignment: str) -> Content:
    """Read what marking needs; ContentError or ClassError if items, key and rubrics do not fit each other."""
    workbook = course.workbook(assignment)
    key, rubrics = load_key(workbook.id), load_rubrics(workbook.id)
    if problems := key_problems(workbook, key, rubrics):
        msg = f"{workbook.id} cannot be marked: {'; '.join(problems)}. Mend autograde/keys or autograde/rubrics, then run autograde check."
        raise ClassError(msg)
    return Content(workbook=workbook, key=key, rubrics=rubrics, releases=read_releases(course, workbook), class_id=course.course_id)


def assess(content: Content, work: Work) -> Assessment:
    """Read one student's answers, mark them and build the marker's notebook; no file, no database."""
    workbook = content.workbook
    sheet, seen, remark = read_seen(content.releases, work.answers)
    strange = paper_oddities(seen.workbook, content.class_id, shown(work.student), seen.sheet)
    sheet = replace(sheet, oddities=(*sheet.oddities, *strange))
    seen = replace(seen, sheet=replace(seen.sheet, oddities=(*seen.sheet.oddities, *strange)))
    marks = mark_sheet(workbook, content.key, sheet, seen, content.versions)
    if sheet.problem:  # the file itself is the answer to everything
        marks = {place: replace(mark, answer=f"file-{work.source['answers']}") for place, mark in marks.items()}
    changed = {place for place, answer in work.by_person.items() if place in marks and marks[place].answer != answer}
    notebook = rebuild(workbook, content.key, content.rubrics, seen, marks, work.source, changed)
    return Assessment(
        student=work.student,
        notebook=json.dumps(notebook, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace"),
        marks=marks,
        oddities=(*_oddities(workbook, sheet, marks), *([remark] if remark else [])),
        origin=work.origin,
    )


def read_seen(releases: Releases, answers: bytes | AnswerSheet) -> tuple[AnswerSheet, Seen, str]:
    """Read an answers file: as answers to the items of now, as what the student saw, and what has to be told of that, or ""."""
    now = releases.now
    if isinstance(answers, AnswerSheet):
        return answers, Seen(workbook=releases.seen("")[0], sheet=answers), ""
    sheet = parse_sheet(answers, now.items, now.id)
    saw, remark = releases.seen(sheet.release)
    seen = Seen(workbook=saw, sheet=sheet if saw is now else parse_sheet(answers, saw.items, now.id))
    return sheet, seen, "" if sheet.problem else remark


def assess_submitted(course: Course, assignment: str, student: str) -> dict[str, Any]:
    """Give the marker's notebook for what a student has handed in, for nbgrader's own command."""
    content = load_content(course, assignment)
    with Rows(course.db_url, assignment, course.course_id) as rows:
        held = rows.held(student)
    work = _work(course, content, student, held)
    notebook: dict[str, Any] = json.loads(assess(content, work).notebook)
    return notebook


def submissions(course: Course, assignment: str) -> list[str]:
    """Give the ids of the students who have handed in, in order."""
    folders = course.root.joinpath("submitted").glob(f"*/{assignment}")
    return sorted(folder.parent.name for folder in folders if folder.is_dir())


def mark_class(course: Course, assignment: str, *, force: bool = False, executor: Executor | None = None) -> Iterator[Line]:
    """Mark all submissions to an assignment that are new or changed (`force`: all), giving a line for each, in order.

    One that cannot be marked gets a line that says why, and the next one follows. What has been given is in the gradebook
    and on disk; a killed run goes on from there when it is started again.
    """
    content = load_content(course, assignment)
    released = _Released(course.root / "release" / assignment / f"{assignment}.ipynb")
    with Rows(course.db_url, assignment, course.course_id) as rows:
        if rows.max_score != {place: item.points for place, item in content.workbook.paper(assessed=True).items()}:
            msg = f"The items or points of {assignment} are not those that were released. Run: autograde release {content.workbook.id}"
            raise ClassError(msg)
        _sweep(course, assignment)
        full = sum(rows.max_score.values())
        packed = pickle.dumps(content)
        early: dict[str, Line] = {}  # what needs no marking, until its turn has come
        order: deque[str] = deque()
        students = submissions(course, assignment)

        def work() -> Iterator[Work]:
            for student in students:
                order.append(student)
                found = _prepare(course, content, rows, student, force=force)
                if isinstance(found, Line):
                    early[student] = replace(found, max=full, stale_page=set_aside_stale(course, assignment, rows, student))
                else:
                    yield found

        with _parts(course, assignment) as mine, writers(len(students)) as threads:
            assessments = chain.from_iterable(in_order(executor, _Batch(packed), _batches(work())))
            for written in in_order(threads, partial(_write, course, assignment, released, mine), assessments):
                while (student := order.popleft()) != written.student:
                    yield early.pop(student)
                line = written if isinstance(written, Line) else _keep(course, assignment, rows, written)
                yield replace(line, max=full, stale_page=set_aside_stale(course, assignment, rows, line.student))
        rows.tidy()
        for student in order:
            yield early.pop(student)


@dataclass(frozen=True)
class _Batch:
    """The task: content, packed once, and a batch of work; a worker unpacks the content once."""

    packed: bytes

    def __call__(self, batch: tuple[Work, ...]) -> list[Assessment | Line]:
        content = _unpacked(self.packed)
        return [_assess(content, work) for work in batch]


def _assess(content: Content, work: Work) -> Assessment | Line:
    try:
        return assess(content, work)
    except Exception as error:
        return _failed(work.student, f"the marking failed ({type(error).__name__}: {error}). Please report it, with the answers file")


@lru_cache(maxsize=4)
def _unpacked(packed: bytes) -> Content:
    content: Content = pickle.loads(packed)  # noqa: S301  made by `mark_class`, in this run
    return content


def _batches(works: Iterator[Work]) -> Iterator[tuple[Work, ...]]:
    while batch := tuple(islice(works, BATCH)):
        yield batch


def _prepare(course: Course, content: Content, rows: Rows, student: str, *, force: bool) -> Work | Line:
    """Give what there is to mark of a student, or the line where there is nothing."""
    if student not in rows.students:
        return _failed(student, "is not on the roster")
    held = rows.held(student)
    try:
        course.check_own("autograded", student, content.workbook.assignment)
        work = _work(course, content, student, held)
    except OSError as error:
        return _unusable(student, error)
    source = _source_of(course, content.workbook.assignment, student)
    if not force and held and source == work.source and held.source == work.origin.all:
        return _line(student, held.standing, outcome="unchanged", before=held.standing.points)
    return replace(work, known=source.get("answers") == work.source["answers"])


def _work(course: Course, content: Content, student: str, held: Held | None) -> Work:
    answers, digest = handed_in(course, content.workbook, student)
    stamp = course.timestamp(student, content.workbook.assignment)
    source = {"answers": digest, **content.source, "at": str(stamp)}
    return Work(student=student, answers=answers, source=source, by_person=held.by_person if held else {})


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


@dataclass(frozen=True, kw_only=True)
class _Written:
    """A marked submission whose notebook is on disk, in a folder that is not yet in its place."""

    student: str
    assessment: Assessment
    part: Path
    oddities: tuple[str, ...]


def _write(course: Course, assignment: str, released: "_Released", prefix: str, assessment: Assessment | Line) -> _Written | Line:
    """Write the marker's notebook beside its place."""
    if isinstance(assessment, Line):
        return assessment
    student = assessment.student
    folder = course.path("submitted", student, assignment)
    target = course.path("autograded", student, assignment)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=prefix, dir=target.parent))
        part.chmod(0o755)
        (part / f"{assignment}.ipynb").write_bytes(assessment.notebook)
        keep_beside(folder, part)
    except OSError as error:
        return _unusable(student, error)
    return _Written(student=student, assessment=assessment, part=part, oddities=tuple(released.changed(folder / f"{assignment}.ipynb")))


def _keep(course: Course, assignment: str, rows: Rows, written: _Written) -> Line:
    """Put a marked submission into the gradebook, and its notebook in the place of the one before.

    That one is moved away first: where it cannot be, because another program holds a file in it, nothing has happened yet.
    """
    done, student = written.assessment, written.student
    target, old = course.path("autograded", student, assignment), written.part.with_name(f"{written.part.name}{OLD}")
    try:
        course.check_own("autograded", student, assignment)
        _retry(lambda: target.rename(old), FileNotFoundError)
        try:
            saved = rows.save(student, course.timestamp(student, assignment), done.marks, done.origin)
        except BaseException:
            with suppress(OSError):  # it is as it was before
                old.rename(target)
            raise
        _retry(lambda: _replace(written.part, target))
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        shutil.rmtree(written.part, ignore_errors=True)
        return _unusable(student, error)
    oddities = [*_late(saved.now.late_s), *done.oddities, *written.oddities]
    if saved.changed:
        oddities.insert(0, f"{CHANGED}: {', '.join(saved.changed)}")
    before = saved.before.points if saved.before else None
    line = _line(student, saved.now, outcome="marked", before=before, oddities=tuple(oddities))
    return replace(line, revised=saved.revised)


def _replace(part: Path, target: Path) -> None:
    """Move a folder to its place; what another run has put there in this moment goes."""
    try:
        part.rename(target)
    except OSError as error:
        if isinstance(error, FileExistsError) or error.errno == errno.ENOTEMPTY:
            shutil.rmtree(target, ignore_errors=True)
        raise


def _retry(move: Callable[[], object], fine: type[OSError] | None = None) -> None:
    """Try to move a folder a few times: another run, or a program that looks at each new file, is often done in a moment."""
    for pause in (*PAUSES_S, None):
        try:
            move()
        except OSError as error:
            if fine and isinstance(error, fine):
                return
            if pause is None:
                raise
            time.sleep(pause)
        else:
            return


@contextmanager
def _parts(course: Course, assignment: str) -> Iterator[str]:
    """Give how this run's half-written folders begin; where it ends too early, they go."""
    mine = f".{assignment}-{secrets.token_hex(4)}-"
    try:
        yield mine
    except BaseException:
        for part in course.root.glob(f"autograded/*/{mine}*"):
            shutil.rmtree(part, ignore_errors=True)
        raise


def _sweep(course: Course, assignment: str) -> None:
    """Remove what a killed run has left half written."""
    for part in course.root.glob(f"autograded/*/.{assignment}-*"):
        if time.time() - part.lstat().st_mtime > STALE_S:
            shutil.rmtree(part, ignore_errors=True)


def _unusable(student: str, error: OSError) -> Line:
    where = f"{error.filename}: " if error.filename else ""
    return _failed(student, f"files cannot be used ({where}{error.strerror}). See that nothing is in the way and the disk has room")


def _failed(student: str, why: str) -> Line:
    return Line(student=student, outcome="not marked", oddities=(printable(why, 400),))


def _line(student: str, standing: Standing, *, outcome: str, before: float | None, oddities: tuple[str, ...] = ()) -> Line:
    return Line(student=student, points=standing.points, waiting=standing.waiting, outcome=outcome, before=before, oddities=oddities)


def _oddities(workbook: Workbook, sheet: AnswerSheet, marks: Mapping[str, Mark]) -> Iterator[str]:
    if sheet.problem:
        yield f"{sheet.problem}: a person decides"
    else:
        yield from sheet.oddities
    for item_id, problem in sheet.unreadable.items():
        yield f"{item_id} {problem}"
    declared = [item for item in workbook.items.values() if item.kind == "declaration"]
    if not sheet.problem and not all(sheet.value(item.id) for item in declared):
        yield "the declaration is not signed"
    if all(mark.status is Status.NOT_ATTEMPTED for mark in marks.values()):
        yield "handed in blank"


@dataclass
class _Released:
    """The released notebook: a student's is only ever held against it."""

    path: Path
    _raw: bytes | None = field(init=False)

    def __post_init__(self) -> None:
        self._raw = _bytes(self.path)
        self._code = _code_cells(self._raw)

    def changed(self, submitted: Path) -> Iterator[str]:
        """Say whether the student's notebook is other than what was released; nothing else is ever done with it."""
        raw = _bytes(submitted)
        if raw == self._raw and raw is not None:
            return
        found = _code_cells(raw)
        if found is None:
            yield "its notebook cannot be read; the answers count all the same"
        elif found != self._code:
            yield "its notebook was changed; the answers count all the same"


def _bytes(path: Path) -> bytes | None:
    try:
        return read_file(path, MAX_BYTES)
    except OSError:
        return None


def _code_cells(raw: bytes | None) -> Counter[str] | None:
    try:
        cells = json.loads(raw or b"")["cells"]
        code = (cell for cell in cells if cell["cell_type"] == "code")
        return Counter(json.dumps(["".join(cell["source"]), cell["metadata"].get("nbgrader")], sort_keys=True) for cell in code)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _late(seconds: float) -> tuple[str, ...]:
    if seconds <= 0:
        return ()
    days, hours = int(seconds // 86400), int(seconds % 86400 // 3600)
    return (f"late by {days} days" if days > 1 else f"late by {hours + 24 * days} hours" if hours + days else "late by less than an hour",)


def marks_in(notebook: Mapping[str, Any]) -> dict[str, Mark]:
    """Give place → mark for the marks that a rebuilt notebook carries in its cells' metadata, in order."""
    held = [cell["metadata"].get("workbook", {}).get("mark") for cell in notebook["cells"]]
    return {mark["item"]: Mark(**{**mark, "status": Status(mark["status"])}) for mark in held if mark}


def origin_in(notebook: Mapping[str, Any]) -> Source:
    """Give what a rebuilt notebook says that it is made from."""
    return Work(student="", answers=b"", source=dict(notebook["metadata"]["workbook"]["source"])).origin


def _source_of(course: Course, assignment: str, student: str) -> dict[str, Json]:
    """Give what the marker's notebook was made from; nothing if there is none that can be read."""
    path = course.path("autograded", student, assignment) / f"{assignment}.ipynb"
    try:
        return dict(json.loads(read_file(path, MAX_UNPACKED))["metadata"]["workbook"]["source"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}
