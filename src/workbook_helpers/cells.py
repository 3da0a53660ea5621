"""What makes a notebook one of our workbooks: its marks, and code cells of one form. Reading it runs nothing."""

import re
from typing import Any

ASK = re.compile(r'\s*ask\("[a-z0-9-]{1,64}"\)\s*')
"""The one form of a code cell. The lab extension (`remoteEntry.js`) matches the same form."""

KERNEL = "workbook"
"""The kernel's name (`share/jupyter/kernels/`), which each workbook's notebook gives as its own."""


def only_asks(notebook: dict[str, Any]) -> bool:
    """Say whether a notebook, read by `read_notebook`, is marked as a workbook and has no code but `ask("…")`."""
    metadata = notebook.get("metadata")
    if not isinstance(metadata, dict) or not isinstance(metadata.get("workbook"), dict):
        return False
    spec = metadata.get("kernelspec")
    if not isinstance(spec, dict) or spec.get("name") != KERNEL:
        return False
    return all(
        cell["cell_type"] == "markdown" or (cell["cell_type"] == "code" and ASK.fullmatch("".join(cell["source"])))
        for cell in notebook["cells"]
    )
