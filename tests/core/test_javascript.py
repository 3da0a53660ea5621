"""The browser's scripts are type-checked (tsc) and linted (oxlint); `tests/javascript` says how."""

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.npm import TOOLS, run

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "src" / "workbook_helpers" / "page"
OTHERS = {"built", "vendored"}
"""Folders of what is made, or is somebody else's."""
SCRIPTS = sorted({path for folder in ("src", "autograde") for path in (ROOT / folder).rglob("*.js") if not OTHERS & {*path.parts}})


def types(project: Path) -> tuple[int, str]:
    return run("typescript/lib/tsc.js", "--pretty", "false", "-p", project)


def lint(*scripts: Path) -> tuple[int, str]:
    return run("oxlint/bin/oxlint", "-c", TOOLS / ".oxlintrc.json", "--deny-warnings", "--report-unused-disable-directives", *scripts)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A project of the page's scripts alone, to put something into."""
    shutil.copytree(STATIC, tmp_path / "static")
    (tmp_path / "tsconfig.json").write_text(json.dumps({"extends": TOOLS.as_posix() + "/tsconfig.json", "include": ["static/**/*.js"]}))
    return tmp_path


def test_every_script_asks_to_be_checked() -> None:
    assert len(SCRIPTS) >= 29
    assert [path for path in SCRIPTS if not path.read_text("utf-8").startswith("// @ts-check\n")] == []
    assert [path for path in SCRIPTS if "@ts-ignore" in path.read_text("utf-8") or "@ts-nocheck" in path.read_text("utf-8")] == []


def test_types_hold() -> None:
    assert types(TOOLS) == (0, "")
    _, read = run("typescript/lib/tsc.js", "-p", TOOLS, "--listFilesOnly")
    assert {*SCRIPTS} <= {Path(line) for line in read.splitlines()}


def test_lint_is_clean() -> None:
    code, said = lint(*SCRIPTS)
    assert code == 0, said
    assert f"on {len(SCRIPTS)} files" in said, said


@pytest.mark.parametrize(
    ("right", "wrong", "found"),
    [
        pytest.param("ctx.changed(0)", 'ctx.changed("soon")', "TS2345", id="a wrong type"),
        pytest.param("spec.statement", "spec.statment", "TS2551", id="a field that the item does not have"),
        pytest.param("value === true", "value.agreed", "TS2339", id="an answer of another kind"),
        pytest.param("const { uid } = ctx;", "const { uid, more } = ctx;", "TS2339", id="more than the frame gives"),
    ],
)
def test_tsc_finds(right: str, wrong: str, found: str, copy: Path) -> None:
    script = copy / "static" / "kinds" / "declaration.js"
    assert right in script.read_text("utf-8")
    script.write_text(script.read_text("utf-8").replace(right, wrong), "utf-8")
    code, said = types(copy)
    assert code != 0
    assert {line.partition("(")[0].rpartition("/")[2] for line in said.splitlines() if not line.startswith(" ")} == {"declaration.js"}
    assert found in said


def test_the_kind_that_the_docs_add_is_clean(copy: Path) -> None:
    told = re.findall(r"```js\n(.*?)```", (ROOT / "docs" / "add-a-kind.md").read_text("utf-8"), re.DOTALL)
    assert [text.startswith("// @ts-check\n") for text in told] == [True]
    script = copy / "static" / "kinds" / "truth.js"
    script.write_text(told[0], "utf-8")
    assert types(copy) == (0, "")
    assert lint(script)[0] == 0


@pytest.mark.parametrize(
    ("line", "found"),
    [
        pytest.param("const unused = 1;", "no-unused-vars", id="an unused variable"),
        pytest.param("export const f = (a, b) => a == b;", "eqeqeq", id="a loose comparison"),
        pytest.param("export var old = 1;", "no-var", id="var"),
        pytest.param("let once = 1; export { once };", "prefer-const", id="let without a change"),
        pytest.param("export const x = nowhere;", "no-undef", id="a name that nobody defines"),
    ],
)
def test_oxlint_finds(line: str, found: str, tmp_path: Path) -> None:
    script = tmp_path / "dom.js"
    script.write_text(f"{(STATIC / 'dom.js').read_text('utf-8')}\n{line}\n", "utf-8")
    code, said = lint(script)
    assert code != 0
    assert f"({found})" in said
