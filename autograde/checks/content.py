"""Rules of content: enough of everything, law with its source, rubrics that markers can rely on."""

import re
from calendar import month_name
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

from autograde.checks.frameworks import readable
from autograde.checks.subject import SUMMARY, Subject, plain
from autograde.content.frameworks import DEFAULT
from autograde.marking import Rubric
from workbook_helpers.items import Item, Purpose
from workbook_helpers.items.sections import minutes_needed

WORDS, CLOSED, WRITTEN = (1_200, 2_200), (5, 8), (1, 1)
"""Fewest and most words of teaching, marked closed items and written tasks."""
PRACTICE, PRACTICE_KINDS, CLOSED_KINDS, PICTURES, OBJECTIVES, TERMS = 10, 5, 3, 2, 3, 6
LONGEST, OFF = 110, 5
"""Most minutes of a workbook that teaches, for a slower reader; and how far what it says may be from what is counted."""
MONTHS = 12
"""A source that nobody has read for so long may have changed."""
LAW = re.compile(
    r"\b[A-Z][a-z]+\)? (?:etc\. )?(?:Act|Regulations|Order)\b(?: (?:19|20)\d\d)?|\b[Rr]egulation \d+\w?|\bArticle \d+"
    r"|\b(?:UK )?GDPR|\bNICE\b(?: guideline)?(?: [A-Z]{2}\d+)?|\bDAPB\d+|\bRIDDOR|\bCOSHH|\bLOLER|\bDoLS|\bLiberty Safeguards"
    r"|\bCode of (?:Conduct|Practice)|\bCare Certificate|\b6Cs|\bCaldicott|\bAccessible Information Standard"
    r"|\b[Dd]uty of candour|\b[Ff]undamental standards"
)
"""How law and guidance are named in the workbooks."""
LINK = re.compile(r"\]\((https?://[^)\s]+)\)")
TEMPLATE_SAYS = ("Tell a moment here", "I can …", "Say which criterion", "Teach here:", "One line for each idea")
"""Hints in the template's notebook to whoever writes on from there."""
CRITERIA, OWN_WORK = "Which criteria this evidences", "from your own work"
EARLIER = re.compile(r"w\d\d-e\d\d")
"""The ids of practice items that take up an earlier workbook."""
NATIONS = ("Scotland", "Wales", "Northern Ireland")
"""Law named in the workbooks is mostly England's: for each of the others, a line says where to look."""
TWO_MISSING = re.compile(r"\btwo (?:or more )?(?:of the )?must-see points")
GENERAL = {"the", "and", "act", "for", "of", "in", "cqc"}


def c1_enough_of_everything(subject: Subject) -> Iterator[str]:
    """A workbook has pictures; one that teaches has teaching, practice of several kinds, marked questions, writing, a story, reflection."""
    pictures = sum(section.text.count("![") for section in subject.sections)
    if subject.workbook.about.role != "gallery" and pictures < PICTURES:
        yield f"it has {pictures} pictures: at least {PICTURES}"
    if subject.workbook.about.role != "teaching":
        return
    items = tuple(subject.workbook.items.values())
    practice = [item for item in items if item.purpose is Purpose.PRACTICE]
    closed = subject.closed
    words = sum(len(plain(section.text).split()) for section in subject.teaching)
    objectives = len(re.findall(r"^- ", subject.section("What you will be able to do"), re.MULTILINE))
    for name, found, least, most in (
        ("practice items", len(practice), PRACTICE, None),
        ("kinds of practice item", _kinds(practice), PRACTICE_KINDS, None),
        ("marked closed items", len(closed), *CLOSED),
        ("kinds of marked closed item", _kinds(closed), CLOSED_KINDS, None),
        ("written tasks", len(subject.rubrics.rubrics), *WRITTEN),
        ("branching stories", sum(item.kind == "scenario" for item in items), 1, None),
        ("reflections", sum(item.kind == "reflection" for item in items), 1, None),
        ("declarations", sum(item.kind == "declaration" for item in items), 1, None),
        ("objectives", objectives, OBJECTIVES, None),
        ("words to know", len(re.findall(r"^- \*\*", subject.section("Words to know"), re.MULTILINE)), TERMS, None),
        ("words of teaching", words, *WORDS),
    ):
        if found < least:
            yield f"it has {found} {name}: at least {least}"
        if most is not None and found > most:
            yield f"it has {found} {name}: at most {most}"
    if SUMMARY not in {section.title for section in subject.sections}:
        yield f"it has no section “{SUMMARY}”"
    for criterion in subject.workbook.about.criteria:
        if criterion.extent == "prepares" and criterion.framework == "rqf-l2" and not _has_form(items, criterion.code):
            yield f"{criterion.code} needs evidence from the workplace, and no item of kind workplace asks for it"


def c2_law_has_a_reference(subject: Subject) -> Iterator[str]:
    """What law or guidance says stands with its source: name it in `workbook.toml` under references."""
    known = [_words(f"{r.title} {r.publisher}") for r in subject.workbook.about.references]
    named = {found for _, text in subject.shown() for found in LAW.findall(plain(text))}
    for name in sorted(named):
        wanted = _words(name)
        in_one = f" {' '.join(wanted)} " if wanted[-1].isdigit() and len(wanted[-1]) == 4 else ""  # an Act and its year stand together
        if not any(in_one in f" {' '.join(words)} " and set(wanted) - GENERAL <= set(words) for words in known):
            yield f"{name!r} is named and is no reference"


def c3_references_are_fresh(subject: Subject) -> Iterator[str]:
    """Law changes: read the source again, mend what has changed, and put the month into `checked`."""
    now = datetime.now(UTC)
    for reference in subject.workbook.about.references:
        year, month = (int(part) for part in reference.checked.split("-"))
        age = (now.year - year) * 12 + now.month - month
        if age < 0:
            yield f"the reference {reference.id} says that it was read in {reference.checked}, which is still to come"
        if age > MONTHS:
            yield f"the reference {reference.id} was last read {age} months ago"


def c4_rubrics_are_complete(subject: Subject) -> Iterator[str]:
    """A rubric tells every marker the same: what to look for, what is not enough, what is unsafe, and levels without a gap."""
    for name, rubric in _rubrics(subject):
        for part, found, least in (
            ("points of indicative content", len(rubric.indicative_content), 5),
            ("points that must be seen", len(rubric.must_see), 3),
            ("points that are not enough alone", len(rubric.not_enough), 2),
            ("points that are unsafe", len(rubric.unsafe), 3),
        ):
            if found < least:
                yield f"the rubric {name} has {found} {part}: at least {least}"
        item = subject.workbook.items.get(name)
        covered = [points for level in rubric.levels for points in level.span]
        if item and covered != list(range(round(item.points) + 1)):
            yield f"the levels of the rubric {name} do not go from 0 to {item.points:g} without a gap"
        if not any(TWO_MISSING.search(level.text) for level in rubric.levels[: rubric.met]):
            yield f"no level of the rubric {name} says where an answer belongs that lacks two must-see points"


def c5_rubrics_are_proven(subject: Subject) -> Iterator[str]:
    """Each rubric has at least three sample answers, met, borderline and not yet met, and comes to the right level for each."""
    for name, rubric in _rubrics(subject):
        samples = [sample for sample in subject.samples.samples if sample.task == name]
        levels = {sample.level for sample in samples}
        yield from (f"{name} has no sample answer that is {level}" for level in ("met", "borderline", "not-yet") if level not in levels)
        for sample in samples:
            if len(sample.must_see) != len(rubric.must_see):
                yield f"a sample of {name} judges {len(sample.must_see)} of the {len(rubric.must_see)} points that must be seen"
            elif (comes_to := _level(rubric, sample.points, sample.must_see)) != sample.level:
                yield f"a sample of {name} is called {sample.level}, and by the rubric it is {comes_to}"
    known = subject.rubrics.rubrics.keys()
    yield from (f"a sample answers {sample.task}, which has no rubric" for sample in subject.samples.samples if sample.task not in known)


def c6_sources_are_shown(subject: Subject) -> Iterator[str]:
    """Students see each reference of `workbook.toml` under “Sources”, with the month it was read, no other, and a line for each nation."""
    references = subject.workbook.about.references
    lines = subject.section("Sources").split("\n")
    if references and subject.workbook.about.role != "gallery":
        missing = [nation for nation in NATIONS if not any(line.startswith(f"- **{nation}:**") for line in lines)]
        yield from (f"“Sources” does not say where to look in {nation}: write a line “- **{nation}:** …”" for nation in missing)
    for reference in references:
        year, month = reference.checked.split("-")
        read = f"{month_name[int(month)]} {year}"
        if not any(f"({reference.url})" in line and read in line for line in lines):
            yield f"the reference {reference.id} is not under “Sources” in the notebook, with {reference.url} and “Checked {read}.”"
    known = {reference.url for reference in references}
    for url in dict.fromkeys(LINK.findall("\n".join(lines))):
        if url not in known:
            yield f"{url} is under “Sources” in the notebook and is no reference"


def c7_criteria_are_known(subject: Subject) -> Iterator[str]:
    """Items and rubrics name a criterion that `workbook.toml` lists, and what that lists stands in its framework.

    Practice from earlier workbooks (`EARLIER`) names one of theirs.
    """
    about = subject.workbook.about
    known = set[str]()
    for criterion in about.criteria:
        framework = readable(subject.workbook.folder.parent, criterion.framework)
        codes = {one.code for one in framework.criteria} if framework else set[str]()
        known |= codes
        if codes and criterion.code not in codes:
            yield f"workbook.toml lists {criterion.code}, which {criterion.framework}.toml does not have"
    listed = {criterion.code for criterion in about.criteria}
    items = subject.workbook.items.values()
    back = {item.id for item in items if item.purpose is Purpose.PRACTICE and EARLIER.fullmatch(item.id)}
    named = [(item.id, code) for item in items for code in item.criteria_named]
    named += [(f"the rubric {name}", rubric.criterion) for name, rubric in _rubrics(subject)]
    for name, code in named:
        if code and listed and code not in listed and (name not in back or (known and code not in known)):
            yield f"{name} names the criterion {code!r}, which workbook.toml does not list ({', '.join(sorted(listed))})"


def c8_nothing_of_the_template_is_left(subject: Subject) -> Iterator[str]:
    """A new workbook says in some places what to write there: write it."""
    for section in subject.sections:
        left = [words for words in TEMPLATE_SAYS if words in section.text]
        yield from (f"“{section.title}” still says “{words}”" for words in left)


def c11_minutes_are_honest(subject: Subject) -> Iterator[str]:
    """Say the minutes that a quicker and a slower reader need, by its words and items; what takes too long is cut."""
    about, paper = subject.workbook.about, subject.workbook.paper()
    if about.role == "gallery":
        return
    needed = minutes_needed(subject.cells, paper, subject.workbook.documents)
    if any(abs(said - counted) > OFF for said, counted in zip(about.minutes, needed, strict=True)):
        yield f"it says {about.takes}, and by its words and items it takes {needed[0]} to {needed[1]}: write minutes = {list(needed)}"
    if about.role == "teaching" and needed[1] > LONGEST:
        yield f"it takes a slower reader {needed[1]} minutes: at most {LONGEST}; cut words, questions or stories"


def c12_real_work_is_said(subject: Subject) -> Iterator[str]:
    """A criterion that is assessed in a real workplace is met by evidence from the learner's own work alone: the workbook says so."""
    framework = readable(subject.workbook.folder.parent, DEFAULT)
    real = framework.real_work if framework else frozenset[str]()
    codes = [one.code for one in subject.workbook.about.criteria if one.framework == DEFAULT and one.code in real]
    if codes and OWN_WORK not in subject.section(CRITERIA):
        yield f"“{CRITERIA}” does not say that {', '.join(codes)} needs evidence “{OWN_WORK}”: write a sentence with these words"


def c13_sources_are_no_home_pages(subject: Subject) -> Iterator[str]:
    """A home page says nothing of a fact, and changes every week: link to the page or the document itself."""
    links = {reference.url for reference in subject.workbook.about.references}
    links |= {url for section in subject.sections for url in LINK.findall(section.text)}
    for url in sorted(links):
        try:
            address = urlsplit(url)
        except ValueError:
            yield f"{url} is no address: mend it"
            continue
        if not address.path.strip("/") and not address.query:
            yield f"{url} is a home page: link to the page of it that says what stands in the workbook"


def _rubrics(subject: Subject) -> Iterator[tuple[str, Rubric]]:
    """Give task → rubric; the gallery's shows only the form."""
    if subject.workbook.about.role != "gallery":
        yield from subject.rubrics.rubrics.items()


def _level(rubric: Rubric, points: int, seen: tuple[bool, ...]) -> str:
    """Say what an answer is by its points and by what must be seen; “undecided” where the two disagree."""
    place, met = rubric.level(points), rubric.met
    missing = seen.count(False)
    if place >= met and not missing:
        return "met"
    if place == met - 1 and 1 <= missing <= 2:
        return "borderline"
    return "not-yet" if 0 <= place < met - 1 and missing else "undecided"


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.casefold())


def _kinds(items: list[Item]) -> int:
    return len({item.kind for item in items})


def _has_form(items: tuple[Item, ...], code: str) -> bool:
    return any(code in {shown["code"] for shown in item.model_dump()["criteria"]} for item in items if item.kind == "workplace")
