"""The workbooks that a class can be given: those on the shelf, and its own copies."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograde.classes.folder import Course, workbooks_folder
from workbook_helpers.errors import ContentError
from workbook_helpers.items import read_toml


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A workbook that can be given out.

    Attributes
    ----------
    name
        The assignment name, as its folder.
    takes
        How long it takes, in words; "" where it does not say.
    own
        Whether the class has its own copy in source/, which is given out then.
    given
        Whether it was given out.
    """

    name: str
    short: str
    title: str
    takes: str
    order: int
    own: bool
    given: bool


def offers(course: Course) -> tuple[Offer, ...]:
    """Give the workbooks that can be given out, in the unit's order."""
    found = {one.name: one for one in _read(course, workbooks_folder(course))} | {
        one.name: one for one in _read(course, course.root / "source")
    }
    return tuple(sorted(found.values(), key=lambda one: (one.order, one.name)))


def _read(course: Course, shelf: Path) -> Iterator[Offer]:
    for path in sorted(shelf.glob("[!.]*/workbook.toml")):
        folder = path.parent
        with suppress(ContentError, TypeError, ValueError, OverflowError):
            about = read_toml(path)
            if about.get("role") == "gallery":  # it shows authors what there is
                continue
            least, most = _minutes(about.get("minutes"))
            yield Offer(
                name=folder.name,
                short=str(about["id"]) if "id" in about else folder.name,
                title=str(about.get("title", folder.name)),
                takes=f"{least} to {most} minutes" if least < most else f"{most} minutes" if most else "",
                order=int(about.get("order", 0)),
                own=shelf == course.root / "source",
                given=(course.root / "release" / folder.name).is_dir(),
            )


def _minutes(value: Any) -> tuple[int, int]:
    """Read what a workbook says of its minutes: a range, or one number."""
    least, most = value if isinstance(value, list) else (value or 0, value or 0)
    return int(least), int(most)
