"""From which nearness answers are shown together on the page Mark: measured with the sample answers of the unit.

The samples to a task were written apart from each other, so that they show how near two answers are when nobody copied. Each is also
copied in several ways, as a student would: whole, with words changed, with sentences in another order, half of it. The other half, and
the changed words, come from another sample to the same task, the worst case. The same script says how long a class takes.

Examples
--------
    python benchmarks/near.py                        # classes of 30, 300 and 3,000: a minute
    python benchmarks/near.py --classes 5            # the smallest, which the tests run: does it still work?
    python benchmarks/near.py --write docs/measurements/near.md
"""

import argparse
import random
import re
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from statistics import median

from marking import made_by

from autograde.content import home, load_samples
from autograde.run.near import NEAR, near_pairs

LEVELS = (0.4, 0.5, 0.6, 0.7, 0.8)
Change = Callable[[str, str, random.Random], str]


def words_changed(share: float) -> Change:
    """Change a share of the words for words of another answer."""

    def change(text: str, other: str, chance: random.Random) -> str:
        others = other.split()
        return " ".join(chance.choice(others) if chance.random() < share else word for word in text.split())

    return change


def shuffled(text: str, _: str, chance: random.Random) -> str:
    """Put the sentences into another order."""
    sentences = re.split(r"(?<=[.!?])\s+", text.strip())
    chance.shuffle(sentences)
    return " ".join(sentences)


def part_of(share: float) -> Change:
    """Copy the first part, and write the rest as another answer does."""

    def change(text: str, other: str, _: random.Random) -> str:
        words, others = text.split(), other.split()
        return " ".join(words[: int(len(words) * share)] + others[int(len(others) * share) :])

    return change


COPIES: dict[str, Change] = {
    "copied whole": lambda text, _, __: text,
    "sentences in another order": shuffled,
    "1 word in 10 changed": words_changed(0.1),
    "1 word in 5 changed": words_changed(0.2),
    "1 word in 3 changed": words_changed(1 / 3),
    "three quarters copied": part_of(0.75),
    "half copied": part_of(0.5),
    "a quarter copied": part_of(0.25),
}


def nearness(one: str, other: str, beside: list[str]) -> float:
    """Give how near two answers are, in a task to which others were given, too."""
    texts = {"one": one, "other": other, **{f"beside {number}": text for number, text in enumerate(beside)}}
    return dict(near_pairs(texts, least=0.0).get("one", ())).get("other", 0.0)


def measured() -> dict[str, list[float]]:
    """Give kind of pair → how near each is."""
    found: dict[str, list[float]] = defaultdict(list)
    chance = random.Random(1)  # noqa: S311  the same each time
    for path in sorted((home() / "samples").glob("*.toml")):
        tasks: dict[str, list[str]] = defaultdict(list)
        for sample in load_samples(path.stem).samples:
            tasks[sample.task].append(sample.text)
        for texts in tasks.values():
            for one, other in combinations(texts, 2):
                found["written apart"].append(nearness(one, other, [text for text in texts if text not in (one, other)]))
            for text in texts:
                others = [one for one in texts if one != text]
                for name, change in COPIES.items():
                    if others:
                        found[name].append(nearness(text, change(text, others[0], chance), others))
    return found


def took(size: int) -> float:
    """Give how many seconds a class of a size takes, each answer made of sentences of all samples."""
    samples = [sample.text for path in sorted((home() / "samples").glob("*.toml")) for sample in load_samples(path.stem).samples]
    sentences = [one for text in samples for one in re.split(r"(?<=[.!?])\s+", text.strip())]
    chance = random.Random(2)  # noqa: S311
    texts = {f"s{number}": " ".join(chance.sample(sentences, 10)) for number in range(size)}
    near_pairs(dict(list(texts.items())[:3]))  # the first time also imports
    start = time.perf_counter()
    near_pairs(texts)
    return time.perf_counter() - start


def main() -> None:
    """Measure, print, and keep if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--classes", default="30,300,3000", help="sizes of class, with a comma (default %(default)s)")
    parser.add_argument("--write", type=Path, metavar="FILE", help="keep the tables in this Markdown file, too")
    wanted = parser.parse_args()
    lines = ["# Near copies\n", made_by("benchmarks/near.py", 1).partition(";")[0] + "."]
    lines.append(
        f"Two answers are shown together from a cosine of {NEAR}, where what was written apart stays below it and what was mostly copied "
        "lies above it. It is a hint to look; no points come of it.\n"
    )
    lines += [f"| pairs | number | median | least | most | {' | '.join(f'from {level}' for level in LEVELS)} |"]
    lines += ["|---|" + "---|" * (4 + len(LEVELS))]
    for name, values in measured().items():
        shares = [f"{sum(value >= level for value in values) / len(values):.0%}" for level in LEVELS]
        numbers = f"{len(values)} | {median(values):.2f} | {min(values):.2f} | {max(values):.2f}"
        lines.append(f"| {name} | {numbers} | {' | '.join(shares)} |")
    lines += ["", "| answers in a class | time to compare all |", "|---|---|"]
    lines += [f"| {int(size):,} | {took(int(size)):.1f} s |" for size in wanted.classes.split(",")]
    text = "\n".join(lines) + "\n"
    sys.stdout.write(text)
    if wanted.write:
        wanted.write.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
