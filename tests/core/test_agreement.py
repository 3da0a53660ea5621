"""What markers gave to invented answers: the figures are made from it, and a sheet does not tell what an answer was written for."""

import json
from pathlib import Path

import pytest

from docs import agreement
from docs.validity import shelf

TASKS = sorted(file.stem for file in agreement.RAW.glob("*.json"))


def test_the_figures_are_those_of_the_raw_marks() -> None:
    assert agreement.REPORT.read_text("utf-8") == agreement.report(), "run: python docs/agreement.py figures"


def test_each_written_task_has_as_many_answers_of_each_level_and_two_markers() -> None:
    wanted = {name for subject in shelf().values() for name in subject.rubrics.rubrics}
    assert wanted == set(TASKS)
    for name in TASKS:
        rubric, found = agreement.task(name)[2], agreement.trial(name)
        levels = [answer["level"] for answer in found["answers"]]
        assert sorted(levels) == sorted(level.title for level in rubric.levels for _ in range(agreement.EACH))
        assert len([one for one in found["markers"] if one["rubric"] == agreement.version(rubric)]) >= 2, f"{name} is to be marked again"


def test_a_sheet_does_not_tell_the_level_and_what_is_not_its_marks_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name, (answers, sheet) = TASKS[0], (agreement.trial(TASKS[0])["answers"], tmp_path / f"{TASKS[0]}.md")
    monkeypatch.setattr(agreement, "RAW", tmp_path)
    (tmp_path / f"{name}.json").write_text(json.dumps({"author": "AI author", "answers": answers, "markers": []}), "utf-8")
    agreement.main(["sheets", str(tmp_path), name])
    text = sheet.read_text("utf-8")
    assert text == agreement.sheet(name, [{**answer, "level": "?"} for answer in answers])
    marks = tmp_path / "marks.txt"
    for line, who, said in (
        ("1: 5", "AI reader", "a line for each answer"),
        ("\n".join([*(f"{answer['n']}: 3" for answer in answers), "1: 5"]), "AI reader", "a line for each answer"),
        ("\n".join(f"{answer['n']}: 99" for answer in answers), "AI reader", "its points of"),
        ("\n".join(f"{answer['n']}: 3" for answer in answers), "Anybody", "begins with"),
    ):
        marks.write_text(line, "utf-8")
        with pytest.raises(SystemExit, match=said):
            agreement.main(["read", str(sheet), str(marks), "--marker", who])
    marks.write_text("\n".join(f"{answer['n']}: 3 unsafe" for answer in answers), "utf-8")
    agreement.main(["read", str(sheet), str(marks), "--marker", "Person, a tutor"])
    (kept,) = agreement.trial(name)["markers"]
    assert len(kept["points"]) == len(kept["unsafe"]) == len(answers)
