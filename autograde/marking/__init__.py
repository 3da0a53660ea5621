"""Marking: items, a key and a sheet of answers go in, marks come out, by functions that touch no file (`mark`, `kinds`).

What keys and rubrics are stands here, too (`key`); `autograde.content` reads them from their files.
"""

from autograde.marking.key import (
    EarlierKey,
    EarlierRubric,
    Key,
    KeyEntry,
    Level,
    Rubric,
    Rubrics,
    Sample,
    Samples,
    earlier,
    key_problems,
    means_other,
    wording,
)
from autograde.marking.mark import UNSURE, Known, Mark, Seen, Status, answer_text, mark_item, mark_sheet, unmarked

__all__ = [
    "UNSURE",
    "EarlierKey",
    "EarlierRubric",
    "Key",
    "KeyEntry",
    "Known",
    "Level",
    "Mark",
    "Rubric",
    "Rubrics",
    "Sample",
    "Samples",
    "Seen",
    "Status",
    "answer_text",
    "earlier",
    "key_problems",
    "mark_item",
    "mark_sheet",
    "means_other",
    "unmarked",
    "wording",
]
