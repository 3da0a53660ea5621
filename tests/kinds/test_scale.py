"""Scale: a record of how sure one feels, before and after; never marked."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from pydantic import ValidationError

from tests.axe import faults
from tests.kinds.conftest import KindPage
from workbook_helpers.answers import AnswerStore, Saved
from workbook_helpers.items.kinds.scale import Scale
from workbook_helpers.jupyter.widgets.session import Session

STATEMENTS = [{"id": "no", "text": "I can say no kindly."}, {"id": "tell", "text": "I know whom to tell."}]


def scale(**changes: Any) -> Scale:
    base = {"id": "w99-s1", "kind": "scale", "purpose": "record", "stem": "How sure?", "low": "not sure", "high": "very sure"}
    return Scale.model_validate(base | {"statements": STATEMENTS} | changes)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"purpose": "assessed", "points": 2}, "never marked"),
        ({"purpose": "practice"}, "never marked"),
        ({"statements": [STATEMENTS[0], *STATEMENTS]}, "share an id"),
        ({"steps": 9}, "less than or equal to 7"),
    ],
)
def test_author_faults_are_told(changes: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        scale(**changes)


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        pytest.param({"no": 1, "tell": 5}, "", id="whole"),
        pytest.param({}, "", id="empty"),
        pytest.param(None, "", id="none"),
        pytest.param({"no": 6}, "from 1 to 5", id="too-high"),
        pytest.param({"no": 0}, "from 1 to 5", id="too-low"),
        pytest.param({"no": True}, "from 1 to 5", id="true"),
        pytest.param({"no": 2.0}, "from 1 to 5", id="float"),
        pytest.param({"maybe": 2}, "a statement that", id="unknown"),
        pytest.param({"no": [2, 3]}, "from 1 to 5", id="pair-without-before"),
        pytest.param([3], "expected an object", id="list"),
    ],
)
def test_problem(value: Any, fault: str) -> None:
    problem = scale().problem(value)
    assert (problem is None) if not fault else (fault in (problem or ""))


@pytest.mark.parametrize(
    ("given", "good"), [([2, 4], True), ([2, 6], False), ([2], False), ([2, 3, 4], False), ([2, True], False), (4, True)]
)
def test_then_and_now_where_there_is_a_before(given: Any, good: bool) -> None:
    later = scale(before="w98-s1")
    assert (later.problem({"no": given}) is None) is good
    if good:
        assert later.in_words({"no": given})[0] in ("I can say no kindly. before 2, now 4 of 5", "I can say no kindly. 4 of 5")


def test_what_was_said_in_another_workbook_stands_beside(tmp_path: Path) -> None:
    for short, before in (("w98", ""), ("w99", "w98-s1")):
        folder = tmp_path / f"{short}-one"
        folder.mkdir()
        (folder / "workbook.toml").write_text(f'id = "{short}"\ntitle = "One"\norder = 1\nminutes = 5\n')
        (folder / "items.toml").write_text(as_toml(id=f"{short}-s1", **({"before": before} if before else {})))

    def earlier() -> dict[str, Any]:
        told = Session(tmp_path / "w99-one").answer({"do": "open", "n": 1})
        assert told is not None
        found: dict[str, Any] = told["earlier"]
        return found

    assert earlier() == {}
    kept = AnswerStore(tmp_path / "w98-one", "w98").put("w98-s1", {"no": 2})
    assert isinstance(kept, Saved)
    assert earlier() == {"w98-s1": {"value": {"no": 2}, "saved_at": kept.saved_at, "tried": None}}
    (tmp_path / "w98-one/answers.json").write_text('{"schema": 1, "workbook": "w98", "answers": {"w98-s1": {"value": "nonsense"}}}')
    assert earlier() == {}


def test_words() -> None:
    assert scale().in_words({"tell": 4}) == ("I can say no kindly. not said", "I know whom to tell. 4 of 5")


def as_toml(**fields: Any) -> str:
    item = scale(**fields).model_dump(mode="json", exclude_none=True)
    statements = item.pop("statements")
    lines = ["[[items]]", *(f"{name} = {json.dumps(value)}" for name, value in item.items())]
    for statement in statements:
        lines += ["[[items.statements]]", *(f"{name} = {json.dumps(value)}" for name, value in statement.items())]
    return "\n".join(lines) + "\n"


@pytest.mark.wcag("2.1.1")
def test_before_and_after_by_mouse_and_keyboard_at_320_px(kind_page: Callable[[str], KindPage]) -> None:
    kind = kind_page(as_toml(id="w99-before") + as_toml(id="w99-after", before="w99-before"))
    page = kind.page
    page.set_viewport_size({"width": 320, "height": 640})
    before, after = page.locator("#w99-before"), page.locator("#w99-after")
    expect(before).to_contain_text("How sure you feel · not marked")
    before.get_by_role("group", name="I can say no kindly.").get_by_label("2").check()
    assert kind.saved("w99-before") == {"no": 2}
    expect(after).to_contain_text("Before, you said 2.")
    after.locator("input").first.focus()
    page.keyboard.press("ArrowRight")  # from 1 to 2 …
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(after).to_contain_text("Before, you said 2. Now you say 4.")
    assert kind.saved("w99-after") == {"no": [2, 4], "tell": 1}
    kind.reload()
    expect(after).to_contain_text("Before, you said 2. Now you say 4.")
    expect(after.get_by_role("group", name="I know whom to tell.").get_by_label("1, not sure")).to_be_checked()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert all((one.bounding_box() or {"height": 0})["height"] >= 44 for one in after.locator("label").all())
    assert faults(page, "#w99-after") == []


@pytest.mark.parametrize(("width", "steps"), [(320, 5), (320, 7), (1280, 5)])
def test_what_the_ends_mean_stands_at_them_at_every_width(width: int, steps: int, kind_page: Callable[[str], KindPage]) -> None:
    page = kind_page(as_toml(steps=steps)).page
    page.set_viewport_size({"width": width, "height": 640})
    row = page.locator("#w99-s1 .wb-scale-row").first
    boxes = [one.bounding_box() for one in (*row.locator("label").all(), *row.locator(".wb-scale-end").all())]
    assert all(boxes)
    *numbers, low, high = [box for box in boxes if box]
    assert len({number["y"] for number in numbers}) == 1, "in one row"
    assert low["y"] == high["y"] >= numbers[0]["y"] + numbers[0]["height"], "below it"
    assert low["x"] < numbers[0]["x"] + numbers[0]["width"] / 2 < low["x"] + low["width"] < high["x"]
    assert high["x"] < numbers[-1]["x"] + numbers[-1]["width"] / 2 < high["x"] + high["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
