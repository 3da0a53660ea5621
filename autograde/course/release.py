"""Release a workbook: into the class, through the exchange where there is one, and as a zip for Moodle."""

import io
import shutil
import sys
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from nbgrader.auth import Authenticator
from nbgrader.converters import GenerateAssignment
from nbgrader.exchange import ExchangeFactory

from autograde.course.folder import Course, short_id, workbooks_folder
from autograde.course.nbgrader_run import told_by_nbgrader
from autograde.course.releases import keep_release
from autograde.course.text import naive
from autograde.errors import ReleaseError
from workbook_helpers.files import write_file
from workbook_helpers.items import Workbook, load_workbook

TEXTS = frozenset({"items.toml", "workbook.toml"})
PICTURES = frozenset({".svg", ".png"})
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
        The zip for Moodle.
    """

    assignment: str
    title: str
    copied: bool
    set_aside: Path | None
    files: tuple[str, ...]
    due: datetime | None
    exchange: Path | None
    handout: Path


def release(
    course: Course,
    name: str,
    *,
    due: datetime | None = None,
    fresh: bool = False,
    faults: Callable[[Path], Sequence[str]] = lambda _: (),
    told: Callable[[str], None] = lambda _: None,
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
    told
        Called with each step, in words.

    Raises
    ------
    ReleaseError
        If there is no such workbook, it has faults, it holds what must not reach students, or nbgrader refuses it.
    ContentError
        If the workbook's own files have a fault.
    """
    told("Copying the workbook")
    source, copied, set_aside = _source(course, name, fresh=fresh)
    _check_files(source)
    workbook = load_workbook(source)
    assignment = workbook.assignment
    if not workbook.notebook.is_file():
        msg = f"{source} has no {workbook.notebook.name}: the notebook must have the folder's name."
        raise ReleaseError(msg)
    if wrong := faults(source):
        lines = "".join(f"\n  {text}" for text in wrong)
        msg = (
            f"{workbook.id} is not released, as it would not work:{lines}\nMend it in {source} and in its key, "
            "where `autograde check --mend` helps, then release again; or release it as it is with --anyway."
        )
        raise ReleaseError(msg)
    told("Making the students' version")
    _generate(course, workbook)
    keep_release(course, workbook)
    with course.gradebook() as gradebook:
        entry = gradebook.update_or_create_assignment(assignment, **({"duedate": naive(due)} if due else {}))
        stored: datetime | None = entry.duedate
    exchange = None
    if course.exchange is not None:
        told("Putting it on the exchange")
        exchange = _to_exchange(course, assignment)
    told("Packing the zip for Moodle")
    files = _released(course.root / "release" / assignment)
    return ReleaseReport(
        assignment=assignment,
        title=workbook.about.title,
        copied=copied,
        set_aside=set_aside,
        files=files,
        due=stored.replace(tzinfo=UTC) if stored else None,
        exchange=exchange,
        handout=_pack(course, assignment, files),
    )


def _source(course: Course, name: str, *, fresh: bool) -> tuple[Path, bool, Path | None]:
    """Give the workbook's folder in source/, copied there if it is new or `fresh`; whether; and the zip of what was there."""
    shelf = workbooks_folder(course)
    on_shelf = [folder for folder in sorted(shelf.glob("*/")) if _is_called(folder, name)]
    in_class = [folder for folder in sorted(course.root.glob("source/*/")) if _is_called(folder, name)]
    if len(in_class or on_shelf) > 1:
        both = " or ".join(folder.name for folder in in_class or on_shelf)
        msg = f"{name!r} could be {both}. Give the whole name."
        raise ReleaseError(msg)
    if in_class and not fresh:
        return in_class[0], False, None
    if not on_shelf:
        has = ", ".join(short_id(folder) for folder in sorted(shelf.glob("*/")) if short_id(folder)) or "none"
        msg = f"There is no workbook {name!r} in {shelf} (it has: {has}). Check the name."
        raise ReleaseError(msg)
    target = course.root / "source" / on_shelf[0].name
    part = target.with_name(f".{target.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    for path in sorted(on_shelf[0].rglob("*")):
        inside = path.relative_to(on_shelf[0])
        # An author who tries a workbook out leaves answers and checkpoints behind; those stay there.
        if path.is_file() and not path.is_symlink() and _is_known(inside, on_shelf[0].name):
            (part / inside).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, part / inside)
    if not part.is_dir():
        msg = f"{on_shelf[0]} holds no file of a workbook."
        raise ReleaseError(msg)
    kept = _set_aside(course, target) if target.exists() else None
    part.rename(target)
    return target, True, kept


def _set_aside(course: Course, source: Path) -> Path:
    """Keep the class's own edits before a fresh copy takes their place."""
    now = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    kept = course.root / "received" / source.name / f"source-{now}"
    kept.parent.mkdir(parents=True, exist_ok=True)
    path = shutil.make_archive(str(kept), "zip", source.parent, source.name)
    shutil.rmtree(source)
    return Path(path)


def _is_called(folder: Path, name: str) -> bool:
    return not folder.name.startswith(".") and (folder.name == name or short_id(folder) == name)


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


def _generate(course: Course, workbook: Workbook) -> None:
    directory = course.directory(workbook.assignment)
    with told_by_nbgrader(f"{workbook.id} cannot be released", ReleaseError):
        GenerateAssignment(coursedir=directory, config=course.config(), force=True).start()


def _to_exchange(course: Course, assignment: str) -> Path:
    config = course.config()
    with told_by_nbgrader(f"{assignment} cannot be put on the exchange", ReleaseError):
        action = ExchangeFactory(config=config).ReleaseAssignment(
            coursedir=course.directory(assignment), authenticator=Authenticator(config=config), config=config, force=True
        )
        action.start()
    return Path(action.dest_path)


def _released(folder: Path) -> tuple[str, ...]:
    return tuple(path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*")) if path.is_file())


def _pack(course: Course, assignment: str, files: tuple[str, ...]) -> Path:
    target = course.root / "handout" / f"{assignment}.zip"
    target.parent.mkdir(exist_ok=True)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in files:
            archive.write(course.root / "release" / assignment / name, f"{assignment}/{name}")
    write_file(target, packed.getvalue())
    return target


def exchange_note(course: Course) -> str:
    """Say why a set exchange is not used, "" if there is nothing to say."""
    has = course.config().Exchange.get("root", "")
    return "nbgrader's exchange does not work on Windows: hand out the zip." if has and sys.platform == "win32" else ""
