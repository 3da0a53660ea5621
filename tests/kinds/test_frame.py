"""What the frame of every question promises: nothing of one copy in another, nothing acknowledged given up, no false word on screen."""

import json
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from IPython.display import HTML
from playwright.sync_api import Dialog, Locator, Page, WebSocketRoute, expect

from tests.axe import faults
from tests.conftest import ROOT, Rules, is_saved
from tests.kinds.conftest import KernelPage
from workbook_helpers.answers import AnswerStore
from workbook_helpers.items import KINDS, Item, load_workbook
from workbook_helpers.jupyter.widgets.ask import ask
from workbook_helpers.jupyter.widgets.session import open_session

TASK, PICK, PRIVATE, MINE = "w99-t01", "w99-q01", "w99-r01", "w99-declaration"
ITEMS = f"""
[[items]]
id = "{TASK}"
kind = "written"
purpose = "assessed"
points = 10
stem = "Explain."
words = 150
[[items]]
id = "{PICK}"
kind = "single"
purpose = "assessed"
points = 1
stem = "Which?"
options = [{{ id = "a", text = "A" }}, {{ id = "b", text = "B" }}]
[[items]]
id = "{PRIVATE}"
kind = "reflection"
purpose = "private"
stem = "Think back."
[[items]]
id = "{MINE}"
kind = "declaration"
purpose = "record"
stem = "My own work"
statement = "This is my own work."
"""
GALLERY = ROOT / "workbooks" / "w99-gallery"
LOOK = "() => globalThis.dispatchEvent(new Event('focus'))"
Open = Callable[..., KernelPage]


def box(kind: KernelPage, item: str = TASK) -> Locator:
    return kind.page.locator(f"#{item} textarea").first


def asked(kind: KernelPage, item: str = TASK) -> Locator:
    return kind.page.locator(f"#{item} .wb-conflict")


def on_disk(kind: KernelPage) -> dict[str, Any]:
    path = kind.folder / "answers.json"
    return {item: record["value"] for item, record in json.loads(path.read_text("utf-8"))["answers"].items()} if path.exists() else {}


def state(kind: KernelPage, name: str, item: str = TASK) -> None:
    expect(kind.page.locator(f"#{item}")).to_have_attribute("data-wb-state", name)


def fresh_copy(kind: KernelPage) -> None:
    """Another copy of the same workbook comes to the same place."""
    for path in kind.folder.iterdir():
        if path.name.lstrip(".").startswith("answers"):
            path.unlink()


def test_what_one_student_typed_is_never_in_the_next_ones_copy(kernel_page: Open) -> None:
    kind = kernel_page(ITEMS, "progress", "hand-in")
    kind.freeze()
    box(kind).fill("The first student's answer.")
    box(kind, PRIVATE).fill("I was afraid.")
    state(kind, "unsaved")
    kind.page.goto("about:blank")
    fresh_copy(kind)
    kind.open()
    for item in (TASK, PRIVATE):
        state(kind, "clean", item)
        expect(box(kind, item)).to_have_value("")
    kind.page.locator(f"#{PICK} label").first.click()
    assert kind.saved(PICK) == "a"
    kind.page.wait_for_timeout(1500)
    expect(kind.page.locator("#wb-place")).to_have_count(0)  # it would have come by now
    assert on_disk(kind) == {PICK: "a"}
    assert "afraid" not in kind.page.content()


def test_a_draft_in_a_copy_without_answers_is_offered_and_written_only_if_it_is_taken(kernel_page: Open) -> None:
    kind = kernel_page(ITEMS, "progress", "hand-in")
    (kind.folder.parent / "learner.json").write_text('{"student": "ana01"}')
    try:
        kind.reload()
        kind.freeze()
        box(kind).fill("Typed before anything was saved.")
        box(kind, PRIVATE).fill("I was afraid.")
        state(kind, "unsaved", PRIVATE)
        kind.page.goto("about:blank")
        kind.open()
    finally:
        (kind.folder.parent / "learner.json").unlink()
    for item in (TASK, PRIVATE):
        state(kind, "offered", item)
        expect(box(kind, item)).to_have_value("")
    expect(asked(kind)).to_contain_text(re.compile(r"Text from \d\d:\d\d by ana01 was found in this browser"))
    assert faults(kind.page) == []
    asked(kind, PRIVATE).get_by_role("button", name="Leave it out").click()
    state(kind, "clean", PRIVATE)
    kind.page.locator(f"#{PICK} label").first.click()
    assert kind.saved(PICK) == "a"
    kind.page.goto("about:blank")
    kind.open()  # it holds an answer now; what was typed before it did is still only offered
    state(kind, "clean", PRIVATE)
    state(kind, "offered")
    assert on_disk(kind) == {PICK: "a"}
    asked(kind).get_by_role("button", name="Use it").click()
    assert kind.saved(TASK) == "Typed before anything was saved."
    assert on_disk(kind) == {PICK: "a", TASK: "Typed before anything was saved."}


def keep(kind: KernelPage, text: str) -> bytes:
    """Save a text; give the file as it is then."""
    box(kind).fill(text)
    assert kind.saved(TASK) == text
    return (kind.folder / "answers.json").read_bytes()


def test_a_draft_is_only_offered_where_the_same_copy_has_lost_its_answers(kernel_page: Open) -> None:
    kind = kernel_page(ITEMS)
    keep(kind, "one")
    kind.freeze()
    box(kind, PRIVATE).fill("I was afraid.")
    state(kind, "unsaved", PRIVATE)
    kind.page.goto("about:blank")
    for path in (kind.folder / "answers.json", kind.folder / "answers.last-good.json"):
        path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | {"answers": {}}), "utf-8")
    kind.open()
    state(kind, "offered", PRIVATE)
    kind.page.wait_for_timeout(1500)
    assert on_disk(kind) == {}


@pytest.mark.parametrize("keeps", [True, False], ids=["keep-mine", "take-the-other"])
def test_an_older_file_does_not_win_over_what_is_on_screen(kernel_page: Open, keeps: bool) -> None:
    kind = kernel_page(ITEMS)
    older = keep(kind, "one")
    keep(kind, "one two three, the whole essay")
    (kind.folder / "answers.json").write_bytes(older)
    kind.page.evaluate(LOOK)
    state(kind, "conflict")
    expect(kind.page.locator(f"#{TASK} .wb-status")).to_have_text("")
    expect(box(kind)).to_have_value("one two three, the whole essay")
    expect(asked(kind)).to_contain_text("another version of this answer")
    expect(asked(kind).locator("blockquote")).to_have_text("one")
    asked(kind).get_by_role("button", name="Keep what is on this page" if keeps else "Use the other answer").click()
    kept = "one two three, the whole essay" if keeps else "one"
    assert kind.saved(TASK) == kept
    kind.reload()
    state(kind, "saved")
    expect(box(kind)).to_have_value(kept)


def test_an_older_file_that_came_while_the_page_was_closed_is_asked_about(kernel_page: Open) -> None:
    kind = kernel_page(ITEMS)
    older = keep(kind, "one")
    keep(kind, "one two three, the whole essay")
    kind.page.goto("about:blank")
    (kind.folder / "answers.json").write_bytes(older)
    kind.open()
    state(kind, "conflict")
    expect(box(kind)).to_have_value("one")
    asked(kind).get_by_role("button", name="Use the other answer").click()
    assert kind.saved(TASK) == "one two three, the whole essay"


def test_an_older_file_that_hides_what_another_window_saved_is_asked_about(kernel_page: Open) -> None:
    kind = kernel_page(ITEMS)
    older = keep(kind, "one")
    AnswerStore(kind.folder, "w99").put(TASK, "one two, in another window")
    (kind.folder / "answers.json").write_bytes(older)
    kind.page.evaluate(LOOK)  # what this page shows is what the file holds
    state(kind, "conflict")
    expect(box(kind)).to_have_value("one")
    asked(kind).get_by_role("button", name="Use the other answer").click()
    assert kind.saved(TASK) == "one two, in another window"


@pytest.mark.parametrize("damage", ["cut", "gone", "same-revision", "all-gone"])
def test_a_damaged_or_changed_file_takes_nothing_from_the_screen(kernel_page: Open, damage: str) -> None:
    kind = kernel_page(ITEMS, "progress", "hand-in")
    keep(kind, "one")
    keep(kind, "one two three, the whole essay")
    path = kind.folder / "answers.json"
    if damage == "cut":
        path.write_bytes(b"")
    elif damage == "same-revision":
        path.write_text(path.read_text("utf-8").replace("whole essay", "start of it"), "utf-8")
    else:
        path.unlink()
        if damage == "all-gone":
            (kind.folder / "answers.last-good.json").unlink()
    kind.page.evaluate(LOOK)
    state(kind, "saved" if damage in ("cut", "gone") else "conflict")
    expect(box(kind)).to_have_value("one two three, the whole essay")
    notice = kind.page.locator(".wb-notices")
    if damage in ("cut", "gone"):
        kind.page.evaluate(LOOK)
        expect(notice).to_contain_text("The file with your answers was damaged or missing")
        expect(kind.page.locator("#hand-in")).to_contain_text("The file with your answers was damaged or missing")
        notice.get_by_role("button", name="I have looked").click()
        expect(notice).to_have_text("")
        expect(kind.page.locator("#hand-in")).not_to_contain_text("damaged")
    else:
        asked(kind).get_by_role("button", name="Keep what is on this page").click()
    is_saved(kind.page.locator(f"#{TASK}"))
    assert on_disk(kind)[TASK] == "one two three, the whole essay"


def test_a_file_of_a_sync_conflict_is_mentioned_and_not_read(kernel_page: Open) -> None:
    kind = kernel_page(ITEMS, "progress", "hand-in")
    keep(kind, "mine")
    stranger = kind.folder / "answers-LAPTOP.json"
    stranger.write_text((kind.folder / "answers.json").read_text("utf-8").replace("mine", "from the laptop"), "utf-8")
    kind.reload()
    for place in (".wb-notices", "#hand-in"):
        expect(kind.page.locator(place)).to_contain_text("answers-LAPTOP.json")
    expect(box(kind)).to_have_value("mine")
    assert faults(kind.page) == []


def test_two_tabs_cannot_undo_a_decision_of_a_marked_story(kernel_page: Open) -> None:
    shelf = (GALLERY / "items.toml").read_text("utf-8")
    [story] = [f"[[items]]{part}" for part in shelf.split("[[items]]") if 'id = "w99-scenario-q"' in part.split("[[", 1)[0]]
    kind = kernel_page(story.split("[[pools]]")[0])
    item, second = "w99-scenario-q", kind.page.context.new_page()
    second.goto(kind.address)
    expect(second.locator(f"#{item}").get_by_role("radio")).not_to_have_count(0)
    kind.page.locator(f"#{item}").get_by_role("radio").first.check()
    kind.page.locator(f"#{item}").get_by_role("button", name="Do this").click()
    taken = kind.saved(item)
    # All at once, without a look at the tab, which would fetch the newer path.
    second.evaluate(
        """id => { const root = document.getElementById(id);
                    root.querySelectorAll("input")[1].click(); root.querySelector(".wb-button").click(); }""",
        item,
    )
    question = second.locator(f"#{item}")
    expect(question).to_have_attribute("data-wb-state", "conflict")
    expect(question.locator(".wb-conflict")).to_contain_text("cannot be taken back")
    expect(question.locator(".wb-conflict").get_by_role("button")).to_have_count(1)
    second.wait_for_timeout(1500)
    assert on_disk(kind)[item] == taken
    question.get_by_role("button", name="Go on from there").click()
    is_saved(question)
    assert on_disk(kind)[item] == taken


def test_saved_is_not_to_be_read_while_something_is_unsaved(kernel_page: Open) -> None:
    kind = kernel_page(ITEMS)
    keep(kind, "one")
    lock = kind.folder / ".answers.lock"
    lock.unlink(missing_ok=True)
    lock.mkdir()
    words = kind.page.evaluate(
        """async id => {
          const area = document.querySelector(`#${id} textarea`), said = [], root = document.getElementById(id);
          area.value += " two";
          area.dispatchEvent(new Event("input", { bubbles: true }));
          for (let n = 0; n < 40 && root.dataset.wbState !== "unsaved"; n += 1) {
            said.push([root.dataset.wbState, root.querySelector(".wb-status").textContent]);
            await new Promise((done) => setTimeout(done, 25));
          }
          return said;
        }""",
        TASK,
    )
    assert {name for name, _ in words} <= {"dirty", "saving"}
    assert {text for _, text in words} == {""}
    expect(kind.page.locator(f"#{TASK} .wb-status")).to_contain_text("Not saved yet: the folder cannot be used")
    lock.rmdir()
    is_saved(kind.page.locator(f"#{TASK}"))


def test_an_answer_that_is_refused_stays_with_a_clear_sentence_and_is_not_sent_again(kernel_page: Open) -> None:
    kind = kernel_page(ITEMS)
    kind.page.evaluate(
        """id => { const area = document.querySelector(`#${id} textarea`); area.value = "broken \\ud800";
                   area.dispatchEvent(new Event("input", { bubbles: true })); }""",
        TASK,
    )
    state(kind, "refused")
    status = kind.page.locator(f"#{TASK} .wb-status")
    expect(status).to_have_text(re.compile("^Not saved: .* Change it, and it is saved.$"))
    kind.page.wait_for_timeout(3500)  # longer than the wait before what failed is tried again
    state(kind, "refused")
    assert (kind.folder / ".workbook.log").read_text("utf-8").count(f"{TASK} was not saved") == 1
    assert on_disk(kind) == {}
    box(kind).fill("whole")
    assert kind.saved(TASK) == "whole"


def test_alerts_go_when_they_stop_being_true_and_blame_only_what_is_at_fault(kernel_page: Open) -> None:
    kind = kernel_page(ITEMS, "hand-in")
    page = kind.page
    panel, learner = page.locator("#hand-in"), page.locator("#hand-in input")
    alert, button = panel.get_by_role("alert"), panel.get_by_role("button")
    keep(kind, "On disk.")  # so that what is left to answer stays the same with the next save
    lock = kind.folder / ".answers.lock"
    lock.unlink(missing_ok=True)
    lock.mkdir()
    box(kind).fill("Not yet on disk.")
    button.click()
    expect(alert).to_contain_text("Some answers are not saved yet")
    lock.rmdir()
    is_saved(page.locator(f"#{TASK}"))
    expect(alert).to_have_text("")
    button.click()
    expect(alert).to_contain_text("tick the declaration first")
    expect(learner).to_have_attribute("aria-invalid", "false")
    page.locator(f"#{MINE} input").check()
    expect(alert).to_have_text("")
    button.click()
    expect(alert).to_contain_text("type your learner ID")
    expect(learner).to_be_focused()
    page.keyboard.type("ana01")
    expect(alert).to_have_text("")
    button.click()
    expect(alert).to_contain_text("1 question is not finished yet")
    page.locator(f"#{PICK} label").first.click()
    expect(alert).to_have_text("")
    expect(button).to_have_text("Hand in")
    (kind.folder.parent / "handed-in").write_text("a file where the folder should be")
    button.click()
    expect(alert).to_contain_text("the folder cannot be written to")
    expect(learner).to_have_attribute("aria-invalid", "false")
    expect(button).to_be_focused()
    (kind.folder.parent / "handed-in").unlink()
    learner.fill("\u200b\u200b")  # signs that nobody sees are no id
    button.click()
    expect(learner).to_have_attribute("aria-invalid", "true")
    expect(learner).to_be_focused()


@pytest.mark.parametrize("fault", ["throws", "full"])
def test_without_storage_the_page_promises_nothing_of_this_browser(kernel_page: Open, fault: str) -> None:
    kind = kernel_page(ITEMS)
    keep(kind, "one")
    if fault == "throws":
        kind.page.context.add_init_script(
            "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } })"
        )
    else:
        kind.page.context.add_init_script("Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }")
    kind.reload()
    state(kind, "saved")
    kind.freeze()
    box(kind).fill("one two")
    state(kind, "unsaved")
    expect(kind.page.locator(f"#{TASK} .wb-status")).to_contain_text("on this page only")
    lost = kind.page.locator("#wb-lost")
    expect(lost).to_contain_text("This browser does not keep what you wrote")
    expect(lost).not_to_contain_text("is kept in this browser")
    dialogs: list[str] = []

    def leave(dialog: Dialog) -> None:
        dialogs.append(dialog.type)
        dialog.accept()

    kind.page.on("dialog", leave)
    kind.page.reload()
    assert dialogs == ["beforeunload"]


def test_in_a_folder_that_cannot_be_written_from_the_start_neither(kernel_page: Open) -> None:
    kind = kernel_page(ITEMS)
    kind.kill()
    kind.page.goto("about:blank")
    fresh_copy(kind)
    (kind.folder / ".answers.lock").mkdir()  # the copy gets no name, under which the browser would find anything again
    kind.open()
    box(kind).fill("one")
    state(kind, "unsaved")
    expect(kind.page.locator(f"#{TASK} .wb-status")).to_contain_text("on this page only")


WHITE = "\n\t\u00a0\u2003\x1c\x85"
CASES: dict[str, list[tuple[Any, bool]]] = {
    "declaration": [(None, True), (False, True), (True, False)],
    "single": [(None, True), ("", True), ("$target", False)],
    "multiple": [(None, True), ([], True), (["$target"], False)],
    "written": [(None, True), ("", True), ("   ", True), (WHITE, True), ("\ufeff", False), ("\u200b", False), (" a ", False)],
    "short": [("  ", True), ("a", False)],
    "gaps": [({}, True), (None, True), ({"$part": "  "}, True), ({"$part": "x"}, False)],
    "reflection": [({}, True), ({"share": True}, True), ({"what": "  ", "share": True}, True), ({"what": "", "so-what": "x"}, False)],
    "workplace": [({}, True), ({"done": " \n"}, True), ({"role": "x"}, False)],
    "scale": [(None, True), ({}, True), ({"$part": 1}, False)],
    "match": [({}, True), ({"$part": "$target"}, False)],
    "sort": [({}, True), ({"$part": "$target"}, False)],
    "handover": [({}, True), ({"$part": "situation"}, False)],
    "relationships": [({}, True), ({"$part": {}}, True), ({"$part": {"kind": "$target"}}, False)],
    "order": [(None, True), ([], True), (["$all"], False)],
    "scenario": [(None, True), ([], True), ({"path": []}, True), (["$target"], False)],
}
"""Kind → answers, and whether each says nothing; what begins with $ stands for an id of the item."""
IDS: dict[str, Callable[[Any], dict[str, str]]] = {
    "single": lambda item: {"$target": item.options[0].id},
    "multiple": lambda item: {"$target": item.options[0].id},
    "gaps": lambda item: {"$part": next(gap.id for gap in item.gaps if not gap.options)},
    "scale": lambda item: {"$part": item.statements[0].id},
    "match": lambda item: {"$part": item.part_ids()[0], "$target": next(iter(item.targets()))},
    "sort": lambda item: {"$part": item.part_ids()[0], "$target": next(iter(item.targets()))},
    "handover": lambda item: {"$part": item.fact_ids()[0]},
    "relationships": lambda item: {"$part": item.people[0].id, "$target": item.kinds[0].id},
    "order": lambda item: {"$all": '", "'.join(item.step_ids())},
    "scenario": lambda item: {"$target": item.steps()[0]},
}


def cases() -> list[tuple[Item, Any, bool]]:
    """Give item, value and whether it is blank, for an item of each kind."""
    found = []
    for kind, values in CASES.items():
        item = next(item for item in load_workbook(GALLERY).items.values() if item.kind == kind)
        ids = IDS[kind](item) if kind in IDS else {}
        for value, blank in values:
            text = json.dumps(value)
            for name, one in ids.items():
                text = text.replace(name, one)
            found.append((item, json.loads(text), blank))
    return found


@pytest.mark.parametrize("fault", ["folder", "half-a-file", "another-form"])
def test_a_cell_never_raises_neither_when_it_is_made_nor_when_it_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], fault: str
) -> None:
    (tmp_path / "workbook.toml").write_text('id = "w99"\ntitle = "Kinds"\norder = 99\nminutes = 5\n', "utf-8")
    (tmp_path / "items.toml").write_text(ITEMS, "utf-8")
    if fault == "folder":
        (tmp_path / "answers.json").mkdir()
    else:
        texts = {"half-a-file": '{"ans', "another-form": '{"answers": {"w99-t01": {"value": 7}}, "revision": "x"}'}
        (tmp_path / "answers.json").write_text(texts[fault])
    monkeypatch.chdir(tmp_path)
    for name in (TASK, PICK, PRIVATE, MINE, "progress", "hand-in", "w99-nothing"):
        shown: Any = ask(name)
        assert isinstance(shown, HTML) or shown._repr_mimebundle_() is not None
    session = open_session(tmp_path)
    save = {"do": "save", "id": TASK, "value": "x", "base": 0, "was": None, "n": 2}
    for message in ({"do": "open", "n": 1}, save, save | {"id": "w99-none"}, {"do": "open"}, {"do": 3}, {}, None, "?"):
        session.answer(message)
    assert capsys.readouterr().err == ""


def test_python_knows_a_blank_answer() -> None:
    assert set(CASES) == set(KINDS)
    for item, value, blank in cases():
        assert (item.id, value, item.problem(value), item.is_blank(value)) == (item.id, value, None, blank)


def test_the_browser_knows_the_same_answers_as_blank(rules: Rules) -> None:
    for item, value, blank in cases():
        assert (item.id, value, rules("blank", item.public(), value)) == (item.id, value, blank)


def test_w03_typed_without_a_kernel_does_not_reach_a_fresh_copy(page: Page, kind_server: tuple[Path, str, str, int]) -> None:
    root, base, token, server = kind_server
    name = next(path.name for path in (ROOT / "workbooks").glob("w03-*"))
    workbook = load_workbook(ROOT / "workbooks" / name)
    written = next(item.id for item in workbook.items.values() if item.kind == "written" and item.purpose.value == "assessed")
    private = next(item.id for item in workbook.items.values() if item.purpose.value == "private")
    kind = KernelPage(page, root / name, f"{base}/voila/render/{name}/{name}.ipynb?token={token}", len(workbook.paper()), server)
    try:
        shutil.copytree(ROOT / "workbooks" / name, kind.folder)
        kind.open()
        kind.freeze()
        for item in (written, private):
            box(kind, item).fill("Somebody else's words.")
            state(kind, "unsaved", item)
        page.goto("about:blank")
        shutil.rmtree(kind.folder)
        shutil.copytree(ROOT / "workbooks" / name, kind.folder)
        kind.open()
        for item in (written, private):
            state(kind, "clean", item)
        page.wait_for_timeout(1500)
        assert "Somebody else's words." not in page.evaluate(
            "document.body.innerText + [...document.querySelectorAll('textarea')].map((a) => a.value)"
        )
        assert on_disk(kind) == {}
    finally:
        shutil.rmtree(kind.folder)


def test_the_page_is_read_once_however_many_questions_it_has(kernel_page: Open) -> None:
    kind = kernel_page(ITEMS, "progress", "hand-in")
    asked: list[str] = []
    heard = re.compile(r'"do\W+(open|save)\W')

    def between(ours: WebSocketRoute) -> None:
        kernel = ours.connect_to_server()

        def answer(frame: str | bytes) -> None:
            if asked == ["open"]:
                time.sleep(0.1)  # a busy kernel: its reply comes when every place stands
            ours.send(frame)

        def ask(frame: str | bytes) -> None:
            asked.extend(heard.findall(str(frame)))
            kernel.send(frame)

        ours.on_message(ask)
        kernel.on_message(answer)

    kind.page.add_init_script(
        "globalThis.looks = 0; addEventListener('focus', () => { if (document.querySelector('.wb-widget')) looks += 1; });"
    )
    kind.page.route_web_socket(re.compile("/api/kernels/"), between)
    kind.reload()
    state(kind, "clean")
    looks = kind.page.evaluate("globalThis.looks")  # a browser may give a window the focus while it loads: that is one reading more
    assert asked == ["open"] * (1 + looks)
    kind.page.evaluate(LOOK)
    kind.page.locator(f"#{PICK} label").first.click()
    kind.saved(PICK)
    assert asked == ["open"] * (2 + looks) + ["save"]
