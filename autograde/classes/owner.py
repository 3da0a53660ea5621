"""Whether a folder is a class of ours, and of whom: a class's settings are a program, so a stranger's are not read."""

import os
import stat
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from pathlib import Path

from autograde.errors import ClassError

CONFIG = "nbgrader_config.py"
MARKER = "# This is a class folder of autograde."
"""The line by which a folder is known as a class of ours, and not any other nbgrader course."""
TRUST = "AUTOGRADE_TRUST"


def is_class(folder: Path) -> bool:
    """Whether `folder` holds a class of ours."""
    try:
        return any(line.startswith(MARKER) for line in settings_text(folder).splitlines())
    except OSError:
        return False


def settings_text(folder: Path) -> str:
    """Give the settings in `folder` as text, in whatever way an editor has saved them; OSError if they cannot be read."""
    raw = (folder / CONFIG).read_bytes()
    return raw.decode("utf-16" if raw.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8-sig", "replace")


def unreadable(folder: Path) -> str:
    """Say why the settings that lie in `folder` cannot be read, so that nobody knows whose they are; "" if they can, or there are none."""
    path = folder / CONFIG
    try:
        path.read_bytes()
    except OSError as error:
        return error.strerror or str(error) if os.path.lexists(path) and not path.is_dir() else ""
    return ""


def refuse_strangers(root: Path) -> None:
    """Raise ClassError where the class in `root`, or its settings, are not the user's own (nor the system's), or anybody may change them.

    Windows gives no owner here; there, who may write into a folder is left to the system. A class that several people share is
    named in the environment variable `AUTOGRADE_TRUST`, as git's `safe.directory` is.
    """
    if not hasattr(os, "geteuid") or str(root) in os.environ.get(TRUST, "").split(os.pathsep):
        return
    own = {0, os.geteuid(), *([int(os.environ["SUDO_UID"])] if os.geteuid() == 0 and os.environ.get("SUDO_UID", "").isdigit() else [])}
    for path in (root, root / CONFIG, (root / CONFIG).with_suffix(".json")):
        try:
            about = path.stat()
        except OSError:  # not there, or whoever reads it says why it cannot be read
            continue
        open_to_all = bool(about.st_mode & stat.S_IWOTH) and not (stat.S_ISDIR(about.st_mode) and about.st_mode & stat.S_ISVTX)
        if about.st_uid in own and not open_to_all:
            continue
        why = f"anybody may change it (mend: chmod o-w {path})" if about.st_uid in own else "it belongs to somebody else"
        msg = (
            f"{path} is not used: {why}, and a class's settings are a program. Work as its owner, or, if you trust everybody who may "
            f"write there, set {TRUST}={root}"
        )
        raise ClassError(msg)
