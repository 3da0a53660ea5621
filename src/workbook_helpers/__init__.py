"""All that a student's machine needs to show a workbook, keep its answers and hand them in. It knows no key."""

__version__ = "0.1.0"
