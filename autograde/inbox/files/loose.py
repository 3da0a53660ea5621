"""Find the files of a hand-in among loose files, also where a browser, a system or a person has renamed them."""

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping

from autograde.errors import UnusableError
from autograde.text import encodable

MANIFEST, ANSWERS = "manifest.json", "answers.json"
ROLE = re.compile(
    r"(?:copy(?: \(\d+\))? of )*(?P<role>answers|manifest)(?P<tail>(?:[ _-]*\(\d+\)|[ _-]+copy|[ _-]+\d+)*)\.json(?:\.txt)?",
    re.IGNORECASE,
)
"""`answers (1).json`, `answers-1.json`, `Copy of answers.json`, `answers - Copy.json`, `answers.json.txt` …"""


def role(name: str) -> str:
    """Give what a file is in a hand-in, by its name: ANSWERS, MANIFEST or ""."""
    found = ROLE.fullmatch(name)
    return f"{found['role'].lower()}.json" if found else ""


def pair(names: Iterable[str], read: Callable[[str], bytes]) -> list[dict[str, str]]:
    """Sort the loose files of one folder into hand-ins.

    A manifest belongs to the answers whose digest it names; where that fits none, to those of the same number, and then
    the only one left to the only other. The notebook goes along where there is one hand-in.

    Parameters
    ----------
    read
        Gives the bytes of a name.

    Returns
    -------
    list of dict
        For each hand-in: what a file is (`answers.json`, `manifest.json`, or the notebook's own name) → its name here.
    """
    names = sorted(names)
    answers = [name for name in names if role(name) == ANSWERS]
    manifests = [name for name in names if role(name) == MANIFEST]
    notebooks = [name for name in names if name.endswith(".ipynb")]
    if len(answers) == 1 and len(manifests) <= 1:
        found = [{role(name): name for name in [*answers, *manifests]}]
    else:
        found = _matched(answers, manifests, read)
    if len(found) == 1:
        found[0].update({name: name for name in notebooks})
    return found


def fits(group: dict[str, str], read: Callable[[str], bytes]) -> bool:
    """Whether a hand-in's manifest names the digest of its answers."""
    if ANSWERS not in group or MANIFEST not in group:
        return False
    return _named(group[MANIFEST], read) == _digest(group[ANSWERS], read)


def _matched(answers: list[str], manifests: list[str], read: Callable[[str], bytes]) -> list[dict[str, str]]:
    found = {name: {ANSWERS: name} for name in answers}
    left = list(manifests)
    for by in (_by_digest, _by_number):
        for manifest in list(left):
            match = [name for name, group in found.items() if MANIFEST not in group and by(name, manifest, read)]
            if match:
                found[match[0]][MANIFEST] = manifest
                left.remove(manifest)
    bare = [group for group in found.values() if MANIFEST not in group]
    if len(bare) == len(left) == 1:
        bare[0][MANIFEST] = left.pop()
    return [*found.values(), *({MANIFEST: name} for name in left)]


def _by_digest(answers: str, manifest: str, read: Callable[[str], bytes]) -> bool:
    return _named(manifest, read) == _digest(answers, read)


def _by_number(answers: str, manifest: str, _: Callable[[str], bytes]) -> bool:
    return re.findall(r"\d+|copy", answers.casefold()) == re.findall(r"\d+|copy", manifest.casefold())


def _named(manifest: str, read: Callable[[str], bytes]) -> str:
    try:
        return str(json.loads(read(manifest))["answers_sha256"])
    except (UnusableError, ValueError, TypeError, KeyError, RecursionError):
        return ""


def _digest(answers: str, read: Callable[[str], bytes]) -> str:
    try:
        return hashlib.sha256(read(answers)).hexdigest()
    except UnusableError:
        return "none"


def pack(files: Mapping[str, bytes]) -> bytes:
    """Make a zip of files; the same files always give the same bytes."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(encodable(name)), files[name], zipfile.ZIP_DEFLATED)
    return memory.getvalue()
