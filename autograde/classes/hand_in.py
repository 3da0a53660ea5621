"""What learners are told to do with a hand-in, where they do it, and where the site lies: the class's own words, in its settings."""

from collections.abc import Mapping

from autograde.classes.folder import ADDRESS, MAX_HAND_IN, Course
from autograde.classes.settings_file import write_settings
from autograde.errors import ClassError

WORDS = ("hand_in", "hand_in_link", "site")
"""What `configure` calls them."""


def told(course: Course) -> dict[str, str]:
    """Give what the settings say, "" for what they do not."""
    words, link = course.hand_in()
    return {"hand_in": words, "hand_in_link": link, "site": course.site()}


def fault(word: str, value: str) -> str:
    """Say why a value cannot be one of these settings, "" if it can."""
    if not value:
        return ""
    if word == "hand_in":
        bad = len(value) > MAX_HAND_IN or not value.isprintable()
        return f"Write a sentence or two, at most {MAX_HAND_IN} letters." if bad else ""
    good = ADDRESS.fullmatch(value) and value.isprintable()
    return "" if good else "Write an address that begins with https:// or http://, as the browser’s address line shows it."


def tell(course: Course, values: Mapping[str, str]) -> dict[str, str]:
    """Write these settings, and give what they were before.

    Raises
    ------
    ClassError
        If a value cannot be used, or the settings file cannot be changed, or it sets something else further down.
    """
    before = told(course)
    now = {word: " ".join(values.get(word, before[word]).split()) for word in WORDS}
    for word, value in now.items():
        if wrong := fault(word, value):
            raise ClassError(wrong)
    changed = {word: value for word, value in now.items() if value != before[word]}
    if not changed:
        return before
    write_settings(course, changed)
    after = told(course)
    if any(after[word].rstrip("/") != value.rstrip("/") for word, value in changed.items()):
        write_settings(course, {word: before[word] for word in changed})
        msg = "The class’s settings set this in another place, which wins. Change it in nbgrader_config.py, or ask whoever set it up."
        raise ClassError(msg)
    return before
