"""What readers answered to the marked questions: the figures are made from it, and no sheet helps a reader."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from autograde.checks.secrets import secrets
from autograde.checks.sheets import CONDITIONS, Entry, entries, items, kept, sheet, workbook_of
from autograde.marking.kinds import MARKERS
from docs import validity
from workbook_helpers.items import Json
from workbook_helpers.items.kinds.scenario import Scenario

SHELF = validity.shelf()
NAMES = [name for book in SHELF for kind in CONDITIONS if entries(name := f"{book}-{kind}-1", SHELF)]


def right(entry: Entry) -> str:
    """Write what the key says, in the letters of a sheet; of an option, that it is good."""
    if entry.option:
        return "yes"
    wanted = MARKERS[entry.item.kind].tries(entry.item, workbook_of(entry.item, SHELF).key.keys[entry.item.id].right).right
    if isinstance(wanted, dict):  # in the order of the sheet
        wanted = {part: wanted[part] for part in entry.value([next(iter(slot.choices), "") for slot in entry.slots])}
    if isinstance(entry.item, Scenario):
        taken = dict(step.split(".") for step in wanted)
        wanted = [taken.get(node.id, node.choices[0].id) for node in entry.item.nodes]
    parts = list(flat(wanted))
    places = entry.slots * len(parts) if len(entry.slots) == 1 else entry.slots
    typed = not all(slot.choices for slot in entry.slots)
    tokens = [next((t for t, c in slot.choices.items() if c.id == part), part) for slot, part in zip(places, parts, strict=True)]
    return ("; " if typed else " ").join(tokens)


def flat(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from flat(part)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place for what readers answered, with the sheets in it."""
    monkeypatch.setattr(validity, "RAW", tmp_path / "raw")
    for name in NAMES:
        (tmp_path / f"{name}.md").write_text(sheet(name, SHELF), "utf-8")
    return tmp_path


def test_the_figures_are_those_of_the_raw_answers() -> None:
    files = list(validity.RAW.glob("*.jsonl"))
    assert validity.REPORT.read_text("utf-8") == validity.report(files), "run: python docs/validity.py figures"
    assert validity.Readings(files).lacking() == {}, "each marked question is read by as many as it needs"
    assert "**missed**" not in validity.REPORT.read_text("utf-8"), "each aim is met in every workbook"


def test_no_sheet_holds_a_key_nor_a_document_that_is_not_to_be_read() -> None:
    nothing: Any = None
    keyless = {name: replace(subject, key=nothing, rubrics=nothing, samples=nothing) for name, subject in SHELF.items()}
    for name in NAMES:
        text, subject = sheet(name, SHELF), SHELF[name.partition("-")[0]]
        assert sheet(name, keyless) == text, "made without a key"
        found = [secret for secret in secrets(subject.key, subject.rubrics, subject.samples) if secret in text]
        assert not found, name
        lines = [line for paper in subject.workbook.documents.values() for line in paper.words() if len(line) > 25]
        assert "with-document" in name or "taught" in name or not [line for line in lines if line in text], name
        others = {sheet(f"{name[:-1]}{copy}", SHELF).partition("\n")[2] for copy in range(1, validity.READERS + 1)}
        assert len(others) > 1, "each reader has an order of their own"


def test_what_readers_wrote_is_kept_and_counted_by_the_marking(folder: Path) -> None:
    for name in NAMES:
        answers = "\n".join(f"{n}: {right(entry)}" for n, entry in enumerate(entries(name, SHELF), 1))
        (folder / "answers.txt").write_text(answers, "utf-8")
        arguments = ["read", str(folder / f"{name}.md"), str(folder / "answers.txt"), "--reader", "AI reader, a key in its hand"]
        assert validity.main(arguments) == 0
    files = sorted((folder / "raw").glob("*.jsonl"))
    report = validity.report(files)
    (options, *rows) = [line.split(" | ") for line in report.splitlines() if line.startswith("| the unit")]
    assert options[-3::2] == ["100 %", "**missed** |"], "all right without the questions: above chance"
    assert [row[-3] for row in rows] == ["100 %", "100 %"], "with the document, and after the teaching"
    assert rows[1][3] == "met", "each option was called good"
    assert f"\n- {next(iter(SHELF.values())).workbook.assessed()[0].id}: options 100 %" in report
    assert set(validity.Readings(files).lacking()) == set(SHELF), "one reader is not enough"

    path, raw = next((path, raw) for path in files for raw in validity.readings(path) if "-options-" in raw["sheet"])
    book = SHELF[raw["sheet"].partition("-")[0]]
    gone, wrong = raw["answers"][0], raw["answers"][1]
    gone["wording"] = "0" * 16
    wrong["answer"] = next(name for name in wrong["letters"][0].split() if name != wrong["answer"])
    path.write_text(json.dumps(raw) + "\n", "utf-8")
    readings = validity.Readings(files)
    assert readings.earlier == 1
    assert readings.figure("options", [book]) is None, "a question that nobody has read gives no figure"
    item = book.workbook.items[wrong["item"]]
    assert [validity.score(item, value) for value in readings.answers["options", item.id, ""]] == [0]


def test_an_answer_that_is_none_is_told_and_nothing_kept(folder: Path) -> None:
    path = folder / f"{NAMES[0]}.md"
    (folder / "answers.txt").write_text("1: z\n\n2: a b\n3) a\n3: b\nhello\n99: a", "utf-8")
    with pytest.raises(SystemExit) as told:
        validity.main(["read", str(path), str(folder / "answers.txt"), "--reader", "Person, a cook"])
    for fault in (
        "1 has no z;",
        "2 needs 1 of them, and has 2;",
        "3 is answered twice",
        "'hello' is not",
        "4 has no answer",
        "99 is not on",
    ):
        assert fault in str(told.value)
    with pytest.raises(ValueError) as blank:  # noqa: PT011, each fault is looked at
        kept("w10-taught-1", "", SHELF)
    assert str(blank.value).count("has no answer") == len(entries("w10-taught-1", SHELF)), "whatever the kind"
    with pytest.raises(SystemExit, match="The reader's name begins with"):
        validity.main(["read", str(path), str(folder / "answers.txt"), "--reader", "Somebody"])
    path.write_text(path.read_text("utf-8").replace("- a)", "- a) Not", 1), "utf-8")
    with pytest.raises(SystemExit, match="is not the sheet that the workbook gives now"):
        validity.main(["read", str(path), str(folder / "answers.txt"), "--reader", "Person, a cook"])
    assert not validity.RAW.exists()


def test_chance_is_the_mean_of_all_answers() -> None:
    for subject in SHELF.values():
        for item in items("taught", subject) + items("with-document", subject):
            if item.kind == "single":
                assert validity.chance(item) == pytest.approx(1 / len(item.model_dump()["options"]))
            elif item.kind in ("sort", "match"):
                targets = item.model_dump()["groups" if item.kind == "sort" else "partners"]
                assert validity.chance(item) == pytest.approx(1 / len(targets), abs=0.02)
