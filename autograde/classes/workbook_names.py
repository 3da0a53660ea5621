"""What a person calls a workbook."""

import re
from pathlib import Path

from workbook_helpers.errors import ContentError
from workbook_helpers.items import read_toml


def is_called(name: str, assignment: str, short: str) -> bool:
    """Whether a person means this workbook by `name`: its whole name, its folder, or its short id as w01, W1, 01 or 1."""
    plain = re.split(r"[/\\]", name.strip().rstrip("/\\"))[-1].casefold()
    number = re.fullmatch(r"w?0*(\d{1,3})", plain)
    meant = f"w{int(number[1]):02}" if number else plain
    return plain != "" and (plain in (assignment.casefold(), short.casefold()) or meant == short)


def short_id(folder: Path) -> str:
    """Give the short id of the workbook in `folder`, "" if its file cannot be read."""
    try:
        return str(read_toml(folder / "workbook.toml").get("id", ""))
    except ContentError:
        return ""
