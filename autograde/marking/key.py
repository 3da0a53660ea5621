"""Read keys and rubrics, which lie beside this package and never where a student can get at them."""

import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from autograde.marking.kinds import MARKERS
from workbook_helpers.items import Json, Workbook, read_toml
from workbook_helpers.items.base import ItemId, Model, Text
from workbook_helpers.items.workbook import validate


def home() -> Path:
    """Give the folder that holds `keys/` and `rubrics/`: this package, or where AUTOGRADE_KEYS points for own workbooks."""
    return Path(os.environ.get("AUTOGRADE_KEYS") or Path(__file__).parents[1])


class KeyEntry(Model):
    """The right answer of a closed item (its form is the kind's) and why it is right, for the marker."""

    right: Json
    reason: Text


class Key(Model):
    """The key of one workbook; `version` goes up when an entry is mended."""

    workbook: str
    version: Annotated[int, Field(ge=1)]
    keys: dict[ItemId, KeyEntry]


class Level(Model):
    """One level of a rubric: the points it stands for, e.g. "3–6", and what such an answer is like."""

    points: Annotated[str, Field(pattern=r"^\d+([–-]\d+)?$")]
    title: Text
    text: Text


class Rubric(Model):
    """The marker's guide to one written task."""

    criterion: str
    verb: str
    verb_check: Text
    workplace_check: Text
    indicative_content: Annotated[tuple[Text, ...], Field(min_length=1)]
    must_see: Annotated[tuple[Text, ...], Field(min_length=1)]
    not_enough: Annotated[tuple[Text, ...], Field(min_length=1)]
    unsafe: Annotated[tuple[Text, ...], Field(min_length=1)]
    levels: Annotated[tuple[Level, ...], Field(min_length=2)]


class Rubrics(Model):
    """The rubrics of one workbook."""

    workbook: str
    version: Annotated[int, Field(ge=1)]
    rubrics: dict[ItemId, Rubric]


class Sample(Model):
    """An answer written to train markers: what it is worth, and which of the rubric's `must_see` are in it, in their order."""

    task: ItemId
    level: Literal["met", "borderline", "not-yet"]
    points: Annotated[int, Field(ge=0, le=100)]
    must_see: tuple[bool, ...]
    text: Text
    why: Text


class Samples(Model):
    """The sample answers to the written tasks of one workbook."""

    workbook: str
    samples: tuple[Sample, ...] = ()


def load_key(workbook: str) -> Key:
    """Read the key of a workbook (short id); ContentError names file, item and line of a fault."""
    path = home() / "keys" / f"{workbook}.toml"
    return validate(Key, read_toml(path), path)


def load_rubrics(workbook: str) -> Rubrics:
    """Read the rubrics of a workbook (short id); ContentError names file, item and line of a fault."""
    path = home() / "rubrics" / f"{workbook}.toml"
    return validate(Rubrics, read_toml(path), path)


def load_samples(workbook: str) -> Samples:
    """Read the sample answers of a workbook (short id), none if it has no such file; ContentError names a fault."""
    path = home() / "samples" / f"{workbook}.toml"
    return validate(Samples, read_toml(path), path) if path.is_file() else Samples(workbook=workbook)


def key_problems(workbook: Workbook, key: Key, rubrics: Rubrics) -> tuple[str, ...]:
    """Say where items, keys and rubrics do not fit each other, one sentence each; empty if all is well."""
    problems: list[str] = []
    closed = {item.id for item in workbook.assessed() if not item.asks_person}
    written = {item.id for item in workbook.assessed() if item.asks_person}
    for name, wanted, given in (("key", closed, set(key.keys)), ("rubric", written, set(rubrics.rubrics))):
        problems += [f"{item_id} has no {name}" for item_id in sorted(wanted - given)]
        problems += [f"the {name} {item_id} has no assessed item of its kind" for item_id in sorted(given - wanted)]
    problems += [f"{kind.workbook!r} is not {workbook.id!r}" for kind in (key, rubrics) if kind.workbook != workbook.id]
    for item in workbook.assessed():
        if item.asks_person or item.id not in key.keys:
            continue
        marker = MARKERS.get(item.kind)
        problem = marker.key_problem(item, key.keys[item.id].right) if marker else f"kind {item.kind} has no marker"
        if problem:
            problems.append(f"key of {item.id}: {problem}")
    return tuple(problems)
