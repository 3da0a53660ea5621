"""Rules about words: easy to read, British, respectful, explained, our own."""

import re
import warnings
from collections.abc import Iterator
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path

from autograde.checks.subject import Subject, plain
from workbook_helpers.items import read_toml

GRADE, SECTION_GRADE, SENTENCE_WORDS = 7, 9, 15
"""Highest Flesch–Kincaid grade of a workbook and of one section, and longest mean sentence (domain.md §6)."""
SHORT_SECTION = 40
"""Words: the grade of a shorter section says nothing."""
BOTH_SIDES = re.compile(r"^(acknowledgment|focused|inquir|judgment|licens|meter|practic|program$|programs$|story|stories)")
"""American forms that are British words too."""
REASON_SENTENCES, REASON_SENTENCES_OF_PARTS, REASON_WORDS = 3, 5, 25
"""The most sentences of a reason, of one of an item with several parts, and words in one sentence of it."""
PLACE = re.compile(
    r"\b(?:options?|answers?|choices?|cards?|steps?) (?:[b-f]|\d)\b|\boption a\b"
    r"|\b(?:first|second|third|fourth|last) (?:option|answer|choice|reply|card)\b",
    re.IGNORECASE,
)
"""Where something stands in the author's order."""
RUN = 9
"""Words in a row that nobody writes twice by chance."""
HERE = Path(str(files("autograde.checks")))


def l1_easy_to_read(subject: Subject) -> Iterator[str]:
    """Shorten the sentences, and take the everyday word; a word that must stay goes into “Words to know”.

    References
    ----------
    Kincaid et al. (1975), Derivation of new readability formulas; computed by textstat.
    """
    for section in subject.sections:
        for part in re.split(r"^#{3,} ", section.text, flags=re.MULTILINE) if section.title != "Sources" else ():
            words, grade, _ = _read(plain(part))
            if words >= SHORT_SECTION and grade > SECTION_GRADE:
                yield f"“{section.title}”, from “{' '.join(part.split()[:5])} …”, has grade {grade:.1f}: at most {SECTION_GRADE}"
    _, grade, mean = reading(subject)
    if grade > GRADE:
        yield f"the whole has grade {grade:.1f}: at most {GRADE}"
    if mean > SENTENCE_WORDS:
        yield f"the mean sentence has {mean:.1f} words: at most {SENTENCE_WORDS}"


def reading(subject: Subject) -> tuple[int, float, float]:
    """Give the teaching text's words, Flesch–Kincaid grade and mean sentence in words; all 0 where there is none."""
    return _read(" ".join(plain(section.text) for section in subject.teaching))


def _read(text: str) -> tuple[int, float, float]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it imports pkg_resources, which warns of its own end
        import textstat

    textstat.set_rounding(False)  # it rounds syllables a word before it multiplies them: up to 0.6 of a grade
    words = len(text.split())
    return (words, textstat.flesch_kincaid_grade(text), words / max(1, textstat.sentence_count(text))) if words else (0, 0.0, 0.0)


def l2_british_spelling(subject: Subject) -> Iterator[str]:
    """Spell in the British way, with -ise; the words come from codespell's lists."""
    wrong, names = _misspelt(), set(read_toml(HERE / "words.toml")["names"])
    for where, text in subject.told():
        for word in sorted(set(re.findall(r"(?<![\w'])[A-Z]?[a-z]+(?:'[a-z]+)?", plain(text).replace("’", "'"))) - names):
            if better := wrong.get(word.lower()):
                yield f"{where}: {word!r}; {better!r}?"


def l3_people_first(subject: Subject) -> Iterator[str]:
    """Name the person before a condition or a service, and nobody by a label; `words.toml` has better words."""
    for where, text in subject.told():
        for pattern, better in _phrases("words"):
            if found := pattern.search(text):
                yield f"{where}: {found[0]!r}; better: {better}"


def l4_words_to_know(subject: Subject) -> Iterator[str]:
    """Each hard word stands under “Words to know” as `- **Word**: meaning.`, in any order, and is used.

    A name that is an everyday word, too, stands there as `***Name***`: the page explains it only where it is written so.
    """
    entries = re.findall(r"^- \*{2,3}(.+?)\*{2,3}:?\s*(.*)$", subject.section("Words to know"), re.MULTILINE)
    used = " ".join(text for where, text in subject.shown() if where != "Words to know").casefold()
    if subject.workbook.about.role == "teaching" and not entries:
        yield "there are no words to know"
    for term, meaning in entries:
        if len(meaning.split()) < 3:
            yield f"{term!r} is not explained"
        parts = (part.strip().casefold() for part in re.split(r"[(),/]", term))
        if not any(re.search(rf"\b{re.escape(part)}(s|es)?\b", used) for part in parts if len(part) > 1):
            yield f"{term!r} is explained and never used"


def l5_own_words(subject: Subject) -> Iterator[str]:
    """Say it in your own words: no nine words in a row stand in the essay that the unit is about (`essay.txt` holds their hashes)."""
    known = frozenset((HERE / "essay.txt").read_text("ascii").split())
    for where, text in subject.told():
        for run, mark in runs(text):
            if mark in known:
                yield f"{where}: “{run}” stands in the essay"
                break


def l6_reasons_are_for_students(subject: Subject) -> Iterator[str]:
    """Write a key's reason for a tired reader: one to three short sentences on the case itself, since each student sees another order.

    Of an item with several parts, which each need their word, up to five.
    """
    for name, entry in subject.key.keys.items():
        sentences = [sentence.split() for sentence in re.split(r"(?<=[.?!])”?\s+", entry.reason.strip())]
        item = subject.workbook.items.get(name)
        most = REASON_SENTENCES if item and item.kind in ("single", "multiple", "short") else REASON_SENTENCES_OF_PARTS
        if len(sentences) > most:
            yield f"the reason of {name} has {len(sentences)} sentences: at most {most}"
        if (longest := max(sentences, key=len)) and len(longest) > REASON_WORDS:
            yield f"the reason of {name} has a sentence of {len(longest)} words, from “{' '.join(longest[:5])} …”: at most {REASON_WORDS}"
        if found := PLACE.search(entry.reason):
            yield f"the reason of {name} says {found[0]!r}: name what it says, not where it stands"
    _, grade, mean = _read(" ".join(entry.reason for entry in subject.key.keys.values()))
    if grade > GRADE:
        yield f"the reasons have grade {grade:.1f}: at most {GRADE}"
    if mean > SENTENCE_WORDS:
        yield f"the reasons' mean sentence has {mean:.1f} words: at most {SENTENCE_WORDS}"


def l7_english_as_it_is_spoken(subject: Subject) -> Iterator[str]:
    """Say it as people at work say it: turns of phrase that are word for word from another language have a better one in `words.toml`."""
    for where, text in subject.told():
        for pattern, better in _phrases("turns"):
            if found := pattern.search(text):
                yield f"{where}: {found[0]!r}; better: {better}"


def runs(text: str) -> Iterator[tuple[str, str]]:
    """Give each run of nine words of a text, and its hash as `essay.txt` writes it."""
    words = re.findall(r"[a-z]+", text.casefold().replace("’", "'").replace("'", ""))
    for n in range(len(words) - RUN + 1):
        run = " ".join(words[n : n + RUN])
        yield run, blake2b(run.encode(), digest_size=8).hexdigest()


@cache
def _misspelt() -> dict[str, str]:
    """Give wrong or American word → British one."""
    data = Path(str(files("codespell_lib"))) / "data"
    common = (line.split("->") for line in (data / "dictionary.txt").read_text("utf-8").splitlines())
    sides = (line.split("->") for line in (data / "dictionary_en-GB_to_en-US.txt").read_text("utf-8").splitlines())
    return {wrong: right.split(",")[0] for wrong, right in common} | {us: gb for gb, us in sides if not BOTH_SIDES.match(us)}


@cache
def _phrases(name: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    table = read_toml(HERE / "words.toml")[name]
    spaced = ((avoid.replace(" ", r"[\s-]+"), better) for avoid, better in table.items())
    return tuple((re.compile(rf"\b({avoid})\b", re.IGNORECASE), better) for avoid, better in spaced)
