"""Find out whether two people who use a rubric come to the same level.

`python docs/agreement.py sheets FOLDER [TASK …]` writes the sheet that a marker works on: the task, its rubric, and invented answers whose
level only their author knows; `read SHEET MARKS --marker NAME` keeps what one of them gave in docs/marked/, and `figures` makes
docs/agreement.md from that.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import Any

from autograde.checks.subject import Subject
from autograde.marking.key import Rubric
from autograde.text import hundredths, percent
from docs.raw import command, row
from docs.validity import shelf
from workbook_helpers.items import Item

HERE = Path(__file__).parent
RAW, REPORT = HERE / "marked", HERE / "agreement.md"
EACH = 5
"""How many answers of each level there are for a task."""
LINE = re.compile(r"(\d+)\s*[:.]\s*(\d+)(?:\s+(unsafe))?")


def task(name: str) -> tuple[Subject, Item, Rubric]:
    """Give a written task with its workbook and rubric; ValueError where there is none of that name."""
    subject = shelf().get(name.partition("-")[0])
    if subject is None or name not in subject.rubrics.rubrics or name not in subject.workbook.items:
        msg = f"{name} is no written task with a rubric."
        raise ValueError(msg)
    return subject, subject.workbook.items[name], subject.rubrics.rubrics[name]


def version(rubric: Rubric) -> str:
    """Give what a rubric is known again by: marks given by another wording of it do not count."""
    return hashlib.sha256(rubric.model_dump_json().encode()).hexdigest()[:16]


def sheet(name: str, answers: Sequence[Mapping[str, Any]]) -> str:
    """Write what a marker works on: nothing on it tells which level an answer was written for."""
    _, item, rubric = task(name)
    lines = [f"# {name}: mark these {len(answers)} answers", "", f"The task: {item.stem}"]
    for title, texts in (
        ("What the verb asks", [rubric.verb_check]),
        ("Own work", [rubric.workplace_check]),
        ("Every one of these has to be there", rubric.must_see),
        ("Not enough alone", rubric.not_enough),
        ("Unsafe, to be flagged; it changes no points", rubric.unsafe),
        ("May be in it", rubric.indicative_content),
        ("Levels", [f"{level.points} points, {level.title}: {level.text}" for level in rubric.levels]),
    ):
        lines += ["", f"## {title}", "", *(f"- {text}" for text in texts)]
    for answer in answers:
        lines += ["", f"## Answer {answer['n']}", "", answer["text"]]
    return "\n".join([*lines, ""])


def trial(name: str) -> dict[str, Any]:
    """Read the answers that were invented for a task, and what markers gave them."""
    return dict(json.loads((RAW / f"{name}.json").read_text("utf-8")))


def read(path: Path, marks: Path, marker: str) -> Path:
    """Keep what a marker gave; ValueError says what is wrong."""
    name = path.stem
    _, item, rubric = task(name)
    found = trial(name)
    if path.read_text("utf-8") != sheet(name, found["answers"]):
        msg = f"{path} is not the sheet that the workbook gives now: make the sheets again, and let them be marked again."
        raise ValueError(msg)
    lines = [LINE.fullmatch(line.strip()) for line in marks.read_text("utf-8").splitlines() if line.strip()]
    given = {int(line[1]): int(line[2]) for line in lines if line}
    numbers = {answer["n"] for answer in found["answers"]}
    if not all(lines) or len(lines) > len(given) or set(given) != numbers or any(points > item.points for points in given.values()):
        msg = f"{marks}: a line for each answer, its number and its points of {item.points:g}, as in “7: 5” or “7: 5 unsafe”."
        raise ValueError(msg)
    markers = [one for one in found["markers"] if one["marker"] != marker]
    unsafe = sorted(int(line[1]) for line in lines if line and line[3])
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    markers.append({"marker": marker, "date": today, "rubric": version(rubric), "points": given, "unsafe": unsafe})
    file = RAW / f"{name}.json"
    file.write_text(json.dumps({**found, "markers": markers}, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return file


class Pairs:
    """Pairs of levels that were given to the same answers."""

    def __init__(self) -> None:
        self.one: list[int] = []
        self.other: list[int] = []

    def add(self, one: Iterable[int], other: Iterable[int]) -> None:
        """Add what two have given, in the same order."""
        self.one += one
        self.other += other

    def cells(self) -> list[str]:
        """Give how many there are, the same level, at most one level apart, and agreement beyond chance.

        References
        ----------
        Cohen (1968), Weighted kappa, Psychological Bulletin 70 (4), 213–220, with squared distances, as scikit-learn works it out.
        """
        from sklearn.metrics import cohen_kappa_score

        if not self.one:
            return ["0", "–", "–", "–"]
        apart = Counter(abs(one - other) for one, other in zip(self.one, self.other, strict=True))
        share = [percent(sum(apart[n] for n in range(most + 1)) / len(self.one)) for most in (0, 1)]
        return [str(len(self.one)), *share, hundredths(cohen_kappa_score(self.one, self.other, weights="quadratic"))]


def report() -> str:
    """Write the figures in Markdown, as docs/agreement.md has them."""
    authors, markers, met = Pairs(), Pairs(), Pairs()
    table, apart, old = list[str](), list[str](), 0
    who = Counter[tuple[str, str]]()
    for file in sorted(RAW.glob("*.json")):
        name, found = file.stem, trial(file.stem)
        _, _, rubric = task(name)
        titles = [level.title for level in rubric.levels]
        meant = {answer["n"]: titles.index(answer["level"]) for answer in found["answers"]}
        fresh = [one for one in found["markers"] if one["rubric"] == version(rubric)]
        old += len(found["markers"]) - len(fresh)
        given = [[rubric.level(one["points"][str(n)]) for n in meant] for one in fresh]
        mine, theirs = Pairs(), Pairs()
        for one, levels in zip(fresh, given, strict=True):
            who[one["marker"], one["date"]] += 1
            for pairs in (mine, authors):
                pairs.add(meant.values(), levels)
        for one, other in combinations(given, 2):
            for pairs in (theirs, markers):
                pairs.add(one, other)
            met.add([int(level >= rubric.met) for level in one], [int(level >= rubric.met) for level in other])
        table.append(row(name, len(meant), *mine.cells()[1:], *theirs.cells()[1:]))
        for n, level in meant.items():
            levels = [one["points"][str(n)] for one in fresh]
            if any(abs(rubric.level(points) - level) > 1 for points in levels):
                apart.append(f"- {name}, answer {n}: written for “{titles[level]}”, given {' and '.join(map(str, levels))} points")
    head = ("task", "answers", "author: same level", "at most one apart", "kappa", "markers: same level", "at most one apart", "kappa")
    total = row("**all**", len(table) * EACH * 5, *authors.cells()[1:], *markers.cells()[1:])
    lines = [PROTOCOL, "## Who marked", "", row("marker", "on", "tasks"), "|---|---|---|"]
    lines += [row(*key, number) for key, number in sorted(who.items())]
    lines += ["", AI, "", "## Agreement", "", row(*head), "|---" * len(head) + "|", *table, total]
    if met.one:
        lines += ["", f"Met or not yet met, the two markers: {met.cells()[1]} the same (kappa {met.cells()[3]})."]
    lines += ["", "## More than one level apart from the author", "", *(apart or ["None."]), "", "## What came of it", "", FOUND]
    if old:
        lines += ["", f"{old} markings by an earlier rubric do not count."]
    return "\n".join([*lines, ""])


PROTOCOL = f"""# Do two markers come to the same level?

Made by `python docs/agreement.py figures` from `docs/marked/`, a file for each written task.

For each task an author wrote {EACH} answers for each of the five levels of its rubric, as learners might: short and long, fluent and not, \
in many settings, with the usual confusions. Two markers who had not seen them before, and not each other's marks, got the task, the \
rubric and the answers in mixed order, without the levels (`python docs/agreement.py sheets FOLDER`), and gave points. Points stand \
for the level to which they belong. **Kappa** is Cohen's, weighted by the square of the distance, over the levels: 1 is full agreement, \
0 what chance would give. Agreement says how alike a rubric is used; it does not say that a mark is right.
"""

AI = """Authors and markers are one language model, each in a session of its own: two people differ more than two readings by one model, \
so that these figures are the most that can be hoped for, and where they are low the rubric is at fault. A centre's own markers do the \
same with the rubrics' samples, on the desk's page Quality or by `autograde quality standardise`."""


FOUND = """What most markers were in doubt about was whether something unsafe lowers the points: the guides did not say so. \
Now they do, on the desk and in the marker's notebook: it is followed up, and changes no points. Two answers retell the workbook's own \
example as the learner's: whoever has only the rubric cannot see that, so a marker has to know the workbook."""


def _sheets(tasks: Iterable[str]) -> Iterator[tuple[str, str]]:
    yield from ((name, sheet(name, trial(name)["answers"])) for name in tasks or sorted(file.stem for file in RAW.glob("*.json")))


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what was asked for; a fault is one line."""
    return command(__doc__, arguments, sheets=_sheets, who="marker", read=read, figures=report, file=REPORT)


if __name__ == "__main__":
    main()
