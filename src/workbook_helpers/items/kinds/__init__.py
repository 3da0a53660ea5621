"""The kinds of item. Each is one module here and registers itself by being here: it names its class `KIND`."""

from importlib import import_module
from pkgutil import iter_modules

from workbook_helpers.items.base import Item

KINDS: dict[str, type[Item]] = {module.name: import_module(f"{__name__}.{module.name}").KIND for module in iter_modules(__path__)}
"""Kind name → class; the name is the module's."""
