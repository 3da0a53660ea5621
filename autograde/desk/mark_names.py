"""Names in answers that are marked without names: the learner's own, and those of others in the class, who tell as much."""

import re
from collections.abc import Iterable, Mapping
from functools import cached_property

from autograde.classes.roster import Student
from autograde.marking.comment import without_names
from autograde.marking.name_words import is_word

HIDDEN = "[name]"
"""What stands for a name or an id in an anonymous answer."""
SAID = f"“{HIDDEN}” stands for a name of this class."
ID = re.compile(r"(?=.*\d).{4,}")
"""An id that no answer has by chance."""


class Names:
    """The names of a class, hidden in texts."""

    def __init__(self, people: Mapping[str, Student]) -> None:
        self._people = people

    def own(self, text: str, learner: Student, instead: str = HIDDEN) -> str:
        """Give a text without the names of the learner who wrote it, or to whom it is written."""
        return without_names(text, _all(learner), instead)

    def any(self, text: str, learner: Student) -> str:
        """Give a learner's text without anybody's names.

        The whole names and ids of others go wherever they stand; a first or last name alone, where it is written as a name.
        """
        text = self.own(text, learner)
        there = set(re.findall(r"\w+", text.casefold()))
        whole = [name for words, name in self._whole if words <= there]
        alone = [name for word, names in self._alone.items() if word in there for name in names]
        text = without_names(text, whole, HIDDEN) if whole else text
        if not alone:
            return text
        form = rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(alone, key=len, reverse=True)))})(?!\w)"
        return re.sub(form, lambda found: found[0] if is_word(text, found) else HIDDEN, text)

    @cached_property
    def _whole(self) -> list[tuple[frozenset[str], str]]:
        names = {one.name for one in self._people.values() if " " in one.name}
        ids = {name for one in self._people.values() for name in (one.id, one.shown) if ID.fullmatch(name)}
        return [(frozenset(re.findall(r"\w+", name.casefold())), name) for name in names | ids]

    @cached_property
    def _alone(self) -> dict[str, list[str]]:
        """Give a first word, in small letters → the names that begin with it, such as Mary and Mary Jane, with their capital."""
        found: dict[str, list[str]] = {}
        for name in _parts(self._people.values()):
            if words := re.findall(r"\w+", name.casefold()):
                found.setdefault(words[0], []).append(f"{name[:1].upper()}{name[1:]}")
        return found


def _all(one: Student) -> tuple[str, ...]:
    return one.name, one.first_name, one.last_name, one.id, one.shown


def _parts(people: Iterable[Student]) -> Iterable[str]:
    return {part for one in people for name in (one.first_name, one.last_name) for part in {name, *name.split()} if len(part) > 1}
