"""Pools: each student gets some of the items, always the same ones, and marking knows which."""

import json
import shutil
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from autograde.content import load_key
from autograde.marking import mark_sheet
from autograde.marking.paper import paper_oddities
from tests.conftest import ROOT
from workbook_helpers.answers import Answer, AnswerSheet, AnswerStore, read_sheet
from workbook_helpers.errors import ContentError, HandInError, PaperError
from workbook_helpers.hand_in import choose_learner, hand_in
from workbook_helpers.handed_in import Receipt
from workbook_helpers.items import Workbook, load_workbook, paper_seed
from workbook_helpers.jupyter.widgets.session import Session

GALLERY = ROOT / "workbooks" / "w99-gallery"
PLACES = ("w99-drawn-1", "w99-drawn-2")


def test_each_seed_draws_its_own_and_keeps_it() -> None:
    workbook = load_workbook(GALLERY)
    papers = [[workbook.paper(str(n))[place].id for place in PLACES] for n in range(200)]
    assert papers == [[workbook.paper(str(n))[place].id for place in PLACES] for n in range(200)]
    assert all(len(set(paper)) == 2 for paper in papers)
    assert len({tuple(paper) for paper in papers}) == 6  # every draw, in every order
    assert min(Counter(name for paper in papers for name in paper).values()) > 90  # of 133 expected
    assert {place: item.points for place, item in workbook.paper("a", assessed=True).items()} == {
        place: item.points for place, item in workbook.paper("b", assessed=True).items()
    }


def test_only_what_was_drawn_is_marked(tmp_path: Path) -> None:
    folder = tmp_path / "w99-gallery"
    shutil.copytree(GALLERY, folder)
    workbook, key = load_workbook(folder), load_key("w99")
    store = AnswerStore(folder, "w99")
    first, second = (workbook.paper(store.seed())[place] for place in PLACES)
    store.put(first.id, key.keys[first.id].right)
    [other] = {"w99-drawn-a", "w99-drawn-b", "w99-drawn-c"} - {first.id, second.id}
    store.put(other, key.keys[other].right)  # was not asked
    assert AnswerStore(folder, "w99").seed() == store.seed()
    marks = mark_sheet(workbook, key, read_sheet(folder / "answers.json", workbook.items, "w99"))
    assert [(marks[place].points, marks[place].drawn) for place in PLACES] == [(1, first.id), (0, second.id)]
    assert other not in marks


def test_a_seed_that_is_none_is_a_draw_like_any_other(tmp_path: Path) -> None:
    shutil.copytree(GALLERY, tmp_path / "w99-gallery")
    workbook = load_workbook(tmp_path / "w99-gallery")
    path = tmp_path / "answers.json"
    for seed in (None, 7, "x" * 65, "../..", ["a"]):
        path.write_text(json.dumps({"schema": 1, "workbook": "w99", "seed": seed, "answers": {}}))
        sheet = read_sheet(path, workbook.items, "w99")
        assert (sheet.seed, sheet.problem) == ("", "")
        assert set(PLACES) <= set(workbook.paper(sheet.seed))


@pytest.mark.parametrize(
    ("pool", "fault"),
    [
        ('id = "w99-drawn"\ndraw = 4\nitems = ["w99-drawn-a", "w99-drawn-b", "w99-drawn-c"]', "draws 4 of 3"),
        ('id = "w99-drawn"\ndraw = 1\nitems = ["w99-drawn-a", "w99-nowhere"]', "w99-nowhere, which is no item"),
        ('id = "w99-drawn"\ndraw = 1\nitems = ["w99-drawn-a", "w99-multiple-q"]', "differ in purpose, points"),
        ('id = "w99-drawn"\ndraw = 1\nitems = ["w99-drawn-a", "w99-single-p"]', "differ in purpose, points"),
        ('id = "w99-drawn"\ndraw = 0\nitems = ["w99-drawn-a", "w99-drawn-b"]', "greater than or equal to 1"),
        ('id = "w99-drawn"\ndraw = 1\nitems = ["w99-drawn-a", "w99-drawn-a"]', "w99-drawn-a stands in two pools"),
        (f'id = "w99-{"x" * 59}"\ndraw = 2\nitems = ["w99-drawn-a", "w99-drawn-b"]', "its id is too long"),
    ],
)
def test_a_pool_that_cannot_be_drawn_from_is_told(tmp_path: Path, pool: str, fault: str) -> None:
    shutil.copytree(GALLERY, tmp_path / "w99-gallery")
    path = tmp_path / "w99-gallery" / "items.toml"
    text = path.read_text("utf-8")
    head, _, rest = text.partition('[[pools]]\nid = "w99-drawn"\n')
    path.write_text(f"{head}[[pools]]\n{pool}\n{rest.split(']', 1)[1]}", "utf-8")
    with pytest.raises(ContentError, match=fault) as told:
        load_workbook(tmp_path / "w99-gallery")
    assert "w99-gallery/items.toml, line" in str(told.value)


def copy(tmp_path: Path, class_id: str = "care") -> Workbook:
    """Give the gallery as a class's student has it."""
    shutil.copytree(GALLERY, tmp_path / "w99-gallery")
    about = tmp_path / "w99-gallery" / "workbook.toml"
    about.write_text(f'class_id = "{class_id}"\n' + about.read_text("utf-8"), "utf-8")
    return load_workbook(tmp_path / "w99-gallery")


def answered(workbook: Workbook, learner: str) -> AnswerStore:
    """Answer what is drawn for a learner, and sign."""
    choose_learner(workbook, learner)
    store, key = AnswerStore(workbook.folder, "w99"), load_key("w99")
    for place in PLACES:
        store.put(name := workbook.paper(store.seed())[place].id, key.keys[name].right)
    store.put("w99-declaration", value=True)
    return store


def handed(workbook: Workbook, receipt: Receipt) -> dict[str, Any]:
    with zipfile.ZipFile(workbook.folder.parent / "handed-in" / receipt.file) as archive:
        found: dict[str, Any] = json.loads(archive.read("answers.json"))
    return found


def test_the_paper_is_the_learners_and_the_hand_in_says_so(tmp_path: Path) -> None:
    workbook = copy(tmp_path)
    store = answered(workbook, " Ana01 ")
    assert store.kept().learner == "Ana01"
    assert store.seed() == paper_seed("care", "w99", "ana01") != paper_seed("other", "w99", "ana01")
    document = handed(workbook, hand_in(workbook, "ANA01"))
    assert (document["seed"], document["learner"], document["release"]) == (store.seed(), "ANA01", workbook.release)


def test_one_who_mistyped_gets_the_own_paper_and_nothing_is_lost(tmp_path: Path) -> None:
    workbook = copy(tmp_path)
    other = next(f"ben{n}" for n in range(99) if not same_paper(workbook, "ana01", f"ben{n}"))
    store = answered(workbook, "ana01")
    before = set(store.saved())
    with pytest.raises(PaperError, match=rf"for the learner ID ana01, and you typed {other}\.$"):
        hand_in(workbook, other)
    assert not list(tmp_path.glob("handed-in/*"))
    answered(workbook, other)
    assert before <= set(store.saved()), "answers to other questions stay on disk"
    document = handed(workbook, hand_in(workbook, other))
    asked = {item.id for item in workbook.paper(document["seed"]).values()}
    assert set(document["answers"]) <= asked
    sheet = read_sheet(workbook.folder / "answers.json", workbook.items, "w99")
    assert set(sheet.answers) - asked, "and are not handed in"


def same_paper(workbook: Workbook, one: str, other: str) -> bool:
    return {i.id for i in workbook.paper(paper_seed("care", "w99", one)).values()} == {
        i.id for i in workbook.paper(paper_seed("care", "w99", other)).values()
    }


def test_nothing_is_handed_in_before_the_questions_are_drawn(tmp_path: Path) -> None:
    workbook = copy(tmp_path)
    AnswerStore(workbook.folder, "w99").put("w99-declaration", value=True)
    with pytest.raises(PaperError, match="Open the workbook and type your learner ID"):
        hand_in(workbook, "ana01")


def test_a_page_shows_no_question_before_it_knows_the_learner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JUPYTERHUB_USER", raising=False)
    workbook = copy(tmp_path)
    (tmp_path / "learner.json").write_text('{"student": "somebody"}')
    assert opened(workbook) == ("", "", "somebody")
    drawn = json.loads((workbook.folder / "answers.json").read_text())
    assert not {"learner", "seed"} & set(drawn), "another learner's id on a shared machine draws nothing"
    assert opened(workbook, "ana01") == ("ana01", own := paper_seed("care", "w99", "ana01"), "ana01")
    # A seed that somebody wrote into the file by hand does not hold.
    AnswerStore(workbook.folder, "w99").draw("ana01", "0123456789abcdef")
    assert opened(workbook)[1] == own == AnswerStore(workbook.folder, "w99").seed()
    monkeypatch.setenv("JUPYTERHUB_USER", "ben02")
    assert opened(workbook)[1] == paper_seed("care", "w99", "ben02")
    with pytest.raises(HandInError, match="Please type ben02"):
        hand_in(signed(workbook), "ana01")


def opened(workbook: Workbook, learner: str = "") -> tuple[str, str, str]:
    """Open the page, as this learner if one is given: whose paper it shows, its seed, and who is offered as the learner."""
    message = {"do": "work", "learner": learner} if learner else {"do": "open"}
    told = Session(workbook.folder).answer(message | {"n": 1})
    assert told is not None
    assert told["do"] == "kept"
    return told["learner"], told["seed"], told["known"]


def signed(workbook: Workbook) -> Workbook:
    AnswerStore(workbook.folder, "w99").put("w99-declaration", value=True)
    return workbook


@pytest.mark.parametrize(
    ("seed", "learner", "before", "extra", "told"),
    [
        ("own", "ana01", "", False, ()),
        ("own", "ANA01 ", "own", False, ()),
        ("picked", "ana01", "", False, ("not those that were drawn for ana01",)),
        ("", "ana01", "", False, ("not those that were drawn for ana01",)),
        ("own", "ana01", "picked", False, ("others than in the attempt before",)),
        ("own", "ana01", "", True, ("not on its paper: w99-drawn-",)),
        ("picked", "ana01", "own", True, ("not those that were drawn", "others than in the attempt", "not on its paper")),
    ],
    ids=["right", "capitals", "picked", "none", "changed", "outside", "all"],
)
def test_a_paper_that_does_not_fit_is_told(seed: str, learner: str, before: str, extra: bool, told: tuple[str, ...]) -> None:
    workbook = load_workbook(GALLERY)
    seeds = {"own": paper_seed("care", "w99", "ana01"), "picked": "feedfacefeedface", "": ""}
    on_paper = {item.id for item in workbook.paper(seeds[seed]).values()}
    names = [name for name in workbook.items if name in on_paper or extra]
    sheet = AnswerSheet(answers={name: Answer(value=None) for name in names}, unreadable={}, seed=seeds[seed])
    found = paper_oddities(workbook, "care", learner, sheet, seeds[before])
    assert len(found) == len(told)
    assert all(part in text for part, text in zip(told, found, strict=True))
    assert paper_oddities(load_workbook(ROOT / "workbooks" / "w01-working-and-personal"), "care", learner, sheet) == ()
