"""Handing in from the file: the zip that hand_in.py would make, taken in and marked with the same points."""

import json
import shutil
import zipfile
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from autograde.classes.folder import Course
from autograde.content import load_key
from autograde.inbox.intake import intake
from autograde.marking.kinds import MARKERS
from autograde.marking.kinds.scenario import unsafe_acts
from autograde.run.mark import mark_class
from tests.conftest import ROOT, Rules, is_saved
from tests.end_to_end.test_unit import released
from tests.web.device import MINE, PRIVATE, TEXT, Tab, made, opened
from workbook_helpers.answers import AnswerStore
from workbook_helpers.hand_in import choose_learner, hand_in
from workbook_helpers.items import Purpose, Workbook, load_workbook
from workbook_helpers.items.kinds.scenario import Scenario
from workbook_helpers.web import workbook_file

Open = Callable[..., Tab]
UNIT = sorted(path.parent.name for path in (ROOT / "workbooks").glob("*/workbook.toml") if path.parent.name != "w00-start-here")


def handed(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give answers and manifest of a hand-in."""
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return json.loads(archive.read("answers.json")), json.loads(archive.read("manifest.json"))


def answers(workbook: Workbook) -> dict[str, Any]:
    """Give an answer of every sort: right, wrong, written, private; for every item, on the paper or not."""
    key = load_key(workbook.id)
    found: dict[str, Any] = {}
    for number, item in enumerate(workbook.items.values()):
        if item.id in key.keys:
            tries = MARKERS[item.kind].tries(item, key.keys[item.id].right)
            found[item.id] = tries.right if number % 3 else tries.wrong
        elif item.kind in ("written", "short"):
            found[item.id] = "I told my senior – “at once”: a person’s right. 🙂"
        elif item.kind == "declaration":
            found[item.id] = True
        elif item.kind == "reflection":
            found[item.id] = {"what": "For me alone."}
    return {name: value for name, value in found.items() if workbook.items[name].problem(value) is None}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A class to which the whole unit was released."""
    return released(tmp_path_factory.mktemp("handing"), UNIT).course


def unsafe(workbook: Workbook, given: dict[str, Any], asked: set[str]) -> list[str]:
    """Give the marked stories that end with an unsafe act."""
    key, stories = load_key(workbook.id), (item for item in workbook.items.values() if isinstance(item, Scenario) and item.id in asked)
    return [item.id for item in stories if item.id in key.keys and unsafe_acts(item, key.keys[item.id].right, given[item.id])]


def points(course: Course, name: str, sent: Path, folder: Path, stories: Sequence[str] = ()) -> list[Any]:
    """Take a hand-in into a copy of the class, and mark it: the points row by row; nothing is odd but the unsafe `stories`."""
    mine = Course(Path(shutil.copytree(course.root, folder)))
    intake(mine, [sent], name)
    [line] = mark_class(mine, name)
    assert (line.outcome, len(line.oddities)) == ("marked", len(stories))
    assert all(f"{story}: unsafe in the story" in one for story, one in zip(stories, line.oddities, strict=True)), line.oddities
    from nbgrader.api import Gradebook

    with Gradebook(mine.db_url, mine.course_id) as book:
        submission = book.find_submission(name, "ana01")
        return sorted(
            (grade.cell.name, grade.auto_score, grade.manual_score, grade.needs_manual_grade)
            for one in submission.notebooks
            for grade in one.grades
        )


@pytest.mark.parametrize("name", UNIT)
def test_the_points_are_those_of_the_kernel_row_by_row(name: str, model: Course, chromium: Browser, tmp_path: Path) -> None:
    home = tmp_path / "home"
    with zipfile.ZipFile(next((model.root / "handout").glob(f"{name}*.zip"))) as handout:
        handout.extractall(home)
    workbook = load_workbook(home / name)
    given = answers(workbook)
    # By the kernel.
    if workbook.pools:
        choose_learner(workbook, "ana01")
    store = AnswerStore(workbook.folder, workbook.id, workbook.items)
    for item, value in given.items():
        store.put(item, value)
    receipt = hand_in(workbook, "ana01")
    theirs = home / "handed-in" / receipt.file
    # By the file.
    (tmp_path / "w.html").write_bytes(workbook_file(workbook))
    copy: dict[str, Any] = {
        "form": "workbook-copy",
        "schema": 1,
        "workbook": workbook.id,
        "class_id": workbook.about.class_id,
        "learner": "ana01",
    }
    copy["answers"] = {item: {"value": value, "saved_at": "2026-11-19T10:00:00Z"} for item, value in given.items()}
    (tmp_path / "my.copy.json").write_text(json.dumps(copy))
    with chromium.new_context(locale="en-GB") as context:
        tab = opened(context, (tmp_path / "w.html").as_uri()).work("ana01")
        tab.bring(tmp_path / "my.copy.json")
        with tab.page.expect_download() as download:
            tab("hand-in").get_by_role("button", name="Hand in").click()
            anyway = tab("hand-in").get_by_role("button", name="Hand in anyway")
            expect(tab("hand-in").locator(".wb-error:not(:empty), .wb-receipt:not(:empty)").first).to_be_visible()
            if anyway.count():
                anyway.click()
        mine = tmp_path / download.value.suggested_filename
        download.value.save_as(mine)
    (ours, our_manifest), (kernels, their_manifest) = handed(mine), handed(theirs)
    assert {item: one["value"] for item, one in ours["answers"].items()} == {item: one["value"] for item, one in kernels["answers"].items()}
    assert our_manifest.keys() == their_manifest.keys()
    same = ("workbook", "release", "learner", *(["seed"] if workbook.pools else []))
    assert [ours[part] for part in same] == [kernels[part] for part in same]
    asked = {item.id for item in workbook.paper(ours["seed"]).values()}
    assert ours["answers"].keys() <= asked
    private = {item.id for item in workbook.items.values() if item.purpose is Purpose.PRIVATE and item.kind == "reflection"}
    assert not ours["answers"].keys() & private
    stories = unsafe(workbook, given, asked)
    rows = points(model, name, mine, tmp_path / "one", stories)
    assert rows == points(model, name, theirs, tmp_path / "two", stories)
    assert any(score for _, score, _, _ in rows)


def test_a_form_of_own_work_that_nobody_has_touched_is_named(chromium: Browser, tmp_path: Path) -> None:
    workbook = load_workbook(ROOT / "workbooks" / "w10-the-unit-assessment")
    forms = [item for item in workbook.items.values() if item.kind == "workplace"]
    path = tmp_path / "w10.html"
    path.write_bytes(workbook_file(workbook))
    context = chromium.new_context(locale="en-GB")
    ana = opened(context, path.as_uri()).work("ana01")
    panel = ana("hand-in")
    expect(panel).to_contain_text("Forms about your own work, not filled in yet. Some criteria rest on them:")
    assert len(forms) == 5
    for form in forms:
        expect(panel.locator(f"a[href='#{form.id}']")).to_have_count(1)
    context.close()


def test_nothing_is_handed_in_without_the_declaration_and_the_receipt_stays(tab: Open, tmp_path: Path) -> None:
    ana = tab("ana01")
    ana.text().fill("A line of an essay.\n" * 60)
    ana.text().press("End")
    task = ana(TEXT).locator(".wb-written-task")
    expect(task).to_be_in_viewport()  # it scrolled away while one wrote
    task.locator("summary").click()
    expect(task.get_by_text("Explain.")).to_be_in_viewport()
    ana.write("An essay.")
    ana(TEXT).locator("label").evaluate("node => node.scrollIntoView({ block: 'center' })")
    expect(task).to_be_hidden()
    ana.write("I was afraid.", PRIVATE)
    panel = ana("hand-in")
    expect(panel).to_contain_text("Written task 1 of 1 · 10 points: Explain.2 words. That is short: about 150 words is a good length.")
    link = panel.locator(".wb-review a", has_text="Which?")
    link.focus()
    ana.text().evaluate("node => { node.value += ' Yes.'; node.dispatchEvent(new Event('input', { bubbles: true })); }")
    expect(panel).to_contain_text("3 words. That is short")
    is_saved(ana(TEXT))
    expect(link).to_be_focused()  # while the list is drawn anew
    panel.get_by_role("button", name="Hand in").click()
    expect(panel.get_by_role("alert")).to_contain_text("tick the declaration first")
    expect(ana(MINE).get_by_role("checkbox")).to_be_focused()
    expect(ana(MINE)).to_contain_text("Tick this first")  # where the student is led to
    ana(MINE).get_by_role("checkbox").check()
    expect(ana(MINE)).not_to_contain_text("Tick this first")
    is_saved(ana(MINE))
    panel.get_by_role("button", name="Hand in").click()
    sent = ana.download("Hand in anyway", tmp_path)
    document, manifest = handed(sent)
    assert {*document["answers"]} == {TEXT, MINE}
    assert (manifest["student"], manifest["declared"]) == ("ana01", True)
    expect(ana("your-work")).to_contain_text("All of them are in your hand-in file.")
    expect(panel.locator(".wb-receipt")).to_contain_text(
        "The file is saved, probably among your downloads.Next step: give it to your tutor"
    )
    ana.page.clock.install(time=0)  # a clock that went back by many years
    ana.text().fill("An essay, changed.")
    ana.page.clock.run_for(1000)
    is_saved(ana(TEXT))
    expect(ana("your-work")).to_contain_text("1 of them has changed since you handed in.")
    ana.write("Nor does this leave.", PRIVATE)
    expect(ana("your-work")).to_contain_text("1 of them has changed since you handed in.")
    ana.open()
    receipt = panel.locator(".wb-receipt")
    told = ana.page.locator("#wb-handed")  # at the beginning: the receipt is far below
    expect(told).to_contain_text("You made your hand-in file on ")
    told.get_by_role("link", name="See the receipt").click()
    expect(receipt).to_be_focused()
    expect(receipt.locator("h3")).to_be_in_viewport()
    expect(receipt).to_contain_text(manifest["code"])
    expect(receipt).to_contain_text("1 of 2 marked questions")
    at = datetime.fromisoformat(manifest["handed_in_at"]).astimezone() + timedelta(days=14)
    expect(receipt).to_contain_text(f"On {at:%A} {at.day} {at:%B}, back at work, ask yourself")
    expect(receipt).to_contain_text("The file is saved, probably among your downloads.Next step: give it to your tutor")
    order = receipt.locator("h3, .wb-next, .wb-button, dl").evaluate_all("all => all.map((node) => node.className || node.tagName)")
    assert order == ["H3", "wb-next", "wb-button wb-big", "DL", "wb-button wb-second"], "what is to be done stands above the details"
    with ana.page.expect_download() as again:
        receipt.get_by_role("button", name="Save the file again").click()
    again.value.save_as(tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == sent.read_bytes()
    ana.page.evaluate("() => { globalThis.print = () => { globalThis.printed = document.querySelector('.wb-sheet').innerText; }; }")
    receipt.get_by_role("button", name="Print the receipt").click()
    for part in (manifest["code"], "ana01", sent.name, "1 of 2", "Which?"):
        assert part in ana.page.evaluate("globalThis.printed")
    ana.page.emulate_media(media="print")
    expect(ana.page.locator(".wb-sheet")).to_be_visible()
    expect(ana.page.locator("#wb-main")).to_be_hidden()


def test_the_task_above_a_long_answer_covers_whole_lines_alone_and_less_than_half(tab: Open) -> None:
    ana = tab("ana01")
    ana.page.set_viewport_size({"width": 320, "height": 640})
    ana.text().fill("A line of an essay.\n" * 60)
    ana.text().evaluate("node => scrollBy(0, node.getBoundingClientRect().bottom - 500)")
    task = ana(TEXT).locator(".wb-written-task")
    expect(task).to_be_in_viewport()
    strip, box, head = task.bounding_box(), ana.text().bounding_box(), ana.page.locator("header").bounding_box()
    assert strip
    assert box
    assert head
    assert (strip["x"], strip["width"]) == (box["x"], box["width"]), "no line is covered in part"
    assert strip["y"] == pytest.approx(head["y"] + head["height"], abs=1)
    task.locator("summary").click()
    opened_up = task.bounding_box()
    assert opened_up
    assert 44 < opened_up["height"] <= 0.4 * 640


@pytest.mark.wcag("2.4.7", "2.4.11")
def test_who_is_led_to_the_declaration_sees_the_word_and_the_box(tab: Open) -> None:
    ana = tab("ana01")
    ana.page.set_viewport_size({"width": 320, "height": 640})
    ana("hand-in").get_by_role("button", name="Hand in").click()
    word, box = ana(MINE).get_by_text("Tick this first"), ana(MINE).get_by_role("checkbox")
    expect(box).to_be_focused()
    top, head = word.bounding_box(), ana.page.locator("header").bounding_box()
    assert top
    assert head
    assert top["y"] >= head["y"] + head["height"], "the word is below the header"
    assert box.evaluate("node => getComputedStyle(node).outlineWidth") == "3px"
    box.press("Tab")
    expect(box).not_to_have_class("wb-led")


def test_a_second_tab_that_takes_the_declaration_back_is_heard_at_the_last_moment(context: Any, tab: Open) -> None:
    context.add_init_script("delete globalThis.BroadcastChannel;")
    ana = tab("ana01")
    ana.write("An essay.")
    ana(MINE).get_by_role("checkbox").check()
    is_saved(ana(MINE))
    second = tab().goes_on()
    is_saved(second(MINE))
    second(MINE).get_by_role("checkbox").uncheck()
    expect(second(MINE)).to_have_attribute("data-wb-answered", "false")
    second.page.wait_for_timeout(500)
    ana.page.evaluate(
        """() => { const all = [...document.querySelectorAll("#hand-in button")], button = all.find((one) => one.textContent === "Hand in");
                   button.click(); button.click(); }"""
    )
    expect(ana("hand-in").get_by_role("alert")).to_contain_text("It says that this is your own work")
    assert ana.page.evaluate("document.querySelector('.wb-receipt').textContent") == ""


def test_after_a_change_the_next_step_is_to_hand_in_again(tab: Open, tmp_path: Path) -> None:
    ana = tab("ana01")
    ana.write("An essay.")
    ana(MINE).get_by_role("checkbox").check()
    is_saved(ana(MINE))
    ana.hand_in(tmp_path)
    panel = ana("hand-in")
    told, again = (
        panel.get_by_text("You have changed answers since you handed in. Hand in again"),
        panel.get_by_role("button", name="Hand in again"),
    )
    step, file = panel.get_by_text("Next step: give it to your tutor"), panel.get_by_role("button", name="Save the file again")
    colour = "node => getComputedStyle(node).backgroundColor"

    def is_changed(changed: bool) -> None:
        expect(told).to_be_visible(visible=changed)
        expect(step).to_be_visible(visible=not changed)
        assert again.evaluate(colour) != file.evaluate(colour), "one of them is what to do"
        expect(again).to_have_class("wb-button" if changed else "wb-button wb-second")

    is_changed(False)
    ana.write("Not for a tutor.", PRIVATE)
    is_changed(False)
    ana.write("An essay, changed.")
    is_changed(True)
    order = panel.locator(".wb-notice:visible, .wb-button, h3").evaluate_all("all => all.map((node) => node.textContent.slice(0, 16))")
    assert order[:3] == ["You have changed", "Hand in again", "✓ Your hand-in f"]
    ana.open()
    is_saved(ana(TEXT))
    is_changed(True)
    again.click()
    ana.download("Hand in anyway", tmp_path)
    is_changed(False)


@pytest.mark.parametrize(
    ("kept", "changed"),
    [
        ({"revision": 4}, 0),
        ({"revision": 5}, 1),
        ({"revision": 5, "saved_at": ""}, 1),
        ({"revision": 5, "item": PRIVATE}, 0),
        ({"revision": 5, "item": "w99-gone"}, 0),
        ({"revision": 0, "of": {}}, 0),
        ({"revision": 0, "of": {}, "saved_at": "2026-11-28T09:00:00.999Z"}, 0),
        ({"revision": 0, "of": {}, "saved_at": "2026-11-28T09:00:01Z"}, 1),
        ({"revision": 0, "of": {}, "saved_at": ""}, 0),
        ({"revision": 5, "of": None}, 0),
    ],
    ids=str,
)
def test_what_has_changed_is_counted_by_revisions_and_before_a_disk_by_the_clock(kept: dict[str, Any], changed: int, rules: Rules) -> None:
    items = {
        TEXT: {"id": TEXT, "kind": "written", "purpose": "assessed"},
        PRIVATE: {"id": PRIVATE, "kind": "reflection", "purpose": "private"},
    }
    stored = {"value": {"what": "So."}, "saved_at": "2026-11-28T08:00:00Z", "revision": kept["revision"]} | (
        {"saved_at": kept["saved_at"]} if "saved_at" in kept else {}
    )
    of = kept.get("of", {"revision": 4})
    last = None if of is None else {"at": "2026-11-28T09:00:00+00:00", **of}
    assert rules("changed since", items, {kept.get("item", TEXT): stored}, last) == changed


@pytest.mark.parametrize(
    ("link", "is_link"),
    [
        ('https://moodle.example.org/x?a=1&b="2"', True),
        ("javascript:alert(1)", False),
        (" https://x", False),
        ("data:text/html,x", False),
        ("//x", False),
    ],
)
def test_the_tutors_words_and_link(link: str, is_link: bool, tab: Open, tmp_path: Path) -> None:
    where = made(tmp_path)
    path = tmp_path / "w99.html"
    text = path.read_text("utf-8")
    words = json.dumps("Upload it in Moodle, <b>please</b>.").replace("<", "\\u003c")
    assert '"hand_in_words":""' in text
    text = text.replace('"hand_in_words":""', f'"hand_in_words":{words}').replace('"hand_in_link":""', f'"hand_in_link":{json.dumps(link)}')
    path.write_text(text, "utf-8")
    ana = tab("ana01", where=where)
    ana(MINE).get_by_role("checkbox").check()
    is_saved(ana(MINE))
    ana.hand_in(tmp_path)
    receipt = ana("hand-in").locator(".wb-receipt")
    expect(receipt.locator(".wb-next")).to_contain_text("Upload it in Moodle, <b>please</b>.")
    links = [one.get_attribute("href") for one in receipt.locator("a").all()]
    assert links == ([link] if is_link else [])


def test_a_hand_in_is_no_copy(tab: Open, tmp_path: Path) -> None:
    ana = tab("ana01")
    ana.write("An essay.")
    ana.download("Save a copy", tmp_path)
    ana(MINE).get_by_role("checkbox").check()
    is_saved(ana(MINE))
    ana.hand_in(tmp_path)
    expect(ana("hand-in").locator(".wb-receipt")).to_be_focused()
    expect(ana("your-work")).to_contain_text("1 change since")
    ana.button("Remove my work in all workbooks from this device").click()
    ana.page.keyboard.press("Tab")
    expect(ana.button("Leave it here")).to_be_focused()
    ana.page.keyboard.press("Enter")
    expect(ana.button("Remove my work in all workbooks from this device")).to_be_focused()
    assert set(ana.values()) == {TEXT, MINE}
