"""The figures for quality assurance are those of independent libraries, and a sampling plan holds what its settings ask."""

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import chain, combinations
from math import isclose, sqrt
from random import Random
from statistics import fmean, stdev

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autograde.errors import ClassError
from autograde.statistics import (
    Decision,
    Rates,
    Table,
    Weights,
    agreement,
    distractors,
    figures,
    rest_scores,
    sampling_plan,
)
from autograde.statistics.items import discrimination
from autograde.text import hundredths, percent

EXACT = 1e-9
RANDOM = settings(max_examples=40, deadline=None)


def table(rows: Sequence[Sequence[float | None]], maxima: list[float] | None = None) -> Table:
    most = maxima or [1.0] * len(rows[0])
    return Table(items=[f"q{n}" for n in range(len(most))], maxima=most, points=rows)


@st.composite
def classes(draw: st.DrawFn, most: int = 30) -> Table:
    maxima = draw(st.lists(st.integers(1, 4), min_size=2, max_size=6))
    row = st.tuples(*(st.integers(0, 4 * top).map(lambda quarters: quarters / 4) for top in maxima)).map(list)
    return table(draw(st.lists(row, min_size=10, max_size=most)), [float(top) for top in maxima])


# Items


@RANDOM
@given(classes())
def test_the_correlation_with_the_rest_is_that_of_scipy(points: Table) -> None:
    from scipy.stats import pearsonr

    rows = np.array(points.points)
    for place, one in enumerate(figures(points).items):
        rest = np.delete(rows, place, axis=1).sum(axis=1)
        assert one.facility.value == pytest.approx(rows[:, place].mean() / points.maxima[place], abs=EXACT)
        if np.ptp(rows[:, place]) and np.ptp(rest):
            assert one.rest.value == pytest.approx(pearsonr(rows[:, place], rest).statistic, abs=EXACT)
        else:
            assert one.rest.value is None
            assert one.rest.why.startswith("Everybody has the same")


@RANDOM
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 12)), min_size=10, max_size=40))
def test_for_right_or_wrong_it_is_the_point_biserial_one(pairs: list[tuple[bool, int]]) -> None:
    from scipy.stats import pointbiserialr

    right, rest = zip(*pairs, strict=True)
    assume(len(set(right)) > 1 and len(set(rest)) > 1)
    (one, _) = figures(table([[float(is_right), float(points)] for is_right, points in pairs], [1, 12])).items
    assert one.rest.value == pytest.approx(pointbiserialr(right, rest).statistic, abs=EXACT)


def anova_alpha(rows: np.ndarray) -> float:
    """By the analysis of variance of learners × items (Hoyt 1941), which gives the same in another way."""
    from statsmodels.regression.linear_model import OLS

    learners, items = rows.shape
    columns = [np.tile(np.eye(items)[:, n], learners) for n in range(items)]
    both = [*columns, *(np.repeat(np.eye(learners)[:, n], items) for n in range(1, learners))]
    without = OLS(rows.ravel(), np.column_stack(columns)).fit()
    full = OLS(rows.ravel(), np.column_stack(both)).fit()
    between = (without.ssr - full.ssr) / (learners - 1)
    return 1 - full.ssr / ((learners - 1) * (items - 1)) / between


@settings(max_examples=25, deadline=None)
@given(classes(most=16))
def test_alpha_is_that_of_an_analysis_of_variance(points: Table) -> None:
    rows = np.array(points.points)
    assume(np.ptp(rows.sum(axis=1)) > 0)
    found = figures(points)
    assert found.alpha.value is not None
    alpha = anova_alpha(rows)
    assert isclose(found.alpha.value, alpha, rel_tol=EXACT, abs_tol=EXACT)
    assert found.error.value == pytest.approx(stdev(rows.sum(axis=1).tolist()) * sqrt(max(0, 1 - alpha)), abs=1e-7)
    assert found.complete == found.learners == len(rows)


def by_every_choice(shares: list[float], scores: list[float], size: int) -> float:
    """The mean share of the first `size` by score, over every way to choose among those who are level."""
    cut = sorted(scores, reverse=True)[size - 1]
    above = [share for share, score in zip(shares, scores, strict=True) if score > cut]
    level = [share for share, score in zip(shares, scores, strict=True) if score == cut]
    return fmean(fmean([*above, *some]) for some in combinations(level, size - len(above)))


@RANDOM
@given(st.lists(st.tuples(st.sampled_from([0.0, 0.5, 1.0]), st.integers(0, 4)), min_size=10, max_size=14), st.randoms())
def test_those_who_are_level_at_a_cut_off_count_alike_and_in_any_order(pairs: list[tuple[float, int]], chance: Random) -> None:
    shares, scores = [share for share, _ in pairs], [score / 4 for _, score in pairs]
    assume(len(set(scores)) > 1)
    size = 3 if len(pairs) < 13 else 4  # 0.27 × 12 = 3.24, × 13 = 3.51
    wanted = by_every_choice(shares, scores, size) - by_every_choice(shares, [-score for score in scores], size)
    assert discrimination(shares, scores) == pytest.approx(wanted, abs=EXACT)
    mixed = sorted(zip(shares, scores, strict=True), key=lambda _: chance.random())
    assert discrimination([share for share, _ in mixed], [score for _, score in mixed]) == pytest.approx(wanted, abs=EXACT)


def test_discrimination_of_a_class_by_hand() -> None:
    rows = [[float(n >= 5), float(n >= 2), float(n < 1), *(float(n > m) for m in range(10))] for n in range(10)]
    found = {one.item: one for one in figures(table(rows)).items}
    assert found["q0"].discrimination.value == 1
    assert found["q1"].discrimination.value == pytest.approx(1 - 1 / 3)  # of the lowest three one has it
    assert found["q2"].discrimination.value == pytest.approx(-1 / 3)
    assert any("do well elsewhere get it wrong" in note for note in found["q2"].notes)


@pytest.mark.parametrize(
    ("learners", "shown", "caution"), [(0, False, False), (9, False, False), (10, True, True), (99, True, True), (100, True, False)]
)
def test_few_learners_give_no_figure_and_some_a_caution(learners: int, shown: bool, caution: bool) -> None:
    points = Table(items=["a", "b"], maxima=[2, 2], points=[[n % 3, n % 2] for n in range(learners)])
    found = figures(points)
    assert found.learners == learners
    assert bool(found.caution) == caution
    for figure in (found.alpha, found.error, *chain.from_iterable((one.facility, one.discrimination, one.rest) for one in found.items)):
        assert (figure.value is not None) == shown
        assert bool(figure.why) != shown
    options = distractors(points, "a", ["x"] * learners, options=["x", "y"], right={"x"})
    assert all((one.share.value is not None) == shown and not (not shown and one.rare) for one in options)


@pytest.mark.parametrize(("complete", "caution"), [(9, False), (10, True), (99, True), (100, False)])
def test_where_few_have_points_for_everything_alpha_has_its_own_caution(complete: int, caution: bool) -> None:
    found = figures(table([[n % 2, n % 3 / 2 if n < complete else None] for n in range(120)]))
    assert (found.learners, found.complete) == (120, complete)
    assert found.caution == (f"Caution: alpha and the error are of {complete} learners; below 100 they may be chance." if caution else "")


def test_an_item_that_nearly_all_have_right_is_no_fault() -> None:
    (one, _) = figures(table([[float(n >= 12), float(n >= 40)] for n in range(120)])).items
    assert one.facility.value == pytest.approx(0.9)
    assert one.notes == ()


@pytest.mark.parametrize("same", [0.1, 1 / 3, 0.7])
def test_what_is_the_same_for_all_gives_none_with_a_reason(same: float) -> None:
    found = figures(table([[same, n / 10, (10 - n) / 10] for n in range(10)]))
    constant = found.items[0]
    assert constant.facility.value == pytest.approx(same)
    assert constant.rest.value is None
    assert constant.rest.why == "Everybody has the same points for this item."
    assert constant.discrimination.why == "Everybody has the same score."
    assert found.alpha.value is found.error.value is None
    assert found.alpha.why == "Everybody has the same sum of points."
    (alone,) = figures(table([[n / 10] for n in range(11)])).items
    assert alone.rest.why.startswith("Only 0 learners have points for another item")
    assert figures(table([[n / 10] for n in range(11)])).alpha.why == "Reliability needs at least two items."


def test_the_rounding_of_sums_makes_no_difference_between_learners() -> None:
    assert 0.1 + 0.2 != 0.3 + 0.0
    found = figures(table([[n / 10, *((0.1, 0.2) if n % 2 else (0.3, 0.0))] for n in range(10)]))
    assert found.items[0].rest.why == "Everybody has the same score on the other items."


def test_what_is_missing_is_left_out_and_is_no_zero() -> None:
    rows: list[list[float | None]] = [[n % 2, (n + 1) % 3, 2] for n in range(24)]
    whole = figures(table(rows, [1, 2, 4]))
    gaps = [[None, *row[1:]] if n < 12 else row for n, row in enumerate(rows)]
    found = figures(table(gaps, [1, 2, 4]))
    assert (found.learners, found.complete, found.items[0].learners, found.items[1].learners) == (24, 12, 12, 24)
    assert found.items[0] == replace(figures(table(rows[12:], [1, 2, 4])).items[0])
    assert found.items[1].facility == whole.items[1].facility
    assert found.alpha == figures(table(rows[12:], [1, 2, 4])).alpha
    zeros = figures(table([[0 if point is None else point for point in row] for row in gaps], [1, 2, 4]))
    assert zeros.items[0].facility.value == pytest.approx(0.25)
    assert found.items[0].facility.value == pytest.approx(0.5)
    assert rest_scores(table([[1, None, None], [1, 1, None], [None, 1, 3.5]], [1, 2, 4]), "q0") == (None, 0.5, 0.75)
    assert figures(table([[None, None]] * 30)).learners == 0


@pytest.mark.parametrize(
    ("items", "maxima", "points", "said"),
    [
        pytest.param(["a", "a"], [1, 1], [], "id of their own", id="an item twice"),
        pytest.param(["a", "b"], [1], [], "a maximum each", id="a maximum too few"),
        pytest.param(["a"], [0], [], "leave out items without points", id="no points to be had"),
        pytest.param(["a", "b"], [1, 1], [[1, 0], [1]], "row 2 has 1 points for 2 items", id="a short row"),
        pytest.param(["a"], [1], [[1.5]], "not from 0 to 1", id="too many points"),
        pytest.param(["a"], [1], [[float("nan")]], "not from 0 to 1", id="no number"),
    ],
)
def test_a_table_that_cannot_be_is_refused(items: list[str], maxima: list[float], points: list[list[float]], said: str) -> None:
    with pytest.raises(ClassError, match=said):
        Table(items=items, maxima=maxima, points=points)


# Distractors


@RANDOM
@given(st.lists(st.tuples(st.sampled_from(["a", "b", "c", None]), st.integers(0, 9)), min_size=10, max_size=60))
def test_options_are_counted_and_correlated_as_by_scipy(taken: list[tuple[str | None, int]]) -> None:
    from scipy.stats import pointbiserialr

    chosen, rest = [option for option, _ in taken], [points for _, points in taken]
    points = table([[float(option == "a"), float(points)] for option, points in taken], [1, 9])
    found = distractors(points, "q0", chosen, options=["a", "b", "c", "d"], right={"a"})
    assert [one.option for one in found] == ["a", "b", "c", "d"]
    for one in found:
        took = [option == one.option for option in chosen]
        assert one.share.value == pytest.approx(sum(took) / len(took), abs=EXACT)
        assert one.rare == (not one.right and sum(took) < 0.05 * len(took))
        if len(set(took)) > 1 and len(set(rest)) > 1:
            assert one.rest.value == pytest.approx(pointbiserialr(took, rest).statistic, abs=EXACT)
            assert one.draws_able == (not one.right and (one.rest.value or 0) > EXACT)
        else:
            assert one.rest.value is None
            assert one.rest.why in {"Nobody takes it.", "Everybody takes it.", "Everybody has the same score on the other items."}
            assert not one.draws_able


def test_an_option_is_rare_below_one_in_twenty() -> None:
    for learners, rare in ((20, False), (21, True)):
        chosen = ["b", *["a"] * (learners - 1)]
        points = table([[float(option == "a"), n / 30] for n, option in enumerate(chosen)])
        assert [one.rare for one in distractors(points, "q0", chosen, options=["a", "b"], right={"a"})] == [False, rare]


def test_who_was_not_asked_is_not_counted_and_a_strange_option_is_refused() -> None:
    points = table([[None if n < 10 else float(n % 2), n / 30] for n in range(30)])
    chosen = [None if n < 10 else "ab"[n % 2] for n in range(30)]
    (a, b) = distractors(points, "q0", chosen, options=["a", "b"], right={"b"})
    assert (a.share.value, b.share.value) == (0.5, 0.5)
    with pytest.raises(ClassError, match="c is no option of q0"):
        distractors(points, "q0", [*chosen[:-1], "c"], options=["a", "b"], right={"b"})
    with pytest.raises(ClassError, match="29 choices and 30 rows"):
        distractors(points, "q0", chosen[1:], options=["a", "b"], right={"b"})


# Agreement

SCALE = ["0", "1", "2", "3", "4"]
JUDGED = st.integers(2, 5).flatmap(
    lambda k: st.tuples(
        st.just(SCALE[:k]), st.lists(st.tuples(st.sampled_from(SCALE[:k]), st.sampled_from(SCALE[:k])), min_size=2, max_size=80)
    )
)
KINDS = {Weights.UNWEIGHTED: None, Weights.LINEAR: "linear", Weights.QUADRATIC: "quadratic"}


@pytest.mark.parametrize("weights", Weights)
@RANDOM
@given(JUDGED)
def test_kappa_and_its_error_are_those_of_scikit_learn_and_statsmodels(
    weights: Weights, judged: tuple[list[str], list[tuple[str, str]]]
) -> None:
    from sklearn.metrics import cohen_kappa_score
    from statsmodels.stats.inter_rater import cohens_kappa, to_table

    scale, pairs = judged
    first, second = [one for one, _ in pairs], [other for _, other in pairs]
    assume(len({*first, *second}) > 1)
    found = agreement(first, second, scale, weights=weights)
    assert found.same == pytest.approx(fmean(one == other for one, other in pairs), abs=EXACT)
    assert found.kappa == pytest.approx(cohen_kappa_score(first, second, labels=scale, weights=KINDS[weights]), abs=EXACT)
    counts, _ = to_table(np.array([[int(one), int(other)] for one, other in pairs]), bins=np.arange(len(scale) + 1) - 0.5)
    with np.errstate(all="ignore"):  # where its test divides by an error of 0
        theirs = cohens_kappa(counts, wt=KINDS[weights])
    assert found.kappa == pytest.approx(theirs.kappa, abs=EXACT)
    assert (found.error or 0) ** 2 == pytest.approx(theirs.var_kappa, abs=EXACT)
    if found.error and found.error > 1e-6:
        assert found.error == pytest.approx(theirs.std_kappa, rel=EXACT, abs=EXACT)
        assert found.analytic is not None
        assert found.analytic.low == pytest.approx(max(-1, theirs.kappa_low), abs=EXACT)
        assert found.analytic.high == pytest.approx(min(1, theirs.kappa_upp), abs=EXACT)
    for interval in (found.analytic, found.bootstrap):
        assert interval is None or -1 <= interval.low <= interval.high <= 1
    assert found.notes or (found.analytic and found.bootstrap)


def judged(counts: list[list[int]]) -> tuple[list[str], list[str]]:
    cells = [(str(row), str(column)) for row, line in enumerate(counts) for column, number in enumerate(line) for _ in range(number)]
    return [row for row, _ in cells], [column for _, column in cells]


@pytest.mark.parametrize(
    ("counts", "kappa", "said"),
    [
        pytest.param([[0, 0], [0, 0]], None, "No answer was judged", id="nothing"),
        pytest.param([[5, 0], [0, 0]], None, "not defined", id="one category"),
        pytest.param([[1, 0], [0, 0]], None, "not defined", id="one pair"),
        pytest.param([[5, 3], [0, 0]], 0, "whatever the other gave", id="one marker without a difference"),
        pytest.param([[7, 0], [0, 3]], 1, "As many as 26% of all judgements", id="all agree"),
        pytest.param([[0, 5], [5, 0]], -1, "standard error of 0", id="never agree"),
    ],
)
@pytest.mark.parametrize("weights", Weights)
def test_where_pairs_cannot_tell_the_error_it_is_said(counts: list[list[int]], kappa: float | None, said: str, weights: Weights) -> None:
    found = agreement(*judged(counts), ["0", "1"], weights=weights)
    assert found.kappa == kappa
    assert found.error is None
    assert found.analytic is None
    assert any(said in note for note in found.notes), found.notes


def test_few_pairs_give_a_caution_and_too_few_no_bootstrap() -> None:
    few = agreement(*judged([[4, 1], [1, 1]]), ["0", "1"])
    assert any("holds from about 8 pairs, and here are 7" in note for note in few.notes)
    assert few.bootstrap is not None
    too_few = agreement(*judged([[3, 1], [0, 1]]), ["0", "1"])  # 0.6⁵ = 8 % of the resamples have one category alone
    assert too_few.kappa == pytest.approx(0.24 / 0.44)
    assert too_few.error is not None
    assert too_few.bootstrap is None
    assert any("no bootstrap interval" in note for note in too_few.notes)


def test_a_published_table_gives_the_published_figures() -> None:
    """Fleiss, Cohen & Everitt 1969: 200 persons, three categories; kappa .429 with an error of .054 (variance .0029)."""
    shares = [[0.53, 0.05, 0.02], [0.11, 0.14, 0.05], [0.01, 0.06, 0.03]]
    found = agreement(*judged([[round(200 * share) for share in row] for row in shares]), ["0", "1", "2"])
    assert found.kappa == pytest.approx(0.429, abs=0.0005)
    assert found.error == pytest.approx(sqrt(0.002885), abs=0.0005)
    assert found.notes == ()


@pytest.mark.parametrize(
    ("share", "said"), [(1, "100%"), (0.9957, "over 99%"), (0.99, "99%"), (0.5, "50%"), (0.01, "1%"), (0.004, "under 1%"), (0, "0%")]
)
def test_what_is_not_all_is_never_said_to_be_100_percent(share: float, said: str) -> None:
    assert percent(share) == said


@pytest.mark.parametrize(
    ("number", "said"), [(1, "1.00"), (0.9999, "over 0.99"), (0.994, "0.99"), (0, "0.00"), (-0.001, "0.00"), (-0.5, "-0.50")]
)
def test_a_kappa_that_is_not_1_is_never_said_to_be_1(number: float, said: str) -> None:
    assert hundredths(number) == said


@pytest.mark.parametrize(("pairs", "said"), [(3, "63%"), (700, "0.43%")])
def test_how_much_may_differ_after_all_is_never_nothing(pairs: int, said: str) -> None:
    [note] = agreement(
        ["0", "1", "1"] * (pairs // 3) + ["0"] * (pairs % 3), ["0", "1", "1"] * (pairs // 3) + ["0"] * (pairs % 3), SCALE
    ).notes
    assert f"As many as {said} of all judgements may differ" in note


def test_the_bootstrap_is_that_of_scipy_and_its_seed_makes_it_the_same() -> None:
    from scipy.stats import bootstrap
    from statsmodels.stats.inter_rater import cohens_kappa, to_table

    first, second = judged([[14, 3, 1], [2, 12, 4], [0, 3, 11]])
    found = agreement(first, second, SCALE[:3], weights=Weights.QUADRATIC, seed=7)
    assert found == agreement(first, second, SCALE[:3], weights=Weights.QUADRATIC, seed=7)
    assert found.bootstrap != agreement(first, second, SCALE[:3], weights=Weights.QUADRATIC, seed=8).bootstrap
    columns = [[int(one) for one in first], [int(one) for one in second]]
    theirs = bootstrap(
        columns,
        lambda one, other: cohens_kappa(to_table(np.column_stack([one, other]), bins=np.arange(4) - 0.5)[0], wt="quadratic").kappa,
        paired=True,
        vectorized=False,
        n_resamples=800,
        method="percentile",
        rng=np.random.default_rng(1),
    ).confidence_interval
    assert found.bootstrap is not None
    assert found.bootstrap.low == pytest.approx(theirs.low, abs=0.04)
    assert found.bootstrap.high == pytest.approx(theirs.high, abs=0.04)


def test_the_intervals_hold_the_true_kappa_about_as_often_as_they_say() -> None:
    chance, held = np.random.default_rng(19), Counter[str]()
    for _ in range(200):  # the true kappa is 0.6
        found = agreement(*judged(chance.multinomial(60, [0.4, 0.1, 0.1, 0.4]).reshape(2, 2).tolist()), ["0", "1"])
        assert found.analytic is not None
        assert found.bootstrap is not None
        held["analytic"] += found.analytic.low <= 0.6 <= found.analytic.high
        held["bootstrap"] += found.bootstrap.low <= 0.6 <= found.bootstrap.high
    assert all(0.9 <= number / 200 <= 0.99 for number in held.values()), held


@pytest.mark.parametrize(
    ("first", "second", "categories", "said"),
    [
        (["a"], [], ["a", "b"], "1 judgements and the other 0"),
        (["a"], ["c"], ["a", "b"], "“c” is none"),
        (["a"], ["a"], ["a", "a"], "twice"),
    ],
)
def test_judgements_that_do_not_belong_together_are_refused(first: list[str], second: list[str], categories: list[str], said: str) -> None:
    with pytest.raises(ClassError, match=said):
        agreement(first, second, categories)


# Sampling


@st.composite
def centres(draw: st.DrawFn) -> list[Decision]:
    names = st.tuples(*(st.integers(0, top) for top in (5, 4, 2, 2)), st.booleans(), st.integers(0, 60))
    return [
        Decision(
            id=f"d{n}",
            learner=f"learner {learner}",
            criterion=f"{1 + criterion}.1",
            assessor=f"assessor {assessor}",
            kind=("written answer", "observation", "witness")[kind],
            met=met,
            on=date(2026, 1, 1) + timedelta(days=day),
        )
        for n, (learner, criterion, assessor, kind, met, day) in enumerate(draw(st.lists(names, max_size=120)))
    ]


LEAST = st.integers(0, 3)
RATES = st.builds(
    lambda shares, learner, assessor, criterion, kind, decision, stratum: Rates(
        base=min(shares),
        new_assessor=max(shares),
        per_learner=learner,
        per_assessor=assessor,
        per_criterion=criterion,
        per_kind=kind,
        per_decision=decision,
        per_stratum=stratum,
    ),
    st.tuples(st.integers(0, 100), st.integers(0, 100)).map(lambda pair: (pair[0] / 100, pair[1] / 100)),
    *[LEAST] * 5,
    st.integers(0, 1),
)
NEW = {"assessor 1"}


@RANDOM
@given(centres(), RATES, st.text(max_size=5))
def test_every_minimum_and_rate_holds_and_no_more_is_taken_than_they_ask(decisions: list[Decision], rates: Rates, seed: str) -> None:
    plan = sampling_plan(decisions, new=NEW, rates=rates, seed=seed)
    sampled = [one.decision for one in plan]
    assert all(one.reasons and not one.before for one in plan)
    assert [(one.on, one.id) for one in sampled] == sorted({(one.on, one.id) for one in sampled})
    groupings: list[tuple[int, Callable[[Decision], Hashable]]] = [
        (rates.per_learner, lambda one: one.learner),
        (rates.per_assessor, lambda one: one.assessor),
        (rates.per_criterion, lambda one: one.criterion),
        (rates.per_kind, lambda one: one.kind),
        (rates.per_decision, lambda one: one.met),
        (rates.per_stratum, lambda one: (one.assessor, one.criterion, one.kind, one.met)),
    ]
    asked = 0
    for least, key in groupings:
        there, taken = Counter(map(key, decisions)), Counter(map(key, sampled))
        assert all(taken[group] >= min(number, least) for group, number in there.items())
        asked += sum(min(number, least) for number in there.values())
    there, taken = Counter(one.assessor for one in decisions), Counter(one.assessor for one in sampled)
    for assessor, number in there.items():
        percent = round(100 * (rates.new_assessor if assessor in NEW else rates.base))
        assert taken[assessor] >= -(-percent * number // 100)
        asked += -(-percent * number // 100)
    assert len(sampled) <= asked


@RANDOM
@given(centres(), RATES, st.randoms(use_true_random=False))
def test_the_same_seed_gives_the_same_plan_in_any_order(decisions: list[Decision], rates: Rates, chance: Random) -> None:
    mixed = list(decisions)
    chance.shuffle(mixed)
    assert sampling_plan(mixed, new=NEW, rates=rates, seed="s") == sampling_plan(decisions, new=NEW, rates=rates, seed="s")


@RANDOM
@given(centres(), RATES, RATES, st.integers(0, 120))
def test_what_was_sampled_stays_so_when_more_decisions_come(decisions: list[Decision], rates: Rates, later: Rates, cut: int) -> None:
    first = {one.decision.id for one in sampling_plan(decisions[:cut], rates=rates, seed="s")}
    plan = sampling_plan(decisions, new=NEW, rates=later, seed="s", before=first | {"erased since"})
    assert first == {one.decision.id for one in plan if one.before}
    again = sampling_plan(decisions, new=NEW, rates=later, seed="s", before={one.decision.id for one in plan})
    assert [one.decision for one in again] == [one.decision for one in plan], "what was sampled counts for what is asked"


def test_a_plan_of_a_centre_says_why_and_looks_at_new_assessors_more() -> None:
    decisions = [
        Decision(
            id=f"d{n}",
            learner=f"l{n % 25}",
            criterion="1.1",
            assessor=("Ann", "Ben")[n % 2],
            kind="written answer",
            met=n % 10 > 0,
            on=date(2026, 3, 1),
        )
        for n in range(400)
    ]
    rates = Rates(base=0.07, new_assessor=0.25, per_assessor=2)
    plan = sampling_plan(decisions, new=["Ben"], rates=rates, seed="2026")
    assert Counter(one.decision.assessor for one in plan) == {"Ann": 14, "Ben": 50}
    said = Counter(reason for one in plan for reason in one.reasons)
    assert said["One of 7% of the decisions of Ann."] == 14
    assert said["One of 25% of the decisions of Ben, who is new."] == 50
    assert said["At least 2 of the decisions of Ben."] == 2
    for rate, words in ((0.125, "12.5%"), (0.004, "0.4%")):
        rates = Rates(base=rate)
        reasons = {reason for one in sampling_plan(decisions, rates=rates, seed="2026") for reason in one.reasons}
        assert f"One of {words} of the decisions of Ann." in reasons
        assert rates.words.startswith(f"{words} of each assessor’s decisions, 25% of a new assessor’s; at least 2 of each assessor, ")
    assert said["At least 1 for the decision “not yet met”."] == 1
    other = sampling_plan(decisions, new=["Ben"], rates=rates, seed="2027")
    both = {one.decision.id for one in plan} & {one.decision.id for one in other}
    assert len(both) < 30, "another seed gives others"
    strata = sampling_plan(decisions, rates=Rates(base=0, per_assessor=0, per_stratum=3), seed="2026")
    assert Counter((one.decision.assessor, one.decision.met) for one in strata) == {("Ann", True): 3, ("Ann", False): 3, ("Ben", True): 3}
    assert "At least 3 of Ann’s decisions “not yet met” on 1.1 by written answer." in {reason for one in strata for reason in one.reasons}


@pytest.mark.parametrize(
    ("base", "new", "least", "said"),
    [
        (0.3, 0.25, 1, "30% of each assessor’s decisions and 25% of a new assessor’s cannot be; type 0 to 100 percent"),
        (-0.1, 0.2, 1, "-10% of each assessor’s decisions"),
        (0.1, 1.1, 1, "110% of a new assessor’s"),
        (0.1, 0.2, -1, "“For each kind of evidence” is at least -1, which cannot be; type 0 or more"),
    ],
)
def test_settings_that_cannot_be_are_refused(base: float, new: float, least: int, said: str) -> None:
    with pytest.raises(ClassError, match=said):
        Rates(base=base, new_assessor=new, per_kind=least)


def test_two_decisions_of_one_id_are_refused() -> None:
    one = Decision(id="d", learner="l", criterion="1.1", assessor="a", kind="k", met=True, on=date(2026, 1, 1))
    with pytest.raises(ClassError, match="same id"):
        sampling_plan([one, one], rates=Rates(), seed="s")
