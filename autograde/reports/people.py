"""How a report calls the learners: by pseudonyms, unless it is to name them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import select

from autograde.classes.folder import Course
from autograde.classes.roster import Roster, Student
from autograde.gradebook.deeds import Deed
from autograde.gradebook.log import note_each
from autograde.gradebook.own_tables import pseudonym
from autograde.marking.name_words import are_words
from autograde.records.naming import composed, either, folded
from autograde.records.opening import writing

_WORD = re.compile(r"\w+")
SHORT = 2
"""Signs of a part of a name that is no name by itself, like "de" or "Jr"."""


@dataclass(frozen=True, kw_only=True)
class People:
    """The learners of a class by what a report calls them, in the order of its rows.

    Attributes
    ----------
    students
        By surname where they are named, else by pseudonym: the order of names would tell who is who.
    called
        Learner's id → what the report says.
    named
        Whether they are named.
    """

    students: tuple[Student, ...]
    called: Mapping[str, str]
    named: bool

    def hide(self, text: str, learner: str) -> str:
        """Give a person's words about a learner, "" for none, without ids, names and addresses of learners, however they are typed.

        Of the learner each part of a name goes, of others the whole name: parts of theirs may be words like any other. In small letters
        "will" and the like stay. Where they are named, the words stay as they are.
        """
        if self.named:
            return text
        text, own = composed(text), self.own.get(learner, {})
        there = set(_WORD.findall(folded(text)))
        pairs = [pair for first in there for pair in [*self.known.get(first, ()), *own.get(first, ())]]
        found = {folded(word): called for word, called in pairs}
        words = re.compile(rf"(?<!\w)(?:{either(word for word, _ in pairs)})(?!\w)", re.IGNORECASE)
        stay = {word for word in found if are_words(word)}
        return words.sub(lambda word: word[0] if word[0] in stay else found.get(folded(word[0]), "a learner"), text) if found else text

    @cached_property
    def known(self) -> Mapping[str, list[tuple[str, str]]]:
        """First word of an id, a whole name or an address → (the words, what the report says), of everybody."""
        return _by_first((word, self.called[one.id]) for one in self.students for word in (one.name, one.shown, one.id, one.email))

    @cached_property
    def own(self) -> Mapping[str, Mapping[str, list[tuple[str, str]]]]:
        """Learner's id → the same for the first name, the surname and their parts alone."""
        return {one.id: _by_first((word, self.called[one.id]) for word in _parts(one)) for one in self.students}


def people(course: Course, *, named: bool) -> People:
    """Give the learners of a class; a pseudonym is the log's, so that it is the same in each report of the class.

    Raises
    ------
    ClassError
        If the records cannot be read.
    """
    students = Roster.of(course).students
    if named:
        called = {one.id: f"{one.name} ({one.shown})" for one in students}
    else:
        given = _pseudonyms(course, [one.id for one in students])
        called = {learner: f"Learner {name}" for learner, name in given.items()}
        students = tuple(sorted(students, key=lambda one: called[one.id]))
    return People(students=students, called=called, named=named)


def _parts(one: Student) -> list[str]:
    name = composed(one.name)  # of "O'Brien-Smith, Jr" with "O'Brien-Smith" and with "Brien" and "Smith"
    return [one.first_name, one.last_name, *(word for word in [*re.split(r"[\s,;]+", name), *_WORD.findall(name)] if len(word) > SHORT)]


def _by_first(pairs: Iterable[tuple[str, str]]) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for word, called in pairs:
        if len(word) > 1 and (first := _WORD.search(folded(word))):
            found.setdefault(first[0], []).append((word, called))
    return found


def _pseudonyms(course: Course, learners: Iterable[str]) -> dict[str, str]:
    wanted = list(learners)
    with writing(course) as database:
        known = set(database.rows(select(pseudonym.c.learner)))
        note_each(database, Deed.NAME, [(learner, {}) for learner in wanted if (learner,) not in known])
        found = {row.learner: row.pseudonym for row in database.rows(select(pseudonym))}
    return {learner: found[learner] for learner in wanted}
