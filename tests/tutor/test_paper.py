"""A paper that was not drawn for its learner: told at intake, in mark and to the marker, and marked all the same."""

import json
import re
import shutil
import zipfile
from pathlib import Path

import pytest

from autograde.classes.folder import Course
from autograde.classes.new import new_course
from autograde.classes.roster import import_roster
from autograde.content import load_key
from autograde.inbox.intake import intake
from autograde.outbox.release import release
from autograde.reports.class_report import class_report
from autograde.run.mark import mark_class
from autograde.run.questions import questions
from autograde.run.rebuild import inert
from tests.conftest import ROOT
from workbook_helpers.answers import AnswerStore
from workbook_helpers.hand_in import choose_learner, hand_in
from workbook_helpers.items import load_workbook

W99 = "w99-gallery"


@pytest.fixture
def course(tmp_path: Path) -> Course:
    course = new_course(tmp_path / "class", name="Papers")
    (tmp_path / "r.csv").write_text("id,first name,last name\nana01,Ana,Evans\n")
    import_roster(course, tmp_path / "r.csv")
    release(course, "w99")
    return course


def sent(course: Course, home: Path, learner: str, *, seed: str = "", also: str = "") -> Path:
    """Hand in as the page does, with the drawn questions right; `seed` and `also` are written into the answers by hand."""
    with zipfile.ZipFile(course.root / "handout" / f"{W99}.zip") as archive:
        archive.extractall(home)
    workbook, key = load_workbook(home / W99), load_key("w99")
    choose_learner(workbook, learner)
    store = AnswerStore(workbook.folder, "w99")
    if seed:
        store.draw(learner, seed)
    for place in ("w99-drawn-1", "w99-drawn-2"):
        store.put(name := workbook.paper(store.seed())[place].id, key.keys[name].right)
    store.put("w99-declaration", value=True)
    path = home / "handed-in" / hand_in(workbook, learner).file
    if also:
        with zipfile.ZipFile(path) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        document = json.loads(files["answers.json"])
        [other] = {"w99-drawn-a", "w99-drawn-b", "w99-drawn-c"} - set(document["answers"])
        document["answers"][other] = {"value": key.keys[other].right}
        path = path.with_name("more.zip")
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in files.items():
                archive.writestr(name, json.dumps(document) if name == "answers.json" else data)
    return path


def test_the_learners_own_paper_is_nothing_to_tell(course: Course, tmp_path: Path) -> None:
    [taken] = intake(course, [sent(course, tmp_path / "ana", "ANA01")], "w99").taken
    [line] = mark_class(course, W99)
    told = " ".join((*taken.oddities, *line.oddities))
    assert "drawn" not in told
    assert "paper" not in told


def test_points_count_for_what_was_drawn_though_the_pool_has_grown(course: Course, tmp_path: Path) -> None:
    then = course.workbook(W99)
    [pool] = then.pools
    items, own = course.root / "source" / W99 / "items.toml", course.root / "guides" / "keys" / "w99.toml"
    text = items.read_text("utf-8")
    more = re.search(r"\[\[items\]\]\nid = \"w99-drawn-a\".*?\n\n", text, re.DOTALL)
    assert more
    text = text.replace('"w99-drawn-c"]', '"w99-drawn-c", "w99-drawn-d"]')
    items.write_text(f"{text}\n{more[0].replace('drawn-a', 'drawn-d')}", "utf-8")
    now = course.workbook(W99)
    drawn = {str(n): [{workbook.paper(str(n))[f"{pool.id}-{k}"].id for k in (1, 2)} for workbook in (then, now)] for n in range(9)}
    seed = next(seed for seed, (before, after) in drawn.items() if before != after)
    intake(course, [sent(course, tmp_path / "ana", "ana01", seed=seed)], "w99")
    own.parent.mkdir(parents=True)
    key = (ROOT / "autograde" / "content" / "keys" / "w99.toml").read_text("utf-8")
    own.write_text(re.sub(r"(?m)^w99-drawn-a( = .*)$", r"\g<0>\nw99-drawn-d\1", key), "utf-8")
    assert [line.points for line in mark_class(course, W99)] == [2]
    assert {one.item.id for one in questions(course, W99) if "-drawn-" in one.item.id and one.answers} == drawn[seed][0]
    [section] = class_report(course, made="Made.").sections
    assert {row[0] for row in section.tables[0].rows if "-drawn-" in row[0] and row[1] == "1"} == drawn[seed][0]


def test_a_picked_paper_is_told_everywhere_and_marked(course: Course, tmp_path: Path) -> None:
    person = "Ana Evans_501_assignsubmission_file"  # the same one of Moodle, or two copies would be asked about
    first = Path(shutil.copytree(sent(course, tmp_path / "one", "ana01").parent, tmp_path / "1" / person))
    intake(course, [first], "w99")
    sent(course, tmp_path / "two", "ana01", seed="feedfacefeedface", also="yes")
    second = tmp_path / "2" / person
    second.mkdir(parents=True)
    shutil.copy(tmp_path / "two" / "handed-in" / "more.zip", second)
    [taken] = intake(course, [second], "w99").taken
    assert taken.current
    [line] = mark_class(course, W99)
    made = json.loads((course.path("autograded", "ana01", W99) / f"{W99}.ipynb").read_text())
    head = "".join(made["cells"][0]["source"])
    for part in ("not those that were drawn for ana01", "not on its paper: w99-drawn-"):
        assert any(part in oddity for oddity in taken.oddities)
        assert any(part in oddity for oddity in line.oddities)
        assert inert(part) in head
    assert any("others than in the attempt before" in oddity for oddity in taken.oddities)
    assert (line.outcome, line.points) == ("marked", 2)
