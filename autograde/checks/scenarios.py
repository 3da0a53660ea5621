"""The rule for branching stories: play them and see."""

from collections.abc import Iterator
from itertools import islice

from autograde.checks.subject import Subject
from autograde.marking.kinds.scenario import MARKER, unsafe_acts
from workbook_helpers.items import Json
from workbook_helpers.items.kinds.scenario import MAX_STEPS, Scenario

SHOWN = 2
"""Ways through a story that a finding names."""
MAX_PLAYS = 5_000
"""Stories in play at once; what lies beyond is said to be unproved rather than taken for sound."""


def s1_stories_end(subject: Subject) -> Iterator[str]:
    """Playing a story in every way must meet each decision and each ending, and each way must be an answer that ends."""
    for item in subject.workbook.items.values():
        if isinstance(item, Scenario):
            yield from (f"{item.id}: {text}" for text in played(item))


def s2_safe_ways_win(subject: Subject) -> Iterator[str]:
    """Every whole way through a marked story without an unsafe act must earn more than any way with one: move points in its key."""
    for item in subject.workbook.items.values():
        entry = subject.key.keys.get(item.id)
        if isinstance(item, Scenario) and entry and not MARKER.key_problem(item, entry.right):
            yield from unsafe_ways_win(item, entry.right)


def unsafe_ways_win(item: Scenario, right: Json) -> Iterator[str]:
    """Say which safe ways through a story earn no more than an unsafe one, by its key."""
    safe: list[tuple[float, str]] = []
    best, how = -1.0, ""
    for number, (path, place) in enumerate(islice(plays(item), MAX_PLAYS + 1)):
        if number == MAX_PLAYS:
            yield f"{item.id}: it has more than {MAX_PLAYS:,} plays; that its safe ways earn more is unproved beyond"
        elif item.node(place) is None:
            points = round(item.points * MARKER.fraction(item, right, list(path)), 2)
            if not unsafe_acts(item, right, list(path)):
                safe.append((points, " ".join(path)))
            elif points > best:
                best, how = points, " ".join(path)
    for points, way in sorted(one for one in safe if one[0] <= best)[:SHOWN]:
        yield f"{item.id}: the safe way {way} earns {points:g}, and the unsafe one {how} earns {best:g}"


def played(item: Scenario) -> Iterator[str]:
    """Play a story as students would, by `item.problem` and `item.walk` alone, and give what was not met.

    A play stops when it meets a decision for the second time on its own path: the ways on from there are the same.
    """
    met: set[str] = set()
    ended = 0
    for path, place in islice(plays(item), MAX_PLAYS):
        met.add(place)
        ended += item.node(place) is None
        if problem := item.problem(list(path)):
            yield f"the way {' '.join(path)} is refused as an answer: it {problem}"
    unmet = [name for name in item.places() if name not in met]
    yield from (f"{name} is met on none of the first {MAX_PLAYS:,} plays" for name in unmet)
    if not ended:
        yield "no play comes to an ending"


def plays(item: Scenario) -> Iterator[tuple[tuple[str, ...], str]]:
    """Give each path from the start, the short ones first, with the place that it leads to."""
    todo: list[tuple[tuple[str, ...], str, frozenset[str]]] = [((), item.start, frozenset())]
    for path, place, been in todo:  # grows while it is read: breadth first
        yield path, place
        node = item.node(place)
        if node is None or place in been or len(path) == MAX_STEPS:
            continue
        todo += [((*path, f"{place}.{choice.id}"), choice.to, been | {place}) for choice in node.choices]
