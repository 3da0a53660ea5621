"""Make a student's feedback page from their answers and the gradebook. No other student is in it, and no key before marking is closed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any, Literal, NamedTuple, TypeAlias
from urllib.parse import quote

from markupsafe import Markup

from autograde.classes.folder import Course
from autograde.classes.own_keys import GUIDES, class_guides, voided
from autograde.content import load_rubrics
from autograde.errors import ClassError
from autograde.gradebook.entries import Given
from autograde.gradebook.rows import Rows
from autograde.inbox.submitted import handed_in
from autograde.marking import EarlierKey, Key, KeyEntry, Known, Level, Rubrics, Seen, answer_text, earlier, mark_sheet, unmarked
from autograde.marking.kinds.scenario import may_harm
from autograde.outbox.feedback.templates import template
from autograde.outbox.pages import CLOSED
from autograde.outbox.releases import Releases, read_releases, read_seen
from autograde.text import LOCAL
from workbook_helpers.errors import WorkbookError
from workbook_helpers.items import Item
from workbook_helpers.items.documents import Document
from workbook_helpers.links import HOME, addressed
from workbook_helpers.referral import ELEMENT, Referral

VERDICTS = {
    "right": "✓ Right",
    "partly": "◐ Partly right",
    "not-right": "✗ Not right yet",
    "unsafe": "✗ A decision here could do harm: talk about it with your tutor",
    "blank": "– Not answered",
    "void": "This question does not count: you have its points",
    "waiting": "Your tutor will look at this",
}
POOR = ("partly", "not-right", "unsafe", "blank")
STEPS = 3
"""The most steps that a page gives: who is told of nine does none."""
MOST = 10_000
"""Answers of which what the pages tell is kept, so that memory does not grow with the class."""
STRONG = 0.75
"""The share of a written task's points from which the page calls the answer strong."""
Reasons: TypeAlias = Mapping[str, tuple[tuple[str, ...], str]]
"""Item id → what is right, in words, and why."""
Step = Literal["mark", "serve", ""]
"""The command that helps on."""


class NoPageError(ClassError):
    """A student gets no page yet; `step` is the command that helps."""

    def __init__(self, message: str, step: Step) -> None:
        super().__init__(message)
        self.step: Step = step


@dataclass(frozen=True, kw_only=True)
class Common:
    """What all pages of a run have in common.

    Attributes
    ----------
    site
        The address of the students' site, "" for none.
    full
        Cell name → the points of its question.
    reasons
        Nothing as long as marking is open.
    rubrics
        Whose levels the tutor wants shown; None for none.
    voided
        Item ids of the questions that do not count in this class.
    earlier
        The keys of questions as they were before their meaning changed.
    unsafe
        The key, where it calls a decision of a story unsafe; None where it calls none so.
    closed
        Whether the marking is closed, so that a key may be told.
    """

    course: Course
    releases: Releases
    full: Mapping[str, float]
    partial: bool
    site: str = ""
    reasons: Reasons = field(default_factory=dict)
    rubrics: Rubrics | None = None
    voided: frozenset[str] = frozenset()
    earlier: tuple[EarlierKey, ...] = ()
    unsafe: Key | None = None
    closed: bool = False

    @cached_property
    def known(self) -> dict[tuple[int, str, str, float | None, bool], "_Shown"]:
        """What the pages tell of an answer to a closed question, for the next learner with the same one; see `_shown`."""
        return {}

    @cached_property
    def marks(self) -> Known:
        """What the program gave for answers so far, for the next learner with the same one; see `mark_sheet`."""
        return {}

    @cached_property
    def heads(self) -> dict[tuple[int, str], Markup]:
        """How the part of a written task begins; see `_head`."""
        return {}

    def is_void(self, item: Item) -> bool:
        """Whether a question, as a student was asked it, does not count."""
        before = earlier(self.earlier, item)
        return before.void if before else item.id in self.voided

    def reason(self, item: Item) -> tuple[tuple[str, ...], str] | None:
        """Give what is right in a question, as a student was asked it, and why; None as long as marking is open."""
        before = earlier(self.earlier, item) if self.closed else None
        return (_right(item, before), before.reason) if before else self.reasons.get(item.id)

    def levels(self, item: Item) -> tuple[Level, ...]:
        """Give the levels of a task, as a student was asked it; none where the tutor does not want them shown."""
        if self.rubrics is None or item.id not in self.rubrics.rubrics:
            return ()
        return self.rubrics.rubric(item).levels


def common_of(course: Course, assignment: str, gradebook: Rows, *, partial: bool, rubric: bool) -> Common:
    """Read what all pages of a run have in common."""
    site, workbook, reasons, closed = course.site(), course.workbook(assignment), {}, assignment in course.closed()
    own, before, unsafe = course.root / GUIDES, tuple[EarlierKey, ...](), None
    story = any(item.kind == "scenario" for item in workbook.assessed())
    # Else no key is even read; while marking is open, of an earlier one whether it is void, and of a story's what is unsafe.
    if closed or story or (own / "keys" / f"{workbook.id}.toml").is_file():
        key, _ = class_guides(course, workbook)
        before = key.earlier
        unsafe = key if any(may_harm(entry.right) for entry in (*key.keys.values(), *before)) else None
    if closed:
        reasons = {name: (_right(workbook.items[name], entry), entry.reason) for name, entry in key.keys.items()}
    releases = read_releases(course, workbook)
    return Common(
        course=course,
        releases=releases,
        full=gradebook.max_score,
        partial=partial,
        site=site,
        reasons=reasons,
        rubrics=load_rubrics(workbook.id, own) if rubric else None,
        voided=voided(course, workbook.id),
        earlier=before,
        unsafe=unsafe,
        closed=closed,
    )


def _right(item: Item, entry: KeyEntry) -> tuple[str, ...]:
    """Say what is right, and what the class accepts beside it."""
    return (*item.right_in_words(entry.right), *(f"or: {' · '.join(item.in_words(one))}" for one in entry.also))


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page in UTF-8, what it was made from as `outbox.pages.made_from` gives it, and what has to be told of it."""

    html: bytes
    digest: str
    remark: str


def feedback_page(course: Course, assignment: str, student: str, *, partial: bool = False, rubric: bool = False) -> str:
    """Give the page as HTML that needs nothing else, to open offline and to print.

    Raises
    ------
    ClassError
        If the submission is not marked as it is now, or waits for a person and `partial` is false.
    """
    with Rows(course.db_url, assignment, course.course_id) as gradebook:
        common = common_of(course, assignment, gradebook, partial=partial, rubric=rubric)
        return page_of(common, student, gradebook.given(student)).html.decode()


def page_of(common: Common, student: str, given: Given | None) -> Page:
    """Make a student's page of what is to be told, None where nothing is in the gradebook; NoPageError if there is none yet."""
    workbook = common.releases.now
    answers, digest = handed_in(common.course, workbook, student)
    if given is None:
        msg = f"not marked yet: run autograde mark {workbook.assignment}"
        raise NoPageError(msg, "mark")
    if given.answers != digest:
        msg = f"what was handed in is not what was marked: run autograde mark {workbook.assignment}"
        raise NoPageError(msg, "mark")
    now, seen, remark = read_seen(common.releases, answers)
    sheet = seen.sheet
    paper = workbook.paper(sheet.seed, assessed=True)
    waiting = [place for place in paper if given.points.get(place) is None]
    if waiting and not common.partial:
        msg = f"{len(waiting)} to mark by a person: {', '.join(waiting)}"
        raise NoPageError(msg, "serve")
    saw = seen.paper(workbook)
    marks = mark_sheet(workbook, common.unsafe, now, seen, known=common.marks) if common.unsafe else {}
    unsafe = {place for place, mark in marks.items() if mark.unsafe}
    closed, written = list[_Shown](), list[_Shown]()
    for place, item in paper.items():
        asked = saw[place] or item
        rows = written if asked.asks_person else closed
        rows.append(_shown(common, seen, given, place, asked, len(rows) + 1, unsafe=place in unsafe))
    shown = [*closed, *written]
    made_from, referral = given.digest + (CLOSED if common.closed else ""), _referral(common, student, given.referral)
    html = template("page").render(
        home=HOME,
        made_from=made_from,
        about={"name": given.name, "handed_in": _when(given.handed_in) if given.handed_in else ""},
        workbook=workbook.about,
        closed=closed,
        written=written,
        also=[{"item": item, "words": item.in_words(sheet.value(item.id))} for item in unmarked(seen.workbook, sheet)],
        levels={row.item.id: levels for row in written if (levels := common.levels(row.item))},
        questions=Markup("".join([row.part for row in closed])),  # noqa: S704  each of them is escaped
        points=sum(row.points or 0 for row in shown),
        max=sum(row.max for row in shown),
        waiting=len(waiting),
        **_in_short(closed, written),
        verdicts=VERDICTS,
        again=referral,
        again_data=_data(referral) if referral else "",
        stems={name: item.stem for name, item in seen.workbook.items.items()} if referral else {},
        made=datetime.now(LOCAL).date(),
    )
    page = html.encode("utf-8", "replace")
    if common.site:
        page = addressed(page, common.site, f"{common.site}{quote(workbook.assignment)}.html")
    return Page(html=page, digest=made_from, remark=remark)


def _referral(common: Common, student: str, id_: str) -> Referral | None:
    """Give the referral that goes back with a page, None for none; NoPageError where it cannot."""
    if not id_:
        return None
    from autograde.records.referrals import referrals_of, sent  # few are referred, and it takes as long to import as ten pages

    try:
        one = next(one for one in referrals_of(common.course, student, common.releases.now.assignment) if one.id == id_)
        return sent(common.course, one)
    except (WorkbookError, StopIteration) as error:
        msg = f"the referral cannot go with it: {str(error) or 'it was withdrawn at this moment'}"
        raise NoPageError(msg, "") from error


def _data(referral: Referral) -> Markup:
    from workbook_helpers.web.page import data  # it builds whole pages, and takes longer to import than a class's pages to be made

    return data(ELEMENT, referral.public())


def _when(time: datetime) -> str:
    """Say a time as a clock in the UK shows it."""
    return time.astimezone(LOCAL).strftime("%d %B %Y, %H:%M").lstrip("0")


class _Shown(NamedTuple):
    """An answer, as the page tells of it.

    `part` is a closed question's part of the page, "" where its points alone are told, and of a written task's how it begins.
    """

    item: Item
    words: tuple[str, ...]
    verdict: str
    points: float | None
    max: float
    comment: str
    unreadable: bool
    part: Markup

    @property
    def document(self) -> Markup:
        """What the question rests on; "" for nothing."""
        return _drawn(self.item.rests_on)


def _shown(common: Common, seen: Seen, given: Given, place: str, item: Item, number: int, *, unsafe: bool) -> _Shown:
    """Say what a page tells of an answer; of one to a closed question that another learner gave, too, it is what it was for them."""
    points, comment = given.points.get(place), given.comments.get(place, "")
    text = None if comment else answer_text(item, seen.sheet)
    if text is None:
        return _tell(common, seen, place, item, number, points, comment, unsafe=unsafe)
    key = id(item), place, text, points, unsafe
    found = common.known.get(key)
    if found is None:
        found = _tell(common, seen, place, item, number, points, comment, unsafe=unsafe)
        if len(common.known) < MOST:
            common.known[key] = found
    return found


def _tell(common: Common, seen: Seen, place: str, item: Item, number: int, points: float | None, comment: str, *, unsafe: bool) -> _Shown:
    sheet, full = seen.sheet, common.full.get(place, item.points)
    value = sheet.value(item.id)
    unreadable = bool(sheet.problem) or item.id in sheet.unreadable
    blank = item.is_blank(value)
    if points is None:
        verdict = "waiting"
    elif points == full and common.is_void(item):
        verdict = "void"
    elif blank and not unreadable and not points:
        verdict = "blank"
    else:
        verdict = "right" if points >= full else "unsafe" if unsafe else "partly" if points > 0 else "not-right"
    words = () if blank else item.in_words(value)
    if item.asks_person:
        return _Shown(item, words, verdict, points, full, comment, unreadable, _head(common, place, item, number))
    row = _Shown(item, words, verdict, points, full, comment, unreadable, Markup())
    return row._replace(part=_said(number, row, common)) if common.releases.now.about.feedback == "correctness" else row


@lru_cache(1024)
def _drawn(document: Document | None) -> Markup:
    return Markup(document.as_html() if document else "")  # noqa: S704  escaped there


def _in_short(closed: list[_Shown], written: list[_Shown]) -> dict[str, Any]:
    """Give what went well and what to do next; written tasks by their numbers."""
    comments = [n for n, row in enumerate(written, start=1) if row.comment and row.verdict != "waiting"]
    return {
        "counted": sum(row.verdict != "void" for row in closed),
        "right": sum(row.verdict == "right" for row in closed),
        "partly": sum(row.verdict == "partly" for row in closed),
        "known": _known(closed),
        "strong": [n for n, row in enumerate(written, start=1) if (row.points or 0) >= STRONG * row.max],
        "comments": comments,
        "look_again": _look_again(closed, STEPS - bool(comments)),
    }


def _known(closed: list[_Shown]) -> tuple[str, ...]:
    """Name the sections whose every question is right, in order."""
    poor = {row.item.section for row in closed if row.verdict not in ("right", "void")}
    right = (row.item.section for row in closed if row.verdict == "right")
    return tuple(dict.fromkeys(section for section in right if section and section not in poor))


def _look_again(closed: list[_Shown], most: int) -> tuple[str, ...]:
    """Name the sections in which most points were lost, in the workbook's order, at most so many."""
    lost: dict[str, float] = {}
    for row in closed:
        if row.verdict in POOR and row.item.section:
            lost[row.item.section] = lost.get(row.item.section, 0) + row.max - (row.points or 0)
    worst = sorted(lost, key=lambda section: -lost[section])[:most]
    return tuple(section for section in lost if section in worst)


def _said(number: int, row: _Shown, common: Common) -> Markup:
    """Give a closed question's part of the page."""
    item, poor = row.item, row.verdict in POOR
    reason, again = (common.reason(item), item.section) if poor else (None, "")
    return _made("question", number=number, row=row, said=VERDICTS[row.verdict], reason=reason, again=again)


def _head(common: Common, place: str, item: Item, number: int) -> Markup:
    """Give how a written task's part of the page begins, made once for each form in which a learner can have seen it."""
    key = id(item), place
    if key not in common.heads:
        common.heads[key] = _made("task", number=number, stem=item.stem, document=_drawn(item.rests_on))
    return common.heads[key]


def _made(name: str, **values: Any) -> Markup:
    made: Markup = getattr(template("parts").module, name)(**values)
    return made
