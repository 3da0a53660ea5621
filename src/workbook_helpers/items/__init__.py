"""Items: the questions of a workbook, as the student may see them. No key, no widget, no file of answers."""

from workbook_helpers.items.base import Item, Json, Option, Purpose
from workbook_helpers.items.kinds import KINDS
from workbook_helpers.items.learner import clean_id
from workbook_helpers.items.sections import Section
from workbook_helpers.items.workbook import Criterion, Reference, Workbook, load_workbook, paper_seed, read_notebook, read_toml

__all__ = [
    "KINDS",
    "Criterion",
    "Item",
    "Json",
    "Option",
    "Purpose",
    "Reference",
    "Section",
    "Workbook",
    "clean_id",
    "load_workbook",
    "paper_seed",
    "read_notebook",
    "read_toml",
]
