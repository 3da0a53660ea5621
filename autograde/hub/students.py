"""A course's pages for its students as a service of JupyterHub, which starts it: python -P -m autograde.hub.students FOLDER HOST N.

It makes the folder that is served where the class has none yet, and gives way to `workbook serve`, which knows no key. Answers are
kept in a file of that folder, or in the class's PostgreSQL where that was there first; then N processes serve it.
"""

import os
import sys
from pathlib import Path

from autograde.hub.waiting import waiting


def main() -> None:
    """Become the service."""
    with waiting() as server:
        from autograde.classes.folder import find_course
        from autograde.classes.served import answers_url, is_served, served_folder
        from autograde.outbox.served import serve_anew

        course = find_course(Path(sys.argv[1]))
        if not is_served(course):
            for line in serve_anew(course):
                sys.stderr.write(f"{line}\n")
        server.close()
        words = ["serve", str(served_folder(course)), "--hub", "--host", sys.argv[2]]
        if (url := answers_url(course)).startswith("postgresql"):  # not as a word of the command: others can read that
            os.environ["WORKBOOK_DATABASE"] = url
            words += ["--processes", sys.argv[3]]
    os.execv(sys.executable, [sys.executable, "-P", "-m", "workbook_helpers.cli", *words])  # noqa: S606  our own program, no shell


if __name__ == "__main__":
    main()
