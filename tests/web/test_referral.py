"""A referral in a one-file workbook: just its tasks are open, each beside its first answer; handing in again sends a whole attempt."""

import json
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.axe import faults
from tests.conftest import Rules, is_saved
from tests.kinds.conftest import written
from tests.web.device import ALL, HEAD, MINE, PICK, PRIVATE, STORY, TEXT, Tab, copy_of, toml
from tests.web.test_device import STORY_TOML
from workbook_helpers.errors import ContentError
from workbook_helpers.items import Workbook
from workbook_helpers.referral import Referral
from workbook_helpers.web import workbook_file

OTHER, LEARN = "w99-t02", "w99-p01"
ITEMS = toml(
    **{name.replace("-", "_"): text for name, text in HEAD.items()},
    w99_t02='kind = "written"\npurpose = "assessed"\npoints = 5\nstem = "Explain more."\nwords = 50',
    w99_p01='kind = "single"\npurpose = "practice"\nstem = "Try?"\n'
    'options = [{ id = "a", text = "Yes", right = true, feedback = "So." }, { id = "b", text = "No", right = false, feedback = "No." }]',
)
FIRST, SECOND = "My first essay.\n</script><b>It has two lines.", "My other essay."
CANARY = "CANARY-a-model-answer"
Open = Callable[..., Tab]
DRAFT = """([copy, item, value]) => { localStorage[`wb-draft:${copy}:${item}`] = sessionStorage[`wb-draft:${copy}:${item}`] =
  JSON.stringify({ value, base: 0, was: null, at: Date.now(), by: "ana01", held: true }); }"""
"""Leave what was typed to the first attempt and never saved."""
AT = {"saved_at": "2026-11-20T10:00:00.000Z"}


def referral(**other: Any) -> Referral:
    made: dict[str, Any] = {
        "schema": 1,
        "id": "0123456789abcdef",
        "workbook": "w99",
        "class_id": "",
        "learner": "Ana01",
        "release": "f" * 16,
        "attempt": 2,
        "answers_sha256": "a" * 64,
        "made_at": datetime(2026, 11, 28, 9, tzinfo=UTC),
        "until": date(2099, 12, 4),
        "tasks": (
            {"item": TEXT, "missing": "Say whom you would tell.", "comment": "A good start: <i>now</i> say more.", "points": 4},
            {"item": OTHER, "missing": "Use your own work."},
        ),
        "criteria": ({"code": "1.1", "missing": "One more relationship."},),
        "answers": {TEXT: {"value": FIRST, **AT}, OTHER: {"value": SECOND, **AT}, PICK: {"value": "b"}, MINE: {"value": True, **AT}},
    }
    return Referral(**made | other)


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Workbook:
    return written(tmp_path_factory.mktemp("referral"), ITEMS, "progress", "hand-in")


@pytest.fixture(scope="module")
def where(workbook: Workbook, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where the file lies that the tutor sends back."""
    path = tmp_path_factory.mktemp("back") / "w99.html"
    path.write_bytes(workbook_file(workbook, referral=referral()))
    return path.as_uri()


@pytest.fixture
def ana(tab: Open, where: str) -> Tab:
    return tab("ana01", where=where)


def hand_in(tab: Tab, folder: Path, button: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Hand in; give manifest and answers."""
    with zipfile.ZipFile(tab.download(button, folder)) as file:
        return json.loads(file.read("manifest.json")), json.loads(file.read("answers.json"))


def test_just_its_tasks_are_open_each_beside_the_first_answer_and_the_comment(ana: Tab) -> None:
    page = ana.page
    head = page.locator(".wb-referral")
    expect(head.get_by_role("heading")).to_have_text("Your tutor asks you to look again at 2 tasks, until 4 December")
    expect(head).to_contain_text("1.1 One more relationship.")
    asked = page.locator(".wb-again .wb-question").evaluate_all("all => all.map((one) => one.id)")
    assert asked == [TEXT, OTHER, MINE, "hand-in", "your-work"]
    task = ana(TEXT)
    expect(task.locator(".wb-missing")).to_have_text("What is missing: Say whom you would tell.")
    one, two = task.locator(".wb-beside > div").all()
    assert one.locator("blockquote").inner_text() == FIRST
    expect(one).to_contain_text("4 of 10 points so far")
    expect(two.locator("blockquote")).to_have_text("A good start: <i>now</i> say more.")
    assert ana.text().input_value() == FIRST
    expect(task).to_contain_text("Not changed yet")
    assert page.locator(".wb-else, .wb-closed").evaluate_all("all => all.map((one) => one.id)") == ["", PICK]
    expect(ana(PICK)).to_contain_text("not open again")
    assert ana(PICK).locator("blockquote").inner_text() == "The second"
    assert ana(PICK).locator("input, textarea, select, button").count() == 0
    ana.choose("a", LEARN)  # practice is not marked
    expect(page.locator("#wb-progress-slot")).to_contain_text("Changed 0 of 2")
    for name in (TEXT, OTHER):
        expect(ana("hand-in").locator(f'a[href="#{name}"]')).to_be_visible()
    assert ana("hand-in").locator(f'a[href="#{PICK}"]').count() == 0
    page.get_by_role("link", name="Read what stands around").first.click()
    expect(page.locator(f"#wb-was-{TEXT}")).to_be_in_viewport()
    left = page.locator("[id^=wb-was-]").evaluate_all("all => all.map((one) => one.id)")
    assert left == [f"wb-was-{name}" for name in (TEXT, OTHER, "hand-in")], "nobody asks for the declaration again"


def test_one_task_is_called_the_task(tab: Open, workbook: Workbook, tmp_path: Path) -> None:
    asks = referral(tasks=({"item": TEXT, "missing": "Say whom you would tell."},))
    (tmp_path / "w99.html").write_bytes(workbook_file(workbook, referral=asks))
    review = tab("ana01", where=(tmp_path / "w99.html").as_uri())("hand-in").locator(".wb-review")
    expect(review).to_contain_text("You have not finished the task that your tutor asks for again.")


@pytest.mark.wcag("axe", "1.4.10")
@pytest.mark.parametrize("width", [320, 1280])
def test_it_fits_and_axe_finds_nothing(ana: Tab, width: int) -> None:
    page = ana.page
    page.set_viewport_size({"width": width, "height": 900})
    one, two = (box.bounding_box() for box in ana(TEXT).locator(".wb-beside > div").all())
    assert one
    assert two
    assert (two["x"] > one["x"]) == (width == 1280), "beside each other, or one below the other"
    assert (two["y"] > one["y"]) == (width == 320)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert faults(page) == []


def test_one_section_at_a_time_begins_with_the_tasks(paged: Page, where: str) -> None:
    page = paged
    page.goto(where)
    ana = Tab(page, where).work("ana01")
    heading = page.locator("#wb-again")
    expect(heading).to_be_focused()
    expect(ana(TEXT)).to_be_visible()
    levels = ana(TEXT).locator("[aria-level]").evaluate_all("all => all.map((one) => one.ariaLevel)")
    assert levels == ["3", "4", "4", "4"], "below that of what is asked"
    expect(page.locator(".wb-else")).to_be_hidden()
    page.get_by_role("link", name="Next").click()
    expect(page.locator(".wb-else").get_by_role("heading", name="Everything else")).to_be_visible()
    expect(ana(PICK)).to_be_visible()
    expect(ana(TEXT)).to_be_hidden()
    page.get_by_role("link", name="Go to the 2 tasks").click()
    expect(heading).to_be_focused()
    page.reload()
    expect(ana(TEXT)).to_be_visible()
    expect(ana(TEXT).get_by_role("textbox")).to_have_value(FIRST)
    for name in ("hand-in", OTHER):  # whose place is another one until the tasks come first
        page.goto("about:blank")
        page.goto(f"{where}#{name}")
        expect(ana(name)).to_be_focused()
        expect(ana(name)).to_be_in_viewport()
        expect(page.locator("#wb-bar")).to_contain_text("Section 1 of")
        page.reload()
        expect(ana(name)).to_be_visible()


def test_a_whole_attempt_is_handed_in_and_none_before_it_is_lost(
    context: Any, tab: Open, where: str, workbook: Workbook, tmp_path: Path
) -> None:
    plain = tmp_path / "w99.html"
    plain.write_bytes(workbook_file(workbook))
    before = tab("ana01", where=plain.as_uri())
    before.write("What I wrote first, and changed after that.")
    before.choose("a")
    before.write("A private thought.", PRIVATE)
    before(MINE).get_by_role("checkbox").check()
    is_saved(before(MINE))
    first_manifest, first = hand_in_all(before, tmp_path)
    assert "attempt" not in first_manifest

    ana = tab(where=where)
    expect(ana.text()).to_have_value(FIRST)
    expect(ana(TEXT).locator(".wb-aside blockquote")).to_have_text("What I wrote first, and changed after that.")
    expect(ana(PICK).locator(".wb-aside blockquote")).to_have_text("The first")
    assert ana(OTHER).locator(".wb-aside").count() == 0
    expect(ana(MINE).get_by_role("checkbox")).not_to_be_checked()
    assert ana.page.locator(".wb-receipt").inner_text() == "", "it is that of another attempt"
    ana("hand-in").get_by_role("button", name="Hand in").click()
    expect(ana("hand-in").get_by_role("alert")).to_contain_text("declaration")
    ana.write("My second essay: I tell my manager.")
    expect(ana(TEXT)).not_to_contain_text("Not changed yet")
    expect(ana.page.locator("#wb-progress-slot")).to_contain_text("Changed 1 of 2")
    ana(MINE).get_by_role("checkbox").check()
    is_saved(ana(MINE))
    ana.page.evaluate(DRAFT, [ana(TEXT).get_attribute("data-wb-scope"), OTHER, "Typed as the tutor's file came."])
    ana.open()
    expect(ana(OTHER).locator(".wb-aside blockquote")).to_have_text("Typed as the tutor's file came.")
    expect(ana.page.locator("#wb-handed")).to_have_count(0)  # what was handed in was another attempt
    expect(ana.text()).to_have_value("My second essay: I tell my manager.")
    ana("hand-in").get_by_role("button", name="Hand in").click()
    expect(ana("hand-in").get_by_role("alert")).to_contain_text("1 question is not finished yet")
    manifest, answers = hand_in(ana, tmp_path, "Hand in anyway")
    assert {name: manifest[name] for name in ("student", "attempt", "referral", "about_sha256")} == {
        "student": "ana01",
        "attempt": 2,
        "referral": "0123456789abcdef",
        "about_sha256": "a" * 64,
    }
    values = {name: record["value"] for name, record in answers["answers"].items()}
    assert values == {TEXT: "My second essay: I tell my manager.", OTHER: SECOND, PICK: "b", MINE: True}
    assert answers["answers"][OTHER]["saved_at"] == AT["saved_at"]
    receipt = ana("hand-in").locator(".wb-receipt")
    expect(receipt).to_contain_text("1 of 2 tasks changed")
    expect(receipt.locator("dd").first).to_have_text("2")
    ana.open()
    expect(ana.page.locator("#wb-again + #wb-handed")).to_contain_text("You made your hand-in file on ")
    ana.page.get_by_role("link", name="See the receipt").click()
    expect(receipt).to_be_focused()

    before.open()  # the first attempt is as it was
    expect(before.text()).to_have_value("What I wrote first, and changed after that.")
    expect(before.page.locator(".wb-receipt")).to_contain_text("2 of 3 marked questions")
    assert [one[1]["file"] for one in before.page.evaluate(ALL)["receipts"]] == [first, manifest_file(manifest)]


def hand_in_all(tab: Tab, folder: Path) -> tuple[dict[str, Any], str]:
    path = tab.hand_in(folder)
    with zipfile.ZipFile(path) as file:
        return json.loads(file.read("manifest.json")), path.name


def manifest_file(manifest: dict[str, Any]) -> str:
    at = re.sub(r"\D", "", manifest["handed_in_at"][:19])
    return f"{manifest['assignment']}-{at[:8]}-{at[8:]}-{manifest['code']}.zip"


def test_a_copy_carries_a_new_answer_to_where_nothing_is_left(ana: Tab, tmp_path: Path) -> None:
    ana.write("My second essay.")
    path = ana.download("Save a copy", tmp_path)
    assert {*copy_of(path)["answers"]} == {f"{TEXT}@2"}, "what nobody has changed comes with the tutor's file"
    ana.button("Remove my work in all workbooks from this device").click()
    ana.button("Remove all of it").click()
    ana.asks()
    assert ana.page.evaluate(ALL) == {"copies": [], "answers": [], "receipts": []}
    ana.work("ana01")
    expect(ana.text()).to_have_value(FIRST)
    assert ana.bring(path).startswith("1 answer was taken from the copy.")
    expect(ana.text()).to_have_value("My second essay.")
    ana.state("saved")


def test_by_keys_alone(ana: Tab) -> None:
    page = ana.page
    expect(ana.text()).to_be_visible()
    page.locator("#wb-again").focus()
    seen = []
    for _ in range(12):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.closest('.wb-question')?.id + ' ' + document.activeElement.localName"))
        if seen[-1] == f"{TEXT} textarea":
            break
    assert seen[-1] == f"{TEXT} textarea"
    page.keyboard.press("Control+End")
    page.keyboard.type(" And more.")
    is_saved(ana(TEXT))
    assert ana.values()[f"{TEXT}@2"] == f"{FIRST} And more."


def test_somebody_else_sees_nothing_of_it(tab: Open, where: str) -> None:
    ben = tab("ben02", where=where)
    told = ben.page.locator(".wb-notices")
    expect(told).to_contain_text("This file is not for ben02: your tutor made it for another learner ID.")
    expect(told).to_be_focused()
    expect(told.get_by_role("button", name="Not you?")).to_be_in_viewport()
    expect(ben.text()).to_have_value("")
    assert ben.text().input_value() == ""
    shown = ben.page.content()
    assert not [
        text for text in ("My first essay", SECOND, "Say whom you would tell", "A good start", "One more relationship") if text in shown
    ]
    assert ben.page.locator(".wb-again, .wb-closed, .wb-returned").count() == 0
    ben.choose("a")
    expect(ben.page.locator("#wb-progress-slot")).to_contain_text("For your tutor 1 of 3")


@pytest.mark.parametrize("asked", [True, False], ids=["the tutor's file", "the plain one"])
def test_who_came_by_the_address_of_a_question_stays_there(
    asked: bool, paged: Page, where: str, workbook: Workbook, tmp_path: Path
) -> None:
    plain = tmp_path / "w99.html"
    plain.write_bytes(workbook_file(workbook))
    paged.goto(f"{where if asked else plain.as_uri()}#{PICK}")
    Tab(paged, where).work("ana01")
    expect(paged.locator(f"#{PICK}")).to_be_focused()
    assert paged.evaluate("document.activeElement.id") == PICK


def test_where_nothing_can_be_kept_the_tasks_begin_with_the_first_answers_all_the_same(tab: Open, where: str) -> None:
    page = tab(where=where)
    page.page.add_init_script(
        "Object.defineProperty(globalThis, 'indexedDB', { get() { throw new DOMException('no', 'SecurityError'); } });"
    )
    page.open()
    page.work("ana01")
    expect(page.text()).to_have_value(FIRST)
    expect(page.page.locator(".wb-notices")).to_contain_text("This browser keeps nothing")


KEPT: dict[str, dict[str, Any]] = {
    "nothing": {},
    "the first attempt": {TEXT: "Changed since.", PICK: "a", OTHER: SECOND, PRIVATE: {"what": "I was afraid."}, MINE: True, LEARN: "a"},
    "a new answer": {f"{TEXT}@2": "Better.", f"{MINE}@2": True, PICK: "b"},
    "a new answer to another attempt": {f"{TEXT}@3": "Of later.", TEXT: ""},
    "a story that goes on": {f"{STORY}@2": ["n1.b"], STORY: ["n1.a"]},
    "a new answer that is blank": {f"{OTHER}@2": "", OTHER: "It was here."},
}


@pytest.mark.parametrize("kept", KEPT.values(), ids=KEPT)
def test_page_and_kernel_take_the_same_for_an_attempt(kept: dict[str, Any], tmp_path: Path, rules: Rules) -> None:
    """Also of what was handed in and is no answer to its question any more, or has no time."""
    workbook = written(tmp_path, ITEMS + STORY_TOML, "progress", "hand-in")
    first = {
        TEXT: {"value": FIRST, **AT},
        OTHER: {"value": SECOND},
        PICK: {"value": "gone"},
        STORY: {"value": ["n1.a"]},
        MINE: {"value": True},
    }
    asks = referral(answers=first, tasks=[{"item": name, "missing": "More."} for name in (TEXT, OTHER, STORY)])
    here = {
        "stands": asks.standing(workbook.items, kept, lambda given: given.value),
        "whole": asks.whole(workbook.items, kept, lambda given: given.value),
        "aside": asks.aside(workbook.items, kept, lambda value: value),
    }
    records = {name: {"value": value, "saved_at": "", "revision": 1} for name, value in kept.items()}
    assert rules("again", asks.public(), workbook.book(), records) == here
    assert first.keys() - here["whole"].keys() <= {MINE}, "what was handed in is handed in again"


def test_nothing_but_the_referral_and_its_words_is_added(workbook: Workbook) -> None:
    with_it, without = (workbook_file(workbook, referral=one).decode() for one in (referral(), None))
    begins = with_it.index('<script type="application/json" id="wb-referral">')
    ends = with_it.index("</script>", begins) + len("</script>")
    words = re.compile(r'<script type="application/json" id="wb-words">.*?</script>', re.DOTALL)  # with those of a referral
    assert words.sub("", with_it[:begins].rstrip("\n") + with_it[ends:]) == words.sub("", without)
    inside = json.loads(with_it[begins:ends].partition(">")[2].removesuffix("</script>"))
    assert inside == referral().public()


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"workbook": "w98"}, "it is about w98"),
        ({"class_id": "0123456789abcdef"}, "another class"),
        ({"tasks": ({"item": "w99-q77", "missing": "x"},)}, "is not asked w99-q77"),
        ({"tasks": ({"item": LEARN, "missing": "x"},)}, "w99-p01 is not marked"),
        ({"tasks": ({"item": MINE, "missing": "x"},)}, "w99-declaration is not marked"),
        ({"answers": {PRIVATE: {"value": CANARY}}}, "w99-r01 is private"),
    ],
)
def test_what_must_not_be_in_it_is_told(other: dict[str, Any], said: str, workbook: Workbook) -> None:
    with pytest.raises(ContentError, match=said):
        workbook_file(workbook, referral=referral(**other))
