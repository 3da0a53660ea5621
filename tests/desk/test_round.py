"""A round of the desk's main pages: in Firefox with forced colours, and as a screen reader is told of them."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.desk.conftest import Desk
from tests.engines.drivers import WAIT_S, WIDTH, Firefox
from tests.engines.test_every_engine import AXE

MARKING = "mark?workbook=w01&task=w01-t01"
PAGES = {
    "home": "Home",
    "learners": "Learners",
    "give-out": "Give out",
    "live": "Live",
    "take-in": "Take in",
    "mark": "Mark",
    MARKING: "Mark w01",
    "give-back": "Give back w01",
    "results": "Results",
    "questions": "Look at a question: w01",
    "quality": "Quality: sample",
    "wording": "Change a wording: w01",
    "keep-safe": "Keep safe",
    "guide": "Guide",
}
FORCED = 'user_pref("browser.display.document_color_use", 2);\n'


@pytest.fixture
def firefox(tmp_path: Path) -> Iterator[Firefox]:
    """Firefox in which the system's colours take the place of a page's."""
    (tmp_path / "profile").mkdir()
    made = Firefox(tmp_path / "profile")
    with (made.profile / "user.js").open("a", encoding="utf-8") as settings:
        settings.write(FORCED)
    made.start()
    yield made
    made.kill()


def until(firefox: Firefox, function: str) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + WAIT_S
    while not firefox.js(function):
        assert time.monotonic() < deadline, function
        time.sleep(0.05)


def test_firefox_goes_round(desk: Desk, firefox: Firefox) -> None:
    firefox.goto(f"{desk.base}/desk?token={desk.token}")
    assert firefox.js("() => matchMedia('(forced-colors: active)').matches")
    for page, title in PAGES.items():
        firefox.goto(f"{desk.base}/desk/{page}")
        assert firefox.js("() => document.querySelector('h1').textContent") == title
        assert firefox.js(AXE) == [], page
        assert firefox.js("() => document.documentElement.scrollWidth") <= WIDTH, page
    firefox.goto(f"{desk.base}/desk/home")
    firefox.js("() => [...document.querySelectorAll('button')].find((one) => one.textContent === 'Show ids').focus()")
    firefox.press("Enter")
    until(firefox, "() => [...document.querySelectorAll('th')].some((one) => one.textContent.startsWith('ana01'))")
    firefox.goto(f"{desk.base}/desk/{MARKING}")
    until(firefox, "() => document.getElementById('marking').dataset.markReady")
    answer = firefox.js("() => document.getElementById('marking').dataset.markShown")
    firefox.press("x")
    firefox.js("() => document.getElementById('mark-points').select()")
    firefox.press("9")
    until(
        firefox,
        f"async () => (await (await fetch('mark.json?workbook=w01&task=w01-t01&answers={answer}')).json()).answers[0].points === '9'",
    )


FRAME = """
- link "Skip to the page"
- banner:
  - paragraph: Care level 2
  - navigation "The desk":
    - list:
      - listitem:
        - link "Home"
- region "What is going on"
- status
- status
"""
"""What every page begins with: two live regions say what was done and what has ended."""
TREES = {
    "home": r"""
- main:
  - heading "Home" [level=1]
  - region "What comes next":
    - heading "What comes next" [level=2]
  - list "What waits for you":
    - listitem:
      - link /\d+ to take in/
    - listitem:
      - link /\d+ to mark/
    - listitem:
      - link /\d+ to give back/
    - listitem:
      - link /\d+ to put right/
  - region "Learners and workbooks":
    - heading "Learners and workbooks" [level=2]
    - search "Find in the table":
      - searchbox "Find a learner"
      - combobox "Show"
      - button "Find"
    - button /Show (ids|names)/
    - region "Table of learners and workbooks":
      - table:
        - rowgroup:
          - row:
            - columnheader /Learner/
            - columnheader /w01 until/
""",
    "take-in": r"""
- main:
  - heading "Take in" [level=1]
  - region "What has come":
    - heading "What has come" [level=2]
    - button "Choose files, or drop them here"
    - paragraph:
      - button "Take in"
  - region /In. \d+/:
    - heading /In. \d+/ [level=2]
    - region "Hand-ins that are in":
      - table:
        - rowgroup:
          - row:
            - columnheader "Learner"
            - columnheader "Handed in"
            - columnheader "What is out of the ordinary"
            - columnheader "Take back"
        - rowgroup:
          - row:
            - rowheader "Ana Evans"
            - cell
            - cell
            - cell:
              - button "Take back the hand-in of Ana Evans"
  - region /Nothing yet. \d+/:
    - heading /Nothing yet. \d+/ [level=2]
""",
    MARKING: r"""
- main:
  - heading "Mark w01" [level=1]
  - paragraph:
    - link "All tasks"
    - link "Without names"
  - region:
    - heading [level=2]
    - region "The answer":
      - heading "Why?" [level=3]
  - region "Rubric, points and comment":
    - group /Rubric/:
      - list:
        - listitem:
          - button /1 Not yet, 0–2/
      - heading "Must see" [level=3]
      - list:
        - listitem:
          - checkbox /Three differences/
      - heading "Not enough alone" [level=3]
      - list:
        - listitem:
          - checkbox /Only one kind/
      - group
    - textbox "Points"
    - textbox /Comment to the learner/
    - paragraph:
      - checkbox /To follow up/
  - button /Save, next/
  - button /Come back later/
  - button /Previous/
  - button /Next/
  - button /Undo/ [disabled]
  - status: Saved
  - group: /All answers/
  - group: My comments, keys
""",
    "give-back": r"""
- main:
  - heading "Give back w01" [level=1]
  - region /pages? ready/:
    - heading /\d+ pages? ready/ [level=2]
  - region "For Moodle":
    - heading "For Moodle" [level=2]
    - button "Download the feedback files"
    - button /Moodle’s grading worksheet/
    - button "Fill the worksheet"
  - region "Other ways":
    - heading "Other ways" [level=2]
    - button "Download the zip with names"
    - button "Download the list for a mail merge"
    - textbox "What Canvas calls the column"
    - button "Download Canvas’ gradebook"
  - region "Ready":
    - heading "Ready" [level=2]
    - region "Pages that are ready":
      - table:
        - rowgroup:
          - row:
            - columnheader "Learner"
            - columnheader "Points"
            - columnheader "Given back"
            - columnheader "Page"
  - region "Withheld":
    - heading "Withheld" [level=2]
  - region "What was given back":
    - heading "What was given back" [level=2]
  - region "What was right, and why":
    - heading "What was right, and why" [level=2]
""",
}
"""Page → its headings, landmarks, controls and live regions, in the order in which they are read."""


@pytest.mark.parametrize("page", TREES)
def test_a_screen_reader_is_told_what_is_where(desk: Desk, window: Page, page: str) -> None:
    desk.enter(window, page)
    expect(window.locator("body")).to_match_aria_snapshot(FRAME + TREES[page].strip(), timeout=10_000)
