"""Hints that follow rules and not a model: a list where reasons are asked, nothing of one's own work, wording that sounds unsafe."""

import re

from autograde.hints.signs import NUMBER, SAID, sentences

_HURT = (
    r"(hit(s|ting)?|hurt\w*|kick\w*|bites?|bitten|punch\w*|scratch\w*|spat|shouted at|abused|"
    r"(?<!ing )(?<!port )(?<!of )(?<!about )abuse)"  # whoever is reporting abuse, or knows the signs of it, does what is right
)
UNSAFE = {
    "kept secret": r"kept it to myself|promised? (her|him|them|not)|(did|do)(n'?t| not) (say|tell) (anything|anyone|anybody)|"
    r"not (put|write) (it |this )?in the (notes|records?|accident)|did ?n[o']t need to say|nobody says anything|keep quiet",
    "somebody may be known": r"(Mr|Mrs|Ms|Miss|Dr)\.? [A-Z]\w+|[A-Z][a-z]{1,30} (Road|Street|Close|Terrace|Lane|Avenue)",
    "outside the role": r"did it myself|leave out (her|his|the) (\w{1,20} )?tablets?|lift (her|him) (myself|alone)|"
    r"things we have no training|(help out|do it) because otherwise",
    "money or gifts": r"(lent|lend|gave|gives|slips?) me (a )?(£?\d+p?|twenty|ten(ner)?s?|money)"
    r"(?! (seconds?|minutes?|hours?|days?|weeks?))|borrowed",
    "records": r"filled (them|it) (all )?in|did them all for them|(his|her|friend's|colleague's) logins?|agreed we do ?n[o']t write",
    "restraint": r"hold (his|her) (two )?(wrists|arms|hands) (firm(ly)?|down)|lock(ed)? (him|her|the doors?)|tied|forced? (him|her)",
    "private phone": r"my (own|private) (mobiles?|phones?|numbers?(?! of))|whats ?app\w*",
    "decided over the person": r"(son|daughter|wife|husband|family) decides (the things|about|what)|"
    r"(she|he) decides (\w{1,20} ){1,3}for (him|her)|(?<!her )(?<!his )right to know (all|everything|about)|next of kin so",
    "contempt": r"attention seek\w+|stupid|lazy|crazy",
    "the learner at risk": rf"bruises but|{_HURT}\b[^.]{{0,80}} part of the job|part of the job to (be|get) {_HURT}|"
    r"can(not|'?t) go on|(hurt|kill|harm) myself|scared of her",
}
"""What it sounds like → how it is said, in whole words. Words alone: "I do not keep secrets" can set one off, and much that is unsafe
sets off none."""
SOUNDS = {name: re.compile(rf"\b(?:{said})\b", 0 if "known" in name else re.IGNORECASE) for name, said in UNSAFE.items()}
BULLET = re.compile(rf"([-*•–]|{NUMBER}[.)])\s")
OWN = re.compile(r"\b(i(?!\.e\.)|my|we|our)\b", re.IGNORECASE)
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
