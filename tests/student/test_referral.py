"""A referral beside the answers on disk: the kernel opens its tasks for its learner alone, and hands in a whole attempt."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.kinds.conftest import written
from tests.web.device import MINE, PICK, PRIVATE, TEXT
from tests.web.test_referral import FIRST, ITEMS, LEARN, OTHER, SECOND, referral
from workbook_helpers.answers import AnswerStore
from workbook_helpers.errors import ContentError, HandInError
from workbook_helpers.hand_in import hand_in, receipts
from workbook_helpers.items import Workbook
from workbook_helpers.jupyter.widgets.session import Session
from workbook_helpers.referral import FILE, Referral, read_referral, referral_of


@pytest.fixture
def workbook(tmp_path: Path) -> Workbook:
    """A workbook whose first attempt lies there, changed since, with a referral beside it."""
    made = written(tmp_path, ITEMS, "progress", "hand-in")
    store = AnswerStore(made.folder, made.id, made.items)
    for name, value in {TEXT: "As it stands now.", PICK: "a", PRIVATE: "A private thought.", MINE: True, LEARN: "a"}.items():
        store.put(name, value)
    put(made, referral())
    return made


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
    assert save(session, PICK, "a", "b") == "refused"
    assert save(session, TEXT, "Better.", FIRST) == "saved"
    assert save(session, LEARN, "b", "a", 5) == "saved"
    store = AnswerStore(workbook.folder, workbook.id, workbook.items)
    assert (store.get(TEXT).value, store.get(f"{TEXT}@2").value, store.get(PICK).value) == ("As it stands now.", "Better.", "a")
    assert said(Session(workbook.folder), do="open")["answers"][TEXT]["value"] == "Better.", "it lasts"


def test_a_whole_attempt_is_handed_in(workbook: Workbook) -> None:
    known(workbook, "ana01")
    session = Session(workbook.folder)
    save(session, TEXT, "Better.", FIRST)
    with pytest.raises(HandInError, match="declaration"):
        hand_in(workbook, "ana01")
    save(session, MINE, True, None)
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
    assert not [text for text in (FIRST, SECOND, "Say whom you would tell.") if text in json.dumps(kept)]
    hand_in(workbook, "ben02")
    assert receipts(workbook)[0].attempt == 1


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
