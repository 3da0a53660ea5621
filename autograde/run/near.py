"""Answers that are nearly the same as another learner's or as a sample: a hint to look, and nothing more. It changes no points.

Texts are compared by the runs of `SIGNS` characters within words that they share, each weighed by how rare it is in the task (TF-IDF), so
that the words of the question, which everybody uses, count little. `docs/measurements/near.md` shows where `NEAR` comes from.
"""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

LOG = logging.getLogger(__name__)
MIN_WORDS = 20
"""Fewer words can be nearly the same by chance."""
SIGNS = 5
NEAR = 0.5
"""Cosine of two answers from which they are shown together."""
MOST = 20
"""Others that are kept for an answer, where a whole class hands in the same."""
RUN = 5
"""Words in a row that count as something shared."""
CHUNK = 256
SAMPLE = "sample "
"""How the name of a sample answer begins; no learner's id has a blank."""


@dataclass(frozen=True, kw_only=True)
class Near:
    """Another answer that is nearly the same: whose, how near (0 to 1), and the runs of words that both have, longest first."""

    other: str
    near: float
    shared: tuple[str, ...]


def near_pairs(texts: Mapping[str, str], *, least: float = NEAR) -> dict[str, list[tuple[str, float]]]:
    """Give name → the names whose text is at least as near as `least`, the nearest first.

    Two samples are not compared with each other.
    """
    names = [name for name, text in texts.items() if len(text.split()) >= MIN_WORDS]
    if len(names) < 2:
        return {}
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer

    made = TfidfVectorizer(analyzer="char_wb", ngram_range=(SIGNS, SIGNS), sublinear_tf=True, dtype=np.float32)
    matrix = made.fit_transform([texts[name] for name in names]).tocsr()
    found: dict[str, list[tuple[str, float]]] = {}
    for start in range(0, len(names), CHUNK):
        part = (matrix[start : start + CHUNK] @ matrix.T).tocsr()
        for number, one in enumerate(names[start : start + CHUNK]):
            row = slice(part.indptr[number], part.indptr[number + 1])
            values, columns = part.data[row], part.indices[row]
            enough = np.flatnonzero(values >= least)
            nearest = enough[np.argsort(-values[enough])][: 2 * MOST]
            others = [(names[columns[place]], min(1.0, float(values[place]))) for place in nearest]
            kept = [(other, value) for other, value in others if other != one and not (one.startswith(SAMPLE) and other.startswith(SAMPLE))]
            if kept:
                found[one] = kept[:MOST]
    return found


def shared_runs(one: str, other: str, *, most: int = 5) -> tuple[str, ...]:
    """Give the runs of at least `RUN` words that two texts share, as they stand in the first, longest first."""
    words, others = one.split(), other.split()
    plain, plain_other = ([word.strip(".,;:!?\"'()“”‘’").casefold() for word in each] for each in (words, others))
    blocks = SequenceMatcher(None, plain, plain_other, autojunk=False).get_matching_blocks()
    runs = sorted((block for block in blocks if block.size >= RUN), key=lambda block: -block.size)
    return tuple(" ".join(words[block.a : block.a + block.size]) for block in runs[:most])


Texts = Callable[[], Sequence[Mapping[str, str]]]
"""Reads the texts to compare, in groups of one item each: name → text."""


class Looking:
    """Compares the answers to a task beside the work of the server; what was found is kept for as long as the texts are the same."""

    KEPT = 16

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: OrderedDict[tuple[object, ...], dict[str, list[tuple[str, float]]] | None] = OrderedDict()

    def found(self, key: tuple[object, ...]) -> dict[str, list[tuple[str, float]]] | None:
        """Give what was found under a key; None while it is looked for, or where nobody has asked yet."""
        return self._found.get(key)

    def start(self, key: tuple[object, ...], texts: Texts) -> None:
        """Begin to look, unless somebody did."""
        with self._lock:
            if key in self._found:
                return
            self._found[key] = None
            while len(self._found) > self.KEPT:
                self._found.popitem(last=False)
        threading.Thread(target=self._look, args=(key, texts), name="near copies", daemon=True).start()

    def _look(self, key: tuple[object, ...], texts: Texts) -> None:
        try:
            found: dict[str, list[tuple[str, float]]] = {}
            for group in texts():
                found |= near_pairs(group)
        except Exception:  # a hint is not worth a fault: without it, marking goes on as it is
            LOG.exception("Near copies were not looked for")
            found = {}
        with self._lock:
            if key in self._found:
                self._found[key] = found
