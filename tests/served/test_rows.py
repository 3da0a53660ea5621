"""What stands in the service's rows: what a class at work counts, and what two ids that become one leave of each other."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, select

from tests.conftest import ROOT
from tests.served.service import make_class
from workbook_helpers.handed_in import make_hand_in
from workbook_helpers.items import Workbook, load_workbook
from workbook_helpers.served.answers import COUNTED, Whose, read_copy
from workbook_helpers.served.database import ANSWERS, COPIES, add, metadata, put
from workbook_helpers.served.folder import About, Learner
from workbook_helpers.served.live import live
from workbook_helpers.served.merging import merge, unmerge

TRIED = {"n": 2, "first": [], "checked": False, "shown": False}
TEXT = "w01-t01"


@pytest.fixture
def rows() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        metadata.create_all(connection)
        yield connection
    engine.dispose()


def of(learner: str, assignment: str = "w01-small") -> dict[str, str]:
    return {"class_id": "care-a", "learner": learner, "assignment": assignment}


# Counted


@pytest.fixture(scope="module")
def w02() -> Workbook:
    return load_workbook(next(ROOT.glob("workbooks/w02-*")))


@pytest.mark.parametrize(("earlier", "waits"), [(0, 2), (3, 2), (4, 1), (5, 0)])
def test_what_a_class_at_work_counts_is_what_each_page_shows(w02: Workbook, earlier: int, waits: int, rows: Connection) -> None:
    counted = [item for item in w02.items.values() if item.purpose in COUNTED]
    about = [item.id for item in counted if item.about][:earlier]
    others = [item.id for item in counted if not item.about]
    add(rows, COPIES, **of("ana01", w02.assignment), copy="c", revision=9, moved_at=1.0, seen_at=1.0)
    for name in (*about, *others[:-2], "w02-gone"):  # the last one was asked in an earlier version
        add(rows, ANSWERS, **of("ana01", w02.assignment), name=name, record="{}", key="k", done=True)
    class_ = About(class_id="care-a", join_code="ABCDEFGH", learners=(Learner(id="Ana01", folder="ana01"),))
    [ana] = live(rows, class_, {w02.assignment: w02})["learners"]
    [found] = ana["workbooks"]
    assert (found["answered"], found["of"]) == (earlier + len(others) - 2, len(counted) - waits), "two are open"


# Two ids


def kept(rows: Connection, learner: str) -> tuple[Any, str, int, int]:
    """Give what is kept of an answer: its record without its revision, its key and how practice went."""
    mine = (ANSWERS.c.learner == learner, ANSWERS.c.name == TEXT)
    row = rows.execute(select(ANSWERS).where(*mine)).one()
    return {name: part for name, part in json.loads(row.record).items() if name != "revision"}, row.key, row.tried, row.wrong_first


def save(rows: Connection, learner: str, key: str, *, name: str = TEXT, **record: object) -> None:
    add(rows, COPIES, **of(learner), copy=learner, revision=3, moved_at=1.0, seen_at=1.0)
    told = {"done": bool(record["value"]), "tried": 2 * ("tried" in record), "wrong_first": int("tried" in record)}
    put(rows, ANSWERS, **of(learner), name=name, record=json.dumps({**record, "saved_at": "x", "revision": 3}), key=key, **told)


emptied = pytest.mark.parametrize("empty", [None, "", " ", [], {}, {"first": ""}, False], ids=repr)
"""As the pages of the kinds save what was emptied."""


@emptied
def test_an_answer_that_was_emptied_is_there_again_when_a_merge_is_taken_back(rows: Connection, empty: object) -> None:
    save(rows, "goes", "k1", value="Theirs.", before=[{"value": "older"}])
    save(rows, "stays", "k2", value=empty, before=[{"value": "old"}], typed={"v": 3}, tried=TRIED)
    own = kept(rows, "stays")
    for name in "mn":
        assert merge(rows, "care-a", "goes", "stays", name) == 1
        record, key, *_ = kept(rows, "stays")
        assert (record["value"], record["before"], key) == ("Theirs.", [{"value": "old"}, {"value": "older"}], name)
        assert merge(rows, "care-a", "stays", "third", "further") == 1
        unmerge(rows, "care-a", "third", "further")
        assert kept(rows, "third")[0]["value"] is None, "what was put aside is of who stays, and nobody else's"
        unmerge(rows, "care-a", "stays", name)
        assert kept(rows, "stays") == own
        assert merge(rows, "care-a", "stays", "fourth", "further") == 0, "what was emptied is no answer"


@emptied
def test_what_was_emptied_since_stays_empty_where_a_merge_is_made_once_more(rows: Connection, empty: object) -> None:
    save(rows, "goes", "k1", value="Theirs.")
    assert merge(rows, "care-a", "goes", "stays", "m") == 1
    save(rows, "stays", "k2", value=empty)
    assert merge(rows, "care-a", "goes", "stays", "m") == 0  # it was cut off behind this
    assert kept(rows, "stays")[:2] == ({"value": empty, "saved_at": "x"}, "k2")
    unmerge(rows, "care-a", "stays", "m")
    assert kept(rows, "stays")[:2] == ({"value": empty, "saved_at": "x"}, "k2")
    assert merge(rows, "care-a", "goes", "stays", "n") == 1


def test_of_a_record_that_a_merge_has_brought_nothing_private_is_handed_in(rows: Connection, tmp_path: Path) -> None:
    save(rows, "goes", "k1", value="Theirs.", before=[{"value": "mine alone"}], tried=TRIED, later="mine alone")  # `later`: nobody knows it
    save(rows, "stays", "k2", value="", before=[{"value": "mine alone"}], typed={"v": 3}, said=["mine alone"])
    save(rows, "goes", "k3", name="w01-declaration", value=True)
    assert merge(rows, "care-a", "goes", "stays", "m") == 2
    assert "aside" in kept(rows, "stays")[0]
    book = load_workbook(make_class(tmp_path) / "releases" / of("stays")["assignment"])
    whose = Whose(class_id="care-a", learner="stays", name="Stays", workbook=book)
    copy = read_copy(rows, whose)
    assert copy
    answers = make_hand_in(book, copy.document(whose), "Stays", None, datetime.now(UTC), through="server").files["answers.json"]
    assert json.loads(answers)["answers"][TEXT] == {"value": "Theirs.", "saved_at": "x", "revision": copy.revision}
    assert b"mine alone" not in answers
