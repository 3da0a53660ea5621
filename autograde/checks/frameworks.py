"""Other qualifications and codes on a shelf: that they fit the framework whose codes the items name, and what of them is taught."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from autograde.content.frameworks import DEFAULT, Framework, load_framework
from autograde.errors import ClassError
from workbook_helpers.errors import ContentError


def frameworks(shelf: Path) -> dict[str, Framework]:
    """Give name → framework of all that can be read, the default first; what cannot be read is a finding of `f1_frameworks_fit`."""
    found = {}
    for name in sorted((path.stem for path in (shelf / "frameworks").glob("*.toml")), key=lambda name: (name != DEFAULT, name)):
        if one := readable(shelf, name):
            found[name] = one
    return found


def readable(shelf: Path, name: str) -> Framework | None:
    """Give a framework of a shelf; None where it has none of this name that can be read, and `f1_frameworks_fit` says why."""
    try:
        return load_framework(shelf, name)
    except (ClassError, ContentError):
        return None


def f1_frameworks_fit(shelf: Path) -> Iterator[tuple[str, str]]:
    """Each framework of a shelf has its file's name for an id, outcomes for its criteria, and criteria of the default that they match.

    Gives (name, what is found). Without `rqf` a criterion would take the evidence for whatever criterion has the same code.
    """
    known = {one.code for one in frameworks(shelf)[DEFAULT].criteria} if DEFAULT in frameworks(shelf) else set[str]()
    for path in sorted((shelf / "frameworks").glob("*.toml")):
        try:
            one = load_framework(shelf, path.stem)
        except (ClassError, ContentError) as error:
            yield path.stem, str(error)
            continue
        if one.id != path.stem:
            yield path.stem, f"its id is {one.id!r}: give it the name of its file, by which a class finds it"
        outcomes = {outcome.code for outcome in one.outcomes}
        for criterion in one.criteria:
            if criterion.outcome not in outcomes:
                yield path.stem, f"{criterion.code} belongs to the outcome {criterion.outcome!r}, which it does not have"
            if one.id == DEFAULT or not known:
                continue
            if not criterion.rqf:
                yield path.stem, f"{criterion.code} matches no criterion of {DEFAULT}: name them in rqf, or leave it out"
            for code in criterion.rqf:
                if code not in known:
                    yield path.stem, f"{criterion.code} matches {code}, which {DEFAULT} does not have"


def table(found: Mapping[str, Framework], taught: Mapping[str, Sequence[str]]) -> list[str]:
    """Give the lines on each framework but the default: its criteria, those that they match, and the workbooks that teach these.

    Parameters
    ----------
    taught
        Criterion of the default framework → the workbooks that teach it.
    """
    lines: list[str] = []
    for name, one in found.items():
        if name == DEFAULT:
            continue
        lines += ["", f"## {one.title}", "", f"`{name}`, read in {one.checked}. {one.note}".rstrip(), ""]
        lines += ["| code | in our words | evidence | matches | where what it matches is taught |", "|---|---|---|---|---|"]
        for criterion in one.criteria:
            books = dict.fromkeys(book for code in criterion.rqf for book in taught.get(code, ()))
            evidence = f"{criterion.evidence}{', at work' * criterion.real_work}"
            words = f"{criterion.verb} {criterion.text}"
            lines.append(f"| **{criterion.code}** | {words} | {evidence} | {' '.join(criterion.rqf)} | {' '.join(sorted(books)) or '–'} |")
    return lines
