"""What is handed in: the answers as they leave the student, the manifest, the notebook and the receipt. No folder and no database.

Both doors make it here: the file beside a notebook (`hand_in`), and the service that keeps a class's answers (`served`).
"""

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from workbook_helpers.answers import parse_sheet
from workbook_helpers.errors import HandInError
from workbook_helpers.files import read_file
from workbook_helpers.items import Item, Json, Workbook
from workbook_helpers.referral import Given, Referral, plain
from workbook_helpers.words import say

SCHEMA = 1
PUBLIC = ("value", "saved_at", "revision", "release")
"""Parts of an answer's record that are handed in. All others stay: answers to older questions, how practice went, what one window knew of
it, and what a merge of ids has put aside for it.
"""
MAX_NOTEBOOK = 50_000_000
"""Bytes, with all that a front end saved into it."""
STAMP = "%Y%m%d-%H%M%S"
"""The time in a hand-in's name."""


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What a student gets for handing in.

    Attributes
    ----------
    handed_in_at
        ISO 8601 in UTC.
    code
        The first 12 hex digits of the SHA-256 of the answers file that was handed in, e.g. "7F3A-90BC-12DE".
    answered, total
        Of the assessed items; one that is half done is not answered.
    unanswered
        The stems of those with no answer.
    started
        The stems of those that are half done; their answers are handed in, too.
    file
        The zip's name in the folder `handed-in`.
    through
        "exchange" and "server" if the tutor has it already, "file" if the student must still give the file to the tutor.
    attempt
        That which a referral has opened, else 1; then `answered` and what follows speak of its tasks alone.
    """

    workbook: str
    assignment: str
    title: str
    student: str
    handed_in_at: str
    code: str
    answered: int
    total: int
    unanswered: tuple[str, ...]
    file: str
    through: Literal["exchange", "server", "file"]
    started: tuple[str, ...] = ()
    attempt: int = 1

    def shown(self) -> dict[str, Json]:
        """Give it as the page has it: `Receipt` in `page/types.d.ts`."""
        return {
            "at": self.handed_in_at,
            "code": self.code,
            "answered": self.answered,
            "total": self.total,
            "unanswered": list(self.unanswered),
            "started": list(self.started),
            "learner": self.student,
            "file": self.file,
            "through": self.through,
            "attempt": self.attempt,
        }


@dataclass(frozen=True, kw_only=True)
class HandIn:
    """All of one hand-in.

    Attributes
    ----------
    name
        What its files are called, without an ending.
    files
        File name → content of what goes to the tutor.
    """

    name: str
    files: Mapping[str, bytes]
    receipt: Receipt

    def zipped(self) -> bytes:
        """Give its files as one zip, the same bytes for the same hand-in."""
        with io.BytesIO() as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                for name in sorted(self.files):
                    at = datetime.fromisoformat(self.receipt.handed_in_at).timetuple()[:6]
                    entry = zipfile.ZipInfo(name, date_time=max(at, (1980, 1, 1, 0, 0, 0)))  # a zip knows no earlier time
                    entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
                    archive.writestr(entry, self.files[name])
            return file.getvalue()


def make_hand_in(
    workbook: Workbook,
    raw: bytes,
    student: str,
    referral: Referral | None,
    now: datetime,
    *,
    through: Literal["exchange", "server", "file"] = "file",
    order: datetime | None = None,
) -> HandIn:
    """Make a hand-in.

    Parameters
    ----------
    raw
        The answers file as the page shows it (`AnswerStore.public`), those to later attempts included.
    student
        Whose it is, an id.
    referral
        What holds for them; None where nothing does.
    now
        When it is handed in, in UTC.
    order
        Its place among all that the learner hands in, where that is not `now`: it stands in its name (`order_of`).

    Raises
    ------
    HandInError
        If the declaration is not signed.
    """
    answers = _public_answers(workbook, raw, student, referral)
    handed = parse_sheet(answers, workbook.items, workbook.id)
    if not all(handed.value(item.id) for item in workbook.items.values() if item.kind == "declaration"):
        raise HandInError(say("error-declaration"))
    digest = hashlib.sha256(answers).hexdigest()
    code = "-".join(re.findall("....", digest[:12].upper()))
    paper, same = list(workbook.paper(handed.seed, assessed=True).values()), list[Item]()
    if referral:
        paper = [workbook.items[task.item] for task in referral.tasks]
        same = [item for item in paper if not referral.is_changed(item, handed.value(item.id))]
    left = [item for item in paper if item in same or item.missing(handed.value(item.id))]
    blank = [item for item in left if item in same or item.is_blank(handed.value(item.id))]
    order = order or now
    name = f"{workbook.assignment}-{order:{STAMP}}-{code}"
    manifest = {
        "schema": SCHEMA,
        "workbook": workbook.id,
        "assignment": workbook.assignment,
        "student": student,
        "handed_in_at": now.isoformat(timespec="seconds"),
        "answers_sha256": digest,
        "code": code,
        "declared": True,
    }
    if order != now:  # so that the same, handed in again within a second, is not the same file
        manifest["order_at"] = order.isoformat(timespec="seconds")
    manifest |= {"attempt": referral.attempt, "referral": referral.id, "about_sha256": referral.answers_sha256} if referral else {}
    receipt = Receipt(
        workbook=workbook.id,
        assignment=workbook.assignment,
        title=workbook.about.title,
        student=student,
        handed_in_at=str(manifest["handed_in_at"]),
        code=code,
        answered=len(paper) - len(left),
        total=len(paper),
        unanswered=tuple(item.stem for item in blank),
        started=tuple(item.stem for item in left if item not in blank),
        file=f"{name}.zip",
        through=through,
        attempt=referral.attempt if referral else 1,
    )
    files = {
        "answers.json": answers,
        "manifest.json": json.dumps(manifest, indent=1).encode(),
        workbook.notebook.name: _notebook(workbook),
    }
    return HandIn(name=name, files=files, receipt=receipt)


def order_of(receipt: Receipt) -> datetime:
    """Give the time in a hand-in's name: by it those of one learner to one workbook follow each other, whatever became of the clock."""
    return datetime.strptime(receipt.file.removeprefix(f"{receipt.assignment}-")[:15], STAMP).replace(tzinfo=UTC)


def _public_answers(workbook: Workbook, raw: bytes, student: str, referral: Referral | None) -> bytes:
    """Give the answers file with whose it is and which questions it answers.

    Without what is private, was in an older version of the workbook, or belongs to the paper of another learner: only what is
    known to be public. With a referral they are those of the attempt that it opens (`Referral.whole`).
    """
    document: dict[str, Any] = json.loads(raw) | {"learner": student, "release": workbook.release}
    asked = {item.id for item in workbook.paper(parse_sheet(raw, workbook.items, workbook.id).seed).values()}
    kept = document["answers"]
    standing = referral.whole(workbook.items, kept, _handed_in) if referral else plain(kept)
    answers = {item_id: record for item_id, record in standing.items() if item_id in asked}
    document["answers"] = {
        item_id: {name: part for name, part in record.items() if name in PUBLIC} if isinstance(record, dict) else record
        for item_id, record in answers.items()
        if workbook.items[item_id].handed_in(record.get("value") if isinstance(record, dict) else None) is not None
    }
    # Half a surrogate pair, which no page writes, becomes JSON's own escape rather than an error.
    return json.dumps(document, ensure_ascii=False, indent=1).encode(errors="backslashreplace")


def _handed_in(given: Given) -> dict[str, Any]:
    return {**given.model_dump(), "revision": 0}


def _notebook(workbook: Workbook) -> bytes:
    """Give the notebook without outputs: JupyterLab saves them, and they show every answer, the private ones as well.

    What is no notebook may hold anything; an empty one stands for it, since marking uses the tutor's own.
    """
    try:
        raw = read_file(workbook.notebook, MAX_NOTEBOOK)
        document = json.loads(raw)
        shown = [cell for cell in document["cells"] if cell.get("outputs")]
        if not shown and "widgets" not in document["metadata"]:
            return raw
        for cell in shown:
            cell["outputs"] = []
        document["metadata"].pop("widgets", None)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        document = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(document, indent=1).encode()
