"""A page as somebody else would add one, with a piece of long work: an extension that puts it beside the desk's own pages."""

import threading
from dataclasses import dataclass
from typing import Any

from autograde import desk
from autograde.desk import registry
from autograde.desk.pages import Asked, Done, Page
from autograde.desk.work import Tell
from autograde.errors import ClassError

GO_ON = threading.Event()


@dataclass(frozen=True, kw_only=True)
class Slow:
    """What the page shows: nothing."""


def count_to_three(tell: Tell) -> str:
    """Do something in three steps, each when it is told to."""
    for step in range(3):
        tell(done=step, said=f"Step {step + 1}")
        GO_ON.wait(60)
        GO_ON.clear()
    return "3 steps were done."


def fail(tell: Tell) -> str:
    """Do something that cannot be done."""
    tell(done=1)
    msg = "The disk is full."
    raise ClassError(msg)


def start(asked: Asked) -> Done:
    """Begin."""
    asked.worker.start("Counting", fail if asked.text("how") == "badly" else count_to_three, page="slow", total=3)
    return Done()


def go_on(_: Asked) -> Done:
    """Let it go on by one step."""
    GO_ON.set()
    return Done()


PAGE = Page(name="slow", title="Slow", show=lambda _: Slow(), verbs={"start": start, "go-on": go_on})


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "tests.desk.slow_page"}]


def _load_jupyter_server_extension(app: Any) -> None:
    from pathlib import Path

    from jinja2 import ChoiceLoader, FileSystemLoader

    from autograde.desk.templates import environment

    registry.PAGES = (*registry.PAGES, PAGE)
    made = environment()
    assert made.loader is not None
    made.loader = ChoiceLoader([made.loader, FileSystemLoader(Path(__file__).parent)])
    desk._load_jupyter_server_extension(app)
