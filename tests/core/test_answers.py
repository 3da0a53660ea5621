"""No answer that was acknowledged is ever lost, and no file is ever trusted."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import ROOT, asked
from workbook_helpers.answers import MAX_BYTES, Answer, AnswerStore, Conflict, Mended, Saved, read_sheet
from workbook_helpers.answers import store as store_module
from workbook_helpers.answers.sheet import parse_sheet
from workbook_helpers.errors import SaveError
from workbook_helpers.files import read_file, write_file
from workbook_helpers.items import KINDS, Item, load_workbook
from workbook_helpers.items.kinds.scenario import Scenario
from workbook_helpers.jupyter.widgets.session import Session

ITEMS: dict[str, Item] = {
    "w01-q01": KINDS["single"].model_validate(
        {
            "id": "w01-q01",
            "kind": "single",
            "purpose": "assessed",
            "points": 1,
            "stem": "?",
            "options": [{"id": "a", "text": "A"}, {"id": "b", "text": "B"}],
        }
    ),
    "w01-t01": KINDS["written"].model_validate(
        {"id": "w01-t01", "kind": "written", "purpose": "assessed", "points": 10, "stem": "?", "words": 50}
    ),
}


def values(store: AnswerStore) -> dict[str, Any]:
    return {name: one.value for name, one in store.saved().items()}


def test_save_then_load_is_the_identity(tmp_path: Path) -> None:
    text = 'Gwasanaeth – “tŷ” 🙂\n\n\ttab, \\ and "quotes" \u2028 end'
    saved = AnswerStore(tmp_path, "w01").put("w01-t01", text)
    assert isinstance(saved, Saved)
    assert AnswerStore(tmp_path, "w01").get("w01-t01") == saved
    sheet = read_sheet(tmp_path / "answers.json", ITEMS, "w01")
    assert (sheet.value("w01-t01"), sheet.problem) == (text, "")


def test_an_answer_stays_one_to_the_question_that_it_was_given_to(tmp_path: Path) -> None:
    def kept() -> dict[str, str]:
        return dict(read_sheet(tmp_path / "answers.json", ITEMS, "w01").releases)

    first, later = (AnswerStore(tmp_path, "w01", release=name) for name in ("aa11", "bb22"))
    first.put("w01-q01", "a")
    later.put("w01-t01", "Because.")
    assert kept() == {"w01-q01": "aa11", "w01-t01": "bb22"}
    later.put("w01-q01", "a")
    assert kept()["w01-q01"] == "aa11", "sent once more, it is the same answer"
    later.put("w01-q01", "b")
    assert kept()["w01-q01"] == "bb22"
    AnswerStore(tmp_path, "w01").put("w01-q01", "a")
    assert "w01-q01" not in kept(), "whoever does not know it says nothing"


@pytest.mark.parametrize("release", [None, 7, "", "a b", "x" * 65, ["aa11"], {"aa11": 1}], ids=repr)
def test_what_is_no_release_is_none(release: Any) -> None:
    sheet = parse_sheet(json.dumps(document(w01_q01={"value": "a", "release": release}, w01_t01=release)).encode(), ITEMS, "w01")
    assert (sheet.value("w01-q01"), dict(sheet.releases)) == ("a", {})


def test_a_count_of_attempts_in_an_older_file_does_no_harm(tmp_path: Path) -> None:
    record = {"value": "old", "saved_at": "2026-11-19T10:00:00+00:00", "revision": 1, "attempts": "many"}
    document = {"schema": 1, "workbook": "w01", "revision": 1, "answers": {"w01-t01": record}}
    (tmp_path / "answers.json").write_text(json.dumps(document))
    assert isinstance(
        AnswerStore(tmp_path, "w01").put("w01-t01", "new", base=Saved(value="old", saved_at="2026-11-19T10:00:00+00:00", revision=1)), Saved
    )
    assert "attempts" not in json.loads((tmp_path / "answers.json").read_text())["answers"]["w01-t01"]


TRIED = {"n": 2, "first": ["a"], "checked": True, "shown": False}


def test_how_practice_went_is_kept_beside_the_answer_and_disturbs_nothing(tmp_path: Path) -> None:
    store = AnswerStore(tmp_path, "w01", ITEMS)
    saved = store.put("w01-q01", "a", base=Saved())
    assert isinstance(saved, Saved)
    store.keep_tried("w01-q01", TRIED, saved.revision)
    assert AnswerStore(tmp_path, "w01").get("w01-q01") == saved  # value, time and revision
    assert store.get("w01-q01").tried == TRIED
    again = store.put("w01-q01", "a", base=saved)
    assert isinstance(again, Saved)
    assert again.tried == TRIED
    other = store.put("w01-q01", "b", base=again)
    assert isinstance(other, Saved)
    assert other.tried == TRIED | {"checked": False}  # it was another answer
    store.keep_tried("w01-q01", TRIED, again.revision)  # said of what stood there before
    assert store.get("w01-q01").tried == TRIED | {"checked": False}
    store.keep_tried("w01-t01", TRIED, 0)
    assert store.get("w01-t01") == Saved()
    (tmp_path / "answers.json").unlink()
    assert AnswerStore(tmp_path, "w01").get("w01-q01").tried == TRIED | {"checked": False}  # in the last good copy as well


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (None, None),
        ({}, None),
        (TRIED | {"n": 0}, None),
        (TRIED | {"n": True}, None),
        (TRIED | {"first": "a"}, None),
        (TRIED | {"checked": 1}, None),
        (TRIED | {"first": ["a", 7, "x" * 101], "more": "x"}, TRIED),
    ],
)
def test_what_does_not_say_how_practice_went_is_not_kept(given: Any, kept: Any, tmp_path: Path) -> None:
    store = AnswerStore(tmp_path, "w01")
    saved = store.put("w01-q01", "a")
    assert isinstance(saved, Saved)
    store.keep_tried("w01-q01", given, saved.revision)
    assert store.get("w01-q01").tried == kept
    document = json.loads((tmp_path / "answers.json").read_text())
    document["answers"]["w01-q01"]["tried"] = given  # whatever wrote it
    (tmp_path / "answers.json").write_text(json.dumps(document))
    assert AnswerStore(tmp_path, "w01").get("w01-q01").tried == kept


def test_a_second_window_does_not_overwrite_the_first(tmp_path: Path) -> None:
    first, second = AnswerStore(tmp_path, "w01"), AnswerStore(tmp_path, "w01")
    saved = first.put("w01-t01", "from the first window", base=Saved())
    second.put("w01-q01", "a", base=Saved())
    assert first.get("w01-t01") == saved
    outcome = second.put("w01-t01", "from the second window", base=Saved())
    assert isinstance(outcome, Conflict)
    assert outcome.current == saved
    assert first.get("w01-t01").value == "from the first window"
    kept = second.put("w01-t01", "from the second window", base=outcome.current)
    assert isinstance(kept, Saved)
    assert first.get("w01-t01").value == "from the second window"


def test_the_same_value_is_no_conflict(tmp_path: Path) -> None:
    store = AnswerStore(tmp_path, "w01")
    store.put("w01-q01", "a", base=Saved())
    assert isinstance(store.put("w01-q01", "a", base=Saved()), Saved)


def test_the_same_revision_with_another_text_is_a_conflict(tmp_path: Path) -> None:
    store = AnswerStore(tmp_path, "w01")
    seen = store.put("w01-t01", "as the page knows it")
    assert isinstance(seen, Saved)
    store.path.write_text(store.path.read_text("utf-8").replace("as the page knows it", "from a synchronised folder"), "utf-8")
    outcome = store.put("w01-t01", "as the page knows it, and more", base=seen)
    assert isinstance(outcome, Conflict)
    assert outcome.current.value == "from a synchronised folder"


@pytest.mark.parametrize("damage", [b"", b'{"answers": {"w01', b"\x00" * 900, None], ids=["cut", "half", "zeros", "missing"])
def test_after_damage_nothing_acknowledged_is_lost_and_the_student_is_told(tmp_path: Path, damage: bytes | None) -> None:
    store = AnswerStore(tmp_path, "w01")
    store.put("w01-q01", "a")
    last = store.put("w01-t01", "the whole essay")
    assert isinstance(last, Saved)
    assert store.kept().mended is None
    if damage is None:
        store.path.unlink()
    else:
        store.path.write_bytes(damage)
    assert store.get("w01-t01") == last
    assert store.kept().mended == Mended(since=last.saved_at)
    assert isinstance(store.put("w01-q01", "b", base=store.get("w01-q01")), Saved)
    assert values(AnswerStore(tmp_path, "w01")) == {"w01-q01": "b", "w01-t01": "the whole essay"}
    assert store.kept().mended == Mended(since=last.saved_at)
    store.seen()
    assert store.kept().mended is None


def test_damage_without_a_copy_is_told(tmp_path: Path) -> None:
    store = AnswerStore(tmp_path, "w01")
    assert store.kept().mended is None
    store.path.write_bytes(b"")
    assert store.kept().mended == Mended(since="")
    store.put("w01-q01", "a")
    assert store.kept().mended == Mended(since="")


def test_the_files_of_another_workbook_are_set_aside_and_what_is_saved_can_be_handed_in(tmp_path: Path) -> None:
    AnswerStore(tmp_path, "w01").put("w01-q01", "a")
    others = (tmp_path / "answers.json").read_bytes()
    store = AnswerStore(tmp_path, "w02")
    assert store.kept().mended == Mended(since="")
    store.put("w02-q01", "b")
    assert values(store) == {"w02-q01": "b"}
    assert not read_sheet(store.path, {}, "w02").problem
    assert [path.read_bytes() for path in tmp_path.glob("answers.damaged-*.json")] == [others]


def test_an_older_file_in_its_place_gives_nothing_up_before_the_student_has_chosen(tmp_path: Path) -> None:
    store = AnswerStore(tmp_path, "w01")
    assert store.kept().copy
    store.put("w01-t01", "one")
    older = store.path.read_bytes()
    newer = store.put("w01-t01", "one two three, the whole essay")
    assert isinstance(newer, Saved)
    store.put("w01-q01", "b")
    store.path.write_bytes(older)
    for _ in range(2):
        found = store.get("w01-t01")
        assert (found.value, found.other) == ("one", newer)
        store.put("w01-x01", "something else meanwhile")  # which also writes the last good copy anew
    assert store.get("w01-q01").other is not None
    assert b"whole essay" not in store.public()
    kept = store.put("w01-t01", newer.value, base=store.get("w01-t01"))
    assert isinstance(kept, Saved)
    assert kept.revision > newer.revision
    assert AnswerStore(tmp_path, "w01").get("w01-t01") == kept
    assert store.get("w01-t01").other is None


def test_a_kill_between_the_file_and_its_copy_asks_nothing(tmp_path: Path) -> None:
    store = AnswerStore(tmp_path, "w01")
    store.put("w01-t01", "one")
    before = tmp_path.joinpath("answers.last-good.json").read_bytes()
    store.put("w01-t01", "one two")
    tmp_path.joinpath("answers.last-good.json").write_bytes(before)
    assert store.get("w01-t01").other is None
    assert store.kept().mended is None


def test_a_save_in_another_window_while_the_file_is_read_asks_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = AnswerStore(tmp_path, "w01"), AnswerStore(tmp_path, "w01")
    one.put("w01-t01", "one")

    def read_and_wait(path: Path, limit: int) -> bytes:
        found = read_file(path, limit)
        monkeypatch.undo()
        two.put("w01-t01", "one two")
        return found

    monkeypatch.setattr(store_module, "read_file", read_and_wait)
    found = one.get("w01-t01")
    assert (found.value, found.other) == ("one two", None)


def test_a_marked_story_goes_on_and_never_back(tmp_path: Path) -> None:
    item = load_workbook(ROOT / "workbooks" / "w99-gallery").items["w99-scenario-q"]
    assert isinstance(item, Scenario)
    first, other = [f"{item.start}.{choice.id}" for choice in item.nodes[0].choices[:2]]
    one, two = (AnswerStore(tmp_path, "w99", {item.id: item}) for _ in range(2))
    one.put(item.id, [])
    older = one.path.read_bytes()
    taken = one.put(item.id, [first], base=one.get(item.id))
    assert isinstance(taken, Saved)
    for base in (None, Saved(value=[], revision=1), taken):
        for path in ([other], [], None):
            assert two.put(item.id, path, base=base) == Conflict(current=taken, final=True)
    one.path.write_bytes(older)  # neither by an older file
    assert two.get(item.id).value == [first]
    assert item.goes_on_from([first], [first, "anything.next"])


def test_a_copy_has_a_birth_id_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    born = AnswerStore(tmp_path / "mine", "w01").kept().copy
    assert re.fullmatch("[0-9a-f]{16}", born)
    AnswerStore(tmp_path / "mine", "w01").put("w01-q01", "a")
    assert AnswerStore(tmp_path / "mine", "w01").kept().copy == born
    shutil.copytree(tmp_path / "mine", tmp_path / "moved")
    assert AnswerStore(tmp_path / "moved", "w01").kept().copy == born
    shutil.rmtree(tmp_path / "mine")
    (tmp_path / "mine").mkdir()
    assert AnswerStore(tmp_path / "mine", "w01").kept().copy != born


def test_what_a_synchronising_program_leaves_is_named_and_never_read(tmp_path: Path) -> None:
    store = AnswerStore(tmp_path, "w01")
    store.put("w01-q01", "a")
    store.path.write_bytes(b"")
    store.put("w01-q01", "b")  # sets a damaged file aside
    names = [
        "answers (1).json",
        "answers (conflicted copy 2026-11-02).json",
        "answers-LAPTOP.json",
        "answers.sync-conflict-20261102-1.json",
    ]
    for name in names:
        (tmp_path / name).write_text(json.dumps(document(w01_q01={"value": "from elsewhere"})))
    assert [name for name, _ in store.strangers()] == names
    assert values(store) == {"w01-q01": "b"}


def test_half_a_letter_in_the_file_does_not_stop_saving(tmp_path: Path) -> None:
    store = AnswerStore(tmp_path, "w01")
    store.path.write_text(json.dumps(document(w01_t01={"value": "\ud800"})))
    assert isinstance(store.put("w01-q01", "a"), Saved)
    assert store.get("w01-t01").value == "\ud800"


WRONG = [b'{"schema": 1, "workbook": "w02", "answers": {}}', b'{"schema": 2, "workbook": "w01", "answers": {}}']
"""Files of another workbook, and of a program that is not known here."""


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"schema": 1, "workbook": "w01", "answers": {"w01-q01": 3}}', b"\xff\xfe", *WRONG])
def test_a_damaged_file_is_set_aside_and_the_last_good_copy_used(tmp_path: Path, damage: bytes) -> None:
    store = AnswerStore(tmp_path, "w01")
    store.put("w01-q01", "a")
    store.put("w01-t01", "kept")
    store.put("w01-q01", "b")
    store.path.write_bytes(damage)
    assert store.get("w01-t01").value == "kept"
    store.put("w01-q01", "a")
    assert values(AnswerStore(tmp_path, "w01")) == {"w01-q01": "a", "w01-t01": "kept"}
    assert [path.read_bytes() for path in tmp_path.glob("answers.damaged-*.json")] == [damage]


def test_a_folder_that_cannot_be_written_is_told_and_nothing_lost(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    store = AnswerStore(tmp_path / "file" / "workbook", "w01")
    with pytest.raises(SaveError, match="folder cannot be used"):
        store.put("w01-q01", "a")


@pytest.mark.parametrize("name", ["none/a.json", "there"])
def test_where_a_file_cannot_be_written_that_file_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "there").mkdir()
    with pytest.raises(OSError, match=name) as told:
        write_file(tmp_path / name, b"{}")
    assert told.value.filename == str(tmp_path / name)
    assert not [*tmp_path.glob(".part-*")]


def test_a_full_disk_leaves_the_old_answers(tmp_path: Path) -> None:
    if os.name == "nt":
        pytest.fail("this test needs a POSIX file size limit")
    AnswerStore(tmp_path, "w01").put("w01-q01", "a")
    code = (
        "import resource, signal, sys; from pathlib import Path; from workbook_helpers.answers import AnswerStore\n"
        "from workbook_helpers.errors import SaveError\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (400, 400))\n"
        "try: AnswerStore(Path(sys.argv[1]), 'w01').put('w01-t01', 'x' * 5000)\n"
        "except SaveError as error: print('told:', error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert "told: the folder cannot be used" in done.stdout
    assert values(AnswerStore(tmp_path, "w01")) == {"w01-q01": "a"}
    assert not list(tmp_path.glob(".part-*"))


def test_a_lock_held_elsewhere_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_module, "LOCK_TIMEOUT_S", 0.1)
    with FileLock(tmp_path / ".answers.lock"), pytest.raises(SaveError, match="another window is saving"):
        AnswerStore(tmp_path, "w01").put("w01-q01", "a")


WRITER = """
import sys
from pathlib import Path
from workbook_helpers.answers import AnswerStore
store = AnswerStore(Path(sys.argv[1]), "w01")
n = 0
while True:
    n += 1
    store.put("w01-t01", "word " * n)
    print(n, flush=True)
"""


@pytest.mark.parametrize("delay_ms", [3, 7, 11, 16, 22, 30])
def test_kill_9_at_any_point_loses_nothing_acknowledged(tmp_path: Path, delay_ms: int) -> None:
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    writer.stdout.readline()  # it has begun
    time.sleep(delay_ms / 1000)
    writer.send_signal(signal.SIGKILL)
    acknowledged = [int(line) for line in writer.stdout.read().split()]
    writer.wait(timeout=10)
    writer.stdout.close()
    found = len(AnswerStore(tmp_path, "w01").get("w01-t01").value.split())
    assert found >= (acknowledged or [1])[-1]
    AnswerStore(tmp_path, "w01").put("w01-q01", "a")


def document(**answers: Any) -> dict[str, Any]:
    return {"schema": 1, "workbook": "w01", "revision": 1, "answers": {key.replace("_", "-"): value for key, value in answers.items()}}


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        pytest.param(b"not json", "is not JSON", id="not-json"),
        pytest.param(b"[" * 200_000, "nested too deeply", id="deep"),
        pytest.param(b'{"answers": ' * 5000, "", id="deep-objects"),
        pytest.param(b"[]", "does not have the form", id="list"),
        pytest.param(b'{"answers": []}', "does not have the form", id="answers-list"),
        pytest.param(b'{"answers": {}, "schema": 9}', "a version", id="newer"),
        pytest.param(b'{"answers": {}, "schema": 1, "workbook": "w02"}', "another workbook", id="other-workbook"),
        pytest.param(b"\xff\xff", "is not JSON", id="not-text"),
        pytest.param(b'{"answers": {}, "schema": 1, "workbook": NaN}', "another workbook", id="nan"),
    ],
)
def test_a_strange_file_is_a_problem_not_an_exception(raw: bytes, problem: str) -> None:
    sheet = parse_sheet(raw, ITEMS, "w01")
    assert sheet.problem
    assert problem in sheet.problem
    assert not sheet.answers


def test_strange_answers_are_told_one_by_one() -> None:
    strange = document(
        w01_q01={"value": "z"}, w01_t01={"value": "fine", "saved_at": "yesterday", "attempts": -5}, w01_q99={"value": 1}, other=None
    )
    sheet = parse_sheet(json.dumps(strange).encode(), ITEMS, "w01")
    assert set(sheet.answers) == {"w01-t01"}
    assert sheet.answers["w01-t01"].saved_at == ""
    assert "option" in sheet.unreadable["w01-q01"]
    assert sheet.oddities == ("2 answers to items that this workbook does not have were left out",)


@pytest.mark.parametrize(
    ("saved", "read"),
    [
        ("2026-11-19T10:00:00+00:00", "2026-11-19T10:00:00+00:00"),
        ("2026-11-19T10:00:00", "2026-11-19T10:00:00"),
        ("9999-12-31T23:59:59-01:00", ""),
        ("9999-12-31T23:59:59", ""),
        ("0001-01-01T00:00:00+23:59", ""),
        ("0001-01-01T00:00:00", ""),
        (5, ""),
        (None, ""),
    ],
)
def test_a_saved_time_is_one_wherever_a_clock_stands_or_none(saved: Any, read: str) -> None:
    assert Answer(value="a", time=saved).saved_at == read


def test_a_file_of_50_mb_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "answers.json"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    assert "50 MB" in read_sheet(path, ITEMS, "w01").problem
    assert path.stat().st_size > MAX_BYTES


def test_no_file_a_folder_and_a_link(tmp_path: Path) -> None:
    assert "no answers file" in read_sheet(tmp_path / "answers.json", ITEMS, "w01").problem
    (tmp_path / "answers.json").mkdir()
    assert "not a plain file" in read_sheet(tmp_path / "answers.json", ITEMS, "w01").problem
    (tmp_path / "real.json").write_text(json.dumps(document()))
    (tmp_path / "link.json").symlink_to(tmp_path / "real.json")
    assert "not a plain file" in read_sheet(tmp_path / "link.json", ITEMS, "w01").problem


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda kids: st.lists(kids) | st.dictionaries(st.text(), kids),
    max_leaves=8,
)


@given(ANYTHING, ANYTHING)
def test_no_json_makes_reading_fail(single: Any, written: Any) -> None:
    sheet = parse_sheet(json.dumps(document(w01_q01={"value": single}, w01_t01=written)).encode(), ITEMS, "w01")
    assert set(sheet.answers).isdisjoint(sheet.unreadable)
    assert len(sheet.answers) + len(sheet.unreadable) == 2


def test_a_page_is_opened_by_one_reading_and_a_save_by_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "w01-working-and-personal"
    shutil.copytree(ROOT / "workbooks" / folder.name, folder)
    single = asked("single")
    AnswerStore(folder, "w01").put(single, "a")
    assert AnswerStore(folder, "w01").kept(seed=True).seed  # a copy that has been opened before
    read, told = list[str](), list[dict[str, Any]]()

    def counted(path: Path, *args: Any) -> bytes:
        read.append(path.name)
        return read_file(path, *args)

    monkeypatch.setattr(store_module, "read_file", counted)
    session = Session(folder)
    for item in session.workbook.items.values():  # each cell shows what was answered where no widget runs
        session.value(item)

    def ask(**message: Any) -> int:
        told.append(session.answer(message | {"n": 1}) or {})
        n = read.count("answers.json")
        read.clear()
        return n

    assert ask(do="open") == 1
    assert ask(do="open") == 1  # the window is looked at again
    kept = told[0]["answers"][single]
    assert ask(do="save", id=single, value="b", base=kept["revision"], was=kept["value"]) == 1
    assert [message["do"] for message in told] == ["kept", "kept", "saved"]


def test_reading_a_small_file_takes_no_memory_for_the_largest_one(tmp_path: Path) -> None:
    path = tmp_path / "answers.json"
    path.write_bytes(b"x" * 1000)
    tracemalloc.start()
    try:
        assert read_file(path, 200_000_000) == b"x" * 1000
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 1_000_000


@pytest.mark.skipif(sys.platform != "linux", reason="there are no such files")
def test_a_file_that_has_more_in_it_than_its_size_says_is_read_to_its_end_or_refused() -> None:
    path = Path("/proc/self/status")  # its size is 0, as that of a file to which somebody adds just now is too small
    assert path.stat().st_size == 0
    assert b"\nVmRSS:" in read_file(path, 100_000)
    with pytest.raises(OSError, match="the limit is"):
        read_file(path, 10)
