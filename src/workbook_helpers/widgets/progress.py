"""How far the student is."""

import anywidget
import traitlets

from workbook_helpers.errors import SaveError
from workbook_helpers.items import Purpose
from workbook_helpers.widgets.bundle import script
from workbook_helpers.widgets.page import Page

COUNTED = (Purpose.PRACTICE, Purpose.ASSESSED)


class Progress(anywidget.AnyWidget):
    """A bar over all questions, practice included; private notes are not counted."""

    _esm = script("progress.js")
    done = traitlets.Int().tag(sync=True)
    total = traitlets.Int().tag(sync=True)

    def __init__(self, page: Page) -> None:
        self._page = page
        super().__init__(layout=page.layout, total=page.total(*COUNTED))
        self._refresh()
        page.on_saved(self._refresh)
        self.on_msg(lambda *_: self._refresh())

    def _refresh(self) -> None:
        try:
            self.done = self.total - len(self._page.unanswered(*COUNTED))
        except SaveError:
            return  # the question that could not be read says so itself
