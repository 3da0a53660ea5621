"""The desk and formgrader of a course as a service of JupyterHub, which starts it: python -P -m autograde.hub.desk FOLDER [--quality].

With --quality there is the desk's page for quality assurers, and nothing else. It begins when somebody first asks for it.
"""

import os
import sys
from pathlib import Path

from autograde.hub.waiting import waiting


def main() -> None:
    """Serve until the hub ends it."""
    quality = "--quality" in sys.argv[2:]
    with waiting() as server:
        server.asked.wait()
        from autograde.classes.folder import find_course
        from autograde.desk import college

        course = find_course(Path(sys.argv[1]))
        os.environ["JUPYTERHUB_DISABLE_USER_CONFIG"] = "1"
        if quality:
            os.environ[college.ONLY] = "quality"
        os.chdir(course.root)
        from jupyterhub.singleuser.extension import JupyterHubSingleUser

        from autograde.hub.desk_app import DeskApp, arguments

        DeskApp.before_it_listens = server.close
        JupyterHubSingleUser.serverapp_class = DeskApp
        sys.argv[1:] = arguments(course.root, quality=quality)
        JupyterHubSingleUser.launch_instance()


if __name__ == "__main__":
    main()
