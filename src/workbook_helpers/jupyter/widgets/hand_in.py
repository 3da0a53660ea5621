"""The end of the page: review, then hand in, then the receipt."""

from typing import Any

import anywidget
import traitlets

from workbook_helpers.errors import HandInError, PaperError, SaveError
from workbook_helpers.hand_in import Receipt, hand_in, hub_user, learner_id, receipt_page_name, receipts
from workbook_helpers.items import Item, Json, Purpose
from workbook_helpers.jupyter.widgets.bundle import script
from workbook_helpers.jupyter.widgets.log import never_raises
from workbook_helpers.jupyter.widgets.open_workbook import OpenWorkbook
from workbook_helpers.words import use


class HandIn(anywidget.AnyWidget):
    """Names what is unanswered, asks who hands in, and hands in.

    Browser → Python: `open`, `hand-in` (student), `change-learner` (student). Python → browser: the synced `state` and, for a
    refusal, `refused` (text, what it is about, and whether to offer a `change` of the learner).
    """

    _esm = script("hand_in.js")
    state = traitlets.Dict().tag(sync=True)
    scope = traitlets.Unicode().tag(sync=True)
    """Of which page the unsaved answers count."""

    def __init__(self, opened: OpenWorkbook) -> None:
        self._opened = opened
        super().__init__(layout=opened.layout, scope=opened.scope)
        self._refresh()
        opened.on_saved(self._refresh)
        self.on_msg(self._on_message)

    @never_raises
    def _on_message(self, _widget: object, message: Json, _buffers: object) -> None:
        use(message.get("language"))
        match message:
            case {"do": "open"}:
                self._refresh()
            case {"do": "hand-in", "student": str(student)}:
                self._hand_in(student.strip())
            case {"do": "change-learner", "student": str(student)}:
                self._change(student)

    def _hand_in(self, student: str) -> None:
        try:
            hand_in(self._opened.workbook, student)
        except (HandInError, SaveError) as error:
            change = isinstance(error, PaperError) and not hub_user()
            self.send({"do": "refused", "text": str(error), "about": getattr(error, "about", ""), "change": change})
        else:
            self._refresh()
            self.send({"do": "handed-in"})

    def _change(self, student: str) -> None:
        try:
            self._opened.choose(student)
        except (HandInError, SaveError) as error:
            self.send({"do": "refused", "text": str(error)})

    def _refresh(self) -> None:
        opened = self._opened
        try:
            left = opened.unanswered(Purpose.ASSESSED)
            declared = all(item.kind != "declaration" for item in opened.unanswered(Purpose.RECORD))
            practice = len(opened.unanswered(Purpose.PRACTICE))
        except SaveError:
            return  # the question that could not be read says so itself
        declaration = next((i.id for i in opened.paper.values() if i.kind == "declaration"), "")
        past = receipts(opened.workbook)
        self.state = {
            "total": opened.total(Purpose.ASSESSED),
            "left": [self._named(item) for item in left],
            "practice_left": practice,
            "declaration": declaration,
            "declared": declared,
            "learner": opened.learner or learner_id(opened.workbook),
            "receipt": _shown(past[-1]) if past else None,
            "times": len(past),
            "notices": opened.notices(),
        }

    def _named(self, item: Item) -> dict[str, Any]:
        return {"id": item.id, "label": self._opened.label(item), "stem": item.stem}


def _shown(receipt: Receipt) -> dict[str, Any]:
    return {
        "at": receipt.handed_in_at,
        "code": receipt.code,
        "answered": receipt.answered,
        "total": receipt.total,
        "file": receipt.file,
        "through": receipt.through,
        "page": receipt_page_name(receipt),
    }
