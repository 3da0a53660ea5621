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


def released(folder: Path) -> tuple[str, ...]:
    """Give the paths of the files in a folder, with "/"."""
    return tuple(path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*")) if path.is_file())


def pack(made: Path, assignment: str, files: tuple[str, ...], target: Path) -> None:
    """Pack the files of the students' version, and a note on what to do with them, into the zip `target`."""
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
