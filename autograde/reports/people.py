"""How a report calls the learners: by pseudonyms, unless it is to name them."""

import re
import secrets
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import insert, select

from autograde.classes.folder import Course
from autograde.classes.roster import Roster, Student
from autograde.gradebook.own_tables import pseudonym
from autograde.records.opening import writing

_WORD = re.compile(r"\w+")


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
        """Give a person's words about a learner, "" for none, without ids and names of learners, in capitals or not.

        Where they are named, the words stay as they are.
        """
        if self.named:
            return text
        text, own = unicodedata.normalize("NFC", text), self.own.get(learner, {})
        there = {word.casefold() for word in _WORD.findall(text)}
        found = {word: called for first in there for word, called in [*self.known.get(first, ()), *own.get(first, ())]}
        either = "|".join(map(re.escape, sorted(found, key=len, reverse=True)))
        words = re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE)
        return words.sub(lambda word: found.get(word[0].casefold(), "a learner"), text) if found else text

    @cached_property
    def known(self) -> Mapping[str, list[tuple[str, str]]]:
        """First word of an id or a whole name → (the id or name, what the report says), of everybody; all in small letters."""
        return _by_first((word, self.called[one.id]) for one in self.students for word in (one.name, one.shown))

    @cached_property
    def own(self) -> Mapping[str, Mapping[str, list[tuple[str, str]]]]:
        """Learner's id → the same for the first name and the surname alone: of others these may be words like any other."""
        return {one.id: _by_first((word, self.called[one.id]) for word in (one.first_name, one.last_name)) for one in self.students}


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


def _by_first(pairs: Iterable[tuple[str, str]]) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for word, called in pairs:
        plain = unicodedata.normalize("NFC", word).casefold()
        if len(plain) > 1 and (first := _WORD.search(plain)):
            found.setdefault(first[0], []).append((plain, called))
    return found


def _pseudonyms(course: Course, learners: Iterable[str]) -> dict[str, str]:
    with writing(course) as database:
        known = {row.learner: row.pseudonym for row in database.rows(select(pseudonym))}
        fresh = {learner: secrets.token_hex(8) for learner in learners if learner not in known}
        database.run_each(insert(pseudonym), [{"learner": learner, "pseudonym": name} for learner, name in fresh.items()])
    return {learner: (known | fresh)[learner] for learner in learners}
