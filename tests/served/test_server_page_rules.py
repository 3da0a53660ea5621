"""What the page does with an answer that two devices have: the rules of `page/hosts/mirror.js`, without a browser's database."""

from typing import Any

import pytest

from tests.conftest import Rules

KEY = "k1"


def here(value: object, revision: int, **more: object) -> dict[str, Any]:
    """Give an answer as this browser keeps it."""
    return {"value": value, "revision": revision, "saved_at": "2026-11-29T10:00:00.000Z", "said": [], "release": "r", **more}


def there(value: object, revision: int, **more: object) -> dict[str, Any]:
    """Give an answer as the service tells it."""
    return {"value": value, "revision": revision, "saved_at": "2026-11-29T11:00:00.000Z", **more}


@pytest.mark.parametrize(
    ("old", "knows", "theirs", "stands", "other", "at"),
    [
        pytest.param(None, {"revision": 0, "at": 0}, there("b", 4), "b", None, 9, id="new here"),
        pytest.param(here("a", 2), {"revision": 1, "at": 2}, there("b", 4), "b", None, 9, id="changed there alone"),
        pytest.param(here("a", 3), {"revision": 1, "at": 2}, there("x", 1), "a", None, 2, id="changed here alone"),
        pytest.param(here("a", 3), {"revision": 1, "at": 2}, there("b", 4), "b", "a", 9, id="changed here and there"),
        pytest.param(here("a", 3), {"revision": 1, "at": 2}, there("a", 4), "a", None, 3, id="the same here and there"),
        pytest.param(here("a", 3), {"revision": 5, "at": 3}, there("x", 4), "a", None, 0, id="the service has lost it"),
        pytest.param(here("b", 9, other=here("a", 3)), {"revision": 4, "at": 9}, there("c", 6), "c", "a", 9, id="changed there again"),
        pytest.param(here("b", 9, other=here("a", 3)), {"revision": 4, "at": 9}, there("b", 4), "b", "a", 9, id="not chosen yet"),
        pytest.param(here("a", 3), {"revision": 1, "at": 2}, there("unfit", 4), "a", None, 2, id="no answer to the question"),
        pytest.param(here("a", 3), {"revision": 1, "at": 2}, there("stuck", 4), "stuck", None, 9, id="cannot be taken back"),
    ],
)
def test_what_stands_after_the_service_has_told_its_version(
    old: Any, knows: dict[str, Any], theirs: dict[str, Any], stands: object, other: object, at: int, rules: Rules
) -> None:
    found = rules("arrived", old, knows, theirs)
    assert found["kept"]["value"] == stands
    assert (found["kept"].get("other") or {"value": None})["value"] == other
    assert (found["there"]["at"], found["there"]["revision"]) == (at, theirs["revision"])
    lost = {(old or {}).get("value")} - {stands, other} - {one["value"] for one in found["kept"].get("before", [])}
    assert not lost or old["revision"] <= knows["at"], "what was typed here and is nowhere else is kept"


@pytest.mark.parametrize(("told", "kept"), [({"release": "s"}, "s"), ({}, "r")], ids=["as the service says", "as the page is"])
def test_what_comes_from_another_device_says_which_questions_it_answers(told: dict[str, str], kept: str, rules: Rules) -> None:
    found = rules("arrived", here("a", 2), {"revision": 1, "at": 2}, there("b", 4, **told))
    assert found["kept"]["release"] == kept


def test_our_own_save_of_which_no_word_came_back_is_no_conflict(rules: Rules) -> None:
    flight = {"id": "w99-q01", "key": KEY, "base": 1, "at": 3, "value": "a"}
    found = rules("arrived", here("more", 4), {"revision": 1, "at": 2, "flight": flight}, there("a", 2))
    assert (found["kept"]["value"], found["kept"].get("other")) == ("more", None)
    assert found["there"] == {"revision": 2, "at": 3}, "and what was typed since is sent on top of it"


@pytest.mark.parametrize(
    ("saved", "newer", "changed"),
    [
        pytest.param("2027-01-09T10:00:00.000+00:00", False, 0, id="the clock was ahead before it was handed in"),
        pytest.param("2026-11-29T10:00:00.000Z", False, 0, id="changed before"),
        pytest.param("2026-11-30T10:00:00.500Z", True, 1, id="changed within the second"),
        pytest.param("2026-11-29T10:00:00.000Z", True, 1, id="the device's clock is slow"),
        pytest.param("2027-01-09T10:00:00.000Z", True, 1, id="changed after"),
    ],
)
def test_what_has_changed_since_goes_by_what_the_service_counts(saved: str, newer: bool, changed: int, rules: Rules) -> None:
    items = {"w99-t01": {"id": "w99-t01", "kind": "written", "purpose": "assessed"}}
    kept = rules("against", {"value": "So.", "revision": 5, "saved_at": saved}, newer, "2026-11-30T10:00:00+00:00")
    assert rules("changed since", items, {"w99-t01": kept}, {"at": "2026-11-30T10:00:00+00:00"}) == changed


@pytest.mark.parametrize(
    ("knows", "there", "changed"),
    [
        pytest.param({"revision": 4, "at": 2}, 4, 0, id="it was handed in, whatever the clock"),
        pytest.param({"revision": 5, "at": 2}, 4, 1, id="changed after"),
        pytest.param({"revision": 4, "at": 1}, 4, 1, id="not sent yet"),
        pytest.param({"revision": 4, "at": 1}, None, 1, id="not sent yet, after a merge"),
        pytest.param({"revision": 5, "at": 2}, None, 0, id="by the clock after a merge"),
    ],
)
def test_what_this_browser_keeps_goes_by_what_the_service_is_known_to_have(
    knows: dict[str, Any], there: int | None, changed: int, rules: Rules
) -> None:
    last = {"at": "2026-11-30T10:00:00+00:00", **({} if there is None else {"there": there})}
    kept = rules("against the last", here("a", 2), knows, last)
    items = {"w99-t01": {"id": "w99-t01", "kind": "written", "purpose": "assessed"}}
    assert rules("changed since", items, {"w99-t01": kept}, last) == changed
    assert rules("against the last", here("a", 2), knows) == here("a", 2), "nothing was handed in"


def sent(answers: dict[str, Any], knows: dict[str, Any], rules: Rules) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = rules("outgoing", {"copy": {"there": knows}, "answers": answers, "receipts": []}, KEY)
    return made


def test_what_is_sent_is_what_the_service_does_not_have_in_its_order(rules: Rules) -> None:
    answers = {"w99-a": here("late", 7), "w99-b": here("early", 3), "w99-c": here("known", 2), "w99-d": here("x", 5, other=here("y", 4))}
    answers |= {"w99-e": here("no", 6)}
    knows = {"w99-a": {"revision": 5, "at": 4}, "w99-c": {"revision": 1, "at": 2}, "w99-e": {"revision": 0, "at": 0, "refused": 6}}
    found = sent(answers, knows, rules)
    assert [(one["id"], one["value"], one["base"], one["at"], one["key"]) for one in found] == [
        ("w99-b", "early", 0, 3, KEY),
        ("w99-a", "late", 5, 7, KEY),
    ]


def test_what_is_on_its_way_is_sent_again_as_it_was(rules: Rules) -> None:
    flight = {"id": "w99-a", "key": "first", "base": 0, "at": 1, "value": "old"}
    assert sent({"w99-a": here("new", 2)}, {"w99-a": {"revision": 0, "at": 0, "flight": flight}}, rules) == [flight]


def test_how_practice_went_is_sent_alone_where_the_answer_is_there(rules: Rules) -> None:
    tried = {"n": 1, "first": ["a"], "checked": True, "shown": False}
    [one] = sent({"w99-a": here("x", 2, tried=tried)}, {"w99-a": {"revision": 4, "at": 2}}, rules)
    assert ("value" in one, one["tried"], one["base"]) == (False, tried, 4)
    assert sent({"w99-a": here("x", 2, tried=tried)}, {"w99-a": {"revision": 4, "at": 2, "tried": tried}}, rules) == []


def test_more_than_one_request_holds_is_sent_in_several(rules: Rules) -> None:
    many = {f"w99-{n}": here("x" * 9000, n + 1) for n in range(60)}
    found = sent(many, {}, rules)
    assert 1 < len(found) < 50
    assert [one["at"] for one in found] == [*range(1, len(found) + 1)]
    assert len(sent({f"w99-{n}": here("x", n + 1) for n in range(60)}, {}, rules)) == 50
