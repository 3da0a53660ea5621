"""Reflection: three prompts that stay with the student, unless the student says otherwise."""

import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect
from pydantic import ValidationError

from tests.axe import faults
from tests.kinds.conftest import KernelPage
from workbook_helpers.hand_in import hand_in
from workbook_helpers.items import load_workbook
from workbook_helpers.items.kinds.reflection import Reflection

TEXTS = {"what": "A family asked me out.", "now-what": "I will tell my manager."}


def reflection(**changes: Any) -> Reflection:
    base = {"id": "w99-r1", "kind": "reflection", "purpose": "private", "stem": "Think back"}
    return Reflection.model_validate(base | changes)


@pytest.mark.parametrize(
    ("changes", "fault"), [({"purpose": "record"}, "the student decides"), ({"prompts": {"then-what": "Then?"}}, "so-what")]
)
def test_author_faults_are_told(changes: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        reflection(**changes)


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        pytest.param(TEXTS | {"share": True}, "", id="shared"),
        pytest.param({}, "", id="empty"),
        pytest.param(None, "", id="none"),
        pytest.param("A family asked me out.", "expected an object", id="text"),
        pytest.param({"what": 1}, "expected text", id="number"),
        pytest.param({"what": "x" * 100_001}, "characters long", id="too-long"),
        pytest.param({"share": "yes"}, "neither true nor false", id="share-is-text"),
        pytest.param({"who": "Ana"}, "something else", id="unknown"),
    ],
)
def test_problem(value: Any, fault: str) -> None:
    problem = reflection().problem(value)
    assert (problem is None) if not fault else (fault in (problem or ""))


def test_only_what_is_shared_leaves() -> None:
    item = reflection(prompts={"what": "Which moment was it?"})
    assert [item.handed_in(value) for value in (TEXTS, TEXTS | {"share": False}, None, "x")] == [None] * 4
    assert item.handed_in(TEXTS | {"share": True}) == TEXTS | {"share": True}
    assert item.is_blank({"share": True, "what": " "})
    assert item.in_words(TEXTS)[0] == "Which moment was it? A family asked me out."
    assert len(item.in_words(TEXTS)) == 2


@pytest.mark.wcag("2.1.1")
def test_private_until_shared_by_keyboard_at_320_px(kernel_page: Callable[[str], KernelPage]) -> None:
    kind = kernel_page('[[items]]\nid = "w99-reflection"\nkind = "reflection"\npurpose = "private"\nstem = "Think back"\n')
    page, item = kind.page, kind.page.locator("#w99-reflection")
    page.set_viewport_size({"width": 320, "height": 640})
    item.get_by_label("What happened?").fill("A family asked me out.")
    assert kind.saved("w99-reflection") == {"what": "A family asked me out."}
    expect(item).to_contain_text("Your tutor does not see this. It is kept with your answers, and is not handed in.")
    workbook = load_workbook(kind.folder)
    hand_in(workbook, "ana01")
    assert "A family" not in answers_handed_in(kind)
    item.get_by_label("What happened?").focus()
    for key in ("Tab", "S", "o", "Tab", "Tab", "Space"):
        page.keyboard.press(key)
    expect(item).to_contain_text("Your tutor will see this when you hand in.")
    said = {"what": "A family asked me out.", "so-what": "So", "share": True}
    assert kind.saved("w99-reflection") == said
    kind.reload()
    expect(item.get_by_label("Show this to my tutor")).to_be_checked()
    expect(item.get_by_label("So what?")).to_have_value("So")
    hand_in(workbook, "ana01")
    assert json.loads(answers_handed_in(kind))["answers"]["w99-reflection"]["value"] == said
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert faults(page, "#w99-reflection") == []


def answers_handed_in(kind: KernelPage) -> str:
    newest = max((kind.folder.parent / "handed-in").glob(f"{kind.folder.name}-*.zip"), key=lambda path: path.stat().st_mtime_ns)
    with zipfile.ZipFile(newest) as archive:
        return archive.read("answers.json").decode()
