"""Let a class lie in a folder of any name: nbgrader and traitlets read signs in it as their own.

nbgrader looks for files by patterns, where "[2026]" is one of four digits; traitlets puts a variable's value in the place of
"$HOME". Here what is there by its very name comes first.
"""

import glob
import os
from collections.abc import Callable
from importlib import import_module
from types import SimpleNamespace
from typing import Any

LOOKS_FOR_FILES = ("apps.api", "converters.base", "exchange.default.release_feedback", "utils")
"""The modules of nbgrader (0.9) that put the class's folder into a pattern."""


def allow_any_name() -> None:
    """Have nbgrader and traitlets, in this process, take the folders that are there by their names."""
    loader = import_module("traitlets.config.loader")
    if getattr(loader.filefind, "__module__", "") == __name__:
        return
    for name in LOOKS_FOR_FILES:
        import_module(f"nbgrader.{name}").glob = SimpleNamespace(glob=find)  # type: ignore[attr-defined]
    expanding: Callable[..., str] = loader.filefind

    def filefind(filename: str, path_dirs: Any = None) -> str:
        for folder in [path_dirs] if isinstance(path_dirs, str) else path_dirs or ():
            if os.path.isfile(found := os.path.join(folder, filename)):  # noqa: PTH113, PTH118  as traitlets has them: text
                return os.path.abspath(found)
        return expanding(filename, path_dirs)

    vars(loader)["filefind"] = filefind


def find(pattern: str) -> list[str]:
    """Do as `glob.glob`, but take the beginning of the pattern by its letters as far as there is such a folder."""
    known, rest = pattern, ""
    while not os.path.lexists(known) and (cut := known.rfind(os.sep)) > 0:
        known, rest = pattern[:cut], pattern[cut:]
    return glob.glob(glob.escape(known) + rest if os.path.lexists(known) else pattern)  # noqa: PTH207  it keeps "./", which nbgrader needs


def is_plain(folder: str) -> bool:
    """Whether a folder's name says the same to everybody."""
    return not glob.has_magic(folder) and "$" not in folder and "%" not in folder


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Be loaded by a Jupyter server, before formgrader (by the alphabet)."""
    return [{"module": __name__}]


def _load_jupyter_server_extension(_: Any) -> None:
    allow_any_name()
