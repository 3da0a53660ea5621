"""The look that every page of ours shares: colours, type, focus, buttons."""

from importlib.resources import files

CSS = files("workbook_helpers").joinpath("page", "house.css").read_text("utf-8")
"""The style sheet, to serve or to write into a page that must work offline."""

DOCUMENT_CSS = files("workbook_helpers").joinpath("page", "document.css").read_text("utf-8")
"""The same for a document that a question rests on."""
