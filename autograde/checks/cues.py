"""Rules of validity: a marked question is worth its place where nobody can answer it by its form, without the teaching.

A cue is whatever tells the key from the wrong options in question after question, whoever reads them. Each rule here holds one, over a
workbook and over all of them: what is chance in eight questions shows in eighty.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from math import ceil

from autograde.checks.questions import Question, marked
from autograde.checks.subject import Subject

REASON = re.compile(
    r"\b(?:because|since|so that)\b|\bas (?:he|she|it|they|you|we|I|there|this|that|these|nobody|everyone)\b",
    re.IGNORECASE,
)
"""How an option gives its reason; “as soon as” and “as well” are none."""
ASK = re.compile(r"\bask(?:s|ed|ing)?\b", re.IGNORECASE)
"""How an option asks somebody."""
TELLER = re.compile(
    r"\b(?:tell|report|ask|call|ring|phone|inform|speak|talk|go|get|fetch|pass|raise|write|take|bring|let|show|hand|send|message|mention)\w*\b"
    r"[^.?!;]*\b(?:manager|senior|nurse|safeguarding lead|supervisor|team leader)s?\b",
    re.IGNORECASE,
)
"""How an option passes something on to a person in charge."""
WORD = r"[\w’']+"
ROLES = ("teaching", "assessment")
NEAR = 0.05
"""How far the share of keys with a reason, or that ask, may lie from that of wrong options, and the guesser from chance, in shares of 1."""
TELLS = 0.4
"""The largest share of those questions in which the only option that tells somebody is the key."""
RESTS = 0.5
"""The least share of the marked items that rest on a document."""
LEAST = 2
"""Questions in which only one option tells, below which nothing can be said of them."""


def v1_reasons_and_asking_are_no_cues(subject: Subject) -> Iterator[str]:
    """Give reasons (because, as, since, so that), and ask, as often in keys as in wrong options: take them out, or give them to both."""
    yield from _as_common(_asked(subject))


def v2_telling_is_no_cue(subject: Subject) -> Iterator[str]:
    """Where just one option tells a manager, senior, nurse or safeguarding lead, it is seldom the key: let others tell, too."""
    yield from _tellers(_asked(subject))


def v3_documents_decide(subject: Subject) -> Iterator[str]:
    """Let at least half of the marked items rest on a document, so that the case decides and not the sound of an option."""
    items = subject.workbook.assessed()
    resting = sum(bool(item.document) for item in items)
    if subject.workbook.about.role in ROLES and resting < RESTS * len(items):
        yield f"{resting} of {len(items)} marked items rest on a document: at least {ceil(RESTS * len(items))}; show one, and ask about it"


def over_the_unit(subjects: Sequence[Subject]) -> Iterator[tuple[str, str]]:
    """Give (rule, what is found) for the same cues over all workbooks of a shelf, and for what a machine can guess by them ("V4")."""
    found = {subject.workbook.id: _asked(subject) for subject in subjects}
    rules: tuple[tuple[str, Callable[[list[Question]], Iterator[str]]], ...] = (("V1", _as_common), ("V2", _tellers))
    for rule, holds in rules:
        yield from ((rule, text) for text in holds([question for questions in found.values() for question in questions]))
    yield from (("V4", text) for text in _guessed({name: questions for name, questions in found.items() if questions}))


def _asked(subject: Subject) -> list[Question]:
    """Give the marked choices of one, of a workbook that is for a class."""
    return marked(subject) if subject.workbook.about.role in ROLES else []


def _as_common(questions: list[Question]) -> Iterator[str]:
    for cue, does in ((REASON, "give a reason (because, as, since, so that)"), (ASK, "ask somebody")):
        keys = [bool(cue.search(q.options[q.right])) for q in questions]
        wrong = [bool(cue.search(text)) for q in questions for n, text in enumerate(q.options) if n != q.right]
        if not keys or not wrong:
            return
        of_keys, of_wrong = sum(keys) / len(keys), sum(wrong) / len(wrong)
        if abs(of_keys - of_wrong) > max(NEAR, 1 / len(keys)):  # one key in a small workbook may be more than that
            more, fewer = ("keys", "wrong options") if of_keys > of_wrong else ("wrong options", "keys")
            yield (
                f"{of_keys:.0%} of the keys and {of_wrong:.0%} of the wrong options {does}: "
                f"take it out of {more}, or give it to {fewer}, until they are as common"
            )


def _tellers(questions: list[Question]) -> Iterator[str]:
    only = []
    for question in questions:
        tells = [n for n, text in enumerate(question.options) if TELLER.search(text)]
        if len(tells) == 1:
            only.append((question.name, tells[0] == question.right))
    named = [name for name, is_key in only if is_key]
    if len(only) >= LEAST and len(named) > ceil(TELLS * len(only)):
        yield (
            f"in {len(only)} marked questions just one option tells a person in charge, and in {len(named)} of them it is the key "
            f"({', '.join(named)}): at most {ceil(TELLS * len(only))}; let a wrong option tell somebody, too, or none"
        )


def guesses(held: dict[str, list[Question]]) -> dict[str, int]:
    """Give workbook → how many keys a machine guesses that sees the options alone, and has learned from the other workbooks.

    A logistic regression on which words and pairs of words an option has; of each question it takes the option that looks most like a key.
    {} where there are no other workbooks.
    """
    if len(held) < 2:
        return {}
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    hits: dict[str, int] = {}
    for left, questions in held.items():
        learned = [
            (text, n == q.right) for name, others in held.items() if name != left for q in others for n, text in enumerate(q.options)
        ]
        model = make_pipeline(CountVectorizer(binary=True, ngram_range=(1, 2), token_pattern=WORD), LogisticRegression(max_iter=1000))
        model.fit([text for text, _ in learned], [is_key for _, is_key in learned])
        guessed = (list(model.decision_function(q.options)) for q in questions)
        hits[left] = sum(guess.index(max(guess)) == q.right for guess, q in zip(guessed, questions, strict=True))
    return hits


def _guessed(held: dict[str, list[Question]]) -> Iterator[str]:
    """Say where `guesses` are better than chance."""
    hits = guesses(held)
    every = [question for name in hits for question in held[name]]
    if not every:
        return
    rate, chance = sum(hits.values()) / len(every), sum(1 / len(q.options) for q in every) / len(every)
    if rate > chance + NEAR:
        figures = ", ".join(f"{name} {hits[name]} of {len(questions)}" for name, questions in held.items())
        yield (
            f"by the words of the options alone a machine guesses {rate:.0%} of {len(every)} keys, and chance is {chance:.0%} ({figures}): "
            f"at most {chance + NEAR:.0%}; write wrong options in the words of right ones, and the other way round"
        )
