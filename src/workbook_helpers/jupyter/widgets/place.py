"""Where a drawn question stands: who the learner is comes first, then the question."""

from collections.abc import Callable
from typing import Any

import anywidget
import ipywidgets
import traitlets

from workbook_helpers.errors import HandInError, SaveError
from workbook_helpers.hand_in import learner_id
from workbook_helpers.items import Json
from workbook_helpers.jupyter.widgets.bundle import script
from workbook_helpers.jupyter.widgets.log import never_raises
from workbook_helpers.jupyter.widgets.open_workbook import OpenWorkbook
from workbook_helpers.words import use


class Learner(anywidget.AnyWidget):
    """Asks for the learner's id, which the questions are drawn from; in the places below the first it says to look above.

    Browser → Python: `learner` (student). Python → browser: `refused` (text); when it is taken, the question stands here.
    """

    _esm = script("learner.js")
    first = traitlets.Bool().tag(sync=True)
    learner = traitlets.Unicode().tag(sync=True)

    def __init__(self, opened: OpenWorkbook, *, first: bool) -> None:
        self._opened = opened
        super().__init__(layout=opened.layout, first=first, learner=learner_id(opened.workbook) if first else "")
        self.on_msg(self._on_message)

    @never_raises
    def _on_message(self, _widget: object, message: Json, _buffers: object) -> None:
        use(message.get("language"))
        match message:
            case {"do": "learner", "student": str(student)}:
                try:
                    self._opened.choose(student)
                except (HandInError, SaveError) as error:
                    self.send({"do": "refused", "text": str(error)})


class Place(ipywidgets.VBox):
    """A box that holds what `make` gives, once the learner is known; filled anew when questions are drawn for another."""

    def __init__(self, opened: OpenWorkbook, name: str, make: Callable[[], ipywidgets.DOMWidget]) -> None:
        self._opened, self._make = opened, make
        super().__init__(layout=ipywidgets.Layout(overflow="visible"))
        self._held: ipywidgets.DOMWidget | None = None
        self._first = opened.on_drawn(name, self.fill)
        self.fill()

    def fill(self) -> None:
        """Put in what belongs here now."""
        before = self._held
        self._held = self._make() if self._opened.learner else Learner(self._opened, first=self._first)
        self.children = (self._held,)
        if before is not None:
            before.close()

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = super()._repr_mimebundle_(**kwargs)
        held = self._held._repr_mimebundle_(**kwargs) if self._held is not None else None
        data = held[0] if isinstance(held, tuple) else held
        return bundle | {kind: text for kind, text in (data or {}).items() if kind == "text/html"}
