"""nbgrader's settings for a class, in one place, so that a class's own file stays a few lines long."""

from pathlib import Path
from typing import Any

from autograde.classes.folder_names import allow_any_name, is_plain
from autograde.gradebook.address import sqlite_url


def configure(
    c: Any,
    *,
    course: str,
    exchange: str | None = None,
    workbooks: str | None = None,
    db_url: str = "",
    folder: str = "",
    hand_in: str = "",
    hand_in_link: str = "",
    site: str = "",
    closed: str = "",
    watched: str = "",
    attempts: int = 0,
    framework: str = "",
) -> None:
    """Set up nbgrader for a class; called by the class's `nbgrader_config.py`.

    Parameters
    ----------
    c
        The traitlets configuration that Jupyter gives to the file.
    course
        nbgrader's course id; students see it in their assignment list.
    exchange
        The exchange folder, or empty for none: then workbooks travel as files.
    workbooks
        The folder that new workbooks are copied from, or empty for the one that came with this program.
    db_url
        The gradebook's database as SQLAlchemy writes it, or empty for nbgrader's own: a SQLite file in the class folder.
    folder
        The class's settings file, by which its folder is known.
    hand_in
        What students do with the file that handing in gives them, in your words; they read it on their receipt.
    hand_in_link
        The address where they do it, beginning with https://.
    site
        The address of the folder where students find `handout/site`, beginning with https://; feedback links to it.
    closed
        The workbooks whose marking is closed, as in "w01 w02"; `autograde close` writes it. Their feedback says what is right and why.
    watched
        A folder into which hand-ins fall, such as a synced one: the desk takes in what is new there.
    attempts
        How many attempts a learner may have at a workbook, the first one among them; 0 for as many as it takes.
    framework
        The framework by which the class is assessed, as its file in `workbooks/frameworks` is called, like "rqf-l2", or empty for that one.
    """
    c.CourseDirectory.course_id = course
    c.Exchange.timezone = "UTC"  # nbgrader reads "BST" as UTC, so a summer hand-in would be an hour off
    if folder and not is_plain(folder):
        allow_any_name()
        c.CourseDirectory.db_url = sqlite_url(Path(folder).with_name("gradebook.db"))
    if db_url:
        c.CourseDirectory.db_url = db_url
    if exchange:
        c.Exchange.root = exchange
    if workbooks:
        c.AutogradeClass.workbooks = workbooks  # no class of nbgrader's has this name: only our own code reads it

    if hand_in:
        c.AutogradeClass.hand_in = hand_in
    if hand_in_link:
        c.AutogradeClass.hand_in_link = hand_in_link
    if site:
        c.AutogradeClass.site = site
    if closed:
        c.AutogradeClass.closed = closed
    if watched:
        c.AutogradeClass.watched = watched
    if attempts:
        c.AutogradeClass.attempts = attempts
    if framework:
        c.AutogradeClass.framework = framework

    # Not ClearSolutions: it would wipe the ask() line out of every written task. The others, in nbgrader's order:
    # checksums before SaveCells, or the gradebook would hold none.
    c.GenerateAssignment.preprocessors = [
        "nbgrader.preprocessors.LockCells",
        "nbgrader.preprocessors.ClearOutput",
        "nbgrader.preprocessors.CheckCellMetadata",
        "nbgrader.preprocessors.ComputeChecksums",
        "nbgrader.preprocessors.SaveCells",
    ]
    c.GenerateAssignment.post_convert_hook = "autograde.nbgrader.parts.name_class"
    # The student's notebook is never opened nor run: the exporter builds one from the answers (design.md §4).
    c.Autograde.exporter_class = "autograde.nbgrader.parts.RebuildExporter"
    c.Autograde.sanitize_preprocessors = []
    c.Autograde.autograde_preprocessors = ["autograde.nbgrader.parts.SaveMarks"]
    c.Autograde.create_student = False  # a misspelt id must not become a new student
    c.GenerateFeedback.exporter_class = "autograde.nbgrader.parts.FeedbackExporter"
    c.GenerateFeedback.preprocessors = []
