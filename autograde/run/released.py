"""The released notebook: a student's is only ever held against it."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from workbook_helpers.answers import MAX_BYTES
from workbook_helpers.files import read_file


@dataclass
class Released:
    """The released notebook: a student's is only ever held against it."""

    path: Path
    _raw: bytes | None = field(init=False)

    def __post_init__(self) -> None:
        self._raw = _bytes(self.path)
        self._code = _code_cells(self._raw)

    def changed(self, submitted: Path) -> Iterator[str]:
        """Say whether the student's notebook is other than what was released; nothing else is ever done with it."""
        raw = _bytes(submitted)
        if raw == self._raw and raw is not None:
            return
        found = _code_cells(raw)
        if found is None:
            yield "its notebook cannot be read; the answers count all the same"
        elif found != self._code:
            yield "its notebook was changed; the answers count all the same"


def _bytes(path: Path) -> bytes | None:
    try:
        return read_file(path, MAX_BYTES)
    except OSError:
        return None


def _code_cells(raw: bytes | None) -> Counter[str] | None:
    try:
        cells = json.loads(raw or b"")["cells"]
        code = (cell for cell in cells if cell["cell_type"] == "code")
        return Counter(json.dumps(["".join(cell["source"]), cell["metadata"].get("nbgrader")], sort_keys=True) for cell in code)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
