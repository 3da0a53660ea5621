"""The people of a platform's course as a list of learners: looked at first, as a pasted list is, then put into the class and linked.

References
----------
LTI Names and Role Provisioning Services 2.0 (https://www.imsglobal.org/spec/lti-nrps/v2p0), checked 2026-11.
"""

import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass

from autograde.classes import learner_list
from autograde.classes.folder import Course
from autograde.classes.ids import folder_name, shown
from autograde.classes.learner_list import Outcome, Preview
from autograde.classes.roster import Roster, RosterReport
from autograde.classes.roster_file import clean
from autograde.errors import ClassError
from autograde.gradebook.platform_people import link, subjects
from autograde.lti.connection import Connection, connection
from autograde.lti.service import Service
from autograde.text import count
from workbook_helpers.items import clean_id
from workbook_helpers.lti.launch import LEARNS, TEACHES, in_course, text_of
from workbook_helpers.lti.platforms import hub_name

SCOPE = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
MEDIA = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
HEADER = ("id", "first name", "last name", "email")
KNOWN_BY = ("lis_person_sourcedid", "ext_user_username", "email")
"""What may be a learner's id here, the first that the platform gives."""


@dataclass(frozen=True, kw_only=True)
class Member:
    """Somebody in the platform's course: who they are there, and the id that they have, or would have, here."""

    subject: str
    id: str
    first_name: str
    last_name: str
    email: str
    teaches: bool


@dataclass(frozen=True, kw_only=True)
class People:
    """A course's people as they were read.

    Attributes
    ----------
    preview
        What would become of the learners; None where there is none.
    to_link
        Learner's id, as the gradebook has it → who they are at the platform, of those who would be linked.
    staff
        Those who teach: name → what the hub calls them.
    notes
        What a person should know, one sentence each.
    code
        Stands for this list, so that what is added is what was looked at.
    """

    realm: str
    text: str
    preview: Preview | None
    to_link: dict[str, str]
    staff: dict[str, str]
    notes: tuple[str, ...]
    code: str


def read_people(course: Course) -> People:
    """Ask the platform who is in the course; nothing is written.

    Raises
    ------
    ClassError
        If the class has no such course, or the platform does not give its people.
    """
    at = connection(course)
    if not at.offer.names_url:
        msg = f"{at.platform.name} does not give the names of this course. Allow the tool that, open one of its links, then try again."
        raise ClassError(msg)
    linked = {subject: learner for learner, subject in subjects(course, at.platform.realm).items()}
    members = list(_members(at, linked))
    learners = [one for one in members if not one.teaches]
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADER)
    writer.writerows((one.id, one.first_name, one.last_name, one.email) for one in learners)
    preview = learner_list.preview(course, text.getvalue()) if learners else None
    added = {folder_name(clean_id(one.id)) for one in preview.lines if one.outcome is not Outcome.BAD} if preview else set[str]()
    to_link, notes = _links(course, learners, linked, added)
    said = hashlib.sha256(repr([text.getvalue(), sorted(to_link.items())]).encode()).hexdigest()[:6]
    staff = {
        f"{one.first_name} {one.last_name}".strip() or one.id: hub_name(at.platform.realm, one.subject) for one in members if one.teaches
    }
    return People(
        realm=at.platform.realm, text=text.getvalue(), preview=preview, to_link=to_link, staff=staff, notes=tuple(notes), code=said
    )


def add_people(course: Course, code: str) -> tuple[RosterReport, int]:
    """Put the learners into the class and link them, if the list is still the one that was looked at; give how many were linked.

    Raises
    ------
    ClassError
        If the list is another one by now, or the gradebook cannot be written.
    """
    people = read_people(course)
    if people.code != code:
        msg = "The list of people has changed since you looked at it. Look at it again: autograde lti people"
        raise ClassError(msg)
    if people.preview is None:
        msg = "There is no learner in the platform's course yet."
        raise ClassError(msg)
    report = learner_list.add(course, people.text)
    there = {student.id for student in Roster.of(course).students}
    found = {learner: subject for learner, subject in people.to_link.items() if learner in there}
    link(course, people.realm, found)
    return report, len(found)


def _members(at: Connection, linked: dict[str, str]) -> Iterator[Member]:
    """Give those who are in the course now, each once."""
    seen = set[str]()
    with Service(at.platform, at.key) as service:
        for page in service.pages(at.offer.names_url, scope=SCOPE, media=MEDIA):
            found = page.get("members") if isinstance(page, dict) else None
            for one in found if isinstance(found, list) else []:
                subject = text_of(one.get("user_id")) if isinstance(one, dict) else ""
                if not subject or subject in seen:
                    continue
                seen.add(subject)
                roles = in_course(one["roles"]) if isinstance(one.get("roles"), list) else frozenset[str]()
                if one.get("status", "Active") == "Active" and roles & (LEARNS | TEACHES):
                    yield _member(one, subject, linked, teaches=bool(roles & TEACHES))


def _member(one: dict[str, object], subject: str, linked: dict[str, str], *, teaches: bool) -> Member:
    said = {
        name: clean(value) if isinstance(value := one.get(name), str) else "" for name in (*KNOWN_BY, "given_name", "family_name", "name")
    }
    own = shown(linked[subject]) if subject in linked else next((said[name] for name in KNOWN_BY if said[name]), subject)
    first, last = said["given_name"], said["family_name"]
    if not (first or last):
        first, _, last = said["name"].partition(" ")
    return Member(subject=subject, id=own, first_name=first, last_name=last, email=said["email"], teaches=teaches)


def _links(course: Course, learners: list[Member], linked: dict[str, str], added: set[str]) -> tuple[dict[str, str], list[str]]:
    """Give whom to link of those who are in the class, or are added to it.

    Say whom not: an id that two people have, or whose learner is somebody else at the platform already.
    """
    roster, found, notes = Roster.of(course), dict[str, str](), list[str]()
    taken = {*linked.values()}
    for one in learners:
        if one.subject in linked or not (plain := clean_id(one.id)):
            continue
        known = roster.find(plain)
        learner = known.id if known else folder_name(plain)
        if learner in taken or learner in found:
            notes.append(f"{one.id} is somebody else at the platform already: not linked. If that is wrong: autograde lti unlink {one.id}")
        elif known or learner in added:
            found[learner] = one.subject
    if found:
        notes.append(f"{count(len(found), 'learner')} to be linked, so that they can sign in from the platform and get their points there.")
    return found, notes
