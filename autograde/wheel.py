"""Build what an IT helper installs for students: the student's wheel alone, and the list of the packages that it needs.

Run it by `python3 start.py wheel`, in a checkout. An installation of the whole project would give students the keys.
"""

import hashlib
import re
import subprocess
import sys
import tempfile
import zipfile
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from autograde.checks.secrets import leaks, secrets, told
from autograde.content import home, load_key, load_rubrics, load_samples
from autograde.errors import ReleaseError
from workbook_helpers.errors import WorkbookError
from workbook_helpers.files import write_file

ROOT = Path(__file__).resolve().parents[1]
NAME = "workbook-helpers"
HOLDS = re.compile(r"workbook_helpers(-[\d.]+\.(dist-info|data))?/")
"""How each name in the wheel begins."""
LIST = "requirements.txt"


def build(root: Path, folder: Path) -> tuple[Path, int]:
    """Build the wheel of the checkout `root` into `folder`, with the list of what it needs; give it and how many packages.

    Raises
    ------
    ReleaseError
        If it cannot be built, or holds what students may not have; `folder` is left as it was then.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".wheel-") as part:
        command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
        done = subprocess.run([*command, "--wheel-dir", part, str(root)], capture_output=True, text=True, check=False)
        made = list(Path(part).glob("*.whl"))
        if done.returncode or len(made) != 1:
            msg = f"The wheel cannot be built: {(done.stderr.strip() or 'pip said nothing').splitlines()[-1]}"
            raise ReleaseError(msg)
        check(made[0])
        data = made[0].read_bytes()
        needed = needs((root / "constraints.txt").read_text("utf-8"))
        for old in folder.glob(f"{NAME.replace('-', '_')}-*.whl"):
            old.unlink()
        wheel = folder / made[0].name
        write_file(wheel, data)
        own = f"./{wheel.name} --hash=sha256:{hashlib.sha256(data).hexdigest()}"
        write_file(folder / LIST, "\n".join([*needed, own, ""]).encode())
    return wheel, len({entry.partition("==")[0] for entry in needed})


def check(wheel: Path) -> None:
    """Raise ReleaseError if a wheel holds a file that is not the student's, or a text of a key, a rubric or a sample answer."""
    with zipfile.ZipFile(wheel) as archive:
        strange = [name for name in archive.namelist() if not HOLDS.match(name)]
    if strange:
        msg = f"{wheel.name} holds {strange[0]}, which is no part of the student's side. It is not given out."
        raise ReleaseError(msg)
    names = sorted(path.stem for path in (home() / "keys").glob("*.toml"))
    texts = {text for name in names for text in secrets(load_key(name), load_rubrics(name), load_samples(name))}
    if not texts:
        msg = f"There are no keys in {home()} to hold the wheel against, so it is not given out."
        raise ReleaseError(msg)
    for _, text in leaks(texts, [wheel]):
        msg = f"{wheel.name} {told(text)}. It is not given out."
        raise ReleaseError(msg)


def needs(pinned: str) -> list[str]:
    """Give those of the pinned packages, with their hashes, that the student's side needs on some machine."""
    pins: dict[str, list[str]] = {}
    for entry in re.split(r"\n(?=[A-Za-z0-9])", pinned.strip()):
        pins.setdefault(canonicalize_name(re.split("[=; ]", entry)[0]), []).append(entry)
    found: set[str] = set()
    left = [Requirement(NAME)]
    while left:
        requirement = left.pop()
        name = canonicalize_name(requirement.name)
        for extra in ("", *sorted(requirement.extras)):
            if f"{name}[{extra}]" in found:
                continue
            found |= {name, f"{name}[{extra}]"}
            try:
                lines = requires(name) or []
            except PackageNotFoundError:  # for another system
                lines = []
            for one in map(Requirement, lines):
                asked = one.marker is None or (f'extra == "{extra}"' in str(one.marker) if extra else "extra ==" not in str(one.marker))
                if asked and canonicalize_name(one.name) in pins:
                    left.append(one)
    return [entry for name in sorted(found & pins.keys()) for entry in pins[name]]


def main() -> int:
    """Build into dist, and say what to do with it."""
    try:
        wheel, count = build(ROOT, ROOT / "dist")
    except WorkbookError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except OSError as error:
        sys.stderr.write(
            f"{error.filename or ROOT / 'dist'} cannot be written ({error.strerror or error}). See that you may write there.\n"
        )
        return 2
    sys.stdout.write(
        f"Built {wheel}: no key, rubric or sample answer is in it.\n"
        f"{wheel.parent / LIST} names it and the {count} packages that it needs.\n\n"
        f"What to do next: {ROOT / 'docs' / 'install.md'} says, step by step, how to install this folder on a student's machine.\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
