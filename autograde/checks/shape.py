"""Rules of a notebook's shape: a person and a question first, what is only looked up last."""

from collections.abc import Iterator

from autograde.checks.files import ASK
from autograde.checks.subject import Subject, plain, source
from workbook_helpers.items import Purpose
from workbook_helpers.items.base import ChoiceItem
from workbook_helpers.items.sections import ABOUT

SCENE, STEM, OPTION = 60, 20, 12
"""Most words of the opening scene, of the question below it and of each of its options: together one screen of a phone."""
OPTIONS = 3
SENTENCE = 30
"""Most words of what introduces ABOUT."""
PARTS = ("How this workbook works", "What you will be able to do", "Which criteria this evidences", "Words to know", "Sources")
"""What ABOUT holds, in this order."""
LEVEL = 3
"""Level of the headings of PARTS."""


def c9_it_begins_with_a_question(subject: Subject) -> Iterator[str]:
    """Begin with a moment at work, told to “you” in a few words, and one short question about it: that is the first screen."""
    if subject.workbook.about.role == "gallery":
        return
    name = subject.workbook.opening
    first = [source(cell).strip() for cell in subject.cells[:3]]
    if first[1:] != ['ask("progress")', f'ask("{name}")'] or not first[0].startswith("# "):
        yield f'its first three cells must be the title with a scene, ask("progress") and ask("{name}")'
    scene = plain(subject.sections[0].text).split() if subject.sections else []
    if not 1 <= len(scene) <= SCENE:
        yield f"the opening scene has {len(scene)} words: at least 1 and at most {SCENE}"
    if not {"you", "your"} & {word.strip(".,:;?!“”").casefold() for word in scene}:
        yield "the opening scene does not speak to “you”"
    item = subject.workbook.items.get(name)
    if not isinstance(item, ChoiceItem) or item.kind != "single" or item.purpose is not Purpose.PRACTICE:
        yield f"{name} must be a practice item of kind single"
        return
    if len(item.options) > OPTIONS:
        yield f"{name} has {len(item.options)} options: at most {OPTIONS}"
    if len(item.stem.split()) > STEM:
        yield f"the stem of {name} has {len(item.stem.split())} words: at most {STEM}"
    long = [option.text for option in item.options if len(option.text.split()) > OPTION]
    yield from (f"an option of {name} has more than {OPTION} words: {text!r}" for text in long)


def c10_it_ends_with_what_it_is_about(subject: Subject) -> Iterator[str]:
    """What a student looks up stands last, behind the hand-in and outside the way through: one sentence, then five parts in order."""
    if subject.workbook.about.role == "gallery":
        return
    headings = [heading for heading in subject.headings() if heading[0] <= LEVEL]
    last = [(LEVEL - 1, ABOUT), *((LEVEL, part) for part in PARTS)]
    if headings[-len(last) :] != last:
        yield f"it must end with “## {ABOUT}” and below it, as “### …” in this order: {', '.join(PARTS)}"
    titles = [title for _, title in headings]
    yield from (f"the heading “{title}” stands more than once" for _, title in last if titles.count(title) > 1)
    words = len(plain(subject.section(ABOUT)).split())
    if not 1 <= words <= SENTENCE:
        yield f"“{ABOUT}” begins with {words} words: one sentence of at most {SENTENCE}"
    about = next((n for n, cell in enumerate(subject.cells) if source(cell).startswith(f"## {ABOUT}\n")), len(subject.cells))
    asked = [match[1] for cell in subject.cells[about:] if cell["cell_type"] == "code" and (match := ASK.fullmatch(source(cell).strip()))]
    yield from (f"{item} is asked within “{ABOUT}”, which is not on the way through; ask it before" for item in asked)
