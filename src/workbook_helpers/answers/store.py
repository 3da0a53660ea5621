"""Keep a student's answers on disk: atomic, locked against other windows, with a last good copy."""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from workbook_helpers.answers.sheet import SCHEMA
from workbook_helpers.errors import SaveError
from workbook_helpers.files import write_file
from workbook_helpers.items import Json
from workbook_helpers.words import say

FILE = "answers.json"
LAST_GOOD = "answers.last-good.json"
LOCK_TIMEOUT_S = 5.0


@dataclass(frozen=True, kw_only=True)
class Saved:
    """An answer as it stands on disk.

    Attributes
    ----------
    value
        None if the item was never answered.
    saved_at
        ISO 8601 in UTC with milliseconds; "" if never answered.
    revision
        The file's revision at which this answer was last changed; 0 if never answered.
    """

    value: Json = None
    saved_at: str = ""
    revision: int = 0


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """Another window has changed the answer since this one last read it; nothing was written.

    Attributes
    ----------
    current
        What stands on disk.
    """

    current: Saved


class AnswerStore:
    """The answers file of one workbook.

    Many windows may hold a store on the same file. Each call reads the file again under a lock, so no window
    overwrites another's answers to other items, and `put` tells a window that is behind on its own item.
    """

    def __init__(self, folder: Path, workbook: str) -> None:
        self.path = folder.resolve() / FILE
        self._workbook = workbook
        from filelock import FileLock  # here, since marking imports this module and takes no lock

        # A leading dot keeps it out of JupyterLab's file list.
        self._lock = FileLock(self.path.with_name(".answers.lock"), timeout=LOCK_TIMEOUT_S)

    def get(self, item_id: str) -> Saved:
        """Give the answer to an item, an empty `Saved` if there is none; SaveError if the file cannot be read."""
        with self._told():
            return _saved(self._read().get("answers", {}).get(item_id))

    def values(self) -> dict[str, Json]:
        """Give item id → value of every answer that was given."""
        with self._told():
            return {item_id: record["value"] for item_id, record in self._read().get("answers", {}).items()}

    def seed(self) -> str:
        """Give what this copy's draws and orders come from, 16 hex digits; made and written when first asked for."""
        with self._told(), self._lock:
            document = self._read(mend=True)
            if not document.get("seed"):
                document = {"revision": 0, "answers": {}} | document | {"seed": secrets.token_hex(8)}
                self._write(document)
            return str(document["seed"])

    def learner(self) -> str:
        """Give whose paper this copy holds (`draw`), "" where nobody's was drawn."""
        with self._told():
            found = self._read().get("learner")
            return found if isinstance(found, str) else ""

    def draw(self, learner: str, seed: str) -> None:
        """Keep whose paper this copy holds and what it is drawn from; answers that are there stay."""
        with self._told(), self._lock:
            document = self._read(mend=True)
            if (document.get("learner"), document.get("seed")) != (learner, seed):
                self._write({"revision": 0, "answers": {}} | document | {"learner": learner, "seed": seed})

    def put(self, item_id: str, value: Json, base: int | None = None) -> Saved | Conflict:
        """Write an answer; when this returns `Saved`, it is on disk.

        Parameters
        ----------
        item_id, value
            The item and a value that `Item.problem` found no fault with.
        base
            The revision of this answer that the caller last saw (0 for none); None writes whatever stands there.

        Raises
        ------
        SaveError
            If the file cannot be written: disk full, folder read-only, or locked by another program.
        """
        with self._told(), self._lock:
            document = self._read(mend=True)
            answers = document.setdefault("answers", {})
            current = _saved(answers.get(item_id))
            if base is not None and current.revision != base and current.value != value:
                return Conflict(current=current)
            revision = int(document.get("revision", 0)) + 1
            record = {"value": value, "saved_at": datetime.now(UTC).isoformat(timespec="milliseconds"), "revision": revision}
            answers[item_id] = record
            self._write(document | {"revision": revision, "answers": answers})
            return _saved(record)

    @staticmethod
    @contextmanager
    def _told() -> Iterator[None]:
        """Turn what the system says into a SaveError that a student can read."""
        try:
            yield
        except TimeoutError as error:
            raise SaveError(say("error-busy")) from error
        except OSError as error:
            raise SaveError(say("error-folder", why=error.strerror or str(error))) from error

    def _read(self, *, mend: bool = False) -> dict[str, Any]:
        """Read the file, or the last good copy where the file is damaged; `mend` sets the damaged one aside."""
        document = _document(self.path)
        if document is not None:
            return document
        if mend and self.path.exists():
            stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
            self.path.replace(self.path.with_name(f"answers.damaged-{stamp}.json"))
        return _document(self.path.with_name(LAST_GOOD)) or {}

    def _write(self, document: dict[str, Any]) -> None:
        document = {"schema": SCHEMA, "workbook": self._workbook} | document
        if self.path.exists():
            write_file(self.path.with_name(LAST_GOOD), self.path.read_bytes())
        write_file(self.path, json.dumps(document, ensure_ascii=False, indent=1).encode())


def _document(path: Path) -> dict[str, Any] | None:
    """Read a file that this store wrote; None if it is missing or damaged. Other faults of the disk are raised."""
    try:
        document = json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError, RecursionError):
        return None
    answers = document.get("answers") if isinstance(document, dict) else None
    if not isinstance(answers, dict) or not all(isinstance(r, dict) and "value" in r for r in answers.values()):
        return None
    return dict(document)


def _saved(record: dict[str, Any] | None) -> Saved:
    if record is None:
        return Saved()
    return Saved(value=record["value"], saved_at=record.get("saved_at", ""), revision=int(record.get("revision", 0)))
