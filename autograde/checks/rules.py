"""The rules that a workbook, its key and its rubrics must keep. A rule's docstring says what to do about a finding."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from autograde.checks import amounts, content, coverage, cues, earlier, essay, files, frameworks, language, questions, safety, shape
from autograde.checks.scenarios import s1_stories_end, s2_safe_ways_win
from autograde.checks.secrets import leaks, secrets, told
from autograde.checks.subject import Finding, Subject, load_subject
from autograde.classes.own_keys import guides_beside
from autograde.content import load_key, load_rubrics, load_samples
from workbook_helpers.errors import ContentError
from workbook_helpers.items import read_toml

Rule = Callable[[Subject], Iterator[str]]

RULES: dict[str, Rule] = {
    "K1": files.k1_keys_fit,
    "K2": files.k2_keys_mark,
    "K3": files.k3_no_leak,
    "N1": files.n1_cells_ask,
    "N2": files.n2_nbgrader_knows,
    "N3": files.n3_headings_in_order,
    "N4": files.n4_pictures_described,
    "N5": files.n5_numbers_in_order,
    "N6": safety.n6_nothing_runs,
    "N7": safety.n7_pictures_are_pictures,
    "N8": safety.n8_students_can_open_it,
    "S1": s1_stories_end,
}
"""Rule id → rule that must be kept: without it a workbook does not work, or gives a key away."""

ADVICE: dict[str, Rule] = {
    "C1": content.c1_enough_of_everything,
    "C2": content.c2_law_has_a_reference,
    "C3": content.c3_references_are_fresh,
    "C4": content.c4_rubrics_are_complete,
    "C5": content.c5_rubrics_are_proven,
    "C6": content.c6_sources_are_shown,
    "C7": content.c7_criteria_are_known,
    "C8": content.c8_nothing_of_the_template_is_left,
    "C9": shape.c9_it_begins_with_a_question,
    "C10": shape.c10_it_ends_with_what_it_is_about,
    "C11": content.c11_minutes_are_honest,
    "C12": content.c12_real_work_is_said,
    "C13": content.c13_sources_are_no_home_pages,
    "C16": coverage.c16_every_paper_asks_each_criterion,
    "E1": essay.e1_sections_are_there,
    "I1": questions.i1_one_best_answer,
    "I2": questions.i2_longest_is_not_the_key,
    "I3": questions.i3_positions_are_balanced,
    "I4": questions.i4_stems_ask_what_is_so,
    "I5": questions.i5_stems_differ,
    "I6": questions.i6_feedback_gives_the_reason,
    "I7": questions.i7_numbers_of_right_options_differ,
    "I8": questions.i8_slips_may_pass,
    "L1": language.l1_easy_to_read,
    "L2": language.l2_british_spelling,
    "L3": language.l3_people_first,
    "L4": language.l4_words_to_know,
    "L5": language.l5_own_words,
    "L6": language.l6_reasons_are_for_students,
    "L7": language.l7_english_as_it_is_spoken,
    "S2": s2_safe_ways_win,
    "V1": cues.v1_reasons_and_asking_are_no_cues,
    "V2": cues.v2_telling_is_no_cue,
    "V3": cues.v3_documents_decide,
}
"""Rule id → rule of good content. Our own workbooks keep them all; a tutor's may have a reason not to."""


def check_workbook(folder: Path) -> list[Finding]:
    """Hold the workbook in `folder` against every rule; a file that cannot be read is a finding, too ("R0")."""
    try:
        subject = load_subject(folder)
    except ContentError as error:
        return [Finding(rule="R0", where=folder.name, text=str(error))]
    return [
        Finding(rule=name, where=folder.name, text=text, advice=name in ADVICE)
        for name, rule in (RULES | ADVICE).items()
        for text in rule(subject)
    ]


def faults(folder: Path) -> tuple[str, ...]:
    """Say in a sentence each why the workbook in `folder` would not work, or would give a key away; empty if it is fit for students."""
    try:
        subject = load_subject(folder)
    except ContentError as error:
        return (str(error),)
    return tuple(f"{name}: {text}" for name, rule in RULES.items() for text in rule(subject))


@dataclass(frozen=True, kw_only=True)
class Unit:
    """What is found over all workbooks of a shelf, and the two documents on them, in Markdown."""

    findings: tuple[Finding, ...]
    coverage: str
    essay: str


def check_unit(shelf: Path) -> Unit:
    """Say what the workbooks on a shelf leave out together, or have too much of.

    That is criteria ("C0"), lists of what must be seen ("C15"), questions that come back ("C17"), frameworks that do not fit ("F1"),
    points of the essay ("E2"), hours ("C14") and cues ("V1", "V2", "V4").
    """
    subjects = []
    for path in sorted(shelf.glob("*/workbook.toml")):
        with suppress(ContentError):  # R0 says so
            subjects.append(load_subject(path.parent))
    readable = frameworks.frameworks(shelf)
    framework = readable.get(coverage.FRAMEWORK)
    rows = coverage.coverage(subjects, framework) if framework else ()
    points = essay.e2_every_point(subjects) if framework else ()
    hours = (("C14", text) for text in amounts.c14_the_unit_is_no_longer_than_it_says(subjects))
    found = [*(("E2", text) for text in points), *hours, *cues.over_the_unit(subjects)]
    lines = [
        *coverage.table(rows),
        *amounts.table(subjects, amounts.before(shelf)),
        *frameworks.table(readable, {row.code: row.taught for row in rows}),
    ]
    return Unit(
        findings=(
            *coverage.c0_every_criterion(rows),
            *coverage.c15_one_list_a_criterion(subjects),
            *earlier.c17_questions_come_back(subjects),
            *(Finding(rule="F1", where=name, text=text, advice=True) for name, text in frameworks.f1_frameworks_fit(shelf)),
            *(Finding(rule=rule, where="the unit", text=text, advice=True) for rule, text in found),
        ),
        coverage="\n".join(lines) + "\n",
        essay=essay.table(subjects),
    )


def check_all(folders: Iterable[Path], places: Iterable[Path], closed: Collection[str] = ()) -> list[Finding]:
    """Check each workbook, and look in the other places where students receive something for words of any key.

    Feedback on the assignments in `closed` may say what was right in them.
    """
    folders = list(folders)
    findings = [finding for folder in folders for finding in check_workbook(folder)]
    texts: dict[str, set[str]] = defaultdict(set)
    for folder in folders:
        with suppress(ContentError):  # R0 says so
            workbook = str(read_toml(folder / "workbook.toml").get("id"))
            own = guides_beside(folder.resolve())
            texts[folder.name] |= secrets(load_key(workbook, own), load_rubrics(workbook, own), load_samples(workbook))
    found = [
        (path, text)
        for place in places
        for path, text in leaks(set().union(*texts.values()), [place])
        if not (place.name in {"feedback", "given"} and path.parent.name in closed and text in texts[path.parent.name])
    ]
    return findings + [Finding(rule="K3", where=str(path), text=told(text)) for path, text in found]
