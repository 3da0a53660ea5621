"""A workbook as nbgrader's assignment: the students' version, its cells in the gradebook, and the exchange."""

import json
import re
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import nbformat
from nbgrader.api import InvalidEntry
from nbgrader.auth import Authenticator
from nbgrader.converters import GenerateAssignment
from nbgrader.exchange import ExchangeFactory
from nbgrader.preprocessors import SaveCells
from sqlalchemy.exc import SQLAlchemyError

from autograde.classes.folder import Course
from autograde.errors import ReleaseError
from autograde.gradebook.address import without_password
from autograde.gradebook.database import unwritten
from autograde.gradebook.overview import due_dates
from autograde.gradebook.rescaled import hold_rescaled, maxima_in
from autograde.outbox.nbgrader_run import explaining_nbgrader
from autograde.text import NO_DATE, Due, aware, by_clock, later, naive
from autograde.whole import mend, swapped
from workbook_helpers.files import write_file
from workbook_helpers.items import Workbook, load_workbook


def generate(course: Course, workbook: Workbook, made: Path, due: Due) -> None:
    """Make the students' version in the folder `made`, without a word to the gradebook."""
    directory, config = course.directory(workbook.assignment), course.config()
    directory.release_directory = made.parent.relative_to(course.root).as_posix()
    with explaining_nbgrader(f"{workbook.id} cannot be released", ReleaseError):
        action = GenerateAssignment(coursedir=directory, config=config, force=True, no_database=True)
        action.post_convert_hook = None  # below: nbgrader only logs what goes wrong in one
        action.preprocessors = [one for one in action.preprocessors if "SaveCells" not in str(one)]
        action.start()
    name_class(made, course, workbook.assignment, due)


def name_class(made: Path, course: Course, assignment: str, due: Due = None) -> None:
    """Write into the students' `workbook.toml` what the class adds: which one it is, as papers are drawn from that, and how to hand in.

    And until when: `due`, or what the gradebook says where that is None.
    """
    until = _due(course, assignment) if due is None else None if due == NO_DATE else due
    path = made / "workbook.toml"
    words, link = course.hand_in()
    added = {"hand_in_words": words, "hand_in_link": link, "due": until}
    said = {"class_id": course.course_id, **{name: value for name, value in added.items() if value}}
    taken = re.compile(rf"({'|'.join(said)})\s*=")
    lines = [line for line in path.read_text("utf-8-sig").splitlines(keepends=True) if not taken.match(line)]
    new = [f"{name} = {_toml(value)}\n" for name, value in said.items()]
    write_file(path, "".join([*new, *lines]).encode())
    about = load_workbook(made).about
    if wrong := [name for name, value in said.items() if getattr(about, name) != value]:
        msg = f"{path.name} cannot be told the class's {wrong[0]} ({said[wrong[0]]!r}). Take the line {wrong[0]} out of it."
        raise ReleaseError(msg)


def _toml(value: str | datetime) -> str:
    return value.isoformat() if isinstance(value, datetime) else json.dumps(value, ensure_ascii=False)


def _due(course: Course, assignment: str) -> datetime | None:
    """Give the due date that the gradebook holds for the class; None where it holds none."""
    found = due_dates(course.db_url, course.course_id, assignment) or {}
    return aware(found[""]) if "" in found else None


def save_cells(course: Course, workbook: Workbook, notebook: Path, due: Due) -> datetime | None:
    """Tell the gradebook of the assignment and its cells, all or nothing; gives the due date that it holds.

    nbgrader's own preprocessor does it, but commits after each row, so that a kill would leave half a notebook there.
    """
    saver, name = SaveCells(), workbook.assignment
    before = _due(course, name)
    with explaining_nbgrader(f"{workbook.id} cannot be released", ReleaseError), course.gradebook() as gradebook:
        commit, gradebook.db.commit = gradebook.db.commit, gradebook.db.flush
        try:
            connection = gradebook.db.connection()
            maxima = maxima_in(connection, name)
            entry = gradebook.update_or_create_assignment(
                name, **({} if due is None else {"duedate": None if due == NO_DATE else naive(due)})
            )
            stored: datetime | None = entry.duedate
            for one in entry.submissions:
                if before and stored and one.extension:  # kept in hours, which were those of its days
                    one.extension = later(stored, by_clock(before, before + one.extension)) - aware(stored)
            document = nbformat.read(notebook, as_version=4)
            saver.gradebook, saver.assignment_id, saver.notebook_id = gradebook, name, name
            saver.new_grade_cells, saver.new_solution_cells, saver.new_task_cells, saver.new_source_cells = {}, {}, {}, {}
            for number, cell in enumerate(document.cells):
                saver.preprocess_cell(cell, {}, number)
            saver._create_notebook(document)
            gradebook.db.flush()
            hold_rescaled(connection, name, maxima)
            commit()
        except (SQLAlchemyError, InvalidEntry) as error:
            # nbgrader turns what the database says into an error of its own
            cause = error.__context__ if isinstance(error.__context__, SQLAlchemyError) else error
            told = unwritten(cause, without_password(course.db_url))
            msg = f"{workbook.id} cannot be released, and nothing was changed. {told}"
            raise ReleaseError(msg) from error
    return stored


def to_exchange(course: Course, assignment: str, undo: ExitStack) -> Path:
    """Put the students' version on the exchange; gives where it lies there."""
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
