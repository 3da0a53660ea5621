"""What "My workbooks" shows of each workbook in a folder."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from workbook_helpers.answers import AnswerStore
from workbook_helpers.cells import only_asks
from workbook_helpers.errors import WorkbookError
from workbook_helpers.hand_in import Receipt, receipt_page_name, receipts
from workbook_helpers.items import Purpose, Workbook, load_workbook, read_notebook
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
    path
        The notebook's path below the server's folder, with "/".
    done, total
        Practice and assessed questions that have an answer, of all of them.
    receipt, receipt_page
        Of the newest hand-in, and the name of its page; None and "" if there was none.
    handed_in_at
        Its time in the machine's own zone.
    feedback
        The path of the newest feedback page below the server's folder, "" if there is none.
    fault
        Why the workbook cannot be opened; "" if it can.
    """

    title: str
    minutes: int = 0
    order: int = 0
    path: str = ""
    done: int = 0
    total: int = 0
    receipt: Receipt | None = None
    receipt_page: str = ""
    handed_in_at: datetime | None = None
    feedback: str = ""
    fault: str = ""


def shelf(root: Path) -> list[Card]:
    """Give a card for each workbook below `root`, in the unit's order; one with a fault comes last and says so."""
    if not os.access(root, os.R_OK | os.X_OK):
        return [Card(title=root.name, fault=say("home-no-list"))]
    root = root.resolve()
    cards = [_card(root, folder) for folder in _folders(root, DEPTH)]
    return sorted(cards, key=lambda card: (bool(card.fault), card.order, card.path))


def _folders(folder: Path, depth: int) -> Iterator[Path]:
    if (folder / CLASS).exists():
        return
    if (folder / "workbook.toml").is_file():
        yield folder
    elif depth:
        try:
            inside = sorted(path for path in folder.iterdir() if path.is_dir() and not path.is_symlink())
        except OSError:
            return
        for path in inside:
            if not path.name.startswith(".") and path.name.casefold() not in NOT_A_SHELF:
                yield from _folders(path, depth - 1)


def _card(root: Path, folder: Path) -> Card:
    try:
        workbook = load_workbook(folder)
        if not workbook.notebook.is_file():
            return Card(title=workbook.about.title, fault=say("home-no-workbook-page"))
        if not is_workbook(root, workbook.notebook):
            return Card(title=folder.name, fault=say("home-cannot-open"))
        return _good_card(root, workbook)
    except (WorkbookError, OSError, ValueError):
        return Card(title=folder.name, fault=say("home-cannot-open"))


def _good_card(root: Path, workbook: Workbook) -> Card:
    sheet = AnswerStore(workbook.folder, workbook.id, workbook.items).sheet()
    counted = [item for item in workbook.paper(sheet.seed).values() if item.purpose in (Purpose.PRACTICE, Purpose.ASSESSED)]
    past = receipts(workbook)
    own = (p for p in workbook.folder.glob("feedback/**/*.html") if p.is_file() and p.resolve() == p)  # no others are sent
    pages = sorted(own, key=lambda p: p.stat().st_mtime)
    return Card(
        title=workbook.about.title,
        minutes=workbook.about.minutes,
        order=workbook.about.order,
        path=workbook.notebook.relative_to(root).as_posix(),
        done=sum(not item.is_blank(sheet.value(item.id)) for item in counted),
        total=len(counted),
        receipt=past[-1] if past else None,
        receipt_page=receipt_page_name(past[-1]) if past else "",
        handed_in_at=datetime.fromisoformat(past[-1].handed_in_at).astimezone() if past else None,
        feedback=pages[-1].relative_to(root).as_posix() if pages else "",
    )
