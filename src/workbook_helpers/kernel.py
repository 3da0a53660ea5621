"""The kernel that shows a workbook: it answers `ask("…")` and runs nothing else.

So a notebook that carries other code, a student's or a stranger's, does nothing when it is opened.
"""

import re
from typing import Any

from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp

from workbook_helpers.widgets import ask

ASK = re.compile(r'\s*ask\("[a-z0-9-]{1,64}"\)\s*')
"""The one form of a code cell. The lab extension (`remoteEntry.js`) matches the same form."""


class WorkbookKernel(IPythonKernel):
    """A kernel whose only statement is `ask("item-id")`."""

    implementation = "workbook"
    banner = "Workbook"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)  # type: ignore[no-untyped-call]
        self.user_ns = {"ask": ask}

    async def do_execute(self, code: str, silent: bool, *args: Any, **kwargs: Any) -> dict[str, Any]:  # noqa: FBT001, ipykernel's
        """Show the item that `code` asks for; other code is not run and gets an empty reply."""
        if not ASK.fullmatch(code):
            code, silent = "", True
        reply: dict[str, Any] = await super().do_execute(code, silent, *args, **kwargs)  # type: ignore[no-untyped-call]
        return reply


def main() -> None:
    """Start the kernel; Jupyter gives the connection file."""
    IPKernelApp.launch_instance(kernel_class=WorkbookKernel)


if __name__ == "__main__":
    main()
