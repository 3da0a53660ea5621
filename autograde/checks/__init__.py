"""Checks on workbooks: one small function per rule, each with an id."""

from autograde.checks.graph import stories
from autograde.checks.rules import ADVICE, RULES, check_all, check_unit, check_workbook, faults
from autograde.checks.secrets import leaks, secrets
from autograde.checks.subject import Finding

__all__ = ["ADVICE", "RULES", "Finding", "check_all", "check_unit", "check_workbook", "faults", "leaks", "secrets", "stories"]
