"""Read keys, rubrics and sample answers, which lie beside this module and never where a student can get at them."""

import os
from pathlib import Path
from typing import Literal

from autograde.content.frameworks import DEFAULT, load_framework
from autograde.errors import ClassError
from autograde.marking import Key, Rubrics, Samples, key_problems
from workbook_helpers.errors import ContentError
from workbook_helpers.items import Workbook, read_toml
from workbook_helpers.items.workbook import validate

Kind = Literal["keys", "rubrics", "samples"]


def home() -> Path:
    """Give the folder that holds `keys/`, `rubrics/` and `samples/`: this one, or where AUTOGRADE_KEYS points for own workbooks."""
    return Path(os.environ.get("AUTOGRADE_KEYS") or Path(__file__).parent)


def guide_file(kind: Kind, workbook: str, own: Path | None = None) -> Path:
    """Give the file of a workbook's keys, rubrics or samples: that in the folder `own`, where there is one, else the one in `home()`."""
    name = f"{kind}/{workbook}.toml"
    return own / name if own and (own / name).is_file() else home() / name


def _there(kind: Literal["keys", "rubrics"], workbook: str, own: Path | None) -> Path:
    path = guide_file(kind, workbook, own)
    if not path.exists():
        set_ = f"is set to {home()}" if os.environ.get("AUTOGRADE_KEYS") else "is not set"
        msg = (
            f"There are no {kind} of {workbook}: {path} is missing. Of a workbook of your own, AUTOGRADE_KEYS names the folder; it {set_}."
        )
        raise ContentError(msg)
    return path


def load_key(workbook: str, own: Path | None = None) -> Key:
    """Read the key of a workbook (short id); ContentError names file, item and line of a fault."""
    path = _there("keys", workbook, own)
    return validate(Key, read_toml(path), path)


def load_rubrics(workbook: str, own: Path | None = None) -> Rubrics:
    """Read the rubrics of a workbook (short id); ContentError names file, item and line of a fault."""
    path = _there("rubrics", workbook, own)
    return validate(Rubrics, read_toml(path), path)


def load_samples(workbook: str) -> Samples:
    """Read the sample answers of a workbook (short id), none if it has no such file; ContentError names a fault."""
    path = guide_file("samples", workbook)
    return validate(Samples, read_toml(path), path) if path.is_file() else Samples(workbook=workbook)


def real_work(shelf: Path) -> frozenset[str]:
    """Give the codes of the items' criteria that only the learner's own work can meet; none where the shelf does not have them.

    Items name the default framework's criteria: in another one the same code may be another criterion.
    """
    return load_framework(shelf).real_work if (shelf / "frameworks" / f"{DEFAULT}.toml").is_file() else frozenset()


def load_guides(workbook: Workbook, own: Path | None = None) -> tuple[Key, Rubrics]:
    """Read the key and the rubrics that a workbook is marked by; ContentError or ClassError if they and the items do not fit each other."""
    key, rubrics = load_key(workbook.id, own), load_rubrics(workbook.id, own)
    if problems := key_problems(workbook, key, rubrics):
        files = " or ".join(str(guide_file(kind, workbook.id, own)) for kind in ("keys", "rubrics"))
        msg = f"{workbook.id} cannot be marked: {'; '.join(problems)}. Mend {files}, then run autograde check."
        raise ClassError(msg)
    return key, rubrics
