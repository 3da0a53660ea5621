"""What practice says: at the part it is about, in short, the same after a reload; how it went stays with the student."""

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.axe import faults
from tests.kinds.conftest import KernelPage, KindPage
from tests.web.device import ALL, copy_of, until
from tests.web.test_handing_in import handed

MANY, ONE = "w99-p01", "w99-p02"


def options(**right: bool) -> str:
    parts = (
        f'{{ id = "{name}", text = "Say {name}", right = {str(is_right).lower()}, feedback = "Because {name}." }}'
        for name, is_right in right.items()
    )
    return f"options = [{', '.join(parts)}]"


ITEMS = f"""
[[items]]
id = "{MANY}"
kind = "multiple"
purpose = "practice"
stem = "Which two?"
{options(a=True, b=True, c=False, d=False)}
[[items]]
id = "{ONE}"
kind = "single"
purpose = "practice"
stem = "Which one?"
shuffle = true
{options(x=False, y=True, z=False)}
[[items]]
id = "w99-q01"
kind = "single"
purpose = "assessed"
points = 1
stem = "Which?"
options = [{{ id = "a", text = "A" }}, {{ id = "b", text = "B" }}]
[[items]]
id = "w99-declaration"
kind = "declaration"
purpose = "record"
stem = "My own work"
statement = "This is my own work."
"""


def check(item: Locator) -> None:
    item.get_by_role("button", name="Check my answer").click()


def rows(item: Locator) -> dict[str, str]:
    """What is said at each option, in the order on screen."""
    found: dict[str, str] = item.locator(".wb-option").evaluate_all(
        """all => Object.fromEntries(all.map((row) => [row.querySelector('input').value,
             [...row.querySelectorAll('.wb-note')].map((one) => one.textContent).join(' ')]))"""
    )
    return found


def tried(kind: KindPage, item: str) -> Any:
    return next(record.get("tried") for (_, name), record in kind.page.evaluate(ALL)["answers"] if name == item)


@pytest.mark.wcag("1.4.1", "4.1.3")
def test_feedback_stands_at_its_part_goes_with_it_and_is_there_after_a_reload(kind_page: Callable[..., KindPage]) -> None:
    kind = kind_page(ITEMS, "progress", "hand-in")
    page, item = kind.page, kind.page.locator(f"#{MANY}")
    verdict, show = item.locator(".wb-response"), item.get_by_role("button", name="Show me the answer")
    item.get_by_label("Say a").check()
    item.evaluate("node => { node.querySelector('input:checked').click(); node.querySelector('button').click(); }")  # a quick hand
    kind.saved(MANY)
    expect(verdict).to_have_text("Choose an answer first, then check it.")
    for text in ("Say a", "Say c"):
        item.get_by_label(text).check()
    check(item)
    expect(verdict).to_have_text("1 of 2 right. Try the one with ✗ again. There is one more to find.")
    assert rows(item) == {"a": "✓ Right. Because a.", "b": "", "c": "✗ Not this. Because c.", "d": ""}
    expect(item.get_by_label("Say c")).to_have_accessible_description("✗ Not this. Because c.")
    expect(verdict).to_have_attribute("role", "status")
    assert item.locator("[role=status] .wb-note, [role=alert] .wb-note, [aria-live] .wb-note").count() == 0, "the verdict alone"
    expect(show).to_be_hidden()
    assert faults(page) == []
    check(item)  # the same answer is no second try
    expect(show).to_be_hidden()
    kind.saved(MANY)
    item.get_by_label("Say c").uncheck()
    assert rows(item) == {"a": "✓ Right. Because a.", "b": "", "c": "", "d": ""}, "what has not changed still holds"
    expect(verdict).to_have_text("")
    expect(item.get_by_label("Say c")).to_have_accessible_description("")
    check(item)
    expect(verdict).to_have_text("1 of 2 right. There is one more to find.")
    show.click()
    expect(show).to_be_hidden()
    expect(item.get_by_role("button", name="Check my answer")).to_be_focused()
    told = {"a": "✓ Right. Because a.", "b": "→ The right answer. Because b.", "c": "", "d": ""}
    assert rows(item) == told
    assert kind.saved(MANY) == ["a"], "the student's own answer stays"
    expect(verdict).to_contain_text("The right answer is shown.")
    assert faults(page) == []
    said = verdict.inner_text()
    until(page, f"({ALL})().then(({{ answers }}) => answers.some(([, one]) => one.tried?.shown))")
    kind.reload()
    expect(verdict).to_have_text(said)
    assert rows(item) == told
    assert tried(kind, MANY) == {"n": 2, "first": ["a"], "checked": True, "shown": True}
    item.get_by_label("Say b").check()
    assert rows(item)["b"] == "→ The right answer. Because b.", "who puts it right has it before them"
    check(item)
    expect(verdict).to_have_text("✓ This time both are right. Well done.")
    assert rows(item) == {"a": "✓ Right. Because a.", "b": "✓ Right. Because b.", "c": "", "d": ""}


def test_one_choice_is_told_why_and_after_two_the_right_one(kind_page: Callable[..., KindPage]) -> None:
    kind = kind_page(ITEMS)
    item = kind.page.locator(f"#{ONE}")
    for option in ("x", "z"):
        item.get_by_label(f"Say {option}").check()
        check(item)
        expect(item.locator(".wb-response")).to_have_text("Not quite. Read why, then try again.")
        assert {name: text for name, text in rows(item).items() if text} == {option: f"✗ Not this. Because {option}."}
    item.get_by_role("button", name="Show me the answer").click()
    shown = rows(item)
    assert shown == {"x": "", "y": "→ The right answer. Because y.", "z": "✗ Not this. Because z."}
    expect(item.get_by_label("Say z")).to_be_checked()
    item.get_by_label("Say y").check()
    check(item)
    expect(item.locator(".wb-response")).to_have_text("✓ This time it is right. Well done.")
    expect(kind.page.locator("#w99-q01").get_by_role("button")).to_have_count(0)


def test_the_verdict_is_on_screen_on_a_phone(kind_page: Callable[..., KindPage]) -> None:
    kind = kind_page(ITEMS)
    kind.page.set_viewport_size({"width": 320, "height": 480})
    item = kind.page.locator(f"#{MANY}")
    for text in ("Say a", "Say b", "Say c", "Say d"):
        item.get_by_label(text).check()
    check(item)
    expect(item.locator(".wb-response")).to_have_text("2 of 2 right. You have found them all. Take away those with ✗.")
    expect(item.locator(".wb-response")).to_be_in_viewport(ratio=1)
    expect(item.get_by_role("button", name="Check my answer")).to_be_in_viewport(ratio=1)
    assert kind.page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.wcag("2.5.8")
def test_the_whole_row_of_an_option_is_touched(kind_page: Callable[..., KindPage]) -> None:
    kind = kind_page(ITEMS)
    row = kind.page.locator(f"#{ONE} .wb-option").first
    box = row.bounding_box()
    assert box
    assert box["height"] >= 44
    for x, y in ((2, 2), (2, 42), (box["width"] - 4, 2), (20, 42)):
        row.locator("input").evaluate("input => { input.checked = false; }")
        row.click(position={"x": x, "y": y})
        expect(row.locator("input")).to_be_checked()


def test_how_practice_went_goes_into_a_copy_and_not_to_the_tutor(kind_page: Callable[..., KindPage], tmp_path: Path) -> None:
    kind = kind_page(ITEMS, "progress", "hand-in")
    page, item = kind.page, kind.page.locator(f"#{MANY}")
    item.get_by_label("Say a").check()
    check(item)
    kind.saved(MANY)
    page.get_by_label("This is my own work.").check()
    kind.saved("w99-declaration")
    until(page, f"({ALL})().then(({{ answers }}) => answers.some(([, one]) => one.tried))")
    revisions = {name: record["revision"] for (_, name), record in page.evaluate(ALL)["answers"]}
    assert revisions[MANY] < revisions["w99-declaration"], "the check made no new revision"
    with page.expect_download() as given:
        page.get_by_role("button", name="Save a copy").first.click()
    given.value.save_as(tmp_path / "copy.json")
    assert copy_of(tmp_path / "copy.json")["answers"][MANY]["tried"] == {"n": 1, "first": ["a"], "checked": True, "shown": False}
    panel = page.locator("#hand-in")
    panel.get_by_role("button", name="Hand in").click()
    with page.expect_download() as given:
        panel.get_by_role("button", name="Hand in anyway").click()
    given.value.save_as(tmp_path / "handed.zip")
    document, _ = handed(tmp_path / "handed.zip")
    assert "tried" not in json.dumps(document)
    page.get_by_role("button", name="Remove my work in all workbooks from this device").click()
    page.get_by_role("button", name="Remove all of it").click()
    page.locator("form.wb-gate").wait_for()
    kind.reload()
    expect(item.locator(".wb-note")).to_have_count(0)
    page.locator("#your-work input[type=file]").set_input_files(tmp_path / "copy.json")
    expect(item.locator(".wb-response")).to_have_text("1 of 2 right. There is one more to find.")


def test_the_kernel_keeps_it_as_well(kernel_page: Callable[..., KernelPage]) -> None:
    kind = kernel_page(ITEMS)
    item = kind.page.locator(f"#{MANY}")
    item.get_by_label("Say c").check()
    check(item)  # before the answer is kept
    kind.saved(MANY)

    def record() -> dict[str, Any]:
        found: dict[str, Any] = json.loads((kind.folder / "answers.json").read_text("utf-8"))["answers"][MANY]
        return found

    expect(item.locator(".wb-response")).to_have_text(re.compile("^0 of 2 right"))
    deadline = time.monotonic() + 20
    while "tried" not in record() and time.monotonic() < deadline:
        kind.page.wait_for_timeout(50)
    assert record()["tried"] == {"n": 1, "first": [], "checked": True, "shown": False}
    assert record()["revision"] == 1
    kind.reload()
    assert rows(item)["c"] == "✗ Not this. Because c."
    expect(item.locator(".wb-response")).to_have_text("0 of 2 right. Try the one with ✗ again. There are 2 more to find.")
    item.get_by_label("Say d").check()
    kind.saved(MANY)
    assert record()["tried"] == {"n": 1, "first": [], "checked": False, "shown": False}


def test_one_tap_is_told_at_once_and_keys_are_not(kind_page: Callable[..., KindPage]) -> None:
    kind = kind_page(ITEMS, "progress")
    item = kind.page.locator(f"#{ONE}")
    item.locator("input").first.focus()
    kind.page.keyboard.press("ArrowDown")
    expect(item.locator("input:checked")).to_have_count(1)
    assert not item.locator(".wb-note").count(), "whoever goes through the options by keys has not chosen yet"
    others = [name for name in "xyz" if name != item.locator("input:checked").get_attribute("value")]
    for name in others:
        item.locator("label").filter(has_text=f"Say {name}").click()
        expect(item.locator(".wb-note")).to_have_text(re.compile(f"Because {name}"))
    kind.saved(ONE)
    assert tried(kind, ONE)["n"] == 2
