"""Release a workbook: into the class, through the exchange where there is one, as one file, on a site, and as a zip for Jupyter."""

import io
import json
import re
import shutil
import sys
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from string import Template

import nbformat
from filelock import FileLock, Timeout
from nbgrader.auth import Authenticator
from nbgrader.converters import GenerateAssignment
from nbgrader.exchange import ExchangeFactory
from nbgrader.preprocessors import SaveCells
from sqlalchemy.exc import SQLAlchemyError

from autograde.course.folder import Course, is_called, short_id, workbooks_folder
from autograde.course.nbgrader_run import explaining_nbgrader
from autograde.course.releases import keep_release
from autograde.course.text import naive
from autograde.course.whole import STAGE, mend, stage, swapped
from autograde.errors import ReleaseError
from workbook_helpers.errors import ContentError
from workbook_helpers.files import write_file
from workbook_helpers.items import Workbook, load_workbook
from workbook_helpers.web import body, site_files, workbook_file, written

TEXTS = frozenset({"items.toml", "workbook.toml"})
PICTURES = frozenset({".svg", ".png"})
ENDS = ("zip", "html")
SITE = "site"
"""The folder in handout/ that any web server can give out."""
IGNORED = ".ipynb_checkpoints"
"""JupyterLab makes these folders when a notebook is opened; nbgrader leaves them out."""


@dataclass(frozen=True, kw_only=True)
class ReleaseReport:
    """What was released.

    Attributes
    ----------
    copied
        Whether the workbook was copied into source/ anew, rather than the class's own copy used.
    set_aside
        The zip that keeps the class's own edits when a fresh copy took their place, else None.
    files
        Paths of the released files within the workbook's folder, with "/".
    due
        In UTC, None for no due date.
    exchange
        Where students fetch it, None if there is no exchange.
    handout
        The zip for those who have Jupyter.
    file
        The workbook as one HTML file.
    site
        The folder of the site, which has every released workbook.
    left_out
        Why a workbook that was released before is not on the site, one sentence each.
    """

    assignment: str
    title: str
    copied: bool
    set_aside: Path | None
    files: tuple[str, ...]
    due: datetime | None
    exchange: Path | None
    handout: Path
    file: Path
    site: Path
    left_out: tuple[str, ...]


def release(
    course: Course,
    name: str,
    *,
    due: datetime | None = None,
    fresh: bool = False,
    faults: Callable[[Path], Sequence[str]] = lambda _: (),
    progress: Callable[[str], None] = lambda _: None,
) -> ReleaseReport:
    """Release a workbook to the class.

    Parameters
    ----------
    name
        The short id ("w01") or the assignment name.
    due
        With its time zone; None leaves the due date as it is.
    fresh
        Copy the workbook into source/ again, over the class's own edits (which are kept beside it as a zip).
    faults
        Called with the class's copy; what it says would go wrong, one sentence each, keeps the workbook from being released.
    progress
        Called with each step, in words.

    Raises
    ------
    ReleaseError
        If there is no such workbook, it has faults, it holds what must not reach students, or nbgrader refuses it.
    ContentError
        If the workbook's own files have a fault.
    """
    with ExitStack() as undo:
        undo.enter_context(_explaining(name))
        undo.enter_context(_alone(course))
        progress("Copying the workbook")
        source, origin, set_aside = _source(course, name, fresh=fresh, undo=undo)
        _check_files(source)
        workbook = load_workbook(source)
        assignment = workbook.assignment
        if not workbook.notebook.is_file():
            msg = f"{origin} has no {workbook.notebook.name}: the notebook must have the folder's name."
            raise ReleaseError(msg)
        if wrong := faults(source):
            lines = "".join(f"\n  {text}" for text in wrong)
            msg = (
                f"{workbook.id} is not released, as it would not work:{lines}\nMend it in {origin} and in its key, "
                "where `autograde check --mend` helps, then release again; or release it as it is with --anyway."
            )
            raise ReleaseError(msg)
        progress("Making the students' version")
        target, handout, page = course.root / "release" / assignment, *(course.root / "handout" / f"{assignment}.{end}" for end in ENDS)
        made, packed, whole = stage(course, "release", assignment), *(stage(course, "handout", f"{assignment}.{end}") for end in ENDS)
        mend(made, target)
        mend(packed, handout)
        mend(whole, page)
        _generate(course, workbook, made)
        files = _released(made)
        progress("Making the file and the site")
        given = load_workbook(made)
        write_file(whole, workbook_file(given))
        pages, left_out = _site(course, given)
        progress("Packing the zip for Jupyter")
        _pack(made, assignment, files, packed)
        keep_release(course, workbook)  # the one before, if a kill kept that from being done
        undo.enter_context(swapped(made, target))
        keep_release(course, workbook)
        undo.enter_context(swapped(packed, handout))
        undo.enter_context(swapped(whole, page))
        undo.enter_context(written(pages, course.root / "handout" / SITE))
        exchange = None
        if course.exchange is not None:
            progress("Putting it on the exchange")
            exchange = _to_exchange(course, assignment, undo)
        stored = _save_cells(course, workbook, target / workbook.notebook.name, due)
    return ReleaseReport(
        assignment=assignment,
        title=workbook.about.title,
        copied=origin != source,
        set_aside=set_aside,
        files=files,
        due=stored.replace(tzinfo=UTC) if stored else None,
        exchange=exchange,
        handout=handout,
        file=page,
        site=course.root / "handout" / SITE,
        left_out=left_out,
    )


def _site(course: Course, given: Workbook) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """Give the files of the site with `given` and every workbook that was released before, and why one of those is left out."""
    workbooks, left_out = [given], []
    for folder in sorted(path.parent for path in course.root.glob("release/*/workbook.toml") if path.parent.name != given.assignment):
        try:
            before = load_workbook(folder)
            body(before)  # what may be wrong with a page
        except ContentError as error:
            left_out.append(f"{folder.name} is not on the site: {error} Then release it again.")
        else:
            workbooks.append(before)
    return site_files(workbooks), tuple(left_out)


@contextmanager
def _explaining(name: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        msg = f"{name} cannot be released: {error.filename or 'a file'} cannot be written ({error.strerror}). Nothing was changed."
        raise ReleaseError(msg) from error


@contextmanager
def _alone(course: Course) -> Iterator[None]:
    """Let no other release run in this class."""
    lock = FileLock(stage(course, "release.lock"))
    try:
        with lock.acquire(timeout=0):
            yield
    except Timeout as error:
        msg = "Another `autograde release` is running in this class. Wait until it has ended, then run this again."
        raise ReleaseError(msg) from error


def _source(course: Course, name: str, *, fresh: bool, undo: ExitStack) -> tuple[Path, Path, Path | None]:
    """Give the workbook's folder in source/, copied there if it is new or `fresh`; what it was copied from; the zip of what was there."""
    shelf = workbooks_folder(course)
    on_shelf = [folder for folder in sorted(shelf.glob("*/")) if _is_called(folder, name)]
    in_class = [folder for folder in sorted(course.root.glob("source/*/")) if _is_called(folder, name)]
    for before in sorted(course.root.glob(f"{STAGE}/source/*.before")):  # a killed run had taken the class's own copy away
        folder = before.with_name(before.name.removesuffix(".before"))
        if _is_called(before, name) or folder.name == name:
            mend(folder, course.root / "source" / folder.name)
            in_class = [course.root / "source" / folder.name]
    if len(in_class or on_shelf) > 1:
        both = " or ".join(folder.name for folder in in_class or on_shelf)
        msg = f"{name!r} could be {both}. Give the whole name."
        raise ReleaseError(msg)
    if in_class and not fresh:
        return in_class[0], in_class[0], None
    if not on_shelf:
        has = ", ".join(short_id(folder) for folder in sorted(shelf.glob("*/")) if short_id(folder)) or "none"
        msg = f"There is no workbook {name!r} in {shelf} (it has: {has}). Check the name."
        raise ReleaseError(msg)
    target = course.root / "source" / on_shelf[0].name
    part = stage(course, "source", target.name)
    mend(part, target)
    for path in sorted(on_shelf[0].rglob("*")):
        inside = path.relative_to(on_shelf[0])
        # An author who tries a workbook out leaves answers and checkpoints behind; those stay there.
        if path.is_file() and not path.is_symlink() and _is_known(inside, on_shelf[0].name):
            (part / inside).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, part / inside)
    if not part.is_dir():
        msg = f"{on_shelf[0]} holds no file of a workbook."
        raise ReleaseError(msg)
    if not target.exists():
        part.rename(target)
        return target, on_shelf[0], None
    kept = _set_aside(course, target)
    undo.enter_context(swapped(part, target))
    return target, on_shelf[0], kept


def _set_aside(course: Course, source: Path) -> Path:
    """Keep the class's own edits before a fresh copy takes their place."""
    now = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    kept = course.root / "received" / source.name / f"source-{now}"
    kept.parent.mkdir(parents=True, exist_ok=True)
    return Path(shutil.make_archive(str(kept), "zip", source.parent, source.name))


def _is_called(folder: Path, name: str) -> bool:
    return not folder.name.startswith(".") and is_called(name, folder.name, short_id(folder))


def _is_known(inside: Path, assignment: str) -> bool:
    """Whether a file is one of a workbook's own. Not any .toml: a key, put here by mistake, is one too."""
    if any(part.startswith(".") for part in inside.parts):
        return False
    return str(inside) == f"{assignment}.ipynb" or str(inside) in TEXTS or inside.suffix.lower() in PICTURES


def _check_files(source: Path) -> None:
    """Refuse what is not known: whatever lies here, nbgrader hands to every student."""
    strange = [
        path.relative_to(source).as_posix()
        for path in sorted(source.rglob("*"))
        if IGNORED not in path.parts and (path.is_symlink() or not (path.is_dir() or _is_known(path.relative_to(source), source.name)))
    ]
    if strange:
        answers = " (answers.json comes from trying the workbook out)" if "answers.json" in strange else ""
        msg = (
            f"{source} holds what no workbook has: {', '.join(strange[:5])}{' and more' if len(strange) > 5 else ''}{answers}. "
            "All that lies there would reach the students: move it elsewhere, then release again."
        )
        raise ReleaseError(msg)


def _generate(course: Course, workbook: Workbook, made: Path) -> None:
    """Make the students' version in the folder `made`, without a word to the gradebook."""
    directory, config = course.directory(workbook.assignment), course.config()
    directory.release_directory = made.parent.relative_to(course.root).as_posix()
    with explaining_nbgrader(f"{workbook.id} cannot be released", ReleaseError):
        action = GenerateAssignment(coursedir=directory, config=config, force=True, no_database=True)
        action.post_convert_hook = None  # below: nbgrader only logs what goes wrong in one
        action.preprocessors = [one for one in action.preprocessors if "SaveCells" not in str(one)]
        action.start()
    name_class(made, course)


def name_class(made: Path, course: Course) -> None:
    """Write into the students' `workbook.toml` what the class adds: which one it is, as papers are drawn from that, and how to hand in."""
    path = made / "workbook.toml"
    words, link = course.hand_in()
    said = {"class_id": course.course_id, **({"hand_in_words": words} if words else {}), **({"hand_in_link": link} if link else {})}
    taken = re.compile(rf"({'|'.join(said)})\s*=")
    lines = [line for line in path.read_text("utf-8-sig").splitlines(keepends=True) if not taken.match(line)]
    new = [f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in said.items()]
    write_file(path, "".join([*new, *lines]).encode())
    about = load_workbook(made).about
    if wrong := [name for name, value in said.items() if getattr(about, name) != value]:
        msg = f"{path.name} cannot be told the class's {wrong[0]} ({said[wrong[0]]!r}). Take the line {wrong[0]} out of it."
        raise ReleaseError(msg)


def _save_cells(course: Course, workbook: Workbook, notebook: Path, due: datetime | None) -> datetime | None:
    """Tell the gradebook of the assignment and its cells, all or nothing; gives the due date that it holds.

    nbgrader's own preprocessor does it, but commits after each row, so that a kill would leave half a notebook there.
    """
    saver, name = SaveCells(), workbook.assignment
    with explaining_nbgrader(f"{workbook.id} cannot be released", ReleaseError), course.gradebook() as gradebook:
        commit, gradebook.db.commit = gradebook.db.commit, gradebook.db.flush
        try:
            entry = gradebook.update_or_create_assignment(name, **({"duedate": naive(due)} if due else {}))
            stored: datetime | None = entry.duedate
            document = nbformat.read(notebook, as_version=4)
            saver.gradebook, saver.assignment_id, saver.notebook_id = gradebook, name, name
            saver.new_grade_cells, saver.new_solution_cells, saver.new_task_cells, saver.new_source_cells = {}, {}, {}, {}
            for number, cell in enumerate(document.cells):
                saver.preprocess_cell(cell, {}, number)
            saver._create_notebook(document)
            commit()
        except SQLAlchemyError as error:
            msg = f"the gradebook cannot be written ({str(error).splitlines()[0]}). Close formgrader and other programs that use it"
            raise RuntimeError(msg) from error
    return stored


def _to_exchange(course: Course, assignment: str, undo: ExitStack) -> Path:
    config = course.config()
    with explaining_nbgrader(f"{assignment} cannot be put on the exchange", ReleaseError):
        action = ExchangeFactory(config=config).ReleaseAssignment(
            coursedir=course.directory(assignment), authenticator=Authenticator(config=config), config=config, force=True
        )
        init_dest, places = action.init_dest, []

        def beside() -> None:  # nbgrader removes the old one before it copies the new one
            init_dest()
            if hasattr(action, "dest_path"):
                target = Path(action.dest_path)
                places.append(target)
                action.dest_path = str(target.with_name(f".{target.name}.part"))
                mend(Path(action.dest_path), target)

        action.init_dest = beside
        action.start()
    if not places:
        return Path(str(course.exchange))
    undo.enter_context(swapped(Path(action.dest_path), places[0]))
    return places[0]


def _released(folder: Path) -> tuple[str, ...]:
    return tuple(path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*")) if path.is_file())


def _pack(made: Path, assignment: str, files: tuple[str, ...], target: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in files:
            archive.write(made / name, f"{assignment}/{name}")
        archive.writestr(f"{assignment}/README.txt", _readme(made, assignment))
    write_file(target, packed.getvalue())


def _readme(made: Path, assignment: str) -> str:
    """Give what a student reads who opens the zip and does not know what to do with it; as Windows ends lines."""
    title = load_workbook(made).about.title
    text = Template(Path(__file__).with_name("handout.txt").read_text("utf-8")).substitute(
        title=title, notebook=f"{assignment}.ipynb", page=f"{assignment}.html"
    )
    return text.replace("\n", "\r\n")


def exchange_note(course: Course) -> str:
    """Say why a set exchange is not used, "" if there is nothing to say."""
    has = course.config().Exchange.get("root", "")
    return "nbgrader's exchange does not work on Windows: hand out the zip." if has and sys.platform == "win32" else ""
