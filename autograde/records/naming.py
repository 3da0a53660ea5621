"""By which words a text names a learner, however they are typed: capitals, apostrophes, hyphens, accents and runs of spaces apart."""

import re
import unicodedata
from collections.abc import Iterable

ERASED_ONE = "an erased learner"
"""Stands where a text named somebody who was erased."""
_SIGNS = ("'’‘ʼ`´＇", "-‐‑–")
"""As people and programs type one and the same."""
_ALIKE = {sign: f"[{signs}]" for signs in _SIGNS for sign in signs}
_PLAIN = str.maketrans({sign: signs[0] for signs in _SIGNS for sign in signs})


def words_for(shown: str, name: str) -> tuple[str, ...]:
    """Give the words by which a text names a learner: the id, and the whole name; a single name may be anybody's."""
    return (shown, name) if " " in name else (shown,)


def either(words: Iterable[str]) -> str:
    """Give the pattern that finds each of these words as people type it, in a text that is composed (`composed`)."""
    return "|".join(map(_typed, sorted(filter(None, map(composed, words)), key=len, reverse=True)))


def pattern(words: Iterable[str]) -> re.Pattern[str]:
    """Give the pattern that finds these ids and names where they stand as words of their own, and no part of a time; of none, nothing."""
    return re.compile(
        rf"(?<![\w.@-])(?<!\d:)(?:{either(words) or '(?!)'})(?:(?=_(?:\d+_)?assignsubmission_)|(?![\w@-]|:\d))", re.IGNORECASE
    )


def says(text: str, words: Iterable[str]) -> bool:
    """Whether a text has one of these ids or names as a word of its own."""
    return pattern(words).search(composed(text)) is not None


def without(text: str, words: Iterable[str], instead: str = ERASED_ONE) -> str:
    """Give a text with other words in place of these ids and names; one that has none of them stays as it is."""
    found, number = pattern(words).subn(lambda _: instead, composed(text))
    return found if number else text


def composed(text: str) -> str:
    """Write accents as one sign with their letter."""
    return unicodedata.normalize("NFC", text)


def folded(text: str) -> str:
    """Give what is the same for all ways to type a name."""
    return " ".join(composed(text).translate(_PLAIN).casefold().split())


def _typed(word: str) -> str:
    return r"\s+".join("".join(_ALIKE.get(sign) or re.escape(sign) for sign in part) for part in word.split())
