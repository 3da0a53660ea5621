"""Find out what a file of questions is, and read it; whoever made it, nothing of it is run, fetched or unfolded without limits."""

import codecs
from pathlib import Path
from typing import TypeAlias
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from autograde.bank.gift import read_gift
from autograde.bank.moodle_reading import read_moodle
from autograde.bank.package import LARGEST, packed_files
from autograde.bank.qti_names import in_old_names
from autograde.bank.qti_reading import read_qti
from autograde.bank.question import MOST_QUESTIONS, Question, Remark, Unreadable
from autograde.errors import ClassError
from autograde.text import printable
from workbook_helpers.files import read_file

LARGEST_FILE = 20_000_000
"""Bytes; a bank of a thousand questions without pictures has about a tenth."""
DEEPEST, MOST = 100, 400_000
"""Elements within each other, and all elements of a file."""
KINDS = "Moodle XML, a QTI package or item (2.1 or 3.0), or GIFT"
TOO_LARGE = "Export fewer questions, or without pictures."
Read: TypeAlias = tuple[str, tuple[Question, ...], tuple[Remark, ...]]
"""What a file is ("Moodle XML", "QTI", "GIFT"), its questions in order, and what is left out or was changed."""


def read_questions(path: Path) -> Read:
    """Read a file of questions, as `questions_in` does.

    Raises
    ------
    ClassError
        If the file cannot be read, too.
    """
    try:
        data = read_file(path, LARGEST_FILE, links=True)
    except FileNotFoundError as error:
        msg = f"There is no file {printable(path)}. Check the name."
        raise ClassError(msg) from error
    except OSError as error:
        most = f"at most {LARGEST_FILE // 1_000_000} MB"
        msg = f"{printable(path)} cannot be read ({error.strerror or error}). Give a file of {most}. {TOO_LARGE}"
        raise ClassError(msg) from error
    return questions_in(data, path.name)


def questions_in(data: bytes, name: str) -> Read:
    """Read what a file of questions holds; `name` is what people call the file.

    Raises
    ------
    ClassError
        If it is none of `KINDS`, or is larger or deeper than any of these is; one sentence says so and what to do.
    """
    name = printable(name)
    found = _found(data, name)
    if len(found[1]) + len(found[2]) > MOST_QUESTIONS:
        msg = f"{name} holds more than {MOST_QUESTIONS:,} questions. Export one category at a time."
        raise ClassError(msg)
    return found


def _found(data: bytes, name: str) -> Read:
    if len(data) > LARGEST_FILE:
        msg = f"{name} is larger than {LARGEST_FILE // 1_000_000} MB. {TOO_LARGE}"
        raise ClassError(msg)
    if not data.strip():
        msg = f"{name} is empty. Export the questions again."
        raise ClassError(msg)
    if data[:2] == b"PK":
        return "QTI", *_package(data, name)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or data.removeprefix(codecs.BOM_UTF8).lstrip()[:1] == b"<":
        return _xml(data, name)
    return "GIFT", *read_gift(_text(data, name))


def _text(data: bytes, name: str) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        msg = f"{name} is no text in UTF-8, so it is none of {KINDS}. Save it as UTF-8, or export the questions again."
        raise ClassError(msg) from error
    if "\0" in text:
        msg = f"{name} is no text, so it is none of {KINDS}. Export the questions again."
        raise ClassError(msg)
    return text


class _DeepError(ValueError):
    """A file has more elements, or deeper ones, than a file of questions."""


class _Builder(TreeBuilder):
    """Builds a tree that is neither endless nor bottomless."""

    depth = count = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        """Open an element."""
        self.depth += 1
        self.count += 1
        if self.depth > DEEPEST or self.count > MOST:
            raise _DeepError
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        """Close an element."""
        self.depth -= 1
        return super().end(tag)


def _parsed(data: bytes, name: str) -> Element:
    parser = DefusedXMLParser(target=_Builder(), forbid_dtd=True)
    try:
        parser.feed(data)
        root: Element = parser.close()
    except DefusedXmlException as error:
        msg = f"{name} declares a document type or entities, which could hide or load anything. Export the questions without them."
        raise ClassError(msg) from error
    except _DeepError as error:
        msg = f"{name} has more elements, or more within each other, than a file of questions. {TOO_LARGE}"
        raise ClassError(msg) from error
    except (ParseError, ValueError, LookupError) as error:
        msg = f"{name} is no sound XML ({printable(error)}). Export the questions again, and do not mend the file by hand."
        raise ClassError(msg) from error
    return root


def _xml(data: bytes, name: str) -> Read:
    root = _parsed(data, name)
    if root.tag == "quiz":
        return "Moodle XML", *read_moodle(root)
    item = in_old_names(root)
    if item.tag == "assessmentItem":
        return "QTI", *_items([(name, item)])
    if item.tag in {"assessmentTest", "manifest"}:
        msg = f"{name} only names the questions of a QTI package. Give the whole package, which is a zip."
    else:
        msg = f"{name} begins with <{printable(item.tag, 40)}>, so it is none of {KINDS}. Export the questions as one of these."
    raise ClassError(msg)


def _package(data: bytes, name: str) -> tuple[tuple[Question, ...], tuple[Remark, ...]]:
    items: list[tuple[str, Element]] = []
    remarks: list[Remark] = []
    for file, text in packed_files(data, name):
        if len(text) > LARGEST:
            remarks.append(Remark(name=printable(file), text=f"it is larger than {LARGEST // 1_000_000} MB", left_out=True))
            continue
        try:
            item = in_old_names(_parsed(text, "it"))
        except ClassError as error:
            remarks.append(Remark(name=printable(file), text=str(error), left_out=True))
            continue
        if item.tag == "assessmentItem":
            items.append((file, item))
    if not items and not remarks:
        msg = f"{name} is a zip without any QTI item. Export the questions as QTI 2.1 or 3.0."
        raise ClassError(msg)
    questions, more = _items(items)
    return questions, (*remarks, *more)


def _items(items: list[tuple[str, Element]]) -> tuple[tuple[Question, ...], tuple[Remark, ...]]:
    questions: list[Question] = []
    remarks: list[Remark] = []
    for file, item in items:
        try:
            questions.append(read_qti(item))
        except Unreadable as error:
            remarks.append(Remark(name=printable(item.get("identifier") or file), text=str(error), left_out=True))
    return tuple(questions), tuple(remarks)
