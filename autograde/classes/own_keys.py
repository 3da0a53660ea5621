"""What a class has of its own of keys and rubrics; the program's own stay as they are, and so do those of other classes.

What it has decided of single keys (a question that does not count, an answer that is accepted, too) stands in `class-keys.toml`
in the class folder. Where it has changed a wording (`authoring.reword`), its keys and rubrics of that workbook stand in `guides`, whole.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

from autograde.classes.folder import Course
from autograde.classes.kept_releases import kept_releases
from autograde.content import load_guides
from autograde.errors import ClassError
from autograde.gradebook.deeds import Deed
from autograde.gradebook.noted import noting
from autograde.marking import EarlierKey, Key, KeyEntry, Rubrics, key_problems, wording
from autograde.whole import alone
from workbook_helpers.errors import ContentError
from workbook_helpers.files import write_file
from workbook_helpers.items import Item, Json, Workbook, read_toml

E = TypeVar("E", bound=KeyEntry)
NAME = "class-keys.toml"
GUIDES = "guides"
"""The folder of a class's own `keys/` and `rubrics/`."""
HEAD = """\
# What this class has decided of the keys: autograde void and accept write it, and the desk (Questions).
# Marking reads it: run autograde remark WORKBOOK after an edit by hand.
"""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What a class has decided of one question: whether it does not count, and which answers are accepted beside the key's."""

    void: bool = False
    also: tuple[Json, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything was decided."""
        return self.void or bool(self.also)


NOTHING = Decision()


def own_keys(course: Course, workbook: str) -> dict[str, Decision]:
    """Read what the class has decided: item id → decision, for a workbook's short id.

    Raises
    ------
    ClassError
        If the file is there and cannot be read.
    """
    return _read(course.root / NAME).get(workbook, {})


def voided(course: Course, workbook: str) -> frozenset[str]:
    """Give the ids of the questions that do not count in the class, for a workbook's short id; ClassError as in `own_keys`."""
    return frozenset(item for item, one in own_keys(course, workbook).items() if one.void)


def decide(course: Course, workbook: str, item: str, decision: Decision) -> Decision:
    """Write a decision, in place of the one before, which is given; `NOTHING` takes it back.

    Raises
    ------
    ClassError
        If the file cannot be read or written.
    """
    path = course.root / NAME
    try:
        with alone(course):
            before, after = own_keys(course, workbook).get(item, NOTHING), decided(course, workbook, {item: decision})
            with noting(course, Deed.DECIDE_KEY, workbook=workbook, question=item, before=asdict(before), after=asdict(decision)):
                write_file(path, after)
    except OSError as error:
        msg = f"{path} cannot be written ({error.strerror}). See that nothing is in the way and the disk has room."
        raise ClassError(msg) from error
    return before


def decided(course: Course, workbook: str, decisions: Mapping[str, Decision]) -> bytes:
    """Give what `class-keys.toml` holds with decisions, by their items' ids, in place of the ones before."""
    held = _read(course.root / NAME)
    kept = {item: one for item, one in held.get(workbook, {}).items() if item not in decisions}
    held[workbook] = kept | {item: one for item, one in decisions.items() if one}
    parts = [HEAD]
    for name, items in sorted(held.items()):
        for item_id, one in sorted(items.items()):
            lines = [f"\n[{_word(name)}.{_word(item_id)}]\n"]
            lines += ["void = true\n"] if one.void else []
            lines += [f"also = {toml(list(one.also))}\n"] if one.also else []
            parts += lines
    return "".join(parts).encode()


def guides_beside(folder: Path) -> Path | None:
    """Give where the own keys and rubrics lie of the class that a workbook's folder belongs to; None where it belongs to none."""
    return folder.parent.with_name(GUIDES) if folder.parent.name == "source" else None


def class_guides(course: Course, workbook: Workbook, changed: Mapping[str, Decision] | None = None) -> tuple[Key, Rubrics]:
    """Give the key and the rubrics that a class marks a workbook by; `changed`: as they would be with these decisions.

    Raises
    ------
    ClassError, ContentError
        If they and the items do not fit each other.
    """
    key, rubrics = load_guides(workbook, course.root / GUIDES)
    decisions = own_keys(course, workbook.id) | dict(changed or {})
    if not decisions:
        return key, rubrics
    known = {name: one for name, one in decisions.items() if name in key.keys and one}
    if lost := sorted(name for name, one in decisions.items() if name not in key.keys and one):
        msg = f"{course.root / NAME}: {workbook.id} has no question {lost[0]} with a key. Take that part out."
        raise ClassError(msg)
    entries = {name: _with(key.keys[name], one, one.also) for name, one in known.items()}
    key = key.model_copy(update={"keys": {**key.keys, **entries}})
    if problems := key_problems(workbook, key, rubrics):
        msg = f"{course.root / NAME}: {'; '.join(problems)}. Mend it, or take that part out."
        raise ClassError(msg)
    return key.model_copy(update={"earlier": _earlier(course, workbook, key.earlier, known)}), rubrics


def _with(entry: E, decision: Decision, also: Iterable[Json]) -> E:
    """Give a key's entry with what a class has decided beside what the key says itself."""
    more = tuple(answer for answer in also if answer not in entry.also)
    return entry.model_copy(update={"also": (*entry.also, *more), "void": entry.void or decision.void})


def _earlier(
    course: Course, workbook: Workbook, guides: tuple[EarlierKey, ...], decisions: Mapping[str, Decision]
) -> tuple[EarlierKey, ...]:
    """Give the keys of earlier meanings with what was decided since: an answer is accepted in those that could be answered by it, too."""
    if not any(one.item in decisions for one in guides):
        return guides
    items = (item for release in kept_releases(course, workbook.assignment).values() if release for item in release.items.values())
    asked = {wording(item): item for item in items if item.id in decisions}

    def decided_too(guide: EarlierKey) -> EarlierKey:
        decision, now = decisions[guide.item], workbook.items[guide.item]
        forms = [asked[one] for one in guide.asked if one in asked]
        return _with(guide, decision, (one for one in decision.also if forms and all(_says_the_same(was, now, one) for was in forms)))

    return tuple(decided_too(guide) if guide.item in decisions else guide for guide in guides)


def _says_the_same(was: Item, now: Item, answer: Json) -> bool:
    return was.kind == now.kind and was.problem(answer) is None and was.in_words(answer) == now.in_words(answer)


def toml(value: Json) -> str:
    """Write an answer as TOML does."""
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{_word(str(name))} = {toml(one)}' for name, one in value.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _word(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)


def _read(path: Path) -> dict[str, dict[str, Decision]]:
    if not path.exists():
        return {}
    try:
        found = read_toml(path)
        return {name: {item: _decision(item, one) for item, one in items.items()} for name, items in found.items()}
    except (ContentError, AttributeError, TypeError, ValueError) as error:
        msg = f"{path} cannot be read ({error}). Mend it, or take out what is wrong."
        raise ClassError(msg) from error


def _decision(item: str, one: dict[str, Json]) -> Decision:
    void, also = one.get("void", False), one.get("also", [])
    if not isinstance(void, bool) or not isinstance(also, list) or set(one) - {"void", "also"}:
        msg = f"{item} may have void = true and also = […], and nothing else"
        raise ValueError(msg)
    return Decision(void=void, also=tuple(also))
