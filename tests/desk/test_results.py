"""The page Results: the grid, a decision with its evidence, a checked list undone, evidence by hand, and a unit that is signed off."""

import json
import re
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Page, expect

from autograde.classes.folder import Course
from autograde.desk import back_at_work, home, results
from autograde.desk.pages import Asked, Done, UnfitError, plain
from autograde.desk.results_cells import Looked
from autograde.desk.results_data import data
from autograde.desk.work import Worker
from autograde.errors import ClassError
from autograde.inbox.intake import intake
from autograde.records import decisions, evidence
from autograde.records.evidence import Kind
from autograde.records.referring import refer
from autograde.records.units import declare, sign_off
from tests.axe import violations
from tests.conftest import Rules, free_port
from tests.desk.conftest import Desk, Serve, as_json, fits, said, start
from tests.desk.giving import give_points, make_class
from tests.tutor.conftest import ASSIGNMENT, ITEMS_TOML, WORKBOOK_TOML, Kit

CRITERION = '[[criteria]]\nframework = "rqf-l2"\ncode = "1.1"\nextent = "full"\nhow = "It is all here."\n'
CODES = ("1.1", "1.2", "2.1", "2.2", "2.3", "2.4", "3.1", "3.2", "3.3", "3.4a", "3.4b")


@pytest.fixture(scope="module")
def around(surroundings: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The surroundings, with a workbook whose items name their criterion."""
    shelf = Path(shutil.copytree(surroundings["WORKBOOKS_DIR"], tmp_path_factory.mktemp("criteria") / "shelf"))
    items = ITEMS_TOML.replace('purpose = "assessed"', 'purpose = "assessed"\ncriterion = "1.1"')
    (shelf / ASSIGNMENT / "items.toml").write_text(items, "utf-8")
    (shelf / ASSIGNMENT / "workbook.toml").write_text(f"{WORKBOOK_TOML}\n{CRITERION}", "utf-8")
    return {**surroundings, "WORKBOOKS_DIR": str(shelf)}


@pytest.fixture(scope="module")
def made(around: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class of eight who handed in: the points of l01 to l05 reach the level "Met", those of the others do not; l09 handed in nothing."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in around.items():
            patch.setenv(name, value)
        course = make_class(tmp_path_factory.mktemp("results"), 8)
        with course.gradebook() as gradebook:
            for n in range(1, 6):
                give_points(gradebook, f"l{n:02}", 8)
            gradebook.add_student("l09", first_name="Nobody", last_name="Zeal")
            gradebook.db.commit()
    return course.root


@pytest.fixture
def course(made: Path, around: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    for name, value in around.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AUTOGRADE_WHO", "Ruth Osei")
    return Course(Path(shutil.copytree(made, tmp_path / "class")))


@pytest.fixture(scope="module")
def served(made: Path, serve: Serve, around: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Desk:
    root = Path(shutil.copytree(made, tmp_path_factory.mktemp("served-results") / "class"))
    return start(serve, root, {**around, "AUTOGRADE_WHO": "Ruth Osei"}, free_port())


def states(course: Course, code: str = "1.1") -> dict[str, str]:
    return {line.id: next(one.state.value for one in line.squares if one.code == code) for line in data(course).lines}


def do(course: Course, verb: str, **fields: str) -> Done:
    done = results.PAGE.verbs[verb](Asked(course=course, worker=Worker(), fields=fields))
    assert isinstance(done, Done)
    return done


def decide(course: Course, learner: str, met: str, reason: str = "It is shown.", **fields: str) -> Done:
    cell = data(course, learner=learner, criterion="1.1").cell
    assert cell
    used = {f"use {one.id}": "1" for one in cell.pieces if one.ticked}
    about = {"learner": learner, "criterion": "1.1", "base": cell.base, "met": met, "reason": reason, "by": "Ruth Osei"}
    return do(course, "decide", **about | used | fields)


def undo(course: Course, done: Done) -> None:
    assert done.undo
    do(course, done.undo[0], **done.undo[1])


def all_met(course: Course, learner: str) -> None:
    """Let every criterion be met by what somebody has seen."""
    seen = evidence.add_evidence(
        course, learner, kind=Kind.OBSERVATION, criteria=CODES, on=date(2026, 11, 20), by="Kofi", title="A morning shift", text="All of it."
    )
    wanted = [decisions.Decide(learner=learner, criterion=code, met=True, reason="Seen.", evidence=(seen,)) for code in CODES]
    decisions.decide_each(course, wanted)


def test_the_grid_says_where_each_learner_stands(course: Course) -> None:
    assert states(course) == {
        **dict.fromkeys((f"l0{n}" for n in range(1, 6)), "proposed"),
        **dict.fromkeys((f"l0{n}" for n in range(6, 9)), "evidence there"),
        "l09": "nothing yet",
    }
    assert set(states(course, "2.2").values()) == {"nothing yet"}
    assert [column.code for column in data(course).columns] == list(CODES)
    assert data(course).to_decide == 5
    waiting = {one.name: one.number for one in home.data(course).waiting}
    assert waiting["decide"] == 5
    assert {line.id for line in data(course, state="nothing yet", find="zeal").lines} == {"l09"}
    assert [line.id for line in data(course, names=False).lines] == [f"l0{n}" for n in range(1, 10)]


def test_whoever_handed_in_a_written_task_is_asked_two_weeks_later(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(today: date) -> tuple[set[str], set[str]]:
        found = back_at_work.back_at_work(course, today)
        return {one.learner for one in found.now}, {one.learner for one in found.later}

    everybody, today = {f"l0{n}" for n in range(1, 9)}, datetime.now(UTC).date()
    day = today + timedelta(days=14)
    assert asked(day - timedelta(days=2)) == (set(), everybody)
    assert asked(day + timedelta(days=1)) == (everybody, set())
    shown = home.data(course)
    later = shown.back.later
    assert everybody == {one.learner for one in later}
    assert len(json.loads(json.dumps(plain(shown)))["back"]["later"]) == len(later), (
        "an opened class is waited for by what is shown as JSON"
    )
    assert {one.criterion for one in later} == {"1.1"}, "where what they say is entered"
    monkeypatch.setattr(back_at_work, "AFTER", timedelta(days=-10))  # no discussion can be entered that is yet to come
    for learner, on in (("l01", today - timedelta(days=12)), ("l02", today - timedelta(days=8))):
        evidence.add_evidence(course, learner, kind=Kind.DISCUSSION, criteria=["1.1"], on=on, by="Kofi", title="Back at work")
    all_met(course, "l03")
    declare(course, "l03", "On paper")
    sign_off(course, "l03")
    assert asked(today)[0] == everybody - {"l02", "l03"}, "what was said before is no answer, and a unit that is signed off asks nobody"


def test_nobody_is_asked_again_because_of_a_resubmission(course: Course, tmp_path: Path) -> None:
    def day() -> date:
        found = back_at_work.back_at_work(course, date(2020, 1, 1)).later
        return next(one.day for one in found if one.learner == "l01")

    before, one, kit = day(), refer(course, "l01", "w01", {"w01-t01": "More."}), Kit()
    raw = kit.answers(q01="a", t01="Because, and more.", declaration=True)
    at = datetime.now(UTC).isoformat()
    claims = {"attempt": one.attempt, "referral": one.id, "about_sha256": one.about}
    (tmp_path / "again.zip").write_bytes(kit.zipped({"manifest.json": kit.manifest("l01", at, raw, **claims), "answers.json": raw}))
    [taken] = intake(course, [tmp_path / "again.zip"], "w01").taken
    assert taken.current
    newest = Looked.at(course).grid.cells["l01", "1.1"].evidence[0]
    assert (newest.attempt, newest.on > before - back_at_work.AFTER) == (2, True)
    assert day() == before, "as the receipt of the first one says; that of a resubmission says nothing"


def test_the_receipt_names_the_same_day(rules: Rules) -> None:
    assert timedelta(days=rules("days until asked")) == back_at_work.AFTER


def test_points_are_never_added_up(course: Course) -> None:
    all_met(course, "l01")
    text = str(plain(data(course))) + str(plain(data(course, learner="l01")))
    assert not any(word in text.casefold() for word in ("total", "per cent", "%", "grade"))


def test_a_decision_is_written_with_what_it_rests_on(course: Course) -> None:
    decide(course, "l01", "met")
    [made] = decisions.history(course, "l01", "1.1")
    assert (made.met, made.assessor, made.reason) == (True, "Ruth Osei", "It is shown.")
    assert [one.partition("@")[0] for one in made.evidence] == [f"{ASSIGNMENT}/w01-t01"]
    cell = data(course, learner="l01", criterion="1.1").cell
    assert cell
    assert (cell.square.state, cell.past[0].words, cell.past[0].rests_on) == ("met", "met", ("w01: Why?",))
    assert {one.kind for one in cell.pieces} == {"Written answer", "Closed questions"}
    assert cell.next
    assert cell.next.id == "l05", "nobody waits further down, so it begins anew"


def test_only_what_a_proposal_rests_on_is_ticked(course: Course) -> None:
    def ticked(learner: str, code: str) -> list[str]:
        cell = data(course, learner=learner, criterion=code).cell
        assert cell
        return [one.kind for one in cell.pieces if one.ticked]

    assert ticked("l01", "1.1") == ["Written answer"]
    evidence.add_evidence(course, "l09", kind=Kind.DISCUSSION, criteria=["1.1", "2.2"], on=date(2026, 11, 20), by="Kofi", title="We talked")
    assert ticked("l09", "1.1") == ticked("l09", "2.2") == []


def test_what_is_undone_holds_no_more_and_what_held_before_holds_again(course: Course) -> None:
    undo(course, decide(course, "l01", "met"))
    assert states(course)["l01"] == "proposed"
    assert [one.met for one in decisions.history(course, "l01", "1.1")] == [None, True]
    decide(course, "l01", "not-yet", "One reason is missing.")
    later = decide(course, "l01", "met")
    undo(course, later)
    [newest, *_] = decisions.history(course, "l01", "1.1")
    assert (newest.met, newest.reason) == (False, "Undone, so this holds again: One reason is missing.")
    with pytest.raises(ClassError, match=r"1\.1 was decided otherwise meanwhile"):
        undo(course, later)
    assert len(decisions.history(course, "l01", "1.1")) == 5


@pytest.mark.parametrize(
    ("fields", "field", "text"),
    [
        ({"met": ""}, "met", "Choose whether"),
        ({"reason": ""}, "reason", "Give the reason"),
        ({"by": ""}, "by", "Say who"),
        ({"base": "0" * 16}, "", "has changed since you opened it"),
    ],
)
def test_a_decision_that_is_not_whole_is_refused(course: Course, fields: dict[str, str], field: str, text: str) -> None:
    with pytest.raises(UnfitError, match=text) as refused:
        decide(course, "l01", **{"met": "met", **fields})
    assert refused.value.field == field
    with pytest.raises(UnfitError, match="Tick what it rests on"):
        do(course, "decide", learner="l09", criterion="1.1", met="met", reason="So.", by="Ruth", base=base(course, "l09"))
    assert decisions.history(course, "l01", "1.1") == decisions.history(course, "l09", "1.1") == ()


def base(course: Course, learner: str, code: str = "1.1") -> str:
    cell = data(course, learner=learner, criterion=code).cell
    assert cell
    return cell.base


def test_of_two_who_decide_at_once_the_second_is_told(course: Course) -> None:
    seen = base(course, "l01")
    decide(course, "l01", "not-yet", "No reasons.")
    with pytest.raises(UnfitError, match=r"1\.1 of Siân Ŵyn.* has changed"):
        decide(course, "l01", "met", base=seen)
    assert states(course)["l01"] == "not yet met"
    with course.gradebook() as gradebook:
        give_points(gradebook, "l02", 2)
        gradebook.db.commit()
    assert states(course)["l02"] == "evidence there"


def test_a_checked_list_is_written_whole_or_not_at_all(course: Course) -> None:
    shown = data(course, criterion="1.1").criterion
    assert shown
    assert {row.learner for row in shown.checked} == {f"l0{n}" for n in range(1, 6)}
    fields = {f"tick {row.key}": row.base for row in shown.checked} | {f"reason {row.key}": row.why for row in shown.checked}
    with course.gradebook() as gradebook:
        give_points(gradebook, "l05", 1)
        gradebook.db.commit()
    with pytest.raises(UnfitError, match="has changed"):
        do(course, "decide-each", criterion="1.1", by="Ruth Osei", **fields)
    assert "met" not in states(course).values()
    wanted = {name: value for name, value in fields.items() if "l05" not in name}
    done = do(course, "decide-each", criterion="1.1", by="Ruth Osei", **wanted)
    assert done.said == "Decided: 4 criteria met."
    assert {learner for learner, state in states(course).items() if state == "met"} == {"l01", "l02", "l03", "l04"}
    undo(course, done)
    assert "met" not in states(course).values()
    with pytest.raises(UnfitError, match="Tick at least one"):
        do(course, "decide-each", criterion="1.1", by="Ruth Osei")


def test_a_unit_that_is_signed_off_can_only_be_reopened(course: Course) -> None:
    unit = data(course, learner="l09").unit
    assert unit
    assert unit.lacking == f"{', '.join(CODES)} are not decided as met; the learner’s declaration is missing."
    with pytest.raises(ClassError):
        do(course, "sign-off", learner="l09", by="Ruth Osei")
    all_met(course, "l09")
    do(course, "declare", learner="l09", by="Ruth Osei", text="Signed on paper")
    do(course, "sign-off", learner="l09", by="Ruth Osei")
    cell = data(course, learner="l09", criterion="1.1").cell
    assert cell
    assert cell.locked.startswith("The unit was signed off by Ruth Osei, ")
    with pytest.raises(ClassError):
        decide(course, "l09", "not-yet")
    with pytest.raises(UnfitError, match="Say why it is reopened"):
        do(course, "reopen", learner="l09", by="Ruth Osei")
    do(course, "reopen", learner="l09", by="Ruth Osei", why="A criterion was overlooked.")
    decide(course, "l09", "not-yet")
    assert states(course)["l09"] == "not yet met"


@pytest.mark.parametrize("where", [{"learner": "l99"}, {"criterion": "9.9"}, {"learner": "l99", "criterion": "1.1"}])
def test_what_is_not_there_is_told(course: Course, where: dict[str, Any]) -> None:
    with pytest.raises(ClassError, match=r"no criterion|Nobody in this class"):
        data(course, **where)


def test_a_cell_is_decided_by_keyboard_and_the_next_one_is_near(served: Desk, paged: Page) -> None:
    served.enter(paged, "results")
    paged.get_by_role("link", name="1.1 proposed").first.press("Enter")
    expect(paged.get_by_role("heading", level=1)).to_contain_text("1.1 ")
    expect(paged.locator("#cell")).to_contain_text("8 of 10 points")
    paged.get_by_role("button", name="Write the decision down").press("Enter")
    expect(paged.locator("#met-fault")).to_have_text("Choose whether it is met.")
    expect(paged.locator("#met-fault")).to_be_focused()
    paged.get_by_role("radio", name="met", exact=True).press("Space")
    paged.get_by_label("Reason").fill("Every point is there.")
    paged.reload()  # what was picked and typed is there again
    expect(paged.get_by_role("radio", name="met", exact=True)).to_be_checked()
    expect(paged.get_by_label("Who decides")).to_have_value("Ruth Osei")
    paged.get_by_label("Who decides").fill("Ama Mensah")
    paged.keyboard.press("Enter")
    said(paged, "1.1 is met for")
    expect(paged.locator("#cell")).to_contain_text("Ama Mensah")
    expect(paged.locator("#cell")).to_contain_text("Every point is there.")
    # of an earlier decision, too, where another test has made one
    rests = paged.locator("#cell p", has_text="It rests on: ").all_inner_texts()
    assert rests
    assert [text for text in rests if not re.search(r"[^.?]\??$", text)] == []
    expect(paged.get_by_role("link", name="Next to decide")).to_be_visible()
    assert violations(paged) == []
    paged.get_by_role("link", name="Open it on the Mark page").click()
    expect(paged.get_by_role("heading", level=1)).to_have_text("Mark w01")
    expect(paged.locator("main")).to_contain_text("Why?")


def test_a_checked_list_is_decided_and_undone(served: Desk, paged: Page) -> None:
    served.enter(paged, "results?criterion=1.1")
    expect(paged.get_by_role("heading", level=1)).to_have_text("Criterion 1.1")
    boxes = paged.locator("#form-decide-each").get_by_role("checkbox")
    for n in (0, 1):
        boxes.nth(n).check()
    paged.get_by_label("Reason for").first.fill("I have read it.")
    assert violations(paged) == []
    paged.get_by_role("button", name="Decide “met” for what is ticked").click()
    said(paged, "Decided: 2 criteria met.")
    paged.locator("#said").get_by_role("button", name="Undo").click()
    said(paged, "Undone: 2 decisions taken back.")


def test_evidence_by_hand_without_a_script(served: Desk, plain_page: Page) -> None:
    served.enter(plain_page, "results?learner=l09&criterion=2.2&enter=discussion")  # as Home's list of whom to ask names it
    expect(plain_page.locator("#cell")).to_contain_text("It must be shown in real work.")
    expect(plain_page.get_by_label("What is it?")).to_have_value("discussion")
    plain_page.get_by_label("What is it?").select_option("Witness statement")
    plain_page.get_by_label("In a few words").fill("<b>Handover</b>")
    plain_page.get_by_role("button", name="Keep this evidence").click()
    expect(plain_page.locator("#evidence-text-fault")).to_have_text("Write down what was seen or said.")
    expect(plain_page.get_by_label("In a few words")).to_have_value("<b>Handover</b>")
    expect(plain_page.get_by_label("What is it?")).to_have_value("witness")
    plain_page.get_by_label("What was seen or said").fill("She looked it up.")
    plain_page.get_by_role("checkbox", name="2.3 ").check()
    plain_page.get_by_role("button", name="Keep this evidence").click()
    said(plain_page, "Witness statement kept.")
    expect(plain_page.locator("#evidence-heading + ul").get_by_role("listitem")).to_contain_text("Witness statement: <b>Handover</b>")
    plain_page.goto(f"{served.base}/desk/results?learner=l09&criterion=2.3")
    expect(plain_page.locator("#cell")).to_contain_text("<b>Handover</b>")
    plain_page.get_by_role("radio", name="not yet met").check()
    plain_page.get_by_label("Reason").fill("Once is not enough.")
    plain_page.get_by_role("button", name="Write the decision down").click()
    said(plain_page, "2.3 is not yet met for Nobody Zeal.")
    plain_page.get_by_text("Withdraw it", exact=False).first.click()
    plain_page.get_by_label("Why does it not count?").fill("It was somebody else.")
    plain_page.get_by_role("button", name="Withdraw it").click()
    said(plain_page, "That evidence does not count any more.")
    expect(plain_page.locator("#cell")).to_contain_text("It rests on: evidence that was withdrawn since")


def test_a_unit_is_signed_off_and_reopened(served: Desk, paged: Page, around: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in around.items():
        monkeypatch.setenv(name, value)
    all_met(served.course, "l08")
    served.enter(paged, "results?learner=l08")
    section = paged.locator("#sign-off")
    section.get_by_label("The learner has declared").fill("Signed on paper")
    section.get_by_role("button", name="Write the declaration down").click()
    said(paged, "The declaration is written down.")
    section.get_by_role("button", name="Sign off and lock the unit").click()
    said(paged, "The unit is signed off, and locked.")
    expect(section).to_contain_text("The unit is locked")
    assert violations(paged) == []
    paged.goto(f"{served.base}/desk/results?learner=l08&criterion=1.1")
    expect(paged.get_by_role("button", name="Write the decision down")).to_have_count(0)
    paged.get_by_role("link", name="To the sign-off").click()
    section.get_by_text("Reopen it").click()
    section.get_by_label("Why is it reopened?").fill("A criterion was overlooked.")
    section.get_by_role("button", name="Reopen the unit").click()
    said(paged, "The unit is open again.")
    expect(section).to_contain_text("A criterion was overlooked.")


@pytest.mark.parametrize("where", ["results", "results?learner=l03", "results?criterion=1.1", "results?learner=l03&criterion=1.1"])
def test_anyone_can_use_the_page(served: Desk, paged: Page, where: str) -> None:
    served.enter(paged, where)
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme in schemes:
        paged.emulate_media(color_scheme=scheme)
        assert violations(paged) == []
    for width in (320, 1280):
        fits(paged, width)
        assert violations(paged) == []


def test_on_a_phone_each_learner_is_a_card(served: Desk, paged: Page) -> None:
    served.enter(paged, "results")
    paged.set_viewport_size({"width": 320, "height": 800})
    first = paged.locator(".desk-results tbody tr").first
    tops = first.locator("td").evaluate_all("cells => cells.map((cell) => cell.getBoundingClientRect().top)")
    assert tops == sorted(set(tops)), "one below the other"
    expect(first.get_by_role("link", name="2.2 nothing yet")).to_be_visible()
    assert len(paged.get_by_role("table").get_by_role("row").all()) == 10, "and it is a table still to those who hear it"
    paged.get_by_role("button", name="Show ids").click()
    expect(first.get_by_role("rowheader")).to_have_text("l01")


def test_the_same_as_json(served: Desk, paged: Page, around: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in around.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AUTOGRADE_WHO", "Ruth Osei")
    served.enter(paged)
    assert as_json(paged, served, "results") == plain(data(served.course))
