"""The kernel behind a workbook: it answers a page of ours, and in JupyterLab `ask("…")`; it runs nothing else.

So a notebook that carries other code, a student's or a stranger's, does nothing when it is opened. Nor does any other message
of Jupyter's have code evaluated here: expressions to be shown, completion, inspection, the debugger. `kernel.json` starts it with
`-P`, so that a file beside the notebook is never taken for a module.
"""

from typing import Any

from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp

from workbook_helpers.cells import ASK

PAUSE_S = 0.02
"""How long each loading waits, so that whoever asks whether the kernel is there, or opens a page, is most likely answered first."""
PAGE = "workbook"
"""What a page of ours opens a comm to (`page/hosts/line.js`)."""


class WorkbookKernel(IPythonKernel):
    """A kernel whose only statement is `ask("item-id")`."""

    implementation = "workbook"
    banner = "Workbook"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)  # type: ignore[no-untyped-call]
        self.user_ns = self._names = dict[str, Any]()
        self.comm_manager.register_target(PAGE, self._open_page)

    def start(self) -> None:
        """Be ready first; what a page needs is loaded `PAUSE_S` later, or when one comes if that is sooner, then what cells need."""
        super().start()  # type: ignore[no-untyped-call]
        self.io_loop.call_later(PAUSE_S, self._load_page)

    def _load_page(self) -> None:
        from workbook_helpers.jupyter.widgets import session  # noqa: F401  used by _open_page
        from workbook_helpers.words import say

        say("frame-blank")  # the catalogue is read once
        self.io_loop.call_later(PAUSE_S, self._load_cells)

    def _load_cells(self) -> None:
        from workbook_helpers.jupyter.widgets.ask import ask  # ipywidgets listens only to a kernel that is there when it is imported

        self._names["ask"] = ask

    def _open_page(self, comm: Any, opening: dict[str, Any]) -> None:
        from workbook_helpers.jupyter.widgets.session import answer_comm

        answer_comm(comm, opening)

    async def do_execute(self, code: str, silent: bool, *args: Any, **kwargs: Any) -> dict[str, Any]:  # noqa: FBT001, ipykernel's
        """Show the item that `code` asks for; other code is not run and gets an empty reply."""
        if not ASK.fullmatch(code):
            code, silent = "", True
        elif "ask" not in self._names:
            self._load_cells()
        kwargs["user_expressions"] = None  # they would be evaluated, whatever the code is
        reply: dict[str, Any] = await super().do_execute(code, silent, *args[:1], **kwargs)  # type: ignore[no-untyped-call]
        return reply

    async def do_complete(self, code: str, cursor_pos: int) -> dict[str, Any]:
        """Complete nothing: looking for what fits would run attributes of objects."""
        return {"status": "ok", "matches": [], "cursor_start": cursor_pos, "cursor_end": cursor_pos, "metadata": {}}

    async def do_inspect(self, *_: Any, **__: Any) -> dict[str, Any]:
        """Know nothing about any name."""
        return {"status": "ok", "found": False, "data": {}, "metadata": {}}

    async def do_history(self, *_: Any, **__: Any) -> dict[str, Any]:
        """Keep no history."""
        return {"status": "ok", "history": []}

    async def do_debug_request(self, msg: dict[str, Any]) -> dict[str, Any]:
        """Debug nothing: a debugger evaluates what it is sent."""
        return {}

    async def do_is_complete(self, code: str) -> dict[str, Any]:
        """Take every text for a whole one: it is not run anyhow."""
        return {"status": "complete"}


def main() -> None:
    """Start the kernel; Jupyter gives the connection file."""
    IPKernelApp.launch_instance(kernel_class=WorkbookKernel)


if __name__ == "__main__":
    main()
