"""Marking, as pure functions: items, a key and a sheet of answers go in, marks come out. No file, no database."""

from autograde.marking.key import Key, KeyEntry, Rubric, Rubrics, Sample, Samples, key_problems, load_key, load_rubrics, load_samples
from autograde.marking.mark import Mark, Status, mark_item, mark_sheet, unmarked

__all__ = [
    "Key",
    "KeyEntry",
    "Mark",
    "Rubric",
    "Rubrics",
    "Sample",
    "Samples",
    "Status",
    "key_problems",
    "load_key",
    "load_rubrics",
    "load_samples",
    "mark_item",
    "mark_sheet",
    "unmarked",
]
