"""Build the notebook that the marker sees: from the tutor's own items, with the answers as escaped data.

Nothing of the student's notebook is in it, so nothing that a student can write is run, rendered or trusted.
"""

import json
import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

from autograde.marking import (
    UNSURE,
    EarlierKey,
    EarlierRubric,
    Key,
    Mark,
    Rubric,
    Rubrics,
    Seen,
    Status,
    answer_text,
    means_other,
    unmarked,
)
from workbook_helpers.answers import AnswerSheet
from workbook_helpers.items import Item, Json, Purpose, Workbook
from workbook_helpers.items.kinds.written import count_words

REAL_WORK = "It is met in full only by evidence from the learner’s own work."
"""What a marker is told of a criterion that is assessed in a real workplace."""
SHEETS = (files("autograde.run").joinpath("marker.css"), files("workbook_helpers").joinpath("page", "document.css"))
STYLE = " ".join(" ".join(sheet.read_text("utf-8") for sheet in SHEETS).split())
"""In one line, since it stands in a Markdown cell."""
MOST = 5_000
"""Cells that are kept for the next learner with the same answer: some five megabytes."""
_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
OTHER_ANSWER = "The answer is another than the one that was marked."
OTHER_MEANING = "The question means something else now. This answer keeps its old key or rubric."


def rebuild(
    workbook: Workbook,
    key: Key,
    rubrics: Rubrics,
    seen: Seen,
    marks: Mapping[str, Mark],
    source: Mapping[str, Json],
    changed: Collection[str] = (),
    real_work: Collection[str] = (),
    known: dict[tuple[Mark, str], str] | None = None,
) -> str:
    """Build the autograded notebook, as the JSON that a file of nbformat 4.5 holds.

    Parameters
    ----------
    workbook, key, rubrics
        As they are now: by them it is marked.
    seen, marks
        What the student saw and answered, which is what the marker is shown, and the mark of every assessed item.
    source
        What the marks were made from; kept in the notebook's metadata so that unchanged work is not marked again.
    changed
        The places whose answer is another than the one that a person has given points for.
    real_work
        The codes of the criteria that only the learner's own work can meet.
    known
        (mark, `answer_text`) → the cell of a closed item as it was built so far, for the same workbook and key.
    """
    known = {} if known is None else known
    sheet = seen.sheet
    asked = asked_in(workbook, key, rubrics, seen, changed)
    written = {place: one for place, one in asked.items() if one.now.asks_person}
    closed = {place: one for place, one in asked.items() if not one.now.asks_person}
    cells = [_ENCODE(_head(workbook, written, closed, sheet, marks))]
    cells += [_ENCODE(_written(one, rubrics.rubric(one.now), sheet, marks[place], real_work)) for place, one in written.items()]
    cells += [_ENCODE(_unmarked(item, sheet)) for item in unmarked(seen.workbook, sheet)]
    cells += [_closed_again(one, key, sheet, marks[place], known) for place, one in closed.items()]
    metadata = _ENCODE({"workbook": {"id": workbook.id, "source": dict(source)}})
    # Stable cell ids: nbgrader and nbformat would make random ones, and the same work should give the same file.
    # Without nbformat's own functions, which hold each cell against a schema and take longer than all the rest.
    return f'{{"cells":[{",".join(cells)}],"metadata":{metadata},"nbformat":4,"nbformat_minor":5}}'


class Asked(NamedTuple):
    """What is marked at a place, what the student saw there, and what the marker has to be told of the two."""

    now: Item
    saw: Item
    flags: tuple[str, ...]


def asked_in(workbook: Workbook, key: Key, rubrics: Rubrics, seen: Seen, changed: Collection[str] = ()) -> dict[str, Asked]:
    """Give place → what is marked there; see `rebuild`."""
    saw = seen.paper(workbook)
    paper = workbook.paper(seen.sheet.seed, assessed=True)
    asked = {place: Asked(now=item, saw=saw[place] or item, flags=()) for place, item in paper.items()}
    before: tuple[EarlierKey | EarlierRubric, ...] = (*key.earlier, *rubrics.earlier)

    def flagged(place: str, one: Asked) -> Asked:
        unsure = one.saw.id in seen.unsure and any(guide.item == one.saw.id for guide in before)
        if saw[place] is one.now and place not in changed and not unsure:  # nearly always: asked as it is now
            return one
        meant = one.now is not one.saw and means_other(before, one.saw, workbook.items.get(one.saw.id))
        told = _with_flags(one, workbook, missing=saw[place] is None, changed=place in changed, meant=meant)
        return told._replace(flags=(*told.flags, *[f"{UNSURE}."] * (unsure and one.saw.asks_person)))

    return {place: flagged(place, one) for place, one in asked.items()}


def _with_flags(one: Asked, workbook: Workbook, *, missing: bool, changed: bool, meant: bool) -> Asked:
    """Take for `now` what the student was asked, where that is still there, and say what is not as it was.

    `meant`: the class has changed its meaning since, so that the student's question is marked as it was.
    """
    if meant and one.now.asks_person == one.saw.asks_person and one.now.points == one.saw.points:
        return one._replace(now=one.saw, flags=(*[OTHER_ANSWER] * changed, OTHER_MEANING))
    now = workbook.items.get(one.saw.id, one.now) if one.saw is not one.now else one.now
    if now.purpose is not Purpose.ASSESSED or now.asks_person != one.now.asks_person:
        now = one.now
    flags = [OTHER_ANSWER] * changed
    if missing:
        flags.append("The workbook that this learner had does not hold this question.")
    elif now != one.saw and (now.public() != one.saw.public() or now.rests_on != one.saw.rests_on):
        flags.append("The question was changed since; here it stands as the learner saw it.")
    return Asked(now=now, saw=one.saw, flags=tuple(flags))


@lru_cache(maxsize=2048)  # stems, rubrics and keys are the same for the whole class
def inert(text: str) -> str:
    """Write text so that neither HTML, Markdown nor MathJax finds anything to act on; one line, breaks as entities."""
    return re.sub(r"[^\w ]", lambda match: f"&#{ord(match[0])};", text.replace("\0", "\ufffd"))


def _head(
    workbook: Workbook, written: Mapping[str, Asked], closed: Mapping[str, Asked], sheet: AnswerSheet, marks: Mapping[str, Mark]
) -> dict[str, Any]:
    flags = [sheet.problem] if sheet.problem else [*sheet.oddities]
    flags += [f"{item_id} {problem}" for item_id, problem in sheet.unreadable.items()]
    todo = [place for place in written if marks[place].status is not Status.NOT_ATTEMPTED]
    todo += [place for place in closed if marks[place].points is None]
    links = " · ".join(f'<a class="tabbable" href="#{place}">{place}</a>' for place in todo) or "nothing"
    done = sum(mark.points or 0 for mark in marks.values() if mark.points is not None)
    body = f"<h3>{inert(workbook.about.title)}</h3><p><strong>To mark:</strong> {links}</p>"
    body += f"<p>Closed questions: {done:g} points of {sum(one.now.points for one in closed.values()):g}.</p>"
    body += "".join(f'<p class="flag">Look at this: {inert(flag)}.</p>' for flag in flags)
    return _markdown("head", f'<style>{STYLE}</style><div class="wb tex2jax_ignore">{body}</div>')


def _flagged(asked: Asked) -> str:
    flags = "".join(f'<p class="flag">{inert(flag)}</p>' for flag in asked.flags)
    return f"<h3>{inert(asked.saw.stem)}</h3>{flags}{asked.saw.rests_on.as_html(escaped=inert) if asked.saw.rests_on else ''}"


def _written(asked: Asked, rubric: Rubric, sheet: AnswerSheet, mark: Mark, real_work: Collection[str]) -> dict[str, Any]:
    value = sheet.value(asked.saw.id)
    prompts = "".join(f"<li>{inert(text)}</li>" for text in getattr(asked.saw, "prompts", ()))
    body = _flagged(asked) + (f"<ul>{prompts}</ul>" if prompts else "")
    if mark.status is Status.NEEDS_PERSON and isinstance(value, str):
        words = count_words(value)
        heading, text = f"The answer, {words} word{'' if words == 1 else 's'}", inert(value)
    else:
        heading, text = mark.status.value.capitalize(), inert(mark.reason)
    body += f'<div class="both"><div><h4>{heading}</h4><div class="answer" tabindex="0">{text}</div></div>'
    body += f"<div><h4>Rubric: {inert(rubric.verb)}, criterion {inert(rubric.criteria_of(asked.now))}</h4>"
    body += f'<p class="flag">{REAL_WORK}</p>' if rubric.criterion in real_work else ""
    body += f'<div class="rubric" tabindex="0">{_rubric(rubric)}</div></div></div>'
    return _markdown(mark.item, f'<div class="wb tex2jax_ignore">{body}</div>') | {"metadata": _metadata(asked.now, mark)}


def _unmarked(item: Item, sheet: AnswerSheet) -> dict[str, Any]:
    lines = "".join(f"<li>{inert(text)}</li>" for text in item.in_words(sheet.value(item.id)))
    body = f'<h3>{inert(item.stem)}</h3><p>Not marked. The learner says:</p><ul class="chosen">{lines}</ul>'
    return _markdown(item.id, f'<div class="wb tex2jax_ignore">{body}</div>')


@lru_cache(maxsize=256)
def _rubric(rubric: Rubric) -> str:
    def part(title: str, lines: tuple[str, ...]) -> str:
        return f"<p><strong>{title}</strong></p><ul>{''.join(f'<li>{inert(line)}</li>' for line in lines)}</ul>"

    levels = tuple(f"{level.points} points, {level.title}: {level.text}" for level in rubric.levels)
    return (
        part("Levels", levels)
        + part("Must see", rubric.must_see)
        + part("May include", rubric.indicative_content)
        + part("Not enough alone", rubric.not_enough)
        + part("Check", (rubric.verb_check, rubric.workplace_check))
        + part("Unsafe: tell the tutor at once. It changes no points", rubric.unsafe)
    )


def _closed_again(asked: Asked, key: Key, sheet: AnswerSheet, mark: Mark, known: dict[tuple[Mark, str], str]) -> str:
    """Give the cell of a closed item as JSON; what another learner with the same answer, mark and question has is the same."""
    text = answer_text(asked.saw, sheet) if asked.now is asked.saw and not asked.flags else None
    if text is None:
        return _ENCODE(_closed(asked, key, sheet, mark))
    found = known.get((mark, text))
    if found is None:
        found = _ENCODE(_closed(asked, key, sheet, mark))
        if len(known) < MOST:
            known[mark, text] = found
    return found


def _closed(asked: Asked, key: Key, sheet: AnswerSheet, mark: Mark) -> dict[str, Any]:
    def as_list(words: tuple[str, ...]) -> str:
        return "".join(f"<li>{inert(text)}</li>" for text in words) or "<li>nothing</li>"

    now, saw = asked.now, asked.saw
    entry = key.entry(now)
    body = _flagged(asked)
    if mark.points is None:
        body += f'<p class="flag">{inert(mark.reason)}</p>'
    if mark.unsafe:
        body += f'<p class="flag">Follow it up: {inert(mark.unsafe)}</p>'
    if saw.id not in sheet.unreadable and not sheet.problem:
        value = sheet.value(saw.id)
        body += f'<p>The learner chose:</p><ul class="chosen">{as_list(() if saw.is_blank(value) else saw.in_words(value))}</ul>'
    reason = "" if mark.points is None else mark.reason
    body += f'<p>Right:</p><ul>{as_list(now.key_in_words(entry.right))}</ul><p class="why">{inert(entry.reason)} {inert(reason)}</p>'
    if entry.also:
        accepted = tuple(" · ".join(now.in_words(one)) for one in entry.also)
        body += f"<p>Accepted in this class, too:</p><ul>{as_list(accepted)}</ul>"
    html = f'<div class="wb tex2jax_ignore">{body}</div>'
    shown = {"output_type": "display_data", "data": {"text/html": html}, "metadata": {}}
    metadata = _metadata(now, mark)
    return {"cell_type": "code", "execution_count": None, "id": mark.item, "metadata": metadata, "outputs": [shown], "source": ""}


def _markdown(cell_id: str, html: str) -> dict[str, Any]:
    """Make a Markdown cell of one HTML block: it must hold no line break, or Markdown would read on after it."""
    return {"cell_type": "markdown", "id": cell_id, "metadata": {}, "source": html.replace("\n", " ")}


def _metadata(item: Item, mark: Mark) -> dict[str, Json]:
    return {
        "nbgrader": {
            "grade": True,
            "grade_id": mark.item,
            "locked": not item.asks_person,
            "points": mark.max,
            "schema_version": 3,
            "solution": item.asks_person,
            "task": False,
        },
        "workbook": {"mark": dict(vars(mark))},
    }
