"""What holds the project itself together: types, style, layers, pins."""

import html
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from docs.accessibility import Findings, rows, title

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["mypy"], id="mypy --strict"),
        pytest.param(["ruff", "check", "."], id="ruff check"),
        pytest.param(["ruff", "format", "--check", "."], id="ruff format"),
    ],
)
def test_tool_is_clean(command: list[str]) -> None:
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_layers_hold() -> None:
    done = subprocess.run([str(Path(sys.executable).with_name("lint-imports"))], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_a_test_starts_can_be_interrupted() -> None:
    asked = "import signal; print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)"
    assert subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout == "True\n"


@pytest.mark.skipif(sys.platform == "win32", reason="there, nothing is ignored by inheritance")
def test_also_when_the_suite_runs_in_the_background() -> None:
    one = f"{Path(__file__).relative_to(ROOT)}::{test_what_a_test_starts_can_be_interrupted.__name__}"
    command = ["sh", "-c", 'trap "" INT; exec "$@"', "sh", sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", one]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def pins(name: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for package, version in re.findall(r"^([A-Za-z0-9._-]+)(?:\[[a-z0-9,-]+\])?==([^\s;]+)", (ROOT / name).read_text(), re.MULTILINE):
        found.setdefault(package.lower().replace("_", "-"), set()).add(version)
    return found


def test_constraints_are_hashed_and_name_no_address() -> None:
    for name in ("constraints.txt", "constraints-test.txt", "deploy/hub/constraints.txt"):
        text = (ROOT / name).read_text()
        assert "://" not in text
        assert "--index" not in text
        assert text.count("--hash=sha256:") >= len(pins(name))
    run, test = pins("constraints.txt"), pins("constraints-test.txt")
    assert {name: versions for name, versions in test.items() if name in run} == run


def test_no_start_waits_for_grammars_that_nobody_asks() -> None:
    # jsonschema 4.25 and later bring it: 1.2 s of each process that imports nbformat, for addresses that no schema of Jupyter has.
    assert "rfc3987-syntax" not in pins("constraints-test.txt")


def test_pyproject_environment_and_constraints_agree() -> None:
    student = tomllib.loads((ROOT / "pyproject.toml").read_text())
    tutor = tomllib.loads((ROOT / "autograde" / "pyproject.toml").read_text())
    groups = student["dependency-groups"]
    run = {*student["project"]["dependencies"], *tutor["project"]["dependencies"], *groups["build"]}
    ranges = {"nbgrader": "nbgrader>=0.9.6,<0.10", "voila": "voila>=0.5.13,<0.6"}  # our code leans on what is inside these
    assert set(ranges.values()) <= run
    for name, wanted in ranges.items():
        assert all(Requirement(wanted).specifier.contains(version) for version in pins("constraints-test.txt")[name])
    run = {re.split("[<>=[]", name)[0] for name in run if name != "workbook-helpers" and ";" not in name}  # a marker: for one system alone
    test = {*run, *(name.partition("[")[0] for name in groups["test"])}
    assert run <= pins("constraints.txt").keys()
    assert test <= pins("constraints-test.txt").keys()
    conda = re.findall(r"^ +- ([A-Za-z0-9._-]+)==?([^\s]+)$", (ROOT / "environment.yml").read_text(), re.MULTILINE)
    named = {re.sub("[._]", "-", name): {version} for name, version in conda}
    assert named == {name: pins("constraints-test.txt")[name] for name in test}
    assert {"jupyterlab", "ipywidgets", "nbgrader", "pytest"} <= named.keys()


def test_the_accessibility_statement_is_that_of_these_tests() -> None:
    statement = html.unescape((ROOT / "src" / "workbook_helpers" / "jupyter" / "pages" / "accessibility.html").read_text("utf-8"))
    marked: dict[str, set[str]] = {}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        found = re.findall(r"^@pytest\.mark\.wcag\(([^)]*)\)\n(?:[@ )\]].*\n)*def (test_\w+)", path.read_text("utf-8"), re.MULTILINE)
        for criteria, name in found:
            marked[title(f"{path.relative_to(ROOT).as_posix()}::{name}")] = set(re.findall(r'"([\d.]+)"', criteria))
    assert len(marked) > 30
    shown = dict(re.findall(r'<tr><th scope="row">([\d.]+) [^<]*</th>(.*?)</tr>', statement, re.DOTALL))
    assert len(shown) == 55  # levels A and AA of WCAG 2.2
    said = {number: set(re.findall(r"<li>([^<]+)</li>", row)) for number, row in shown.items()}
    assert said == {number: {name for name, criteria in marked.items() if number in criteria} for number in shown}


def test_what_axe_found_wrong_on_any_page_is_told() -> None:
    passed, broken = {"wcag143", "wcag311", "wcag111"}, {"wcag143", "wcag111"}
    findings = Findings()
    findings.criteria = {"tests/web/test_looks.py::test_colours_keep_their_contrast": {"1.1.1"}}
    findings.titles = {name: title(name) for name in findings.criteria}
    told = {row["number"]: (row["result"], row["axe"], row["fault"]) for row in rows(findings, passed, broken)}
    assert (told["1.4.3"], told["1.1.1"]) == (("fails", False, True), ("fails", False, True))
    assert (told["3.1.1"], told["1.3.1"]) == (("axe", True, False), ("open", False, False))
