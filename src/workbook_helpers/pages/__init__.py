"""The pages around the workbooks, as an extension of the Jupyter server: "My workbooks", receipts, feedback."""

from typing import Any

from workbook_helpers.pages.handlers import handlers


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "workbook_helpers.pages"}]


def _load_jupyter_server_extension(app: Any) -> None:
    app.web_app.add_handlers(".*$", handlers(app.web_app.settings["base_url"]))
