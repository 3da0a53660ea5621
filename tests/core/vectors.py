"""Cases for the rules that both the page and marking need: what goes in, and what Python gives. The same ones each time.

Texts are of characters that Python 3.11 knows (Unicode 14): how a later one is written in small letters, a newer browser knows better.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT
from workbook_helpers.answers.change import wrong_first
from workbook_helpers.items import Item, Purpose, Workbook, clean_id, load_workbook, paper_seed
from workbook_helpers.items.base import drawn
from workbook_helpers.items.kinds.gaps import Gaps
from workbook_helpers.items.kinds.handover import Handover, Part
from workbook_helpers.items.kinds.multiple import Multiple
from workbook_helpers.items.kinds.order import Order, longest_run
from workbook_helpers.items.kinds.reflection import PARTS, Reflection
from workbook_helpers.items.kinds.relationships import Relationships
from workbook_helpers.items.kinds.scale import Scale
from workbook_helpers.items.kinds.scenario import Scenario
from workbook_helpers.items.kinds.single import Single
from workbook_helpers.items.kinds.workplace import EVIDENCE, PLACES, Workplace
from workbook_helpers.items.kinds.written import count_words
from workbook_helpers.items.pairs import PairsItem
from workbook_helpers.items.sections import waiting
from workbook_helpers.items.spelling import Forms, distance, plain
from workbook_helpers.items.workbook import Pool

WORKBOOKS = [load_workbook(path) for path in sorted((ROOT / "workbooks").glob("w[0-9][0-9]-*"))]
GALLERY = next(workbook for workbook in WORKBOOKS if workbook.id == "w99")
ITEMS: dict[str, list[Item]] = {}
"""Kind → the items of all workbooks."""
for _workbook in WORKBOOKS:
    for _item in _workbook.items.values():
        ITEMS.setdefault(_item.kind, []).append(_item)

WHITE = " \t\n\r\x0b\x0c\x1c\x1f\x85\xa0\u1680\u2003\u2028\u202f\u3000"
NO_WHITE = "\u200b\u2060\ufeff\u180e"
SIGNS = st.characters(exclude_categories=("Cs", "Cn", "Co"))
ASCII = st.characters(min_codepoint=32, max_codepoint=126)
TEXT = st.text(SIGNS | ASCII | st.sampled_from(WHITE + NO_WHITE + "ßſİıΣςﬁé’-ǅ１²٣"), max_size=24)
WORDS = st.lists(
    st.sampled_from(["duty", "of", "care", "Consent", "professional", "unprofessional", "ΟΔΟΣ", "13", "co-worker"]), min_size=1, max_size=3
)


@dataclass(frozen=True, kw_only=True)
class Vector:
    """One case of a rule."""

    rule: str
    input: tuple[Any, ...]
    expected: Any


Pure = Callable[..., Any]


def examples(strategy: st.SearchStrategy[Any], most: int) -> list[Any]:
    """Give what Hypothesis draws, the same each time; ten at once, as most of its time goes by between two examples."""
    found: list[Any] = []

    @settings(
        derandomize=True,
        database=None,
        deadline=None,
        max_examples=most // 10,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(strategy, min_size=10, max_size=10))
    def draw(values: list[Any]) -> None:
        found.extend(values)

    draw()
    return found


SLIPS = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 2), st.sampled_from("abe nß")), max_size=3)


def _changed(word: str, changes: list[tuple[int, int, str]]) -> str:
    for at, gone, sign in changes:
        word = word[:at] + sign + word[at + gone :]
    return word


TYPED = st.builds(lambda words, changes: _changed(" ".join(words), changes), WORDS, SLIPS) | TEXT
NUMBERS = st.text("0123456789.,:-\u2013\u2212\u066b\u0662 ml", max_size=10)
IDS = st.text("ab1-", min_size=1, max_size=5)
UNIQUE = st.lists(IDS, unique=True, max_size=12)
RUNS = st.integers(1, 8).flatmap(
    lambda n: st.tuples(
        st.permutations("abcdefgh"[:n]) | st.lists(st.sampled_from("abcdefgh"[:n]), unique=True), st.permutations("abcdefgh"[:n])
    )
)
FORMS = st.fixed_dictionaries(
    {"accepted": st.lists(TYPED.filter(plain), min_size=1, max_size=3), "not_accepted": st.lists(TYPED.filter(plain), max_size=2)}
).filter(lambda forms: not set(map(plain, forms["accepted"])) & set(map(plain, forms["not_accepted"])))
LEARNERS = (
    st.text(SIGNS | ASCII, max_size=12)
    | TEXT
    | st.text("aé\u00ad", min_size=120, max_size=140)
    | st.integers(1015, 1030).map(lambda n: "\u00ad" * n + "ana01")
)
SMALL = st.text(max_size=4) | st.integers(-1, 9) | st.booleans() | st.none() | st.just(2.5)
TRIED = st.none() | st.fixed_dictionaries(
    {"n": st.integers(1, 3), "first": st.lists(IDS, max_size=2), "checked": st.booleans(), "shown": st.booleans()}
)
ODD = st.recursive(
    SMALL | st.sampled_from(WHITE + NO_WHITE),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["share", "what", "__proto__", "constructor", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)


def well_formed(item: Item) -> st.SearchStrategy[Any]:
    """Answers to an item, whole ones and half-done ones."""
    match item:
        case Single():
            return st.sampled_from(item.option_ids())
        case Multiple():
            return st.lists(st.sampled_from(item.option_ids()), unique=True)
        case PairsItem():
            return st.dictionaries(st.sampled_from(item.part_ids()), st.sampled_from(list(item.targets())))
        case Handover():
            return st.dictionaries(st.sampled_from(item.fact_ids()), st.sampled_from([part.value for part in Part]))
        case Order():
            return st.lists(st.sampled_from(item.step_ids()), unique=True) | st.permutations(item.step_ids())
        case Gaps():
            fills = {gap.id: st.sampled_from([one.id for one in gap.options]) if gap.options else TEXT for gap in item.gaps}
            return st.fixed_dictionaries({}, optional=fills)
        case Relationships():
            chosen = {"kind": st.sampled_from([one.id for one in item.kinds]), "share": st.sampled_from([one.id for one in item.shares])}
            return st.dictionaries(st.sampled_from([one.id for one in item.people]), st.fixed_dictionaries({}, optional=chosen))
        case Scale():
            number = st.integers(1, item.steps)
            return st.dictionaries(
                st.sampled_from(item.statement_ids()), number | st.tuples(number, number).map(list) if item.before else number
            )
        case Scenario():
            return st.lists(st.integers(0, 5), max_size=8).map(lambda ways: _path(item, ways)) | st.just(None)
        case Reflection():
            return st.fixed_dictionaries({}, optional=dict.fromkeys(PARTS, TEXT) | {"share": st.booleans()})
        case Workplace():
            codes = st.lists(st.sampled_from([one.code for one in item.criteria]), unique=True).map(" ".join)
            fields = {
                "evidence": st.sampled_from(EVIDENCE),
                "place": st.sampled_from(PLACES),
                "date": st.dates().map(str),
                "criteria": codes,
            }
            return st.fixed_dictionaries({}, optional=fields | {"done": TEXT, "role": TEXT})
        case _:
            return st.sampled_from(sorted(_short(item.public()))) | TEXT | st.booleans() | st.none()


def _short(value: Any) -> set[str]:
    """Every short text in an item: its ids are among them."""
    if isinstance(value, dict | list):
        return set().union(*map(_short, value.values() if isinstance(value, dict) else value))
    return {value} if isinstance(value, str) and len(value) < 40 else set()


def _path(item: Scenario, ways: list[int]) -> list[str] | dict[str, list[str]]:
    place, path = item.start, []
    for way in ways:
        if (node := item.node(place)) is None:
            break
        choice = node.choices[way % len(node.choices)]
        path.append(f"{place}.{choice.id}")
        place = choice.to
    return {"path": path} if len(ways) % 3 == 1 else path


def answers(kind: str) -> st.SearchStrategy[tuple[Item, Any]]:
    """An item of a kind, and a well-formed answer to it."""
    return st.one_of([st.tuples(st.just(item), well_formed(item)) for item in ITEMS[kind]]).filter(
        lambda pair: pair[0].problem(pair[1]) is None
    )


def anything(kind: str) -> st.SearchStrategy[tuple[Item, Any]]:
    """An item of a kind, and a value that is an answer to it, nearly one, or anything."""
    broken = [
        st.tuples(st.just(item), st.builds(_broken, well_formed(item), st.integers(0, 9), SMALL) | well_formed(item))
        for item in ITEMS[kind]
    ]
    return st.one_of(broken) | st.tuples(st.sampled_from(ITEMS[kind]), ODD)


def _broken(value: Any, at: int, part: Any) -> Any:
    """The value with another part in the place of one."""
    if isinstance(value, dict) and value:
        names = sorted(value)
        return value | {names[at % len(names)]: part if at < 5 else value[names[0]]}
    if isinstance(value, list) and value:
        return [*value[: at % len(value)], *([part] if at < 5 else value[:1]), *value[at % len(value) + 1 :]]
    return part


def told(item: Item) -> Item:
    """The item as far as the page knows it: an assessed story keeps back what its endings advise."""
    if not isinstance(item, Scenario) or item.purpose is not Purpose.ASSESSED:
        return item
    return item.model_copy(update={"endings": tuple(one.model_copy(update={"next": "", "criterion": ""}) for one in item.endings)})


def in_pools(workbook: Workbook, choose: list[int], draws: list[int]) -> Workbook:
    """The workbook with its items put into pools: the n-th of those named in `choose` goes into the pool of that number."""
    names: dict[int, list[str]] = {}
    for name, number in zip(workbook.items, choose, strict=False):
        names.setdefault(number, []).append(name)
    pools = [
        Pool(id=f"{workbook.id}-pool{n}", draw=1 + draws[n] % len(held), items=tuple(held))
        for n, held in names.items()
        if n and len(held) > 1
    ]
    return replace(workbook, pools=tuple(pools))


def _pure() -> Iterator[tuple[str, st.SearchStrategy[tuple[Any, ...]], Pure, int]]:
    """Rule, what goes in, the rule of Python, how many."""
    yield "plain", st.tuples(TYPED | NUMBERS), plain, 500
    yield "distance", st.tuples(TYPED, TYPED) | st.builds(lambda one, changes: (one, _changed(one, changes)), TYPED, SLIPS), distance, 500
    near = st.builds(
        lambda forms, n, changes: (forms, _changed([*forms["accepted"], *forms["not_accepted"]][-n:][0], changes)),
        FORMS,
        st.integers(0, 3),
        SLIPS,
    )
    yield "accept", near | st.tuples(FORMS, TYPED), lambda forms, text: Forms.model_validate(forms).accept(text), 600
    yield "longest run", RUNS, lambda one, other: list(longest_run(one, other)), 600
    yield "count of words", st.tuples(st.lists(TEXT | st.text(WHITE + NO_WHITE, max_size=3)).map("".join)), count_words, 400
    yield "clean id", st.tuples(LEARNERS), clean_id, 600
    yield "paper seed", st.tuples(IDS, st.sampled_from(["w01", "w99"]), LEARNERS), paper_seed, 600
    yield "drawn", st.tuples(UNIQUE, TEXT, IDS), lambda ids, seed, name: [one.id for one in drawn(map(_Named, ids), seed, name)], 400
    yield "wrong first", st.tuples(TRIED), wrong_first, 400
    some = UNIQUE.flatmap(lambda ids: st.tuples(st.just(ids), st.lists(st.sampled_from(ids), unique=True) if ids else st.just([])))
    yield "waiting", some, _waiting, 400


def _waiting(ids: list[str], answered: list[str]) -> list[str]:
    """Those that wait of questions about earlier workbooks with these ids."""
    about = next(item for workbook in WORKBOOKS for item in workbook.items.values() if item.about)
    later = waiting({name: about.model_copy(update={"id": name}) for name in ids}, answered)
    return [name for name in ids if name in later]


@dataclass(frozen=True)
class _Named:
    id: str


def vectors() -> Iterator[Vector]:
    """Give all cases of all rules."""
    for rule, strategy, pure, most in _pure():
        for given_ in examples(strategy, most):
            yield Vector(rule=rule, input=given_, expected=pure(*given_))
    number = st.integers(0, 3)
    for workbook, choose, draws, seed in examples(
        st.tuples(
            st.sampled_from(WORKBOOKS),
            st.lists(number, max_size=20),
            st.lists(number, min_size=4, max_size=4),
            st.text("0123456789abcdef", max_size=16),
        ),
        400,
    ):
        made = in_pools(workbook, choose, draws) if choose else workbook
        book = {"items": {name: {"id": name} for name in made.items}, "pools": [pool.model_dump(mode="json") for pool in made.pools]}
        yield Vector(rule="paper", input=(book, seed), expected={place: item.id for place, item in made.paper(seed).items()})
    for kind in ITEMS:
        for item, value in examples(answers(kind), 60):
            yield Vector(rule="words", input=(told(item).public(), value), expected=list(told(item).in_words(value)))
            yield Vector(rule="blank", input=({"kind": kind}, value), expected=item.is_blank(value))
            yield Vector(rule="missing", input=(item.outline(), value), expected=item.missing(value))
            if item.purpose is Purpose.PRIVATE:
                yield Vector(rule="shared", input=({"kind": kind}, value), expected=item.handed_in(value) is not None)
        for item, value in examples(anything(kind), 60):
            if kind == "reflection" and not isinstance(value, dict):
                continue  # its rule of what is blank takes no other
            yield Vector(rule="blank", input=({"kind": kind}, value), expected=item.is_blank(value))
            if not item.is_blank(value):  # what says nothing fits everywhere
                yield Vector(rule="fits", input=(item.public(), value), expected=item.problem(value) is None)
    pair = st.one_of([st.tuples(st.just(item), well_formed(item) | ODD, well_formed(item)) for item in ITEMS["scenario"]])
    for item, old, new in examples(pair, 400):
        yield Vector(
            rule="goes on", input=({"kind": item.kind, "purpose": item.purpose.value}, old, new), expected=item.goes_on_from(old, new)
        )
