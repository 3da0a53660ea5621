"""What the page Quality shows. All of a learner's words are text."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from autograde.desk.quality_answers import Blind, Marked
from autograde.statistics.agreement import Agreement
from autograde.statistics.sampling import LEAST, Rates

PARTS = {
    "sample": "Sample",
    "second": "Second marking",
    "agreement": "Agreement",
    "actions": "Actions",
    "standard": "Standardisation",
    "hints": "Second looks",
    "adjustments": "Adjustments",
}
HINTS = {
    "missing": "A must-see point does not seem to be there",
    "list": "A list, where reasons are asked",
    "own work": "Nothing of the learner’s own work",
    "unsafe": "Wording that may be unsafe",
}
"""What a second look says, by the kind of hint."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A sampled decision in the list; `outcome` is "" where nobody has looked at it."""

    id: str
    learner: str
    criterion: str
    words: str
    assessor: str
    on: str
    kind: str
    reasons: tuple[str, ...]
    outcome: str
    newest: bool


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A piece of evidence; `points` is "" for none, `rests`: the decision names it."""

    kind: str
    title: str
    text: str
    by: str
    on: str
    points: str
    attempt: int
    rests: bool


@dataclass(frozen=True, kw_only=True)
class One:
    """The sampled decision that is looked at, with all evidence for its criterion; `gone`: how much that it names is there no more."""

    line: Line
    reason: str
    agrees: bool | None
    by: str
    text: str
    evidence: tuple[Piece, ...]
    gone: int


@dataclass(frozen=True, kw_only=True)
class Task:
    """A task that can be marked a second time, and how many answers wait for this marker."""

    assignment: str
    task: str
    waiting: int


@dataclass(frozen=True, kw_only=True)
class Second:
    """The answer that is marked a second time."""

    assignment: str
    token: str
    left: int
    answer: Blind


@dataclass(frozen=True, kw_only=True)
class Differs:
    """An answer on which two markers differ."""

    id: str
    learner: str
    first: float
    second: float
    marker: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Agreed:
    """How far two markers of a task agree, and on which answers they do not."""

    title: str
    agreement: Agreement
    differ: tuple[Differs, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Todo:
    """An action; `closed` is "" while it is open."""

    id: str
    to: str
    text: str
    until: str
    by: str
    on: str
    sample: str
    closed: str


@dataclass(frozen=True, kw_only=True)
class Learnt:
    """A sample answer that was marked: what was given, what the author gives, and of each must-see point who saw it."""

    number: int
    task: str
    text: str
    mine: float
    author: int
    level: str
    why: str
    others: tuple[str, ...]
    must_see: tuple[tuple[str, bool, bool], ...]


@dataclass(frozen=True, kw_only=True)
class Standard:
    """Standardisation with one workbook's sample answers: the next one to mark, what was marked, and the agreement with the author."""

    assignment: str
    left: int
    number: int = -1
    task: str = ""
    answer: Blind | None = None
    marked: tuple[Learnt, ...] = ()
    agreed: tuple[Agreed, ...] = ()
    points: tuple[Agreed, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Often:
    """How often hints of one kind were given and judged; `share` is "–" where nobody judged one."""

    called: str
    sure: str
    given: int
    right: int
    wrong: int
    share: str


@dataclass(frozen=True, kw_only=True)
class Adjusted:
    """An adjustment as it is listed."""

    id: str
    learner: str
    what: str
    workbook: str
    why: str
    approved_by: str
    on: str
    ended: bool


@dataclass(frozen=True, kw_only=True)
class Quality:
    """What the page shows of one part; `by` is whose word is written down."""

    part: str
    by: str
    parts: Mapping[str, str] = field(default_factory=lambda: PARTS)
    rates: Mapping[str, tuple[str, int]] = field(
        default_factory=lambda: {name: (words, getattr(Rates(), name)) for name, words in LEAST.items()}
    )
    lines: tuple[Line, ...] = ()
    plans: int = 0
    one: One | None = None
    tasks: tuple[Task, ...] = ()
    second: Second | None = None
    agreed: tuple[Agreed, ...] = ()
    pair: Differs | None = None
    pair_answer: Marked | None = None
    actions: tuple[Todo, ...] = ()
    workbooks: tuple[tuple[str, str], ...] = ()
    standard: Standard | None = None
    often: tuple[Often, ...] = ()
    learners: tuple[tuple[str, str], ...] = ()
    kinds: tuple[str, ...] = ()
    adjusted: tuple[Adjusted, ...] = ()
