"""A branching story: authored soundly, answered step by step, marked by its path."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import expect
from pydantic import ValidationError

from autograde.checks.graph import graph
from autograde.checks.scenarios import played, plays, unsafe_ways_win
from autograde.marking import Key, KeyEntry, mark_item
from autograde.marking.kinds.scenario import MARKER, MOST_UNSAFE
from tests.axe import faults
from tests.conftest import Rules
from tests.kinds.conftest import KindPage
from workbook_helpers.answers import Answer, AnswerSheet
from workbook_helpers.items.kinds.scenario import UNSAFE, Scenario

ENDS = [
    {"id": name, "title": f"Title {name}", "person": "P.", "family": "F.", "worker": "W.", "next": f"Advice {name}.", "criterion": "3.4"}
    for name in ("good", "bad")
]


def choice(name: str, to: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "text": f"Do {name}", "reply": f"Reply {name}.", "to": to, **more}


def node(name: str, *choices: dict[str, Any]) -> dict[str, Any]:
    return {"id": name, "says": "Leon", "text": f"Words {name}.", "choices": list(choices)}


NODES = [
    node("n1", choice("a", "n2"), choice("b", "n3"), choice("c", "bad")),
    node("n2", choice("a", "bad"), choice("b", "n3")),
    node("n3", choice("a", "bad"), choice("b", "good")),
]
KEY = {"n1.a": 0, "n1.b": 2, "n1.c": 0, "n2.a": 0, "n2.b": 1, "n3.a": 0.5, "n3.b": 2}


def practised(nodes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    told = [[{**c, "right": c["id"] == "b", "feedback": f"Because {c['id']}."} for c in one["choices"]] for one in nodes]
    return [{**one, "choices": choices} for one, choices in zip(nodes, told, strict=True)]


def story(**changes: Any) -> Scenario:
    base = {"id": "w99-s1", "kind": "scenario", "purpose": "assessed", "points": 4, "stem": "Decide.", "setting": "A house.", "start": "n1"}
    return Scenario.model_validate(base | {"nodes": NODES, "endings": ENDS} | changes)


def practice(nodes: list[dict[str, Any]] | None = None, **changes: Any) -> Scenario:
    return story(purpose="practice", points=0, nodes=practised(nodes or NODES), **changes)


STORY = story()
PATHS = [list(path) for path, _ in plays(STORY)]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        pytest.param({"start": "nowhere"}, "start names 'nowhere', which is no node", id="start-unknown"),
        pytest.param({"start": "good"}, "start names 'good', which is no node", id="start-at-an-ending"),
        pytest.param(
            {"nodes": [*NODES, node("n4", choice("a", "bad"), choice("b", "good"))]}, "'n4' is never reached", id="node-unreached"
        ),
        pytest.param({"endings": [*ENDS, {**ENDS[0], "id": "third"}]}, "'third' is never reached", id="ending-unreached"),
        pytest.param({"nodes": [node("n1", choice("a", "n9"), choice("b", "good"))]}, "n1.a leads to 'n9'", id="leads-nowhere"),
        pytest.param({"nodes": [*NODES, node("n1", choice("a", "bad"), choice("b", "good"))]}, "'n1' is used 2 times", id="same-node-id"),
        pytest.param({"endings": [{**ENDS[0], "id": "n3"}, *ENDS]}, "'n3' is used 2 times", id="ending-named-as-node"),
        pytest.param({"nodes": [node("n1", choice("a", "bad"), choice("a", "good"))]}, "two choices with the id 'a'", id="same-choice-id"),
        pytest.param({"endings": ENDS[:1]}, "at least two endings, not 1", id="one-ending"),
        pytest.param({"nodes": [node("n1", choice("a", "good"), choice("b", "n2")), node("n2")]}, "'n2' is a dead end", id="dead-end"),
        pytest.param(
            {
                "nodes": [
                    node("n1", choice("a", "good"), choice("b", "bad"), choice("c", "n2")),
                    node("n2", choice("a", "n2"), choice("b", "n2")),
                ]
            },
            "no ending can be reached from node 'n2'",
            id="round-for-ever",
        ),
        pytest.param(
            {"nodes": [node("n1", choice("a", "good"), choice("b", "bad"), choice("c", "n1"))]},
            "cannot come back",
            id="assessed-comes-back",
        ),
        pytest.param({"nodes": practised(NODES)}, "n1.a says what is right", id="assessed-holds-key"),
        pytest.param({"purpose": "practice", "points": 0}, "n1.a of a practice story needs right", id="practice-says-nothing"),
        pytest.param({"purpose": "private", "points": 0}, "for practice or assessed, not private", id="private"),
    ],
)
def test_a_story_that_does_not_hold_is_refused(changes: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        story(**changes)


def test_a_practice_story_may_come_back_if_it_can_end() -> None:
    again = practice([node("n1", choice("a", "n1"), choice("b", "good"), choice("c", "bad"))])
    assert again.problem(["n1.a"] * 3 + ["n1.b"]) is None
    assert "40" in (again.problem(["n1.a"] * 41) or "")
    assert list(played(again)) == []


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        pytest.param(["n1.b", "n3.b"], "", id="list"),
        pytest.param({"path": ["n1.b", "n3.b"]}, "", id="object"),
        pytest.param(["n1.a"], "", id="unfinished"),
        pytest.param(None, "", id="none"),
        pytest.param([], "", id="empty"),
        pytest.param("n1.b", "expected a list", id="text"),
        pytest.param([1], "expected a list", id="numbers"),
        pytest.param([["n1.b"]], "expected a list", id="nested"),
        pytest.param({"path": ["n1.b"], "more": 1}, "expected a list", id="object-with-more"),
        pytest.param({"path": "n1.b"}, "expected a list", id="object-of-text"),
        pytest.param(["n1.z"], "does not have", id="unknown"),
        pytest.param(["n3.b"], "leaves the story at step 1", id="not-from-the-start"),
        pytest.param(["n1.c", "n3.b"], "leaves the story at step 2", id="beyond-an-ending"),
    ],
)
def test_problem(value: Any, fault: str) -> None:
    problem = STORY.problem(value)
    assert (problem is None) if not fault else (fault in (problem or ""))


@pytest.mark.parametrize(
    ("path", "share"),
    [
        pytest.param(["n1.b", "n3.b"], 1.0, id="best"),
        pytest.param(["n1.a", "n2.b", "n3.b"], 0.75, id="mended"),
        pytest.param(["n1.b", "n3.a"], 0.625, id="half-a-point"),
        pytest.param(["n1.b"], 0.5, id="unfinished-counts-what-was-decided"),
        pytest.param(["n1.c"], 0.0, id="worst"),
        pytest.param({"path": ["n1.b", "n3.b"]}, 1.0, id="object"),
    ],
)
def test_share_of_the_best_path(path: Any, share: float) -> None:
    assert MARKER.fraction(STORY, KEY, path) == share


def test_a_path_with_an_unsafe_act_earns_one_point_at_most_and_the_tutor_is_told() -> None:
    key = {**KEY, "n2.b": UNSAFE, "n3.a": UNSAFE}
    assert MARKER.key_problem(STORY, key) is None
    assert MARKER.fraction(STORY, key, ["n1.b", "n3.b"]) == 1
    assert STORY.rule().endswith(f" A decision that could do harm leaves {MOST_UNSAFE} point at most."), "who answers knows it before"
    assert [STORY.points * MARKER.fraction(STORY, key, path) for path in (["n1.b", "n3.a"], ["n1.a", "n2.b", "n3.b"], ["n1.c"])] == [
        1,
        1,
        0,
    ]
    sheet = AnswerSheet(answers={STORY.id: Answer(value=["n1.b", "n3.a"])}, unreadable={})
    mark = mark_item(STORY, Key(workbook="w99", version=1, keys={STORY.id: KeyEntry(right=key, reason="So.")}), sheet, STORY.id)
    assert (mark.points, mark.unsafe) == (1, "unsafe in the story: “Do a”")
    assert STORY.key_in_words(key)[2] == "Leon: “Words n3.” → unsafe: Do a · 2: Do b"
    ways = [f"w99-s1: the safe way {way} earns 0, and the unsafe one n1.b n3.a earns 1" for way in ("n1.a n2.a", "n1.c")]
    assert list(unsafe_ways_win(STORY, key)) == ways
    assert list(unsafe_ways_win(STORY, {**key, "n1.c": 2, "n2.a": 2})) == []


@pytest.mark.parametrize(
    ("right", "fault"),
    [
        pytest.param(["n1.b"], "every choice", id="list"),
        pytest.param({"n1.b": 2}, "look at n1.a, n1.c", id="missing"),
        pytest.param({**KEY, "n9.a": 1}, "look at n9.a", id="unknown"),
        pytest.param({**KEY, "n1.b": -1}, "from 0 to 100", id="negative"),
        pytest.param({**KEY, "n1.b": {"unsafe": False}}, "or { unsafe = true }", id="neither"),
        pytest.param({**KEY, "n1.b": True}, "from 0 to 100", id="boolean"),
        pytest.param({**KEY, "n1.b": float("nan")}, "from 0 to 100", id="nan"),
        pytest.param(dict.fromkeys(KEY, 0), "every way through the story earns 0", id="nothing-to-earn"),
    ],
)
def test_a_key_that_cannot_mark_is_refused(right: Any, fault: str) -> None:
    assert fault in (MARKER.key_problem(STORY, right) or "")


def test_tries_and_words_for_the_marker() -> None:
    tries = MARKER.tries(STORY, KEY)
    assert (MARKER.key_problem(STORY, KEY), tries.right) == (None, ["n1.b", "n3.b"])
    assert MARKER.fraction(STORY, KEY, tries.right) == 1 > MARKER.fraction(STORY, KEY, tries.wrong)
    assert STORY.problem(tries.malformed)
    first, second, ending = STORY.in_words(["n1.b", "n3.b"])
    assert first == "Leon: “Words n1.” → Decision: Do b → Reply b."
    assert second.startswith("Leon: “Words n3.”")
    assert ending.startswith("Ending: Title good. For the person: P.")
    assert ending.endswith("Criterion: 3.4")
    assert STORY.in_words(["n1.b"])[-1] == "The story was not finished. It stopped where Leon says: “Words n3.”"
    assert STORY.key_in_words(KEY)[0] == "Leon: “Words n1.” → 0: Do a · 2: Do b · 0: Do c"


def test_practice_speaks_and_assessment_is_silent(rules: Rules) -> None:
    spec = practice().public()
    response = rules("respond", spec, ["n1.b", "n3.a"])
    assert (response["right"], [(n["id"], n["verdict"], n["part"]) for n in response["notes"]]) == (
        False,
        [("1.n1.b", "right", "Do b"), ("2.n3.a", "wrong", "Do a")],
    )  # why, the story has said by then
    assert rules("right", spec) == ["n1.b", "n3.b"]
    assert rules("respond", spec, ["n1.b", "n3.b"])["right"]
    assert not rules("respond", spec, ["n1.b"])["right"]  # not finished
    sent = json.dumps(STORY.public())
    assert not any(word in sent for word in ('"right"', "Advice", "criterion"))


def test_the_graph_and_the_simulation_meet_every_place() -> None:
    assert list(played(STORY)) == []
    drawn = graph(story(nodes=[{**NODES[0], "text": 'Say "hi" <b>#1'}, *NODES[1:]]))
    assert drawn.startswith("flowchart TD\n")
    assert '  node_n1 -->|"b: Do b"| node_n3\n' in drawn
    assert '  node_n1["n1 · Leon: Say #quot;hi#quot; #lt;b#gt;#35;1"]\n' in drawn
    assert '  ending_good(["good · Title good"])\n' in drawn
    assert drawn.count("-->|") == len(STORY.steps())
    unsound = STORY.model_copy(update={"endings": (*STORY.endings, STORY.endings[0].model_copy(update={"id": "lost"}))})
    assert [text.split(" is ")[0] for text in played(unsound)] == ["lost"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9) | st.sampled_from(STORY.steps()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5) | st.just("path"), inner, max_size=3),
    max_leaves=12,
)


@given(value=JSON)
def test_any_json_is_an_answer_or_reported(value: Any) -> None:
    problem = STORY.problem(value)
    if problem is None:
        assert STORY.in_words(value) or STORY.is_blank(value)
        assert STORY.is_blank(value) or 0 <= MARKER.fraction(STORY, KEY, value) <= 1
    else:
        assert problem.strip()


@given(path=st.sampled_from(PATHS), weights=st.lists(st.floats(0, 100), min_size=7, max_size=7))
def test_any_path_under_any_key_is_marked_within_bounds(path: list[str], weights: list[float]) -> None:
    right = dict(zip(KEY, weights, strict=True))
    if MARKER.key_problem(STORY, right) is None:
        assert STORY.problem(json.loads(json.dumps(path))) is None
        assert 0 <= MARKER.fraction(STORY, right, path) <= 1
        assert MARKER.fraction(STORY, right, MARKER.tries(STORY, right).right) == 1


def as_toml(item: Scenario) -> str:
    """Write a story as its author would."""
    said = json.loads(item.model_dump_json(exclude_none=True, exclude={"nodes", "endings", "asks_person"}))
    lines = ["[[items]]", *(f"{name} = {json.dumps(value)}" for name, value in said.items())]
    for one in json.loads(item.model_dump_json(exclude_none=True))["nodes"]:
        choices = one.pop("choices")
        lines += ["[[items.nodes]]", *(f"{name} = {json.dumps(value)}" for name, value in one.items())]
        for way in choices:
            lines += ["[[items.nodes.choices]]", *(f"{name} = {json.dumps(value)}" for name, value in way.items())]
    for end in json.loads(item.model_dump_json())["endings"]:
        lines += ["[[items.endings]]", *(f"{name} = {json.dumps(value)}" for name, value in end.items())]
    return "\n".join(lines) + "\n"


def test_practice_by_mouse_goes_back_and_tries_another_way(kind_page: Callable[[str], KindPage]) -> None:
    kind = kind_page(as_toml(practice(id="w99-scenario-p")))
    item = kind.page.locator("#w99-scenario-p")
    item.get_by_role("button", name="Do this").click()
    expect(item.get_by_role("alert").filter(has_text="Choose what to do")).to_be_visible()
    expect(item.get_by_role("button", name="Check my answer")).to_have_count(0)
    item.get_by_label("Do c", exact=True).check()
    item.get_by_role("button", name="Do this").click()
    expect(item.get_by_role("log")).to_contain_text("Because c.")
    expect(item.locator(".wb-scenario-title")).to_be_focused()
    expect(item.get_by_text("Advice bad.")).to_be_visible()
    expect(item.locator(".wb-response")).to_have_text(
        "The story has ended. Another decision would help more. To try another way, go back or start again."
    )
    assert kind.saved("w99-scenario-p") == ["n1.c"]
    item.get_by_role("button", name="Go back one step").click()
    expect(item.locator("legend")).to_be_focused()
    expect(item.get_by_role("log").get_by_role("listitem")).to_have_count(1)
    for text in ("Do b", "Do b"):
        item.get_by_label(text, exact=True).check()
        item.get_by_role("button", name="Do this").click()
    assert kind.saved("w99-scenario-p") == ["n1.b", "n3.b"]
    expect(item.locator(".wb-response")).to_have_text("✓ This time both are right. Well done.")
    expect(item.locator(".wb-scenario-you").first).to_have_text("You: Do b✓ Right. ")
    assert faults(kind.page, "#w99-scenario-p") == []
    item.get_by_role("button", name="Start again").click()
    expect(item.get_by_text("The story starts again.")).to_be_visible()
    expect(item.locator("legend")).to_have_text("Decision 1: what do you do?")
    assert kind.saved("w99-scenario-p") == []


@pytest.mark.wcag("2.1.1")
def test_assessed_by_keyboard_at_320_px_counts_the_path_and_is_restored(kind_page: Callable[[str], KindPage]) -> None:
    kind = kind_page(as_toml(story(id="w99-scenario-q")))
    page, item = kind.page, kind.page.locator("#w99-scenario-q")
    page.set_viewport_size({"width": 320, "height": 640})
    expect(item.get_by_text("In this story you cannot go back.")).to_be_visible()
    item.locator("input").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    expect(item.get_by_role("button", name="Do this")).to_be_focused()
    page.keyboard.press("Enter")
    expect(item.locator("legend")).to_be_focused()
    expect(item.locator("legend")).to_have_text("Decision 2: what do you do?")
    assert kind.saved("w99-scenario-q") == ["n1.b"]
    kind.reload()
    expect(item.locator("legend")).to_have_text("Decision 2: what do you do?")
    names = item.get_by_role("log").locator(".wb-scenario-name")
    expect(names).to_have_text(["Leon:", "You:", "What happens:", "Leon:"])
    expect(item.get_by_role("button", name="Go back one step")).to_be_hidden()
    expect(item.get_by_role("button", name="Start again")).to_be_hidden()
    assert faults(page, "#w99-scenario-q") == []
    item.locator("legend").evaluate("node => node.focus()")
    for key in ("Tab", "ArrowDown", "Tab", "Enter"):
        page.keyboard.press(key)
    expect(item.locator(".wb-scenario-title")).to_be_focused()
    assert kind.saved("w99-scenario-q") == ["n1.b", "n3.b"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    boxes = item.locator("button:visible").all()
    assert all((box.bounding_box() or {"height": 0})["height"] >= 44 for box in boxes)
    expect(item.get_by_text("Advice good.")).to_have_count(0)


ON_SCREEN = """id => {
  const ask = document.querySelector(`#${id} .wb-scenario fieldset`), box = ask.getBoundingClientRect();
  const bars = [...document.querySelectorAll("header, #wb-bar")].map((bar) => [getComputedStyle(bar).position, bar.getBoundingClientRect()])
    .filter(([position]) => ["sticky", "fixed"].includes(position)).map(([, rect]) => rect);
  return [box.top, innerHeight - box.bottom, ...bars.map((bar) => Math.max(bar.top - box.bottom, box.top - bar.bottom))];
}"""


@pytest.mark.wcag("2.4.11")
def test_the_next_decision_is_on_screen_after_each_step(kind_page: Callable[..., KindPage]) -> None:
    first = '[[items]]\nid = "w99-t01"\nkind = "written"\npurpose = "assessed"\npoints = 1\nstem = "Explain."\nwords = 150\n'
    kind = kind_page(first + as_toml(practice(id="w99-scenario-p")) + first.replace("t01", "t02"), "progress")
    page, item = kind.page, kind.page.locator("#w99-scenario-p")
    page.set_viewport_size({"width": 390, "height": 900})
    for step in ("Do b", "Do a", "back", "again"):
        if step in ("back", "again"):
            item.get_by_role("button", name="Go back one step" if step == "back" else "Start again").click()
        else:
            item.get_by_label(step, exact=True).check()
            item.get_by_role("button", name="Do this").click()
        if item.locator("fieldset").is_visible():
            expect(item.locator("legend")).to_be_focused()
            assert min(page.evaluate(ON_SCREEN, "w99-scenario-p")) >= 0, step
        else:
            expect(item.locator(".wb-scenario-title")).to_be_in_viewport(ratio=1)
    page.set_viewport_size({"width": 390, "height": 420})  # too low for both: what a decision has led to is read first
    item.get_by_label("Do b", exact=True).check()
    item.get_by_role("button", name="Do this").click()
    expect(item.locator(".wb-scenario-narrator").last).to_be_focused()
    expect(item.locator(".wb-scenario-narrator").last).to_be_in_viewport(ratio=1)
