"""The `workbook` command: open one's workbooks in the browser."""

import json
import logging
import os
import re
import socket
import stat
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from contextlib import nullcontext
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer
from traitlets.config import Config

from workbook_helpers import __version__
from workbook_helpers.cells import KERNEL
from workbook_helpers.errors import WorkbookError
from workbook_helpers.files import browser_at, expand_home

PORT = 8888
"""Tried first, so that the page's address, and with it the browser's drafts, stay the same from day to day."""

INSIDE = re.compile(
    r"(?P<top>[\w-]+)/(?:(?P=top)\.ipynb|items\.toml|workbook\.toml|README\.(?:txt|html)|media/[\w-][\w.-]*\.(?:svg|png|SVG|PNG))"
)
"""The files of a tutor's zip, all in the workbook's own folder: what `autograde release` gives out, and nothing else."""
LOOSE = re.compile(r"README\.(?:txt|html)")
"""What may lie beside that folder; it stays in the zip."""

PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
MAX_UNPACKED = 50_000_000
"""Bytes: many times a workbook with its pictures."""

app = typer.Typer(
    name="workbook",
    help="Do your workbooks in the browser. Start with: workbook open",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


class OpenError(WorkbookError):
    """The workbooks cannot be opened."""


def main() -> None:
    """Run the command; a fault ends it with one clear line."""
    sys.argv[1:] = [expand_home(word) for word in sys.argv[1:]]
    try:
        app()
    except WorkbookError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)


@app.callback(invoke_without_command=True)
def options(version: Annotated[bool, typer.Option("--version", help="Say the version and stop.")] = False) -> None:
    """Do your workbooks in the browser."""
    if version:
        typer.echo(__version__)
        raise typer.Exit


@app.command("open")
def open_(
    folder: Annotated[Path, typer.Argument(help="Your workbooks folder.")] = Path(),
    port: Annotated[int, typer.Option(min=0, max=65535, help="Where to serve; 0 takes the first free port.")] = 0,
    browser: Annotated[bool, typer.Option(help="Open the browser.")] = True,
) -> None:
    """Open your workbooks.

    Shows the page "My workbooks". Files that your tutor gave you (zip) are unpacked first if they lie in the folder.
    Close it with Ctrl-C: every answer is saved already.

    Example: workbook open my-workbooks
    """
    root = _root(folder)
    for name in unpack(root):
        typer.echo(f"Unpacked {name}")
    from jupyter_server.serverapp import ServerApp

    # Voila runs a voila.py of the folder it was started in, whoever put it there.
    os.chdir(str(files("workbook_helpers")))
    server = ServerApp(config=server_config(root, port=_port(port)))
    server.initialize(argv=[], find_extensions=False)
    address = f"http://localhost:{server.port}{server.base_url}workbook?token={server.identity_provider.token}"
    typer.echo(f"Your workbooks are open at {address}\nTo stop, press Ctrl-C here. Every answer is saved already.")
    sys.stdout.flush()
    server.log.setLevel(logging.CRITICAL + 1)  # the server prints its own addresses as a critical message
    with browser_at(address) if browser else nullcontext():
        server.start()


@app.command("serve")
def serve_(
    folders: Annotated[list[Path], typer.Argument(help="A class's folder for serving, as the tutor's desk writes it; or several.")],
    port: Annotated[int, typer.Option(min=0, max=65535, help="Where to serve; 0 takes a free port.")] = 0,
    address: Annotated[str, typer.Option(help="Who reaches it: 127.0.0.1 this machine alone, 0.0.0.0 its network.")] = "127.0.0.1",
    host: Annotated[list[str] | None, typer.Option(help="A name by which it is known, beside this machine's own.")] = None,
    processes: Annotated[int, typer.Option(min=1, max=64, help="More than one needs PostgreSQL.")] = 1,
    database: Annotated[str, typer.Option(envvar="WORKBOOK_DATABASE", help="postgresql://…; without, a file in each folder.")] = "",
    certificate: Annotated[Path | None, typer.Option(help="For TLS: the certificate, with --key.")] = None,
    key: Annotated[Path | None, typer.Option(help="The certificate's key.")] = None,
    hub: Annotated[bool, typer.Option("--hub", help="As a service of JupyterHub, which says who is who.")] = False,
) -> None:
    """Serve a class: its students answer on this machine, from any browser.

    For a tutor or a college. Close it with Ctrl-C: what was told as saved is saved.

    Example: workbook serve my-class/served --address 0.0.0.0 --port 8000
    """
    try:
        from workbook_helpers.served.app import Settings, serve
    except ModuleNotFoundError as error:
        msg = f"Serving a class needs a part that is not installed ({error.name}): pip install 'workbook-helpers[served]'"
        raise OpenError(msg) from error
    settings = Settings(
        folders=folders,
        port=port,
        address=address,
        hosts=host or [],
        processes=processes,
        database=database,
        certificate=certificate,
        key=key,
    )
    if hub:
        from workbook_helpers.served.hub import settings_of_hub

        settings = settings_of_hub(settings)

    def told(addresses: Sequence[str]) -> None:
        typer.echo("\n".join([*(f"Serving at {one}" for one in addresses), "To stop, press Ctrl-C here."]))
        sys.stdout.flush()

    serve(settings, told)


def server_config(root: Path, *, port: int) -> Config:
    """Give the settings of a Jupyter server that shows the workbooks in `root` and does nothing else.

    Those of Voila come with the package (share/etc/jupyter/voila.json), since a lab or a hub needs them, too.
    """
    config = Config()
    config.ServerApp.root_dir = str(root)
    config.ServerApp.port = port
    config.ServerApp.port_retries = 0
    config.ServerApp.ip = "127.0.0.1"
    config.ServerApp.open_browser = False
    config.ServerApp.allow_root = True
    config.ServerApp.default_url = "/workbook"
    config.ServerApp.terminals_enabled = False
    config.ServerApp.answer_yes = True  # else Ctrl-C asks a question that nobody sees coming
    config.ServerApp.log_level = logging.ERROR
    config.ServerApp.jpserver_extensions = {"workbook_helpers.jupyter.pages": True, "voila.server_extension": True}
    config.ServerApp.kernel_spec_manager_class = "workbook_helpers.jupyter.pages.guard.OnlyOurs"
    config.ServerApp.kernel_manager_class = "workbook_helpers.jupyter.pages.guard.NoLineLeft"
    config.MultiKernelManager.default_kernel_name = KERNEL
    # A kernel belongs to one open page; one whose page is gone is stopped after a while.
    config.MappingKernelManager.cull_idle_timeout = 900
    config.MappingKernelManager.cull_interval = 120
    config.MappingKernelManager.cull_connected = False
    return config


def unpack(root: Path) -> list[str]:
    """Unpack the tutor's zips that lie in `root`, overwriting nothing, and say which holds another version; name the new workbooks."""
    new = []
    for path in sorted(root.glob("*.zip")):
        try:
            with zipfile.ZipFile(path) as archive:
                top = _top(archive)
                if not top and any(name.endswith("/workbook.toml") for name in archive.namelist()):
                    typer.echo(
                        f"{path.name} holds more than one workbook and its pictures, so it was left alone. Ask your tutor.", err=True
                    )
                if top and (root / top).exists() and not _is_unpacked(archive, root):
                    typer.echo(
                        f"You have {top} already, and {path.name} holds another version of it, so it was left alone. If your tutor wants "
                        f"you to use it, move the folder {top}, and any older zip of it, out of here, and start again. Then copy "
                        "answers.json from the old folder, and its folder feedback if there is one, into the new one. "
                        "If not, delete the zip.",
                        err=True,
                    )
                if not top or (root / top).exists():
                    continue
                # Beside its place first, so that a damaged zip leaves no half workbook, which would stop a whole one.
                with tempfile.TemporaryDirectory(dir=root, prefix=".unpack-") as part:
                    archive.extractall(part, [name for name in archive.namelist() if INSIDE.fullmatch(name)])
                    Path(part, top).rename(root / top)
            new.append(top)
        except Exception:  # a damaged file makes zipfile let through whatever zlib, bz2 and lzma raise
            typer.echo(f"{path.name} could not be unpacked. Please save it again, or ask your tutor.", err=True)
    return new


def _is_unpacked(archive: zipfile.ZipFile, root: Path) -> bool:
    """Whether what a tutor's zip asks and shows lies below `root` already; its guide may be another one."""
    for name in archive.namelist():
        if INSIDE.fullmatch(name) and "/README." not in name:
            here, there = (root / name).read_bytes() if (root / name).is_file() else b"", archive.read(name)
            if here != there and not (name.endswith(".ipynb") and _cells(here) == (_cells(there) or [])):
                return False
    return True


def _cells(notebook: bytes) -> list[str] | None:
    """Give what a notebook's cells hold: JupyterLab writes a notebook anew in its own way. None for a damaged one."""
    try:
        return ["".join(cell["source"]) for cell in json.loads(notebook)["cells"]]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _top(archive: zipfile.ZipFile) -> str:
    """Name the one folder of a tutor's zip; "" for any other zip, be it a hand-in, hostile, or nothing of ours."""
    from workbook_helpers.jupyter.pages.shelf import NOT_A_SHELF  # with all that a workbook needs

    files = [entry for entry in archive.infolist() if not entry.is_dir() and not LOOSE.fullmatch(entry.filename)]
    matches = [INSIDE.fullmatch(entry.filename) for entry in files]
    tops = {match["top"] if match else "" for match in matches}
    top = tops.pop() if len(tops) == 1 else ""
    linked = any(stat.S_ISLNK(entry.external_attr >> 16) for entry in files)
    packed = all(entry.compress_type in PLAIN for entry in files)  # the others unpack all at once, whatever limit is set
    fits = sum(entry.file_size for entry in files) <= MAX_UNPACKED
    ours = fits and packed and not linked and top.casefold() not in NOT_A_SHELF
    return top if ours and f"{top}/workbook.toml" in archive.namelist() else ""


def _root(folder: Path) -> Path:
    root = Path(os.path.abspath(folder))
    try:
        if root.is_dir():
            return root.parent if (root / "workbook.toml").is_file() else root
    except OSError as error:
        msg = f"The folder {root} cannot be opened ({error.strerror}). Give the folder that holds your workbooks: workbook open FOLDER"
        raise OpenError(msg) from error
    msg = f"There is no folder {root}. Give the folder that holds your workbooks: workbook open FOLDER"
    raise OpenError(msg)


def _port(wanted: int) -> int:
    """Give the wanted port, or for 0 a free one, the same as last time if possible."""
    for port in [wanted] if wanted else [PORT, *range(PORT + 1, PORT + 20), 0]:
        with socket.socket() as probe:
            if os.name == "posix":  # as the server does: a port that was closed a moment ago is free (on Windows one in use would be, too)
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    msg = f"Port {wanted} is in use. Leave --port out, or give another one."
    raise OpenError(msg)


if __name__ == "__main__":
    main()
