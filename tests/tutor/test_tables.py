"""The gradebook's tables as they are declared here, held against nbgrader's own."""

import pytest
from nbgrader.api import Base

from autograde.gradebook import tables

NAMES = [table.name for table in tables.NBGRADERS]


@pytest.mark.parametrize("name", NAMES)
def test_a_table_is_as_nbgrader_makes_it(name: str) -> None:
    ours, theirs = tables.metadata.tables[name], Base.metadata.tables[name]
    for column in ours.columns:
        found = theirs.columns[column.name]
        assert repr(column.type) == repr(found.type)
        assert (column.primary_key, column.nullable) == (found.primary_key, found.nullable)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_left_out_needs_no_value(name: str) -> None:
    """A row that is written here lacks these columns."""
    if name in {"submitted_assignment", "submitted_notebook", "grade", "comment"}:
        left_out = [column for column in Base.metadata.tables[name].columns if column.name not in tables.metadata.tables[name].columns]
        assert all(column.nullable for column in left_out)
