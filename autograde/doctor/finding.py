"""What a check gives: what it saw, and what of it is not right."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that is not right.

    Attributes
    ----------
    text
        What, where, and what to do.
    must
        Whether it must be mended; else it is worth a look.
    """

    text: str
    must: bool = True


@dataclass(frozen=True, kw_only=True)
class Looked:
    """What a check has looked at.

    Attributes
    ----------
    at
        In a word or two: "gradebook".
    seen
        What is there, in a few words, for whoever wants to know that it was looked at.
    """

    at: str
    seen: str
    findings: tuple[Finding, ...] = ()


def looked(at: str, seen: str, findings: Iterable[Finding] = ()) -> Looked:
    """Put a check's result together."""
    return Looked(at=at, seen=seen, findings=tuple(findings))
