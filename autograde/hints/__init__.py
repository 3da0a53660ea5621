"""Hints: a second look at a written answer after its points are given, on this machine, never a mark."""

from autograde.hints.hint import Hint, Kind, Sure, hints, hints_by
from autograde.hints.learn import Labelled, learn
from autograde.hints.look import Look

__all__ = ["Hint", "Kind", "Labelled", "Look", "Sure", "hints", "hints_by", "learn"]
