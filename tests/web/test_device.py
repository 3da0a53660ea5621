"""The browser keeps the answers: whose they are, and that two tabs, a full or forbidden storage and a loss take nothing."""

import json
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.conftest import BEFORE, ROOT, is_saved
from tests.web.device import ALL, MINE, PICK, PRIVATE, STORY, TEXT, Tab, copy_of, made, opened, until, wrongs
from workbook_helpers.items import load_workbook
from workbook_helpers.web import workbook_file

Open = Callable[..., Tab]
FORBIDDEN = """Object.defineProperty(IDBFactory.prototype, "open", { value() { throw new DOMException("no", "SecurityError"); } });"""
SHEET = """
const media = matchMedia; globalThis.matchMedia = (query) => query === "(pointer: coarse)" ? { matches: true } : media(query);
navigator.canShare = () => true;
navigator.share = ({ files }) => new Promise((done, failed) => {
  globalThis.shared = files.map(({ name, type }) => [name, type]);
  Object.assign(globalThis, { taken: done, shut: () => failed(new DOMException("", "AbortError")) }); });
"""
CLEARED = """() => new Promise((done) => { const asked = indexedDB.open("workbooks"); asked.onsuccess = () => {
  const all = asked.result.transaction(["copies", "answers", "receipts"], "readwrite");
  for (const name of ["copies", "answers", "receipts"]) all.objectStore(name).clear();
  all.oncomplete = () => { asked.result.close(); done(); }; }; })"""
HELD = """() => new Promise((held) => { const asked = indexedDB.open("workbooks"); asked.onsuccess = () => {
  const copies = asked.result.transaction(["copies", "answers", "receipts"], "readwrite").objectStore("copies");
  let on = () => { copies.count().onsuccess = () => { held(); on(); }; };
  globalThis.go = () => { on = () => asked.result.close(); };
  on(); }; })"""
"""Hold the browser's database until `go()`."""
STORY_TOML = """
[[items]]
id = "w99-q02"
kind = "scenario"
purpose = "assessed"
points = 2
stem = "The story"
setting = "In a home."
start = "n1"
nodes = [
  { id = "n1", says = "Leon", text = "First?", choices = [
    { id = "a", text = "Do a", reply = "So a.", to = "n2" }, { id = "b", text = "Do b", reply = "So b.", to = "n2" } ] },
  { id = "n2", says = "Leon", text = "Second?", choices = [
    { id = "a", text = "Do aa", reply = "So aa.", to = "end" }, { id = "b", text = "Do bb", reply = "So bb.", to = "other" } ] },
]
endings = [
  { id = "end", title = "The end", person = "P", family = "F", worker = "W", next = "N", criterion = "1.1" },
  { id = "other", title = "Another end", person = "P", family = "F", worker = "W", next = "N", criterion = "1.1" },
]
"""


# Two people on one device


def test_who_works_is_asked_once_and_nothing_of_one_is_anothers(tab: Open) -> None:
    ana = tab("ana01")
    ana.write("Ana's answer.")
    ana.write("I was afraid.", PRIVATE)
    expect(ana(PRIVATE)).to_contain_text("Your tutor does not see this. It stays on this device.")
    ana.open()
    is_saved(ana(TEXT))
    expect(ana.page.locator("#wb-who-slot")).to_have_text("You: ana01 Not you?")
    # Typed in the very moment in which somebody else takes over.
    ana.page.evaluate(
        """id => { const area = document.querySelector(`#${id} textarea`); area.value += " And more.";
                   area.dispatchEvent(new Event("input", { bubbles: true })); document.querySelector("#wb-who-slot button").click(); }""",
        TEXT,
    )
    ana.asks()
    assert "Ana's answer" not in ana.page.content()
    field, told = ana.page.get_by_label("Your learner ID").first, ana.page.locator("form.wb-gate").get_by_role("alert")
    assert field.input_value() == ""
    ana.button("Show my questions").click()
    expect(told).to_have_text("Please type your learner ID.")
    field.press("b")
    expect(told).to_be_empty()  # for who types is doing it
    expect(field).to_have_attribute("aria-invalid", "false")
    ben = ana.work("ben02")
    expect(ben.text()).to_have_value("")
    expect(ben.text(PRIVATE)).to_have_value("")
    ben.choose("a")
    assert ben.kept()["ana01"][TEXT]["value"] == "Ana's answer. And more."
    assert ben.values("ben02") == {PICK: "a"}
    assert "afraid" not in ben.page.content()
    ben.leave()
    ben.asks()
    back = ben.work(" ANA01 ")  # one person, however it is typed
    expect(back.text()).to_have_value("Ana's answer. And more.")
    expect(back.text(PRIVATE)).to_have_value("I was afraid.")
    is_saved(back(TEXT))
    assert {*back.kept()} == {"ana01", "ben02"}


def test_changing_the_learner_while_a_save_is_on_its_way_mixes_nothing(tab: Open) -> None:
    ana = tab("ana01")
    ana.write("Ana's answer.")
    ana(MINE).get_by_role("checkbox").check()
    is_saved(ana(MINE))
    ana("hand-in").get_by_label("Your learner ID").fill("ben02")
    ana("hand-in").get_by_role("button", name="Hand in").click()
    change = ana.button("I am ben02")
    expect(change).to_be_visible()
    change.evaluate(
        """(button, id) => {
          const area = document.querySelector(`#${id} textarea`);
          area.value = "Ana's newest.";
          area.dispatchEvent(new Event("input", { bubbles: true }));
          area.dispatchEvent(new FocusEvent("focusout", { bubbles: true })); // sent
          globalThis.dispatchEvent(new Event("focus")); // everything is read once more
          button.click();
        }""",
        TEXT,
    )
    expect(ana.page.locator("#wb-who-slot")).to_contain_text("ben02")
    expect(ana.text()).to_have_value("")
    ana.choose("b")
    assert ana.values("ben02") == {PICK: "b"}
    assert ana.values("ana01") == {TEXT: "Ana's newest.", MINE: True}


def test_a_mistyped_id_is_told_first_and_the_work_is_never_out_of_sight(tab: Open, tmp_path: Path) -> None:
    ana = tab("ana01")
    ana.write("Ana's answer.")
    panel = ana("hand-in")
    field = panel.get_by_label("Your learner ID")
    field.fill("ana09")
    panel.get_by_role("button", name="Hand in", exact=True).click()  # nothing is declared, and a question is open
    expect(panel.locator(".wb-conflict p").first).to_have_text("This work is kept under ana01, and you typed ana09.")
    expect(panel.locator(".wb-conflict")).to_be_focused()
    assert panel.locator("button:visible").all_inner_texts() == [
        "Hand in as ana01",
        "I am ana09: open my own copy. The work of ana01 is not in it; it stays on this device",
    ]
    panel.get_by_role("button", name="Hand in as ana01").click()
    expect(field).to_have_value("ana01")
    expect(panel.get_by_role("alert")).to_contain_text("tick the declaration first")
    ana(MINE).get_by_role("checkbox").check()
    is_saved(ana(MINE))
    field.fill("ana09")
    panel.get_by_role("button", name="Hand in", exact=True).click()
    panel.get_by_role("button", name="I am ana09").click()
    expect(ana.page.locator("#wb-who-slot")).to_contain_text("ana09")
    expect(ana.text()).to_have_value("")
    notice = ana.page.locator(".wb-notices")
    expect(notice).to_contain_text("You work here as ana09 now. The work of ana01 is still on this device.")
    expect(notice).to_be_focused()
    expect(notice).to_be_in_viewport()
    notice.get_by_role("button", name="Go back to ana01").click()
    expect(ana.text()).to_have_value("Ana's answer.")
    expect(notice).to_be_empty()
    field.fill("ANA01")  # the same in capitals
    ana.hand_in(tmp_path)


def test_an_id_that_is_new_to_a_device_of_others_is_told(tab: Open) -> None:
    ana = tab("ana01", shared=True)
    ana.write("Ana's answer.")
    expect(ana.page.locator(".wb-notices")).to_be_empty()
    again = tab()
    again.work("ana0l", shared=True)
    notice = again.page.locator(".wb-notices")
    expect(notice).to_contain_text("Nothing is kept on this device under ana0l yet")
    notice.get_by_role("button", name="Type my ID again").click()
    again.asks()
    again.work("ana01", shared=True)
    expect(again.text()).to_have_value("Ana's answer.")
    expect(notice).to_be_empty()
    again.leave()
    again.work("ben02", shared=True)
    notice.get_by_role("button", name="My ID is right").click()
    expect(notice).to_be_empty()


def test_a_shared_device_asks_each_new_session_and_an_own_one_does_not(tab: Open, context: BrowserContext) -> None:
    ana = tab("ana01", shared=True)
    ana.write("Ana's answer.")
    ana.open()
    expect(ana.text()).to_have_value("Ana's answer.")
    other = tab()
    other.asks()
    assert other.page.get_by_label("Your learner ID").first.input_value() == ""
    other.page.wait_for_timeout(100)
    other.page.evaluate("globalThis.still = true")
    ana.write("Another save in the first tab.")
    other.page.wait_for_timeout(300)
    assert other.page.evaluate("globalThis.still"), "a tab that asks who works is not loaded again by another's saves"
    # Another learner by way of handing in: the device is not less shared for it.
    ana("hand-in").get_by_label("Your learner ID").fill("ben02")
    ana("hand-in").get_by_role("button", name="Hand in", exact=True).click()
    ana("hand-in").get_by_role("button", name="I am ben02").click()
    expect(ana.page.locator("#wb-who-slot")).to_contain_text("ben02")
    other.open()
    other.asks()
    own = other.work("cem03")
    own.page.close()
    expect(tab().page.locator("#wb-who-slot")).to_contain_text("cem03")


def test_a_page_that_opens_at_once_knows_what_the_browser_has_not_kept_for_later_yet(context: BrowserContext, tab: Open) -> None:
    ana = tab("ana01")
    ana.page.locator("#wb-contents > summary").click()
    ana.page.locator("#wb-display > summary").click()
    ana.page.locator("#wb-display").get_by_label("Colours").select_option("dark")
    # As Chromium does it now and then on a busy machine, to a page that opens at once.
    context.add_init_script(BEFORE.format("localStorage.clear();"))
    ana.page.reload()
    expect(ana(TEXT)).to_have_attribute("data-wb-state", "clean")
    expect(ana.page.locator("#wb-who-slot")).to_contain_text("ana01")
    expect(ana.page.locator("html")).to_have_attribute("data-wb-colours", "dark")
    ana.page.locator("#wb-contents > summary").click()
    ana.page.locator("#wb-display > summary").click()
    ana.page.locator("#wb-display").get_by_label("Language").select_option("cy")
    expect(ana.page.locator("#wb-contents > summary")).to_have_text("Dewislen")


def test_what_was_typed_a_moment_before_is_there_at_once_and_is_no_second_version_later(context: BrowserContext, tab: Open) -> None:
    ana = tab("ana01")
    ana.write("one")
    context.add_init_script(BEFORE.format("localStorage.clear();"))  # as above
    ana.page.evaluate(
        """id => { const area = document.querySelector(`#${id} textarea`); area.value = "one two"; globalThis.before = true;
                   area.dispatchEvent(new Event("input", { bubbles: true })); location.reload(); }""",
        TEXT,
    )
    until(ana.page, f"!globalThis.before && document.querySelector('#{TEXT} textarea')?.value === 'one two'")
    ana.state("saved")
    other = tab("ana01")
    other.write("one two three")
    other.page.close()
    ana.page.reload()
    ana.state("saved")
    expect(ana.text()).to_have_value("one two three")


def test_what_was_not_chosen_is_not_asked_again(tab: Open) -> None:
    ana = tab("ana01")
    ana.write("one")
    draft = {"value": "another", "base": 0, "was": None, "at": 1, "by": "ana01", "held": True, "visit": "x"}
    key = f"wb-draft:{ana(TEXT).get_attribute('data-wb-scope')}:{TEXT}"
    ana.page.evaluate("([key, draft]) => { localStorage[key] = sessionStorage[key] = JSON.stringify(draft); }", [key, draft])
    ana.open()
    ana.state("conflict")
    ana(TEXT).get_by_role("button", name="Use the other answer").click()
    ana.state("saved")
    ana.open()
    ana.state("saved")
    expect(ana.text()).to_have_value("one")


def test_a_tab_of_one_person_alone_stays_theirs_while_somebody_else_begins_in_another(tab: Open) -> None:
    ana = tab("ana01", shared=True)
    ana.write("Ana's answer.")
    tab("ben02").write("Ben's answer.")
    ana.page.reload()
    expect(ana.page.locator("#wb-who-slot")).to_contain_text("ana01")
    expect(ana.text()).to_have_value("Ana's answer.")


@pytest.mark.parametrize("learner", ["12345", "1e3", "true", "null"])
def test_who_began_in_an_older_page_goes_on(learner: str, context: BrowserContext, tab: Open) -> None:
    kept = f'localStorage["wb-learner"] ??= {json.dumps(learner)};'  # as plain text, and in no tab's own storage
    context.add_init_script(f'document.addEventListener("readystatechange", () => {{ {kept} }}, {{ once: true }});')
    one = tab()
    expect(one.page.locator("#wb-who-slot")).to_contain_text(f"You: {learner} ")
    one.state("clean")


def test_not_you_holds_for_every_tab_of_that_person(tab: Open) -> None:
    first = tab("ana01")
    first.write("Ana's answer.")
    second = tab().goes_on()
    is_saved(second(TEXT))
    second.leave()
    second.asks()
    first.asks()
    assert "Ana's answer" not in first.page.content()
    for one in (first, second):
        expect(one.page.locator("form.wb-gate input[type=text]")).to_be_focused()
    why = "Somebody said in another tab that it is not you. Your answers are kept."
    expect(first.page.locator("form.wb-gate")).to_contain_text(why)
    expect(second.page.locator("form.wb-gate")).not_to_contain_text(why)
    first.open()
    first.asks()
    expect(first.page.locator("form.wb-gate")).not_to_contain_text(why)  # said once


def test_a_clock_that_was_ahead_brings_nobody_back(tab: Open) -> None:
    ana = tab("ana01")
    ana.page.evaluate(
        "localStorage['wb-learner'] = sessionStorage['wb-learner'] = JSON.stringify({ value: 'ana01', at: Date.now() + 864e5 })"
    )
    ana.page.goto("about:blank")  # the phone has dropped this tab: it hears of nothing
    second = tab().goes_on()
    second.leave()
    second.asks()
    second.work("ben02")
    ana.page.goto(ana.address)
    expect(ana.page.locator("#wb-who-slot")).to_contain_text("ben02")


def test_finishing_takes_everything_of_one_person_away(tab: Open, tmp_path: Path) -> None:
    ana = tab("ana01", shared=True)
    ana.write("Ana's answer.")
    (tmp_path / "w00.html").write_bytes(workbook_file(load_workbook(ROOT / "workbooks" / "w00-start-here")))
    elsewhere = tab("ana01", shared=True, where=(tmp_path / "w00.html").as_uri())
    scope = elsewhere.page.locator("[data-wb-scope]").first.get_attribute("data-wb-scope")
    elsewhere.page.evaluate("key => { localStorage[key] = sessionStorage[key] = 'Ana typed'; }", f"wb-draft:{scope}:x")
    ana.leave()
    elsewhere.asks()
    ana.work("ben02", shared=True).write("Ben's answer.")
    bens = ana(TEXT).get_attribute("data-wb-scope")
    ana.leave()
    ana.work("ana01", shared=True)
    is_saved(ana(TEXT))
    ana.button("Remove my work in all workbooks from this device").click()
    ana.button("Remove all of it").click()
    ana.asks()
    expect(ana.page.locator("form.wb-gate")).to_contain_text("The answers were removed from this device.")
    elsewhere.asks()
    assert ana.kept() == {"ben02": {TEXT: ana.kept()["ben02"][TEXT]}}
    until(ana.page, f"Object.keys(localStorage).filter((key) => /wb-(draft|place|learner)/.test(key)).join() === 'wb-place:{bens}'")
    until(elsewhere.page, f"!Object.keys(sessionStorage).some((key) => key.includes('{scope}'))")


@pytest.mark.parametrize("learner", ["__proto__", "<img src=x onerror=alert(1)>", "constructor", "%00\"'", "é" * 128, "👩‍🚀"])
def test_hostile_ids_are_names_like_others(learner: str, tab: Open) -> None:
    one = tab()
    said = wrongs(one.page)
    one.work(learner.replace("\u200d", ""), shared=True)
    one.write("Mine.")
    one.open()
    expect(one.text()).to_have_value("Mine.")
    assert said == []


# Two tabs


def test_two_tabs_never_overwrite_each_other(tab: Open) -> None:
    first = tab("ana01")
    first.write("one")
    second = tab().goes_on()
    is_saved(second(TEXT))
    second.choose("b")
    expect(first(PICK).locator("input[value=b]")).to_be_checked()  # told at once, also by file://
    is_saved(first(PICK))
    # Both edit the same answer before either hears of the other: nothing can be saved meanwhile.
    first.page.evaluate(HELD)
    edit = """([id, text]) => { const area = document.querySelector(`#${id} textarea`); area.value = text;
                                area.dispatchEvent(new Event("input", { bubbles: true })); }"""
    first.page.evaluate(edit, [TEXT, "one, first"])
    second.page.evaluate(edit, [TEXT, "one, second"])
    first.page.evaluate("globalThis.go()")
    expect(first.page.locator(f"#{TEXT}:is([data-wb-state=saved], [data-wb-state=conflict])")).to_be_visible()
    expect(second.page.locator(f"#{TEXT}:is([data-wb-state=saved], [data-wb-state=conflict])")).to_be_visible()
    states = [one(TEXT).get_attribute("data-wb-state") for one in (first, second)]
    assert sorted(map(str, states)) == ["conflict", "saved"]
    behind = first if states[0] == "conflict" else second
    ahead = second if behind is first else first
    expect(behind(TEXT).locator(".wb-conflict blockquote")).to_have_text(ahead.text().input_value())
    behind(TEXT).get_by_role("button", name="Keep what is on this page").click()
    is_saved(behind(TEXT))
    expect(ahead.text()).to_have_value(behind.text().input_value())
    assert first.values() == {TEXT: behind.text().input_value(), PICK: "b"}


def test_without_a_channel_a_look_at_the_window_is_enough(context: BrowserContext, tab: Open) -> None:
    context.add_init_script("delete globalThis.BroadcastChannel;")
    first = tab("ana01")
    first.write("one")
    second = tab().goes_on()
    is_saved(second(TEXT))
    second.write("two")
    expect(first.text()).to_have_value("one")
    first.page.evaluate("globalThis.dispatchEvent(new Event('focus'))")
    expect(first.text()).to_have_value("two")


def test_two_tabs_that_begin_at_once_share_one_copy(context: BrowserContext, tab: Open, address: str) -> None:
    gates = [tab(), tab()]
    for one in gates:
        one.page.get_by_label("Your learner ID").first.fill("ana01")
    for one in gates:
        one.page.evaluate("document.querySelector('form.wb-gate button').click()")
    for one in gates:
        expect(one.text()).to_be_visible()
    gates[0].write("one")
    expect(gates[1].text()).to_have_value("one")
    scopes = {one(TEXT).get_attribute("data-wb-scope") for one in gates}
    assert len(scopes) == 1


def test_a_marked_story_is_not_undone_by_a_second_tab(context: BrowserContext, tab: Open, tmp_path: Path) -> None:
    context.add_init_script("delete globalThis.BroadcastChannel;")  # the second tab does not hear of it
    where = made(tmp_path, STORY_TOML)
    first = tab("ana01", where=where)
    second = tab(where=where).goes_on()
    expect(second(STORY).get_by_role("radio")).to_have_count(2)
    for one, choice in ((first, "a"), (second, "b")):
        one.page.evaluate(
            """([id, choice]) => { const root = document.getElementById(id);
                 root.querySelector(`input[value=${choice}]`).click(); root.querySelector(".wb-button").click(); }""",
            [STORY, choice],
        )
        one.state("saved" if one is first else "conflict", STORY)
    expect(second(STORY).locator(".wb-conflict").get_by_role("button")).to_have_count(1)
    assert first.values()[STORY] == ["n1.a"]
    second(STORY).get_by_role("button", name="Go on from there").click()
    is_saved(second(STORY))
    assert first.values()[STORY] == ["n1.a"]


# Storage that is forbidden, full, or thrown away


def test_forbidden_storage_is_said_at_once_and_offers_everything_as_a_file(context: BrowserContext, tab: Open, tmp_path: Path) -> None:
    context.add_init_script(FORBIDDEN)
    ana = tab("ana01")
    expect(ana.page.locator(".wb-notices")).to_contain_text("This browser keeps nothing")
    expect(ana.page.locator(".wb-saved")).to_have_text("Nothing is kept here")
    ana.text().fill("On this page only.")
    ana.text(PRIVATE).fill("I was afraid.")
    for item in (TEXT, PRIVATE):
        ana.state("unsaved", item)
        expect(ana(item).locator(".wb-status")).to_have_text(
            "Not saved yet: this browser keeps nothing just now, perhaps because the device is full or the window is private. "
            "Your answer is on this page only. Leave the page open: saving is tried again by itself."
        )
    ana.page.evaluate("globalThis.dispatchEvent(new Event('focus'))")
    ana.page.wait_for_timeout(200)
    expect(ana.text()).to_have_value("On this page only.")
    expect(ana.page.locator(".wb-saved")).to_have_text("Not saved yet")
    assert not re.search("All saved|Saved", ana.page.locator("body").inner_text())
    path = ana.download("Save a copy", tmp_path)
    found = copy_of(path)["answers"]
    assert {item: record["value"] for item, record in found.items()} == {TEXT: "On this page only.", PRIVATE: {"what": "I was afraid."}}


@pytest.mark.parametrize(
    ("error", "said"),
    [
        pytest.param("QuotaExceededError", "this browser has no room left", id="quota"),
        pytest.param(
            "UnknownError", "this browser keeps nothing just now, perhaps because the device is full", id="a full disk in Chromium"
        ),
    ],
)
def test_full_storage_is_said_and_saved_once_there_is_room(error: str, said: str, tab: Open, tmp_path: Path) -> None:
    ana = tab("ana01")
    ana.write("one")
    ana.page.evaluate(
        """error => { globalThis.wasPut = IDBObjectStore.prototype.put;
          IDBObjectStore.prototype.put = () => { throw new DOMException("full", error); }; }""",
        error,
    )
    ana.text().fill("one two")
    ana.state("unsaved")
    expect(ana(TEXT).locator(".wb-status")).to_contain_text(f"Not saved yet: {said}")
    expect(ana.page.locator(".wb-notices")).to_contain_text(f"Your newest answers could not be saved: {said}")
    expect(ana.page.locator(".wb-notices")).not_to_contain_text("This browser keeps nothing")
    expect(ana("your-work")).to_contain_text("Not everything on this page is kept on this device")
    assert ana.values() == {TEXT: "one"}
    assert copy_of(ana.download("Save a copy", tmp_path))["answers"][TEXT]["value"] == "one two"
    ana.page.evaluate("() => { IDBObjectStore.prototype.put = globalThis.wasPut; }")
    is_saved(ana(TEXT))
    assert ana.values() == {TEXT: "one two"}
    expect(ana.page.locator(".wb-notices")).not_to_contain_text(said)
    expect(ana("your-work")).to_contain_text("Your answers are on this device")


@pytest.mark.parametrize("way", ["deleted", "cleared"])
def test_what_the_browser_throws_away_is_told_and_put_back(way: str, tab: Open, tmp_path: Path) -> None:
    ana = tab("ana01")
    ana.write("The whole essay.")
    ana.write("I was afraid.", PRIVATE)
    ana(MINE).get_by_role("checkbox").check()
    is_saved(ana(MINE))
    ana.hand_in(tmp_path)
    if way == "deleted":
        (tmp_path / "other.html").write_text("<p>Another page")
        other = opened(ana.page.context, (tmp_path / "other.html").as_uri())
        other.page.evaluate("new Promise((done) => { indexedDB.deleteDatabase('workbooks').onsuccess = done; })")
    else:
        session = ana.page.context.new_cdp_session(ana.page)
        session.send("Storage.clearDataForOrigin", {"origin": "file://", "storageTypes": "indexeddb"})
    expect(ana.page.locator(".wb-notices")).to_contain_text("This browser had thrown your answers away")
    assert ana.values() == {TEXT: "The whole essay.", PRIVATE: {"what": "I was afraid."}, MINE: True}
    ana.write("The whole essay, and more.")
    expect(ana.page.locator(".wb-notices")).to_contain_text("thrown your answers away")
    ana.page.locator(".wb-notices").get_by_role("button", name="I have looked").click()
    expect(ana.page.locator(".wb-notices")).not_to_contain_text("thrown your answers away")
    ana.open()
    is_saved(ana(TEXT))
    expect(ana.text()).to_have_value("The whole essay, and more.")
    expect(ana("hand-in")).to_contain_text("✓ Your hand-in file is made")


@pytest.mark.parametrize(
    ("sheet", "step", "button"),
    [
        ("shut", "Next step: save this file.", "Send or save the file"),
        ("taken", "Next step: give it to your tutor", "Send or save the file again"),
    ],
)
def test_a_hand_in_that_the_browser_throws_away_in_the_share_sheet_is_put_back_and_given_when_it_is_taken(
    context: BrowserContext, tab: Open, sheet: str, step: str, button: str
) -> None:
    context.add_init_script(SHEET)
    ana = tab("ana01")
    ana.write("The whole essay.")
    ana(MINE).get_by_role("checkbox").check()
    is_saved(ana(MINE))
    for name in ("Hand in", "Hand in anyway"):
        ana("hand-in").get_by_role("button", name=name, exact=True).click()
    until(ana.page, "typeof globalThis.taken === 'function'")
    second = tab()
    second.page.evaluate("new Promise((done) => { indexedDB.deleteDatabase('workbooks').onsuccess = done; })")
    expect(ana.page.locator(".wb-notices")).to_contain_text("This browser had thrown your answers away")
    ana.page.evaluate(f"globalThis.{sheet}()")
    expect(ana("hand-in")).to_contain_text("✓ Your hand-in file is made")
    expect(ana("hand-in")).to_contain_text(step)
    ana.open()
    panel = ana("hand-in")
    expect(panel).to_contain_text("✓ Your hand-in file is made")
    expect(panel).to_contain_text(step)
    panel.get_by_role("button", name=button, exact=True).click()
    [[name, sort]] = ana.page.evaluate("globalThis.shared")
    assert (name, sort) == (panel.locator("dd").last.inner_text(), "application/zip")
    ana.page.evaluate("globalThis.taken()")
    expect(panel).to_contain_text("✓ You have sent or saved the file.")


def test_a_share_sheet_that_stays_open_is_no_fault_and_the_receipt_stands_meanwhile(context: BrowserContext, tab: Open) -> None:
    context.add_init_script(SHEET)
    ana = tab("ana01")
    ana.page.clock.install()
    ana.write("The whole essay.")
    ana(MINE).get_by_role("checkbox").check()
    is_saved(ana(MINE))
    panel = ana("hand-in")
    for name in ("Hand in", "Hand in anyway"):
        panel.get_by_role("button", name=name, exact=True).click()
    until(ana.page, "typeof globalThis.taken === 'function'")
    expect(panel).to_contain_text("Next step: save this file.")
    ana.page.clock.run_for(120_000)
    expect(panel.get_by_role("alert")).to_be_empty()
    ana.page.evaluate("globalThis.taken()")
    expect(panel).to_contain_text("Next step: give it to your tutor")
    ana.open()
    expect(panel).to_contain_text("Next step: give it to your tutor")


def apart(context: BrowserContext, tab: Open) -> tuple[Tab, Tab]:
    """Open two tabs of Ana's, of which the second does not know the newest."""
    context.add_init_script("delete globalThis.BroadcastChannel;")
    ana = tab("ana01")
    ana.write("One.")
    second = tab().goes_on()
    expect(second.text()).to_have_value("One.")
    ana.write("One and two.")
    ana.choose("a")
    return ana, second


def forgets(second: Tab) -> None:
    """Have the browser forget all without a word, and this tab, which knows less, be the first to put back what it has."""
    second.page.evaluate(CLEARED)
    second.page.evaluate("globalThis.dispatchEvent(new Event('focus'))")
    expect(second.page.locator(".wb-notices")).to_contain_text("thrown your answers away")
    assert second.values() == {TEXT: "One."}


def test_a_loss_is_told_in_every_tab_and_the_one_that_knows_most_brings_it_back(context: BrowserContext, tab: Open, tmp_path: Path) -> None:
    ana, second = apart(context, tab)
    ana(MINE).get_by_role("checkbox").check()
    is_saved(ana(MINE))
    ana.page.bring_to_front()
    ana.button("Hand in").click()
    expect(ana("hand-in")).to_contain_text("✓ Your hand-in file is made")
    known = ana.kept()
    forgets(second)
    ana.page.evaluate("globalThis.dispatchEvent(new Event('focus'))")
    expect(ana.page.locator(".wb-notices")).to_contain_text("thrown your answers away")
    assert ana.kept() == known
    expect(ana.text()).to_have_value("One and two.")
    expect(ana("hand-in")).to_contain_text("✓ Your hand-in file is made")
    # It is told everywhere, though it is all there again before the other tab looks.
    for one in (ana, second):
        one.page.bring_to_front()
        one.page.evaluate("globalThis.dispatchEvent(new Event('focus'))")
        one.page.locator(".wb-notices").get_by_role("button", name="I have looked").click()
        expect(one.page.locator(".wb-notices")).to_be_empty()
    ana.page.evaluate(
        """() => { const close = IDBDatabase.prototype.close;
        IDBDatabase.prototype.close = function () { close.call(this); for (const end = Date.now() + 2000; Date.now() < end;); }; }"""
    )
    (tmp_path / "other.html").write_text("<p>Another page")
    other = opened(context, (tmp_path / "other.html").as_uri())
    other.page.evaluate("new Promise((done) => { indexedDB.deleteDatabase('workbooks').onsuccess = done; })")
    for one in (second, ana):
        expect(one.page.locator(".wb-notices")).to_contain_text("thrown your answers away")
    assert other.kept() == known


def test_two_copies_after_a_loss_become_one_and_nothing_is_dropped(context: BrowserContext, tab: Open, tmp_path: Path) -> None:
    context.add_init_script("delete globalThis.BroadcastChannel;")
    ana = tab("ana01")
    ana.write("The whole essay.")
    ana.choose("a")
    ana(MINE).get_by_role("checkbox").check()
    is_saved(ana(MINE))
    with ana.page.expect_download() as given:
        ana("hand-in").get_by_role("button", name="Hand in", exact=True).click()
    expect(ana("hand-in")).to_contain_text(given.value.suggested_filename)
    expect(ana("hand-in").locator(".wb-receipt")).to_be_focused()
    time.sleep(1)  # a receipt goes by the second
    # The browser forgets without a word, and a new tab begins before the old one is looked at.
    ana.page.evaluate(CLEARED)
    second = tab().goes_on()
    expect(second.text()).to_have_value("")
    second.choose("b")
    second(MINE).get_by_role("checkbox").check()
    is_saved(second(MINE))
    newest = second.hand_in(tmp_path).name
    expect(second("hand-in").locator(".wb-receipt")).to_be_focused()
    ana.page.evaluate("globalThis.dispatchEvent(new Event('focus'))")
    expect(ana.page.locator(".wb-notices")).to_contain_text("thrown your answers away")
    expect(ana.text()).to_have_value("The whole essay.")
    ana.state("conflict", PICK)
    ana(PICK).get_by_role("button", name="Use the other answer").click()
    is_saved(ana(PICK))
    assert ana.values() == {TEXT: "The whole essay.", PICK: "a", MINE: True}
    ana.open()
    expect(ana("hand-in")).to_contain_text(newest)
    handed = [receipt["file"] for _, receipt in ana.page.evaluate(ALL)["receipts"]]
    assert sorted(handed) == sorted([given.value.suggested_filename, newest])


def test_what_is_typed_where_less_was_put_back_is_chosen_between(context: BrowserContext, tab: Open) -> None:
    ana, second = apart(context, tab)
    forgets(second)
    second.page.bring_to_front()
    notice = second.page.locator(".wb-notices")
    with second.page.expect_download() as given:  # what the notice asks for is at hand
        notice.get_by_role("button", name="Save a copy").click()
    expect(notice).to_contain_text(given.value.suggested_filename)
    for text in ("One, here", "One, here as well."):
        second.write(text)
    ana.page.evaluate("globalThis.dispatchEvent(new Event('focus'))")
    ana.state("conflict")
    expect(ana.text()).to_have_value("One and two.")
    expect(ana(TEXT).locator(".wb-conflict blockquote")).to_have_text("One, here as well.")
    assert ana.values() == {TEXT: "One, here as well.", PICK: "a"}


def test_a_draft_that_a_killed_browser_gives_back_is_no_second_version(tab: Open) -> None:
    ana = tab("ana01")
    ana.write("one")
    ana.page.evaluate("""() => {
      const put = Storage.prototype.setItem;
      Storage.prototype.setItem = function (key, value) {
        if (key.startsWith("wb-draft:")) globalThis.draft = [key, value];
        put.call(this, key, value);
      };
    }""")
    ana.write("one two")
    key, value = ana.page.evaluate("globalThis.draft")
    ana.write("one two three")
    ana.page.evaluate("([key, value]) => { localStorage[key] = sessionStorage[key] = value; }", [key, value])
    ana.open()
    ana.state("saved")
    expect(ana.text()).to_have_value("one two three")


def test_what_is_typed_over_an_offered_draft_is_not_shown_as_kept(context: BrowserContext, tab: Open) -> None:
    context.add_init_script("Object.defineProperty(HTMLElement.prototype, 'inert', { writable: true });")  # as where it is not known
    ana = tab("ana01")
    ana.write("one")
    draft = {"value": "somebody's", "base": 1, "was": "one", "at": 1, "by": "x", "held": True, "visit": "x"}
    key = f"wb-draft:{ana(TEXT).get_attribute('data-wb-scope')}:{TEXT}"
    ana.page.evaluate("([key, value]) => { localStorage[key] = sessionStorage[key] = value; }", [key, json.dumps(draft)])
    ana.open()
    ana.state("offered")
    ana.text().press_sequentially("two")
    ana.button("Leave it out").click()
    ana.state("saved")
    expect(ana.text()).to_have_value("one")


def test_where_there_is_no_connection_none_is_said_to_be_lost(tab: Open) -> None:
    ana = tab("ana01")
    ana.page.clock.install()
    ana.open()
    ana.page.clock.run_for(120_000)
    ana.state("clean", PICK)
    expect(ana.page.locator("#wb-lost")).to_be_hidden()
