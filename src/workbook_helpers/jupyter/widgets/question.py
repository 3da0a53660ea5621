"""The widget behind every kind of question: it saves with a handshake."""

from contextlib import suppress
from typing import Any

import anywidget
import traitlets

from workbook_helpers.answers import Conflict, Saved
from workbook_helpers.errors import SaveError
from workbook_helpers.hand_in import learner_id
from workbook_helpers.items import KINDS, Item, Json
from workbook_helpers.jupyter.widgets.bundle import script
from workbook_helpers.jupyter.widgets.log import never_raises, note
from workbook_helpers.jupyter.widgets.open_workbook import OpenWorkbook, as_html
from workbook_helpers.words import use


class Question(anywidget.AnyWidget):
    """One item on the page. What it syncs, the browser has: the public part of the item and nothing else.

    The answer travels in messages, not in a synced trait, so that the browser keeps it until Python says that it is
    on disk (ipywidgets drops a trait's change without a word when the kernel is gone).

    ====================  =============================================================================
    browser → Python      `open` · `save` (value, base, was, seq), each with the student's `language`
    Python → browser      `state` (value, saved_at, revision, other, held) · `saved` · `conflict` (the same, final, seq) ·
                          `problem` (text, seq): will be tried again · `refused` (seq): will not
    ====================  =============================================================================
    """

    spec = traitlets.Dict().tag(sync=True)
    label = traitlets.Dict().tag(sync=True)
    """The catalogue's name of what stands above the question, as `id`, and its values."""
    start = traitlets.Dict().tag(sync=True)
    """The answer on disk, as in `state`, so that the page need not ask for it first; empty where it cannot be read."""
    scope = traitlets.Unicode().tag(sync=True)
    """Keeps the drafts of two copies of a workbook apart in one browser (`Page.scope`)."""
    learner = traitlets.Unicode().tag(sync=True)
    """Whose draft it is, for who finds it later; "" if that is not known."""

    def __init__(self, opened: OpenWorkbook, item: Item) -> None:
        self._opened, self._item = opened, item
        spec = item.public()
        if (before := item.looks_back()) and before not in opened.paper:
            spec["earlier"] = opened.earlier(before)
        super().__init__(layout=opened.layout, spec=spec, label=opened.label(item), scope=opened.scope, learner=learner_id(opened.workbook))
        with suppress(SaveError):  # told when the page asks
            self.start = self._state()
        self.on_msg(self._on_message)

    @never_raises
    def _on_message(self, _widget: object, message: Json, _buffers: object) -> None:
        use(message.get("language"))
        match message:
            case {"do": "open"}:
                self._tell_state()
            case {"do": "save", "value": value, "base": int(base), "was": was, "seq": int(seq)}:
                self._save(value, Saved(value=was, revision=base), seq)

    def _tell_state(self) -> None:
        try:
            self.start = self._state()
        except SaveError as error:
            self.send({"do": "problem", "seq": 0, "text": str(error)})
            return
        self.send({"do": "state", **self.start})

    def _state(self) -> dict[str, Any]:
        return self._shown(self._opened.store.get(self._item.id)) | {"held": bool(self._opened.store.values())}

    def _shown(self, saved: Saved) -> dict[str, Any]:
        other = saved.other and (None if self._item.problem(saved.other.value) else self._shown(saved.other))
        if self._item.problem(saved.value):  # written by something else: leave it on disk, show an empty question
            return {"value": None, "saved_at": "", "revision": saved.revision, "other": other}
        return vars(saved) | {"other": other}

    def _save(self, value: Json, base: Saved, seq: int) -> None:
        if problem := self._item.problem(value):
            note("%s was not saved: it %s", self._item.id, problem)
            self.send({"do": "refused", "seq": seq})
            return
        try:
            outcome = self._opened.store.put(self._item.id, value, base)
        except SaveError as error:
            self.send({"do": "problem", "seq": seq, "text": str(error)})
            return
        if isinstance(outcome, Conflict):
            self.send({"do": "conflict", "seq": seq, "final": outcome.final, **self._shown(outcome.current)})
            return
        self.send({"do": "saved", "seq": seq, **self._shown(outcome)})
        self.start = self._shown(outcome) | {"held": True}
        self._opened.saved()

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        try:
            data = data | {"text/html": as_html(self._item, self._opened.store.get(self._item.id).value)}
        except Exception:  # what stands where no widget runs is not worth the page; the question itself tells of the fault
            note("%s has no text", self._item.id, error=True)
        return data, metadata


_CLASSES: dict[str, type[Question]] = {kind: type(kind.title(), (Question,), {"_esm": script(f"kinds/{kind}.js")}) for kind in KINDS}
"""Kind name → widget class; a kind is its Python module in `items/kinds`, and its JavaScript (and CSS) in `static/kinds`."""


def show(opened: OpenWorkbook, item: Item) -> Question:
    """Give the widget for an item."""
    return _CLASSES[item.kind](opened, item)
