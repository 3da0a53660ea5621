"""Files of the user's own settings, beside Jupyter's: what they say holds on this computer, for all classes."""

import errno
import json
from pathlib import Path
from typing import Any, TypeVar

from jupyter_core.paths import jupyter_config_dir

from autograde.whole import keep_aside
from workbook_helpers.files import read_file, write_file

MAX_BYTES = 2_000_000
DAMAGED = (ValueError, KeyError, TypeError, AttributeError, RecursionError)
"""What reading a file raises that is none of ours, or not whole; beside OSError."""
Rows = TypeVar("Rows", list[Any], dict[str, Any])


def own_path(name: str) -> Path:
    """Give where a file of this name is."""
    return Path(jupyter_config_dir()) / name


def read_own(name: str, part: str, kind: type[Rows]) -> Rows:
    """Give what stands in a file under `part`; OSError or one of `DAMAGED` where there is nothing of this kind that can be read."""
    found = json.loads(read_file(own_path(name), MAX_BYTES))[part]
    if not isinstance(found, kind):
        msg = f"{name} holds another form of {part}"
        raise TypeError(msg)
    return found


def write_own(name: str, part: str, rows: Rows) -> Path | None:
    """Put something in place of what stands in a file; one that cannot be understood is kept aside, and it is told where.

    Raises
    ------
    OSError
        If it cannot be written, or what is there cannot be looked at just now; EFBIG where it could not be read again.
    """
    path, data = own_path(name), json.dumps({"schema": 1, part: rows}, ensure_ascii=False, indent=1).encode("utf-8", "replace")
    if len(data) > MAX_BYTES:
        raise OSError(errno.EFBIG, f"it would have more than {MAX_BYTES // 1_000_000} MB", str(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = keep_aside(path) if _is_damaged(name, part, type(rows)) else None
    write_file(path, data, mode=0o600)
    return aside


def _is_damaged(name: str, part: str, kind: type[Rows]) -> bool:
    try:
        read_own(name, part, kind)
    except FileNotFoundError:
        return False
    except DAMAGED:
        return True
    except OSError as error:
        if error.errno != errno.EFBIG:
            raise
        return True
    return False
