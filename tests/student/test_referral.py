"""A referral beside the answers on disk: the kernel opens its tasks for its learner alone, and hands in a whole attempt."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Rules
from tests.kinds.conftest import written
from tests.student.test_hand_in import everything
from tests.web.device import MINE, PICK, PRIVATE, STORY, TEXT, toml
from tests.web.test_device import STORY_TOML
from tests.web.test_referral import FIRST, ITEMS, LEARN, OTHER, SECOND, referral
from workbook_helpers.answers import AnswerStore
from workbook_helpers.errors import ContentError, HandInError, PaperError
from workbook_helpers.hand_in import hand_in, receipts
from workbook_helpers.items import Workbook
from workbook_helpers.jupyter.pages.shelf import shelf
from workbook_helpers.jupyter.widgets.session import Session
from workbook_helpers.referral import FILE, Referral, newest, read_referral, referral_of


@pytest.fixture
def workbook(tmp_path: Path) -> Workbook:
    """A workbook whose first attempt lies there, changed since, with a referral beside it."""
    made = written(tmp_path, ITEMS, "progress", "hand-in")
    store = AnswerStore(made.folder, made.id, made.items)
    for name, value in {TEXT: "As it stands now.", PICK: "a", PRIVATE: "A private thought.", MINE: True, LEARN: "a"}.items():
        store.put(name, value)
    put(made, referral())
    return made


NEW = f"{TEXT}@2"


def put(workbook: Workbook, one: Referral, name: str = FILE) -> None:
    path = workbook.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(one.public()), "utf-8")


def known(workbook: Workbook, learner: str) -> None:
    (workbook.folder.parent / "learner.json").write_text(json.dumps({"student": learner}), "utf-8")


def said(session: Session, **message: Any) -> dict[str, Any]:
    reply = session.answer({"n": 1, "language": "en", **message})
    assert reply is not None
    return reply


def save(session: Session, name: str, value: object, was: object, base: int = 0) -> str:
    return str(said(session, do="save", id=name, value=value, base=base, was=was)["do"])


def test_its_learner_gets_the_tasks_with_the_first_answers_and_the_rest_as_handed_in(workbook: Workbook) -> None:
    known(workbook, "ANA01")
    kept = said(Session(workbook.folder), do="open")
    assert kept["referral"] == referral().public()
    assert {name: one["value"] for name, one in kept["answers"].items()} == {
        TEXT: FIRST,
        OTHER: SECOND,
        PICK: "b",
        PRIVATE: "A private thought.",
        LEARN: "a",
    }


def test_what_is_not_open_is_refused_and_the_first_attempt_stays(workbook: Workbook) -> None:
    known(workbook, "ana01")
    session = Session(workbook.folder)
    assert save(session, f"{PICK}@2", "a", "b") == "refused"
    assert save(session, f"{TEXT}@3", "Better.", FIRST) == "refused", "of an attempt that nobody has opened"
    assert save(session, NEW, "Better.", "Not what it begins with.") == "conflict"
    assert save(session, NEW, "Better.", FIRST) == "saved"
    assert save(session, LEARN, "b", "a", 5) == "saved"
    store = AnswerStore(workbook.folder, workbook.id, workbook.items)
    assert (store.get(TEXT).value, store.get(f"{TEXT}@2").value, store.get(PICK).value) == ("As it stands now.", "Better.", "a")
    assert said(Session(workbook.folder), do="open")["answers"][TEXT]["value"] == "Better.", "it lasts"


def test_a_whole_attempt_is_handed_in(workbook: Workbook) -> None:
    known(workbook, "ana01")
    session = Session(workbook.folder)
    save(session, NEW, "Better.", FIRST)
    with pytest.raises(HandInError, match="declaration"):
        hand_in(workbook, "ana01")
    save(session, f"{MINE}@2", True, None)
    receipt = hand_in(workbook, "ana01")
    assert (receipt.attempt, receipt.answered, receipt.total, receipt.unanswered) == (2, 1, 2, ("Explain more.",))
    with zipfile.ZipFile(workbook.folder.parent / "handed-in" / receipt.file) as file:
        manifest, answers = json.loads(file.read("manifest.json")), json.loads(file.read("answers.json"))["answers"]
    assert (manifest["attempt"], manifest["referral"], manifest["about_sha256"]) == (2, "0123456789abcdef", "a" * 64)
    assert {name: one["value"] for name, one in answers.items()} == {TEXT: "Better.", OTHER: SECOND, PICK: "b", MINE: True, LEARN: "a"}
    assert [one.attempt for one in receipts(workbook)] == [2]


def test_somebody_else_works_on_as_before(workbook: Workbook) -> None:
    known(workbook, "ben02")
    kept = said(Session(workbook.folder), do="open")
    assert kept["referral"] is None
    assert kept["answers"][TEXT]["value"] == "As it stands now."
    assert not [text for text in (FIRST, SECOND, "Say whom you would tell.", "ana01") if text in json.dumps(kept)]
    assert kept["notices"] == [{"id": "referral-other", "learner": "ben02", "place": "disk"}], "perhaps the ID was mistyped"
    hand_in(workbook, "ben02")
    assert receipts(workbook)[0].attempt == 1


def answers_of(workbook: Workbook, file: str) -> dict[str, Any]:
    with zipfile.ZipFile(workbook.folder.parent / "handed-in" / file) as made:
        return {name: one["value"] for name, one in json.loads(made.read("answers.json"))["answers"].items()}


@pytest.mark.parametrize(("shown", "typed"), [("ana01", "ana1"), ("ben02", "ana01"), ("", "ana01"), ("", "ben02")])
def test_who_types_another_id_than_the_page_is_for_hands_nothing_in(shown: str, typed: str, workbook: Workbook) -> None:
    if shown:
        known(workbook, shown)
    before = everything(workbook.folder.parent)
    with pytest.raises(PaperError, match=f"kept under {shown}, and you typed {typed}" if shown else "not chosen yet"):
        hand_in(workbook, typed)
    assert everything(workbook.folder.parent) == before
    if shown:
        reply = said(Session(workbook.folder), do="hand-in", learner=typed)
        assert (reply["do"], reply["about"], reply["change"]) == ("problem", "learner", True)


def test_opening_writes_nothing_and_works_where_nothing_can_be_written(workbook: Workbook) -> None:
    said(Session(workbook.folder), do="open")  # the copy has its name from here on
    known(workbook, "ana01")
    before = everything(workbook.folder.parent)
    kept = said(Session(workbook.folder), do="open")
    assert kept["answers"][TEXT] | {"other": None, "tried": None} == {
        "value": FIRST,
        "saved_at": "2026-11-20T10:00:00.000Z",
        "revision": 0,
        "other": None,
        "tried": None,
    }
    assert everything(workbook.folder.parent) == before


def test_a_hand_in_is_whole_also_where_a_task_has_no_new_answer(tmp_path: Path) -> None:
    workbook = written(tmp_path, ITEMS + STORY_TOML, "progress", "hand-in")
    known(workbook, "ana01")
    one = {"item": STORY, "missing": "Go another way."}
    put(workbook, referral(tasks=(one,), answers={STORY: {"value": ["n1.a"]}, PICK: {"value": "gone"}, OTHER: {"value": SECOND}}))
    session = Session(workbook.folder)
    assert STORY not in said(session, do="open")["answers"], "a story is begun again, and not undone"
    save(session, f"{MINE}@2", True, None)
    put(
        workbook,
        referral(tasks=(one, {"item": OTHER, "missing": "x"}), answers=json.loads((workbook.folder / FILE).read_text("utf-8"))["answers"]),
    )
    receipt = hand_in(workbook, "ana01")  # under a referral that no page has seen
    assert answers_of(workbook, receipt.file) == {STORY: ["n1.a"], PICK: "gone", OTHER: SECOND, MINE: True}
    assert (receipt.answered, receipt.total) == (0, 2)


def test_a_page_from_before_the_referral_goes_on_and_what_it_writes_is_found_beside_the_task(workbook: Workbook) -> None:
    (workbook.folder / FILE).rename(workbook.folder.parent / FILE)
    known(workbook, "ana01")
    session = Session(workbook.folder)
    older = said(session, do="open")
    assert (older["referral"], older["aside"]) == (None, {})
    (workbook.folder.parent / FILE).rename(workbook.folder / FILE)
    assert said(session, do="open")["referral"], "another page of the same session has it"
    at = older["answers"][TEXT]
    assert save(session, TEXT, "Typed in the older page.", at["value"], at["revision"]) == "saved"
    kept = said(session, do="open")
    assert kept["answers"][TEXT]["value"] == FIRST
    assert kept["aside"] == {TEXT: "Typed in the older page.", PICK: "a"}
    save(session, f"{MINE}@2", True, None)
    assert answers_of(workbook, hand_in(workbook, "ana01").file)[TEXT] == FIRST


def test_a_page_that_goes_over_to_a_referral_shows_nothing_of_what_stood_there_before(tmp_path: Path, rules: Rules) -> None:
    sure, surer = "w99-s01", "w99-s02"
    scale = (
        'kind = "scale"\npurpose = "record"\nstem = "How sure are you?"\nlow = "Not sure"\nhigh = "Sure"\n'
        'statements = [{ id = "one", text = "I know when to tell." }]\n'
    )
    workbook = written(tmp_path, ITEMS + toml(w99_s01=scale, w99_s02=f'{scale}before = "{sure}"'), "progress", "hand-in")
    store = AnswerStore(workbook.folder, workbook.id, workbook.items)
    for name, value in {TEXT: "As it stands now.", PICK: "a", sure: {"one": 1}}.items():
        store.put(name, value)
    first = {PICK: {"value": "b"}, sure: {"value": {"one": 2}}}
    put(workbook, referral(tasks=({"item": surer, "missing": "Say how sure you are now."},), answers=first))
    known(workbook, "ben02")
    session = Session(workbook.folder)
    bens = said(session, do="open")
    anas = said(session, do="work", learner="ana01")
    shown = rules("on a disk", workbook.book(), [bens, anas])
    assert "The second" in shown[PICK].partition("What else you wrote here")[0], "what was handed in, and not what stands there now"
    assert "The first" in shown[PICK].partition("What else you wrote here")[2]
    assert "Before, you said 2." in shown[surer], "what is closed is looked back at, too"
    assert "How sure you feel · not marked: How sure are you?" in shown["hand-in"], "it is not marked, so it has no number"
    assert "is not for ben02" in rules("on a disk", workbook.book(), [bens])["progress"]


def test_what_was_typed_as_the_referral_came_is_saved_as_what_it_was_and_is_no_new_answer(workbook: Workbook, rules: Rules) -> None:
    (workbook.folder / FILE).rename(workbook.folder.parent / FILE)
    known(workbook, "ana01")
    session = Session(workbook.folder)
    older = said(session, do="open")
    (workbook.folder.parent / FILE).rename(workbook.folder / FILE)
    shown = rules("on a disk", workbook.book(), [older, said(session, do="open")], [TEXT, "Typed a moment before."])
    assert shown["saves"] == TEXT, "to the first attempt"
    assert "Changed 0 of 2" in shown["progress"]
    assert "Not changed yet" in shown[TEXT]


def test_what_looks_back_sees_the_latest_attempt() -> None:
    kept = {"w01-s01": 1, "w01-s01@2": 2, "w01-s01@10": 10, "w01-s01@x": 0, "w01-s02": 3}
    assert (newest(kept, "w01-s01"), newest(kept, "w01-s02"), newest(kept, "w01-s03")) == (10, 3, None)


def test_my_workbooks_know_of_it_until_it_is_handed_in(workbook: Workbook) -> None:
    def asked() -> str | None:
        [card] = shelf(workbook.folder.parent)
        return card.again.id if card.again else None

    assert asked() is None
    known(workbook, "ben02")
    assert asked() is None
    known(workbook, "ana01")
    assert asked() == "0123456789abcdef"
    save(Session(workbook.folder), f"{MINE}@2", True, None)
    hand_in(workbook, "ana01")
    assert asked() is None


def test_where_nobody_is_known_the_page_asks_who_it_is(workbook: Workbook) -> None:
    session = Session(workbook.folder)
    kept = said(session, do="open")
    assert (kept["referral"], kept["asks"]) == (None, True)
    assert said(session, do="work", learner="ana01")["referral"]["id"] == "0123456789abcdef"


def test_the_newest_one_holds_and_what_is_none_is_passed_over(workbook: Workbook) -> None:
    put(workbook, referral(id="1" * 16, attempt=3), "feedback/2026-12-10/referral.json")
    (workbook.folder / "feedback" / "2026-12-11").mkdir()
    (workbook.folder / "feedback" / "2026-12-11" / FILE).write_text("{", "utf-8")
    put(workbook, referral(id="2" * 16, attempt=4, learner="ben02"), "feedback/2026-12-12/referral.json")
    found = referral_of(workbook, "ana01")
    assert found is not None
    assert (found.id, found.attempt) == ("1" * 16, 3)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"attempt": 1}, "attempt"),
        ({"schema": 2}, "schema"),
        ({"form": "workbook-copy"}, "form"),
        ({"tasks": []}, "tasks"),
        ({"tasks": [{"item": TEXT, "missing": "x"}] * 2}, "twice"),
        ({"until": "soon"}, "until"),
        ({"key": "b"}, "key"),
    ],
)
def test_what_is_no_referral_is_told_with_its_field(change: dict[str, Any], where: str, workbook: Workbook) -> None:
    with pytest.raises(ContentError, match=where):
        read_referral(json.dumps(referral().public() | change).encode(), workbook)
    assert read_referral(json.dumps(referral().public()).encode(), workbook) == referral()
