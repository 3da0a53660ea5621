"""What both the page and marking decide, they decide alike: thousands of cases, the same ones each time, in the real browser."""

from collections import Counter

from tests.conftest import Rules
from tests.core.vectors import vectors


def test_the_page_decides_as_marking_does(rules: Rules) -> None:
    cases = list(vectors())
    given = rules.all([(case.rule, case.input) for case in cases])
    wrong = [
        (case.rule, case.input, "expected", case.expected, "got", got)
        for case, got in zip(cases, given, strict=True)
        if got != case.expected
    ]
    first = [next(one for one in wrong if one[0] == rule) for rule in {one[0] for one in wrong}]
    assert not wrong, f"{Counter(one[0] for one in wrong)}: {first}"
    many = Counter(case.rule for case in cases)
    assert min(number for rule, number in many.items() if rule != "shared") >= 300
    assert many.total() > 5000
