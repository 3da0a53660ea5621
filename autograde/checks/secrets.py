"""Look for the words of keys and rubrics in what students receive, byte for byte."""

import json
import zipfile
from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path

from autograde.errors import BAD_ZIP
from autograde.marking import Key, Rubrics, Samples
from autograde.run.rebuild import inert

SHORTEST = 20
"""Characters: shorter texts, such as "describe", stand in honest prose, too."""


def secrets(key: Key, rubrics: Rubrics, samples: Samples) -> frozenset[str]:
    """Give every text of a key, its rubrics and their sample answers that gives something away."""
    texts = [entry.reason for entry in (*key.keys.values(), *key.earlier)]
    texts += [text.strip() for sample in samples.samples for text in (sample.text, sample.why)]
    for rubric in (*rubrics.rubrics.values(), *rubrics.earlier):
        texts += [rubric.verb_check, rubric.workplace_check, *(level.text for level in rubric.levels)]
        texts += [*rubric.indicative_content, *rubric.must_see, *rubric.not_enough, *rubric.unsafe]
    return frozenset(text for text in texts if len(text) >= SHORTEST)


def leaks(texts: Iterable[str], places: Iterable[Path]) -> Iterator[tuple[Path, str | None]]:
    """Find texts in files, in folders of files, and in zips and wheels within: gives (file, text) for each.

    The text is None for a file that cannot be read, and for a zip that cannot be looked into (`told`).
    """
    forms = {text: _forms(text) for text in texts}
    for place in places:
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path.is_file():
                try:
                    held = list(_contents(path))
                except (*BAD_ZIP, OSError):
                    yield path, None
                    continue
                yield from ((path, text) for text, ways in forms.items() if any(way in raw for way in ways for raw in held))


def told(text: str | None) -> str:
    """Say what is wrong with a file that `leaks` gives."""
    if text is None:
        return "cannot be read, so nobody knows whether it holds a key: take it away, or make it again"
    return f"holds text of a key or rubric: {text[:60]!r}"


def _forms(text: str) -> frozenset[bytes]:
    """Give the ways in which a file may write a text: as it is, in JSON, in HTML, and as the marker's notebook does."""
    plain = json.dumps(text, ensure_ascii=False)[1:-1]
    ways = (text, json.dumps(text)[1:-1], plain, plain.replace("<", r"\u003c"), escape(text), escape(text, quote=False), inert(text))
    return frozenset(way.encode() for way in ways)


def _contents(path: Path) -> Iterator[bytes]:
    yield path.read_bytes()
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            yield from (archive.read(name) for name in archive.namelist())
