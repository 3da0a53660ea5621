"""A class's own copy of a workbook, in source/: where it comes from, and what may lie in it."""

import shutil
import zipfile
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from autograde.classes.folder import Course, workbooks_folder
from autograde.classes.workbook_names import is_called, short_id
from autograde.errors import ReleaseError
from autograde.text import encodable, printable
from autograde.whole import STAGE, mend, stage, swapped

TEXTS = frozenset({"items.toml", "workbook.toml"})
PICTURES = frozenset({".svg", ".png"})
IGNORED = ".ipynb_checkpoints"
"""JupyterLab makes these folders when a notebook is opened; nbgrader leaves them out."""


def source_of(course: Course, name: str, *, fresh: bool, undo: ExitStack) -> tuple[Path, Path, Path | None]:
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
    kept = _set_aside(course, target) if target.exists() else None
    undo.enter_context(swapped(part, target))
    return target, on_shelf[0], kept


def _set_aside(course: Course, source: Path) -> Path:
    """Keep the class's own edits before a fresh copy takes their place."""
    now = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    kept = course.root / "received" / source.name / f"source-{now}.zip"
    kept.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as packed:
        for path in sorted(source.rglob("*")):
            packed.write(path, encodable(path.relative_to(source.parent).as_posix()))
    return kept


def _is_called(folder: Path, name: str) -> bool:
    return not folder.name.startswith(".") and is_called(name, folder.name, short_id(folder))


def _is_known(inside: Path, assignment: str) -> bool:
    """Whether a file is one of a workbook's own. Not any .toml: a key, put here by mistake, is one too."""
    if any(part.startswith(".") for part in inside.parts):
        return False
    return str(inside) == f"{assignment}.ipynb" or str(inside) in TEXTS or inside.suffix.lower() in PICTURES


def check_files(source: Path) -> None:
    """Refuse what is not known: whatever lies here, nbgrader hands to every student."""
    strange = [
        printable(path.relative_to(source).as_posix(), 300)
        for path in sorted(source.rglob("*"))
        if IGNORED not in path.parts
        and (
            path.is_symlink()
            or encodable(path.name) != path.name  # no zip can hold it
            or not (path.is_dir() or _is_known(path.relative_to(source), source.name))
        )
    ]
    if strange:
        answers = " (answers.json comes from trying the workbook out)" if "answers.json" in strange else ""
        msg = (
            f"{source} holds what no workbook has: {', '.join(strange[:5])}{' and more' if len(strange) > 5 else ''}{answers}. "
            "All that lies there would reach the learners: move it elsewhere, then release again."
        )
        raise ReleaseError(msg)
