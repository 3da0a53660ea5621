"""What a notebook cell calls."""

import html
from functools import lru_cache
from pathlib import Path

import ipywidgets
from IPython.display import HTML

from workbook_helpers.errors import WorkbookError
from workbook_helpers.jupyter.widgets.hand_in import HandIn
from workbook_helpers.jupyter.widgets.log import note
from workbook_helpers.jupyter.widgets.open_workbook import OpenWorkbook
from workbook_helpers.jupyter.widgets.place import Place
from workbook_helpers.jupyter.widgets.progress import Progress
from workbook_helpers.jupyter.widgets.question import show
from workbook_helpers.words import say


@lru_cache(maxsize=1)
def open_workbook(folder: Path) -> OpenWorkbook:
    """Give the workbook in `folder`, opened; the same one until another folder is asked for."""
    return OpenWorkbook(folder)


def ask(name: str) -> ipywidgets.DOMWidget | HTML:
    """Show an item, or one of the page's own parts ("progress", "hand-in").

    Never raises, and neither does what it gives when it is shown: one exception in a cell would replace the student's
    whole page with a technical message.
    """
    try:
        opened = open_workbook(Path.cwd())
        if name == "progress":
            return Progress(opened)
        if name != "hand-in" and name not in opened.paper:
            return calm(say("frame-no-question", name=name))

        def make() -> ipywidgets.DOMWidget:
            return HandIn(opened) if name == "hand-in" else show(opened, opened.paper[name])

        return Place(opened, name, make) if opened.workbook.pools else make()
    except WorkbookError as error:
        _log(name)
        return calm(str(error))
    except Exception:
        _log(name)
        return calm(say("frame-calm"))


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
