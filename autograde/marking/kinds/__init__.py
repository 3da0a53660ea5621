"""How each closed kind is marked. A kind is one module here, named as in `workbook_helpers.items.kinds`, with a `MARKER`."""

from importlib import import_module
from pkgutil import iter_modules

from autograde.marking.kinds.base import Marker

MARKERS: dict[str, Marker] = {
    module.name: import_module(f"{__name__}.{module.name}").MARKER for module in iter_modules(__path__) if module.name != "base"
}
"""Kind name → marker; a kind without one is marked by a person."""
