"""Change a wording in a class's own copy of a workbook: tried as a whole before anything is written, kept as it was, and taken back.

Where a question has been given out, a changed wording may change its meaning. Then what was right in the old question is kept beside the
new key (`marking.Key.earlier`): whoever was asked the old one is marked by that, whenever it comes in. Nothing that was given is touched.
"""

import json
import re
import shutil
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from autograde.authoring import toml_text
from autograde.authoring import wording as words
from autograde.authoring.changes import KEPT, KEY_ALONE, FieldError, StaleError, alone, write_change
from autograde.authoring.part import GUIDE_KINDS, PartNow, read_text
from autograde.checks import faults
from autograde.classes.own_keys import GUIDES, NAME, NOTHING, Decision, class_guides, decided, own_keys, toml
from autograde.content import Kind
from autograde.errors import AuthorError
from autograde.marking import Key, KeyEntry, Rubric, Rubrics, wording
from autograde.whole import stage
from workbook_helpers.cells import ASK
from workbook_helpers.errors import ContentError
from workbook_helpers.files import write_file
from workbook_helpers.items import Json, Workbook, load_workbook, read_notebook
from workbook_helpers.items.documents import Document
from workbook_helpers.items.sections import heading
from workbook_helpers.web import workbook_file

LINES = {
    "missing": "This is missing.",
    "string_too_short": "This needs a text.",
    "too_short": "This needs at least {min_length}, one a line.",
}
LINES |= {"string_too_long": "This is too long: at most {max_length} letters.", "too_long": "At most {max_length} of these fit here."}
"""Pydantic's type of fault → the same for who fills in a form."""
HALF = re.compile("[\ud800-\udfff]")
"""Half a surrogate pair, as a terminal gives a byte that is no UTF-8: no file can hold it."""


class Meaning(StrEnum):
    """What a changed wording does to a question."""

    WORDING = "wording"
    CHANGES = "changes"


@dataclass(frozen=True, kw_only=True)
class Follows:
    """What follows from a change, in words: for who has handed in, for what is given out, and for the next release."""

    learners: tuple[str, ...]
    lines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Reworded:
    """A change that was made: `kept` names the files as they were, `again` whether students get it only when it is given out again."""

    kept: str
    lines: tuple[str, ...]
    again: bool


class Wording(PartNow):
    """A part of a workbook that is to be worded anew."""

    def _changed(self, typed: Mapping[str, str]) -> dict[tuple[str, ...], Json]:
        """Read what was typed: path → value, for the fields that are others now."""
        fields = {field.name: field for field in self.fields}
        found = {}
        for name, text in typed.items():
            if name not in fields:
                msg = f"{self.name} has no field {name[:60]!r}; it has: {', '.join(fields)}."
                raise FieldError(msg)
            if HALF.search(text):
                msg = "A sign in this cannot be saved. Type it again."
                raise FieldError(msg, name)
            if _same(text) != _same(fields[name].value):
                try:
                    value = words.read_value(fields[name], text)
                except AuthorError as error:
                    raise FieldError(str(error), name) from error
                found[tuple(name.split("/"))] = value
        return found

    def _files(self, changed: Mapping[tuple[str, ...], Json]) -> dict[str, bytes]:
        """Give the files that a change makes new; what is right comes first, so that a kill in between leaves it fit for both wordings."""
        course, folder = self.course, self.workbook.folder
        found: dict[str, bytes] = {}
        for part, guide in zip(("key", "rubric"), GUIDE_KINDS, strict=True):
            if inside := {path[1:]: value for path, value in changed.items() if path[0] == part}:
                text = toml_text.guide_text(read_text(self.guide(guide)), guide, self.name, inside)
                found[f"{GUIDES}/{guide}/{self.workbook.id}.toml"] = text.encode()
        for kind in ("item", "document"):
            if inside := {path[1:]: value for path, value in changed.items() if path[0] == kind}:
                path = folder / "items.toml"
                text = toml_text.item_text(read_text(path), self.number, inside, f"{kind}s")
                found[path.relative_to(course.root).as_posix()] = text.encode()
        if ("text",) in changed:
            document = read_notebook(self.workbook.notebook)
            cell = next(cell for cell in document["cells"] if cell.get("id") == self.name)
            cell["source"] = str(changed["text",]).splitlines(keepends=True)
            path = self.workbook.notebook
            found[path.relative_to(course.root).as_posix()] = (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()
        return found

    def _earlier(self, files: dict[str, bytes]) -> dict[str, bytes]:
        """Give the files with what was right in its questions, for all who were asked them, and without what was decided of that."""
        course, short = self.course, self.workbook.id
        key, rubrics = class_guides(course, self.workbook)
        head = "# As it was before its meaning changed; autograde reword wrote it, for who was asked it then."
        made: dict[str, bytes] = {}
        held = own_keys(course, short)
        drop = {item: Decision() for item in self.asked if held.get(item, NOTHING)}
        guides: list[tuple[Kind, str, tuple[str, ...], KeyEntry | Rubric]] = []
        for item, asked in self.asked.items():
            person = self.workbook.items[item].asks_person
            guides.append(("rubrics", item, asked, rubrics.rubrics[item]) if person else ("keys", item, asked, key.keys[item]))
        # What it meant still earlier has got what was decided since; what is written last of it counts.
        newest = {(one.item, one.asked): one for one in key.earlier if one.item in drop}
        guides += [("keys", item, asked, one) for (item, asked), one in newest.items()]
        for kind, item, asked, guide in guides:
            name = f"{GUIDES}/{kind}/{short}.toml"
            said = {"item": item, "asked": list(asked), **guide.model_dump(mode="json", exclude_defaults=True)}
            lines = "".join(f"{word} = {toml(value)}\n" for word, value in said.items())
            before = made.get(name) or files.get(name)
            text = before.decode() if before else read_text(self.guide(kind))
            made[name] = f"{text.rstrip()}\n\n{head}\n[[earlier]]\n{lines}".encode()
        if drop:
            made[NAME] = decided(course, short, drop)
        return made | {other: content for other, content in files.items() if other not in made}

    @contextmanager
    def draft(self, typed: Mapping[str, str]) -> Iterator[tuple[Workbook, dict[str, bytes], dict[tuple[str, ...], Json]]]:
        """Give the workbook as it would be, in a folder of its own, the files that would be new, and what is changed; nothing is written.

        Raises
        ------
        FieldError
            If something typed cannot be used, or the workbook would not work or would give a key away, by the rules of `autograde check`.
        """
        changed = self._changed(typed)
        place = stage(self.course, KEPT, "draft")
        place.mkdir(exist_ok=True)
        root = Path(tempfile.mkdtemp(dir=place))
        try:
            files = self._files(changed)
            folder = root / "source" / self.assignment
            shutil.copytree(self.workbook.folder, folder, ignore=shutil.ignore_patterns(".*"))
            for kind in GUIDE_KINDS:
                (root / GUIDES / kind).mkdir(parents=True)
                shutil.copyfile(self.guide(kind), root / GUIDES / kind / f"{self.workbook.id}.toml")
            for name, content in files.items():
                (root / name).write_bytes(content)
            yield self._tried(root, folder), files, changed
        finally:
            shutil.rmtree(root, ignore_errors=True)

    def _tried(self, root: Path, folder: Path) -> Workbook:
        """Read the draft; FieldError with a sentence for who has typed where it does not fit."""
        if self.document:
            _fit(Document, tomllib.loads(read_text(folder / "items.toml"))["documents"][self.number], "document")
        if self.item is not None:
            table = tomllib.loads(read_text(folder / "items.toml"))["items"][self.number]
            _fit(type(self.item), table, "item")
            for kind, model, part in (("keys", Key, "key"), ("rubrics", Rubrics, "rubric")):
                whole = tomllib.loads(read_text(root / GUIDES / kind / f"{self.workbook.id}.toml"))
                if self.name in whole.get(kind, {}):
                    _fit(model, whole, part, (kind, self.name))
        try:
            made = load_workbook(folder)
        except ContentError as error:
            raise FieldError(str(error)) from error
        if any(one in self.meant for one in self._anew(made)):
            msg = "So it was worded before its meaning changed. Word it differently."
            raise FieldError(msg)
        old = faults(self.workbook.folder)
        if wrong := next((text for text in faults(folder) if text not in old), ""):
            msg = f"{wrong.partition(': ')[2].rstrip('.') or wrong}."
            raise FieldError(msg, self._about(wrong))
        return made

    def _about(self, fault: str) -> str:
        """Give the field that a fault of `autograde check` is about, as far as it can be told."""
        names = [field.name for field in self.fields]
        if not self.questions:
            return "text"
        if fault.startswith(("K1", "K2")):
            return next((name for name in names if name.startswith("key/right")), "")
        return ""

    def follows(self, typed: Mapping[str, str], meaning: Meaning | None) -> Follows:
        """Say what follows from a change, without making it.

        Raises
        ------
        FieldError
            If it cannot be made; `field` is "meaning" where it has to be said whether the meaning changes.
        """
        with self.draft(typed) as (made, _, changed):
            return self._follows(made, changed, meaning)

    def _follows(self, made: Workbook, changed: Mapping[tuple[str, ...], Json], meaning: Meaning | None) -> Follows:
        if not changed:
            msg = "Nothing is changed yet."
            raise FieldError(msg)
        again = "Students see it once you give the workbook out again."
        if not self.asked:
            return Follows(learners=(), lines=(again,))
        asked_anew = bool(self._anew(made))
        right_anew = any(path[:2] == ("key", "right") for path in changed)
        if not asked_anew and right_anew and self.learners:
            raise FieldError(KEY_ALONE, _first(changed))
        if not asked_anew:
            what = "Learners whose marking is closed read the new reason." if ("key", "reason") in changed else "Markers see the new guide."
            return Follows(
                learners=self.learners, lines=("Nobody’s points change.", what if not right_anew else "The new key counts for all.")
            )
        if meaning is None:
            msg = "Say whether this is wording only, or whether the meaning changes."
            raise FieldError(msg, "meaning")
        if meaning is Meaning.WORDING and right_anew and self.learners:
            msg = "Another answer is right now, so the meaning changes."
            raise FieldError(msg, "meaning")
        return Follows(learners=self.learners, lines=(*self.outcome(meaning), again))

    def outcome(self, meaning: Meaning) -> tuple[str, ...]:
        """Say what follows from a change of this question that has such a meaning, one sentence each."""
        asks = {item.asks_person for item in self.questions}
        guide = "key or rubric" if len(asks) > 1 else "rubric" if True in asks else "key"
        one = self.item is not None
        if meaning is Meaning.CHANGES:
            keep = "the old question keeps it, with its" if one else "it as it was keeps it and its questions, with their"
            follows = "is asked the new one" if one else f"gets the new one. See next that each {guide} fits it ({', '.join(self.asked)})"
            return (
                f"Who has been given {keep} {guide} and the points given, also when it comes in later.",
                f"Who gets the workbook from now on {follows}.",
            )
        return ("Nobody’s points change.", f"What students have seen stays as it was given out, and the {guide} is the same for all.")

    def _anew(self, made: Workbook) -> set[str]:
        """Give the new wordings of its questions, as far as they have others than before."""
        return {wording(made.items[item.id]) for item in self.questions if item.id in made.items} - {*map(wording, self.questions)}

    def save(self, typed: Mapping[str, str], *, state: str = "", meaning: Meaning | None = None) -> Reworded:
        """Make a change.

        Parameters
        ----------
        typed
            Field name → text; a field that is left out stays as it is.
        state
            The `state` that who typed it has seen; "" for whatever it is.
        meaning
            Needed where the question has been given out.

        Raises
        ------
        FieldError
            If it cannot be made, or somebody else has changed the part since; nothing is written then.
        """
        with alone(self.course):
            if state and state != self.state:
                raise StaleError
            with self.draft(typed) as (made, drafted, changed):
                follows = self._follows(made, changed, meaning)
                files = self._earlier(drafted) if self.asked and self._anew(made) and meaning is Meaning.CHANGES else drafted
            kept = write_change(self.course, self.assignment, self.name, files)
        again = any(name.startswith("source/") for name in files)
        return Reworded(kept=kept, lines=follows.lines, again=again)

    def preview(self, typed: Mapping[str, str]) -> bytes:
        """Give the page as students see it, with what was typed, as one HTML file: the question, or the section that the text stands in.

        A document is shown with the first question that rests on it.
        """
        with self.draft(typed) as (made, _, _changes):
            document = read_notebook(made.notebook)
            document["cells"] = _section(document["cells"], made, self.questions[0].id if self.questions else self.name)
            write_file(made.notebook, json.dumps(document).encode(), durable=False)
            items = {
                name: item.model_copy(update={"shuffle": False}) if item.kind != "order" else item for name, item in made.items.items()
            }
            return workbook_file(replace(made, items=items, pools=()), looked_at=True)


def _section(cells: list[dict[str, Any]], workbook: Workbook, name: str) -> list[dict[str, Any]]:
    """Give the cells to look at: a question by itself, wherever it is asked; of a text, the section that it stands in."""
    if name in workbook.items:
        return [{"cell_type": "code", "metadata": {}, "source": [f'ask("{name}")']}]
    sections: list[list[dict[str, Any]]] = []
    for cell in cells:
        text = "".join(cell["source"])
        if not sections or (cell["cell_type"] == "markdown" and heading(text) is not None):
            sections.append([])
        asked = text.split('"')[1] if ASK.fullmatch(text) else ""
        if asked in workbook.items or cell["cell_type"] == "markdown":
            sections[-1].append(cell)
    return next((one for one in sections if any(cell.get("id") == name for cell in one)), [])


def _fit(model: type[Any], table: object, part: str, inside: tuple[str, ...] = ()) -> None:
    """Hold a table against its model; FieldError at the field that does not fit."""
    try:
        model.model_validate(table)
    except ValidationError as error:
        first = error.errors()[0]
        where = [step for step in first["loc"] if step not in inside]
        value: Any = table
        path = [part]
        for step in inside:
            value = value[step]
        for deeper in where:
            with suppress(KeyError, IndexError, TypeError):
                value = value[deeper]
                part_of_list = isinstance(value, Mapping) and isinstance(deeper, int)
                path.append(words.part_id(value, int(deeper) + 1) if part_of_list else str(deeper))
        text = LINES.get(first["type"], "").format(**first.get("ctx", {})) or f"{first['msg'].removeprefix('Value error, ').rstrip('.')}."
        raise FieldError(text[0].upper() + text[1:], "/".join(path) if where else "") from error


def _first(changed: Mapping[tuple[str, ...], Json]) -> str:
    return "/".join(next(iter(changed)))


def _same(text: str) -> str:
    return text.replace("\r\n", "\n").strip()
