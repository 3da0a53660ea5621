"""Near copies for the page Mark: looked for beside the marking, and shown where they were found."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from autograde.content import load_samples
from autograde.desk.mark_view import Near
from autograde.gradebook.person import Place
from autograde.inbox.attempts import FOLDER as ATTEMPTS
from autograde.inbox.submitted import submissions
from autograde.run.answer import texts_of
from autograde.run.near import SAMPLE, Looking, shared_runs

if TYPE_CHECKING:
    from autograde.desk.mark_answers import Answers

LOOKING = Looking()
MOST = 5
"""Near copies that are shown of one answer."""


def near(
    answers: "Answers", place: Place, student: str, called: Callable[[str], str], token: Callable[[str], str]
) -> tuple[Near, ...] | None:
    """Give what is nearly the same as a learner's answer; None while it is looked for, which begins when it is asked for first."""
    course, content = answers.course, answers.content
    key = (course, place.name, _handed_in(answers), *content.source.values())
    found = LOOKING.found(key)
    if found is None:
        LOOKING.start(key, lambda: _texts(answers, place))
        return None
    shown = []
    for other, value in found.get(student, ())[:MOST]:
        texts = _both(answers, place, student, other)
        if texts:
            is_sample = other.startswith(SAMPLE)
            name = "a sample answer" if is_sample else called(other)
            where = "" if is_sample else token(other)
            shown.append(Near(name=name, answer=where, hundredths=round(value * 100), shared=shared_runs(*texts)))
    return tuple(shown)


def _handed_in(answers: "Answers") -> tuple[int, ...]:
    """Give what is other numbers when anybody has handed in, for the first time or again, or that was taken back."""
    found = []
    for path in (answers.course.root / "submitted", answers.course.root / "received" / answers.name / ATTEMPTS):
        try:
            found.append(path.stat().st_mtime_ns)
        except OSError:
            found.append(0)
    return tuple(found)


def _samples(answers: "Answers", item: str) -> dict[str, str]:
    samples = load_samples(answers.content.workbook.id).samples
    return {f"{SAMPLE}{number}": sample.text for number, sample in enumerate(samples) if sample.task == item}


def _texts(answers: "Answers", place: Place) -> Sequence[Mapping[str, str]]:
    """Give the answers to a place, by the item that was asked there, each with the item's samples."""
    groups: dict[str, dict[str, str]] = {}
    everybody = submissions(answers.course, answers.name)
    for student, (item, text) in texts_of(answers.course, answers.content, everybody, place.name).items():
        groups.setdefault(item, {})[student] = text
    return [{**texts, **_samples(answers, item)} for item, texts in groups.items()]


def _both(answers: "Answers", place: Place, student: str, other: str) -> tuple[str, str] | None:
    found = texts_of(answers.course, answers.content, [student, other], place.name)
    if student not in found:
        return None
    item, text = found[student]
    beside = _samples(answers, item).get(other) if other.startswith(SAMPLE) else found.get(other, ("", None))[1]
    return (text, beside) if beside else None
