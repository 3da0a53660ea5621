"""A gradebook's address, as SQLAlchemy writes it: in it "%20" is a blank, "?" begins a setting, and a password may stand in it."""

import re
from pathlib import Path
from urllib.parse import unquote

SQLITE = "sqlite:///"


def sqlite_url(path: Path) -> str:
    """Write the address of an SQLite file as SQLAlchemy reads it."""
    return f"{SQLITE}{str(path).replace('%', '%25').replace('?', '%3F')}"


def sqlite_path(url: str) -> Path:
    """Give the file of such an address."""
    return Path(unquote(url.removeprefix(SQLITE).partition("?")[0]))


def sqlite_file(url: str) -> Path | None:
    """Give the file of a gradebook, None for one on a server."""
    return sqlite_path(url) if url.startswith(SQLITE) else None


def without_password(url: str) -> str:
    """Give a database's address as it may be shown."""
    return re.sub(r"(//[^/@:]*):[^@]*@", r"\1:***@", url)


def has_password(url: str) -> bool:
    """Whether a database's address carries a password, so that who reads it can get in."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        return bool(url) and make_url(url).password is not None
    except ArgumentError:
        return False
