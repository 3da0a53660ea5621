"""One open workbook: which widgets it shows and what they share."""

import html
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import ipywidgets

from workbook_helpers.answers import AnswerStore
from workbook_helpers.errors import SaveError, WorkbookError
from workbook_helpers.hand_in import choose_learner, hub_user
from workbook_helpers.items import Item, Json, Purpose, Workbook, load_workbook, paper_seed
from workbook_helpers.words import say


class OpenWorkbook:
    """A workbook as one kernel shows it. Widgets register to be told when an answer has reached the disk."""

    def __init__(self, folder: Path) -> None:
        self.workbook: Workbook = load_workbook(folder)
        self.store = AnswerStore(self.workbook.folder, self.workbook.id, self.workbook.items)
        self.scope = self._scope()
        """Under which the browser keeps what belongs to this copy: its birth id, or "page-…" for this page alone."""
        self.learner = ""
        """Whose questions these are, where questions are drawn; "" until that is known, and no question is shown before."""
        self.seed = self._seed()
        self.paper = self.workbook.paper(self.seed)
        self.layout = ipywidgets.Layout()
        """One for all widgets of the page: each of its own would be one more thing for the browser to ask for."""
        self._listeners: list[Callable[[], None]] = []
        self._drawn: dict[str, Callable[[], None]] = {}

    def _seed(self) -> str:
        """Give the student's seed where something is drawn or shuffled; a folder that cannot be written has none yet.

        Where items are drawn, it comes from the class and the learner, so that nobody can pick an easy paper.
        """
        if not self.workbook.draws():
            return ""
        if self.workbook.pools:
            with suppress(SaveError):
                self.learner = hub_user() or self.store.learner()
            if not self.learner:
                return ""
            seed = paper_seed(self.workbook.about.class_id, self.workbook.id, self.learner)
            with suppress(SaveError):
                self.store.draw(self.learner, seed)
            return seed
        try:
            return self.store.seed()
        except SaveError:
            return ""

    def choose(self, student: str) -> None:
        """Draw the questions of this learner, and put them into the places that show some; HandInError or SaveError if that fails."""
        choose_learner(self.workbook, student)
        self.seed = self._seed()
        self.paper = self.workbook.paper(self.seed)
        for fill in self._drawn.values():
            fill()
        self.saved()

    def on_drawn(self, name: str, fill: Callable[[], None]) -> bool:
        """Have `fill` called when questions are drawn anew; give whether this is the page's first place."""
        self._drawn[name] = fill
        return next(iter(self._drawn)) == name

    def _scope(self) -> str:
        try:
            return self.store.copy()
        except SaveError:  # a folder that cannot be written: what is kept under this name is never found again
            return f"page-{secrets.token_hex(8)}"

    def notices(self) -> list[dict[str, str]]:
        """Give what the student should know of the answers file, each as a name of the catalogue and its values."""
        try:
            mended = self.store.mended()
        except SaveError:
            return []
        found = [] if mended is None else [{"id": "page-mended" if mended.since else "page-lost-answers", "at": mended.since}]
        return found + [{"id": "page-stranger", "name": name, "at": at.isoformat()} for name, at in self.store.strangers()]

    def earlier(self, item_id: str) -> Json:
        """Give the student's answer to an item of another workbook that lies beside this one; None if there is none."""
        for folder in self.workbook.folder.parent.glob(f"{item_id.partition('-')[0]}-*"):
            with suppress(WorkbookError):
                other = load_workbook(folder)
                return AnswerStore(folder, other.id, other.items).sheet().value(item_id)
        return None

    def on_saved(self, call: Callable[[], None]) -> None:
        """Have `call` called after each save."""
        self._listeners.append(call)

    def saved(self) -> None:
        """Tell the widgets that an answer was saved."""
        for call in self._listeners:
            call()

    def unanswered(self, *purposes: Purpose) -> tuple[Item, ...]:
        """Give the items of these purposes that have no answer yet, in order."""
        values = self.store.values()
        return tuple(i for i in self._of(*purposes) if i.problem(v := values.get(i.id)) or i.is_blank(v))

    def total(self, *purposes: Purpose) -> int:
        """Count the items of these purposes."""
        return len(self._of(*purposes))

    def label(self, item: Item) -> dict[str, str | float]:
        """Give what stands above a question, for the catalogue: practice, the third of twelve, private."""
        if item.purpose is not Purpose.ASSESSED:
            return {"id": f"frame-{item.purpose.value}"}
        alike = [i for i in self._of(Purpose.ASSESSED) if i.asks_person == item.asks_person]
        name = "frame-task" if item.asks_person else "frame-question"
        return {"id": name, "n": alike.index(item) + 1, "of": len(alike), "points": item.points}

    def _of(self, *purposes: Purpose) -> tuple[Item, ...]:
        return tuple(item for item in self.paper.values() if item.purpose in purposes)


def as_html(item: Item, value: Json) -> str:
    """Give the question and the chosen answer as HTML for where no widget runs: print, a file viewer."""
    words = () if item.problem(value) or item.is_blank(value) else item.in_words(value)
    answer = "".join(f"<li>{html.escape(part)}</li>" for part in words) or f"<li>{html.escape(say('frame-blank'))}</li>"
    return f"<p><strong>{html.escape(item.stem)}</strong></p><ul style='white-space:pre-wrap'>{answer}</ul>"
