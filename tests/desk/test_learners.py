"""The page Learners, as a tutor uses it: by mouse, by keyboard, without a script, with others at work."""

import re

import pytest
from playwright.sync_api import Page, expect

from autograde.classes.roster import Roster
from autograde.desk.pages import plain
from tests.axe import violations
from tests.desk.conftest import Desk, as_json, drop_on, fits, headers, said, second
from tests.desk.test_learner_parts import spreadsheet

PASTED = "Class A\n\nFirst name\tSurname\tID number\tWhere\nGwen\tParry\tgp1\tRhyl\nHuw\tRees\thr1\tBala\n"


def test_a_list_is_pasted_looked_at_and_added(desk: Desk, window: Page) -> None:
    desk.enter(window, "learners")
    window.get_by_text("Add a list of learners").click()
    window.get_by_label("Paste it here").fill(PASTED)
    window.get_by_role("button", name="Look at the list").click()
    expect(window.get_by_role("heading", name="Is this how the list is meant?")).to_be_visible()
    assert Roster.of(desk.course).find("gp1") is None
    table = window.get_by_role("region", name="The list as it is understood")
    expect(table.get_by_role("row")).to_have_count(3)
    assert violations(window) == []
    fits(window, 320)
    window.set_viewport_size({"width": 1280, "height": 900})
    expect(window.get_by_label("ID number")).to_have_value("id")
    window.get_by_label("Where").select_option("not used")
    window.get_by_label("Surname").select_option("not used")
    window.get_by_label("First name").focus()
    window.get_by_label("First name").select_option("id")
    expect(window.locator(".desk-fault")).to_contain_text("Two columns are taken for the id")
    expect(window.get_by_label("First name")).to_be_focused()
    window.get_by_label("ID number").select_option("email")
    window.get_by_label("Surname").select_option("whole name")
    expect(table.get_by_role("row").nth(1)).to_contain_text("left out")
    window.get_by_label("First name").select_option("first name")
    window.get_by_label("Surname").select_option("last name")
    window.get_by_label("ID number").select_option("id")
    window.get_by_role("button", name="Add these 2 learners").click()
    said(window, "2 learners added.")
    expect(window.get_by_role("link", name="Gwen Parry")).to_be_visible()
    found = Roster.of(desk.course).find("gp1")
    assert found is not None
    assert found.name == "Gwen Parry"
    window.get_by_text("Add a list of learners").click()
    expect(window.get_by_label("Paste it here")).to_have_value("")


@pytest.mark.parametrize("way", ["dropped", "chosen"])
def test_a_spreadsheet_is_given(desk: Desk, window: Page, way: str) -> None:
    desk.enter(window, "learners")
    window.get_by_text("Add a list of learners").click()
    data = spreadsheet([["Id", "Full name"], [way, f"Parry, <b>{way}</b>"]])
    if way == "dropped":
        drop_on(window.locator("#form-read"), ("list.xlsx", data))
    else:
        window.locator("#read-file").set_input_files({"name": "list.xlsx", "mimeType": "application/octet-stream", "buffer": data})
    window.get_by_role("button", name="Add this learner").click()
    said(window, "1 learner added.")
    expect(window.get_by_role("link", name=f"<b>{way}</b> Parry")).to_be_visible()


def test_a_file_that_is_no_list_is_told_at_the_form(desk: Desk, window: Page) -> None:
    desk.enter(window, "learners")
    window.get_by_text("Add a list of learners").click()
    window.get_by_role("button", name="Look at the list").click()
    expect(window.locator("#read-list-fault")).to_have_text("Paste a list here, or choose its file.")
    expect(window.get_by_label("Paste it here")).to_be_focused()
    window.locator("#read-file").set_input_files({"name": "list.xlsx", "mimeType": "application/octet-stream", "buffer": b"PK\x03\x04 no"})
    expect(window.locator("#read-list-fault")).to_contain_text("list.xlsx cannot be read as a spreadsheet")


def test_it_works_without_a_script(desk: Desk, plain_page: Page) -> None:
    desk.enter(plain_page, "learners")
    plain_page.get_by_text("Add a list of learners").click()
    plain_page.get_by_label("Paste it here").fill("pl1, Elin, Plain\npl2, Owain, Plain")
    plain_page.get_by_role("button", name="Look at the list").click()
    plain_page.get_by_role("button", name="Add these 2 learners").click()
    said(plain_page, "2 learners added.")
    plain_page.goto(f"{desk.base}/desk/learners/read")
    assert plain_page.url == f"{desk.base}/desk/learners"
    plain_page.get_by_text("Add one learner").click()
    plain_page.get_by_label("Id", exact=True).fill("pl1")
    plain_page.get_by_label("First name").fill("Somebody")
    plain_page.get_by_role("button", name="Add", exact=True).click()
    expect(plain_page.get_by_text("pl1 is in the class already: Elin Plain.")).to_be_visible()
    assert plain_page.get_by_label("First name").input_value() == "Somebody"


def test_one_is_added_mended_and_taken_back_by_keyboard(desk: Desk, window: Page) -> None:
    desk.enter(window, "learners")
    window.get_by_text("Add one learner").focus()
    window.keyboard.press("Enter")
    window.keyboard.press("Tab")
    window.keyboard.type("kb1")
    window.keyboard.press("Tab")
    window.keyboard.type("Mali")
    window.keyboard.press("Tab")
    window.keyboard.press("Tab")
    window.keyboard.type("no address")
    window.keyboard.press("Enter")
    window.wait_for_timeout(200)
    window.keyboard.press("Control+A")
    window.keyboard.type("mali@example.org")
    window.keyboard.press("Enter")
    said(window, "Mali was added, with the id kb1.")
    window.get_by_role("link", name="Mali").first.click()
    window.get_by_label("Last name").fill("Morgan")
    window.get_by_role("button", name="Keep these").click()
    said(window, "kb1 is Mali Morgan now.")
    expect(window.get_by_role("heading", level=2)).to_contain_text("Mali Morgan")
    window.get_by_role("button", name="Undo").click()
    expect(window.get_by_role("heading", level=2)).not_to_contain_text("Morgan")
    window.get_by_label("First name").fill("")
    window.get_by_role("button", name="Keep these").click()
    expect(window.locator("#one .desk-fault")).to_have_text("The id kb1 has no name: fill in the first name, the last name or both.")
    window.get_by_label("First name").fill("Mali")
    window.get_by_label("Email address").fill("a@b@c")
    window.evaluate("document.querySelector('#form-rename').noValidate = true")
    window.get_by_role("button", name="Keep these").click()
    expect(window.locator("#rename-email-fault")).to_contain_text("The email address of kb1 is not one")
    expect(window.get_by_label("Email address")).to_have_value("a@b@c")
    expect(window.get_by_label("Email address")).to_be_focused()
    assert violations(window) == []
    window.get_by_role("button", name="Has left").click()
    said(window, "Mali has left.")
    expect(window.get_by_role("link", name=re.compile("who ha.+ left"))).to_be_visible()
    window.get_by_role("button", name="Undo").click()
    said(window, "Mali is in the class again.")


def test_more_time_and_one_learner_under_two_ids(desk: Desk, window: Page) -> None:
    desk.enter(window, "learners?learner=fay01")
    window.get_by_role("button", name="Give more time").click()
    expect(window.locator("#extend-until-fault")).to_have_text("Say until when: a day and a time.")
    window.get_by_label("May hand in until").fill("2036-12-01T17:00")
    window.get_by_role("button", name="Give more time").click()
    said(window, "Fay Fenn may hand w01-small in until Monday 1 December 2036, 17:00.")
    expect(window.locator("#one")).to_contain_text("more than the others")
    window.get_by_role("button", name="Take it back for w01").click()
    said(window, "has no more time for w01-small than the others")
    window.get_by_role("button", name="Undo").click()
    expect(window.locator("#one")).to_contain_text("1 December 2036")
    window.get_by_label("The id that stays").fill("nobody")
    window.get_by_role("button", name="See what happens").click()
    expect(window.locator("#merge-look-stays-fault")).to_contain_text("Nobody in the class has the id")
    desk.enter(window, "learners?learner=dan01")
    expect(window.get_by_label("The id that stays")).to_have_value("")
    window.get_by_label("The id that stays").fill("fay01")
    window.get_by_role("button", name="See what happens").click()
    expect(window.locator("#one")).to_contain_text("1 hand-in of dan01 become")
    assert violations(window) == []
    window.get_by_role("button", name="Make them one").click()
    said(window, "dan01 and fay01 are one learner now, with the id fay01.")
    window.get_by_role("button", name="Undo").click()
    said(window, "dan01 and fay01 are two learners again.")


def test_what_was_done_is_said_though_a_window_looks_for_changes_in_between(desk: Desk, window: Page) -> None:
    desk.enter(window, "learners")
    secret = headers(window)
    form: dict[str, str | float | bool] = {"id": "be1", "first_name": "Bethan", "last_name": "", "email": ""}
    assert window.request.post(f"{desk.base}/desk/learners/add", form=form, headers=secret, max_redirects=0).status == 303
    for sent in (secret | {"Desk-Follows": "true"}, secret):
        text = window.request.get(f"{desk.base}/desk/learners", headers=sent).text()
        assert ("Bethan was added" in text) == (sent == secret)


def test_two_windows_see_one_class(desk: Desk, window: Page) -> None:
    desk.enter(window, "learners")
    other = second(window.context)
    other.goto(f"{desk.base}/desk/learners")
    other.get_by_text("Add one learner").click()
    other.get_by_label("First name").fill("Half typed")
    other.evaluate("window.same = true")
    window.get_by_text("Add one learner").click()
    window.get_by_label("Id", exact=True).fill("tw1")
    window.get_by_label("First name").fill("Tegwen")
    window.get_by_role("button", name="Add", exact=True).click()
    said(window, "Tegwen was added")
    expect(other.get_by_role("link", name="Tegwen")).to_be_visible(timeout=6_000)
    assert other.evaluate("window.same")
    expect(other.get_by_label("First name")).to_have_value("Half typed")
    expect(other.get_by_label("First name")).to_be_focused()


def test_the_same_as_json(desk: Desk, window: Page) -> None:
    from autograde.desk import learners

    assert as_json(window, desk, "learners") == plain(learners.data(desk.course))
