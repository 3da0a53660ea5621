"""Names of files that any system takes: what was named on one may have to lie on another."""

import re

from autograde.classes.ids import DEVICES

_ODD = re.compile(r'[\\/:*?"<>|\x00-\x1f\ud800-\udfff]')
"""Signs that Windows has in no name, and bytes of a name that are no text."""


def for_any(name: str) -> str:
    """Give a name that any system takes for a file or folder; one that all take stays as it is."""
    name = _ODD.sub("-", name).rstrip(" .") or "-"
    return f"_{name}" if name.split(".")[0].rstrip().casefold() in DEVICES else name


class Paths:
    """The paths under which files of a folder go where any system takes them, each but once: most do not tell a from A.

    Attributes
    ----------
    true
        Such a path → the one that it stands for, where they differ.
    """

    def __init__(self) -> None:
        self.true: dict[str, str] = {}
        self._known: dict[str, str] = {}
        self._taken: set[str] = set()

    def of(self, path: str) -> str:
        """Give the path that stands for one, both with "/" between their parts."""
        if path not in self._known:
            folder, slash, name = path.rpartition("/")
            start, name, number = self.of(folder) + slash if slash else "", for_any(name), 1
            found = f"{start}{name}"
            while found.casefold() in self._taken:
                number += 1
                found = f"{start}{number}-{name}"
            self._taken.add(found.casefold())
            self._known[path] = found
            if found != path:
                self.true[found] = path
        return self._known[path]
