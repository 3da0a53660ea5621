"""Give pages back: make what a way needs, and keep that it was given, when and to whom."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from autograde.classes.folder import Course
from autograde.classes.ids import shown
from autograde.classes.served import is_served
from autograde.errors import ClassError
from autograde.gradebook.deeds import Deed
from autograde.gradebook.givings import Giving, keep_giving, last_given, read_givings
from autograde.gradebook.noted import note_first
from autograde.outbox import lists, moodle
from autograde.outbox.give_back import by_exchange, give_back, without_secret
from autograde.outbox.moodle import Made
from autograde.outbox.ready import Outgoing, Ready, ready
from autograde.outbox.referral import files_beside
from autograde.records.outside import catch
from autograde.text import count


class Way(StrEnum):
    """How pages, points and comments go back."""

    MOODLE = moodle.FILES
    WORKSHEET = moodle.WORKSHEET
    CANVAS = lists.CANVAS
    ZIP = lists.NAMED
    LIST = lists.MERGE
    EXCHANGE = "exchange"
    SERVED = "My workbooks"


PAGES = frozenset({Way.MOODLE, Way.ZIP, Way.EXCHANGE, Way.SERVED})
"""The ways by which a learner is given the page itself."""


@dataclass(frozen=True, kw_only=True)
class Package:
    """A file that gives something back, and the giving as it is kept."""

    name: str
    data: bytes
    type: str
    giving: Giving


def give(course: Course, assignment: str, way: Way, *, fresh: bool = False, raw: bytes = b"", name: str = "", column: str = "") -> Package:
    """Make the file of a way, and keep that it was given.

    Parameters
    ----------
    fresh
        Leave out the learners to whom the same was given by this way before.
    raw, name
        Moodle's grading worksheet as it was downloaded, for that way.
    column
        What the assignment is called in Canvas, for that way.

    Raises
    ------
    ClassError
        If there is nothing to give, or the file cannot be made.
    """
    catch(course, assignment)
    found = ready(course, assignment)
    pages = to_give(course, found, way, fresh=fresh)
    makes: dict[Way, Callable[[], Made]] = {
        Way.MOODLE: lambda: moodle.feedback_zip(found, pages, files_beside(course, assignment, pages)),
        Way.WORKSHEET: lambda: moodle.worksheet(found, pages, raw, name),
        Way.CANVAS: lambda: lists.canvas_csv(found, pages, column),
        Way.ZIP: lambda: lists.named_zip(found, pages, files_beside(course, assignment, pages)),
        Way.LIST: lambda: lists.merge_list(found, pages),
    }
    made = makes[way]()
    file = file_name(assignment, way, name)
    kind = "application/zip" if file.endswith(".zip") else "text/csv"
    return Package(name=file, data=made.data, type=kind, giving=_keep(course, found, way, made))


def file_name(assignment: str, way: Way, worksheet: str = "") -> str:
    """Give the name of a way's file; the worksheet goes back under its own."""
    ends = {Way.MOODLE: "feedback-for-moodle.zip", Way.CANVAS: "for-canvas.csv", Way.ZIP: "feedback.zip", Way.LIST: "mail-merge.csv"}
    return worksheet if way is Way.WORKSHEET else f"{assignment}-{ends[way]}"


def give_on_exchange(course: Course, assignment: str, *, fresh: bool = False, tell: Callable[[int, int], None] = lambda *_: None) -> Giving:
    """Put the pages onto the class's exchange, for those whose hand-in came by it, and keep that; `tell` hears how far it is.

    Raises
    ------
    ClassError
        If nobody's page can go there, or the exchange refuses one; what went there is kept.
    """
    catch(course, assignment)
    found = ready(course, assignment)
    pages = to_give(course, found, Way.EXCHANGE, fresh=fresh)
    own = by_exchange(course, assignment, [page.id for page in pages])
    if not own:
        msg = "No page can go onto the exchange: none of these hand-ins came by it." if course.exchange else "This class has no exchange."
        raise ClassError(msg)
    notes = []
    if odd := without_secret(course, assignment, [page.id for page in pages]):
        who = ", ".join(map(shown, odd))
        notes.append(f"The exchange has no place for the page of {who}: submission_secret.txt cannot be used. Give it back another way.")
    if others := len(pages) - len(own) - len(odd):
        notes.append(f"{count(others, 'hand-in')} did not come by the exchange: give those pages back another way.")
    return _put(course, found, own, tuple(notes), tell)


def give_served(course: Course, assignment: str, *, fresh: bool = False) -> Giving:
    """Keep that the pages are given to learners where the class is served: there they appear under My workbooks (`served.keep_served`).

    Raises
    ------
    ClassError
        If the class is not served, or there is nothing to give.
    """
    if not is_served(course):
        msg = "Learners of this class have no My workbooks yet. Open the class for them first, on the page Live or by: autograde live"
        raise ClassError(msg)
    catch(course, assignment)
    found = ready(course, assignment)
    pages = to_give(course, found, Way.SERVED, fresh=fresh)
    return _keep(course, found, Way.SERVED, Made(data=b"", to=tuple(page.id for page in pages)))


def put_on_exchange(course: Course, assignment: str, students: list[str]) -> list[str]:
    """Put pages that were made just now onto the class's exchange, if it has one, and keep that; give those whose page went there.

    Raises
    ------
    ClassError
        If the exchange refuses a page, or the gradebook cannot be written; what went there is kept.
    """
    own = by_exchange(course, assignment, students)
    if not own:
        return []
    return list(_put(course, ready(course, assignment), own).to)


def _put(
    course: Course, found: Ready, own: Sequence[str], notes: tuple[str, ...] = (), tell: Callable[[int, int], None] = lambda *_: None
) -> Giving:
    """Put pages onto the exchange and keep which went there; one that is refused keeps no other one back, and is told at the end."""
    _begin(course, found, own)
    given: list[str] = []
    refused: dict[str, ClassError] = {}
    try:
        for done, student in enumerate(own):
            tell(done, len(own))
            try:
                give_back(course, found.assignment, student)
                given.append(student)
            except ClassError as error:
                refused[student] = error
    finally:
        if given:  # what went there has been given, whatever stops the rest
            told = (*notes, *map(str, refused.values()))
            giving = _keep(course, found, Way.EXCHANGE, Made(data=b"", to=tuple(given), notes=told))
    if refused:
        there, rest = count(len(given), "page is", "pages are"), ", ".join(map(shown, refused))
        msg = f"{next(iter(refused.values()))}. {there} on the exchange now; not there: {rest}."
        raise ClassError(msg)
    return giving


def to_give(course: Course, found: Ready, way: Way, *, fresh: bool) -> tuple[Outgoing, ...]:
    """Give the pages that a way gives back now.

    Raises
    ------
    ClassError
        If there are none.
    """
    if not found.pages:
        msg = f"No page of {found.short} is ready to be given back. Make the pages first."
        raise ClassError(msg)
    if not fresh:
        return found.pages
    before = given_by(read_givings(course.db_url, course.course_id, found.assignment), frozenset({way}))
    pages = tuple(page for page in found.pages if before.get(page.id) != page.digest)
    if not pages:
        msg = f"All that is ready of {found.short} was given back by this way before ({way}), and nothing has changed since."
        raise ClassError(msg)
    return pages


def given_by(givings: list[Giving], ways: frozenset[Way]) -> dict[str, str]:
    """Give student id → the digest of what was given last by any of these ways."""
    return {student: digest for student, (_, digest) in last_given([one for one in givings if one.way in ways]).items()}


def _begin(course: Course, found: Ready, students: Sequence[str]) -> None:
    """Say in the log what goes onto the exchange, before it does: what has no entry with a giving after this was cut off."""
    about = {"workbook": found.assignment, "way": Way.EXCHANGE, "begun": True}
    note_first(course, Deed.GIVE_BACK, [(page.id, {**about, "page": page.digest}) for page in found.only(tuple(students))])


def _keep(course: Course, found: Ready, way: Way, made: Made) -> Giving:
    to = {page.id: page.digest for page in found.only(made.to)}
    return keep_giving(course.db_url, course.course_id, assignment=found.assignment, way=way, to=to, notes=made.notes)
