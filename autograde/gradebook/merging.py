"""What becomes of a submission that is marked, once or again: pure, from what the gradebook holds of it and the new marks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from autograde.gradebook.cells import Belongs, Grade, Submission, changed_part, given_for, given_out_of, read_belongs
from autograde.gradebook.entries import Assessed, Saved, Standing
from autograde.marking import Mark


@dataclass(frozen=True, kw_only=True)
class Merged:
    """What is to be written of a submission, and what is to be told of it.

    Attributes
    ----------
    belongs
        Cell name → what its marks belong to.
    first, again
        The marks of cells that have no grade yet, and (mark, grade as it was, whether it waits for a person) for the others.
    points
        Item → (before, after), where the program gives other points than it did, or gives them for the first time.
    """

    assessed: Assessed
    belongs: dict[str, Belongs]
    first: list[Mark]
    again: list[tuple[Mark, Grade, bool]]
    points: dict[str, tuple[float | None, float | None]]
    saved: Saved


def merge(assessed: Assessed, found: Submission | None, held: Mapping[str, Grade]) -> Merged:
    """Merge marks with what is held of a submission, None for nothing; `held` is cell name → grade.

    What a person gave stays. It goes on to count where the answer is still the one that it was given for; where the answer is
    another, or the points that there are (`rescaled`), or there are no points at all, the item waits for a person.
    """
    belonged = belongs_of(found) if found else {}
    belongs, first, again, changed, revised = {}, list[Mark](), list[tuple[Mark, Grade, bool]](), list[str](), list[tuple[str, str]]()
    rescaled = list[tuple[str, float]]()
    points: dict[str, tuple[float | None, float | None]] = {}
    now = dict(held)
    for mark in assessed.marks.values():
        old, was = held.get(mark.item), belonged.get(mark.item)
        if old is None:
            belongs[mark.item] = Belongs(mark.answer, "", mark.version)
            points[mark.item] = None, mark.points
            first.append(mark)
            now[mark.item] = Grade("", mark.points, None, None, mark.points is None)
            continue
        if old.auto_score != mark.points or was is None:  # the log knows nothing of what another program wrote before the first marking
            points[mark.item] = old.auto_score, mark.points
        if was is None and assessed.source.known and not belonged:  # marked before that table was made, from the same answers
            was = Belongs(mark.answer, "", "")
        person = given_for(old, was) if old.by_person else ""
        stale = old.by_person and person != mark.answer
        out_of = given_out_of(old, was)
        if out_of is not None:
            rescaled.append((mark.item, out_of))
        waits = stale or out_of is not None or (mark.points is None and old.manual_score is None)
        if stale:
            changed.append(mark.item)
        elif person and was and (what := changed_part(was.version, mark.version)):
            revised.append((mark.item, what))
        belongs[mark.item] = Belongs(mark.answer, person, mark.version, out_of, was.max if was else None)
        again.append((mark, old, waits))
        now[mark.item] = old._replace(auto_score=mark.points, needs_manual_grade=waits)
    before = standing(held.values()) if found else None
    saved = Saved(before=before, now=standing(now.values()), changed=tuple(changed), revised=tuple(revised), rescaled=tuple(rescaled))
    return Merged(assessed=assessed, belongs=belongs, first=first, again=again, points=points, saved=saved)


def standing(grades: Iterable[Grade]) -> Standing:
    """Say where a submission stands."""
    points, waiting = 0.0, 0
    for grade in grades:
        if grade.needs_manual_grade:
            waiting += 1
        else:
            points += grade.points
    return Standing(points=points, waiting=waiting)


def belongs_of(submission: Submission) -> dict[str, Belongs]:
    """Give cell name → what its marks belong to."""
    return read_belongs(submission.cells)
