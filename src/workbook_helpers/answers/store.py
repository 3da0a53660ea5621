"""Keep a student's answers on disk: atomic, locked against other windows, with a last good copy."""

import errno
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from workbook_helpers.answers.change import Conflict, Saved, changed, count, read_tried, with_tried
from workbook_helpers.answers.sheet import MAX_BYTES, SCHEMA, AnswerSheet, parse_sheet, read_sheet
from workbook_helpers.errors import SaveError
from workbook_helpers.files import read_file, write_file
from workbook_helpers.items import Item, Json
from workbook_helpers.words import say

FILE = "answers.json"
LAST_GOOD = "answers.last-good.json"
DAMAGED = "answers.damaged-"
LOCK_TIMEOUT_S = 5.0


@dataclass(frozen=True, kw_only=True)
class Mended:
    """The answers file was damaged or gone, and what is there now comes from the last good copy.

    Attributes
    ----------
    since
        When the newest answer that is there was saved, ISO 8601; "" if there is none at all.
    """

    since: str


@dataclass(frozen=True, kw_only=True)
class Kept:
    """All that is kept of one copy, from one reading.

    Attributes
    ----------
    answers
        Item id → the answer as it stands, whatever wrote it.
    copy
        The copy's birth id, 16 hex digits; "" where it has none yet and the folder cannot be written.
    seed
        What the copy's draws and orders come from; "" before that was asked for.
    learner
        Whose paper it holds (`AnswerStore.draw`), "" where nobody's was drawn.
    mended
        Whether the file had to be mended since the student last said that this was seen.
    """

    answers: dict[str, Saved]
    copy: str = ""
    seed: str = ""
    learner: str = ""
    mended: Mended | None = None


class AnswerStore:
    """The answers file of one workbook.

    Many windows may hold a store on the same file. Each call reads the file again under a lock, so no window
    overwrites another's answers to other items, and `put` tells a window that is behind on its own item.

    Parameters
    ----------
    items
        The workbook's items, whose own rules of how an answer may change then hold (`Item.goes_on_from`).
    release
        Which version of the questions the page shows (`Workbook.release`): each answer keeps the one to which it was given.
    """

    def __init__(self, folder: Path, workbook: str, items: Mapping[str, Item] | None = None, *, release: str = "") -> None:
        self.path = folder.resolve() / FILE
        self._workbook = workbook
        self._items = items or {}
        self._release = release
        from filelock import FileLock  # here, since marking imports this module and takes no lock

        # A leading dot keeps it out of JupyterLab's file list.
        self._lock = FileLock(self.path.with_name(".answers.lock"), timeout=LOCK_TIMEOUT_S)

    def get(self, item_id: str) -> Saved:
        """Give the answer to an item, an empty `Saved` if there is none; SaveError if the file cannot be read."""
        with self._explaining():
            document = self._read()
            return _saved(document["answers"].get(item_id), document.get("aside", {}).get(item_id))

    def saved(self) -> dict[str, Saved]:
        """Give item id → answer of all that were given; nothing is written, not even a copy's birth."""
        with self._explaining():
            return {item_id: _saved(record) for item_id, record in self._read()["answers"].items()}

    def public(self) -> bytes:
        """Give the answers file as the page shows it, without what is not decided yet; b"" where there is none to read."""
        with self._explaining():
            document = self._read()
        kept = {name: part for name, part in document.items() if name not in ("aside", "mended")}
        return _encoded(kept) if len(kept) > 1 else b""

    def sheet(self) -> AnswerSheet:
        """Give the answers as the page shows them, for whoever only reads; see `read_sheet`."""
        found = read_sheet(self.path, self._items, self._workbook)
        try:
            raw = b"" if self.path.is_symlink() else self.public()
        except SaveError:
            return found
        return parse_sheet(raw, self._items, self._workbook) if raw else found

    def kept(self, *, seed: bool = False) -> Kept:
        """Give all that is kept, read once.

        The copy's birth id, and with `seed` its seed, are made and written if they are not there yet. A copy of the folder with
        its answers is the same copy; a fresh workbook at the same place is another one.
        """
        with self._explaining():
            document = self._read()
            wanted = ("copy", "seed") if seed else ("copy",)
            if not all(document.get(name) for name in wanted):
                with suppress(OSError), self._lock:  # a folder that cannot be written can be read all the same
                    document = self._read(mend=True)
                    born = {"revision": 0} | {name: secrets.token_hex(8) for name in wanted} | document
                    self._write(born)
                    document = born
        aside, mended = document.get("aside", {}), document.get("mended")
        answers = document["answers"]
        return Kept(
            answers={name: _saved(answers.get(name), aside.get(name)) for name in {**answers, **aside}},
            copy=_text(document.get("copy")),
            seed=_text(document.get("seed")),
            learner=_text(document.get("learner")),
            mended=Mended(since=str(mended.get("since", ""))) if isinstance(mended, dict) else None,
        )

    def seed(self) -> str:
        """Give what this copy's draws and orders come from, 16 hex digits; made and written when first asked for."""
        return self.kept(seed=True).seed

    def seen(self) -> None:
        """Note that the student has read of what was mended."""
        with self._explaining(), self._lock:
            document = self._read(mend=True)
            if document.pop("mended", None):
                self._write(document)

    def draw(self, learner: str, seed: str) -> None:
        """Keep whose paper this copy holds and what it is drawn from; answers that are there stay."""
        with self._explaining(), self._lock:
            document = self._read(mend=True)
            if (document.get("learner"), document.get("seed")) != (learner, seed):
                self._write({"revision": 0} | document | {"learner": learner, "seed": seed})

    def strangers(self) -> list[tuple[str, datetime]]:
        """Give name and time of each file beside the answers that a program for synchronising may have left; none is ever read."""
        try:
            own = {FILE, LAST_GOOD}
            found = [
                path
                for path in sorted(self.path.parent.glob("answers*.json"))
                if path.name not in own and not path.name.startswith((DAMAGED, LAST_GOOD.removesuffix(".json")))
            ]
            return [(path.name, datetime.fromtimestamp(path.stat().st_mtime, UTC)) for path in found]
        except OSError:
            return []

    def put(self, item_id: str, value: Json, base: Saved | None = None, *, begins: Saved | None = None) -> Saved | Conflict:
        """Write an answer; when this returns `Saved`, it is on disk, in the file and in its last good copy.

        Parameters
        ----------
        item_id, value
            The item and a value that `Item.problem` found no fault with.
        base
            What the caller last saw of this answer: value and revision; None writes whatever stands there.
        begins
            What stands there while nothing is kept: a later attempt begins with the first answer.

        Raises
        ------
        SaveError
            If the file cannot be written: disk full, folder read-only, or locked by another program.
        """
        item = self._item(item_id)
        with self._explaining(), self._lock:
            document = self._read(mend=True)
            answers, aside = document["answers"], document.get("aside", {})
            kept = item_id in answers or item_id in aside
            current = begins if begins and not kept else _saved(answers.get(item_id), aside.get(item_id))
            record = answers.get(item_id)
            strange = bool(item and item.problem(current.value))  # then only its revision tells whether the window has seen it
            seen = base is None or (current.revision == base.revision and (strange or current.value == base.value))
            revision = count(document.get("revision")) + 1
            made = changed(record, current, item, value, seen=seen, revision=revision, release=self._release)
            if isinstance(made, Conflict):
                return made
            answers[item_id] = made
            aside.pop(item_id, None)
            self._write(document | {"revision": revision})
            return _saved(made)

    def keep_tried(self, item_id: str, tried: Json, revision: int) -> None:
        """Keep how practice went with the answer of this revision, which stays as it was; only what `read_tried` takes is kept."""
        with self._explaining(), self._lock:
            document = self._read(mend=True)
            record = document["answers"].get(item_id)
            if record is not None and read_tried(tried):
                document["answers"][item_id] = with_tried(record, tried, revision)
                self._write(document)

    @staticmethod
    @contextmanager
    def _explaining() -> Iterator[None]:
        """Turn what the system says into a SaveError that a student can read."""
        try:
            yield
        except TimeoutError as error:
            raise SaveError(say("error-busy")) from error
        except OSError as error:
            raise SaveError(say("error-folder", why=error.strerror or str(error))) from error

    def _item(self, name: str) -> Item | None:
        """Find the item of an answer, which may be one of a later attempt (`Referral.kept_as`)."""
        return self._items.get(name.partition("@")[0])

    def _read(self, *, mend: bool = False) -> dict[str, Any]:
        """Read the file and its last good copy into one document; `mend` moves a damaged file aside.

        After each save both hold the same. Where they do not, another program was there: a damaged or missing file is
        replaced by the copy, and of an older one that was put in its place the newer answers of the copy are kept in
        `aside` until the student has said which holds.
        """
        good = _bytes(self.path.with_name(LAST_GOOD))  # first, as it is written last: a save meanwhile is no older file
        raw = _bytes(self.path)
        document = self._document(raw)
        if document is not None and raw == good:
            return document
        last = self._document(good)
        if document is None:
            if mend and self.path.exists():
                stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
                self.path.replace(self.path.with_name(f"{DAMAGED}{stamp}.json"))
            if last is None:
                return {"answers": {}} | ({"mended": {"since": ""}} if raw is not None else {})
            times = [str(record.get("saved_at", "")) for record in last["answers"].values()]
            return last | {"mended": {"since": max(times, default="")}}
        if last is not None and last.get("copy") == document.get("copy"):
            self._compare(document, last)
        return document

    def _document(self, raw: bytes | None) -> dict[str, Any] | None:
        """Read what this store wrote; None if it is missing or damaged, or a file of another workbook, which cannot be handed in."""
        try:
            document = json.loads(raw or b"")
        except (ValueError, RecursionError):
            return None
        if not isinstance(document, dict) or (document.get("schema"), document.get("workbook")) != (SCHEMA, self._workbook):
            return None
        for records in (document.get("answers"), document.get("aside", {})):
            if not isinstance(records, dict) or not all(isinstance(record, dict) and "value" in record for record in records.values()):
                return None
        return document

    def _compare(self, document: dict[str, Any], last: dict[str, Any]) -> None:
        """Put into `aside` what the last good copy knows better than a file that has come in place of what was saved here."""
        reached, answers = count(last.get("revision")), document["answers"]
        for item_id, record in last["answers"].items():
            now, item = _saved(answers.get(item_id)), self._item(item_id)
            if now.value == record["value"] or now.revision > reached:
                continue
            if item and not item.problem(record["value"]) and not item.goes_on_from(record["value"], now.value):
                answers[item_id] = record  # what cannot be taken back is not taken back by an older file either
            else:
                document.setdefault("aside", {})[item_id] = record
        document["revision"] = max(reached, count(document.get("revision")))

    def _write(self, document: dict[str, Any]) -> None:
        document = {"schema": SCHEMA, "workbook": self._workbook} | document
        raw = _encoded(document)
        if len(raw) > MAX_BYTES:
            raw = _encoded(document, indent=None)
        if len(raw) > MAX_BYTES:  # it could not be read again
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
        for path in (self.path, self.path.with_name(LAST_GOOD)):
            write_file(path, raw)


def _bytes(path: Path) -> bytes | None:
    try:
        return read_file(path, MAX_BYTES)
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno != errno.EFBIG:
            raise
        return b""  # nothing of ours, as a damaged one


def _encoded(document: dict[str, Any], *, indent: int | None = 1) -> bytes:
    """Give a document as the file holds it; half a surrogate pair, which no page writes, becomes JSON's own escape."""
    return json.dumps(document, ensure_ascii=False, indent=indent).encode(errors="backslashreplace")


def _saved(record: dict[str, Any] | None, aside: dict[str, Any] | None = None) -> Saved:
    other = None if aside is None else _saved(aside)
    if record is None:
        return Saved(other=other)
    return Saved(
        value=record["value"],
        saved_at=str(record.get("saved_at", "")),
        revision=count(record.get("revision")),
        other=other,
        tried=read_tried(record.get("tried")),
    )


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""
