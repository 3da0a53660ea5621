"""Checks on workbooks: one small function per rule, each with an id."""

from autograde.checks.graph import stories
from autograde.checks.rules import RULES, Finding, check_all, check_workbook
from autograde.checks.secrets import leaks, secrets

__all__ = ["RULES", "Finding", "check_all", "check_workbook", "leaks", "secrets", "stories"]
