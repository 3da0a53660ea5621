"""Which of a college's classes somebody learns in, as the folders that are served say it now; and where each person goes."""

from typing import Any

from tornado import web

from autograde.classes.college import College
from autograde.classes.folder import Course
from autograde.classes.served import served_folder
from autograde.hub.config import Door, doors_of, lab_of
from workbook_helpers.errors import ContentError
from workbook_helpers.items import clean_id
from workbook_helpers.served.folder import About, Folder


class NoLabError(web.HTTPError):
    """Somebody asks for a JupyterLab who has none."""

    jupyterhub_message = "You are in no class that has a JupyterLab. Ask your tutor to add you, then sign in again."
    """What the hub's page says, in place of that a server failed to start."""

    def __init__(self) -> None:
        super().__init__(403, self.jupyterhub_message)


class Learns:
    """The classes' lists, read again when their files change: the hub asks for each page that it shows."""

    def __init__(self, college: College) -> None:
        self._college = college
        self._folders: dict[str, Folder] = {}

    def of(self, user: str) -> frozenset[str]:
        """Give the ids of the courses in whose class somebody is, by the rule by which the class's service lets them in."""
        return frozenset(name for name, about in self._about().items() if about.learner_of_hub(user) is not None)

    def groups(self, user: str) -> list[str]:
        """Give the groups of somebody who signs in: the class may be newer than the hub's start, or they in it."""
        learns = self.of(user)
        return [f"lab-{course.id}" for course in self._college.courses if course.lab and course.id in learns]

    def doors(self, user: Any) -> list[Door]:
        """Give what the hub's first page offers somebody; `user` as JupyterHub's templates have it, None for nobody."""
        return doors_of(self._college, user.name, self.of(user.name)) if user is not None else []

    def lab(self, user: Any) -> bool:
        """Whether that page offers a JupyterLab."""
        return user is not None and lab_of(self._college, user.name, self.of(user.name))

    def may_start(self, spawner: Any) -> None:
        """Refuse a JupyterLab to whoever is in no class that has one any more: their role stays until they sign in again.

        As JupyterHub's `Spawner.pre_spawn_hook`.
        """
        if not self.lab(spawner.user):
            raise NoLabError

    def first(self, handler: Any) -> str:
        """Give where somebody goes who has signed in: to the one thing that is for them, else to the hub's first page."""
        found = self.doors(handler.current_user)
        return found[0].address if len(found) == 1 and not self.lab(handler.current_user) else ""

    def _about(self) -> dict[str, About]:
        """Give course id → what is served, of those that can be."""
        found = {}
        for course in self._college.courses:
            try:
                if course.id not in self._folders:
                    self._folders[course.id] = Folder(served_folder(Course(course.folder)))
                found[course.id] = self._folders[course.id].about()
            except ContentError:  # its service says why
                continue
        return found


def hub_names(about: About) -> list[str]:
    """Give what a hub calls the learners of a class, where nothing else is said of them."""
    return sorted(clean_id(one.hub).lower() or one.key for one in about.learners)
