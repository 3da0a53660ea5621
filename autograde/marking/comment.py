"""A person's comment as it is written once and used for many: placeholders, and the same comment seen again without names."""

import re
from collections.abc import Sequence

from autograde.marking.name_words import is_word


def fill(template: str, *, name: str, must_see: Sequence[str], seen: Sequence[int]) -> str:
    """Give the comment that a learner reads.

    Parameters
    ----------
    must_see, seen
        The rubric's sentences, and which of them are ticked, from 0.
    """
    ticked = [text for number, text in enumerate(must_see) if number in seen]
    left = [text for number, text in enumerate(must_see) if number not in seen]
    values = {"{name}": name, "{seen}": _listed(ticked), "{not seen}": _listed(left)}
    return re.sub(r"\{(?:name|seen|not seen)\}", lambda found: values[found[0]], template)


def without_names(text: str, names: Sequence[str], instead: str) -> str:
    """Give a text in which something else stands for each name of a learner who wrote it, or to whom it is written.

    However it is typed, but not where it is a part of a word, or a word like any other.
    """
    wanted = sorted({name for name in names if len(name) > 1}, key=lambda name: -len(name))
    if not wanted:
        return text
    form = rf"(?<!\w)(?:{'|'.join(map(re.escape, wanted))})(?!\w)"
    return re.sub(form, lambda found: found[0] if is_word(text, found, spoken_to=True) else instead, text, flags=re.IGNORECASE)


def _listed(sentences: Sequence[str]) -> str:
    """Give sentences as one part of a sentence: "a reason for each of the three; one anonymised example"."""
    return "; ".join(f"{text[:1].lower()}{text[1:].rstrip('.')}" for text in sentences) or "nothing"
