"""For who writes workbooks: make a new one, and bring its notebook into line with its items."""

import json
import re
from calendar import month_name
from collections.abc import Iterable
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from autograde.content import home
from autograde.errors import AuthorError
from workbook_helpers.files import write_file
from workbook_helpers.items import Item, Purpose, Workbook, load_workbook, read_notebook

TEMPLATE = Path(str(files("autograde.authoring"))) / "template"
ASK = re.compile(r'ask\("([a-z0-9-]+)"\)')


def new_workbook(shelf: Path, name: str, title: str) -> Path:
    """Make a small workbook that works, to be written on.

    Parameters
    ----------
    shelf
        The folder that holds the workbooks.
    name
        What the folder, the notebook and nbgrader's assignment are called: "w11-" and words of a to z and 0 to 9 with hyphens.
    title
        What students read.

    Returns
    -------
    Path
        The workbook's folder. Its key, rubric and samples lie in `home()`.

    Raises
    ------
    AuthorError
        If the name is not as it must be, or is taken, there is no title, or a folder cannot be written.
    """
    if not re.fullmatch(r"w[0-9]{2}-[a-z0-9]+(-[a-z0-9]+)*", name):
        msg = f"{name!r} cannot be a workbook's name. Take w, two digits, a hyphen and words in small letters: w11-end-of-life-care."
        raise AuthorError(msg)
    if not title.strip() or not title.isprintable():
        msg = "A workbook needs a title, in one line of letters and signs: what students read."
        raise AuthorError(msg)
    short = name[:3]
    folder = shelf / name
    targets = {TEMPLATE / "notebook.ipynb": folder / f"{name}.ipynb"}
    targets |= {TEMPLATE / file: folder / file for file in ("workbook.toml", "items.toml")}
    targets |= {TEMPLATE / f"{part}.toml": home() / part / f"{short}.toml" for part in ("keys", "rubrics", "samples")}
    if taken := [path for path in (*sorted(shelf.glob(f"{short}-*")), *targets.values()) if path.exists()]:
        msg = f"{taken[0]} exists. Take another number."
        raise AuthorError(msg)
    now = datetime.now(UTC)
    words = {"@month@": f"{now:%Y-%m}", "@read@": f"{month_name[now.month]} {now.year}"}
    words |= {"@id@": short, "@title@": json.dumps(title, ensure_ascii=False)[1:-1], "@order@": str(int(short[1:]))}
    with ExitStack() as undo:
        undo.callback(_take_back, folder, targets.values())
        try:
            for model, path in targets.items():
                text = model.read_text("utf-8")
                for token, word in words.items():
                    text = text.replace(token, word)
                path.parent.mkdir(parents=True, exist_ok=True)
                write_file(path, text.encode())
            mend(load_workbook(folder))
        except OSError as error:
            msg = f"{error.filename} cannot be written ({error.strerror}). Choose a folder that you may write to."
            raise AuthorError(msg) from error
        undo.pop_all()
    return folder


def _take_back(folder: Path, files: Iterable[Path]) -> None:
    """Leave nothing of a workbook that could not be made: half of one would be in the way of the next try."""
    for path in files:
        with suppress(OSError):
            path.unlink()
    with suppress(OSError):
        folder.rmdir()


def mend(workbook: Workbook) -> tuple[str, ...]:
    """Make the notebook ask for each item once, with what nbgrader needs to know of it; give what was changed, in words.

    The cell of the opening question goes behind the progress; that of a marked item behind the one that is numbered before it; any
    other below the text of the section that its item names, or before the hand-in where it names none. Where the notebook lacks
    that section, the item gets no cell. No text is changed and no cell removed.
    """
    document = read_notebook(workbook.notebook)
    cells: list[dict[str, Any]] = document["cells"]
    paper = workbook.paper()
    done = []
    asked = {name for cell in cells if (name := _asked(cell))}
    for name in paper:
        if name not in asked:
            place = _after_progress(cells) if name == workbook.opening else _place(cells, paper, name)
            if place is None:
                done.append(f"{name} has no cell yet, as the notebook has no section {paper[name].section!r}")
                continue
            cells.insert(place, _cell(name))
            done.append(f"{name} has a cell now")
    for cell in cells:
        name = _asked(cell)
        wanted = _nbgrader(name, paper[name]) if name in paper else None
        if cell["metadata"].get("nbgrader") != wanted:
            cell["metadata"] |= {"nbgrader": wanted}
            if wanted is None:
                del cell["metadata"]["nbgrader"]
            done.append(f"nbgrader knows what {name or 'a cell'} is now")
        if cell.get("outputs") or cell.get("execution_count"):
            cell |= {"outputs": [], "execution_count": None}
            done.append(f"what {name or 'a cell'} had put out is cleared")
    if done:
        write_file(workbook.notebook, (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode())
    return tuple(done)


def _asked(cell: dict[str, Any]) -> str:
    match = ASK.fullmatch("".join(cell["source"]).strip()) if cell["cell_type"] == "code" else None
    return match[1] if match else ""


def _cell(name: str) -> dict[str, Any]:
    return {"cell_type": "code", "execution_count": None, "id": f"ask-{name}", "metadata": {}, "outputs": [], "source": [f'ask("{name}")']}


def _after_progress(cells: list[dict[str, Any]]) -> int:
    """Give where the opening question goes: among the notebook's first cells, before any section."""
    return next((n + 1 for n, cell in enumerate(cells) if _asked(cell) == "progress"), 1)


def _place(cells: list[dict[str, Any]], paper: dict[str, Item], name: str) -> int | None:
    """Give where a new cell goes: after the question before it, or the section's own text and questions; None without that section."""
    if (item := paper[name]).purpose is Purpose.ASSESSED:
        alike = [other for other, one in paper.items() if one.purpose is Purpose.ASSESSED and one.asks_person == item.asks_person]
        before = alike[: alike.index(name)]
        if places := [n for n, cell in enumerate(cells) if _asked(cell) in before]:
            return max(places) + 1
    if not item.section:
        return next((n for n, cell in enumerate(cells) if _asked(cell) == "hand-in"), len(cells))
    heading = re.compile(rf"^#+\s+{re.escape(item.section)}\s*$", re.MULTILINE)
    found = [n for n, cell in enumerate(cells) if cell["cell_type"] == "markdown" and heading.search("".join(cell["source"]))]
    if not found:
        return None
    after = found[0] + 1
    while after < len(cells) and cells[after]["cell_type"] == "code":
        after += 1
    return after


def _nbgrader(name: str, item: Item) -> dict[str, Any] | None:
    if item.purpose is not Purpose.ASSESSED:
        return None
    person = item.asks_person
    points = int(item.points) if item.points == int(item.points) else item.points
    return {"grade": True, "grade_id": name, "locked": not person, "points": points, "schema_version": 3, "solution": person, "task": False}
