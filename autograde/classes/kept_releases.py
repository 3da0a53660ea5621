"""Each release of a workbook that a class was given, as it is kept for good."""

from contextlib import suppress

from autograde.classes.folder import Course
from workbook_helpers.errors import ContentError
from workbook_helpers.items import Workbook, load_workbook

FOLDER = "releases"
FILES = ("{}.ipynb", "workbook.toml", "items.toml")
"""What is kept of a release; its items last, since a release is kept once they are there."""


def kept_releases(course: Course, assignment: str) -> dict[str, Workbook | None]:
    """Give `Workbook.release` → the workbook, for every kept release; None where it cannot be read, or somebody has edited it."""
    kept = dict[str, Workbook | None]()
    for folder in sorted(path.parent for path in (course.root / FOLDER / assignment).glob(f"*/{FILES[-1]}")):
        kept[folder.name] = None
        with suppress(ContentError):
            found = load_workbook(folder)
            kept[folder.name] = found if found.release == folder.name else None
    return kept
