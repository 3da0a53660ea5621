"""Every kind in Chromium, Firefox and WebKit, on the file and on the site: a student with keys or a mouse, on a screen 320 px wide.

The keys and the mouse are real: they come from outside the page.
"""

import json
import shutil
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from autograde.classes.folder import Course
from autograde.inbox.intake import intake
from autograde.marking import Mark
from autograde.run.carried import marks_in
from autograde.run.mark import mark_class
from tests import axe
from tests.conftest import ROOT
from tests.engines.drivers import Engine
from workbook_helpers.answers import AnswerStore
from workbook_helpers.hand_in import choose_learner, hand_in
from workbook_helpers.items import KINDS, Item, Purpose, load_workbook

GALLERY = load_workbook(ROOT / "workbooks" / "w99-gallery")
AXE = f"async () => {{ ({axe.AXE})(); return (await axe.run({{ resultTypes: ['violations'] }})).violations; }}"
STUDENT = Path(__file__).with_name("student.js").read_text("utf-8")
TEXT = "Café, ’n’ all"
WAIT_S = 20

KEYED: dict[str, tuple[str, ...]] = {
    "radio": ("Space",),
    "checkbox": ("Space",),
    "text": tuple("consent"),
    "textarea": tuple(TEXT),
}
"""Sort of control → the keys that answer with it."""
CLICKED: dict[str, str] = {
    "declaration": "box",
    "gaps": "choice",
    "handover": "choice",
    "match": "choice",
    "multiple": "box",
    "order": "step",
    "reflection": "field",
    "relationships": "choice",
    "scale": "choice",
    "scenario": "choice",
    "short": "field",
    "single": "choice",
    "sort": "choice",
    "workplace": "choice",
    "written": "field",
}
"""Kind → what to click in it."""


def until(engine: Engine, what: str, *given: Any, so: Callable[[Any], bool] = bool) -> Any:
    """Wait until what a student sees is so."""
    end = time.monotonic() + WAIT_S
    while not so(found := engine.js(what, *given)):
        assert time.monotonic() < end, (what, given, found)
        time.sleep(0.05)
    return found


def come(engine: Engine, address: str) -> None:
    """Open the gallery, with all its sections."""
    engine.goto(address)
    until(engine, "() => document.readyState === 'complete' && document.documentElement !== null")  # Firefox may have none yet
    engine.js("() => { document.documentElement.dataset.wbPages = 'one'; dispatchEvent(new CustomEvent('wb-display')); }")
    engine.js(STUDENT)
    until(engine, "() => document.querySelector('.wb-gate form, form.wb-gate, #hand-in') !== null")


def asked(engine: Engine) -> dict[str, Item]:
    """The questions that stand on the page."""
    ids: list[str] = engine.js("() => Object.keys(student.state())")
    return {name: GALLERY.items[name] for name in ids}


def tab(engine: Engine) -> Iterator[dict[str, Any]]:
    """Go on with Tab, from control to control, until the end of the page."""
    for _ in range(600):
        engine.press("Tab")
        at = engine.js("() => student.focus()")
        yield at
        if at["item"] == "your-work":
            return
    pytest.fail("Tab does not come to the end of the page")


def answer_with_keys(engine: Engine) -> set[str]:
    """Answer every question on the way through the page, with nothing but keys; gives the questions."""
    done: set[str] = set()
    for at in tab(engine):
        item = GALLERY.items.get(at["item"])
        if not item or item.id in done:
            continue
        assert at["seen"], f"the focus is not shown: {at}"
        if (item.kind == "scenario" and at["name"] == "Do this") or (item.kind == "order" and at["sort"] == "button"):
            engine.press("Enter")
        elif at["sort"] in KEYED:
            engine.press(*KEYED[at["sort"]])
            if item.kind == "scenario":
                continue
        else:
            continue
        done.add(item.id)
    return done


def click(engine: Engine, what: str, *given: str) -> None:
    """Click what `student.js` names; again where the page has moved meanwhile, as somebody would whose tap went beside it."""
    for _ in range(5):
        place = engine.js(f"(...given) => student.{what}(...given)", *given)
        assert place, (what, given)
        engine.click(*place)
        if engine.js("() => student.hit()"):
            return
    pytest.fail(f"cannot click {what} {given}")


def answer_with_mouse(engine: Engine, items: dict[str, Item]) -> None:
    """Change every answer, with nothing but the mouse, and have practice checked."""
    for item in items.values():
        for _ in range(2 if item.kind == "declaration" else 1):
            click(engine, "place", item.id, CLICKED[item.kind])
        if item.kind == "scenario":
            click(engine, "button", item.id, "Do this")
        if CLICKED[item.kind] == "field":
            engine.press("End", *" and more")  # two clicks at one place may have selected a word
        if item.purpose is Purpose.PRACTICE and item.kind != "scenario":  # a story says by itself how it went
            click(engine, "button", item.id, "Check my answer")
    assert until(engine, "() => student.unanswered()", so=lambda left: left == []) == []


def settled(engine: Engine) -> dict[str, Any]:
    """What stands in each question once all of it is kept."""
    until(engine, "() => student.unsaved()", so=lambda left: left == [])
    state: dict[str, Any] = engine.js("() => student.state()")
    return state


def handed_in_here(engine: Engine) -> Path:
    """Hand in, with the mouse; gives the file that the browser has put into its folder."""
    before = {*engine.profile.glob("downloads/*.zip")}
    click(engine, "button", "hand-in", "Hand in")
    asks = "() => student.text('.wb-receipt dl') ? 'done' : student.text('.wb-hand-in .wb-error')"
    if until(engine, asks) != "done":
        click(engine, "button", "hand-in", "Hand in anyway")
    until(engine, asks, so=lambda found: found == "done")
    end = time.monotonic() + WAIT_S
    while not (new := {*engine.profile.glob("downloads/*.zip")} - before) or not all(map(zipfile.is_zipfile, new)):
        assert time.monotonic() < end, "no file has come"
        engine.js("() => 0")
        time.sleep(0.05)
    [file] = new
    return file


def by_the_kernel(course: Course, handed: Path, learner: str, home: Path) -> Path:
    """The same answers as a student hands them in who has Jupyter."""
    folder = Path(shutil.copytree(course.root / "release" / GALLERY.assignment, home / learner / GALLERY.assignment))
    workbook = load_workbook(folder)
    choose_learner(workbook, learner)
    store = AnswerStore(folder, workbook.id)
    with zipfile.ZipFile(handed) as archive:
        sheet = json.loads(archive.read("answers.json"))
    assert sheet["seed"] == store.seed()
    for item, kept in sheet["answers"].items():
        store.put(item, kept["value"])
    return folder.parent / "handed-in" / hand_in(workbook, learner).file


def rows(course: Course, files: dict[str, Path]) -> dict[str, dict[str, Mark]]:
    """Take files in and mark them: learner → place → mark."""
    report = intake(course, [*files.values()], GALLERY.assignment)
    assert not report.refused
    lines = {line.student: line for line in mark_class(course, GALLERY.assignment)}
    assert {lines[learner].outcome for learner in files} == {"marked"}
    assert not [oddity for learner in files for oddity in lines[learner].oddities if "question" in oddity]
    made = [course.path("autograded", learner, GALLERY.assignment) / f"{GALLERY.assignment}.ipynb" for learner in files]
    return {learner: marks_in(json.loads(path.read_bytes())) for learner, path in zip(files, made, strict=True)}


@pytest.mark.filterwarnings("ignore:Object of type <Submitted")
def test_every_kind_is_answered_kept_and_handed_in(engine: Engine, doors: dict[str, str], course: Course, tmp_path: Path) -> None:
    states: dict[str, dict[str, Any]] = {}
    learner = {door: f"{type(engine).__name__.lower()}-{door}" for door in doors}
    for door, address in doors.items():
        come(engine, address)
        next(at for at in tab(engine) if at["sort"] == "text")
        engine.press(*learner[door], "Enter")
        until(engine, "() => Boolean(document.getElementById('w99-declaration'))")
        items = asked(engine)
        assert {item.kind for item in items.values()} == set(KINDS)
        assert answer_with_keys(engine) == items.keys()
        keyed = settled(engine)
        answer_with_mouse(engine, items)
        states[door] = settled(engine)
        assert [one for one in items if states[door][one] == keyed[one]] == [
            "w99-declaration"
        ]  # ticked by key, unticked and ticked by mouse
        assert engine.js("() => student.wide()") == []
        assert engine.js(AXE) == []
        come(engine, address)
        assert settled(engine) == states[door]
    engine.kill()
    engine.start()
    files = {}
    for door, address in doors.items():
        come(engine, address)
        assert settled(engine) == states[door]
        files[learner[door]] = handed_in_here(engine)
    other = Course(Path(shutil.copytree(course.root, tmp_path / "class")))  # the same class, where nobody has handed in yet
    marks = rows(course, files)
    assert all(any(mark.points for mark in one.values()) for one in marks.values())
    assert rows(other, {who: by_the_kernel(course, file, who, tmp_path) for who, file in files.items()}) == marks
