"""A tutor's side that takes in and marks over and over, each time in a process of its own: python office.py CLASS…

What has to be told goes to standard error, a line each: what a command would end with.
"""

import os
import sys
import time
from pathlib import Path

import psycopg  # noqa: F401  each of the processes would load it anew
import sqlalchemy.dialects.postgresql.psycopg  # noqa: F401

from autograde.classes.folder import find_course
from autograde.errors import ClassError
from autograde.gradebook.heads import keep_head
from autograde.inbox.served import take_arrived
from autograde.run.mark import mark_class

ASSIGNMENT = "w01-small"


def work(folder: str) -> None:
    """Take in what has arrived, and mark it."""
    course = find_course(Path(folder))
    try:
        found = take_arrived(course)
        told = [f"{one.file}: {one.reason}" for report in found.reports for one in report.refused] + list(found.notes)
        told += [f"{one.student}: {one.outcome} {one.oddities}" for one in mark_class(course, ASSIGNMENT) if one.outcome == "not marked"]
    except ClassError as error:
        told = [str(error)]
    finally:
        keep_head(course)
    for line in told:
        sys.stderr.write(f"{folder} {line}\n")


while True:
    for folder in sys.argv[1:]:
        if (child := os.fork()) == 0:
            work(folder)
            sys.exit()
        os.waitpid(child, 0)
        time.sleep(0.1)
