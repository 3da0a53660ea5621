"""The questions about earlier workbooks: what a student got wrong there comes first, and the others wait."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.axe import faults
from tests.conftest import ROOT, Rules, is_saved
from tests.web.device import ALL, Tab, until
from workbook_helpers.items import Workbook, load_workbook
from workbook_helpers.items.kinds.single import Single
from workbook_helpers.served.answers import COUNTED
from workbook_helpers.web import workbook_file

ASKED = [{"id": f"w09-e0{n}", "about": [f"w08-p0{n}", "w08-p09"] if n > 4 else [f"w08-p0{n}"]} for n in range(1, 6)]
AUTHORS = ["w09-e01", "w09-e02", "w09-e03"]


def went(day: int, n: int = 1, *first: str) -> dict[str, Any]:
    """Give an answer as it went: checked so often, these parts right the first time."""
    return {"value": "a", "saved_at": f"2026-11-{day:02}T10:00:00.000Z", "tried": {"n": n, "first": first, "checked": True, "shown": False}}


@pytest.mark.parametrize(
    ("earlier", "answered", "shown"),
    [
        pytest.param({}, [], AUTHORS, id="nothing is known"),
        pytest.param({"w08-p04": went(1, 1, "a")}, [], AUTHORS, id="right at once"),
        pytest.param({"w08-p04": went(1)}, [], ["w09-e04", "w09-e01", "w09-e02"], id="wrong, and left so"),
        pytest.param({"w08-p04": went(1, 2)}, [], ["w09-e04", "w09-e01", "w09-e02"], id="right at the second try"),
        pytest.param({"w08-p04": went(1), "w08-p03": went(2)}, [], ["w09-e03", "w09-e04", "w09-e01"], id="the latest first"),
        pytest.param(
            {"w08-p05": went(3, 1, "a"), "w08-p09": went(1)}, [], ["w09-e05", "w09-e01", "w09-e02"], id="one of those that it is about"
        ),
        pytest.param({"w08-p04": went(1)}, ["w09-e02", "w09-e03"], ["w09-e04", "w09-e02", "w09-e03"], id="what is answered stays"),
        pytest.param(
            {}, [f"w09-e0{n}" for n in (1, 2, 4, 5)], ["w09-e01", "w09-e02", "w09-e04", "w09-e05"], id="more are answered than are shown"
        ),
        pytest.param({"w08-p04": {"value": "a", "saved_at": "", "tried": None}}, [], AUTHORS, id="answered and not checked"),
    ],
)
def test_what_was_wrong_first_comes_first(earlier: dict[str, Any], answered: list[str], shown: list[str], rules: Rules) -> None:
    found = rules("chosen", ASKED, earlier, answered)
    assert found[0] == shown
    assert found[1] == [one["id"] for one in ASKED if one["id"] not in shown], "the others wait, in the author's order"


def test_a_wrong_answer_in_one_workbook_chooses_the_questions_of_the_next(page: Page, w01: Workbook, tmp_path: Path) -> None:
    w02 = load_workbook(next(ROOT.glob("workbooks/w02-*")))
    asked = [item for item in w02.items.values() if item.about]
    due = next(item for item in asked[3:] if isinstance(w01.items[item.about[0]], Single))
    wrong = w01.items[due.about[0]]
    assert isinstance(wrong, Single)
    for one in (w01, w02):
        (tmp_path / f"{one.id}.html").write_bytes(workbook_file(one))
    first, tab = (Tab(page, (tmp_path / f"{name}.html").as_uri()) for name in ("w01", "w02"))
    first.open()
    first.work("ana01")
    page.evaluate("id => { location.hash = id }", wrong.id)
    first(wrong.id).get_by_label(next(one.text for one in wrong.options if not one.right)).check()
    expect(first(wrong.id).locator(".wb-response")).not_to_be_empty()
    is_saved(first(wrong.id))
    until(page, f"({ALL})().then(({{ answers }}) => answers.some(([, one]) => one.tried))")

    tab.open()
    places = page.locator("[data-wb-ask*='-e0']")
    more = page.get_by_role("button", name="More from earlier workbooks")
    expect(places.locator(".wb-question")).to_have_count(5)
    ids = [place.get_attribute("data-wb-ask") for place in places.all()]
    assert ids == [due.id, *(item.id for item in asked if item is not due)]
    expect(tab(due.id)).to_contain_text("Chosen because of what you answered before.")
    expect(tab(due.id)).to_contain_text("Practice 2 of ")  # after the one that opens the workbook
    expect(page.get_by_text("Chosen because")).to_have_count(1)
    assert [place.is_visible() for place in places.all()] == [True, True, True, False, False]
    assert faults(page, ".wb-section:not([hidden])") == []
    assert (more.bounding_box() or {"height": 0})["height"] >= 44

    page.locator("#wb-contents > summary").click()
    section = next(section for section in w02.sections() if due.id in section.items)
    counted = [name for name in section.items if w02.items[name].purpose in COUNTED]
    expect(page.locator("#wb-contents nav > ol > li").filter(has_text=section.title)).to_contain_text(f"0 of {len(counted)} ·")
    page.locator("#wb-contents > summary").click()

    more.focus()
    page.keyboard.press("Enter")
    expect(more).to_have_count(0)
    last = str(ids[-1])
    expect(tab(str(ids[3]))).to_be_focused()
    expect(tab(last)).to_be_visible()
    tab(last).locator("input").first.check()
    is_saved(tab(last))
    page.reload()
    expect(more).to_be_visible()
    expect(tab(due.id)).to_be_visible()
    expect(tab(last)).to_be_visible()
    waits = next(str(place.get_attribute("data-wb-ask")) for place in places.all() if not place.is_visible())
    page.goto("about:blank")
    page.goto(f"{tab.address}#{waits}")  # an address leads to it all the same
    expect(tab(waits)).to_be_visible()
    expect(more).to_have_count(0)


def test_a_browser_that_finds_nothing_in_what_is_hidden_shows_those_that_wait_as_well(page: Page, tmp_path: Path) -> None:
    page.add_init_script("for (let at = HTMLElement.prototype; at; at = Object.getPrototypeOf(at)) delete at.onbeforematch;")
    (tmp_path / "w02.html").write_bytes(workbook_file(load_workbook(next(ROOT.glob("workbooks/w02-*")))))
    Tab(page, (tmp_path / "w02.html").as_uri()).open()
    Tab(page, "").work("ana01")
    places = page.locator("[data-wb-ask*='-e0']")
    expect(places.locator(".wb-question")).to_have_count(5)
    page.keyboard.press("Control+f")
    assert [place.is_visible() for place in places.all()] == [True] * 5


def test_on_paper_all_of_them_stand(page: Page, tmp_path: Path) -> None:
    (tmp_path / "w02.html").write_bytes(workbook_file(load_workbook(next(ROOT.glob("workbooks/w02-*")))))
    Tab(page, (tmp_path / "w02.html").as_uri()).open()
    more, places = page.get_by_text("More from earlier workbooks"), page.locator("[data-wb-ask*='-e0']")
    expect(places.locator("visible=true")).to_contain_text(["learner ID"] * 3)
    expect(more).to_have_count(0)  # there is nothing to be had yet
    Tab(page, "").work("ana01")
    expect(places.locator(".wb-question")).to_have_count(5)
    expect(more).to_be_visible()
    page.emulate_media(media="print")
    assert [place.is_visible() for place in places.all()] == [True] * 5
    expect(more).to_be_hidden()


def test_whoever_comes_back_to_the_window_by_answering_is_asked_nothing(page: Page, tmp_path: Path) -> None:
    """The page reads what is kept as the window is looked at again, and must not take what it read for newer than what was saved since."""
    w02 = load_workbook(next(ROOT.glob("workbooks/w02-*")))
    (tmp_path / "w02.html").write_bytes(workbook_file(w02))
    tab = Tab(page, (tmp_path / "w02.html").as_uri())
    tab.open()
    tab.work("ana01")
    question = tab(next(item.id for item in w02.assessed() if item.kind == "single"))
    options = question.locator("input")
    for n in range(8):
        options.nth(n % 2).evaluate("node => { dispatchEvent(new Event('focus')); node.click(); }")
        is_saved(question, timeout=5000)
        page.wait_for_timeout(50)
        assert question.get_attribute("data-wb-state") == "saved"
