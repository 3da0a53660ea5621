"""How far the student is, and what the student should know of the answers file."""

from contextlib import suppress

import anywidget
import traitlets

from workbook_helpers.errors import SaveError
from workbook_helpers.items import Json, Purpose
from workbook_helpers.jupyter.widgets.bundle import script
from workbook_helpers.jupyter.widgets.log import never_raises
from workbook_helpers.jupyter.widgets.open_workbook import OpenWorkbook

COUNTED = (Purpose.PRACTICE, Purpose.ASSESSED)


class Progress(anywidget.AnyWidget):
    """A bar over all questions, practice included; private notes are not counted."""

    _esm = script("progress.js")
    done = traitlets.Int().tag(sync=True)
    total = traitlets.Int().tag(sync=True)
    notices = traitlets.List[dict[str, str]]().tag(sync=True)
    """What the student should know of the answers file (`Page.notices`)."""

    def __init__(self, opened: OpenWorkbook) -> None:
        self._opened = opened
        super().__init__(layout=opened.layout, total=opened.total(*COUNTED))
        self._refresh()
        opened.on_saved(self._refresh)
        self.on_msg(self._on_message)

    @never_raises
    def _on_message(self, _widget: object, message: Json, _buffers: object) -> None:
        if message.get("do") == "seen":
            with suppress(SaveError):
                self._opened.store.seen()
            self._opened.saved()
        self._refresh()

    def _refresh(self) -> None:
        self.notices = self._opened.notices()
        try:
            self.done = self.total - len(self._opened.unanswered(*COUNTED))
        except SaveError:
            return  # the question that could not be read says so itself
