"""What can go wrong on the tutor's side; each message says what happened, where, and what to do next."""

import lzma
import zipfile
import zlib

from workbook_helpers.errors import WorkbookError

BAD_ZIP = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, RuntimeError, ValueError, OverflowError)
"""All that reading a zip raises which is none, is damaged, or is packed in a way that is not known; beside OSError."""


class ClassError(WorkbookError):
    """A class folder, or something in it, is not as a command needs it."""


class AuthorError(WorkbookError):
    """A workbook cannot be made."""


class RosterError(ClassError):
    """A roster file cannot be used at all (single bad rows are reported, not raised)."""


class ReleaseError(ClassError):
    """A workbook cannot be released; nothing reached a student."""


class RowError(ClassError):
    """What a gradebook holds of one submission is in the way of writing it; the gradebook itself works."""


class UnusableError(ClassError):
    """A hand-in cannot be used. The message is a sentence for the tutor; the hand-in goes to quarantine."""
