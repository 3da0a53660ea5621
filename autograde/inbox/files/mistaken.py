"""Recognise, by what is in it, a file that a student gave in place of the hand-in: a document, a picture, a page."""

import io
from contextlib import suppress

from autograde.errors import UnusableError
from autograde.inbox.files.archive import BULK, Parts, hand_in_parts, open_archive

STARTS = (
    (0, b"%PDF-", "a PDF"),
    (0, b"\x89PNG\r\n", "a picture"),
    (0, b"\xff\xd8\xff", "a picture"),  # JPEG
    (0, b"GIF8", "a picture"),
    (8, b"WEBP", "a picture"),
    (4, b"ftyp", "a picture or a film"),  # HEIC, MP4, MOV
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an office document"),  # Word 97, or a later one with a password
    (0, b"{\\rtf", "a text document"),
    (30, b"mimetypeapplication/vnd.oasis.opendocument.", "a LibreOffice document"),
    (0, b"<!DOCTYPE html", "a web page"),  # as our receipt is
)
"""Where in a file, which bytes, what it is then."""
TYPES = "[Content_Types].xml"
ENTRIES = (
    ({TYPES, "word/"}, "a Word document"),
    ({TYPES, "xl/"}, "an Excel spreadsheet"),
    ({TYPES, "ppt/"}, "a PowerPoint presentation"),
    ({"Index/Document.iwa"}, "a Pages document"),
)
"""Which files and top folders a zip holds, what it is then."""


def mistaken(data: bytes) -> str:
    """Say what a file that is no hand-in is, and what to ask the student for; "" if that is not known."""
    what = next((what for at, start, what in STARTS if data.startswith(start, at)), "")
    if not what:
        with suppress(UnusableError), open_archive(io.BytesIO(data), BULK) as archive:
            names = {name for path in archive.entries for name in ("/".join(path), f"{path[0]}/")}
            what = next((what for needed, what in ENTRIES if needed <= names), "")
    return what and f'it is {what}, not a hand-in: ask the learner for the file that "Save the file" makes'


def parts_of(data: bytes, assignment: str = "") -> Parts:
    """Open a hand-in; UnusableError if it is none."""
    try:
        with open_archive(io.BytesIO(data)) as archive:
            return hand_in_parts(archive, assignment)
    except UnusableError as error:
        raise UnusableError(mistaken(data) or str(error)) from error
