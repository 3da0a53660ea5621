"""What a notebook cell calls."""

import html
from functools import lru_cache
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets
import traitlets
from IPython.display import HTML

from workbook_helpers.errors import WorkbookError
from workbook_helpers.items import Item, Json
from workbook_helpers.jupyter.widgets.log import note
from workbook_helpers.jupyter.widgets.session import Session, open_session
from workbook_helpers.words import say

PARTS = ("progress", "hand-in")
"""The page's own parts, which are no items."""

LOADER = """\
const config = JSON.parse(document.getElementById("jupyter-config-data").textContent);
const base = new URL(config.baseUrl + (config.workbookStatic ?? "workbook/static/"), location.href);
const sheet = new URL("workbook.css", base).href;
const styled = [...document.querySelectorAll("link")].some((link) => link.href === sheet) || new Promise((done) => {
  document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: sheet, onload: done, onerror: done }));
});
const script = import(new URL("workbook.js", base));
export default {
  async render(context) {
    try {
      await styled;
      return await (await script).default.render(context);
    } catch (error) {
      globalThis.dispatchEvent(new CustomEvent("wb-connection-lost"));
      throw error;
    }
  },
};
"""
"""The script that a widget carries: a few lines that fetch the real one, which the browser loads once and keeps."""


class Link(anywidget.AnyWidget):
    """What the places of one notebook share: all that the browser has of the workbook, and the way to its session."""

    _esm = "export default {};"
    book = traitlets.Dict().tag(sync=True)

    def __init__(self, session: Session) -> None:
        self._session = session
        super().__init__(book=session.workbook.book())
        self.on_msg(self._on_message)

    def _on_message(self, _widget: object, message: Any, _buffers: object) -> None:
        if (reply := self._session.answer(message)) is not None:
            self.send(reply)


class Place(anywidget.AnyWidget):
    """Where a question, or a part of the page, stands. The browser shows it, and asks the session for what is kept."""

    _esm = LOADER
    name = traitlets.Unicode().tag(sync=True)
    session = traitlets.Unicode().tag(sync=True)
    """The number of the link's model."""

    def __init__(self, session: Session, name: str) -> None:
        self._session = session
        link, layout = _shared(session)
        super().__init__(layout=layout, name=name, session=link.model_id)

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        try:
            paper = self._session.paper()
            if item := paper.get(self.name):
                first = next(one for one in paper.values() if one.document == item.document) is item
                drawn = item.rests_on.as_html(shown=first, again=not first) if item.rests_on else ""
                data = data | {"text/html": as_html(item, self._session.value(item), drawn)}
        except Exception:  # what stands where no widget runs is not worth the page; the question itself tells of the fault
            note("%s has no text", self.name, error=True)
        return data, metadata


@lru_cache(maxsize=1)
def _shared(session: Session) -> tuple[Link, ipywidgets.Layout]:
    """Give what all places of a notebook share; each widget's own layout would be one more thing for the browser to ask for."""
    return Link(session), ipywidgets.Layout(overflow="visible")


def ask(name: str) -> ipywidgets.DOMWidget | HTML:
    """Show an item, or one of the page's own parts ("progress", "hand-in").

    Never raises, and neither does what it gives when it is shown: one exception in a cell would replace the student's
    whole page with a technical message.
    """
    try:
        session = open_session(Path.cwd())
        if name not in PARTS and name not in session.workbook.paper():
            return calm(say("frame-no-question", name=name))
        return Place(session, name)
    except WorkbookError as error:
        _log(name)
        return calm(str(error))
    except Exception:
        _log(name)
        return calm(say("frame-calm"))


def as_html(item: Item, value: Json, document: str = "") -> str:
    """Give the question, its document and the chosen answer as HTML for where no widget runs: print, a file viewer."""
    words = () if item.is_blank(value) else item.in_words(value)
    answer = "".join(f"<li>{html.escape(part)}</li>" for part in words) or f"<li>{html.escape(say('frame-blank'))}</li>"
    return f"<p><strong>{html.escape(item.stem)}</strong></p>{document}<ul style='white-space:pre-wrap'>{answer}</ul>"


def calm(text: str) -> HTML:
    """Give a quiet panel for something the student cannot mend."""
    return HTML(  # type: ignore[no-untyped-call]
        f'<div class="wb-calm" role="note" style="border-left:6px solid #0b4f6c;background:#eef3f5;color:#1c1f23;'
        f'padding:.75rem 1rem;margin:1rem 0"><p>{html.escape(text)}</p>'
        f"<p>{html.escape(say('frame-safe'))}</p></div>"
    )


def _log(name: str) -> None:
    """Keep the traceback out of the page and in a file."""
    note("ask(%r) in %s", name, Path.cwd(), error=True)
