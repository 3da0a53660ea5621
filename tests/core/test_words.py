"""The catalogue: every language says the same things, all that is asked for is there, and nothing lies idle."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from fluent.runtime import FluentBundle, FluentResource
from fluent.syntax import ast, parse, visitor

from tests.conftest import ROOT
from workbook_helpers.words import LANGUAGES, catalogue, language, say, use

SOURCE = ROOT / "src" / "workbook_helpers"
FILES = [path for ending in ("py", "js", "j2") for path in SOURCE.rglob(f"*.{ending}")]
TEXT = "\n".join(path.read_text("utf-8") for path in FILES)
ENTRY = "|".join(sorted({path.stem for path in (SOURCE / "locale" / "en").glob("*.ftl")} | {"progress", "receipt", "display", "error"}))


class Variables(visitor.Visitor):
    """Collects the values that a message wants."""

    def __init__(self) -> None:
        self.found: set[str] = set()

    def visit_VariableReference(self, node: ast.VariableReference) -> None:  # noqa: N802, the library names it
        self.found.add(node.id.name)


@pytest.mark.parametrize("code", LANGUAGES)
def test_what_is_said_without_the_library_is_what_it_says(code: str) -> None:
    library = FluentBundle([code], use_isolating=False)
    library.add_resource(FluentResource(catalogue(code)))
    use(code)
    try:
        for name, wants in messages(code).items():
            if not wants and (pattern := library.get_message(name).value):
                assert say(name) == library.format_pattern(pattern, {})[0]
    finally:
        use("en")


def messages(code: str) -> dict[str, set[str]]:
    """Message → the values that it wants."""
    found = {}
    for entry in parse(catalogue(code)).body:
        assert not isinstance(entry, ast.Junk), entry.content
        if isinstance(entry, ast.Message):
            assert entry.id.name not in found
            wants = Variables()
            wants.visit(entry)
            found[entry.id.name] = wants.found
    return found


ENGLISH = messages("en")


@pytest.mark.parametrize("code", LANGUAGES)
def test_each_language_says_the_same(code: str) -> None:
    assert messages(code) == ENGLISH
    assert sorted(path.name for path in (SOURCE / "locale" / code).iterdir()) == sorted(
        path.name for path in (SOURCE / "locale" / "en").iterdir()
    )


def test_what_is_asked_for_is_there_and_what_is_there_is_asked_for() -> None:
    literal = set(re.findall(rf"""["'`]((?:{ENTRY})-[a-z0-9-]+)["'`]""", TEXT)) & set(ENGLISH)
    asked = set(re.findall(r"""\bsay\(\s*["']([a-z0-9-]+)["']""", TEXT))
    assert asked - set(ENGLISH) == set()
    pieces = re.findall(rf"[`\"']((?:{ENTRY})-[a-z-]*)(?:\$?\{{[^}}]+\}})([a-z0-9-]*)[`\"']", TEXT)
    made = {name for name in ENGLISH for head, tail in pieces if name.startswith(head) and name.endswith(tail)}
    parts = ("label", "missing", "rule")  # asked for by kind
    own = {f"{path.stem}-{part}" for path in (SOURCE / "locale" / "en").glob("*.ftl") for part in parts}
    pairs = {f"{kind}-{name}" for kind in ("match", "sort") for name in ("open", "not-chosen")}  # items/pairs.py, too
    assert set(ENGLISH) - literal - asked - made - own - pairs == set()


def test_browser_and_python_know_the_same_languages() -> None:
    listed = re.search(r"LANGUAGES = \{([^}]*)\}", (SOURCE / "page" / "words.js").read_text("utf-8"))
    assert listed
    assert dict(re.findall(r'(\w+): "([^"]+)"', listed[1])) == LANGUAGES


@pytest.fixture
def english_again() -> Iterator[None]:
    yield
    use("en")


@pytest.mark.usefixtures("english_again")
def test_languages_plurals_dates_and_what_is_missing() -> None:
    at = datetime(2026, 11, 23, 9, 5, tzinfo=UTC)
    use("en")
    assert say("written-count", words=1, advised=150) == "1 word. About 150 words is a good length."
    assert say("receipt-at", at=at) == "23 November 2026, 09:05"
    use("cy")
    assert language() == "cy"
    assert say("written-count", words=2, advised=150) == "2 air. Mae tua 150 gair yn hyd da."
    assert say("receipt-at", at=at) == "23 Tachwedd 2026, 09:05"
    assert say("no-such-text") == "no-such-text"
    for code in ("fr", "../en", None, 7):
        use(code)
        assert language() == "en"
