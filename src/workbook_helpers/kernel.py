"""The kernel that shows a workbook: it answers `ask("…")` and runs nothing else.

So a notebook that carries other code, a student's or a stranger's, does nothing when it is opened.
"""

import re
from typing import Any

from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp

ASK = re.compile(r'\s*ask\("[a-z0-9-]{1,64}"\)\s*')
"""The one form of a code cell; the lab extension (`remoteEntry.js`) has the same one in JavaScript."""


PAUSE_S = 0.02
"""How long the loading waits, so that whoever asks whether the kernel is there is most likely answered first."""


class WorkbookKernel(IPythonKernel):
    """A kernel whose only statement is `ask("item-id")`."""

    implementation = "workbook"
    banner = "Workbook"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)  # type: ignore[no-untyped-call]
        self.user_ns = self._names = dict[str, Any]()

    def start(self) -> None:
        """Be ready first; what the questions need is loaded `PAUSE_S` later, or by the first cell if that comes sooner."""
        super().start()  # type: ignore[no-untyped-call]
        self.io_loop.call_later(PAUSE_S, self._load)

    def _load(self) -> None:
        from workbook_helpers.widgets import ask  # ipywidgets listens only to a kernel that is there when it is imported
        from workbook_helpers.words import say

        self._names["ask"] = ask
        say("frame-blank")  # the catalogue is read once

    async def do_execute(self, code: str, silent: bool, *args: Any, **kwargs: Any) -> dict[str, Any]:  # noqa: FBT001, ipykernel's
        """Show the item that `code` asks for; other code is not run and gets an empty reply."""
        if not ASK.fullmatch(code):
            code, silent = "", True
        elif "ask" not in self._names:
            self._load()
        reply: dict[str, Any] = await super().do_execute(code, silent, *args, **kwargs)  # type: ignore[no-untyped-call]
        return reply


def main() -> None:
    """Start the kernel; Jupyter gives the connection file."""
    IPKernelApp.launch_instance(kernel_class=WorkbookKernel)


if __name__ == "__main__":
    main()
