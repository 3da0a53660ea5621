"""A class whose gradebook is on a server, which several tutors share: the same is read, left and followed there."""

import time
from datetime import timedelta

import pytest
from sqlalchemy import text

from autograde.classes.extend import extend
from autograde.classes.folder import Course
from autograde.classes.moving import move_gradebook
from autograde.desk import home
from autograde.desk.changes import fingerprint
from autograde.desk.standing import standing
from autograde.gradebook.database import kept_engine, let_go
from autograde.gradebook.left import mark_left
from autograde.inbox import merge
from tests.tutor.conftest import ASSIGNMENT, empty_database, server
from workbook_helpers.served.database import prepare
from workbook_helpers.served.sessions import Sessions, hash_pin

__all__ = ["server"]


def settled(url: str) -> None:
    """Wait until all who have written there have gone: only then a server has counted what they wrote."""
    let_go(url)
    others = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'")
    with kept_engine(url).connect() as connection:
        for _ in range(400):
            if connection.execute(others).scalar_one() == 1:
                return
            connection.rollback()  # what the server tells of itself stands until then
            time.sleep(0.05)
    pytest.fail("somebody else stays connected")


def test_the_desk_reads_a_gradebook_on_a_server(course: Course, server: str) -> None:
    mark_left(course, ["eve01"])
    before = home.data(course)
    list(move_gradebook(course, server))
    assert course.db_url == server
    assert home.data(course) == before, "those who have left have moved, too"
    settled(course.db_url)
    seen = fingerprint(course)
    assert fingerprint(course) == seen
    due = standing(course).workbooks[0].due
    assert due is not None
    extend(course, "w01", "fay01", due + timedelta(days=9))
    assert standing(course).of("fay01", ASSIGNMENT).extension == timedelta(days=9)
    done = merge.merge(course, "ana01", "fay01")
    assert standing(course).of("fay01", ASSIGNMENT).whole
    assert standing(course).of("fay01", ASSIGNMENT).extension == timedelta(days=9), "more time stays with the learner"
    merge.undo(course, done.name)
    assert standing(course).of("ana01", ASSIGNMENT).whole
    for _ in range(30):
        if fingerprint(course) != seen:
            break
    else:
        pytest.fail("a change was not seen")
    let_go(server)


def test_what_learners_write_beside_the_gradebook_is_no_change_of_the_class(course: Course, server: str) -> None:
    url = empty_database(server, "shared")
    list(move_gradebook(course, url))
    prepare(url)
    settled(url)
    seen = fingerprint(course)
    with kept_engine(url).begin() as connection:
        Sessions(course.course_id).choose_pin(connection, "ana01", hash_pin("2468"))
        connection.execute(text("SELECT pg_stat_force_next_flush()"))
    with kept_engine(url).connect() as connection:
        counted = text("SELECT n_tup_ins FROM pg_stat_user_tables WHERE relname = 'served_people'")
        assert connection.execute(counted).scalar_one() == 1
    assert fingerprint(course) == seen
    let_go(url)
