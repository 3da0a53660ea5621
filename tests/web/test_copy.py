"""Save a copy, open my copy; a workbook that was released again; what the student is told of both."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, expect

from tests.conftest import is_saved
from tests.web.device import HEAD, ITEMS, MINE, PICK, PRIVATE, STORY, TEXT, Tab, copy_of, made, opened, toml, wrongs
from tests.web.test_device import STORY_TOML
from tests.web.test_handing_in import handed

Open = Callable[..., Tab]
AT = "2026-11-19T10:00:00.000Z"


def record(value: Any, **more: Any) -> dict[str, Any]:
    return {"value": value, "saved_at": AT, "revision": 1, "release": "", "said": [], **more}


def brought(path: Path, answers: Any, **more: Any) -> Path:
    """Write a copy as this page writes it, with these answers."""
    about = {"form": "workbook-copy", "schema": 1, "workbook": "w99", "class_id": "", "learner": "ana01"}
    path.write_text(json.dumps(about | {"answers": answers} | more), "utf-8")
    return path


def test_a_copy_brings_everything_to_another_device_and_asks_where_answers_differ(
    tab: Open, chromium: Browser, address: str, tmp_path: Path
) -> None:
    ana = tab("ana01")
    ana.write("Ana's answer.")
    ana.write("I was afraid.", PRIVATE)
    ana.choose("a")
    path = ana.download("Save a copy", tmp_path)
    assert path.name.endswith(".copy.json")
    assert {*copy_of(path)["answers"]} == {TEXT, PRIVATE, PICK}, "what nobody touched is no answer"
    expect(ana("your-work")).to_contain_text("nothing has changed since")
    ana.leave()
    ben = ana.work("ben02")
    said = ben.bring(path)
    assert "This copy is of ana01, and you work here as ben02" in said
    assert "press “Not you?” in the menu" in said
    assert ben.values("ben02") == {}
    with chromium.new_context(locale="en-GB") as fresh:
        there = opened(fresh, address).work("ANA01")
        there.page.set_viewport_size({"width": 320, "height": 640})
        there.button("Open my copy").evaluate("node => scrollBy(0, node.getBoundingClientRect().bottom - innerHeight + 100)")
        assert there.bring(path).startswith("3 answers were taken from the copy.")
        expect(there("your-work").get_by_role("status")).to_be_in_viewport(ratio=1)
        for item in (TEXT, PRIVATE, PICK):
            is_saved(there(item))
        expect(there.text()).to_have_value("Ana's answer.")
        expect(there.text(PRIVATE)).to_have_value("I was afraid.")
        expect(there(PICK).locator("input[value=a]")).to_be_checked()
        expect(there("your-work")).to_contain_text("You have saved no copy yet.")
        there.write("Ana's answer on the phone.")
        there.choose("b")
        later = there.download("Save a copy", tmp_path / "later")
    ben.leave()
    ana = ben.work("ana01")
    is_saved(ana(TEXT))
    assert "2 questions have another answer here" in ana.bring(later)
    for item in (TEXT, PICK):
        ana.state("conflict", item)
    ana.open()  # and is asked again, until the student has chosen
    ana.state("conflict")
    expect(ana(TEXT).locator(".wb-conflict blockquote")).to_have_text("Ana's answer on the phone.")
    undecided = ana.download("Save a copy", tmp_path / "undecided")
    ana(TEXT).get_by_role("button", name="Use the other answer").click()
    ana(PICK).get_by_role("button", name="Keep what is on this page").click()
    for item in (TEXT, PICK):
        is_saved(ana(item))
    assert ana.values() == {TEXT: "Ana's answer on the phone.", PRIVATE: {"what": "I was afraid."}, PICK: "a"}
    ana.bring(undecided)
    ana.state("conflict")
    is_saved(ana(PICK))  # what was chosen is not asked again by a copy of before


def deep(levels: int) -> str:
    text = json.dumps({"form": "workbook-copy", "schema": 1, "workbook": "w99", "class_id": "", "learner": "ana01", "answers": {}})
    return text.replace('"answers": {}', f'"answers": {{"{TEXT}": {{"value": {"[" * levels}{"]" * levels}}}}}')


def test_hostile_copies_do_no_harm(tab: Open, tmp_path: Path) -> None:
    ana = tab("ana01")
    said = wrongs(ana.page)
    ana.write("Mine.")
    before = ana.kept()
    path = tmp_path / "x.copy.json"
    no_copy = "This file is no copy of a workbook"
    for content, told in (
        (b"", no_copy),
        (b"\xff\xfe\x00nonsense", no_copy),
        (b"[]", no_copy),
        (b"null", no_copy),
        (b" " * 10_000_000, no_copy),
        (json.dumps({"form": "workbook-copy", "schema": 2, "answers": {}}).encode(), no_copy),
        (b"[" * 2_000_000, no_copy),
    ):
        path.write_bytes(content)
        assert told in ana.bring(path), content[:40]
    assert "belongs to another workbook" in ana.bring(brought(path, {}, workbook="w01"))
    assert "of another class" in ana.bring(brought(path, {}, class_id="other"))
    for learner in (7, "", None, "\n", {"a": 1}):
        assert no_copy in ana.bring(brought(path, {}, learner=learner))
    assert no_copy in ana.bring(brought(path, []))
    path.write_text(deep(200_000))
    assert "Nothing new" in ana.bring(path)
    assert ana.kept() == before
    html = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    hostile = {
        "__proto__": record("x"),
        "constructor": record("x"),
        "toString": record("x"),
        "A" * 99: record("x"),
        PICK: record("c", said=[html, 7, None]),
        PRIVATE: record({"what": html, "more": 1}),
        TEXT: record([1, 2], said=html, saved_at="soon"),
        MINE: record("yes"),
        "w99-gone": record(html, said=[html]),
        "w99-x": 7,
        "w99-y": None,
    }
    text = brought(path, hostile).read_text("utf-8")
    path.write_text(text.replace('"answers": {', '"answers": {"__proto__": {"value": 1, "polluted": true}, '), "utf-8")
    ana.bring(path)
    expect(ana.text()).to_have_value("Mine.")
    expect(ana(PICK).locator("input:checked")).to_have_count(0)
    expect(ana(MINE).locator("input:checked")).to_have_count(0)
    expect(ana(PICK).locator(".wb-earlier blockquote")).to_have_text(html)
    ana.open()
    is_saved(ana(TEXT))
    expect(ana.text()).to_have_value("Mine.")
    assert ana.page.evaluate("[({}).polluted, ({}).value]") == [None, None]
    assert ana.kept()["ana01"][TEXT]["before"] == [{"value": [1, 2], "saved_at": "1970-01-01T00:00:00.000Z", "revision": 0, "said": []}]
    ana.choose("b")
    assert said == []


def test_the_reminder_comes_calmly_and_goes_with_a_copy(tab: Open, tmp_path: Path) -> None:
    ana = tab("ana01")
    notice = ana.page.locator(".wb-notices")
    for text in ("one", "one two", "one two three", "one two three four"):
        ana.write(text)
    ana.choose("a")
    expect(ana("your-work")).to_contain_text("You have saved no copy yet.")
    ana.open()
    is_saved(ana(TEXT))
    expect(notice).to_have_text("")
    ana.write("Thought.", PRIVATE)
    expect(notice).to_have_text("")  # not while at work
    ana.open()
    expect(notice).to_contain_text("3 answers are on this device only")
    expect(ana("hand-in")).not_to_contain_text("on this device only")  # once is enough
    with ana.page.expect_download():
        notice.get_by_role("button", name="Save a copy").click()
    expect(notice).to_contain_text(".copy.json")
    expect(notice).to_be_focused()
    notice.get_by_role("button").click()
    expect(notice).to_have_text("")
    ana.open()
    is_saved(ana(TEXT))
    expect(notice).to_have_text("")


# Released again

NEW = {
    PICK: HEAD[PICK].replace('"a", text = "The first"', '"c", text = "The third"'),
    TEXT: HEAD[TEXT],
    "w99-q03": HEAD[PICK].replace("Which?", "New?"),
    MINE: HEAD[MINE],
}


def test_a_workbook_that_was_released_again_keeps_every_answer(tab: Open, tmp_path: Path) -> None:
    where = made(tmp_path, ITEMS + STORY_TOML)
    ana = tab("ana01", where=where)
    ana.write("An essay.")
    ana.write("I was afraid.", PRIVATE)
    ana.choose("a")
    ana(MINE).get_by_role("checkbox").check()
    ana(STORY).locator("input[value=a]").check()
    ana(STORY).get_by_role("button", name="Do this").click()
    is_saved(ana(STORY))
    story = STORY_TOML.replace('id = "a", text = "Do a"', 'id = "z", text = "Do z"')
    assert made(tmp_path, toml(**{name.replace("-", "_"): text for name, text in NEW.items()}) + story) == where
    ana.open()
    is_saved(ana(TEXT))
    expect(ana.text()).to_have_value("An essay.")
    expect(ana(PICK).locator(".wb-earlier")).to_contain_text("This question was changed after you had answered it")
    expect(ana(PICK).locator(".wb-earlier blockquote")).to_have_text("The first")
    ana.state("clean", PICK)
    expect(ana.page.locator(".wb-notices")).to_contain_text(re.compile("1 "))
    assert ana.values()[PRIVATE] == {"what": "I was afraid."}, "of a question that is gone"
    expect(ana("hand-in")).to_contain_text("You have answered 1 of 4")
    sent, _ = handed(ana.hand_in(tmp_path))
    assert {item: one["value"] for item, one in sent["answers"].items()} == {TEXT: "An essay.", MINE: True}
    [first] = {one["release"] for one in sent["answers"].values()}
    assert first != sent["release"], "each answer says which questions it was given to"
    path = ana.download("Save a copy", tmp_path)
    assert copy_of(path)["answers"][PICK]["value"] == "a", "what does not fit any more is in a copy, too"
    ana.choose("c")
    expect(ana(PICK).locator(".wb-earlier")).to_be_hidden()
    ana(STORY).locator("input[value=z]").check()
    ana(STORY).get_by_role("button", name="Do this").click()
    is_saved(ana(STORY))
    found = ana.kept()["ana01"]
    assert (found[PICK]["value"], found[STORY]["value"]) == ("c", ["n1.z"])
    assert [(one["value"], one["said"]) for one in found[PICK]["before"]] == [("a", ["The first"])]
    assert [one["value"] for one in found[STORY]["before"]] == [["n1.a"]]
