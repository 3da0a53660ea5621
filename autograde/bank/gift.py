"""Read questions from GIFT, Moodle's plain text for questions.

References
----------
What each sign means, and in which order Moodle looks for them: question/format/gift/format.php (read 2026-11).
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from autograde.bank.question import MOST_QUESTIONS, Body, Choice, Choices, Gapped, Pairs, Part, Question, Remark, Unreadable, Words
from autograde.bank.shares import choices, gap_of, typed
from autograde.bank.text import PICTURE, has_media, plain, shortened, tree

SIGNS = ":#={}~n"
HIDDEN = {sign: chr(0xE010 + n) for n, sign in enumerate(SIGNS)}
"""Sign → what stands for it while the signs with a meaning are looked for, where a backslash stood before it."""
BACK = str.maketrans({stand: "\n" if sign == "n" else sign for sign, stand in HIDDEN.items()})
BACKSLASH = "\ue00f"
ANSWER = re.compile(r"([=~])\s*(?:%(-?\d+(?:\.\d*)?)%)?([^=~]*)")
FORMAT = re.compile(r"\s*\[(html|moodle|plain|markdown)\]")
TRUE, FALSE = ("T", "TRUE"), ("F", "FALSE")
MOST_NAME = 500
"""Signs of a text that are looked at to name a question by it."""


def read_gift(text: str) -> tuple[tuple[Question, ...], tuple[Remark, ...]]:
    """Read all questions of a text in GIFT, and say which are left out and why. Categories and comments are passed over."""
    questions: list[Question] = []
    remarks: list[Remark] = []
    for number, block in enumerate(islice(_blocks(text), MOST_QUESTIONS + 1), 1):
        name, asked = _named(_hidden(block))
        shown = shortened(_shown(name[:MOST_NAME])) or shortened(_shown(asked.partition("{")[0][:MOST_NAME])) or f"question {number}"
        try:
            questions.append(_question(shown, asked))
        except Unreadable as error:
            remarks.append(Remark(name=shown, text=str(error), left_out=True))
    return tuple(questions), tuple(remarks)


def _blocks(text: str) -> Iterator[str]:
    """Give what stands between blank lines, without the lines of comments and categories."""
    lines = (("" if line.lstrip().startswith("$CATEGORY:") else line) for line in text.splitlines() if not line.lstrip().startswith("//"))
    for block in re.split(r"\n\s*\n", "\n".join(lines)):
        if block.strip():
            yield block.strip()


def _hidden(text: str) -> str:
    text = text.replace("\\\\", BACKSLASH)
    for sign, stand in HIDDEN.items():
        text = text.replace(f"\\{sign}", stand)
    return text.replace(BACKSLASH, "\\")


def _shown(text: str) -> str:
    """Give a text as people read it: signs back in their places, HTML as plain words unless the text says that it is none."""
    found = FORMAT.match(text)
    words = (text[found.end() :] if found else text).translate(BACK)
    return " ".join(words.split()) if found and found[1] in {"plain", "markdown"} else plain(words)


def _named(text: str) -> tuple[str, str]:
    found = re.match(r"::(.*?)::", text, re.DOTALL)
    return (found[1], text[found.end() :].strip()) if found else ("", text)


def _question(name: str, asked: str) -> Question:
    before, opened, rest = asked.partition("{")
    answers, closed, after = rest.partition("}")
    if not opened:
        msg = "a text without a question: put it into the notebook"
        raise Unreadable(msg)
    if not closed or "{" in answers or "{" in after:
        msg = "its braces do not fit each other, or it has several places to answer: write it as a text with gaps"
        raise Unreadable(msg)
    answers, _, general = answers.partition("####")
    notes = [PICTURE] * has_media(tree(asked.translate(BACK)))
    body, practice_reason = _body(answers.strip(), notes)
    stem = f"{before} {after}" if not after.strip() else before
    if after.strip():  # the missing word of a sentence
        body, stem = _gapped(before, body, after), ""
    return Question(
        name=name, stem=_shown(stem), body=body, reason=" ".join(filter(None, (_shown(general), practice_reason))), notes=tuple(notes)
    )


def _body(answers: str, notes: list[str]) -> tuple[Body, str]:
    if not answers:
        msg = "an essay: a person marks it; write it as a written task"
        raise Unreadable(msg)
    if answers.startswith("#"):
        msg = "it asks for a number, and no kind of ours does"
        raise Unreadable(msg)
    said = answers.split("#")
    if said[0].strip() in (*TRUE, *FALSE):
        right = said[0].strip() in TRUE
        wrong_said, right_said = (_shown(said[n]) if len(said) > n else "" for n in (1, 2))
        options = tuple(
            Choice(
                id=text.lower(),
                text=text,
                right=(text == "True") is right,
                feedback=right_said if (text == "True") is right else wrong_said,
            )
            for text in ("True", "False")
        )
        return Choices(options=options, several=False), ""
    found = [(sign, share, text) for sign, share, text in ANSWER.findall(answers)]
    if not found or not re.match(r"[=~]", answers):
        if "=" in answers or "~" in answers:
            msg = "its answers do not begin with = or ~"
            raise Unreadable(msg)
        return _words([("=", "", answers)], notes)
    if any(sign == "~" for sign, _, _ in found):
        return _choices(found, notes), ""
    if any("->" in text for _, _, text in found):
        return _pairs([text for _, _, text in found]), ""
    return _words(found, notes)


def _choices(found: list[tuple[str, str, str]], notes: list[str]) -> Choices:
    several = not any(sign == "=" for sign, _, _ in found)
    answers = []
    for n, (sign, share, text) in enumerate(found, 1):
        shown, _, said = text.partition("#")
        answers.append((f"o{n}", _shown(shown), 100.0 if sign == "=" else float(share or 0), _shown(said)))
    return choices(answers, notes, several=several)


def _pairs(found: list[str]) -> Pairs:
    parts: list[Part] = []
    targets: dict[str, str] = {}
    for n, text in enumerate(found, 1):
        left, arrow, right = text.partition("->")
        if not arrow:
            msg = f"its pair {shortened(_shown(text), 40)!r} has no ->"
            raise Unreadable(msg)
        target = targets.setdefault(_shown(right), f"t{len(targets) + 1}")
        if left.strip():
            parts.append(Part(id=f"p{n}", text=_shown(left), right=target))
    return Pairs(parts=tuple(parts), targets=tuple(Choice(id=name, text=text) for text, name in targets.items()))


def _words(found: list[tuple[str, str, str]], notes: list[str]) -> tuple[Words, str]:
    """Give the forms, and what is said to the right ones."""
    split = ((share, text.partition("#")) for _, share, text in found)
    made = typed(((_shown(form), float(share or 100), _shown(said)) for share, (form, _, said) in split), notes)
    return replace(made, feedback=""), made.feedback


def _gapped(before: str, body: Body, after: str) -> Gapped:
    text = " {gap-1} ".join(_shown(side).replace("{", "(").replace("}", ")") for side in (before, after))
    text = re.sub(r" (?=[.,;:!?)])", "", text).strip()
    match body:
        case Words() | Choices(several=False):
            return Gapped(text=text, gaps=(gap_of("gap-1", body),))
        case _:
            msg = "a word is missing in it, and its answers are neither choices of which one is right nor words"
            raise Unreadable(msg)
