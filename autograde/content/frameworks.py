"""Frameworks: a qualification's criteria, as `frameworks/*.toml` on a shelf of workbooks has them."""

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from autograde.errors import ClassError
from autograde.text import printable
from workbook_helpers.items import read_toml
from workbook_helpers.items.base import Model, Text
from workbook_helpers.items.workbook import validate

DEFAULT = "rqf-l2"
"""The framework of a class that names none; it is the one whose codes the items' criteria are."""
Extent = Literal["full", "prepares"]
"""How far what is written in a workbook can show a criterion: the whole of it, or only beside evidence from a real workplace."""


class Outcome(Model):
    """A learning outcome."""

    code: str
    text: Text


class Criterion(Model):
    """One criterion.

    `evidence` says how far a workbook can show it; with `real_work` it is met by evidence from the learner's own work alone. `rqf` are
    the criteria of the default framework that it matches.
    """

    code: Annotated[str, Field(pattern=r"^[A-Za-z0-9.]{1,12}$")]
    outcome: str
    verb: str
    text: Text
    evidence: Extent
    real_work: bool = False
    rqf: tuple[str, ...] = ()


class Framework(Model):
    """A qualification's criteria, in the order of the file."""

    id: str
    title: Text
    note: str = ""
    checked: str = ""
    outcomes: tuple[Outcome, ...] = ()
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _codes_are_unique(self) -> "Framework":
        codes = [one.code for one in self.criteria]
        if twice := next((code for code in codes if codes.count(code) > 1), ""):
            msg = f"two criteria share the code {twice}"
            raise ValueError(msg)
        return self

    @property
    def real_work(self) -> frozenset[str]:
        """The codes of the criteria that only the learner's own work can meet."""
        return frozenset(one.code for one in self.criteria if one.real_work)

    def criterion(self, code: str) -> Criterion:
        """Give the criterion with a code; ClassError if there is none."""
        found = next((one for one in self.criteria if one.code == code.strip()), None)
        if found is None:
            has = ", ".join(one.code for one in self.criteria)
            msg = f"{self.id} has no criterion {printable(code, 20)!r} (it has: {has})."
            raise ClassError(msg)
        return found


def load_framework(shelf: Path, name: str = DEFAULT) -> Framework:
    """Read a framework from a shelf of workbooks.

    Raises
    ------
    ClassError
        If the shelf has none of this name.
    ContentError
        If its file has a fault; the message names file and line.
    """
    folder = shelf / "frameworks"
    path = folder / f"{name}.toml"
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,63}", name) or not path.is_file():
        has = ", ".join(one.stem for one in sorted(folder.glob("*.toml"))) or "none"
        msg = f"There is no framework {printable(name, 64)!r} in {folder} (it has: {has})."
        raise ClassError(msg)
    return validate(Framework, read_toml(path), path)
