"""Tell a folder that a program keeps in step with other computers, where two copies of a gradebook can come to differ.

Such a program copies `gradebook.db` while it is written, or puts an older one in its place, without a word. It is known by the names
that its folders have, by what it leaves in them, and by what the system's settings say; one that does none of this is not found.
"""

import json
import os
import re
from functools import lru_cache
from pathlib import Path

from autograde.gradebook.disk import on_network

NAMED = (
    ("OneDrive", re.compile(r"onedrive\b.*", re.IGNORECASE)),
    ("Dropbox", re.compile(r"dropbox( \(.*\))?(-.*)?", re.IGNORECASE)),
    ("Google Drive", re.compile(r"google ?drive( file stream)?(-.*)?|my drive", re.IGNORECASE)),
    ("iCloud", re.compile(r"icloud ?drive|com~apple~clouddocs|mobile documents", re.IGNORECASE)),
    ("Box", re.compile(r"box( sync|-box)", re.IGNORECASE)),
    ("Nextcloud", re.compile(r"nextcloud|owncloud", re.IGNORECASE)),
)
"""What each calls its folder, on Windows and macOS (there: below ~/Library/CloudStorage)."""
LEFT_BEHIND = (
    ("Dropbox", (".dropbox.cache",)),
    ("Google Drive", (".tmp.drivedownload", ".tmp.driveupload", ".shortcut-targets-by-id")),
    ("OneDrive", (".849C9593-D756-4E56-8D6E-42412F2A707B",)),
    ("Nextcloud", (".nextcloudsync.log", ".owncloudsync.log")),
    ("Syncthing", (".stfolder",)),
)
"""What each leaves in the top of a folder that it keeps in step."""
VARIABLES = (("OneDrive", "OneDrive"), ("OneDrive", "OneDriveCommercial"), ("OneDrive", "OneDriveConsumer"))
"""What Windows' environment says: the program, and the variable that holds its folder."""
DROPBOX = (Path(".dropbox") / "info.json", Path("AppData") / "Local" / "Dropbox" / "info.json")
"""Where Dropbox says which folders it has, below the home [help.dropbox.com, "locate the Dropbox folder programmatically", 2026-11]."""
MAX_BYTES = 100_000


def synced_by(path: Path) -> str:
    """Give the program that keeps the folder `path` in step with other computers, as people call it; "" for none that is known."""
    path = Path(os.path.abspath(path))
    places = list(dict.fromkeys((path, *path.parents, path.resolve(), *path.resolve().parents)))
    folders = {Path(os.path.abspath(found)): name for name, variable in VARIABLES if (found := os.environ.get(variable))}
    folders |= dict.fromkeys(_dropbox(Path(os.path.expanduser("~"))), "Dropbox")  # noqa: PTH111, Path.expanduser raises where there is no home
    for place in places:
        if place in folders:
            return folders[place]
        for name, pattern in NAMED:
            if pattern.fullmatch(place.name):
                return name
        for name, left in LEFT_BEHIND:
            if any((place / one).exists() for one in left) and place.parent != place:
                return name
    return ""


@lru_cache(maxsize=16)
def why_unsafe(path: Path) -> str:
    """Say in a sentence why a class does not lie safely in a folder, "" where nothing is known against it; a place is looked at once."""
    if program := synced_by(path):
        return f"{program} keeps this class’s folder in step with other computers, which can spoil the marks."
    return "This class lies on a network drive, where the marks are less safe." if on_network(path) else ""


def _dropbox(home: Path) -> list[Path]:
    """Give the folders that Dropbox says it has."""
    found = []
    for file in DROPBOX:
        try:
            accounts = json.loads((home / file).read_bytes()[:MAX_BYTES])
            found += [Path(one["path"]) for one in accounts.values()]
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue
    return found
