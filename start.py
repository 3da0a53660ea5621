"""Set up and start everything on a bare machine: needs Python 3.11 or newer, nothing else.

python3 start.py             the tutor's desk in the browser; a double click on this file does the same
python3 start.py shell       a prompt where the commands autograde and workbook work, in any folder; leave it with: exit
python3 start.py demo        an invented class, from the first answer to feedback, then both web pages
python3 start.py wheel       what is installed for students, put into dist: no key is in it
python3 start.py test        every test
python3 start.py workbook …  the student's command, e.g. workbook open
python3 start.py autograde … the tutor's command, e.g. autograde --help

On Windows say py in place of python3. It may be called from any folder by its path: python3 ../start.py autograde …
The first run makes the folder .venv beside this file and installs pinned, hash-checked packages into it.
"""

import hashlib
import os
import re
import signal
import subprocess
import sys
import venv
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
MODULES = {"demo": "autograde.demo", "wheel": "autograde.wheel", "workbook": "workbook_helpers.cli", "autograde": "autograde.cli"}


def fail(text: str) -> "None":
    """End with one clear line."""
    sys.stderr.write(text + "\n")
    stay()
    raise SystemExit(2)


def stay() -> None:
    """Where a double click has opened a window for this alone, keep it until what went wrong has been read."""
    if len(sys.argv) == 1 and sys.stdin is not None and sys.stdin.isatty():
        with suppress(EOFError):
            input("Press Enter to close this window. ")


def run(*command: object, hear: "Callable[[str], None] | None" = None) -> int:
    """Run a command in this folder's environment and give its exit code; `hear` gets each line that it would print."""
    path = str(BIN) + os.pathsep + os.environ.get("PATH", "")  # nbgrader calls alembic by name
    before = signal.getsignal(signal.SIGINT)
    if before is signal.default_int_handler:  # Ctrl-C reaches the command, too, which ends in its own way and time
        signal.signal(signal.SIGINT, lambda *_: None)
    try:
        settings = {**os.environ, "PATH": path, **({"PYTHONIOENCODING": "utf-8"} if hear else {})}  # a path may have any letters
        heard = subprocess.PIPE if hear else None
        with subprocess.Popen(list(map(str, command)), env=settings, stdout=heard, encoding="utf-8", errors="replace") as process:
            for line in process.stdout or ():
                hear and hear(line)
        return process.returncode
    finally:
        signal.signal(signal.SIGINT, before)


def wanted(constraints: Path) -> str:
    """Say in one line what an installation is made from, so that it is made again when that changes."""
    parts = [constraints, ROOT / "pyproject.toml", ROOT / "autograde" / "pyproject.toml"]
    parts += sorted(path for path in (ROOT / "src" / "workbook_helpers" / "share").rglob("*") if path.is_file())
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in parts)).hexdigest()
    return f"{digest} {ROOT} {sys.version_info[:2]}"


def counted(many: int) -> "Callable[[str], None]":
    """Give what hears pip and says how many of the packages it has dealt with."""
    seen = 0

    def hear(line: str) -> None:
        nonlocal seen
        ends = line.startswith("Installing ")
        one = line.startswith(("Collecting ", "Processing ", "Ignoring ", "Requirement already satisfied: "))
        seen += one
        if one or ends:
            print(f"\r{seen} of {many}" + (", now put in place" if ends else ""), end="", flush=True)

    return hear


def install(constraints: Path) -> None:
    """Make .venv and install what `constraints` pins, then this project's own two packages.

    Here and below, -P: a file in the folder where one happens to be, such as typing.py, is not taken for Python's own.
    """
    for enough in {constraints, ROOT / "constraints-test.txt"}:  # what the tests need holds all that the commands need
        stamp = VENV / f".installed-{enough.stem}"
        if stamp.is_file() and stamp.read_text("utf-8") == wanted(enough):
            return
    stamps = [path.read_text("utf-8").partition(" ")[2] for path in VENV.glob(".installed-*")]
    moved = any(not one.startswith(f"{ROOT} (") for one in stamps)  # the commands in it would still ask for the old place
    if moved or not PYTHON.is_file() or subprocess.call([str(PYTHON), "-P", "-c", "import pip"], stderr=subprocess.DEVNULL):
        print("Making a place for the packages: .venv")
        try:
            venv.create(VENV, with_pip=True, clear=True)
        except (subprocess.CalledProcessError, OSError) as error:
            fail(f"Python could not make {VENV} ({error}). On Debian or Ubuntu, run: apt install python3-venv. Then start again.")
    print(f"Installing the packages of {constraints.name}. The first time this takes a minute or two.")
    pip = [PYTHON, "-P", "-m", "pip", "--disable-pip-version-check", "install"]
    # First pip itself, which takes a third of the time that the one of an older Python does; and what is used is compiled when it is.
    own, text = VENV / "pip.txt", constraints.read_text("utf-8")
    own.write_text("".join(re.findall(r"^pip==(?:.*\\\n)*.*\n", text, re.MULTILINE)), "utf-8")
    pinned = [*pip, "--require-hashes", "--no-compile", "-r"]
    watched = bool(sys.stdout and sys.stdout.isatty())
    told = counted(len(re.findall(r"^\S+==", text, re.MULTILINE))) if watched else None
    wrong = run(*pinned, own, "--quiet") or run(*pinned, constraints, "--progress-bar", "off", *([] if watched else ["--quiet"]), hear=told)
    if watched:
        print()
    if wrong:
        fail("The packages could not be installed; pip says above why. Check the internet connection and the disk, then start again.")
    if run(*pip, "--quiet", "--no-deps", "--no-build-isolation", "-e", ROOT, "-e", ROOT / "autograde") != 0:
        fail("This project's own packages could not be installed; pip says above why.")
    (VENV / f".installed-{constraints.stem}").write_text(wanted(constraints), "utf-8")


def shell() -> int:
    """Open the machine's own prompt with both commands on its path; no folder to be in, nothing to activate."""
    print("Here the commands autograde and workbook work, in any folder. To leave, type: exit", flush=True)
    return run(os.environ.get("COMSPEC", "cmd.exe") if os.name == "nt" else os.environ.get("SHELL") or "/bin/sh")


def desk() -> int:
    """Open the tutor's desk."""
    install(ROOT / "constraints.txt")
    code = run(PYTHON, "-P", "-m", MODULES["autograde"], "desk")
    if code:
        stay()
    return code


def main(arguments: "list[str]") -> int:
    """Do what the first argument says."""
    if sys.version_info < (3, 11):
        fail(f"This needs Python 3.11 or newer; this is Python {sys.version.split()[0]}. Install a newer one, then start again.")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # each program that is started would compile all of this anew
    if not arguments:
        return desk()
    name, rest = arguments[0], arguments[1:]
    if name == "test":
        install(ROOT / "constraints-test.txt")
        os.chdir(ROOT)
        # Four processes, also on two cores, since half of the time they wait: for a browser, a kernel, another program. Each has whole
        # files, as the tests of a file share servers and classes; tests/conftest.py says in which order. With words of one's own, one.
        return run(PYTHON, "-m", "pytest", *(rest or ["-n", "4", "--dist", "loadfile", "--no-loadscope-reorder"]))
    if name == "shell" or name in MODULES:
        install(ROOT / "constraints.txt")
        return shell() if name == "shell" else run(PYTHON, "-P", "-m", MODULES[name], *rest)
    print(__doc__)
    if name in ("-h", "--help"):
        return 0
    fail(f"There is no word {name} here. Give one of those above, or none for the desk.")
    return 2


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as fault:
        fail(
            f"{fault.filename or ROOT} cannot be used ({fault.strerror or fault}). See that you may write there and that the disk has room."
        )
