"""The committed bundle is what its sources make."""

import re

from tests.javascript.build import BUILT, build

LIMIT = 450_000


def test_the_bundle_is_that_of_the_sources() -> None:
    made = build()
    there = {path.name: path.read_bytes() for path in BUILT.iterdir()}
    assert there.keys() == made.keys(), "run: python tests/javascript/build.py"
    assert [name for name in made if made[name] != there[name]] == [], "run: python tests/javascript/build.py"


def test_the_letters_are_asked_for_only_where_they_are_picked() -> None:
    assert "@font-face" not in (BUILT / "workbook.css").read_text("utf-8")
    assert set(re.findall(r"url\(([^)]*)\)", (BUILT / "dyslexic.css").read_text("utf-8"))) == {
        "Letters-Regular.woff2",
        "Letters-Bold.woff2",
    }
