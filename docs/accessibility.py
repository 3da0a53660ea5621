"""Make the accessibility statement from what the tests find: python docs/accessibility.py (some minutes; needs Chromium).

Runs every test that is marked with the criteria of WCAG 2.2 that it shows, and axe-core with them, and writes
src/workbook_helpers/jupyter/pages/accessibility.html, which students read under "My workbooks". A failed test is written down as one.
"""

import re
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from workbook_helpers.items import KINDS

ROOT = Path(__file__).parents[1]
STATEMENT = ROOT / "src" / "workbook_helpers" / "jupyter" / "pages" / "accessibility.html"
NO_MEDIA = "There is no sound or video in the workbooks."
DOES_NOT_APPLY = {
    "1.2.1": NO_MEDIA,
    "1.2.2": NO_MEDIA,
    "1.2.3": NO_MEDIA,
    "1.2.4": NO_MEDIA,
    "1.2.5": NO_MEDIA,
    "1.4.2": "Nothing speaks unless a Listen button is pressed, and the same button stops it.",
    "2.2.1": "There is no time limit.",
    "2.3.1": "Nothing flashes.",
    "2.5.1": "No gesture is needed: every control is a button, a list, a box to tick or a box to write in.",
    "2.5.4": "Nothing is done by moving the device.",
    "3.3.8": "The page asks for no password. A college's own log-in is not part of it.",
}
CRITERIA = """
1.1.1 Non-text content; 1.2.1 Audio-only and video-only; 1.2.2 Captions; 1.2.3 Audio description or media alternative;
1.2.4 Captions (live); 1.2.5 Audio description; 1.3.1 Info and relationships; 1.3.2 Meaningful sequence;
1.3.3 Sensory characteristics; 1.3.4 Orientation; 1.3.5 Identify input purpose; 1.4.1 Use of colour; 1.4.2 Audio control;
1.4.3 Contrast; 1.4.4 Resize text; 1.4.5 Images of text; 1.4.10 Reflow; 1.4.11 Non-text contrast; 1.4.12 Text spacing;
1.4.13 Content on hover or focus; 2.1.1 Keyboard; 2.1.2 No keyboard trap; 2.1.4 Character key shortcuts;
2.2.1 Timing adjustable; 2.2.2 Pause, stop, hide; 2.3.1 Three flashes; 2.4.1 Bypass blocks; 2.4.2 Page titled;
2.4.3 Focus order; 2.4.4 Link purpose; 2.4.5 Multiple ways; 2.4.6 Headings and labels; 2.4.7 Focus visible;
2.4.11 Focus not obscured; 2.5.1 Pointer gestures; 2.5.2 Pointer cancellation; 2.5.3 Label in name; 2.5.4 Motion actuation;
2.5.7 Dragging movements; 2.5.8 Target size; 3.1.1 Language of page; 3.1.2 Language of parts; 3.2.1 On focus; 3.2.2 On input;
3.2.3 Consistent navigation; 3.2.4 Consistent identification; 3.2.6 Consistent help; 3.3.1 Error identification;
3.3.2 Labels or instructions; 3.3.3 Error suggestion; 3.3.4 Error prevention; 3.3.7 Redundant entry;
3.3.8 Accessible authentication; 4.1.2 Name, role, value; 4.1.3 Status messages
"""
"""Levels A and AA. Source: W3C, "Web Content Accessibility Guidelines (WCAG) 2.2", 5 October 2023; 4.1.1 is obsolete there."""


class Findings:
    """A pytest plugin that keeps what became of each marked test."""

    def __init__(self) -> None:
        self.criteria: dict[str, set[str]] = {}
        self.failed: set[str] = set()
        self.titles: dict[str, str] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Note which test shows what."""
        for item in items:
            name = item.nodeid.split("[")[0]
            self.titles[name] = title(name)
            for mark in item.iter_markers("wcag"):
                self.criteria.setdefault(name, set()).update(mark.args)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note what failed, whichever of its cases."""
        if report.failed:
            self.failed.add(report.nodeid.split("[")[0])


def title(name: str) -> str:
    """Turn a test's name into words: its kind, if its file is of one, and what it says."""
    path, _, test = name.partition("::")
    words = test.removeprefix("test_").replace("_", " ").replace("320 px", "320 pixels")
    kind = re.search(r"kinds/test_(\w+)\.py", path)
    return f"Kind “{kind[1]}”: {words}" if kind and kind[1] in KINDS else words[:1].upper() + words[1:]


def rows(findings: Findings, passed: set[str], broken: set[str]) -> list[dict[str, Any]]:
    """Give one row for each criterion: number, name, how it was looked at and what was found.

    Parameters
    ----------
    passed, broken
        Tags of axe's rules, like "wcag143", that found nothing wrong on some page, and a fault on some page.
    """
    found = []
    for number, name in (entry.strip().split(" ", 1) for entry in CRITERIA.replace("\n", " ").split(";")):
        tests = sorted(name for name, shown in findings.criteria.items() if number in shown)
        failed = [test for test in tests if test in findings.failed]
        tag = f"wcag{number.replace('.', '')}"
        axe, fault = tag in passed - broken, tag in broken
        result = "fails" if failed or fault else "met" if tests else "axe" if axe else "n/a" if number in DOES_NOT_APPLY else "open"
        tried = [findings.titles[test] for test in tests]
        about = {"number": number, "name": name, "tests": tried, "axe": axe, "fault": fault}
        found.append({**about, "result": result, "why": DOES_NOT_APPLY.get(number, "")})
    return found


def main() -> int:
    """Run the tests, write the statement, and end with pytest's own code."""
    findings = Findings()
    code = pytest.main(["-m", "wcag", "-q", "-p", "no:randomly", str(ROOT / "tests")], plugins=[findings])
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        return int(code)
    from tests.axe import BROKEN, PASSED

    chromium = subprocess.run(["/usr/bin/chromium", "--version"], capture_output=True, text=True, check=True).stdout
    environment = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined)
    page = environment.get_template("accessibility.html.j2").render(
        rows=rows(findings, PASSED, BROKEN),
        made=datetime.now(UTC).strftime("%d %B %Y"),
        chromium=" ".join(chromium.split()[:2]),
        axe=version("axe-playwright-python"),
        failed=sorted(findings.titles[name] for name in findings.failed if name in findings.criteria),
        tests=len(findings.criteria),
    )
    STATEMENT.write_text(page, "utf-8")
    print(f"{STATEMENT.relative_to(ROOT)} written from {len(findings.criteria)} tests")  # noqa: T201, a command
    return int(code)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
