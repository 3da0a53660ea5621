"""Pools: each student gets some of the items, always the same ones, and marking knows which."""

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest

from autograde.marking import load_key, mark_sheet
from tests.conftest import ROOT
from workbook_helpers.answers import AnswerStore, read_sheet
from workbook_helpers.errors import ContentError
from workbook_helpers.items import load_workbook

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
        ('draw = 4\nitems = ["w99-drawn-a", "w99-drawn-b", "w99-drawn-c"]', "draws 4 of 3"),
        ('draw = 1\nitems = ["w99-drawn-a", "w99-nowhere"]', "w99-nowhere, which is no item"),
        ('draw = 1\nitems = ["w99-drawn-a", "w99-multiple-q"]', "differ in purpose, points"),
        ('draw = 1\nitems = ["w99-drawn-a", "w99-single-p"]', "differ in purpose, points"),
        ('draw = 0\nitems = ["w99-drawn-a", "w99-drawn-b"]', "greater than or equal to 1"),
        ('draw = 1\nitems = ["w99-drawn-a", "w99-drawn-a"]', "w99-drawn-a stands in two pools"),
    ],
)
def test_a_pool_that_cannot_be_drawn_from_is_told(tmp_path: Path, pool: str, fault: str) -> None:
    shutil.copytree(GALLERY, tmp_path / "w99-gallery")
    path = tmp_path / "w99-gallery" / "items.toml"
    text = path.read_text("utf-8")
    head, _, rest = text.partition('[[pools]]\nid = "w99-drawn"\n')
    path.write_text(f'{head}[[pools]]\nid = "w99-drawn"\n{pool}\n{rest.split("]", 1)[1]}', "utf-8")
    with pytest.raises(ContentError, match=fault) as told:
        load_workbook(tmp_path / "w99-gallery")
    assert "w99-gallery/items.toml, line" in str(told.value)
