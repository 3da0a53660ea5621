"""The desk of a class that has a platform: its people are looked at and added, and it says what was told."""

from pathlib import Path
from typing import Any

import pytest

from autograde.classes.folder import Course
from autograde.desk import give_back, learners
from autograde.desk.pages import Asked, Done, Look
from autograde.desk.platform import told as told_of
from autograde.desk.registry import pages
from autograde.desk.work import Worker
from autograde.errors import ClassError
from autograde.gradebook.platform_people import subjects
from autograde.lti.scores import send
from autograde.outbox.giving import Way
from autograde.outbox.giving import give as back
from tests.lti.reference import Reference, member
from tests.tutor.conftest import ASSIGNMENT


def asked(course: Course, **fields: str) -> Asked:
    return Asked(course=course, worker=Worker(), fields=fields)


def do(course: Course, page: str, verb: str, **fields: str) -> Any:
    return pages(in_class=True)[page].verbs[verb](asked(course, **fields))


def test_people_are_looked_at_and_added(joined: Course, platform: Reference) -> None:
    platform.people.append(member("sub-dee", "Dee", "Zimmer", lis_person_sourcedid="dee01"))
    assert learners.data(joined).platform
    look = do(joined, "learners", "people")
    assert isinstance(look, Look)
    people = look.shown.people
    assert [(line.id, line.outcome) for line in people.preview.lines] == [("dee01", "new")]
    done = do(joined, "learners", "add-people", code=people.code)
    assert isinstance(done, Done)
    assert done.said == "1 learner added, 1 linked to the learning platform."
    assert subjects(joined, platform.address) == {"dee01": "sub-dee"}
    with pytest.raises(ClassError, match="has changed since you looked"):
        do(joined, "learners", "add-people", code=people.code)


def test_the_page_says_what_was_told_and_sends_on_demand(marked: Course, platform: Reference) -> None:
    back(marked, ASSIGNMENT, Way.ZIP)
    platform.answers += [503]
    send(marked)
    told = give_back.data(marked).platform
    assert told is not None
    assert (told.name, told.line, told.pending) == ("Moodle", "0 scores sent, 2 waiting, 0 refused.", True)
    assert "does not give" in told.lines[0]
    request = asked(marked, workbook=ASSIGNMENT)
    pages(in_class=True)["give-back"].verbs["platform"](request)
    assert request.worker.wait(30)
    assert request.worker.now is not None
    assert request.worker.now.said == "2 scores sent, 0 waiting, 0 refused."
    told = give_back.data(marked).platform
    assert told is not None
    assert not told.pending


def test_a_class_without_a_platform_says_nothing_of_one(course: Course) -> None:
    assert told_of(course) is None
    assert not learners.data(course).platform


def test_a_platform_that_is_not_set_up_says_why(joined: Course, college: Path) -> None:
    (college / "contexts" / "a.json").unlink()
    told = told_of(joined)
    assert told is not None
    assert "Open a link of it in your learning platform once" in told.fault
