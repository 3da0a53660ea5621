"""Hand in: gather what is handed in, give it to the exchange where there is one, keep a file and a receipt."""

import hashlib
import json
import os
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter

from workbook_helpers.answers import AnswerStore, parse_sheet
from workbook_helpers.errors import HandInError, PaperError
from workbook_helpers.files import read_file, write_file
from workbook_helpers.items import Item, Workbook, clean_id, paper_seed
from workbook_helpers.referral import Given, Referral, plain, referral_of, referrals
from workbook_helpers.style import CSS
from workbook_helpers.words import language, say

FOLDER = "handed-in"
SCHEMA = 1
PRIVATE = ("before", "tried")
"""Parts of an answer's record that stay: answers to older questions, and how practice went."""
MAX_SMALL, MAX_NOTEBOOK = 1_000_000, 50_000_000
"""Bytes: of a receipt or an id, and of a notebook with all that a front end saved into it."""


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
        "exchange" if the tutor has it already, "file" if the student must still give the file to the tutor.
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
    through: Literal["exchange", "file"]
    started: tuple[str, ...] = ()
    attempt: int = 1


RECEIPT = TypeAdapter(Receipt)


def hand_in(workbook: Workbook, student: str, submit: Callable[[Path], bool] = lambda _: False) -> Receipt:
    """Hand in the answers as they stand on disk.

    Parameters
    ----------
    submit
        Given the folder of what is handed in, named as its assignment: gives it to the tutor if there is a way, and says whether
        it did; HandInError if the way is there and refuses.

    Raises
    ------
    HandInError
        If the id is not one, the declaration is not signed, the answers cannot be read, or nothing can be written.
        Nothing has been handed in then, and nothing is lost.
    PaperError
        If the questions were drawn for another learner, or for nobody yet; or if the page shows a referral, or would have to,
        to another one than who hands in.
    """
    student = _learner(student)
    store = AnswerStore(workbook.folder, workbook.id, workbook.items)
    if workbook.pools:
        _check_paper(store.kept().learner, student)
    elif referrals(workbook):
        _check_paper(learner_id(workbook), student, "device-not-you")
    sheet = store.sheet()
    if sheet.problem:
        raise HandInError(say("error-answers" if store.path.exists() else "error-no-answers"))
    referral = referral_of(workbook, student)
    with _explaining():
        answers = _public_answers(workbook, store, student, referral)
        handed = parse_sheet(answers, workbook.items, workbook.id)  # another window may have saved since
        if not all(handed.value(item.id) for item in workbook.items.values() if item.kind == "declaration"):
            raise HandInError(say("error-declaration"))
        digest = hashlib.sha256(answers).hexdigest()
        now = datetime.now(UTC)
        code = "-".join(re.findall("....", digest[:12].upper()))
        paper, same = list(workbook.paper(handed.seed, assessed=True).values()), list[Item]()
        if referral:
            paper = [workbook.items[task.item] for task in referral.tasks]
            same = [item for item in paper if not referral.is_changed(item, handed.value(item.id))]
        left = [item for item in paper if item in same or item.missing(handed.value(item.id))]
        blank = [item for item in left if item in same or item.is_blank(handed.value(item.id))]
        name = f"{workbook.assignment}-{now:%Y%m%d-%H%M%S}-{code}"
        manifest = {
            "schema": SCHEMA,
            "workbook": workbook.id,
            "assignment": workbook.assignment,
            "student": student,
            "handed_in_at": now.isoformat(timespec="seconds"),
            "answers_sha256": digest,
            "code": code,
            "declared": True,
        } | ({"attempt": referral.attempt, "referral": referral.id, "about_sha256": referral.answers_sha256} if referral else {})
        _remember_learner(workbook, student)
        _folder(workbook).mkdir(exist_ok=True)
        with _whole(_folder(workbook), name), tempfile.TemporaryDirectory() as temporary:
            stage = Path(temporary) / workbook.assignment  # nbgrader takes the folder's name for the assignment
            stage.mkdir()
            (stage / "answers.json").write_bytes(answers)
            (stage / "manifest.json").write_text(json.dumps(manifest, indent=1), "utf-8")
            (stage / workbook.notebook.name).write_bytes(_notebook(workbook))
            write_file(_folder(workbook) / f"{name}.zip", _zipped(stage))
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
                through="file",
                attempt=referral.attempt if referral else 1,
            )
            _keep(_folder(workbook), receipt)  # first, because what the exchange took cannot be taken back
            if submit(stage):
                receipt = replace(receipt, through="exchange")
                with suppress(OSError):  # else the receipt on disk asks for the file as well, which does no harm
                    _keep(_folder(workbook), receipt)
    return receipt


def choose_learner(workbook: Workbook, student: str) -> None:
    """Draw the paper of this copy for a learner, and remember who it is.

    Raises
    ------
    HandInError
        If the id is not one, or the folder cannot be written.
    SaveError
        If the answers cannot be written.
    """
    student = _learner(student)
    AnswerStore(workbook.folder, workbook.id).draw(student, paper_seed(workbook.about.class_id, workbook.id, student))
    with _explaining():
        _remember_learner(workbook, student)


def same_learner(one: str, other: str) -> bool:
    """Whether two ids name one learner, as `paper_seed` takes them."""
    return clean_id(one).lower() == clean_id(other).lower()


def receipts(workbook: Workbook) -> tuple[Receipt, ...]:
    """Give the receipts of a workbook, oldest first; files that are none are passed over."""
    found = []
    for path in sorted(_folder(workbook).glob(f"{workbook.assignment}-*.json")):
        try:
            receipt = RECEIPT.validate_json(read_file(path, MAX_SMALL))
            datetime.fromisoformat(receipt.handed_in_at).astimezone()
        except (OSError, ValueError, OverflowError):
            continue
        found.append(receipt)
    return tuple(found)


def receipt_page_name(receipt: Receipt) -> str:
    """Give the name of the receipt's page in the folder `handed-in`."""
    return receipt.file.removesuffix(".zip") + ".html"


def learner_id(workbook: Workbook) -> str:
    """Give the student's id: a hub knows it, elsewhere it is what was typed last, "" if nothing was."""
    if user := hub_user():
        return user
    try:
        student = json.loads(read_file(workbook.folder.parent / "learner.json", MAX_SMALL))["student"]
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return ""
    return clean_id(student) if isinstance(student, str) else ""


def hub_user() -> str:
    """Give who is logged in on a hub, "" where there is none."""
    return clean_id(os.environ.get("JUPYTERHUB_USER", ""))


def _check_paper(drawn_for: str, student: str, other: str = "error-paper") -> None:
    """Refuse to hand in as one learner what was drawn for another, in the words `other`."""
    if not drawn_for:
        raise PaperError(say("error-no-paper"))
    if not same_learner(drawn_for, student):
        raise PaperError(say("error-paper-hub" if hub_user() else other, learner=drawn_for, typed=student), about="learner")


def _learner(student: str) -> str:
    found = clean_id(student)
    if not found:
        raise HandInError(say("error-learner"), about="learner")
    return found


def _folder(workbook: Workbook) -> Path:
    return workbook.folder.parent / FOLDER


def _public_answers(workbook: Workbook, store: AnswerStore, student: str, referral: Referral | None) -> bytes:
    """Give the answers file with whose it is and which questions it answers.

    Without what is private, was in an older version of the workbook, or belongs to the paper of another learner: only what is
    known to be public. With a referral they are those of the attempt that it opens (`Referral.whole`).
    """
    raw = store.public()
    document: dict[str, Any] = json.loads(raw) | {"learner": student, "release": workbook.release}
    asked = {item.id for item in workbook.paper(parse_sheet(raw, workbook.items, workbook.id).seed).values()}
    kept = document["answers"]
    standing = referral.whole(workbook.items, kept, _handed_in) if referral else plain(kept)
    answers = {item_id: record for item_id, record in standing.items() if item_id in asked}
    document["answers"] = {
        item_id: {name: part for name, part in record.items() if name not in PRIVATE} if isinstance(record, dict) else record
        for item_id, record in answers.items()
        if workbook.items[item_id].handed_in(record.get("value") if isinstance(record, dict) else None) is not None
    }
    # Half a surrogate pair, which no page writes, becomes JSON's own escape rather than an error.
    return json.dumps(document, ensure_ascii=False, indent=1).encode(errors="backslashreplace")


def _handed_in(given: Given) -> dict[str, Any]:
    return {"value": given.value, "saved_at": given.saved_at, "revision": 0}


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


def _keep(folder: Path, receipt: Receipt) -> None:
    """Write the receipt's page and record."""
    write_file(folder / receipt_page_name(receipt), _receipt_html(receipt).encode())
    record = json.dumps(asdict(receipt), ensure_ascii=False, indent=1)
    write_file(folder / f"{receipt.file.removesuffix('.zip')}.json", record.encode())


def _remember_learner(workbook: Workbook, student: str) -> None:
    if learner_id(workbook) != student:
        write_file(workbook.folder.parent / "learner.json", json.dumps({"student": student}).encode())


def _zipped(stage: Path) -> bytes:
    with tempfile.TemporaryFile() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(stage.iterdir()):
                archive.write(path, path.name)
        file.seek(0)
        return file.read()


def _receipt_html(receipt: Receipt) -> str:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(loader=PackageLoader("workbook_helpers", "."), autoescape=True, undefined=StrictUndefined)
    at = datetime.fromisoformat(receipt.handed_in_at).astimezone()
    return environment.get_template("receipt.html.j2").render(receipt=receipt, at=at, css=CSS, say=say, language=language())


@contextmanager
def _whole(folder: Path, name: str) -> Iterator[None]:
    """Leave all files of a hand-in or none: a zip without a receipt would look handed in."""
    try:
        yield
    except BaseException:
        for path in folder.glob(f"{name}.*"):
            path.unlink(missing_ok=True)
        raise


@contextmanager
def _explaining() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise HandInError(say("error-hand-in-folder", why=error.strerror or str(error))) from error
