"""What "My workbooks" shows of each workbook in a folder."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from workbook_helpers.answers import AnswerStore
from workbook_helpers.cells import only_asks
from workbook_helpers.errors import WorkbookError
from workbook_helpers.hand_in import learner_id, receipts
from workbook_helpers.handed_in import Receipt
from workbook_helpers.items import Json, Workbook, load_workbook, read_notebook
from workbook_helpers.referral import Referral, referral_of
from workbook_helpers.words import say

DEPTH = 3
"""How deep below the server's folder workbooks are looked for: the exchange puts them into course/assignment."""

NOT_A_SHELF = frozenset(["submitted", "autograded", "received", "quarantine", "feedback", "release", "source", "handout", "handed-in"])
"""Folders of a class, and of what was handed in: what lies there is no workbook to be done, whoever put it there."""
CLASS = "nbgrader_config.py"
"""Beside it a class lies, and no shelf."""
LARGEST = 20_000_000
"""Bytes of a notebook; the ten of this unit have less than a thousandth."""


def is_workbook(root: Path, notebook: Path) -> bool:
    """Say whether a file is a workbook on the shelf `root` that may be opened: in its place, ours, and without other code."""
    folder = notebook.parent
    try:
        inside = notebook.relative_to(root).parts
        real = notebook.resolve(strict=True)
        if real.relative_to(root).parts != inside or ".." in inside or not 2 <= len(inside) <= DEPTH + 1:
            return False  # a link, or another way of writing a place
        if notebook.name != f"{folder.name}.ipynb" or any(part.startswith(".") or part.casefold() in NOT_A_SHELF for part in inside):
            return False
        if any((root.joinpath(*inside[:n]) / CLASS).exists() for n in range(len(inside))):
            return False
        known = (folder / "workbook.toml").is_file() and not (folder / "workbook.toml").is_symlink()
        return known and real.stat().st_size <= LARGEST and only_asks(read_notebook(real))
    except (WorkbookError, OSError, ValueError):
        return False


@dataclass(frozen=True, kw_only=True)
class Card:
    """One workbook on the shelf.

    Attributes
    ----------
    about
        What there is of it (`Workbook.on_shelf`); only its title where it cannot be opened.
    path
        The notebook's path below the server's folder, with "/".
    copy, seed
        As its answers file has them (`AnswerSheet`).
    answered
        Item id → when its answer was saved, ISO 8601; a blank answer is none.
    started
        The ids of those of them whose answers are half done.
    receipt
        Of the newest hand-in; None if there was none.
    again
        What the tutor asks this learner to look at again, as long as that is not handed in; else None.
    feedback
        The path of the newest feedback page below the server's folder, "" if there is none.
    is_new
        Whether it is still to be fetched from the exchange.
    fault
        Why the workbook cannot be opened; "" if it can.
    """

    about: Mapping[str, Json]
    order: int = 0
    path: str = ""
    copy: str = ""
    seed: str = ""
    answered: Mapping[str, str] = field(default_factory=dict)
    started: tuple[str, ...] = ()
    receipt: Receipt | None = None
    again: Referral | None = None
    feedback: str = ""
    is_new: bool = False
    fault: str = ""


def shelf(root: Path) -> list[Card]:
    """Give a card for each workbook below `root`, in the unit's order; one with a fault comes last and says so."""
    if not os.access(root, os.R_OK | os.X_OK):
        return [Card(about=_titled(root.name), fault=say("home-no-list"))]
    root = root.resolve()
    cards = [_card(root, folder) for folder in folders(root)]
    return sorted(cards, key=lambda card: (bool(card.fault), card.order, card.path))


def new_card(folder: Path) -> Card:
    """Give the card of a workbook in the exchange, which is not on the shelf yet."""
    try:
        workbook = load_workbook(folder)
        return Card(about=workbook.on_shelf(), order=workbook.about.order, is_new=True)
    except (WorkbookError, OSError, ValueError):
        return Card(about=_titled(folder.name), fault=say("home-cannot-open"))


def _titled(title: str) -> dict[str, Json]:
    """Give `Workbook.on_shelf` of what is no workbook that works."""
    texts = dict.fromkeys(("workbook", "assignment", "class_id", "due"), "")
    return {**texts, "title": title, "minutes": [0, 0], "items": {}, "pools": [], "sections": []}


def folders(folder: Path, depth: int = DEPTH) -> Iterator[Path]:
    """Give the folder of each workbook below `folder`."""
    try:
        if (folder / CLASS).exists():
            return
        found = (folder / "workbook.toml").is_file()
        inside = sorted(path for path in folder.iterdir() if path.is_dir() and not path.is_symlink()) if depth and not found else []
    except OSError:  # somebody else's: a disk's lost+found is root's alone
        return
    if found:
        yield folder
    for path in inside:
        if not path.name.startswith(".") and path.name.casefold() not in NOT_A_SHELF:
            yield from folders(path, depth - 1)


def _card(root: Path, folder: Path) -> Card:
    try:
        workbook = load_workbook(folder)
        if not workbook.notebook.is_file():
            return Card(about=_titled(workbook.about.title), fault=say("home-no-workbook-page"))
        if is_workbook(root, workbook.notebook):
            return _good_card(root, workbook)
    except (WorkbookError, OSError, ValueError):
        pass  # the card says so
    return Card(about=_titled(folder.name), fault=say("home-cannot-open"))


def _good_card(root: Path, workbook: Workbook) -> Card:
    sheet = AnswerStore(workbook.folder, workbook.id, workbook.items).sheet()
    past, again = receipts(workbook), referral_of(workbook, learner_id(workbook))
    own = (p for p in workbook.folder.glob("feedback/**/*.html") if p.is_file() and p.resolve() == p)  # no others are sent
    pages = sorted(own, key=lambda p: p.stat().st_mtime)
    given = {name: answer for name, answer in sheet.answers.items() if not workbook.items[name].is_blank(answer.value)}
    return Card(
        about=workbook.on_shelf(),
        order=workbook.about.order,
        path=workbook.notebook.relative_to(root).as_posix(),
        copy=sheet.copy,
        seed=sheet.seed,
        answered={name: answer.saved_at for name, answer in given.items()},
        started=tuple(name for name, answer in given.items() if workbook.items[name].missing(answer.value)),
        receipt=past[-1] if past else None,
        again=again if again and all(receipt.attempt != again.attempt for receipt in past) else None,
        feedback=pages[-1].relative_to(root).as_posix() if pages else "",
    )
