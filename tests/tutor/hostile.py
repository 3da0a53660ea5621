"""Hostile inputs as tables: name → what it is, how it is made, and what must be true of it. `test_hostile.py` holds the claims."""

import hashlib
import io
import json
import os
import socket
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

ASSIGNMENT = "w01-small"
WHEN = "2026-11-19T10:00:00+00:00"

WORKBOOK_TOML = 'id = "w01"\ntitle = "A small workbook"\norder = 1\nminutes = 5\n'
ITEMS_TOML = """\
[[items]]
id = "w01-q01"
kind = "single"
purpose = "assessed"
points = 2
stem = "Which?"
options = [ { id = "a", text = "This" }, { id = "b", text = "That" } ]
[[items]]
id = "w01-q02"
kind = "multiple"
purpose = "assessed"
points = 2
stem = "Which of these?"
options = [ { id = "a", text = "One" }, { id = "b", text = "Two" }, { id = "c", text = "Three" }, { id = "d", text = "Four" } ]
[[items]]
id = "w01-q03"
kind = "short"
purpose = "assessed"
points = 1
stem = "What is it called?"
[[items]]
id = "w01-q04"
kind = "gaps"
purpose = "assessed"
points = 2
stem = "Fill the gaps."
text = "The {rules} set a professional {line}."
[[items.gaps]]
id = "rules"
options = [ { id = "policy", text = "policy" }, { id = "rota", text = "rota" } ]
[[items.gaps]]
id = "line"
[[items]]
id = "w01-q05"
kind = "match"
purpose = "assessed"
points = 2
stem = "Who does what?"
statements = [ { id = "s1", text = "Cooks" }, { id = "s2", text = "Drives" } ]
partners = [ { id = "p1", text = "The cook" }, { id = "p2", text = "The driver" } ]
[[items]]
id = "w01-q06"
kind = "scenario"
purpose = "assessed"
points = 2
stem = "Decide."
setting = "You are at work."
start = "n1"
[[items.nodes]]
id = "n1"
says = "Kim"
text = "May I?"
choices = [ { id = "a", text = "Yes", reply = "Good.", to = "n2" }, { id = "b", text = "No", reply = "Oh.", to = "e2" } ]
[[items.nodes]]
id = "n2"
says = "Kim"
text = "Now?"
choices = [ { id = "a", text = "Yes", reply = "Good.", to = "e1" }, { id = "b", text = "No", reply = "Oh.", to = "e2" } ]
[[items.endings]]
id = "e1"
title = "Well"
person = "Glad."
family = "Glad."
worker = "Glad."
next = "Go on."
[[items.endings]]
id = "e2"
title = "Less well"
person = "Sad."
family = "Sad."
worker = "Sad."
next = "Talk."
[[items]]
id = "w01-t01"
kind = "written"
purpose = "assessed"
points = 10
stem = "Why?"
words = 50
[[items]]
id = "w01-scale"
kind = "scale"
purpose = "record"
stem = "How sure?"
low = "not"
high = "very"
statements = [ { id = "no", text = "I can say no." } ]
[[items]]
id = "w01-log"
kind = "workplace"
purpose = "record"
stem = "Evidence"
criteria = [ { code = "2.2", text = "I looked it up" } ]
[[items]]
id = "w01-r01"
kind = "reflection"
purpose = "private"
stem = "Think back."
[[items]]
id = "w01-declaration"
kind = "declaration"
purpose = "record"
stem = "My own work"
statement = "I confirm that this is my own work."
"""
KEY_TOML = """\
workbook = "w01"
version = 1
[keys]
w01-q01 = { right = "a", reason = "So." }
w01-q02 = { right = ["a", "b"], reason = "So." }
w01-q03 = { right = ["handover"], reason = "So." }
w01-q04 = { right = { rules = "policy", line = ["limit"] }, reason = "So." }
w01-q05 = { right = { s1 = "p1", s2 = "p2" }, reason = "So." }
w01-q06 = { right = { "n1.a" = 1, "n1.b" = 0, "n2.a" = 1, "n2.b" = 0 }, reason = "So." }
"""
RUBRICS_TOML = """\
workbook = "w01"
version = 1
[rubrics.w01-t01]
criterion = "1.1"
verb = "describe"
verb_check = "It describes."
workplace_check = "It is from work."
indicative_content = ["This"]
must_see = ["That"]
not_enough = ["A word"]
unsafe = ["A name"]
levels = [ { points = "0-4", title = "Not yet", text = "Little." }, { points = "5-10", title = "Met", text = "Enough." } ]
"""
RIGHT: dict[str, Any] = {
    "w01-q01": "a",
    "w01-q02": ["a", "b"],
    "w01-q03": "handover",
    "w01-q04": {"rules": "policy", "line": "limit"},
    "w01-q05": {"s1": "p1", "s2": "p2"},
    "w01-q06": ["n1.a", "n2.a"],
    "w01-t01": "Because.",
    "w01-scale": {"no": 4},
    "w01-log": {"date": "2026-11-19"},
    "w01-declaration": True,
}
FULL: dict[str, float] = {"w01-q01": 2, "w01-q02": 2, "w01-q03": 1, "w01-q04": 2, "w01-q05": 2, "w01-q06": 2}
"""Points of the closed items when all is right."""


def notebook() -> bytes:
    """Make the small workbook's notebook."""

    def cell(name: str) -> dict[str, Any]:
        graded = name in FULL or name == "w01-t01"
        points = FULL.get(name, 10)
        about = {"grade": True, "grade_id": name, "locked": name in FULL, "points": points, "schema_version": 3, "task": False}
        metadata = {"nbgrader": about | {"solution": name not in FULL}} if graded else {}
        source = f'ask("{name}")'
        return {
            "cell_type": "code",
            "id": f"ask-{name}",
            "metadata": metadata,
            "source": source,
            "outputs": [],
            "execution_count": None,
        }

    names = [*RIGHT, "w01-r01", "hand-in"]
    kernel = {"display_name": "Workbook", "language": "python", "name": "workbook"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}, "workbook": {"id": "w01", "schema": 1}}
    intro = {"cell_type": "markdown", "id": "intro", "metadata": {}, "source": "# A small workbook"}
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": [intro, *map(cell, names)]}).encode()


def workbook_files() -> dict[str, bytes]:
    """Give the small workbook's files."""
    return {"workbook.toml": WORKBOOK_TOML.encode(), "items.toml": ITEMS_TOML.encode(), f"{ASSIGNMENT}.ipynb": notebook()}


def document(values: dict[str, Any] | None = None, **top: Any) -> dict[str, Any]:
    """Make an answers file's object; all right unless told otherwise."""
    answers = {
        name: {"value": value, "saved_at": WHEN, "revision": n, "attempts": 1}
        for n, (name, value) in enumerate((RIGHT | (values or {})).items(), start=1)
    }
    return {"schema": 1, "workbook": "w01", "revision": len(answers), "answers": answers} | top


def raw(values: dict[str, Any] | None = None, **top: Any) -> bytes:
    """Make an answers file."""
    return json.dumps(document(values, **top)).encode()


def manifest(learner: Any, answers: bytes, **more: Any) -> bytes:
    """Make a manifest as the student's page writes it."""
    about = {
        "schema": 1,
        "workbook": "w01",
        "assignment": ASSIGNMENT,
        "student": learner,
        "handed_in_at": WHEN,
        "answers_sha256": hashlib.sha256(answers).hexdigest(),
        "code": hashlib.sha256(answers).hexdigest()[:12],
        "declared": True,
    }
    return json.dumps(about | more).encode()


def entry(name: str, kind: int = 0) -> zipfile.ZipInfo:
    """Make an entry's head, as Unix writes one of that kind of file (`stat.S_IF…`)."""
    info = zipfile.ZipInfo(name, (2026, 11, 19, 9, 30, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    if kind:
        info.create_system, info.external_attr = 3, (kind | 0o777) << 16
    return info


def zipped(*files: tuple[str | zipfile.ZipInfo, bytes], comment: bytes = b"") -> bytes:
    """Make a zip."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name if isinstance(name, zipfile.ZipInfo) else entry(name), content)
        archive.comment = comment
    return memory.getvalue()


def hand_in(learner: Any, answers: bytes | None = None, *more: tuple[str | zipfile.ZipInfo, bytes], top: str = "", **about: Any) -> bytes:
    """Make a hand-in."""
    answers = raw() if answers is None else answers
    parts = (f"{top}manifest.json", manifest(learner, answers, **about)), (f"{top}answers.json", answers)
    return zipped(*parts, (f"{top}{ASSIGNMENT}.ipynb", notebook()), *more)


def patched(data: bytes, name: bytes, at: int, value: bytes, *, central: bool = True, local: bool = True) -> bytes:
    """Overwrite a field in the heads of the entry `name`: `at` counts as in the local head; the central one has two bytes more."""
    changed = bytearray(data)
    for signature, length, shift, wanted in ((b"PK\x03\x04", 30, 0, local), (b"PK\x01\x02", 46, 2, central)):
        found = data.find(signature)
        while found >= 0 and wanted:
            if data[found + length : found + length + len(name)] == name:
                changed[found + at + shift : found + at + shift + len(value)] = value
            found = data.find(signature, found + 4)
    return bytes(changed)


FLAGS, METHOD, CRC, SIZES = 6, 8, 14, 18


@dataclass(frozen=True, kw_only=True)
class Input:
    """One hostile input.

    Attributes
    ----------
    what
        What it is, in words.
    put
        Puts it into the learner's own folder; their id is to be part of every name.
    must
        "taken", "refused", or "either" of them.
    points
        Item → the points that may be given where it is taken; all other closed items keep the full ones.
    """

    what: str
    put: Callable[[Path, str], None]
    must: str
    points: dict[str, tuple[float | None, ...]]


Make = Callable[[str], bytes]


def _put(make: Make, suffix: str = ".zip") -> Callable[[Path, str], None]:
    def put(folder: Path, learner: str) -> None:
        (folder / f"{learner}{suffix}").write_bytes(make(learner))

    return put


HAND_INS: dict[str, Input] = {}


def zips(must: str, **made: Make) -> None:
    """Enter hand-ins that are one zip."""
    for name, make in made.items():
        HAND_INS[name] = Input(what=name.replace("_", " "), put=_put(make), must=must, points={})


def places(must: str, **made: Callable[[Path, str], None]) -> None:
    """Enter hand-ins that are files and folders."""
    for name, put in made.items():
        HAND_INS[name] = Input(what=name.replace("_", " "), put=put, must=must, points={})


def _with(*more: tuple[str | zipfile.ZipInfo, bytes]) -> Make:
    return lambda learner: hand_in(learner, None, *more)


def _replaced(old: bytes, new: bytes) -> Make:
    return lambda learner: hand_in(learner).replace(old, new)


def _stored(learner: str) -> bytes:
    """Make a zip as a program writes it that cannot go back: sizes behind the data."""

    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.data = b""

        def writable(self) -> bool:
            return True

        def write(self, data: Any) -> int:
            self.data += bytes(data)
            return len(data)

    pipe, answers = Pipe(), raw()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", manifest(learner, answers))
        archive.writestr("answers.json", answers)
    return pipe.data


def _overlapping(learner: str) -> bytes:
    """Two entries of the list share one place in the file: a bomb that no sum of sizes shows."""
    data = hand_in(learner)
    start = data.rfind(b"PK\x01\x02", 0, data.rfind(b"PK\x05\x06"))  # the notebook's
    end = data.rfind(b"PK\x05\x06")
    head = data[start:end].replace(b"w01-small.ipynb", b"w01-smalm.ipynb")
    tail = bytearray(data[end:])
    count, size = struct.unpack("<H", tail[10:12])[0] + 1, struct.unpack("<I", tail[12:16])[0] + len(head)
    tail[8:12], tail[12:16] = struct.pack("<HH", count, count), struct.pack("<I", size)
    return data[:end] + head + bytes(tail)


BLOCK = "3141592653590e09e2df015f8e4000c0000008200030804d4642a025a90a8097"
BZ2_BOMB = bytes.fromhex(
    "425a6839" + BLOCK * 5 + "31415926535906875adb009d0bd000c00004000008200030cc0529a6a904a8d81412a3c5dc914e14241cd79d3c00"
)
"""250 MB of zeros in 210 bytes: all of it comes out in one piece, whatever limit is set on reading."""
LZMA_4GB = b"\x09\x04\x05\x00\x5d\xff\xff\xff\xff" + bytes(40)
"""An entry whose window is to be 4 GB."""


def _answers_packed(method: int, content: bytes, size: int) -> Make:
    def make(learner: str) -> bytes:
        memory = io.BytesIO()
        with zipfile.ZipFile(memory, "w") as archive:
            archive.writestr("manifest.json", manifest(learner, b""))
            archive.writestr(zipfile.ZipInfo("answers.json"), content)
        made = patched(memory.getvalue(), b"answers.json", METHOD, struct.pack("<H", method))
        return patched(made, b"answers.json", SIZES + 4, struct.pack("<I", size))

    return make


def _repacked(method: int) -> Make:
    def make(learner: str) -> bytes:
        memory = io.BytesIO()
        with zipfile.ZipFile(memory, "w", method) as archive:
            archive.writestr("manifest.json", manifest(learner, raw()))
            archive.writestr("answers.json", raw())
        return memory.getvalue()

    return make


def _extra(name: str, extra: bytes) -> Make:
    info = entry(name)
    info.extra = extra
    return _with((info, b"x"))


def _nested_bombs(learner: str) -> bytes:
    inner = zipped(("zeros.bin", bytes(20_000_000)))
    return zipped(*((f"{learner}-{n}.zip", zipped(*((f"{m}.zip", inner) for m in range(10)))) for n in range(10)))


def _many(learner: str) -> bytes:
    """Make a zip with an entry 20,000 times over in its list."""
    data = hand_in(learner)
    end = data.rfind(b"PK\x05\x06")
    start = data.find(b"PK\x01\x02")
    last = data[data.rfind(b"PK\x01\x02", 0, end) : end]
    rest = b"".join(last.replace(b"w01-small.ipynb", b"%010d.pynb" % n) for n in range(20_000))
    tail = bytearray(data[end:])
    tail[8:12], tail[12:16] = struct.pack("<HH", 20_003, 20_003), struct.pack("<I", end - start + len(rest))
    return data[:end] + rest + bytes(tail)


def _eocd(at: int, value: bytes) -> Make:
    def make(learner: str) -> bytes:
        data = bytearray(hand_in(learner))
        found = data.rfind(b"PK\x05\x06") + at
        data[found : found + len(value)] = value
        return bytes(data)

    return make


UTF8_NAME = b"\x50\x75\x11\x00\x01" + struct.pack("<I", zlib.crc32(b"x.txt")) + b"answers.json"

zips(
    "taken",
    program_before_the_zip=lambda learner: b"MZ" + bytes(4000) + hand_in(learner),
    written_as_a_stream=_stored,
    comment_of_65535_bytes=lambda learner: zipped(
        ("manifest.json", manifest(learner, raw())), ("answers.json", raw()), comment=b"c" * 65_535
    ),
    names_that_windows_reserves=_with(("CON", b"x"), ("aux.txt", b"x"), ("nul.tar.gz", b"x"), ("LPT1", b"x")),
    names_with_dots_and_blanks_at_the_end=_with(("answers.json ", b"{}"), ("answers.json.", b"{}"), ("manifest.json ", b"{}")),
    same_name_in_other_case=_with(("Answers.JSON", b"{}"), ("MANIFEST.json", b"{}")),
    a_folder_called_answers_json=_with(("answers.json/", b"")),
    setuid_and_sticky=_with((entry("tool", stat.S_IFREG | 0o7000), b"#!/bin/sh\n")),
    names_that_turn_the_line_round=_with(("answers\u202enosj.exe", b"x"), ("\u2066\u2067x", b"x")),
    a_name_of_60000_letters=_with(("n" * 60_000, b"x")),
    date_that_is_none=lambda learner: patched(hand_in(learner), b"answers.json", 12, b"\x00\x00"),
    code_beside_the_answers=_with(
        ("conftest.py", b"import hostile_canary"),
        ("nbgrader_config.py", b"open('canary','w')"),
        ("sitecustomize.py", b"open('canary','w')"),
    ),
    exactly_200_entries=_with(*((f"n{n}.txt", b"") for n in range(197))),
    notebook_of_40_mb=lambda learner: zipped(
        ("manifest.json", manifest(learner, raw())), ("answers.json", raw()), (f"{ASSIGNMENT}.ipynb", bytes(40_000_000))
    ),
    answers_of_5_mb_to_the_byte=lambda learner: hand_in(learner, raw() + b" " * (5_000_000 - len(raw()))),
    another_hand_in_deeper_inside=_with(
        ("old/answers.json", raw({"w01-q01": "b"})), ("old/manifest.json", manifest("good01", raw({"w01-q01": "b"})))
    ),
)
zips(
    "refused",
    answers_with_a_wrong_checksum=lambda learner: patched(hand_in(learner), b"answers.json", CRC, b"\0\0\0\0"),
    network_name=_with(("\\\\server\\share\\x.txt", b"x")),
    network_name_with_slashes=_with(("//server/share/x.txt", b"x")),
    home_of_a_drive=_with(("c:x.txt", b"x")),
    name_with_nul=_replaced(b"w01-small.ipynb", b"w01\0small.ipynb"),
    climbs_in_the_middle=_with(("a/b/../../../x.txt", b"x")),
    device=_with((entry("disk", stat.S_IFBLK), b"")),
    character_device=_with((entry("zero", stat.S_IFCHR), b"")),
    socket_entry=_with((entry("talk", stat.S_IFSOCK), b"")),
    link_in_place_of_the_answers=lambda learner: zipped(
        ("manifest.json", manifest(learner, b"")), (entry("answers.json", stat.S_IFLNK), b"../../gradebook.db")
    ),
    link_in_place_of_a_folder=_with((entry("media", stat.S_IFLNK), b"/"), ("media/x.txt", b"x")),
    strong_encryption=lambda learner: patched(hand_in(learner), b"answers.json", FLAGS, b"\x40\x00"),
    patch_data=lambda learner: patched(hand_in(learner), b"answers.json", FLAGS, b"\x20\x00"),
    deflate64=lambda learner: patched(hand_in(learner), b"answers.json", METHOD, b"\x09\x00"),
    zstandard=lambda learner: patched(hand_in(learner), b"answers.json", METHOD, b"\x5d\x00"),
    method_65535=lambda learner: patched(hand_in(learner), b"answers.json", METHOD, b"\xff\xff"),
    name_is_another_in_its_own_head=lambda learner: hand_in(learner).replace(b"answers.json", b"manifest.js0", 1),
    name_is_no_utf8=lambda learner: patched(
        hand_in(learner).replace(b"w01-small.ipynb", b"w01\xff\xfemall.ipynb"), b"w01\xff\xfemall.ipynb", FLAGS, b"\x00\x08"
    ),
    list_lies_beyond_the_end=_eocd(16, b"\xf0\xff\xff\x7f"),
    list_is_longer_than_the_file=_eocd(12, b"\xff\xff\xff\x7f"),
    answers_one_byte_too_long=lambda learner: hand_in(learner, raw() + b" " * (5_000_001 - len(raw()))),
    twenty_thousand_entries=_many,
    bomb_in_bzip2=_answers_packed(12, BZ2_BOMB, 80),
    bomb_in_bzip2_of_its_true_size=_answers_packed(12, BZ2_BOMB, 50_000_000),
    window_of_4_gb=_answers_packed(14, LZMA_4GB, 40),
    lzma_head_cut_off=_answers_packed(14, b"\x09\x04\xff\xff\x5d", 40),
    answers_packed_by_gzip=lambda learner: hand_in(learner, zlib.compress(raw(), wbits=31)),
    only_a_mac_s_shadow=lambda learner: zipped(("__MACOSX/._answers.json", raw()), ("__MACOSX/answers.json", raw())),
    bombs_in_bombs=_nested_bombs,
)
zips(
    "either",
    packed_by_bzip2=_repacked(zipfile.ZIP_BZIP2),
    packed_by_lzma=_repacked(zipfile.ZIP_LZMA),
    letters_after_the_zip=lambda learner: hand_in(learner) + b"\r\n--boundary--\r\n",
    two_zips_in_one_file=lambda learner: hand_in("good01") + hand_in(learner),
    entries_that_overlap=_overlapping,
    size_in_zip64_lies=_extra("x.bin", struct.pack("<HHQQ", 1, 16, 2**63, 2**63)),
    extra_field_cut_off=_extra("x.bin", b"\x01\x00\xff"),
    another_name_in_an_extra_field=_extra("x.txt", UTF8_NAME),
    another_name_that_is_no_text=_extra("x.txt", b"\x50\x75\x06\x00\x01\0\0\0\0\xff"),
    alternate_stream=_with(("answers.json:$DATA", b"{}"), ("x:answers.json", b"{}")),
    ten_thousand_folders_deep=_with(("/".join("d" * 10_000) + "/answers.json", b"{}")),
    the_same_folder_in_two_spellings=lambda learner: zipped(
        ("e\u0301/answers.json", raw()), ("\u00e9/answers.json", raw({"w01-q01": "b"})), ("\u00e9/manifest.json", manifest(learner, raw()))
    ),
    disk_2_of_a_set=_eocd(4, b"\x01\x00\x01\x00"),
    fewer_entries_than_there_are=_eocd(8, b"\x01\x00\x01\x00"),
    only_the_notebook_s_checksum_is_wrong=lambda learner: patched(hand_in(learner), b"w01-small.ipynb", CRC, b"\0\0\0\0"),
    manifest_of_70_kb=lambda learner: hand_in(learner, None, padding="x" * 70_000),
)


# --- what stands in answers.json ---------------------------------------------------------------------------------------------

NONE: tuple[float | None, ...] = (None, 0)
VALUES: dict[str, tuple[str, str, tuple[float | None, ...]]] = {
    "nan": ("w01-q01", "NaN", NONE),
    "infinity": ("w01-q01", "-Infinity", NONE),
    "1e999": ("w01-q01", "1e999", NONE),
    "minus zero": ("w01-q01", "-0", NONE),
    "true for an option": ("w01-q01", "true", NONE),
    "a list for an option": ("w01-q01", '["a"]', NONE),
    "an option with NUL": ("w01-q01", '"a\\u0000"', NONE),
    "an option in wide letters": ("w01-q01", '"ａ"', NONE),
    "a Cyrillic option": ("w01-q01", '"а"', NONE),
    "900 brackets": ("w01-q01", "[" * 900 + "]" * 900, NONE),
    "half a pair as an option": ("w01-q01", '"\\ud83d"', NONE),
    "a hundred thousand options": ("w01-q02", json.dumps(["a", "b"] * 50_000), NONE),
    "options as a text": ("w01-q02", '"ab"', NONE),
    "options as an object": ("w01-q02", '{"a": true, "b": true}', NONE),
    "lists in a list": ("w01-q02", '[["a"], ["b"]]', NONE),
    "numbers for options": ("w01-q02", "[0, 1, NaN]", NONE),
    "all options": ("w01-q02", '["a", "b", "c", "d"]', NONE),
    "half a pair in two words": ("w01-q03", '"hand\\udc00over"', (None, 0, 1)),
    "80 marks over one letter": ("w01-q03", json.dumps("h" + "\u0301" * 79), NONE),
    "a word with joiners": ("w01-q03", json.dumps("hand\u200dover\u2060"), (None, 0, 1)),
    "a word of a million letters": ("w01-q03", json.dumps("x" * 1_000_000), NONE),
    "a word that grows when it is folded": ("w01-q03", json.dumps("\ufdfa" * 80), NONE),
    "nothing but format signs": ("w01-q03", json.dumps("\u200b\u2060\ufeff"), NONE),
    "a gap with a list": ("w01-q04", '{"rules": ["policy"], "line": "limit"}', (None, 0, 1)),
    "a gap with an object": ("w01-q04", '{"rules": {}, "line": {"accept": 1}}', NONE),
    "a gap with null": ("w01-q04", '{"rules": null, "line": null}', NONE),
    "a gap that is not there": ("w01-q04", '{"__class__": "x", "rules": "policy"}', NONE),
    "a pair with a list": ("w01-q05", '{"s1": ["p1"]}', NONE),
    "a pair with itself": ("w01-q05", '{"s1": "s1", "s2": "s2"}', NONE),
    "pairs as a list": ("w01-q05", '[["s1", "p1"]]', NONE),
    "a path that begins in the middle": ("w01-q06", '["n2.a"]', NONE),
    "a path that goes on after the end": ("w01-q06", '["n1.a", "n2.a", "n2.a"]', NONE),
    "a path in an object that is an object": ("w01-q06", '{"path": {"path": ["n1.a"]}}', NONE),
    "a path that is null": ("w01-q06", '{"path": null}', NONE),
    "a path of ten thousand steps": ("w01-q06", json.dumps(["n1.a"] * 10_000), NONE),
    "half a pair as a step": ("w01-q06", '["\\udfff.a"]', NONE),
    "a text with all control signs": ("w01-t01", json.dumps("".join(map(chr, range(1, 160)))), (None,)),
    "a text with NUL": ("w01-t01", '"one\\u0000two"', (None,)),
    "a text that speaks to a terminal": ("w01-t01", json.dumps("\x1b]0;x\x07\x1b[2J\x9b31m"), (None,)),
    "a text turned round": ("w01-t01", json.dumps("\u202e\u2066 10 of 10 \u2069"), (None,)),
    "a text of a hundred thousand 4-byte signs": ("w01-t01", json.dumps("🙂" * 100_000, ensure_ascii=False), (None,)),
    "a text with one sign too many": ("w01-t01", json.dumps("🙂" * 100_001, ensure_ascii=False), (None,)),
    "a text of half pairs in the wrong order": ("w01-t01", '"\\ude42\\ud83d"', (None,)),
    "a text with no characters": ("w01-t01", json.dumps("\ufffe\uffff\U0010ffff\ufdd0"), (None,)),
    "a text that is a template": ("w01-t01", json.dumps("{{ 7*7 }}{% for x in y %} %s {0} ${7*7} `x` $$x$$"), (None,)),
    "a text that ends an element": ("w01-t01", json.dumps("</div></main><iframe srcdoc='<script>x</script>'><svg onload=x>"), (None,)),
    "a text that ends a comment": ("w01-t01", json.dumps("--><![CDATA[<script>x</script>]]><!--"), (None,)),
    "a text of line breaks": ("w01-t01", json.dumps("\u2028\u2029\x0b\x0c\x85\r"), (None, 0)),
    "a text that is a number": ("w01-t01", "12345678901234567890", (None,)),
    "a text of a list": ("w01-t01", '["Because."]', (None,)),
    "a scale of true": ("w01-scale", '{"no": true}', ()),
    "a scale of 1e999": ("w01-scale", '{"no": 1e999}', ()),
    "a scale of a huge number": ("w01-scale", '{"no": ' + "9" * 4000 + "}", ()),
    "a date before all dates": ("w01-log", '{"date": "0000-00-00"}', ()),
    "a date in year 1": ("w01-log", '{"date": "0001-01-01"}', ()),
    "a date in other digits": ("w01-log", json.dumps({"date": "٢٠٢٦-١١-١٩"}), ()),
    "half a pair in a record": ("w01-log", '{"date": "\\ud800"}', ()),
    "a declaration of 1": ("w01-declaration", "1", ()),
    "a declaration of a text": ("w01-declaration", '"false"', ()),
    "a reflection that is shared as a text": ("w01-r01", '{"what": "x", "share": "true"}', ()),
    "a reflection with half a pair": ("w01-r01", '{"what": "\\udead", "share": true}', ()),
    "a reflection without words": ("w01-r01", '{"share": true}', ()),
}
"""Name → item, the value as JSON, and the points that the item may get; nothing else may change."""
for _name, (_item, _json, _points) in VALUES.items():

    def _make(learner: str, item: str = _item, text: str = _json) -> bytes:
        return hand_in(learner, raw({item: "@here@"}).replace(b'"@here@"', text.encode()))

    HAND_INS[f"answer: {_name}"] = Input(what=_name, put=_put(_make), must="taken", points={_item: _points} if _points else {})

ALL_NONE: dict[str, tuple[float | None, ...]] = dict.fromkeys(FULL, (None, 0))


def _sheets(must: str, points: dict[str, tuple[float | None, ...]] | None = None, **made: bytes) -> None:
    for name, content in made.items():
        put = _put(lambda learner, content=content: hand_in(learner, content))  # type: ignore[misc]
        HAND_INS[f"sheet: {name}"] = Input(what=name.replace("_", " "), put=put, must=must, points=points or {})


_more = document()
_sheets(
    "taken",
    mark_at_the_start=b"\xef\xbb\xbf" + raw(),
    windows_line_ends=json.dumps(document(), indent=1).replace("\n", "\r\n").encode(),
    ten_thousand_strange_items=json.dumps(
        _more | {"answers": _more["answers"] | {f"w01-x{n}": {"value": n} for n in range(10_000)}}
    ).encode(),
    names_that_only_look_alike=json.dumps(
        _more | {"answers": _more["answers"] | {n: {"value": "b"} for n in ("w01-q01\0", "W01-Q01", " w01-q01", "w01-q０1", "__proto__")}}
    ).encode(),
    half_a_pair_in_a_name=raw().replace(b'"w01-scale"', b'"w01-\\ud800"'),
    revision_not_a_number=raw().replace(b'"revision": 10', b'"revision": NaN'),
    revision_of_4000_digits=raw().replace(b'"revision": 1', b'"revision": ' + b"9" * 4000),
    attempts_without_end=raw().replace(b'"attempts": 1', b'"attempts": 1e999'),
    attempts_of_text=raw().replace(b'"attempts": 1', b'"attempts": "many"'),
    saved_in_year_9999=raw().replace(WHEN.encode(), b"9999-12-31T23:59:59-23:59"),
    saved_at_a_number=raw().replace(f'"{WHEN}"'.encode(), b"1e400"),
    seed_of_a_megabyte=raw(seed="f" * 1_000_000),
    seed_of_half_a_pair=raw(seed="\ud800"),
    seed_an_object=raw(seed={"$ne": ""}),
    release_a_list=raw(release=[["x"] * 100]),
    release_that_climbs=raw(release="../../../etc/passwd"),
    unknown_fields_at_the_top=raw(points={"w01-q01": 2}, marks=[{"w01-t01": 10}], manual_score=10),
)
_record = raw().replace(b'{"value": "a", "saved_at"', b'{"values": "a", "saved_at"', 1)
_sheets(
    "taken",
    {"w01-q01": NONE},
    record_without_value=_record,
    record_is_a_list=json.dumps(_more | {"answers": _more["answers"] | {"w01-q01": ["a"]}}).encode(),
    record_is_null=json.dumps(_more | {"answers": _more["answers"] | {"w01-q01": None}}).encode(),
)
_sheets(
    "either", {"w01-q01": (None, 0, 2)}, the_same_item_twice=raw().replace(b'"answers": {', b'"answers": {"w01-q01": {"value": "b"}, ', 1)
)
_sheets("either", utf16=json.dumps(document()).encode("utf-16"), utf32=json.dumps(document()).encode("utf-32"))
_sheets(
    "either",
    ALL_NONE | {n: (None, 0, p) for n, p in FULL.items()},
    schema_is_true=raw(schema=True),
    schema_is_one_point_nought=raw(schema=1.0),
)
_sheets(
    "refused",
    empty=b"",
    blanks=b" \n\t",
    null=b"null",
    one_quote=b'"',
    nothing_but_nul=bytes(4096),
    a_page_that_asks_to_log_in=b"<!DOCTYPE html><html><title>Log in</title></html>",
    a_pointer_to_large_storage=b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12345\n",
    letters_after_the_end=raw() + b"}",
    two_documents=raw() + b"\n" + raw(),
    with_remarks=b"// saved by hand\n" + raw(),
    latin_1=json.dumps(document({"w01-t01": "caf\xe9"}), ensure_ascii=False).encode("latin-1"),
    number_of_5000_digits=raw().replace(b'"schema": 1', b'"schema": ' + b"1" * 5000),
    cut_in_a_sign=json.dumps(document({"w01-t01": "🙂"}), ensure_ascii=False).encode().partition(b"\x82")[0],
    answers_are_a_list=raw(answers=[]),
    answers_are_null=raw(answers=None),
    answers_nested_deeply=b'{"a":' * 100_000,
    schema_2=raw(schema=2),
    workbook_is_a_list=raw(workbook=["w01"]),
    workbook_with_a_line_break=raw(workbook="w01\n"),
    workbook_in_capitals=raw(workbook="W01"),
)

# --- what stands in manifest.json --------------------------------------------------------------------------------------------


def _named(says: Callable[[str], Any]) -> Make:
    return lambda learner: hand_in(says(learner))


def _about(**more: Any) -> Make:
    return lambda learner: hand_in(learner, None, **more)


def _manifest(change: Callable[[bytes], bytes]) -> Make:
    return lambda learner: zipped(("manifest.json", change(manifest(learner, raw()))), ("answers.json", raw()))


zips(
    "refused",
    student_a_list=_named(lambda learner: [learner]),
    student_a_number=_named(lambda _: 1e308),
    student_true=_named(lambda _: True),
    student_null=_named(lambda _: None),
    student_of_60000_letters=_named(lambda learner: learner + "x" * 60_000),
    student_with_a_mark_inside=_named(lambda learner: learner[:2] + "\u200b" + learner[2:]),
    student_with_nul=_named(lambda learner: learner + "\0good01"),
    student_of_half_a_pair=_named(lambda learner: learner + "\ud800"),
    student_who_climbs=_named(lambda learner: f"{learner}/../good01"),
    student_in_wide_letters=_named(lambda _: "ｇｏｏｄ０１"),
    student_in_cyrillic=_named(lambda _: "gооd01"),
    student_with_an_accent=_named(lambda _: "goo\u0301d01"),
    student_with_a_pattern=_named(lambda _: "good0?"),
    student_with_a_star=_named(lambda _: "*"),
    student_of_sql=_named(lambda _: "good01' OR '1'='1"),
    student_with_a_kelvin_sign=_named(lambda _: "\u212aim01"),
    student_with_a_long_s=_named(lambda _: "ro\u017f01"),
    student_named_twice_the_other_way=_manifest(lambda made: made[:-1] + b', "student": "good01"}'),
)
zips(
    "taken",
    student_with_blanks_around=_named(lambda learner: f" \t{learner}\u00a0"),
    student_with_a_line_break=_named(lambda learner: f"{learner}\r\n"),
    time_a_list=_about(handed_in_at=[WHEN]),
    time_an_object=_about(handed_in_at={"$date": 0}),
    time_not_a_number=_about(handed_in_at=float("nan")),
    time_a_huge_number=_about(handed_in_at=10**300),
    time_of_half_a_pair=_about(handed_in_at="2026-11-19T10:00:00\ud800"),
    time_in_other_digits=_about(handed_in_at="٢٠٢٦-١١-١٩T١٠:٠٠:٠٠+00:00"),
    time_as_a_week=_about(handed_in_at="2026-W47-4"),
    time_with_a_leap_second=_about(handed_in_at="2026-11-19T23:59:60Z"),
    time_24_o_clock=_about(handed_in_at="2026-11-19T24:00:00Z"),
    time_of_a_hundred_thousand_digits=_about(handed_in_at="9" * 50_000),
    time_in_a_strange_zone=_about(handed_in_at="2026-11-19T10:00:00+23:59:59.999999"),
    time_before_1970=_about(handed_in_at="1969-12-31T23:59:59Z"),
    time_at_the_end_of_32_bits=_about(handed_in_at="2038-01-19T03:14:08Z"),
    time_below_the_first=_about(handed_in_at="0001-01-01T00:00:00+14:00"),
    checksum_a_list=_about(answers_sha256=[]),
    code_is_a_formula=_about(code='=HYPERLINK("http://x.example","x")'),
    declared_is_a_page=_about(declared="<script>x</script>"),
    manifest_with_a_mark=_manifest(lambda made: b"\xef\xbb\xbf" + made),
)
zips(
    "either",
    student_named_twice=_manifest(lambda made: made.replace(b'"student":', b'"student": "good01", "student":', 1)),
    manifest_in_utf16=_manifest(lambda made: made.decode().encode("utf-16")),
    manifest_a_list=_manifest(lambda made: b"[" + made + b"]"),
    manifest_nested_deeply=_manifest(lambda made: made[:-1] + b', "x": ' + b"[" * 30_000 + b"]" * 30_000 + b"}"),
    manifest_schema_99=_about(schema=99),
    workbook_true=_about(workbook=True),
    workbook_with_a_script=_about(workbook="<script>x</script>\x1b[31m"),
    assignment_that_climbs=_about(assignment="../../gradebook"),
    assignment_a_number=_about(assignment=-0.0),
)

# --- files and folders --------------------------------------------------------------------------------------------------------


def _loose(folder: Path, learner: str, **files: bytes) -> Path:
    place = folder / f"{learner}-loose"
    place.mkdir()
    for name, content in ({"answers": raw(), "manifest": manifest(learner, raw())} | files).items():
        (place / f"{name}.json").write_bytes(content)
    return place


def _in_place(change: Callable[[Path], None]) -> Callable[[Path, str], None]:
    def put(folder: Path, learner: str) -> None:
        change(_loose(folder, learner))

    return put


def _instead(make: Callable[[Path], object], name: str = "answers.json") -> Callable[[Path, str], None]:
    def put(folder: Path, learner: str) -> None:
        path = _loose(folder, learner) / name
        path.unlink()
        make(path)

    return put


def bind(path: Path) -> None:
    """Make a socket in the file system; its name is short, as a socket's must be."""
    here = Path.cwd()
    os.chdir(path.parent)
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(here)


def sparse(size: int) -> Callable[[Path], None]:
    """Make a file of so many bytes that takes no room."""

    def make(path: Path) -> None:
        with path.open("wb") as file:
            file.truncate(size)

    return make


def _file(name: str, make: Make) -> Callable[[Path, str], None]:
    def put(folder: Path, learner: str) -> None:
        (folder / name.replace("@", learner)).write_bytes(make(learner))

    return put


def _bytes_name(folder: Path, learner: str) -> None:
    path = os.path.join(os.fsencode(folder), b"\xff\xfe\x1b[31m-" + learner.encode() + b".zip")  # noqa: PTH118
    with open(path, "wb") as file:  # noqa: PTH123
        file.write(hand_in(learner))


def _bytes_name_bad(folder: Path, learner: str) -> None:
    with open(os.path.join(os.fsencode(folder), b"\xc3(-" + learner.encode() + b".zip"), "wb") as file:  # noqa: PTH118, PTH123
        file.write(b"no zip")


def _tar(learner: str) -> bytes:
    memory = io.BytesIO()
    with tarfile.open(fileobj=memory, mode="w:gz") as archive:
        info = tarfile.TarInfo("answers.json")
        info.size = len(raw())
        archive.addfile(info, io.BytesIO(raw()))
    return memory.getvalue() + learner.encode()


def _at(seconds: float) -> Callable[[Path, str], None]:
    def put(folder: Path, learner: str) -> None:
        path = folder / f"{learner}.zip"
        path.write_bytes(hand_in(learner, None, handed_in_at=""))
        os.utime(path, (seconds, seconds))

    return put


places(
    "taken",
    name_that_is_no_utf8=_bytes_name,
    name_with_a_line_break=_file("@\n[bold red]%s{0}.zip", hand_in),
    name_like_an_option=_file("--workbook=w02 @.zip", hand_in),
    name_as_long_as_it_may_be=_file("@" + "n" * 240 + ".zip", hand_in),
    name_of_pictures=_file("🙂‍🩹\u202e@.zip", hand_in),
    name_in_capitals=_file("@.ZIP", hand_in),
    name_without_an_ending=_file("@", hand_in),
    name_that_is_hidden=_file(".@.zip", hand_in),
    file_from_1901=_at(-2_147_483_648),
    file_from_2106=_at(4_294_967_296.5),
)
places(
    "refused",
    bad_file_with_a_name_that_is_no_utf8=_bytes_name_bad,
    bad_file_with_a_name_of_dots=_file("... @ ....zip", lambda _: b"dots"),
    bad_file_with_a_name_of_markup=_file("<img src=x onerror=x> @ [link=file:x].zip", lambda _: b"markup"),
    answers_are_a_folder=_instead(Path.mkdir),
    answers_are_a_pipe=_instead(os.mkfifo),
    answers_are_a_socket=_instead(bind),
    answers_link_to_themselves=_instead(lambda path: path.symlink_to(path)),
    answers_of_10_gb=_instead(sparse(10_000_000_000)),
    manifest_is_a_pipe=_instead(os.mkfifo, "manifest.json"),
    notebook_is_a_pipe=_in_place(lambda place: os.mkfifo(place / f"{ASSIGNMENT}.ipynb")),
    zip_is_a_pipe=lambda folder, learner: os.mkfifo(folder / f"{learner}.zip"),
    zip_is_a_socket=lambda folder, learner: bind(folder / f"{learner}.zip"),
    zip_links_to_its_own_folder=lambda folder, learner: (folder / f"{learner}.zip").symlink_to(folder),
    zip_links_to_nothing=lambda folder, learner: (folder / f"{learner}.zip").symlink_to("/nowhere"),
    zip_of_one_byte=_file("@.zip", lambda _: b"P"),
    zip_that_is_still_loading=_file("@.zip.crdownload", lambda learner: hand_in(learner)[:400]),
    tar=_file("@.tar.gz", _tar),
    seven_zip=_file("@.7z", lambda learner: b"7z\xbc\xaf\x27\x1c" + learner.encode()),
    rar=_file("@.rar", lambda learner: b"Rar!\x1a\x07\x01\x00" + learner.encode()),
    pdf=_file("@.pdf", lambda learner: b"%PDF-1.7\n" + learner.encode()),
    mail=_file("@.eml", lambda learner: b"From: x\nContent-Type: application/zip\n\nUEsDB" + learner.encode()),
    shortcut=_file("@.url", lambda learner: b"[InternetShortcut]\nURL=file:///etc/passwd\n" + learner.encode()),
    word_document=_file("@.docx", lambda learner: zipped(("word/document.xml", learner.encode()))),
    page_that_was_saved=_file("@.zip.html", lambda learner: b"<html><script>x</script>" + learner.encode()),
)


def _moodle_folder(name: str, content: Callable[[str], bytes] = hand_in) -> Callable[[Path, str], None]:
    def put(folder: Path, learner: str) -> None:
        place = folder / name.replace("@", learner)
        place.mkdir(parents=True)
        (place / f"{learner}.zip").write_bytes(content(learner))

    return put


def _moodle_zip(name: str, content: Callable[[str], bytes] = hand_in) -> Make:
    return lambda learner: zipped((f"{name.replace('@', learner)}/{learner}.zip", content(learner)))


def nobody(_: str) -> bytes:
    """Make a hand-in whose manifest names nobody."""
    return hand_in("")


places(
    "taken",
    moodle_number_of_60_digits=_moodle_folder(f"Hostile @_{'9' * 60}_assignsubmission_file_", nobody),
    moodle_number_nought=_moodle_folder("Hostile @_0_assignsubmission_file_", nobody),
    moodle_name_in_capitals=_moodle_folder("HOSTILE  @_77_assignsubmission_file", nobody),
)
places(
    "refused",
    moodle_name_that_looks_alike=_moodle_folder("Аna Еvans_88_assignsubmission_file_", nobody),
    moodle_name_with_a_mark_inside=_moodle_folder("Ana\u200b Evans_89_assignsubmission_file_", nobody),
    moodle_name_of_markup=_moodle_folder("<b>x<⁄b> &amp; {{7*7}}_90_assignsubmission_file_", nobody),
    moodle_names_two_as_one=_moodle_folder("Max Strasse_91_assignsubmission_file_", nobody),
)
# The one whose folder is called so is somebody else: nothing of it may count for Ana.
zips(
    "refused",
    moodle_download_of_a_stranger=_moodle_zip("Ana Evans @_92_assignsubmission_file_", nobody),
    moodle_download_names_another=_moodle_zip("Hostile @_93_assignsubmission_file_", lambda _: hand_in("good01")),
    moodle_text_that_is_a_page=lambda learner: zipped(
        (f"Nobody {learner}_94_assignsubmission_onlinetext/answers.json", b"<p>see my file</p><script>x</script>")
    ),
)
places(
    "either",
    moodle_name_twice=_moodle_folder("Hostile @_1_assignsubmission_file_/Ana Evans_2_assignsubmission_file_", lambda _: hand_in("ghost")),
    canvas_late=_file("evansana_LATE_@1234_5678_w01.zip", hand_in),
    canvas_anonymous=_file("LATE_anon_@12_34_w01.zip", hand_in),
    canvas_text=_file("evansana_@1234_text.html", lambda learner: b"<script>x</script>" + learner.encode()),
)

# --- folders that are changed between the steps --------------------------------------------------------------------------------


class Change(NamedTuple):
    """A change to a learner's folders: before which step, what it does to (class folder, learner), and what marking may then give.

    `marked` False: no marks may be given; None: they may, or not.
    """

    step: str
    do: Callable[[Path, str], object]
    marked: bool | None = True


def _sub(name: str, make: Callable[[Path], object]) -> Callable[[Path, str], object]:
    def do(root: Path, learner: str) -> object:
        path = root / "submitted" / learner / ASSIGNMENT / name
        path.unlink()
        return make(path)

    return do


def _move(place: str, inside: str, make: Callable[[Path], object]) -> Callable[[Path, str], object]:
    """Put something in place of a folder or file of one of the steps."""

    def do(root: Path, learner: str) -> object:
        path = root / place / inside.replace("@", learner)
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            path.rename(root / f"was-{place}-{learner}")
        return make(path)

    return do


def _text(content: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content)


def _beside(name: str) -> Callable[[Path, str], object]:
    """Make a folder of nobody's beside the learner's; `@` in its name is the learner."""

    def do(root: Path, learner: str) -> None:
        place = root / "submitted" / name.replace("@", learner) / ASSIGNMENT
        place.mkdir(parents=True)
        (place / "answers.json").write_bytes(raw())

    return do


DEEP = b"[" * 100_000 + b"]" * 100_000
TIME = "timestamp.txt"
BOOK = f"{ASSIGNMENT}.ipynb"
CHANGES: dict[str, Change] = {
    "time is a pipe": Change("submitted", _sub(TIME, os.mkfifo)),
    "time is a folder": Change("submitted", _sub(TIME, Path.mkdir)),
    "time links to itself": Change("submitted", _sub(TIME, lambda path: path.symlink_to(path))),
    "time of 60,000 digits": Change("submitted", _sub(TIME, _text(b"1" * 60_000))),
    "time of other bytes": Change("submitted", _sub(TIME, _text(b"\xff\xfe\x00"))),
    "time in a strange zone": Change("submitted", _sub(TIME, _text(b"2026-11-19 10:00:00 +99:99"))),
    "time before all times": Change("submitted", _sub(TIME, _text(b"0001-01-01 00:00:00 +1400"))),
    "time after all times": Change("submitted", _sub(TIME, _text(b"9999-12-31 23:59:59 -1400"))),
    "time not a number": Change("submitted", _sub(TIME, _text(b"NaN"))),
    "answers are a pipe": Change("submitted", _sub("answers.json", os.mkfifo), marked=False),
    "answers are a socket": Change("submitted", _sub("answers.json", bind), marked=False),
    "answers are a folder": Change("submitted", _sub("answers.json", Path.mkdir), marked=False),
    "answers of 10 GB": Change("submitted", _sub("answers.json", sparse(10_000_000_000)), marked=False),
    "answers link to another's": Change(
        "submitted", _sub("answers.json", lambda path: path.symlink_to(f"../../good01/{ASSIGNMENT}/answers.json")), marked=False
    ),
    "notebook is a pipe": Change("submitted", _sub(BOOK, os.mkfifo)),
    "notebook is a folder": Change("submitted", _sub(BOOK, Path.mkdir)),
    "notebook nested deeply": Change("submitted", _sub(BOOK, _text(DEEP))),
    "notebook of 10 GB": Change("submitted", _sub(BOOK, sparse(10_000_000_000))),
    "notebook of numbers": Change("submitted", _sub(BOOK, _text(b'{"cells": [{"cell_type": "code", "source": [1], "metadata": 0}]}'))),
    "folder links to another's": Change(
        "submitted", _move("submitted", "@", lambda path: path.symlink_to("good01", target_is_directory=True)), marked=False
    ),
    "workbook links to another's": Change(
        "submitted", _move("submitted", f"@/{ASSIGNMENT}", lambda path: path.symlink_to(f"../good01/{ASSIGNMENT}")), marked=False
    ),
    "folder is a file": Change("submitted", _move("submitted", "@", _text(b"x")), marked=False),
    "nobody's, its name no UTF-8": Change("submitted", _beside("\udcff-@")),
    "nobody's, its name a line break": Change("submitted", _beside("a\nb\x1b[31m-@")),
    "nobody's, its name 250 letters": Change("submitted", _beside("n" * 240 + "-@")),
    "nobody's, its name an option": Change("submitted", _beside("--force-@")),
    "nobody's, in other case": Change("submitted", _beside("GOOD01")),
    "nobody's, in wide letters": Change("submitted", _beside("ｇood01")),
    "nobody's, hidden": Change("submitted", _beside(".good01")),
    "a socket beside the folders": Change("submitted", lambda root, _: bind(root / "submitted" / "s")),
    "marked notebook nested deeply": Change("autograded", _move("autograded", f"@/{ASSIGNMENT}/{BOOK}", _text(DEEP))),
    "marked notebook a pipe": Change("autograded", _move("autograded", f"@/{ASSIGNMENT}/{BOOK}", os.mkfifo)),
    "marked notebook a folder": Change("autograded", _move("autograded", f"@/{ASSIGNMENT}/{BOOK}", Path.mkdir)),
    "marked notebook a list": Change("autograded", _move("autograded", f"@/{ASSIGNMENT}/{BOOK}", _text(b"[]"))),
    "marked notebook without metadata": Change("autograded", _move("autograded", f"@/{ASSIGNMENT}/{BOOK}", _text(b'{"metadata": null}'))),
    "marked notebook of 0 bytes": Change("autograded", _move("autograded", f"@/{ASSIGNMENT}/{BOOK}", _text(b""))),
    "marked notebook of 600 MB": Change("autograded", _move("autograded", f"@/{ASSIGNMENT}/{BOOK}", sparse(600_000_000))),
    "marked folder is a file": Change("autograded", _move("autograded", f"@/{ASSIGNMENT}", _text(b"x"))),
    "marked learner is a file": Change("autograded", _move("autograded", "@", _text(b"x"))),
    "marked folder is gone": Change("autograded", _move("autograded", f"@/{ASSIGNMENT}", lambda _: None)),
    "marked learner links to another": Change(
        "autograded", _move("autograded", "@", lambda path: path.symlink_to("good01", target_is_directory=True))
    ),
    "feedback page is a folder": Change("feedback", _move("feedback", f"@/{ASSIGNMENT}/{ASSIGNMENT}.html", lambda path: path.mkdir())),
    "feedback page is a pipe": Change("feedback", _move("feedback", f"@/{ASSIGNMENT}/{ASSIGNMENT}.html", os.mkfifo)),
    "feedback learner is a file": Change("feedback", _move("feedback", "@", _text(b"x"))),
    "feedback links to nothing": Change("feedback", _move("feedback", "@", lambda path: path.symlink_to("/nowhere"))),
    "feedback links out of the class": Change(
        "feedback", _move("feedback", "@", lambda path: path.symlink_to(path.parents[2] / "outside", target_is_directory=True))
    ),
    "feedback links to another": Change(
        "feedback", _move("feedback", "@", lambda path: path.symlink_to("good01", target_is_directory=True))
    ),
}

# --- the exchange ---------------------------------------------------------------------------------------------------------------


class Inbound(NamedTuple):
    """A folder that an account put on the exchange: its name (`@` is the learner), how it is filled, and "taken" or "refused"."""

    name: str
    fill: Callable[[Path], object]
    must: str


AT = "2026-11-19 10:00:00.000000 UTC"


def _filled(**more: Callable[[Path], object]) -> Callable[[Path], object]:
    def fill(folder: Path) -> None:
        folder.mkdir()
        (folder / "answers.json").write_bytes(raw())
        (folder / BOOK).write_bytes(notebook())
        for name, make in more.items():
            path = folder / name.replace("_json", ".json").replace("_txt", ".txt").replace("_ipynb", ".ipynb")
            path.unlink(missing_ok=True)
            make(path)

    return fill


def _linked(path: Path) -> None:
    path.mkdir()
    (path / "x").symlink_to("/")


INBOUND: dict[str, Inbound] = {
    "time of words": Inbound(f"@+{ASSIGNMENT}+the day before+x", _filled(), "taken"),
    "time of 200 digits": Inbound(f"@+{ASSIGNMENT}+{'9' * 150}+x", _filled(), "taken"),
    "time in year 10000": Inbound(f"@+{ASSIGNMENT}+10000-01-01 00:00:00 UTC+x", _filled(), "taken"),
    "time with a line break": Inbound(f"@+{ASSIGNMENT}+2026-11-19\n10:00:00 UTC+x", _filled(), "taken"),
    "random part of markup": Inbound(f"@+{ASSIGNMENT}+{AT}+<script>[bold]", _filled(), "taken"),
    "a pipe beside": Inbound(f"@+{ASSIGNMENT}+{AT}+x", _filled(more=os.mkfifo), "taken"),
    "notebook a pipe": Inbound(f"@+{ASSIGNMENT}+{AT}+x", _filled(**{f"{ASSIGNMENT}_ipynb": os.mkfifo}), "taken"),
    "time file a pipe": Inbound(f"@+{ASSIGNMENT}+{AT}+x", _filled(timestamp_txt=os.mkfifo), "taken"),
    "secret of other bytes": Inbound(f"@+{ASSIGNMENT}+{AT}+x", _filled(submission_secret_txt=_text(b"\xff\0../../x")), "taken"),
    "answers a pipe": Inbound(f"@+{ASSIGNMENT}+{AT}+x", _filled(answers_json=os.mkfifo), "refused"),
    "answers a socket": Inbound(f"@+{ASSIGNMENT}+{AT}+x", _filled(answers_json=bind), "refused"),
    "answers of 10 GB": Inbound(f"@+{ASSIGNMENT}+{AT}+x", _filled(answers_json=sparse(10_000_000_000)), "refused"),
    "a link deep inside": Inbound(f"@+{ASSIGNMENT}+{AT}+x", _filled(media=_linked), "refused"),
    "the folder is a file": Inbound(f"@+{ASSIGNMENT}+{AT}+x", _text(raw()), "refused"),
    "the folder is a pipe": Inbound(f"@+{ASSIGNMENT}+{AT}+x", os.mkfifo, "refused"),
    "the folder is empty": Inbound(f"@+{ASSIGNMENT}+{AT}+x", Path.mkdir, "refused"),
    "a name in wide letters": Inbound(f"ｇood01+{ASSIGNMENT}+{AT}+@", _filled(), "refused"),
    "a name that climbs": Inbound(f"..+{ASSIGNMENT}+{AT}+@", _filled(), "refused"),
    "no name": Inbound(f"+{ASSIGNMENT}+{AT}+@", _filled(), "refused"),
}

# --- what an author, or who sends a workbook, writes ----------------------------------------------------------------------------

DEEP_TOML = "x = " + "[" * 5_000 + "]" * 5_000 + "\n"
AUTHORS: dict[str, tuple[str, bytes]] = {
    "items are a number": ("items.toml", b"items = 5\n"),
    "items are a text": ("items.toml", b'items = "w01-q01"\n'),
    "items are one table": ("items.toml", b'[items]\nid = "w01-q01"\n'),
    "items are texts": ("items.toml", b'items = ["w01-q01"]\n'),
    "items are dates": ("items.toml", b"items = [2026-11-19]\n"),
    "kind is a list": ("items.toml", b'[[items]]\nid = "w01-q01"\nkind = ["single"]\n'),
    "kind is a table": ("items.toml", b'[[items]]\nid = "w01-q01"\nkind = { single = 1 }\n'),
    "kind is a number": ("items.toml", b'[[items]]\nid = "w01-q01"\nkind = nan\n'),
    "kind is a name of Python": ("items.toml", b'[[items]]\nid = "w01-q01"\nkind = "__class__"\n'),
    "id is a list": ("items.toml", ITEMS_TOML.replace('id = "w01-q01"', 'id = ["w01-q01"]').encode()),
    "id is a date": ("items.toml", ITEMS_TOML.replace('id = "w01-q01"', "id = 2026-11-19T10:00:00").encode()),
    "id with a line break": ("items.toml", ITEMS_TOML.replace('id = "w01-q01"', 'id = "w01-q01\\n"').encode()),
    "id of a megabyte": ("items.toml", ITEMS_TOML.replace('id = "w01-q01"', f'id = "w01-{"q" * 1_000_000}"').encode()),
    "id in wide letters": ("items.toml", ITEMS_TOML.replace('id = "w01-q01"', 'id = "w01-ｑ01"').encode()),
    "points not a number": ("items.toml", ITEMS_TOML.replace("points = 2", "points = nan").encode()),
    "points without end": ("items.toml", ITEMS_TOML.replace("points = 2", "points = inf").encode()),
    "points below nought": ("items.toml", ITEMS_TOML.replace("points = 2", "points = -1e308").encode()),
    "points too small to see": ("items.toml", ITEMS_TOML.replace("points = 2", "points = 5e-324").encode()),
    "points of 5000 digits": ("items.toml", ITEMS_TOML.replace("points = 2", "points = " + "9" * 5_000).encode()),
    "points true": ("items.toml", ITEMS_TOML.replace("points = 2", "points = true").encode()),
    "pools are a number": ("items.toml", (f"pools = 7\n{ITEMS_TOML}").encode()),
    "pools are texts": ("items.toml", (f'pools = ["w01-p"]\n{ITEMS_TOML}').encode()),
    "a pool of items that are tables": ("items.toml", (ITEMS_TOML + '[[pools]]\nid = "w01-p"\ndraw = 1\nitems = [{}, {}]\n').encode()),
    "a pool that draws itself": ("items.toml", (ITEMS_TOML + '[[pools]]\nid = "w01-p"\ndraw = 1\nitems = ["w01-p-1", "w01-p"]\n').encode()),
    "a pool of one thing twice": (
        "items.toml",
        (ITEMS_TOML + '[[pools]]\nid = "w01-p"\ndraw = 2\nitems = ["w01-q01", "w01-q01"]\n').encode(),
    ),
    "documents are a number": ("items.toml", (f"documents = 7\n{ITEMS_TOML}").encode()),
    "a document without end": (
        "items.toml",
        (
            '[[documents]]\nid = "w01-d01"\nform = "table"\ntitle = "T"\nhead = ["A"]\nrows = [' + '["a"],' * 99_999 + f"]\n{ITEMS_TOML}"
        ).encode(),
    ),
    "a text of NUL": ("items.toml", ITEMS_TOML.replace("Which?", "Wh\\u0000ich?").encode()),
    "a text turned round": ("items.toml", ITEMS_TOML.replace("Which?", "\u202eWhich?").encode()),
    "NUL in the file": ("items.toml", b"\0" * 100),
    "nothing in the file": ("items.toml", b""),
    "UTF-16": ("items.toml", ITEMS_TOML.encode("utf-16")),
    "a spreadsheet": ("items.toml", b"PK\x03\x04" + bytes(100)),
    "arrays in arrays": ("items.toml", DEEP_TOML.encode()),
    "a key of a thousand dots": ("items.toml", b".".join([b"a"] * 1_000) + b" = 1\n"),
    "a story of 24 rounds": (
        "items.toml",
        ITEMS_TOML.replace('to = "n2"', 'to = "n1"').encode(),
    ),
    "a gap that is an expression": ("items.toml", ITEMS_TOML.replace("{rules}", "{rules!r:>{line}}").encode()),
    "workbook id a list": ("workbook.toml", WORKBOOK_TOML.replace('"w01"', '["w01"]').encode()),
    "workbook id climbs": ("workbook.toml", WORKBOOK_TOML.replace('"w01"', '"../w01"').encode()),
    "workbook id with a line break": ("workbook.toml", WORKBOOK_TOML.replace('"w01"', '"w01\\n"').encode()),
    "workbook minutes without end": ("workbook.toml", WORKBOOK_TOML.replace("minutes = 5", "minutes = inf").encode()),
    "workbook order of 4000 digits": ("workbook.toml", WORKBOOK_TOML.replace("order = 1", "order = " + "9" * 4_000).encode()),
    "workbook order a bool": ("workbook.toml", WORKBOOK_TOML.replace("order = 1", "order = true").encode()),
    "workbook title of a megabyte": ("workbook.toml", WORKBOOK_TOML.replace("A small", "A" * 1_000_000).encode()),
    "workbook nested deeply": ("workbook.toml", DEEP_TOML.encode()),
    "workbook table in a table": ("workbook.toml", b"[id]\nid = { id = 'w01' }\n"),
    "workbook a list of criteria that is one": ("workbook.toml", (WORKBOOK_TOML + "criteria = 3\n").encode()),
    "workbook with an address that is a script": (
        "workbook.toml",
        (
            WORKBOOK_TOML + '[[references]]\nid = "a"\ntitle = "b"\npublisher = "c"\nurl = "javascript:alert(1)"\nchecked = "2026-11"\n'
        ).encode(),
    ),
    "key of a list": ("keys/w01.toml", KEY_TOML.replace("[keys]", "keys = []\n[other]").encode()),
    "key nested deeply": ("keys/w01.toml", DEEP_TOML.encode()),
    "key with points not a number": ("keys/w01.toml", KEY_TOML.replace('"n1.a" = 1', '"n1.a" = nan').encode()),
    "key with points without end": ("keys/w01.toml", KEY_TOML.replace('"n1.a" = 1', '"n1.a" = inf').encode()),
    "key with lists for options": ("keys/w01.toml", KEY_TOML.replace('right = ["a", "b"]', 'right = [["a"], ["b"]]').encode()),
    "key with tables for options": ("keys/w01.toml", KEY_TOML.replace('right = ["a", "b"]', "right = [{}, {}]").encode()),
    "key with a table for a pair": ("keys/w01.toml", KEY_TOML.replace('s1 = "p1"', "s1 = {}").encode()),
    "key with a number for a word": ("keys/w01.toml", KEY_TOML.replace('["handover"]', "[5]").encode()),
    "key with only signs for a word": ("keys/w01.toml", KEY_TOML.replace('["handover"]', '["…", "\\u200b"]').encode()),
    "key with a date": ("keys/w01.toml", KEY_TOML.replace('right = "a"', "right = 2026-11-19").encode()),
    "key of another workbook": ("keys/w01.toml", KEY_TOML.replace('"w01"', '"w02"').encode()),
    "key of version nought": ("keys/w01.toml", KEY_TOML.replace("version = 1", "version = 0").encode()),
    "rubric nested deeply": ("rubrics/w01.toml", DEEP_TOML.encode()),
    "rubric with points that climb down": ("rubrics/w01.toml", RUBRICS_TOML.replace('"5-10"', '"٥-10"').encode()),
    "rubric of texts": ("rubrics/w01.toml", b'workbook = "w01"\nversion = 1\nrubrics = "none"\n'),
    "notebook nested deeply": (BOOK, DEEP),
    "notebook a list": (BOOK, b"[]"),
    "notebook a number": (BOOK, b"1e999"),
    "notebook with cells of null": (BOOK, b'{"cells": [null], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'),
    "notebook with a cell that is a list": (BOOK, b'{"cells": [[]], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'),
    "notebook with a source that is a number": (
        BOOK,
        b'{"cells": [{"cell_type": "code", "source": 5, "metadata": {}, "id": "a"}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}',
    ),
    "notebook with half a pair": (BOOK, notebook().replace(b"# A small workbook", b"# A \\ud800 workbook")),
    "notebook of version 99": (BOOK, notebook().replace(b'"nbformat": 4', b'"nbformat": 99')),
    "notebook in UTF-16": (BOOK, notebook().decode().encode("utf-16")),
    "notebook of NUL": (BOOK, bytes(100)),
    "notebook with ten thousand cells of a name": (
        BOOK,
        notebook().replace(b'"cells": [', b'"cells": [' + b'{"cell_type":"markdown","id":"a","metadata":{},"source":""},' * 10_000),
    ),
}
"""Name → file of the workbook (or of its key), and what stands in it."""


def _gone(make: Callable[[Path], object]) -> Callable[[Path], object]:
    """Put something in the file's place."""

    def do(path: Path) -> None:
        path.unlink()
        make(path)

    return do


def _and(name: str, make: Callable[[Path], object], content: bytes | None = None) -> Callable[[Path], object]:
    """Write a good answers file (or `content`), and put something beside it."""

    def do(path: Path) -> None:
        path.write_bytes(raw() if content is None else content)
        beside = Path(os.path.normpath(path.parent / name))
        beside.parent.mkdir(exist_ok=True)
        if beside.is_file():
            beside.unlink()
        make(beside)

    return do


def _link(target: str) -> Callable[[Path], object]:
    """Make a link; `@` is the place itself."""
    return lambda path: path.symlink_to(target.replace("@", path.name))


# --- what a student's folder may hold -------------------------------------------------------------------------------------------


def _first(old: bytes, new: bytes) -> bytes:
    assert old in raw()
    return raw().replace(old, new, 1)


RECEIPT = f"../handed-in/{ASSIGNMENT}-20261119-100000-0000-0000-0000.json"
STRANGE_RECEIPT = (
    b'{"workbook": "w01", "assignment": "w01-small", "title": "<script>x</script>", "student": "..", "handed_in_at": '
    b'"9999-12-31T23:59:59-14:00", "code": "x", "answered": 1e999, "total": -1, "unanswered": [], "file": "../../x.zip", "through": "file"}'
)

STUDENTS: dict[str, bytes | Callable[[Path], object]] = {
    "revision of text": _first(b'"revision": 10, "answers"', b'"revision": "ten", "answers"'),
    "revision null": _first(b'"revision": 10, "answers"', b'"revision": null, "answers"'),
    "revision not a number": _first(b'"revision": 10, "answers"', b'"revision": NaN, "answers"'),
    "revision without end": _first(b'"revision": 10, "answers"', b'"revision": 1e999, "answers"'),
    "revision a list": _first(b'"revision": 10, "answers"', b'"revision": [10], "answers"'),
    "revision of 4000 digits": _first(b'"revision": 10, "answers"', b'"revision": ' + b"9" * 4000 + b', "answers"'),
    "revision below nought": _first(b'"revision": 10, "answers"', b'"revision": -7, "answers"'),
    "an answer's revision null": _first(b'"revision": 1,', b'"revision": null,'),
    "an answer's revision of text": _first(b'"revision": 1,', b'"revision": "one",'),
    "an answer's revision without end": _first(b'"revision": 1,', b'"revision": -Infinity,'),
    "an answer's attempts of text": _first(b'"attempts": 1', b'"attempts": "once"'),
    "an answer's attempts null": _first(b'"attempts": 1', b'"attempts": null'),
    "an answer's attempts a table": _first(b'"attempts": 1', b'"attempts": {}'),
    "an answer's time a number": _first(f'"{WHEN}"'.encode(), b"1e400"),
    "an answer's time of half a pair": _first(f'"{WHEN}"'.encode(), b'"\\ud800"'),
    "an answer's value not a number": _first(b'"value": "a"', b'"value": NaN'),
    "an answer's value of a million": _first(b'"value": "a"', b'"value": [' + b"0," * 1_000_000 + b"0]"),
    "half a pair in a text": _first(b"Because.", b"\\ud83d"),
    "half a pair in a typed word": _first(b"handover", b"\\udc00"),
    "half a pair in a name": _first(b'"w01-scale"', b'"w01-\\ud800"'),
    "seed a number": raw(seed=5),
    "seed a table": raw(seed={"a": 1}),
    "seed of half a pair": raw(seed="\ud800"),
    "seed of a megabyte": raw(seed="f" * 1_000_000),
    "release a list": raw(release=["x"]),
    "schema 2": raw(schema=2),
    "another workbook's": raw(workbook="w02"),
    "workbook a list": raw(workbook=[]),
    "a mark at the start": b"\xef\xbb\xbf" + raw(),
    "UTF-16": json.dumps(document()).encode("utf-16"),
    "NUL alone": bytes(4096),
    "half of it": raw()[: len(raw()) // 2],
    "a merge that nobody settled": b"<<<<<<< HEAD\n" + raw() + b"\n=======\n" + raw() + b"\n>>>>>>> x\n",
    "nested deeply": b'{"answers":' * 100_000,
    "a list": b"[]",
    "a record null": _first(b'"w01-q01": {', b'"w01-q00": null, "w01-q01": {'),
    "a folder": Path.mkdir,
    "a pipe": os.mkfifo,
    "a socket": bind,
    "a link to itself": lambda path: path.symlink_to(path),
    "a link to another's": lambda path: path.symlink_to(path.parent.parent / "other.json"),
    "of 200 MB": sparse(200_000_000),
    "its lock a folder": _and(".answers.lock", Path.mkdir),
    "its lock a pipe": _and(".answers.lock", os.mkfifo),
    "its lock a link out": _and(".answers.lock", _link("../other.json")),
    "its last copy a folder": _and("answers.last-good.json", Path.mkdir, b"{"),
    "its last copy a pipe": _and("answers.last-good.json", os.mkfifo, b"{"),
    "its last copy nested deeply": _and("answers.last-good.json", _text(DEEP), b"{"),
    "learner a pipe": _and("../learner.json", os.mkfifo),
    "learner a folder": _and("../learner.json", Path.mkdir),
    "learner of half a pair": _and("../learner.json", _text(b'{"student": "\\ud800"}')),
    "receipts a file": _and("../handed-in", _text(b"")),
    "receipts link out": _and("../handed-in", _link("/nowhere")),
    "a receipt a pipe": _and(RECEIPT, os.mkfifo),
    "a receipt nested deeply": _and(RECEIPT, _text(DEEP)),
    "a receipt of strange numbers": _and(RECEIPT, _text(STRANGE_RECEIPT)),
    "a receipt a folder": _and(RECEIPT, Path.mkdir),
    "notebook a pipe": _and(BOOK, os.mkfifo),
    "notebook nested deeply": _and(BOOK, _text(DEEP)),
}
"""Name → what `answers.json` is, or what is put beside it."""
# --- what a student unpacks -----------------------------------------------------------------------------------------------------


def handout(*more: tuple[str | zipfile.ZipInfo, bytes], top: str = ASSIGNMENT, **changed: bytes) -> bytes:
    """Make a tutor's zip."""
    files = {f"{top}/{name}": content for name, content in workbook_files().items() if name != BOOK} | {f"{top}/{top}.ipynb": notebook()}
    files |= {f"{top}/{name.replace('_', '.')}": content for name, content in changed.items()}
    return zipped(*files.items(), *more)


def _bomb_handout() -> bytes:
    name = f"{ASSIGNMENT}/media/x.png"
    info = entry(name)
    info.compress_type = zipfile.ZIP_STORED
    made = patched(handout((info, BZ2_BOMB)), name.encode(), METHOD, b"\x0c\x00")
    return patched(made, name.encode(), SIZES + 4, struct.pack("<I", 49_000_000))


HANDOUTS: dict[str, bytes | Callable[[Path], object]] = {
    "answers are in it": handout((f"{ASSIGNMENT}/answers.json", raw())),
    "a last copy of answers is in it": handout((f"{ASSIGNMENT}/answers.last-good.json", raw())),
    "Python is in it": handout((f"{ASSIGNMENT}/workbook_helpers.py", b"open('canary', 'w')")),
    "settings are in it": handout((f"{ASSIGNMENT}/jupyter_server_config.py", b"open('canary', 'w')")),
    "a start file of Python is in it": handout((f"{ASSIGNMENT}/x.pth", b"import os; open('canary', 'w')")),
    "a kernel is in it": handout((f"{ASSIGNMENT}/kernel.json", b'{"argv": ["touch", "canary"]}')),
    "a page is in it": handout((f"{ASSIGNMENT}/media/x.html", b"<script>x</script>")),
    "a script is in it": handout((f"{ASSIGNMENT}/media/x.js", b"x")),
    "another notebook is in it": handout((f"{ASSIGNMENT}/other.ipynb", notebook())),
    "feedback is in it": handout((f"{ASSIGNMENT}/feedback/x.html", b"<h1>10 of 10</h1>")),
    "its folder is for receipts": handout(top="handed-in"),
    "its folder is hidden": handout(top=".jupyter"),
    "its folder is a device of Windows": handout(top="con"),
    "its folder has 255 letters": handout(top="w" * 250),
    "its folder is in other letters": handout(top="ｗ01-small"),
    "names in two cases": handout((f"{ASSIGNMENT}/ITEMS.toml", b"items = []\n")),
    "a name twice": zipped(
        *((f"{ASSIGNMENT}/{n}", c) for n, c in workbook_files().items()), (f"{ASSIGNMENT}/items.tomm", b"items = 5")
    ).replace(b"items.tomm", b"items.toml"),
    "its items are a number": handout(items_toml=b"items = 5\n"),
    "its kind is a list": handout(items_toml=b"[[items]]\nkind = []\n"),
    "its items are nested deeply": handout(items_toml=DEEP_TOML.encode()),
    "its card is nested deeply": handout(workbook_toml=DEEP_TOML.encode()),
    "its card is a list": handout(workbook_toml=b"id = []\ntitle = {}\n"),
    "its card is a folder": zipped((f"{ASSIGNMENT}/workbook.toml/x.toml", b""), (f"{ASSIGNMENT}/workbook.toml", b"")),
    "its title is markup": handout(workbook_toml=WORKBOOK_TOML.replace("A small", "<script>x</script>{{7*7}}").encode()),
    "a bomb in bzip2": _bomb_handout(),
    "a device": handout((entry(f"{ASSIGNMENT}/media/x.png", stat.S_IFBLK), b"")),
    "a link": handout((entry(f"{ASSIGNMENT}/media/x.png", stat.S_IFLNK), b"/etc/passwd")),
    "a program that may run": handout((entry(f"{ASSIGNMENT}/media/x.png", stat.S_IFREG | 0o7000), b"#!/bin/sh")),
    "a password": patched(handout(), f"{ASSIGNMENT}/items.toml".encode(), FLAGS, b"\x01\x00"),
    "six thousand pictures": handout(*((f"{ASSIGNMENT}/media/{n}.png", b"") for n in range(6_000))),
    "cut off": handout()[:-30],
    "a pipe": os.mkfifo,
    "a folder with its name": Path.mkdir,
    "a socket": bind,
    "a link to itself": lambda path: path.symlink_to(path),
    "10 GB of nothing": sparse(10_000_000_000),
}
"""Name → what `x.zip` is."""

# --- rosters --------------------------------------------------------------------------------------------------------------------

HEAD = b"id,first name,last name,email\n"
ROSTERS: dict[str, bytes | Callable[[Path], object]] = {
    "NUL in it": HEAD + b"a\0b,Ann,Lee,\n\0\0\0",
    "nothing": b"",
    "blank lines": b"\n\r\n,,,\n ; ; \n",
    "a sign alone": b"\xff",
    "half of UTF-16": "id,first name,last name\nx01,A,B".encode("utf-16")[:-1],
    "UTF-32": "id,first name,last name\nx01,A,B".encode("utf-32"),
    "UTF-7": b"id,first name,last name\n+AGc-ood01,A,B",
    "EBCDIC": "id,first name,last name\nx01,A,B".encode("cp500"),
    "a page": b"<!DOCTYPE html><table><tr><td>id</td></tr></table>",
    "JSON": b'[{"id": "x01", "first name": "A", "last name": "B"}]',
    "old spreadsheet": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "a database": b"SQLite format 3\0" + bytes(100),
    "one cell of 2 MB": HEAD + b'"' + b"x" * 2_000_000 + b'",A,B,\n',
    "a hundred thousand columns": HEAD + b"x01,A,B,e@x.org" + b",x" * 100_000,
    "header of a hundred thousand columns": b"id,first name,last name" + b",x" * 100_000 + b"\nx01,A,B\n",
    "a quotation that never ends": HEAD + b'x01,"A,B,\n' + b"x02,C,D,\n" * 1000,
    "the header twice": HEAD + HEAD + b"x01,A,B,\n",
    "a name of a good one in other case": HEAD + b"GOOD01,Eve,Evil,\n",
    "a name of a good one in wide letters": HEAD + "ｇｏｏｄ０１,Eve,Evil,\n".encode(),
    "the same id twice with other names": HEAD + b"x01,Eve,Evil,\nx01,Ann,Lee,\n",
    "ids of Windows": HEAD + b"con,A,B,\nNUL.txt,A,B,\nlpt1,A,B,\nx.,A,B,\n",
    "ids that climb": HEAD + b"..,A,B,\n../x,A,B,\n/etc,A,B,\n.hidden,A,B,\n-rf,A,B,\n~,A,B,\n",
    "ids that are formulas": HEAD + b"=1+1,A,B,\n@SUM(A1),A,B,\n",
    "ids with line breaks": HEAD + b'"x\n01",A,B,\n"x\r01",A,B,\n',
    "names that are formulas": HEAD + b'x01,"=HYPERLINK(""http://x"",1)",@B,\n',
    "names turned round": HEAD + "x01,\u202eA,\u2066B\u2069,\n".encode(),
    "names of joined pictures": HEAD + "x01,👩‍👩‍👧‍👦,🏴󠁧󠁢󠁷󠁬󠁳󠁿,\n".encode(),
    "names of 80 marks": HEAD + ("x01,Z" + "\u0301" * 80 + ",B,\n").encode(),
    "mails that are lists": HEAD + b'x01,A,B,"a@x,b@y"\nx02,A,B,<a@x>\nx03,A,B,a@x\x1b[31m\n',
    "separators mixed": b"id;first name;last name\nx01,A,B\nx02;C;D\n",
    "separator named wrongly": b"sep=\x00\nid,first name,last name\nx01,A,B\n",
    "lines of old Macs": b"id,first name,last name\rx01,A,B\r",
    "a pipe": os.mkfifo,
    "a folder": Path.mkdir,
    "a socket": bind,
    "a link to itself": lambda path: path.symlink_to(path),
    "10 GB": sparse(10_000_000_000),
}

# --- gradebooks, settings, folder names, places for the CSV ----------------------------------------------------------------------

GRADEBOOKS: dict[str, Callable[[Path], object]] = {
    "of other bytes": _text(b"this is no database, but long enough to be taken for one" * 50),
    "its first half": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "its middle overwritten": lambda path: path.write_bytes(path.read_bytes()[:4096] + b"\xff" * 8192 + path.read_bytes()[12288:]),
    "a folder": _gone(Path.mkdir),
    "a pipe": _gone(os.mkfifo),
    "a socket": _gone(bind),
    "a link to itself": _gone(_link("@")),
    "a mail": _text(b"From: tutor@example.org\nSubject: gradebook\n\nattached\n"),
    "a table with other columns": lambda path: _sql(path, "DROP TABLE grade", "CREATE TABLE grade (x TEXT)"),
    "a table that is missing": lambda path: _sql(path, "DROP TABLE student"),
    "points that are text": lambda path: _sql(path, "UPDATE base_cell SET name = name || 'x'"),
    "times that are none": lambda path: _sql(path, "UPDATE assignment SET duedate = 'tomorrow'"),
    "a version from the future": lambda path: _sql(path, "UPDATE alembic_version SET version_num = 'ffffffffffff'"),
    "a trigger that deletes": lambda path: _sql(
        path, "CREATE TRIGGER x AFTER INSERT ON submitted_assignment BEGIN DELETE FROM student; DELETE FROM assignment; END"
    ),
    "a log of other bytes beside it": lambda path: path.with_name("gradebook.db-wal").write_bytes(b"\xff" * 5000),
    "a journal of other bytes beside it": lambda path: path.with_name("gradebook.db-journal").write_bytes(b"\xff" * 5000),
}


def _sql(path: Path, *statements: str) -> None:
    import sqlite3

    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


_SET = "# This is a class folder of autograde. Class: x\nfrom autograde.settings import configure\nc = get_config()\n"
SETTINGS: dict[str, str | Callable[[Path], object]] = {
    "no more than the first line": _SET.splitlines()[0],
    "they end the program": _SET + "import sys\nsys.exit(0)\n",
    "they end it with words": _SET + "raise SystemExit('bye')\n",
    "they call without end": _SET + "def f(): f()\nf()\n",
    "they are cut off": _SET + "configure(c, course='x",
    "a database that is no address": _SET + "configure(c, course='x', db_url='gradebook')\n",
    "a database of nobody's": _SET + "configure(c, course='x', db_url='mysql+nothing://x/y')\n",
    "a database that is a number": _SET + "configure(c, course='x', db_url=5)\n",
    "a database in a folder that is not there": _SET + "configure(c, course='x', db_url='sqlite:////nowhere/x/gradebook.db')\n",
    "a database in no file": _SET + "configure(c, course='x', db_url='sqlite://')\n",
    "a database that does not answer": _SET + "configure(c, course='x', db_url='postgresql://x:secret@127.0.0.1:1/x')\n",
    "a database with a port of words": _SET + "configure(c, course='x', db_url='postgresql://x:secret@localhost:port/x')\n",
    "a course that climbs": _SET + "configure(c, course='../../x')\n",
    "a course that is a list": _SET + "configure(c, course=['x'])\n",
    "an exchange that is a number": _SET + "configure(c, course='x', exchange=7)\n",
    "an exchange that is a file": _SET + "configure(c, course='x', exchange=__file__ if '__file__' in globals() else '/etc/passwd')\n",
    "workbooks in a place that is not there": _SET + "configure(c, course='x', workbooks='/nowhere')\n",
    "a setting of the wrong sort": _SET + "configure(c, course='x')\nc.CourseDirectory = 5\n",
    "settings in UTF-16": lambda path: path.write_text(_SET, "utf-16"),
    "settings of JSON nested deeply beside": lambda path: path.with_suffix(".json").write_bytes(b'{"a":' * 50_000),
    "settings of JSON that is a list beside": lambda path: path.with_suffix(".json").write_bytes(b"[]"),
    "settings a folder": _gone(Path.mkdir),
}

FOLDERS = (
    "a#b",
    'O\'Brien "x"',
    "back\\slash",
    "a;b&c|d",
    "new\nline",
    "{x}%(y)s",
    "-rf",
    "~",
    "🙂 Gwaith tŷ",
    "\u202eright",
    "e\u0301 and \u00e9",
    "a=b+c:d@e",
    "*",
    "n" * 200,
    " blank ",
    "...",
)

CSV_PLACES: dict[str, Callable[[Path], Path]] = {
    "a pipe": lambda root: _made(root / "pipe", os.mkfifo),
    "a socket": lambda root: _made(root / "talk", bind),
    "a folder": lambda root: root,
    "the settings": lambda root: root / "nbgrader_config.py",
    "the settings by another way": lambda root: root / "source" / ".." / "nbgrader_config.py",
    "a link to the gradebook": lambda root: _made(root / "link.csv", lambda path: path.symlink_to(root / "gradebook.db")),
    "another name of the gradebook": lambda root: _made(root / "hard.csv", lambda path: path.hardlink_to(root / "gradebook.db")),
    "the gradebook in the test's own spelling": lambda root: Path(os.path.relpath(root / "gradebook.db")),
    "the gradebook's log": lambda root: root / "gradebook.db-wal",
    "the items": lambda root: root / "source" / ASSIGNMENT / "items.toml",
    "the released notebook": lambda root: root / "release" / ASSIGNMENT / BOOK,
    "the handout": lambda root: root / "handout" / f"{ASSIGNMENT}.zip",
    "a hand-in": lambda root: next((root / "received").rglob("*.zip")),
    "answers": lambda root: next((root / "submitted").rglob("answers.json")),
    "a key": lambda root: root.parent / "keys" / "w01.toml",
    "a place that is not there": lambda root: root / "no" / "where.csv",
    "a name that is too long": lambda root: root / ("n" * 300),
    "a name of other bytes": lambda root: root / "\udcff.csv",
    "a name with NUL": lambda root: root / "a\0b.csv",
    "a link to itself": lambda root: _made(root / "loop.csv", lambda path: path.symlink_to(path)),
    "below a file": lambda root: root / "gradebook.db" / "x.csv",
}


def _made(path: Path, make: Callable[[Path], object]) -> Path:
    make(path)
    return path
