"""What becomes of a person's points where a task is given out again with other points to get: they stay, and wait for that person.

This is done as the workbook is given out, in the same transaction, so that nobody is told the old points out of the new ones meanwhile.
"""

import json
from collections.abc import Mapping

from sqlalchemy import Connection, bindparam, inspect, select, update

from autograde.gradebook import tables
from autograde.gradebook.cells import GRADE, Grade, given_for, given_out_of, read_belongs
from autograde.gradebook.person import places_in

_GRADES = select(tables.grade.c.id, tables.grade.c.notebook_id, *GRADE).where(
    tables.grade.c.cell_id.in_(bindparam("cells", expanding=True))
)
_MARKED = (
    select(tables.marked.c.notebook_id, tables.marked.c.cells)
    .join(tables.submitted_notebook, tables.submitted_notebook.c.id == tables.marked.c.notebook_id)
    .where(tables.submitted_notebook.c.notebook_id == bindparam("notebook"))
)
_WAITS = update(tables.grade).where(tables.grade.c.id == bindparam("grade")).values(needs_manual_grade=bindparam("waits"))
_BELONGS = update(tables.marked).where(tables.marked.c.notebook_id == bindparam("of")).values(cells=bindparam("now"))


def maxima_in(connection: Connection, assignment: str) -> dict[str, float]:
    """Give cell name → the points that there are to get in a workbook, as the gradebook has it."""
    return {name: place.max_score for name, place in places_in(connection, assignment).items()}


def hold_rescaled(connection: Connection, assignment: str, before: Mapping[str, float]) -> None:
    """Have what a person gave wait for that person, where there were other points to get `before`; a page that tells of it fits no more.

    Where they are what they were when the points were given, these count again.
    """
    places = {
        place.cell: place for name, place in places_in(connection, assignment).items() if before.get(name) not in (None, place.max_score)
    }
    if not places:
        return
    held = {}
    if inspect(connection).has_table(tables.marked.name):
        [notebook] = {place.notebook for place in places.values()}
        held = {row.notebook_id: read_belongs(row.cells) for row in connection.execute(_MARKED, {"notebook": notebook})}
    touched = set[str]()
    for row, notebook, *values in connection.execute(_GRADES, {"cells": list(places)}).all():
        grade, place = Grade(*values), places[values[0]]
        belongs = held.get(notebook, {}).get(place.name)
        waits = True
        if belongs:
            person = given_for(grade, belongs) if grade.by_person else ""
            out_of = given_out_of(grade, belongs) or before[place.name] if grade.by_person else None
            out_of = None if out_of == place.max_score else out_of
            waits = out_of is not None or person != belongs.answer
            held[notebook][place.name] = belongs._replace(person=person, out_of=out_of, max=place.max_score)
            touched.add(notebook)
        if grade.by_person and waits != grade.needs_manual_grade:
            connection.execute(_WAITS, {"grade": row, "waits": waits})
    for notebook in touched:
        connection.execute(_BELONGS, {"of": notebook, "now": json.dumps(held[notebook], sort_keys=True)})
