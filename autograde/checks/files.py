"""Rules that hold a workbook's files together: notebook, items, key and rubrics."""

import re
from collections.abc import Iterator
from itertools import pairwise

from autograde.checks.secrets import leaks, secrets, told
from autograde.checks.subject import Subject, source
from autograde.marking import Status, key_problems, mark_item
from autograde.marking.kinds import MARKERS
from workbook_helpers.answers import Answer, AnswerSheet
from workbook_helpers.errors import ContentError
from workbook_helpers.items import Json, Purpose
from workbook_helpers.web.body import picture, pictures

ASK = re.compile(r'ask\("([a-z0-9-]+)"\)')
PARTS = {"progress", "hand-in"}


def k1_keys_fit(subject: Subject) -> Iterator[str]:
    """Every assessed item needs its key or rubric, and every key its item, in the form its kind wants."""
    yield from key_problems(subject.workbook, subject.key, subject.rubrics)


def k2_keys_mark(subject: Subject) -> Iterator[str]:
    """A key must give all the points to a right answer, fewer to a wrong one, and report a malformed one."""
    for item in subject.workbook.assessed():
        entry = subject.key.keys.get(item.id)
        marker = MARKERS.get(item.kind)
        if entry is None or marker is None or marker.key_problem(item, entry.right):
            continue  # k1 says so
        tries = marker.tries(item, entry.right)
        full, less = (_points(subject, item.id, value) for value in (tries.right, tries.wrong))
        if full != item.points or less is None or not 0 <= less < item.points:
            yield f"{item.id}: a right answer gets {full} and a wrong one {less} of {item.points:g} points"
        if item.problem(tries.malformed) is None:
            yield f"{item.id}: a malformed answer is taken for an answer"


def k3_no_leak(subject: Subject) -> Iterator[str]:
    """No word of a key or rubric may lie where students receive it."""
    found = leaks(secrets(subject.key, subject.rubrics, subject.samples), [subject.workbook.folder])
    yield from (f"{path.name} {told(text)}" for path, text in found)


def n1_cells_ask(subject: Subject) -> Iterator[str]:
    """Each code cell of the notebook asks for one known item, each item is asked once, and nothing has been run."""
    asked: list[str] = []
    for cell in subject.cells:
        if cell["cell_type"] != "code":
            continue
        match = ASK.fullmatch(source(cell).strip())
        if not match or match[1] not in subject.workbook.paper().keys() | PARTS:
            yield f'cell {cell.get("id")} must be one line, ask("…"), with the id of an item'
            continue
        asked.append(match[1])
        if cell.get("outputs") or cell.get("execution_count"):
            yield f"cell {cell.get('id')} holds outputs; clear them"
    for name in sorted(subject.workbook.paper().keys() | PARTS):
        if asked.count(name) != 1:
            yield f"{name} is asked {asked.count(name)} times; it must be asked once"


def n2_nbgrader_knows(subject: Subject) -> Iterator[str]:
    """The cells of assessed items carry nbgrader's metadata with the item's id and points; no other cell does."""
    for cell in subject.cells:
        match = ASK.fullmatch(source(cell).strip())
        item = subject.workbook.paper().get(match[1]) if match and cell["cell_type"] == "code" else None
        found = cell["metadata"].get("nbgrader")
        if item is None or item.purpose is not Purpose.ASSESSED:
            if found:
                yield f"cell {cell.get('id')} has nbgrader metadata but asks for nothing that is marked"
            continue
        wanted = {
            "grade": True,
            "grade_id": match[1] if match else "",
            "points": item.points,
            "solution": item.asks_person,
            "locked": not item.asks_person,
        }
        wrong = [name for name, value in wanted.items() if (found or {}).get(name) != value]
        if wrong:
            yield f"cell {cell.get('id')}: nbgrader metadata differs from the item in {', '.join(wrong)}"


def n3_headings_in_order(subject: Subject) -> Iterator[str]:
    """One heading of level 1, first; no level is left out on the way down; items name sections that exist."""
    headings = subject.headings()
    levels = [level for level, _ in headings]
    if levels[:1] != [1] or levels.count(1) != 1:
        yield "the notebook must begin with its only heading of level 1"
    yield from (f"heading {text!r} skips a level" for (above, _), (level, text) in pairwise(headings) if level > above + 1)
    titles = {text for _, text in headings}
    for item in subject.workbook.items.values():
        if item.section and item.section not in titles:
            yield f"{item.id} names the section {item.section!r}, which the notebook does not have"


def n4_pictures_described(subject: Subject) -> Iterator[str]:
    """Every picture exists and has alternative text that says what it shows."""
    for cell in subject.cells:
        if cell["cell_type"] == "markdown":
            for address, alt in pictures(source(cell)):
                if len(alt.split()) < 3:
                    yield f"the picture {address} needs alternative text"
                try:
                    picture(subject.workbook, address)
                except ContentError as error:
                    yield f"cell {cell.get('id')} shows {error}"


def n5_numbers_in_order(subject: Subject) -> Iterator[str]:
    """The page numbers questions, and written tasks, in the order of items.toml, so the notebook asks in that order, too."""
    matches = (ASK.fullmatch(source(cell).strip()) for cell in subject.cells if cell["cell_type"] == "code")
    names = [match[1] for match in matches if match]
    for person, kind in ((False, "question"), (True, "written task")):
        numbered = [name for name, item in subject.workbook.paper(assessed=True).items() if item.asks_person is person]
        asked = [name for name in names if name in numbered]
        wrong = next((pair for pair in enumerate(zip(numbered, asked, strict=False), start=1) if pair[1][0] != pair[1][1]), None)
        if wrong:
            number, (wanted, found) = wrong
            yield f"{kind} {number} is {wanted} in items.toml, but {found} in the notebook; put them in the same order"


def _points(subject: Subject, item_id: str, value: Json) -> float | None:
    sheet = AnswerSheet(answers={item_id: Answer(value=value)}, unreadable={})
    mark = mark_item(subject.workbook.items[item_id], subject.key, sheet, item_id)
    return mark.points if mark.status in (Status.MARKED, Status.NOT_ATTEMPTED) else None
