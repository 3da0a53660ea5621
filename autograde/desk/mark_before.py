"""What stood in a learner's attempts before, for the page Mark: beside the new answer stand the ones before it, as they were then."""

from collections.abc import Callable

from autograde.classes.folder import Course
from autograde.desk.mark_view import Before
from autograde.run.compare import UNASKED, Compared, compare, has_several
from autograde.run.work import Content
from autograde.text import LOCAL


def before(
    course: Course, content: Content, learner: str, place: str, plain: Callable[[str], str]
) -> tuple[tuple[Before, ...], tuple[str, ...]]:
    """Give the attempts before at a place, the newest first, and what the marker has to know; `plain` takes the names out of a text."""
    if not has_several(course, content.workbook.assignment, learner):
        return (), ()
    found = compare(course, content, learner).get(place)
    if found is None:
        return (), ()
    return tuple(_shown(found, plain)), (UNASKED,) if found.unasked else ()


def _shown(found: Compared, plain: Callable[[str], str]) -> list[Before]:
    now = found.attempts[-1]
    return [
        Before(
            attempt=one.attempt,
            at=f"{(there := one.handed_in.astimezone(LOCAL)).day} {there:%B %Y}",
            stem=one.stem if one.stem != now.stem else "",
            lines=tuple(map(plain, one.lines)),
            same=one.lines == now.lines,
            points="" if one.points is None else f"{one.points:g} of {found.max:g} points",
            comment=plain(one.comment),
            missing=plain(one.missing),
        )
        for one in reversed(found.attempts[:-1])
    ]
