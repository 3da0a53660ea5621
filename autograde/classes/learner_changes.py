"""Changes to one learner: add, and mend the name or the address. The id stays: what was handed in lies under it."""

from autograde.classes.folder import Course
from autograde.classes.roster import Roster, Student, put_in
from autograde.classes.roster_file import Row, clean
from autograde.errors import RosterError


def find(course: Course, learner: str) -> Student:
    """Give a learner by id, as people know it or as the gradebook has it.

    Raises
    ------
    RosterError
        If nobody in the class has it.
    """
    roster = Roster.of(course)
    found = roster.get(learner) or roster.find(learner)
    if found is None:
        near = [one.shown for one in roster.near(learner)]
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        msg = f"Nobody in the class has the id {learner[:80]!r}.{hint or ' Look at the list of learners.'}"
        raise RosterError(msg)
    return found


def add_one(course: Course, *, id_: str, first_name: str, last_name: str, email: str = "") -> Student:
    """Put a learner into the class.

    Raises
    ------
    RosterError
        If something is missing or cannot be used, or the id is there already.
    """
    row = Row(line=1, id=clean(id_), first_name=clean(first_name), last_name=clean(last_name), email=clean(email))
    before = Roster.of(course).find(row.id) if row.id else None
    if before is not None:
        msg = f"{before.shown} is in the class already: {before.name}."
        raise RosterError(msg)
    return _put(course, row)


def rename(course: Course, learner: str, *, first_name: str, last_name: str, email: str) -> tuple[Student, Student]:
    """Mend a learner's name and address; give how they were, and how they are now.

    Raises
    ------
    RosterError
        If nobody has the id, or what is given cannot be used.
    """
    before = find(course, learner)
    row = Row(line=1, id=before.shown, first_name=clean(first_name), last_name=clean(last_name), email=clean(email))
    return before, _put(course, row)


def _put(course: Course, row: Row) -> Student:
    report = put_in(course, [row])
    if report.bad:
        [bad] = report.bad
        msg = f"{bad.what[:1].upper()}{bad.what[1:]}: {bad.mend}."
        raise RosterError(msg)
    return find(course, row.id)
