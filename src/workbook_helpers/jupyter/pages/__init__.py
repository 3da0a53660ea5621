"""The pages around the workbooks, as an extension of the Jupyter server: "My workbooks", receipts, feedback."""

from typing import Any

from workbook_helpers.jupyter.pages.guard import stand_before
from workbook_helpers.jupyter.pages.handlers import Media, NoPage, handlers, server_root
from workbook_helpers.jupyter.pages.static import address, keep_for_good


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "workbook_helpers.jupyter.pages"}]


def _load_jupyter_server_extension(app: Any) -> None:
    settings = app.web_app.settings
    settings["workbook_door"] = "voila/render" if stand_before(app, server_root(settings), NoPage, Media) else "workbook/open"
    # JupyterLab and Notebook tell their pages, where the extension and the widgets read it.
    settings.setdefault("page_config_data", {}).update(workbookDoor=settings["workbook_door"], workbookStatic=address())
    keep_for_good(app.web_app)
    app.web_app.add_handlers(".*$", handlers(settings["base_url"]))
