"""What students are handed beside the exchange: the zip for those who have Jupyter, and the site."""

import io
import zipfile
from pathlib import Path
from string import Template

from autograde.classes.folder import Course
from workbook_helpers.errors import ContentError
from workbook_helpers.files import write_file
from workbook_helpers.items import Workbook, load_workbook
from workbook_helpers.web import body, site_files


def site_of(course: Course, given: Workbook) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """Give the files of the site with `given` and every workbook that was released before, and why one of those is left out."""
    before, left_out = given_out(course, besides=given.assignment)
    return site_files([given, *before]), left_out


def given_out(course: Course, *, besides: str = "") -> tuple[list[Workbook], tuple[str, ...]]:
    """Give every workbook that was released, without `besides`, and why one of them is left out: its page cannot be made."""
    workbooks, left_out = [], []
    for folder in sorted(path.parent for path in course.root.glob("release/*/workbook.toml") if path.parent.name != besides):
        try:
            before = load_workbook(folder)
            body(before)  # what may be wrong with a page
        except ContentError as error:
            left_out.append(f"{folder.name} is not on the site: {error} Then release it again.")
        else:
            workbooks.append(before)
    return workbooks, tuple(left_out)


def released(folder: Path) -> tuple[str, ...]:
    """Give the paths of the files in a folder, with "/"."""
    return tuple(path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*")) if path.is_file())


def pack(made: Path, assignment: str, files: tuple[str, ...], target: Path) -> None:
    """Pack the files of the students' version, and a note on what to do with them, into the zip `target`."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as archive:
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
