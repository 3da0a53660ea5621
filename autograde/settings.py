"""The name by which a class's `nbgrader_config.py` finds its settings: class folders outlive versions, so it stays."""

from autograde.classes.settings import configure

__all__ = ["configure"]
