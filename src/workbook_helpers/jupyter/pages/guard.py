"""What stands before Voila: it opens workbooks on the student's own shelf, and nothing else that lies in the folder.

A notebook that was handed in, taken in or planted must not run because a link on some page leads to it.
"""

import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager, NoSuchKernel
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from jupyter_server.utils import url_path_join
from tornado.httputil import HTTPServerRequest
from tornado.routing import Matcher, Rule
from zmq import POLLOUT
from zmq.eventloop.zmqstream import ZMQStream

from workbook_helpers.cells import KERNEL
from workbook_helpers.jupyter.pages.opened import opened_by_voila
from workbook_helpers.jupyter.pages.shelf import is_workbook
from workbook_helpers.jupyter.pages.static import pack
from workbook_helpers.policy import keep_policy, page_policy, policy

VOILA = "voila.server_extension"
PICTURE = re.compile(r"(?P<notebook>.+)/media/[^/\\]{1,200}\.(svg|png)", re.IGNORECASE)
TYPES = {".svg": "image/svg+xml", ".png": "image/png"}


class OnlyOurs(KernelSpecManager):
    """Knows the one kernel that runs nothing but `ask("…")`, whatever a notebook or a request names."""

    allowed_kernelspecs = {KERNEL}  # noqa: RUF012, traitlets'
    ensure_native_kernel = False

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """See `KernelSpecManager.get_kernel_spec`, which looks at `allowed_kernelspecs` only when it lists."""
        if kernel_name != KERNEL:
            raise NoSuchKernel(kernel_name)
        return super().get_kernel_spec(kernel_name)


class NoLineLeft(AsyncMappingKernelManager):
    """Keeps no line to a kernel for a page that was left: our page asks again by itself for what it has missed.

    One that was kept would outlive a kernel that ends as its page is left, and the server would call it for ever.
    """

    def start_buffering(self, kernel_id: str, session_key: str, channels: Mapping[str, ZMQStream]) -> None:
        """See `MappingKernelManager.start_buffering`."""
        for line in channels.values():
            if not line.closed():
                line.flush(POLLOUT)  # what the page said last may still wait here
                line.close()


def picture(root: Path, path: str) -> Path | None:
    """Give a picture of a workbook on the shelf by its path below `root`; None for any other file."""
    found = PICTURE.fullmatch(path)
    if not found:
        return None
    folder = root / found["notebook"]
    file = root / path
    good = is_workbook(root, folder / f"{folder.name}.ipynb") and file.is_file() and file.resolve() == file
    return file if good else None


class Route(Matcher):
    """Matches what is asked of Voila and `wanted`; gives the handler the path below the root."""

    def __init__(self, base_url: str, wanted: Callable[[str, str], bool]) -> None:
        self._below = re.compile(re.escape(url_path_join(base_url, "voila")) + r"(?:/(.*))?", re.DOTALL)
        self._wanted = wanted

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        """See `tornado.routing.Matcher.match`."""
        found = self._below.fullmatch(request.path)
        if found is None:
            return None
        verb, _, path = unquote(found[1] or "").partition("/")
        try:
            return {"path_kwargs": {"path": path}} if self._wanted(verb, path) else None
        except (OSError, ValueError):  # a name that no file can have
            return {"path_kwargs": {"path": ""}}


def stand_before(app: Any, root: Path, no_page: type, media: type) -> bool:
    """Put ours before Voila's own routes, wherever it is switched on and whoever did it; say whether it is."""
    web_app, base = app.web_app, app.web_app.settings["base_url"]
    extension = app.extension_manager.extensions.get(VOILA)
    shown = bool(extension and extension.enabled)
    if shown:
        # Voila gives its exporter this very object; its template names it.
        app.config.TemplateExporter.filters = {"workbook_page": partial(opened_by_voila, root)}

    def is_picture(verb: str, path: str) -> bool:
        return verb in {"render", "files"} and picture(root, path) is not None

    def is_unknown(verb: str, path: str) -> bool:
        return verb != "render" or path.endswith("/") or not is_workbook(root, root / path)

    router = web_app.default_router
    rules = [Rule(Route(base, is_picture), media), Rule(Route(base, is_unknown), no_page)]
    router.add_rules(rules)
    router.rules[:] = [*router.rules[-len(rules) :], *router.rules[: -len(rules)]]
    others = {"jupyterlab", "notebook", "nbclassic", "retrolab"} & {
        name for name, found in app.extension_manager.extensions.items() if found.enabled
    }
    ours = tuple(url_path_join(base, name) for name in ("voila", "workbook"))
    pages = tuple(url_path_join(base, name) for name in ("voila/render/", "workbook/open/"))
    pack(web_app, *pages, url_path_join(base, "workbook/static/"))

    def choose(request: HTTPServerRequest) -> str:
        if request.path.startswith(pages):
            return page_policy(request)
        # A server with JupyterLab is its user's own; its pages get a policy from who sets it up.
        return policy(request) if not others or request.path.startswith(ours) else ""

    keep_policy(web_app, choose)
    return shown
