"""What the page Mark shows: tasks, rubrics, answers, comments. All of a learner's words are text."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import ClassVar


class State(StrEnum):
    """Where an answer stands."""

    WAITS = "waits"
    LATER = "later"
    MARKED = "marked"


@dataclass(frozen=True, kw_only=True)
class Task:
    """A task of a workbook: its place, how many answers are a person's, and how many of these wait, come later, are to be followed up."""

    place: str
    title: str
    answers: int
    waiting: int
    later: int
    unsafe: int


@dataclass(frozen=True, kw_only=True)
class FollowUp:
    """What learners decided in a story that could do harm: where, what, and who they are. It changes no points."""

    place: str
    what: str
    who: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Workbook:
    """A workbook's tasks; `program` says how many hand-ins the program has not marked yet; `fault` why its tasks cannot be read, or ""."""

    name: str
    short: str
    title: str
    tasks: tuple[Task, ...]
    program: int
    unsafe: tuple[FollowUp, ...] = ()
    fault: str = ""


@dataclass(frozen=True, kw_only=True)
class Level:
    """A level of a rubric: its number, which is its key; the points as the rubric has them; the least and the most of them."""

    number: int
    points: str
    least: int
    most: int
    title: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Guide:
    """What a task is marked by. A closed question has no levels; it has what is right, and why.

    `real_work` says that only the learner's own work can meet the criterion, "" where that is not so.
    """

    item: str
    max: float
    criterion: str = ""
    verb: str = ""
    levels: tuple[Level, ...] = ()
    must_see: tuple[str, ...] = ()
    not_enough: tuple[str, ...] = ()
    unsafe: tuple[str, ...] = ()
    indicative: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    right: tuple[str, ...] = ()
    why: str = ""
    real_work: str = ""


@dataclass(frozen=True, kw_only=True)
class Near:
    """Another answer that is nearly the same: how it is called, where it is ("" for a sample), how near in hundredths, what both say."""

    name: str
    answer: str
    hundredths: int
    shared: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Second:
    """A hint of a second look: what it says, how sure it is, the words that it rests on, and what the marker said of it, "" for nothing."""

    said: str
    sure: str
    words: tuple[str, ...]
    outcome: str


@dataclass(frozen=True, kw_only=True)
class Before:
    """An attempt before: which and when; `stem` the task where it was worded otherwise; what was answered, given, said and asked for.

    `same` says that the answer is the one of now; `points` are in words, "" where they are not known.
    """

    attempt: int
    at: str
    stem: str
    lines: tuple[str, ...]
    same: bool
    points: str
    comment: str
    missing: str


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One answer, and what a person gave for it.

    Attributes
    ----------
    answer
        By which it is asked for; it tells nothing of whose it is.
    who
        Whose it is; "" where the marking is anonymous.
    learner
        The learner's id; "" where the marking is anonymous.
    first_name
        What stands for {name}; "" where the marking is anonymous.
    fault
        Why the program has to mark first, "" where a person can.
    document
        What the question rests on, as HTML of ours; "" for nothing.
    points
        As they are typed; "" for none, and where those that stand there were given for another answer, or out of others.
    near
        None while near copies are looked for.
    looks
        What a second look says; nothing before points are given.
    """

    answer: str
    task: str
    item: str
    who: str
    learner: str
    first_name: str
    stem: str
    prompts: tuple[str, ...]
    document: str
    lines: tuple[str, ...]
    words: int
    reason: str
    flags: tuple[str, ...]
    fault: str
    points: str
    extra: float
    max: float
    comment: str
    has_comment: bool
    seen: tuple[int, ...]
    not_enough: tuple[int, ...]
    unsafe: bool
    later: bool
    state: State
    base: str
    near: tuple[Near, ...] | None = None
    before: tuple[Before, ...] = ()
    looks: tuple[Second, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Line:
    """One answer in the list of those that are marked together."""

    answer: str
    task: str
    who: str
    state: State
    unsafe: bool


@dataclass(frozen=True, kw_only=True)
class Marking:
    """A task across all learners, or one learner: the answers in their order, the one that is shown, and what helps to mark it.

    `program` says how many hand-ins of the workbook, or of the learner, the program has not marked yet.
    """

    workbook: str
    short: str
    task: str
    learner: str
    title: str
    anonymous: bool
    guides: tuple[Guide, ...]
    lines: tuple[Line, ...]
    shown: Answer | None
    number: int
    waiting: int
    bank: tuple[str, ...]
    own: tuple[str, ...]
    program: int = 0
    listed: int = 1
    LISTED: ClassVar[int] = 200

    def list_page(self, number: int) -> "Marking":
        """Give the same with another page of the list, from 1, without script; `LISTED` answers are on each."""
        return replace(self, listed=max(1, min(number, -(-len(self.lines) // self.LISTED))))


@dataclass(frozen=True, kw_only=True)
class Mark:
    """What the page shows: all tasks, or one marking; `answers` are those that a script asks for, and then nothing else."""

    workbooks: tuple[Workbook, ...] = ()
    marking: Marking | None = None
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What became of what was sent: the answer as it stands now, and whether something newer stood there, so that nothing was written."""

    answer: Answer
    newer: bool


@dataclass(frozen=True, kw_only=True)
class Own:
    """One's own comments; `told` is a sentence on what was found amiss, "" for nothing."""

    own: tuple[str, ...]
    told: str = ""
