"""Answers: what a student gave, kept in a file beside the notebook."""

from workbook_helpers.answers.change import Conflict, Saved
from workbook_helpers.answers.sheet import MAX_BYTES, Answer, AnswerSheet, parse_sheet, read_sheet
from workbook_helpers.answers.store import FILE, AnswerStore, Kept, Mended

__all__ = ["FILE", "MAX_BYTES", "Answer", "AnswerSheet", "AnswerStore", "Conflict", "Kept", "Mended", "Saved", "parse_sheet", "read_sheet"]
