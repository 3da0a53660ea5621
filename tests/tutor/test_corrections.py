"""After a correction: what a person gave stands, what the student saw is shown, and no page says what is no longer so."""

import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from autograde.classes.folder import Course
from autograde.cli import app
from autograde.gradebook.database import reading
from autograde.gradebook.person import marks_for, places_in
from autograde.gradebook.rows import Rows
from autograde.outbox.feedback import Written, write_feedback
from autograde.outbox.ready import ready
from autograde.outbox.release import release
from autograde.run.line import Line
from autograde.run.mark import mark_class
from workbook_helpers.errors import ContentError
from workbook_helpers.items import load_workbook

NAME = "w01-small"
KEY = 'workbook = "w01"\nversion = 1\n[keys]\nw01-q01 = { right = "a", reason = "Because this is so." }\n'
RUBRICS = """\
workbook = "w01"
version = 1
[rubrics.w01-t01]
criterion = "1.1"
verb = "explain"
verb_check = "With reasons."
workplace_check = "From own work."
indicative_content = ["A reason."]
must_see = ["A reason."]
not_enough = ["A list."]
unsafe = ["A name."]
levels = [{ points = "0–4", title = "Not yet", text = "No reason." }, { points = "5–10", title = "Met", text = "A reason." }]
"""
Give = Callable[..., None]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The keys and rubrics of the small workbook, to change at will."""
    home = tmp_path / "own"
    for part, text in (("keys", KEY), ("rubrics", RUBRICS)):
        (home / part).mkdir(parents=True)
        (home / part / "w01.toml").write_text(text, "utf-8")
    monkeypatch.setenv("AUTOGRADE_KEYS", str(home))
    return home


@pytest.fixture
def hand_in(course: Course, home: Path) -> Give:
    """hand_in("ana01", q01="a", …): what intake leaves behind; the answers say which release they are for."""

    def give(student: str, raw: bytes = b"", **values: Any) -> None:
        folder = course.path("submitted", student, NAME)
        folder.mkdir(parents=True, exist_ok=True)
        chosen = {"q01": "a", "t01": "Because.", "declaration": True} | values
        known = values.pop("release", None)
        chosen.pop("release", None)
        answers = {
            f"w01-{name}": {"value": value, "saved_at": "2026-11-19T10:00:00.000+00:00", "revision": 1, "attempts": 1}
            for name, value in chosen.items()
        }
        fingerprint = load_workbook(course.root / "release" / NAME).release if known is None else known
        document = {"schema": 1, "workbook": "w01", "revision": 1, "release": fingerprint, "answers": answers}
        (folder / "answers.json").write_bytes(raw or json.dumps(document).encode())
        (folder / "timestamp.txt").write_text("2026-07-19 10:00:00.000000 UTC")

    return give


def by_person(course: Course, student: str, points: float | None, item: str = "w01-t01", comment: str | None = None) -> None:
    """Give points as formgrader does."""
    with course.gradebook() as gradebook:
        grade = gradebook.find_grade(item, NAME, NAME, student)
        grade.manual_score, grade.needs_manual_grade = points, points is None
        if comment is not None:
            gradebook.find_comment(item, NAME, NAME, student).manual_comment = comment
        gradebook.db.commit()


def mark(course: Course, *, force: bool = False) -> dict[str, Line]:
    return {line.student: line for line in mark_class(course, NAME, force=force)}


def feedback(course: Course, *, partial: bool = False) -> dict[str, Written]:
    return {page.student: page for page in write_feedback(course, NAME, partial=partial)}


def page(course: Course, student: str) -> str:
    return (course.path("feedback", student, NAME) / f"{NAME}.html").read_text("utf-8")


def marker(course: Course, student: str) -> str:
    """What the marker's notebook shows, as text."""
    cells = json.loads((course.path("autograded", student, NAME) / f"{NAME}.ipynb").read_text())["cells"]
    html = " ".join(cell["source"] or cell["outputs"][0]["data"]["text/html"] for cell in cells)
    return re.sub(r"&#(\d+);", lambda found: chr(int(found[1])), html)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def worth(course: Course, before: int, now: int) -> None:
    """Give the workbook out again with other points for its task, of which its notebook knows, too."""
    source = course.root / "source" / NAME
    edit(source / "items.toml", f"points = {before}\n", f"points = {now}\n")
    edit(source / f"{NAME}.ipynb", f'"points": {before},', f'"points": {now},')
    release(course, "w01")


def held(course: Course, student: str) -> tuple[float, bool, float | None]:
    """Give a person's points for the task, whether they wait, and what there was to get when they were given, where that is another now."""
    with reading(course.db_url) as connection:
        found = marks_for(connection, places_in(connection, NAME)["w01-t01"], [student])[student]
    assert found.points is not None
    return found.points, found.waits, found.out_of


def digest(course: Course, student: str) -> str:
    with Rows(course.db_url, NAME, course.course_id) as rows:
        given = rows.given(student)
    assert given is not None
    return given.digest


def command(course: Course, monkeypatch: pytest.MonkeyPatch, *words: str) -> tuple[int, str]:
    monkeypatch.chdir(course.root)
    done = CliRunner().invoke(app, list(words))
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, " ".join(done.output.split())


EDITS = {
    "wording in source": ("source/items.toml", 'stem = "Why?"', 'stem = "Why is that?"', "wording of w01-t01"),
    "rubric": ("rubrics/w01.toml", "With reasons.", "With good reasons.", "key or rubric of w01-t01"),
    "nothing": ("", "", "", ""),
}


@pytest.mark.parametrize("what", EDITS)
@pytest.mark.parametrize("with_release", [False, True], ids=["not released", "released again"])
def test_no_correction_unmarks_an_answer(
    course: Course, home: Path, hand_in: Give, monkeypatch: pytest.MonkeyPatch, what: str, *, with_release: bool
) -> None:
    for student in ("ana01", "ben01"):
        hand_in(student)
    mark(course)
    for student in ("ana01", "ben01"):
        by_person(course, student, 7, comment="Well reasoned.")
    place, old, new, told = EDITS[what]
    if place:
        edit(course.root / "source" / NAME / "items.toml" if "items" in place else home / place, old, new)
    if with_release:
        release(course, "w01")
    code, said = command(course, monkeypatch, "remark", "w01")
    assert code == 0
    assert "The points of 0 learners changed" in said
    assert (f"The {told} was changed after a person had given 2 marks" in said) == bool(told), said
    _, said = command(course, monkeypatch, "remark", "w01")
    assert "was changed after" not in said, "told once"
    assert {line.waiting for line in mark(course, force=True).values()} == {0}
    assert {found.path is not None for found in feedback(course).values()} == {True}
    assert "Well reasoned." in page(course, "ana01")


@pytest.mark.parametrize("now", [5, 20], ids=["fewer", "more"])
def test_a_persons_points_wait_where_there_are_other_points_to_get(course: Course, hand_in: Give, now: int) -> None:
    for student in ("ana01", "ben01", "cai01"):
        hand_in(student)
    mark(course)
    for student in ("ana01", "ben01"):
        by_person(course, student, 7 if student == "ana01" else 3, comment="Well reasoned.")
    feedback(course)
    with closing(sqlite3.connect(course.root / "gradebook.db")) as database, database:  # as it was written before there were others to get
        for notebook, cells in database.execute("SELECT notebook_id, cells FROM autograde_marked").fetchall():
            old = json.dumps({name: one[:3] for name, one in json.loads(cells).items()})
            database.execute("UPDATE autograde_marked SET cells = ? WHERE notebook_id = ?", (old, notebook))
    release(course, "w01")
    mark(course, force=True)
    assert {one.id for one in ready(course, NAME).pages} == {"ana01", "ben01"}, "nothing has changed"
    before = digest(course, "ben01")
    worth(course, 10, now)
    assert held(course, "ana01") == (7, True, 10)
    assert {found.path for found in feedback(course).values()} == {None}, "nor before it is marked again"
    lines = mark(course)
    told = "w01-t01: given when the task had 10 points, so it waits for a person"
    assert [(line.waiting, told in line.oddities) for line in lines.values()] == [(1, True), (1, True), (1, False)]
    assert held(course, "ana01") == (7, True, 10)
    assert ready(course, NAME).pages == ()
    assert {found.path for found in feedback(course).values()} == {None}
    by_person(course, "ben01", 3)
    assert digest(course, "ben01") != before, "the same points, and out of others"
    assert feedback(course)["ben01"].path
    assert [one.id for one in ready(course, NAME).pages] == ["ben01"]
    assert f"3 of {now}" in page(course, "ben01")
    assert mark(course, force=True)["ben01"].waiting == 0, "once given, they stay"
    assert held(course, "ben01") == (3, False, None)
    worth(course, now, 10)
    assert held(course, "ana01") == (7, False, None), "for these they were given"
    assert held(course, "ben01") == (3, True, now)
    assert [line.waiting for line in mark(course).values()] == [0, 1, 1]
    hand_in("ana01", t01="Because of this.")
    assert mark(course)["ana01"].waiting == 1, "another answer waits, whatever there is to get"


def test_a_changed_key_changes_the_points_of_those_concerned_and_nothing_of_a_persons(
    course: Course, home: Path, hand_in: Give, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in("ana01", q01="a")
    hand_in("ben01", q01="b")
    hand_in("cai01", q01="b")
    mark(course)
    for student in ("ana01", "ben01", "cai01"):
        by_person(course, student, 7)
    by_person(course, "cai01", 1, "w01-q01")
    edit(home / "keys" / "w01.toml", 'right = "a"', 'right = "b"')
    _, said = command(course, monkeypatch, "remark", "w01")
    assert re.findall(r"(\w+01) │ +(\d+) │ +(\d+)", said) == [("ana01", "9", "7"), ("ben01", "7", "9")]
    assert "The key or rubric of w01-q01 was changed after a person had given 1 mark" in said
    assert {line.waiting for line in mark(course, force=True).values()} == {0}


def test_what_the_student_saw_is_shown_and_marked_by_ids(course: Course, hand_in: Give) -> None:
    hand_in("ana01", q01="a")
    mark(course)
    by_person(course, "ana01", 7)
    items = course.root / "source" / NAME / "items.toml"
    edit(items, 'text = "This" }, { id = "b", text = "That" }', 'text = "That" }, { id = "b", text = "This" }')
    edit(items, 'stem = "Which?"', 'stem = "Which one?"')
    for again in (False, True):
        if again:
            release(course, "w01")
        assert mark(course)["ana01"].points == 9
        feedback(course)
        assert "<li>This</li>" in page(course, "ana01")
        assert "Which?" in page(course, "ana01")
        assert '<ul class="chosen"><li>This</li></ul>' in marker(course, "ana01")
        assert "The question was changed since" in marker(course, "ana01")
    hand_in("ben01", q01="a")  # with the new release
    mark(course)
    by_person(course, "ben01", 7)
    feedback(course)
    assert "<li>That</li>" in page(course, "ben01")
    assert "Which one?" in page(course, "ben01")


def test_a_release_is_kept_once_and_for_good(course: Course) -> None:
    kept = course.root / "releases" / NAME / load_workbook(course.root / "release" / NAME).release
    assert sorted(path.name for path in kept.iterdir()) == ["items.toml", f"{NAME}.ipynb", "workbook.toml"]
    (kept / "workbook.toml").write_text((kept / "workbook.toml").read_text() + "# kept\n")
    release(course, "w01")
    assert "# kept" in (kept / "workbook.toml").read_text(), "never written over"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('{ id = "a", text = "This" }', '{ id = "c", text = "This" }', "no longer fits it"),
        ('kind = "single"', 'kind = "multiple"', "no longer fits it"),
    ],
    ids=["option gone", "other kind"],
)
def test_an_answer_that_fitted_its_release_goes_to_a_person(
    course: Course, home: Path, hand_in: Give, old: str, new: str, told: str
) -> None:
    hand_in("ana01", q01="a")
    mark(course)
    edit(course.root / "source" / NAME / "items.toml", old, new)
    right = '["a"]' if "multiple" in new else '"b"'
    edit(home / "keys" / "w01.toml", 'right = "a"', f"right = {right}")
    assert mark(course)["ana01"].waiting == 2
    assert told in marker(course, "ana01")
    assert '<ul class="chosen"><li>This</li></ul>' in marker(course, "ana01")


@pytest.mark.parametrize(("known", "told"), [("f" * 16, "does not know (ffffffffffffffff)"), ("", "does not say which release")])
def test_a_release_that_is_not_known_is_told(course: Course, hand_in: Give, monkeypatch: pytest.MonkeyPatch, known: str, told: str) -> None:
    hand_in("ana01", release=known)
    edit(course.root / "source" / NAME / "items.toml", 'stem = "Why?"', 'stem = "Why is that?"')
    release(course, "w01")
    line = mark(course)["ana01"]
    assert any(told in oddity for oddity in line.oddities)
    assert line.points == 2
    _, said = command(course, monkeypatch, "feedback", "w01", "--partial")
    assert told in said


def test_a_table_that_is_not_known_stops_the_release_and_nothing_that_was_given_out_with_it(course: Course, hand_in: Give) -> None:
    meta = '\n[meta]\nauthor = "Ruth"\n'
    before = load_workbook(course.root / "release" / NAME).release
    for step in ("source", "release", f"releases/{NAME}/{before}"):  # as a version gave it out that passed over it
        items = course.root / step / (NAME if "releases" not in step else "") / "items.toml"
        items.write_text(items.read_text("utf-8") + meta, "utf-8")
    given = load_workbook(course.root / "release" / NAME).release
    (course.root / "releases" / NAME / before).rename(course.root / "releases" / NAME / given)
    hand_in("ana01", release=given)
    assert mark(course)["ana01"].points == 2
    with pytest.raises(ContentError, match="meta has no place here"):
        release(course, "w01")
    edit(course.root / "source" / NAME / "items.toml", meta, "")
    release(course, "w01")
    assert load_workbook(course.root / "release" / NAME).release == before
    hand_in("ben01", release=given)
    assert "release" not in str(mark(course)["ben01"].oddities), "it is known, as it was kept"


def test_feedback_on_answers_that_were_not_marked_is_refused_and_the_old_page_goes(
    course: Course, hand_in: Give, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in("ana01", t01="The first essay.")
    mark(course)
    by_person(course, "ana01", 0)
    feedback(course)
    hand_in("ana01", t01="The second, much better essay.")
    code, said = command(course, monkeypatch, "feedback", "w01")
    assert code == 1
    assert "what was handed in is not what was marked: run autograde mark" in said
    assert "1 page no longer fitted the marks: taken out of feedback, kept in feedback-replaced" in said
    assert not list(course.root.glob("feedback/*/*/*.html"))
    [kept] = course.root.glob("feedback-replaced/ana01/*.html")
    assert "The first essay." in kept.read_text()


@pytest.mark.parametrize("change", ["points", "comment", "answers"])
def test_a_page_that_no_longer_fits_is_told_and_made_again(
    course: Course, hand_in: Give, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    for student in ("ana01", "ben01"):
        hand_in(student)
    mark(course)
    for student in ("ana01", "ben01"):
        by_person(course, student, 3, comment="Go on.")
    feedback(course)
    if change == "answers":
        hand_in("ana01", t01="Something new.")
    else:
        by_person(course, "ana01", 9 if change == "points" else 3, comment="Better now.")
        _, said = command(course, monkeypatch, "gradebook", "--csv", "marks.csv")
        assert f"1 feedback page no longer fits the marks of {NAME}: run autograde feedback {NAME}" in said
        code, said = command(course, monkeypatch, "feedback", "w01")
        assert (code, "1 page no longer fitted the marks: made again" in said) == (0, True)
        assert "Better now." in page(course, "ana01")
        by_person(course, "ana01", 8)
    _, said = command(course, monkeypatch, "mark", "w01")
    assert "1 feedback page no longer fits the marks" in said
    assert [path.parts[-3] for path in course.root.glob("feedback/*/*/*.html")] == ["ben01"]


SURROGATES = {
    "written": {"t01": "half \ud800 a pair"},
    "everything": {"q01": "\udc00", "t01": "\ud83d", "declaration": "\udfff", "s\ud800": "\ud800"},
}


@pytest.mark.parametrize("values", SURROGATES.values(), ids=SURROGATES.keys())
def test_half_a_surrogate_pair_stops_nobody(course: Course, hand_in: Give, monkeypatch: pytest.MonkeyPatch, values: dict[str, str]) -> None:
    hand_in("ana01", **values)
    hand_in("ben01")
    assert [line.outcome for line in mark(course).values()] == ["marked", "marked"]
    assert {found.path is not None for found in feedback(course, partial=True).values()} == {True}
    assert "\N{REPLACEMENT CHARACTER}" in page(course, "ana01")
    assert command(course, monkeypatch, "gradebook", "--csv", "marks.csv")[0] == 0


def test_a_file_in_the_way_of_one_student_stops_no_other(course: Course, hand_in: Give, monkeypatch: pytest.MonkeyPatch) -> None:
    for student in ("ana01", "ben01", "cai01"):
        hand_in(student)
    (course.root / "autograded").mkdir()
    (course.root / "autograded" / "ana01").write_text("in the way")
    (course.root / "feedback" / "ben01").mkdir(parents=True)
    (course.root / "feedback" / "ben01" / NAME).write_text("in the way")
    code, said = command(course, monkeypatch, "mark", "w01")
    assert code == 1
    assert "ana01: files cannot be used" in said
    assert "2 hand-ins marked" in said
    code, said = command(course, monkeypatch, "feedback", "w01", "--partial")
    assert code == 1
    assert re.search(r"ben01: no page. .*cannot be used \(it is a link or a file, not a folder\)", said)
    assert "1 feedback page in" in said
    assert {path.read_text() for path in (course.root / "autograded" / "ana01", course.root / "feedback" / "ben01" / NAME)} == {
        "in the way"
    }


def test_marks_of_the_version_before_keep_their_state(course: Course, hand_in: Give) -> None:
    hand_in("ana01")
    mark(course)
    by_person(course, "ana01", 7)
    with closing(sqlite3.connect(course.root / "gradebook.db")) as connection:
        connection.execute("DROP TABLE autograde_marked")
        connection.commit()
    assert "run autograde mark" in feedback(course)["ana01"].refused
    assert mark(course)["ana01"].waiting == 0
    assert feedback(course)["ana01"].path


def test_a_gradebook_from_a_backup_is_marked_again(course: Course, hand_in: Give) -> None:
    hand_in("ana01", q01="b")
    mark(course)
    with closing(sqlite3.connect(course.root / "gradebook.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = (course.root / "gradebook.db").read_bytes()
    hand_in("ana01", q01="a")
    mark(course)
    (course.root / "gradebook.db").write_bytes(before)
    for beside in ("-wal", "-shm"):
        Path(f"{course.root}/gradebook.db{beside}").unlink(missing_ok=True)
    assert (mark(course)["ana01"].outcome, mark(course)["ana01"].points) == ("marked", 2)


def test_the_words_of_the_page_are_true(course: Course, hand_in: Give) -> None:
    hand_in("ana01", q01="a")
    hand_in("ben01", q01="a", t01=" ")
    hand_in("cai01", q01="a")
    mark(course)
    by_person(course, "ana01", 4)
    by_person(course, "cai01", 10, comment="Thank you.")
    feedback(course)
    assert "6 of 12 points" in page(course, "ana01")
    assert "Well done" not in page(course, "ana01")
    assert "comment" not in page(course, "ana01").partition("<main")[2]
    assert "Handed in on 19 July 2026, 11:00 (UK time)" in page(course, "ana01")
    assert "comment" not in page(course, "ben01").partition("<main")[2], "no person has written one"
    assert "That is excellent work." in page(course, "cai01")
    assert 'Read your tutor’s comment on <a href="#task-1">written task 1</a>.' in page(course, "cai01")


def test_no_workbook_sends_students_to_what_may_not_be_there() -> None:
    for path in sorted((Path(__file__).parents[2] / "workbooks").glob("w*/workbook.toml")):
        see_next = load_workbook(path.parent).about.see_next
        assert not re.search(r"comments|sections|has written", see_next), path
