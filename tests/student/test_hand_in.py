"""What is handed in is what the student was shown, the private part stays, and a refusal leaves nothing behind."""

import hashlib
import json
import re
import subprocess
import sys
import time
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from workbook_helpers.answers import AnswerStore
from workbook_helpers.errors import HandInError
from workbook_helpers.hand_in import hand_in, learner_id, receipt_page_name, receipts
from workbook_helpers.items import load_workbook
from workbook_helpers.jupyter.widgets.session import Session

if TYPE_CHECKING:
    from tests.student.conftest import Desk

STEPS = """
[[items]]
id = "w01-q02"
kind = "order"
purpose = "assessed"
points = 2
stem = "In which order?"
steps = [{ id = "one", text = "One." }, { id = "two", text = "Two." }, { id = "three", text = "Three." }]
"""


def files_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def everything(root: Path) -> dict[str, bytes]:
    """Give all files below a folder, locks apart."""
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file() and path.suffix != ".lock"}


def test_the_file_holds_the_answers_a_manifest_and_the_notebook_only(desk: "Desk") -> None:
    workbook = desk.add()
    desk.answer(workbook)
    before = datetime.now(UTC).replace(microsecond=0)
    receipt = hand_in(workbook, " ana01 ")
    files = files_of(desk.root / "handed-in" / receipt.file)
    assert set(files) == {"manifest.json", "answers.json", "w01-small.ipynb"}
    assert files["w01-small.ipynb"] == workbook.notebook.read_bytes()
    answers = json.loads(files["answers.json"])
    assert (answers["schema"], answers["workbook"]) == (1, "w01")
    values = {item: record["value"] for item, record in answers["answers"].items()}
    assert values == {"w01-q01": "b", "w01-t01": "Gwaith – “tŷ” 🙂", "w01-declaration": True}
    digest = hashlib.sha256(files["answers.json"]).hexdigest()
    assert json.loads(files["manifest.json"]) == {
        "schema": 1,
        "workbook": "w01",
        "assignment": "w01-small",
        "student": "ana01",
        "handed_in_at": receipt.handed_in_at,
        "answers_sha256": digest,
        "code": receipt.code,
        "declared": True,
    }
    assert re.fullmatch(r"([0-9A-F]{4}-){2}[0-9A-F]{4}", receipt.code)
    assert receipt.code.replace("-", "").lower() == digest[:12]
    assert before <= datetime.fromisoformat(receipt.handed_in_at) <= datetime.now(UTC)


def test_a_private_answer_stays_in_the_folder(desk: "Desk") -> None:
    workbook = desk.add()
    desk.answer(workbook)
    receipt = hand_in(workbook, "ana01")
    assert desk.private in AnswerStore(workbook.folder, "w01").get("w01-r01").value
    left = files_of(desk.root / "handed-in" / receipt.file)
    assert b"w01-r01" not in left["answers.json"]
    for content in (*left.values(), *(path.read_bytes() for path in desk.handed_in)):
        assert desk.private.encode() not in content
        assert b"afraid" not in content


def test_the_receipt_names_what_was_not_answered_and_is_found_again(desk: "Desk") -> None:
    workbook = desk.add()
    with (workbook.folder / "items.toml").open("a", encoding="utf-8") as file:
        file.write(STEPS)
    workbook = load_workbook(workbook.folder)
    desk.answer(workbook, q01="a", q02=["one"], t01="  \n", declaration=True)
    receipt = hand_in(workbook, "ana01")
    assert (receipt.answered, receipt.total, receipt.unanswered, receipt.through) == (1, 3, ("Why is that so?",), "file")
    assert receipt.started == ("In which order?",)
    assert json.loads(files_of(desk.root / "handed-in" / receipt.file)["answers.json"])["answers"]["w01-q02"]["value"] == ["one"]
    assert receipts(workbook) == (receipt,)
    assert {path.name for path in desk.handed_in} == {receipt.file, receipt_page_name(receipt), receipt.file.replace(".zip", ".json")}
    page = (desk.root / "handed-in" / receipt_page_name(receipt)).read_text("utf-8")
    for shown in (
        receipt.code,
        "ana01",
        "A small workbook",
        "1 of 3 marked questions, and 1 started",
        "Why is that so?",
        "In which order?",
    ):
        assert shown in page
    assert "Which of these?" not in page
    assert page.index("Next step: give the file to your tutor.") < page.index("Save the file") < page.index("<dl>")
    assert not re.findall(r"https?://", page)
    assert learner_id(workbook) == "ana01"


@pytest.mark.skipif(sys.platform == "win32", reason="no process can change its time zone there")
@pytest.mark.parametrize(("zone", "said"), [("Etc/UTC", "(UTC)"), ("Etc/GMT-1", "(UTC+0100)")])  # POSIX turns the sign round
def test_the_receipt_names_the_time_zone(desk: "Desk", monkeypatch: pytest.MonkeyPatch, zone: str, said: str) -> None:
    workbook = desk.add()
    desk.answer(workbook)
    with monkeypatch.context() as patch:
        patch.setenv("TZ", zone)
        time.tzset()
        receipt = hand_in(workbook, "ana01")
    time.tzset()
    assert said in (desk.root / "handed-in" / receipt_page_name(receipt)).read_text("utf-8")


def test_a_second_hand_in_gives_a_second_receipt(desk: "Desk") -> None:
    workbook = desk.add()
    desk.answer(workbook)
    first = hand_in(workbook, "ana01")
    time.sleep(1.05)  # receipts are named by the second
    desk.answer(workbook, q01="a")
    second = hand_in(workbook, "ana01")
    assert receipts(workbook) == (first, second)
    assert first.code != second.code
    assert len(desk.handed_in) == 6
    assert json.loads(files_of(desk.root / "handed-in" / first.file)["answers.json"])["answers"]["w01-q01"]["value"] == "b"


def test_markup_in_a_title_or_a_stem_is_shown_not_run(desk: "Desk") -> None:
    workbook = desk.add(title="<script>alert(1)</script> & co", stem='<img src=x onerror="alert(2)"> Which?')
    desk.answer(workbook, t01="Because.", declaration=True)
    page = (desk.root / "handed-in" / receipt_page_name(hand_in(workbook, "ana01"))).read_text("utf-8")
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; co" in page
    assert "&lt;img src=x" in page


@pytest.mark.parametrize(
    "student",
    [
        pytest.param("", id="nothing"),
        pytest.param("  \t", id="spaces"),
        pytest.param("ana\n01", id="line"),
        pytest.param("ana\x00", id="nul"),
        pytest.param("ana\ud800", id="half-a-letter"),
        pytest.param("a" * 129, id="too-long"),
    ],
)
def test_an_odd_learner_id_is_refused_with_nothing_written(desk: "Desk", student: str) -> None:
    workbook = desk.add()
    desk.answer(workbook)
    before = everything(desk.root)
    with pytest.raises(HandInError, match="learner ID"):
        hand_in(workbook, student)
    assert everything(desk.root) == before


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (r"COLLEGE\jsmith", r"COLLEGE\jsmith"),
        ("jane.o'neill@care.ac.uk", "jane.o'neill@care.ac.uk"),
        ("jane+care@care.ac.uk", "jane+care@care.ac.uk"),
        ("e\u0301milie\u200e ", "\u00e9milie"),
        ("../ana 01", "../ana 01"),
        ("<b>ana</b>", "<b>ana</b>"),
        ("a" * 128, "a" * 128),
    ],
)
def test_any_id_on_one_line_is_handed_in(desk: "Desk", monkeypatch: pytest.MonkeyPatch, typed: str, kept: str) -> None:
    workbook = desk.add()
    desk.answer(workbook)
    monkeypatch.setenv("JUPYTERHUB_USER", typed)
    receipt = hand_in(workbook, learner_id(workbook))
    assert json.loads(files_of(desk.root / "handed-in" / receipt.file)["manifest.json"])["student"] == receipt.student == kept
    assert "<b>ana" not in (desk.root / "handed-in" / receipt_page_name(receipt)).read_text("utf-8")
    assert [path.parent.name for path in desk.handed_in] == ["handed-in"] * 3


@pytest.mark.parametrize(
    ("values", "told"),
    [
        pytest.param({"q01": "a"}, "tick the declaration", id="declaration-not-touched"),
        pytest.param({"q01": "a", "declaration": False}, "tick the declaration", id="declaration-taken-back"),
        pytest.param({"q01": "a", "declaration": "yes"}, "tick the declaration", id="declaration-malformed"),
        pytest.param(None, "nothing to hand in yet", id="no-answers"),
    ],
)
def test_what_is_not_ready_is_refused_with_nothing_written(desk: "Desk", values: dict[str, Any] | None, told: str) -> None:
    workbook = desk.add()
    if values:
        desk.answer(workbook, **values)
    before = everything(desk.root)
    with pytest.raises(HandInError, match=told):
        hand_in(workbook, "ana01")
    assert everything(desk.root) == before


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"schema": 1, "workbook": "w02", "answers": {}}'])
def test_a_damaged_answers_file_is_told(desk: "Desk", damage: bytes) -> None:
    workbook = desk.add()
    (workbook.folder / "answers.json").write_bytes(damage)
    with pytest.raises(HandInError, match="could not be handed in: the file that holds them cannot be read"):
        hand_in(workbook, "ana01")
    assert not desk.handed_in


@pytest.mark.parametrize("damage", [b"", b"{", None], ids=["cut", "half", "missing"])
def test_a_hand_in_holds_what_the_page_shows_after_damage(desk: "Desk", damage: bytes | None) -> None:
    workbook = desk.add()
    desk.answer(workbook)
    path = workbook.folder / "answers.json"
    path.unlink()
    if damage is not None:
        path.write_bytes(damage)
    shown = {name: one.value for name, one in AnswerStore(workbook.folder, "w01").saved().items()}
    receipt = hand_in(workbook, "ana01")
    handed = json.loads(files_of(desk.root / "handed-in" / receipt.file)["answers.json"])
    assert {item: record["value"] for item, record in handed["answers"].items()} == {i: v for i, v in shown.items() if i != "w01-r01"}
    assert "mended" not in handed


def test_a_version_that_was_put_aside_is_not_handed_in(desk: "Desk") -> None:
    workbook = desk.add()
    desk.answer(workbook)
    path = workbook.folder / "answers.json"
    older = path.read_bytes()
    desk.answer(workbook, r01=desk.private + " More.", t01="Newer.")
    path.write_bytes(older)
    receipt = hand_in(workbook, "ana01")
    assert b"More." not in files_of(desk.root / "handed-in" / receipt.file)["answers.json"]


def test_text_that_no_page_wrote_does_not_stop_a_hand_in(desk: "Desk") -> None:
    workbook = desk.add()
    desk.answer(workbook)
    path = workbook.folder / "answers.json"
    path.write_text(path.read_text("utf-8").replace("Gwaith", r"\ud800"), "utf-8")
    receipt = hand_in(workbook, "ana01")
    answers = json.loads(files_of(desk.root / "handed-in" / receipt.file)["answers.json"])["answers"]
    assert answers["w01-t01"]["value"].startswith("\ud800")
    assert receipt.unanswered == ()  # the sign that is half of one counts as any other


def test_a_folder_that_cannot_be_written_is_told_in_one_line(desk: "Desk") -> None:
    workbook = desk.add()
    desk.answer(workbook)
    (desk.root / "handed-in").write_text("a file where the folder should be")
    before = everything(desk.root)
    with pytest.raises(HandInError) as caught:
        hand_in(workbook, "ana01")
    assert str(caught.value).startswith("Nothing was handed in: the folder cannot be written to (")
    assert "\n" not in str(caught.value)
    assert "Errno" not in str(caught.value)
    after = everything(desk.root)
    after.pop("learner.json", None)
    assert after == before
    assert receipts(workbook) == ()


@pytest.mark.parametrize("limit", [pytest.param(300, id="before-the-file-is-whole"), pytest.param(3000, id="before-the-receipt-is-whole")])
def test_a_full_disk_leaves_no_half_hand_in(desk: "Desk", limit: int) -> None:
    workbook = desk.add()
    desk.answer(workbook)
    code = (
        "import resource, signal, sys; from pathlib import Path; from workbook_helpers.hand_in import hand_in\n"
        "from workbook_helpers.errors import HandInError; from workbook_helpers.items import load_workbook\n"
        "workbook, limit = load_workbook(Path(sys.argv[1])), int(sys.argv[2])\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))\n"
        "try: hand_in(workbook, 'ana01')\n"
        "except HandInError as error: print('told:', error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(workbook.folder), str(limit)], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("told: Nothing was handed in: the folder cannot be written to (File too large)")
    assert desk.handed_in == []
    assert receipts(workbook) == ()


@pytest.mark.parametrize(
    "record",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b"[" * 100_000,
        json.dumps({"handed_in_at": 5}).encode(),
        json.dumps({"handed_in_at": "yesterday"}).encode(),
        json.dumps({"file": None}).encode(),
        json.dumps({"unanswered": 3}).encode(),
    ],
)
def test_what_is_no_receipt_is_passed_over(desk: "Desk", record: bytes) -> None:
    workbook = desk.add()
    desk.answer(workbook)
    receipt = hand_in(workbook, "ana01")
    good = json.loads((desk.root / "handed-in" / receipt.file.replace(".zip", ".json")).read_bytes())
    strange = json.dumps(good | json.loads(record)).encode() if record.startswith(b'{"') else record
    (desk.root / "handed-in" / "w01-small-20990101-000000-0000-0000-0000.json").write_bytes(strange)
    assert receipts(workbook) == (receipt,)


@pytest.mark.parametrize("written", [b"", b"[]", b"[" * 200_000, b"{}", b'{"student": 5}', b'{"student": "a\\nb"}', b"\xff"])
def test_a_strange_learner_file_names_nobody(desk: "Desk", written: bytes) -> None:
    workbook = desk.add()
    assert learner_id(workbook) == ""
    (desk.root / "learner.json").write_bytes(written)
    assert learner_id(workbook) == ""


def test_a_hub_knows_the_learner(desk: "Desk", monkeypatch: pytest.MonkeyPatch) -> None:
    workbook = desk.add()
    desk.answer(workbook)
    hand_in(workbook, "ana01")
    monkeypatch.setenv("JUPYTERHUB_USER", "ben02")
    assert learner_id(workbook) == "ben02"


@pytest.mark.parametrize("broken", [False, True], ids=["saved-by-a-lab", "cut-off"])
def test_a_private_answer_that_a_lab_saved_into_the_notebook_stays(desk: "Desk", broken: bool) -> None:
    workbook = desk.add()
    desk.answer(workbook)
    notebook = json.loads(workbook.notebook.read_bytes())
    notebook["cells"][3]["outputs"] = [{"output_type": "display_data", "metadata": {}, "data": {"text/html": f"<p>{desk.private}"}}]
    workbook.notebook.write_text(json.dumps(notebook)[: -1 if broken else None], "utf-8")
    before = workbook.notebook.read_bytes()
    files = files_of(desk.root / "handed-in" / hand_in(workbook, "ana01").file)
    assert not any(desk.private.encode() in data for data in files.values())
    assert workbook.notebook.read_bytes() == before
    cells = json.loads(files["w01-small.ipynb"])["cells"]
    sources = [cell["source"] for cell in cells]
    assert sources == ([] if broken else [cell["source"] for cell in notebook["cells"]])


def test_each_answer_says_which_questions_it_was_given_to(desk: "Desk") -> None:
    workbook = desk.add()
    desk.answer(workbook)
    old = workbook.release
    session = Session(workbook.folder)
    items = workbook.folder / "items.toml"
    items.write_text(items.read_text("utf-8") + "\n# Given out again, while the page stays open.\n", "utf-8")
    base = AnswerStore(workbook.folder, workbook.id).get("w01-q01").revision
    saved = session.answer({"do": "save", "n": 1, "id": "w01-q01", "value": "a", "base": base, "was": "b"})
    assert saved is not None
    assert saved["do"] == "saved"
    answers = json.loads(files_of(desk.root / "handed-in" / hand_in(workbook, "ana01").file)["answers.json"])
    assert answers["release"] == workbook.release != old
    assert {name: record.get("release") for name, record in answers["answers"].items()} == {
        "w01-q01": old,
        "w01-t01": None,
        "w01-declaration": None,
    }


def test_an_answer_to_an_item_that_is_no_more_stays(desk: "Desk") -> None:
    workbook = desk.add()
    desk.answer(workbook)
    AnswerStore(workbook.folder, workbook.id).put("w01-r09", desk.private)
    files = files_of(desk.root / "handed-in" / hand_in(workbook, "ana01").file)
    assert "w01-r09" not in json.loads(files["answers.json"])["answers"]


def test_a_disk_that_fills_up_after_the_exchange_took_it_does_not_deny_it(desk: "Desk", monkeypatch: pytest.MonkeyPatch) -> None:
    workbook = desk.add()
    desk.answer(workbook)

    def submit_then_full(_stage: Path) -> bool:
        def full(*_: Any) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(sys.modules["workbook_helpers.hand_in"], "write_file", full)
        return True

    receipt = hand_in(workbook, "ana01", submit_then_full)
    assert receipt.through == "exchange"
    assert [kept.code for kept in receipts(workbook)] == [receipt.code]
    assert {path.suffix for path in desk.handed_in} == {".zip", ".json", ".html"}
