"""Hints that follow rules and not a model: a list where reasons are asked, nothing of one's own work, wording that sounds unsafe."""

import re

from autograde.hints.signs import SAID, sentences

UNSAFE = {
    "kept secret": r"kept it to myself|promised? (her|him|them|not)|(did|do)(n'?t| not) (say|tell) (anything|anyone|anybody)|"
    r"not (put|write) (it |this )?in the (notes|record|accident)|did ?n[o']t need to say|nobody says anything|keep quiet",
    "somebody may be known": r"\b(Mr|Mrs|Ms|Miss|Dr)\.? [A-Z]\w+|\b[A-Z][a-z]{1,30} (Road|Street|Close|Terrace|Lane|Avenue)\b",
    "outside the role": r"\bdid it myself|leave out (her|his|the) (\w{1,20} )?tablet|lift (her|him) (myself|alone)|"
    r"things we have no training|(help out|do it) because otherwise",
    "money or gifts": r"\b(lent|lend|gave|gives|slips?) me (a )?(£?\d+|twenty|ten|money)|\bborrowed",
    "records": r"filled (them|it) (all )?in\b|did them all for them|(his|her|friend's|colleague's) login|agreed we do ?n[o']t write",
    "restraint": r"hold (his|her) (two )?(wrists|arms|hands) (firm|down)|lock(ed)? (him|her|the door)|tied|forced? (him|her)",
    "private phone": r"my (own|private) (mobile|phone|number)|whats ?app",
    "decided over the person": r"(son|daughter|wife|husband|family|she|he) decides (the things |about |what )|"
    r"right to know (all|everything|about)|next of kin so",
    "contempt": r"attention seek\w+|\b(stupid|lazy|crazy)\b",
    "the learner at risk": r"bruises but|part of the job|can(not|'?t) go on|(hurt|kill|harm) myself|scared of her",
}
"""What it sounds like → how it is said. Words alone: "I do not keep secrets" can set one off, and much that is unsafe sets off none."""
SOUNDS = {name: re.compile(said, 0 if "known" in name else re.IGNORECASE) for name, said in UNSAFE.items()}
BULLET = re.compile(r"([-*•–]|\d{1,2}[.)])\s")
OWN = re.compile(r"\b(I|my|we|our)\b")
Span = tuple[int, int]


def listed(text: str) -> tuple[Span, ...]:
    """Give the lines of a list, where they are at least three, half of all lines, and none gives a reason; else nothing."""
    spans = sentences(text)
    lines = tuple((start, end) for start, end in spans if _item(text[start:end]))
    return lines if len(lines) >= 3 and 2 * len(lines) >= len(spans) else ()


def _item(line: str) -> bool:
    return bool(BULLET.match(line) or len(line.split()) <= 5) and not SAID["cause"].search(line)


def own_work(text: str) -> bool:
    """Whether an answer tells of something in the first person that was done, or of one event."""
    return any(OWN.search(text[start:end]) and SAID["event"].search(text[start:end]) for start, end in sentences(text))


def unsafe(text: str) -> tuple[tuple[str, tuple[Span, ...]], ...]:
    """Give what sounds unsafe: what it sounds like, and the words."""
    found = ((name, tuple(one.span() for one in sounds.finditer(text))) for name, sounds in SOUNDS.items())
    return tuple((name, spans) for name, spans in found if spans)
