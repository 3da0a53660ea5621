"""“My workbooks” of a site: what to do now, how far each is, when it is due; and nothing of anybody else."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.axe import violations
from tests.conftest import Rules
from tests.web.device import Tab, toml
from tests.web.test_site import Quiet
from workbook_helpers.items import Workbook, load_workbook
from workbook_helpers.web import write_site

KEEP = """([learner, workbook, answers, handed]) => new Promise((resolve, reject) => {
  const asked = indexedDB.open("workbooks");
  asked.onerror = () => reject(asked.error);
  asked.onupgradeneeded = () => reject(new Error("the page has made no database yet"));
  asked.onsuccess = () => {
    const all = asked.result.transaction(["copies", "answers", "receipts"], "readwrite"), copy = `${learner}-${workbook}`;
    const { seed, ...whose } = { seed: "", person: learner, learner, workbook, class_id: "care" };
    all.objectStore("copies").put({ copy, seed, ...whose, revision: 9, taken: 9, kept_at: "" });
    for (const [id, [value, saved_at]] of Object.entries(answers)) {
      all.objectStore("answers").put({ value, saved_at, revision: 1, release: "", said: [] }, [copy, `${workbook}-${id}`]);
    }
    if (handed) all.objectStore("receipts").put({ at: handed, through: "file" }, [copy, 0]);
    all.oncomplete = () => { asked.result.close(); resolve(copy); };
  };
})"""
"""Put what somebody has of a workbook into the browser's database, as the page does."""
WHOLE: dict[str, Any] = {
    **dict.fromkeys(("p00", "p01", "q01"), "a"),
    "q02": {"one": "work", "two": "work"},
    "t01": "In my own words.",
    "r01": {"what": "For me alone."},
    "declaration": True,
}
CHOICE = 'kind = "single"\nstem = "Which?"\noptions = [{{ id = "a", text = "This"{} }}, {{ id = "b", text = "That"{} }}]\npurpose = '


def small(root: Path, name: str, title: str, due: str = "") -> Workbook:
    """Write a workbook of four sections: two questions of practice, three marked ones."""
    folder = root / f"{name}-small"
    folder.mkdir(parents=True)
    about = f'id = "{name}"\ntitle = {json.dumps(title)}\norder = {int(name[1:])}\nminutes = [30, 40]\nclass_id = "care"\n'
    (folder / "workbook.toml").write_text(about + (f"due = {due}\n" if due else ""), "utf-8")
    practice = CHOICE.format(', right = true, feedback = "Yes."', ', right = false, feedback = "No."') + '"practice"'
    marked = CHOICE.format("", "") + '"assessed"\npoints = 1'
    cards = ", ".join(f'{{ id = "{card}", text = "Card {card}." }}' for card in ("one", "two"))
    groups = ", ".join(f'{{ id = "{group}", text = "{group.title()}" }}' for group in ("work", "home"))
    sort = f'kind = "sort"\nstem = "Where?"\ncards = [{cards}]\ngroups = [{groups}]\npurpose = "assessed"\npoints = 1'
    items = {"p00": practice, "p01": practice, "q01": marked, "q02": sort}
    items["t01"] = 'kind = "written"\npurpose = "assessed"\npoints = 10\nstem = "Explain."\nwords = 50'
    items["r01"] = 'kind = "reflection"\npurpose = "private"\nstem = "Think back."'
    items["declaration"] = 'kind = "declaration"\npurpose = "record"\nstem = "My own work"\nstatement = "This is my own work."'
    (folder / "items.toml").write_text(toml(**{f"{name}_{item}": text for item, text in items.items()}), "utf-8")
    cells = [f"# {title}", "progress", "p00", "## A word\n\nIt is short.", "## A line\n\n" + "A long day. " * 220, "p01", "q01"]
    cells += ["## A hard talk", "q02", "t01", "r01", "## Declare and hand in", "declaration", "hand-in"]
    cells += ["## About this workbook\n\nIt is a small one."]
    made: list[Any] = [
        {"cell_type": "markdown", "id": f"text-{n}", "metadata": {}, "source": text}
        if text.startswith("#")
        else {
            "cell_type": "code",
            "id": f"ask-{text}",
            "metadata": {},
            "source": f'ask("{name}-{text}")' if text in items else f'ask("{text}")',
            "outputs": [],
            "execution_count": None,
        }
        for n, text in enumerate(cells)
    ]
    metadata = {"kernelspec": {"display_name": "Workbook", "language": "python", "name": "workbook"}, "workbook": {"id": name, "schema": 1}}
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": made}
    (folder / f"{name}-small.ipynb").write_text(json.dumps(notebook), "utf-8")
    return load_workbook(folder)


Serve = Callable[[list[Workbook]], str]


@pytest.fixture
def put_up(tmp_path: Path) -> Iterator[Serve]:
    """put_up([workbook, …]): serve a site of these; gives its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path / "www"))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()

        def put(workbooks: list[Workbook]) -> str:
            write_site(workbooks, tmp_path / "www")
            return f"http://127.0.0.1:{server.server_address[1]}/"

        yield put
        server.shutdown()


def card(page: Page, title: str) -> Locator:
    return page.locator("section.wb-card").filter(has=page.locator("h3, .wb-title").get_by_text(title, exact=True))


def groups(page: Page) -> dict[str, list[str]]:
    """Give heading → the titles below it; the card on top stands under its own heading."""
    expect(page.locator("#wb-cards h2").first).to_be_visible()
    found: dict[str, list[str]] = {}
    for node in page.locator("#wb-cards :is(h2, h3, .wb-title)").all():
        text = node.inner_text()
        if node.evaluate("node => node.tagName") == "H2":
            found[text] = []
        else:
            found[[*found][-1]].append(text)
    return found


WAS = """section => { localStorage["wb-place:ana01-w91"] = sessionStorage["wb-place:ana01-w91"] = JSON.stringify({ section }); }"""
"""Leave it that Ana was in a section."""


def begin(page: Page, learner: str) -> None:
    """Work here as somebody; the page then makes its database."""
    page.evaluate(
        "value => { localStorage['wb-learner'] = sessionStorage['wb-learner'] = JSON.stringify({ value, at: Date.now() }); }", learner
    )
    page.reload()
    expect(page.locator("#wb-who-slot")).to_contain_text(learner)


def given(*names: str, at: str) -> dict[str, list[Any]]:
    return {name: [WHOLE[name], f"2026-11-{at}:00.000Z"] for name in names}


def test_it_guides_and_shows_nothing_of_anybody_else(page: Page, put_up: Serve, tmp_path: Path) -> None:
    titles = {f"w9{n}": title for n, title in enumerate(("First", "Second", "Third", "Fourth", "Fifth"))}
    books = [small(tmp_path, name, title) for name, title in titles.items()]
    address = put_up(books)
    page.goto(address)
    assert groups(page) == {"Next: a new workbook": ["First"], "To do": ["Second", "Third", "Fourth", "Fifth"]}
    assert "30 to 40 minutes · Practice 0 of 2 · For your tutor 0 of 3" in card(page, "First").inner_text()
    assert card(page, "First").get_by_role("link").text_content() == "Start: First"

    # Ana is half-way in two, and has handed in two.
    begin(page, "Ana01")
    for learner, name, answers, handed in (
        ("ana01", "w90", given("p00", at="01T10:00"), ""),
        ("ana01", "w91", given("p00", "q02", "r01", at="02T10:00"), ""),
        ("ana01", "w93", given(*WHOLE, at="03T10:00"), "2026-11-03T10:00:00+00:00"),
        ("ana01", "w94", given("q01", "declaration", at="04T10:00"), "2026-11-04T11:00:00+00:00"),
        ("ben02", "w92", given("q01", at="05T10:00"), ""),
    ):
        page.evaluate(KEEP, [learner, name, answers, handed])
    page.reload()
    sections = books[1].book()["sections"]
    assert [section["title"] for section in sections] == ["Second", "A line", "A hard talk", "Declare and hand in"]
    assert groups(page) == {
        f"Continue: Section 2, about {sections[1]['minutes']} minutes left": ["Second"],  # the first one that is open
        "To do": ["First", "Third"],
        "Handed in": ["Fifth"],
        "Done": ["Fourth"],
    }
    page.evaluate(WAS, "A hard talk")
    page.reload()
    left = int(sections[2]["minutes"] / 3 + 0.5)  # one of three questions there is open
    assert next(iter(groups(page))) == f"Continue: Section 3, about {left} minute{'s' * (left > 1)} left"
    page.evaluate(WAS, "A word")
    page.reload()
    assert next(iter(groups(page))).startswith("Continue: Section 1,"), "it stood alone when this was kept"
    page.evaluate(WAS, "A hard talk")
    page.reload()
    groups(page)
    top = card(page, "Second")
    for words in ("A hard talk", "Answered: Practice 1 of 2 · For your tutor 1 of 3", "Continue"):
        assert words in top.inner_text()
    assert top.locator("progress").get_attribute("value") == "2"
    assert "30 to 40 minutes · Practice 0 of 2 · For your tutor 0 of 3" in card(page, "Third").inner_text(), "Ben has begun it"
    assert "✓ File for your tutor made on 4 November 2026 at" in card(page, "Fifth").inner_text()
    assert "changed" not in page.locator("#wb-cards").inner_text()

    # Seen, by keyboard, on a phone and a desk.
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert violations(page) == []
        assert all((box.bounding_box() or {"height": 0})["height"] >= 44 for box in page.locator("#wb-cards .wb-button").all())
    page.locator("#wb-main").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Continue: Second"

    # In another tab she answers, then leaves: what is here follows, and the focus stays.
    page.evaluate(KEEP, ["ana01", "w93", given("q01", at="09T10:00"), ""])
    tell = "data => new BroadcastChannel('workbooks').postMessage(data)"
    other = page.context.new_page()
    other.goto(address)
    other.evaluate(tell, {"copy": "ana01-w93"})
    expect(card(page, "Fourth")).to_contain_text("You have changed answers since you handed in. Hand in again")
    assert groups(page)["Handed in"] == ["Fourth", "Fifth"]
    assert page.evaluate("document.activeElement.textContent") == "Continue: Second"
    other.evaluate(tell, {"left": "ana01"})
    expect(page.locator("#wb-who-slot")).to_be_empty()
    expect(page.locator("#wb-cards h2")).to_have_text(["Next: a new workbook", "To do"])
    assert page.locator("progress").count() == 0
    assert "ana01" not in page.evaluate("JSON.stringify([localStorage['wb-learner'], sessionStorage['wb-learner']])")

    # All handed in.
    for name in titles:
        page.evaluate(KEEP, ["ben02", name, given(*WHOLE, at="06T10:00"), "2026-11-06T11:00:00+00:00"])
    begin(page, "ben02")
    assert groups(page) == {"All your workbooks are handed in. Well done.": [], "Done": [*titles.values()]}
    assert violations(page) == []


def test_what_a_tutor_asks_for_again_comes_first(page: Page, put_up: Serve, tmp_path: Path) -> None:
    address = put_up(
        [
            small(tmp_path, name, title, due="2020-01-01T17:00:00Z")
            for name, title in (("w90", "First"), ("w91", "Second"), ("w92", "Third"))
        ]
    )
    index = tmp_path / "www" / "index.html"
    before, shelf, after = re.split(r'(?<=id="wb-shelf">)(.*?)(?=</script>)', index.read_text("utf-8"), maxsplit=1)
    books = json.loads(shelf)
    handed = {"at": "2026-11-20T10:00:00+00:00", "through": "exchange"}
    for book, again in zip(books, (None, {"n": 1, "until": None}, {"n": 2, "until": "2026-12-04"}), strict=True):
        answered = {f"{book['workbook']}-p00": "2026-11-21T10:00:00.000Z"}
        book["mine"] = {"copy": "", "seed": "", "answered": answered, "started": [], "handed": handed}
        book["mine"] |= {"again": again, "feedback": "feedback.html"} if again else {}
    index.write_text(before + json.dumps(books) + after, "utf-8")
    page.goto(address)
    title = "Your tutor asks you to look again at 1 task"
    assert groups(page) == {title: ["Second"], "To do": ["Third"], "Handed in": ["First"]}
    expect(card(page, "Third")).to_contain_text("Your tutor asks you to look again at 2 tasks, until 4 December")
    assert not re.search("This was due|Not marked yet|Answered", card(page, "Second").inner_text() + card(page, "Third").inner_text())
    assert card(page, "Second").get_by_role("link", name="See my feedback").count() == 1
    assert violations(page) == []


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        (
            "Europe/London",
            [
                "Due today, Saturday 28 November at 23:30",
                "Due tomorrow, Sunday 29 November",
                "Due Friday 4 December, in 6 days",
                "This was due Friday 27 November at 17:00. If you need more time, talk to your tutor.",
                "Due Monday 4 January 2027, in 37 days",
            ],
        ),
        ("Asia/Tokyo", ["Due tomorrow, Sunday 29 November at 08:30"]),
    ],
)
def test_it_says_when_each_is_due_by_the_readers_own_clock(
    zone: str, words: list[str], chromium: Browser, put_up: Serve, tmp_path: Path
) -> None:
    dates = ("2026-11-28T23:30", "2026-11-29T23:59", "2026-12-04T23:59", "2026-11-27T17:00", "2027-01-04T23:59")
    address = put_up([small(tmp_path, f"w9{n}", f"Number {n}", f"{date}:00Z") for n, date in enumerate(dates)])
    with chromium.new_context(locale="en-GB", timezone_id=zone, viewport={"width": 320, "height": 800}) as context:
        page = context.new_page()
        page.clock.set_fixed_time("2026-11-28T12:00:00Z")
        page.goto(address)
        expect(page.locator("#wb-cards h2").first).to_be_visible()
        shown = [card(page, f"Number {n}").locator("p", has_text="ue ").inner_text() for n in range(len(words))]
    assert [text.replace(",", "") for text in shown] == [text.replace(",", "") for text in words]  # engines differ in the comma of a date


def test_card_header_and_review_give_the_same_numbers(page: Page, put_up: Serve, tmp_path: Path) -> None:
    address = put_up([small(tmp_path, "w91", "Small")])
    page.goto(address)
    begin(page, "ana01")
    answers = given("p00", "q01", "r01", "declaration", at="02T10:00") | {"q02": [{"one": "work"}, "2026-11-02T10:00:00.000Z"]}  # half done
    page.evaluate(KEEP, ["ana01", "w91", answers, ""])
    page.reload()
    expect(card(page, "Small")).to_contain_text("Practice 1 of 2 · For your tutor 1 of 3 · 1 started")
    page.goto(f"{address}w91-small.html")
    expect(page.locator("#wb-progress-slot")).to_contain_text("Practice 1 of 2 · For your tutor 1 of 3 · 1 started")
    review = page.locator("#hand-in .wb-review")
    expect(review).to_contain_text("You have answered 1 of 3 marked questions.")
    expect(review).to_contain_text("You have answered 1 of 2 practice questions. You may leave the others.")
    started, blank = review.locator("li").all()
    expect(started).to_contain_text("Question 2 of 2 · 1 point: Where?1 of 2 cards has no group yet.")
    expect(blank).to_contain_text("Explain.")
    page.locator("#wb-contents > summary").click()
    expect(page.locator("#wb-contents nav li", has_text="A hard talk")).to_contain_text("0 of 2 · 1 started")
    page.locator("#wb-contents nav").get_by_role("link", name="Declare and hand in").click()
    for name in ("Hand in", "Hand in anyway"):
        page.get_by_role("button", name=name, exact=True).click()
    expect(page.locator(".wb-receipt")).to_contain_text("1 of 3 marked questions, and 1 started")
    page.locator(".wb-receipt").get_by_role("link", name="Go to My workbooks").click()
    expect(card(page, "Small")).to_contain_text("File for your tutor made on")


HANDED = """([copy, revision, at]) => new Promise((done) => {
  const asked = indexedDB.open("workbooks");
  asked.onsuccess = () => {
    const all = asked.result.transaction("receipts", "readwrite");
    all.objectStore("receipts").put({ at, through: "file", revision }, [copy, 0]);
    all.oncomplete = () => { asked.result.close(); done(); };
  };
})"""
"""Put a receipt up to a revision into the browser's database."""


@pytest.mark.parametrize(("revision", "at", "changed"), [(0, "03", True), (1, "01", False)], ids=["a clock ahead", "a clock behind"])
def test_what_changed_after_a_hand_in_goes_by_what_the_browser_counts(
    page: Page, put_up: Serve, tmp_path: Path, revision: int, at: str, *, changed: bool
) -> None:
    page.goto(put_up([small(tmp_path, "w91", "Small")]))
    begin(page, "ana01")
    copy = page.evaluate(KEEP, ["ana01", "w91", given(*WHOLE, at="02T10:00"), ""])
    page.evaluate(HANDED, [copy, revision, f"2026-11-{at}T10:00:00.000Z"])
    page.reload()
    assert [*groups(page)] == ["All your workbooks are handed in. Well done.", "Handed in" if changed else "Done"]
    expect(card(page, "Small").get_by_text("You have changed answers since you handed in.")).to_have_count(int(changed))


def test_not_you_on_it_holds_for_every_tab_of_that_person(page: Page, put_up: Serve, tmp_path: Path) -> None:
    address = put_up([small(tmp_path, "w91", "Small")])
    page.goto(f"{address}w91-small.html")
    ana = Tab(page, f"{address}w91-small.html").work("ana01")
    shelf = page.context.new_page()
    shelf.goto(address)
    shelf.get_by_role("button", name="Not you?").click()
    expect(shelf.locator("#wb-who-slot")).to_be_empty()
    ana.asks()


def test_who_handed_in_as_a_file_and_began_nothing_on_a_service_sees_the_feedback_first(rules: Rules, tmp_path: Path) -> None:
    books = [small(tmp_path, name, title).on_shelf() for name, title in (("w01", "First"), ("w02", "Second"))]
    mine: dict[str, Any] = {"copy": "", "seed": "", "answered": {}, "started": [], "handed": None}
    first, second = ({"href": f"{book['workbook']}.html", "mine": mine} | book for book in books)
    marked = first | {"mine": mine | {"feedback": "feedback.html"}}
    assert rules("shelf", [marked, second])[:6] == [
        *("Done", "Your feedback is here, or every question is answered and handed in.", "First", "✓ Marked: your feedback is here."),
        *("See my feedback: First", "Open again: First"),
    ]
    begun = second | {"mine": mine | {"answered": {"w02-q01": "2026-11-29T10:00:00+00:00"}}}
    assert rules("shelf", [marked, begun])[0].startswith("Continue")
    assert "Next" in rules("shelf", [first, second])[0]


def test_who_answered_all_that_the_page_shows_has_done_it(rules: Rules) -> None:
    asked = [{"id": f"w09-e0{n}", "kind": "single", "purpose": "practice", "about": [f"w08-p0{n}"]} for n in range(1, 6)]
    book: dict[str, Any] = {"workbook": "w09", "assignment": "w09-small", "title": "Small", "class_id": "care", "pools": [], "sections": []}
    book |= {"minutes": [30, 40], "due": "", "href": "w09.html", "items": {item["id"]: item for item in asked}}
    for shown, group in ((3, "Done"), (2, "Handed in")):
        answered = {item["id"]: "2026-11-20T09:00:00.000Z" for item in asked[:shown]}
        mine = {"copy": "", "seed": "", "answered": answered, "started": [], "handed": {"at": "2026-11-20T10:00:00Z", "through": "file"}}
        assert group in rules("shelf", [book | {"mine": mine}]), "two wait behind a button"
