"""A learner's id as the name of a folder, and back: nbgrader keeps the folder's name in its gradebook and in its addresses."""

import re

DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))})
"""Names that Windows keeps for itself."""
MAX_FOLDER = 128
"""Characters: what nbgrader's column for an id holds in PostgreSQL."""
_ODD = re.compile(rb"[^A-Za-z0-9._@-]")
_CODES = re.compile(r"(?:=[0-9A-F]{2})+")


def folder_name(learner: str) -> str:
    r"""Give the name that stands for an id in folders and in the gradebook: `COLLEGE\jsmith` → `COLLEGE=5Cjsmith`.

    An id of a–z, digits and . _ @ - is its own name, unless a system would hide it, cut it or keep it for a device.
    Each other byte (of UTF-8) becomes "=" and two hex digits, which no address, pattern or shell takes for something else.
    """
    name = _ODD.sub(lambda found: b"=%02X" % found[0][0], learner.encode("utf-8", "surrogatepass")).decode()
    if name.startswith((".", "-")) or name.split(".")[0].casefold() in DEVICES:
        name = f"={ord(name[0]):02X}{name[1:]}"
    return f"{name[:-1]}=2E" if name.endswith(".") else name


def shown(name: str) -> str:
    """Give the id that people know for a folder's name; any other text is its own."""
    return _CODES.sub(_decoded, name)


def _decoded(found: re.Match[str]) -> str:
    try:
        return bytes.fromhex(found[0].replace("=", "")).decode()
    except UnicodeDecodeError:
        return found[0]
