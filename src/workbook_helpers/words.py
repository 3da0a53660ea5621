"""What the page says, from one catalogue: `locale/<language>/*.ftl`, in Fluent's form, read by Mozilla's own library."""

import re
from collections.abc import Collection
from contextvars import ContextVar
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fluent.runtime import FluentBundle

LANGUAGES = {"en": "English", "cy": "Cymraeg"}
"""Language code → its own name. The workbooks themselves are in English."""

LOCALE = Path(str(files("workbook_helpers"))) / "locale"

IDLE = re.compile(r"^(#.*)?\n", re.MULTILINE)
LINE = re.compile(r"^([A-Za-z][\w-]*) *= *([^\s{}][^{}\n]*?) *$(?!\n )", re.MULTILINE)
FURTHER = re.compile(r"^ +(?=[*[}])", re.MULTILINE)
SPACED = re.compile(r"^([\w-]+) = ?", re.MULTILINE)
PLACED = re.compile(r"\{ (\$[\w-]+) \}")

_language: ContextVar[str] = ContextVar("language", default="en")


def use(language: object) -> None:
    """Say everything in this language from now on, in this context; what is no language of ours means English."""
    _language.set(language if isinstance(language, str) and language in LANGUAGES else "en")


def language() -> str:
    """Give the code of the language in use."""
    return _language.get()


def say(name: str, /, **values: str | float | datetime) -> str:
    """Give the text `name` of the catalogue, with these values, in the language in use; in English where that lacks it.

    A name that no language has is given back as it is, like in the browser.
    """
    return _formatted(_language.get(), name, values) if values else _plain(_language.get(), name)


def heading(text: str) -> str:
    """Give a text as it stands before what is said of it: with a colon, if it has no end mark of its own."""
    return text if text.endswith((".", "?", "!", ":")) else f"{text}:"


@cache
def _plain(language: str, name: str) -> str:
    return _lines(language).get(name) or _formatted(language, name, {})


@cache
def _lines(language: str) -> dict[str, str]:
    """Give the messages of one line with nothing to fill in, as they stand: with Fluent's library the first one takes 0.1 seconds."""
    return dict(LINE.findall(catalogue(language)))


def _formatted(language: str, name: str, values: dict[str, str | float | datetime]) -> str:
    for bundle in (_bundle(language), _bundle("en")):
        if bundle.has_message(name) and (pattern := bundle.get_message(name).value):
            return str(bundle.format_pattern(pattern, values)[0])
    return name


def catalogue(language: str, *, without: Collection[str] = ()) -> str:
    """Give the catalogue of a language as Fluent text, for the browser and for `say`; without some of its parts, such as "home".

    What only its authors read is left out: comments, empty lines, spaces around "=" and in "{ $name }", and all but one of what
    stands further in.
    """
    texts = [path.read_text("utf-8") for path in sorted((LOCALE / language).glob("*.ftl")) if path.stem not in without]
    spaced = FURTHER.sub(" ", SPACED.sub(r"\1=", "\n".join(texts)))
    return IDLE.sub("", PLACED.sub(r"{\1}", spaced))


@cache
def _bundle(language: str) -> "FluentBundle":
    from fluent.runtime import FluentBundle, FluentResource

    bundle = FluentBundle([f"{language}-GB"], use_isolating=False)
    bundle.add_resource(FluentResource(catalogue(language)))
    return bundle
