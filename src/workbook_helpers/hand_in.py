"""Hand in: gather what is handed in, give it to the exchange where there is one, keep a file and a receipt."""

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

from pydantic import TypeAdapter

from workbook_helpers.answers import AnswerStore
from workbook_helpers.errors import HandInError, PaperError
from workbook_helpers.files import read_file, write_file
from workbook_helpers.handed_in import Receipt, make_hand_in
from workbook_helpers.items import Workbook, clean_id, paper_seed
from workbook_helpers.referral import referral_of, referrals
from workbook_helpers.style import CSS
from workbook_helpers.times import read_time
from workbook_helpers.words import language, say

FOLDER = "handed-in"
MAX_SMALL = 1_000_000
"""Bytes of a receipt or an id."""
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
        with _explaining():
            there = store.path.exists()
        raise HandInError(say("error-answers" if there else "error-no-answers"))
    referral = referral_of(workbook, student)
    with _explaining():
        made = make_hand_in(workbook, store.public(), student, referral, datetime.now(UTC))
        receipt = made.receipt
        _remember_learner(workbook, student)
        _folder(workbook).mkdir(exist_ok=True)
        with _whole(_folder(workbook), made.name), tempfile.TemporaryDirectory() as temporary:
            stage = Path(temporary) / workbook.assignment  # nbgrader takes the folder's name for the assignment
            stage.mkdir()
            for name, content in made.files.items():
                (stage / name).write_bytes(content)
            write_file(_folder(workbook) / receipt.file, made.zipped())
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
        except (OSError, ValueError):
            continue
        if read_time(receipt.handed_in_at):
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


def _keep(folder: Path, receipt: Receipt) -> None:
    """Write the receipt's page and record."""
    write_file(folder / receipt_page_name(receipt), _receipt_html(receipt).encode())
    record = json.dumps(asdict(receipt), ensure_ascii=False, indent=1)
    write_file(folder / f"{receipt.file.removesuffix('.zip')}.json", record.encode())


def _remember_learner(workbook: Workbook, student: str) -> None:
    if learner_id(workbook) != student:
        write_file(workbook.folder.parent / "learner.json", json.dumps({"student": student}).encode())


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
