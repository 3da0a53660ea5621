"""Marking: items, a key and a sheet of answers go in, marks come out, by functions that touch no file (`mark`, `kinds`).

Keys, rubrics and sample answers are read from their files here, too (`key`); nothing in this package writes one, or knows
of a database.
"""

from autograde.marking.key import Key, KeyEntry, Rubric, Rubrics, Sample, Samples, key_problems, load_key, load_rubrics, load_samples
from autograde.marking.mark import Mark, Seen, Status, mark_item, mark_sheet, unmarked

__all__ = [
    "Key",
    "KeyEntry",
    "Mark",
    "Rubric",
    "Rubrics",
    "Sample",
    "Samples",
    "Seen",
    "Status",
    "key_problems",
    "load_key",
    "load_rubrics",
    "load_samples",
    "mark_item",
    "mark_sheet",
    "unmarked",
]
