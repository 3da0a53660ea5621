"""The people of a platform's course come into the class after the tutor has looked, each as one learner, and stay linked."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from autograde.classes.folder import Course
from autograde.classes.learner_list import Outcome
from autograde.classes.roster import Roster
from autograde.cli import app
from autograde.errors import ClassError
from autograde.gradebook.platform_people import hub_names, link, subjects, unlink
from autograde.lti.connection import connect, connection
from autograde.lti.members import add_people, read_people
from autograde.records.erasure import erase
from tests.lti.reference import TEACHER, Reference, member
from tests.lti.test_lti_launch import two_of_one
from workbook_helpers.lti.contexts import keep_offer
from workbook_helpers.lti.launch import read
from workbook_helpers.lti.platforms import hub_name, read_settings


@pytest.fixture
def peopled(joined: Course, platform: Reference) -> Course:
    """Give a class at whose platform there are five: three pages of a list."""
    platform.people += [
        member("sub-ana", "Anna", "Evans", lis_person_sourcedid="ana01", email="ana@example.org"),
        member("sub-dee", "Dee", "Zimmer", lis_person_sourcedid="dee01", email="dee@example.org"),
        member("sub-ruth", "Ruth", "Tutor", roles=[TEACHER], lis_person_sourcedid="ruth"),
        member("sub-gone", "Gone", "Away", lis_person_sourcedid="gone01", status="Inactive"),
        member("sub-eli", name="Eli van Dam", ext_user_username="eli01"),
    ]
    return joined


def test_people_are_looked_at_first_then_added_and_linked(peopled: Course, platform: Reference) -> None:
    found = read_people(peopled)
    assert [request for request in platform.asked if "people" in request] == ["GET /people"] * 3
    assert found.preview is not None
    assert {(line.id, line.outcome) for line in found.preview.lines} == {
        ("ana01", Outcome.CHANGED),
        ("dee01", Outcome.NEW),
        ("eli01", Outcome.NEW),
    }
    assert [line.note for line in found.preview.lines if line.id == "ana01"] == ["so far: Ana Evans, ana@example.org"]
    assert found.staff == {"Ruth Tutor": hub_name(platform.address, "sub-ruth")}
    assert not subjects(peopled, platform.address)  # nothing was written
    assert {one.id for one in Roster.of(peopled).students} == {"ana01", "ben01", "cai01"}
    report, linked = add_people(peopled, found.code)
    assert (report.added, report.updated, linked) == (("dee01", "eli01"), ("ana01",), 3)
    assert subjects(peopled, platform.address) == {"ana01": "sub-ana", "dee01": "sub-dee", "eli01": "sub-eli"}
    assert hub_names(peopled)["ana01"] == hub_name(platform.address, "sub-ana")
    assert {one.id for one in Roster.of(peopled).students} == {"ana01", "ben01", "cai01", "dee01", "eli01"}
    again = read_people(peopled)
    assert again.preview is not None
    assert not again.preview.to_write
    assert not again.to_link


def test_what_was_not_looked_at_is_not_added(peopled: Course, platform: Reference) -> None:
    code = read_people(peopled).code
    platform.people.append(member("sub-new", "New", "One", lis_person_sourcedid="new01"))
    with pytest.raises(ClassError, match="has changed since you looked"):
        add_people(peopled, code)
    assert not subjects(peopled, platform.address)


def test_nobody_takes_the_place_of_somebody_who_is_linked(peopled: Course, platform: Reference) -> None:
    add_people(peopled, read_people(peopled).code)
    platform.people[0]["user_id"] = "sub-mallory"  # another account there, with ana's number
    found = read_people(peopled)
    assert "ana01" not in found.to_link
    assert any("ana01 is somebody else at the platform already" in note for note in found.notes)
    add_people(peopled, found.code)
    assert subjects(peopled, platform.address)["ana01"] == "sub-ana"
    with pytest.raises(ClassError, match="would be two learners"):
        link(peopled, platform.address, {"ben01": "sub-ana"})
    assert unlink(peopled, "ana01")
    add_people(peopled, read_people(peopled).code)
    assert subjects(peopled, platform.address)["ana01"] == "sub-mallory"


def test_two_of_one_number_are_not_both_linked(peopled: Course, platform: Reference) -> None:
    platform.people.append(member("sub-dee2", "Dee", "Zimmer", lis_person_sourcedid="dee01"))
    found = read_people(peopled)
    assert found.to_link["dee01"] == "sub-dee"
    assert found.preview is not None
    assert found.preview.counts[Outcome.BAD] == 1
    add_people(peopled, found.code)
    assert subjects(peopled, platform.address)["dee01"] == "sub-dee"


@pytest.mark.parametrize(
    ("astray", "why"), [("http://127.0.0.1:9", "cannot be followed"), ("https://[x", "not safe"), ("https://x:99999999", "not safe")]
)
def test_a_list_that_leads_elsewhere_is_not_followed(peopled: Course, platform: Reference, astray: str, why: str) -> None:
    platform.astray = astray
    with pytest.raises(ClassError, match=why):
        read_people(peopled)


@pytest.mark.parametrize("address", ["https://[x", "https://x.example:99999999/a", "http://x.example/a"])
def test_an_address_that_is_none_is_told(joined: Course, college: Path, platform: Reference, address: str) -> None:
    settings = read_settings(college)
    launch = replace(read(settings.platforms[0], platform.claims(nonce="n")), names_url=address)
    keep_offer(college, settings.of("a"), launch)
    with pytest.raises(ClassError, match="names an address that is not safe"):
        read_people(joined)


class Pages(list[Any]):
    """What a platform gives for the members of each page, whatever is asked for."""

    def __getitem__(self, _: Any) -> Any:
        """Give it."""
        return next(iter(self))


@pytest.mark.parametrize("members", [None, 5, {"a": 1}, "xx"], ids=repr)
def test_a_page_that_lists_nobody_is_an_empty_one(
    joined: Course, platform: Reference, monkeypatch: pytest.MonkeyPatch, members: object
) -> None:
    monkeypatch.setattr(platform, "people", Pages([members]))
    assert read_people(joined).preview is None


@pytest.mark.parametrize(
    "odd",
    [
        member("sub-\ud800", "Odd", "One", lis_person_sourcedid="odd01"),
        member("sub-\0", "Odd", "One", lis_person_sourcedid="odd01"),
        member("sub-odd", "Odd\0", "One", lis_person_sourcedid="odd01"),
        member("sub-odd"),
        member("sub-odd", "Odd\ud83d", "One", lis_person_sourcedid="odd01"),
    ],
    ids=["half a sign for an account", "NUL in an account", "NUL in a name", "no name", "half a sign in a name"],
)
def test_one_who_cannot_be_added_keeps_nobody_else_out_and_is_not_counted(joined: Course, platform: Reference, odd: dict[str, Any]) -> None:
    platform.people += [odd, member("sub-dee", "Dee", "Zimmer", lis_person_sourcedid="dee01")]
    found = read_people(joined)
    assert found.notes == ("1 learner to be linked, so that they can sign in from the platform and get their points there.",)
    report, linked = add_people(joined, found.code)
    assert (report.added, linked) == (("dee01",), 1)
    assert subjects(joined, platform.address) == {"dee01": "sub-dee"}


@pytest.mark.parametrize(
    "answer",
    [[], "x", {"access_token": None}, {"access_token": ["a"]}, {"access_token": "é"}, {"access_token": "a", "expires_in": "?"}],
    ids=repr,
)
def test_a_token_that_is_none_is_told(joined: Course, monkeypatch: pytest.MonkeyPatch, answer: object) -> None:
    monkeypatch.setattr(Reference, "token", lambda *_: (200, answer))
    with pytest.raises(ClassError, match="gave no token"):
        read_people(joined)


def test_a_token_lasts_an_hour_at_most(peopled: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    given = Reference.token
    monkeypatch.setattr(Reference, "token", lambda *asked: (200, given(*asked)[1] | {"expires_in": 10**400}))
    assert read_people(peopled).preview is not None


def test_a_tool_whose_key_is_not_known_gets_nothing(peopled: Course, platform: Reference) -> None:
    platform.tool = {"keys": []}
    with pytest.raises(ClassError, match=r"this key is not known.*JWKS address"):
        read_people(peopled)


def test_who_is_erased_is_linked_to_nobody(peopled: Course, platform: Reference) -> None:
    add_people(peopled, read_people(peopled).code)
    erase(peopled, "ana01")
    assert "ana01" not in subjects(peopled, platform.address)
    assert b"sub-ana" not in (peopled.root / "gradebook.db").read_bytes()


def test_a_class_goes_by_its_own_registration_of_a_platform(course: Course, college: Path, platform: Reference) -> None:
    settings = read_settings(two_of_one(college, platform))
    assert connect(course, college, "b").client_id == "tool-2"
    first = read(settings.platforms[0], platform.claims(nonce="n"))
    keep_offer(college, settings.of("b"), first)  # as the file may be from before the second one was there
    with pytest.raises(ClassError, match="came from another course"):
        connection(course)
    keep_offer(college, settings.of("b"), replace(first, platform=settings.platforms[1]))
    assert connection(course).platform.client_id == "tool-2"


def test_a_class_that_was_not_connected_says_what_to_do(course: Course, college: Path) -> None:
    with pytest.raises(ClassError, match="autograde lti connect"):
        connection(course)


def test_the_commands_look_add_and_take_a_link_back(
    peopled: Course, college: Path, platform: Reference, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(peopled.root)

    def said(*words: str, code: int = 0) -> str:
        done = CliRunner().invoke(app, ["lti", *words])
        assert done.exit_code == code, (done.output, done.exception)
        return " ".join(done.output.split())

    assert "Moodle" in said("connect", str(college), "a")
    assert "https://hub.example.ac.uk/hub/lti13/jwks" in said("key", str(college))
    looked = said("people")
    assert "ana01" in looked
    assert "so far: Ana Evans" in looked
    assert "Ruth Tutor" in looked
    code = read_people(peopled).code
    assert f"autograde lti people --add {code}" in looked
    assert "2 learners added, 1 updated" in said("people", "--add", code)
    assert "is linked to nobody" in said("unlink", "ana01")
    assert set(subjects(peopled, platform.address)) == {"dee01", "eli01"}
