"""Signs by which it is seen whether an answer touches what a must-see point asks for: one pattern for the point, one for the answer.

They are of this subject and written by hand; `docs/measurements/hints.md` says how far they carry. A sign is a set of ways to say
something, never a proof that it was said well. What may stand between two words of a sign is bounded, so that no text takes long.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

SPLIT = re.compile(r"(?<=[.!?])\s+|\n+")
NUMBER = r"(\d{1,2}|[A-Za-z]|[ivx]{2,4})"
"""What counts the items of a list."""
ALONE = re.compile(rf"\s*{NUMBER}\.")
SIGNS: Mapping[str, tuple[str, str]] = {
    "private": (
        r"kept private|private details|may be shared",
        r"\b(private\w*|privacy|consent\w*|permission|need(s|ed)? to know|(not|n[o']?t) (tell|told|say|said|"
        r"mention|open|show|read)\b|between us|initials|no names?|without (a |his |her )?names?|(his|her|"
        r"their) (own|business)\b|clos(e|ed) (the )?door|may i|can i tell|(he|she|they) (agreed|allowed)|(with|"
        r"on) (his|her|their) (agreement|consent|word|ok)|asked (him|her|them) first|may (know|hear|read|be told)|"
        r"what i may|only what|quiet (room|place)|in private)",
    ),
    "wish": (
        r"the person wanted|person as a partner|uses the service said",
        r"\b((she|he|they|(?:the|my|our|one|this) (?:\w+ )?(?:lady|gentleman|man|woman|resident|patient|tenant|"
        r"person|customer|client|guest)) (said|says|told|wants?|wanted|asks|asked|cho(se|oses?)|likes?|decide[sd]?|"
        r"nodded|shook|showed|points?|pointed|prefers?|agreed|picked|smil\w+|refused|put (his|her) thumb)|"
        r"i asked (him|her|them|if)|(let|asked) (him|her|them)\b|(his|her|their) (wish|choice|words?|side|goal))\b",
    ),
    "source": (
        r"looked up|checked|source",
        r"\b(job description|polic(y|ies) (say|is|in)|care plan|support plan|training (record|matrix|card|file|"
        r"list)|matrix|contract|handbook|procedures?|competenc\w+|folder|my plan|look(ed)? (it )?up|signed off|"
        r"stands? in|is written|written in|list of tasks)\b",
    ),
    "harm": (
        r"harm|could have happened",
        r"\b((could|would|might|can) (have |be |get |go |fall|slip|hurt|choke|break|die|lose|end|pull|end up|bleed|"
        r"tip)|otherwise|if (i|we|she|he|they|nobody)\b[^.]{0,80}\b(had|would|could|not|n't|did|do)|without\b|avoided|"
        r"fell|fall\w*|infect\w*|choke\w*|hospital|worse|overdos\w+|injur\w+)\b",
    ),
    "next": (
        r"first answer",
        r"\b(if (he|she|they|it|that|this|the|nobody|nothing|my)\b[^.]{0,80}(not|n't|no |nothing|still|away|same)|(does|"
        r"did) ?n[o']t help|no answer|the next (one|person|step)|above (him|her)|higher|then i (go|would|will|ask|"
        r"ring|went|asked|rang)|escalat\w+|again)\b",
    ),
    "help": (
        r"help is fetched|help,|taken to",
        r"\b(call|fetch|ring|rang|get|go to|went to|ask|press|pressed|tell|told|bell|alarm|"
        r"report)\w*\b[^.]{0,80}\b(senior|manager|nurse|on[- ]call|supervisor|deputy|team leader|leader|coordinator|"
        r"office|safeguarding|advocate|colleague|help|police|ambulance|999|111|mentor)\b|\b999\b",
    ),
    "power": (
        r"keeps the boundary",
        r"\b(power\w*|i('| a)?m (paid|responsible|the worker)|answer(able)?\b|responsib\w+|keys?|depend\w*|"
        r"vulnerable|know (so much|more|everything|a lot|all)|my (job|part|duty|side) to|up to me|accountab\w+|"
        r"stronger|boundary|needs? me|can ?not (leave|go|choose)|the strong one)\b",
    ),
    "contrast": (
        r"private life",
        r"\b(friends?|mates?|friendship|private(ly)?|at home|my (own )?(mum|mother|sister|brother|cousin|uncle|"
        r"aunt|husband|wife|children|kids|family|gran\w*|best)|off duty)\b",
    ),
    "cause": (
        r"reasons?\b|\bwhy\b",
        r"\b(because|so that|therefore|since|that('s| is) (why|how)|otherwise|so (he|she|they|it|i|we|nobody|the|"
        r"that|her|his|you|if)\b|(it|this|that|which) (means|matters|counts|helps|stops)|as (he|she|they|it|we|"
        r"i)\b|or else|for (her|him) it)",
    ),
    "after": (
        r"afterwards|what changed",
        r"\b(after(wards)?|now|since (then|that)|next time|weeks? later|today|differently|changed?|better|"
        r"any ?more|from then|less|again|instead|not [^.]{0,80} any)\b",
    ),
    "event": (
        r"example|task outside",
        r"\b(one (time|day|evening|morning|night|weekend|sunday|saturday|afternoon|lady|man|gentleman|resident|"
        r"patient|tenant)|once|last (week|month|year|summer|winter|night|time)|yesterday|(my|for) example|when (i|"
        r"he|she) (was|had|came|went|asked|saw)|there was|on (monday|tuesday|wednesday|thursday|friday|saturday|"
        r"sunday)|i (asked|said|told|went|saw|rang|found|gave|took|brought|stayed|showed|wrote))\b",
    ),
    "act": (
        r"ways of|skills or|done with",
        r"\bi (\w+ed|said|told|went|made|gave|wrote|rang|put|took|sat|brought|saw|found|did|read|got|held|left|let|"
        r"showed|spoke|stood|switch|sit|say|lower|listen|stay|write|ask|go|bring|look|repeat|wait)\b",
    ),
    "words": (
        r"said or done|in words|what was said",
        r"[\x22“][^\x22”]{3}|(?<!\w)['‘][^']{3,200}'(?!\w)|\bi (said|say|told|asked|answered)\b",
    ),
    "another": (
        r"another person|two other partners",
        r"\b((daughter|son|wife|husband|mum|mother|sister|brother|niece|nephew|granddaughter|cook|nurse|physio\w*|"
        r"doctor|gp|pharmacist|ot|therapist|driver|night|senior|colleague)\b[^.]{0,80}\b(knew|know|knows|told|said|"
        r"showed|saw|needed|needs|brought|explained|asked)|(she|he) (told|explained|showed|knew|knows))\b",
    ),
    "kept": (
        r"passed on",
        r"\b(hand(ed)? ?over|wrote|written|write|notes?|informed|reported|passed|diary|log|chart|care plan|"
        r"told the|rang)\b",
    ),
    "upset": (
        r"distressed",
        r"\b(angry|upset|distress\w*|shout\w*|scream\w*|cr(y|ies|ied|ying)|scared|afraid|hit\w*|agitated|anxious|"
        r"frighten\w*)\b",
    ),
    "dispute": (
        r"disagreement|conflict",
        r"\b(disagree\w*|colleague|conflict|argu\w*|rota|breaks?|swap\w*|complain\w*|unfair)\b",
    ),
    "roles": (
        r"relationships of",
        r"\b(manager|senior|nurse|doctor|gp|physio\w*|pharmacist|social worker|colleagues?|daughter|son|wife|"
        r"husband|mum|sister|brother|family|niece|resident|patient|tenant|therapist|inspector|lady|gentleman)\b",
    ),
    "purpose": (
        r"what it is for",
        r"\b(is (there )?(to|for|so)|it('s| is) (to|for|so)|here to|so that|in order to|purpose|i (help|support|"
        r"am there)|(we|i) (help|work)|needs? (me|us)|helps?|gives?|checks?)\b",
    ),
    "talk": (
        r"work or talk",
        r"\b(talk\w*|speak\w*|tells?|rings?|writes?|asks?|meet\w*|together|polite|formal|friendly|listen\w*|phone|"
        r"greet\w*|shows?)\b",
    ),
}
"""Name → what the point says that asks for it, what an answer says that touches it."""
ASKED = {name: re.compile(asked, re.IGNORECASE) for name, (asked, _) in SIGNS.items()}
SAID = {name: re.compile(said, re.IGNORECASE) for name, (_, said) in SIGNS.items()}
NAMES = tuple(SIGNS)


def straight(text: str) -> str:
    """Give a text of the same length with the typewriter's apostrophe, which the signs know, for that of a word processor."""
    return text.replace("’", "'")


def sentences(text: str) -> tuple[tuple[int, int], ...]:
    """Give (start, end) of each sentence or line that has a letter or digit, in their order, without the blanks around it.

    The number of an item is no sentence, but begins the one that follows.
    """
    found, start = [], 0
    for gap in (*SPLIT.finditer(text), None):
        end = gap.start() if gap else len(text)
        part = text[start:end]
        if gap and ALONE.fullmatch(part):
            continue
        if any(map(str.isalnum, part)):
            found.append((start + len(part) - len(part.lstrip()), start + len(part.rstrip())))
        start = gap.end() if gap else end
    return tuple(found)


def signs_of(text: str) -> dict[str, tuple[bool, ...]]:
    """Give sign → whether each sentence of a text has it."""
    parts = [text[start:end] for start, end in sentences(text)]
    return {name: tuple(bool(said.search(part)) for part in parts) for name, said in SAID.items()}


@lru_cache(maxsize=512)
def wanted(point: str) -> tuple[str, ...]:
    """Give the signs that a must-see point, by its wording, asks for; none where it is unknown to this list."""
    return tuple(name for name, asked in ASKED.items() if asked.search(point))
