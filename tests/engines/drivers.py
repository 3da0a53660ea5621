"""Three engines behind one small set of hands: open, run JavaScript, press keys, click, be killed."""

import json
import os
import re
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar, Protocol

import psutil
import pytest
from playwright.sync_api import Browser, Download, Error, Page
from selenium.common import WebDriverException
from selenium.webdriver import ActionChains, Remote
from selenium.webdriver.common.bidi.common import command_builder
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.client_config import ClientConfig
from selenium.webdriver.remote.remote_connection import RemoteConnection
from selenium.webdriver.remote.websocket_connection import WebSocketConnection
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

from tests.conftest import CHROMIUM, FLAGS, command_of

WIDTH, HEIGHT = 320, 640
KEYS = {"Tab": Keys.TAB, "Enter": Keys.ENTER, "Space": Keys.SPACE, "End": Keys.END}
"""What `press` takes besides single characters."""
WAIT_S = 30


class Engine(Protocol):
    """A browser with a profile of its own, in a window 320 px wide."""

    profile: Path

    def start(self) -> None:
        """Begin, with what the profile holds."""

    def goto(self, address: str) -> None:
        """Open an address, and wait until it is loaded."""

    def js(self, function: str, *given: Any) -> Any:
        """What a JavaScript function gives, once it is there; JSON in, JSON out."""

    def press(self, *keys: str) -> None:
        """Press and let go real keys, one after the other: names of `KEYS`, or characters."""

    def click(self, x: float, y: float) -> None:
        """Press and let go the mouse at a place of the window, in px."""

    def kill(self) -> None:
        """End all its processes without warning."""


def end(*processes: psutil.Process) -> None:
    """SIGKILL, with all that they have started."""
    every = []
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            every += [*process.children(recursive=True), process]
    for one in every:
        with suppress(psutil.NoSuchProcess):
            one.kill()
    psutil.wait_procs(every, timeout=WAIT_S)


class Chromium:
    """Debian's Chromium, by Playwright."""

    def __init__(self, profile: Path, running: Browser) -> None:
        self.profile, self._type = profile, running.browser_type

    def start(self) -> None:
        self._context = self._type.launch_persistent_context(
            self.profile, executable_path=CHROMIUM, args=[*FLAGS], locale="en-GB", viewport={"width": WIDTH, "height": HEIGHT}
        )
        self._page: Page = self._context.pages[0]
        self._page.on("download", self._save)

    def _save(self, download: Download) -> None:
        download.save_as(self.profile / "downloads" / download.suggested_filename)

    def goto(self, address: str) -> None:
        self._page.goto(address)

    def js(self, function: str, *given: Any) -> Any:
        return self._page.evaluate(f"(given) => ({function})(...given)", given)

    def press(self, *keys: str) -> None:
        for key in keys:
            if key in KEYS:
                self._page.keyboard.press(key)
            else:
                self._page.keyboard.type(key)

    def click(self, x: float, y: float) -> None:
        self._page.mouse.click(x, y)

    def kill(self) -> None:
        mine = f"--user-data-dir={self.profile}"
        end(*(one for one in psutil.Process().children(recursive=True) if mine in command_of(one)))
        with suppress(Error):
            self._context.close()


class Firefox:
    """Debian's Firefox, by WebDriver BiDi: Selenium's connection to it, without geckodriver, which Debian does not have."""

    PREFERENCES: ClassVar[dict[str, Any]] = {
        "browser.download.folderList": 2,
        "browser.aboutwelcome.enabled": False,
        "browser.sessionstore.resume_from_crash": False,
        "datareporting.policy.dataSubmissionEnabled": False,
        "intl.accept_languages": "en-GB",
        "intl.locale.requested": "en-GB",
        "toolkit.startup.max_resumed_crashes": -1,  # killed again and again, it would ask whether to begin in a safe mode
    }

    def __init__(self, profile: Path) -> None:
        self.profile = profile
        wanted = self.PREFERENCES | {"browser.download.dir": str(profile / "downloads")}
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in wanted.items()]
        (profile / "user.js").write_text("".join(lines), "utf-8")

    def start(self) -> None:
        log = self.profile / "log"
        with log.open("wb") as said:
            self._process = psutil.Popen(
                ["firefox-esr", "--headless", "--no-remote", "--profile", str(self.profile), "--remote-debugging-port", "0"],
                stdout=subprocess.DEVNULL,
                stderr=said,
            )
        deadline = time.monotonic() + WAIT_S
        while not (found := re.search(r"ws://\S+", log.read_text("utf-8", "replace"))):
            if self._process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(log.read_text("utf-8", "replace"))
            time.sleep(0.05)
        self._socket = WebSocketConnection(f"{found[0]}/session", WAIT_S, 0.002)
        self._send("session.new", capabilities={})
        self._tab = self._send("browsingContext.create", type="tab")["context"]
        self._send("browsingContext.setViewport", context=self._tab, viewport={"width": WIDTH, "height": HEIGHT})

    def _send(self, method: str, **about: Any) -> Any:
        return self._socket.execute(command_builder(method, about))

    def goto(self, address: str) -> None:
        self._send("browsingContext.navigate", context=self._tab, url=address, wait="complete")

    def js(self, function: str, *given: Any) -> Any:
        made = self._send(
            "script.callFunction",
            functionDeclaration=f"async (given) => JSON.stringify(await ({function})(...JSON.parse(given)) ?? null)",
            arguments=[{"type": "string", "value": json.dumps(given)}],
            awaitPromise=True,
            target={"context": self._tab},
        )
        assert made["type"] == "success", made
        return json.loads(made["result"]["value"])

    def press(self, *keys: str) -> None:
        strokes = [{"type": way, "value": KEYS.get(key, key)} for key in keys for way in ("keyDown", "keyUp")]
        self._send("input.performActions", context=self._tab, actions=[{"type": "key", "id": "keys", "actions": strokes}])

    def click(self, x: float, y: float) -> None:
        steps = [{"type": "pointerMove", "x": int(x), "y": int(y)}, *({"type": way, "button": 0} for way in ("pointerDown", "pointerUp"))]
        self._send("input.performActions", context=self._tab, actions=[{"type": "pointer", "id": "mouse", "actions": steps}])

    def kill(self) -> None:
        end(self._process)
        self._socket.close()


class WebKit:
    """WebKitGTK, by its own driver from Debian and Selenium, in a browser of our own (`webkit.py`)."""

    def __init__(self, profile: Path, display: str) -> None:
        self.profile = profile
        self._environment = os.environ | {"DISPLAY": display, "NO_AT_BRIDGE": "1", "LANG": "en_GB.UTF-8", "LIBGL_ALWAYS_SOFTWARE": "1"}

    def start(self) -> None:
        options = Options()
        options.binary_location = "/usr/bin/python3"
        for argument in (str(Path(__file__).with_name("webkit.py")), str(self.profile)):
            options.add_argument(argument)
        self._service = Service("/usr/bin/WebKitWebDriver", env=self._environment)
        self._service.start()
        server = RemoteConnection(client_config=ClientConfig(remote_server_addr=self._service.service_url))
        self._driver = Remote(server, options=options)
        self._driver.set_script_timeout(60)

    def goto(self, address: str) -> None:
        self._driver.get(address)

    def js(self, function: str, *given: Any) -> Any:
        made = self._driver.execute_async_script(
            f"""const done = arguments[1];
            Promise.resolve(JSON.parse(arguments[0])).then((given) => ({function})(...given))
              .then((made) => ({{ made: made ?? null }}), (error) => ({{ thrown: String(error) }}))
              .then((said) => done(JSON.stringify(said)));""",
            json.dumps(given),
        )
        result = json.loads(made)
        assert "thrown" not in result, result
        return result["made"]

    def press(self, *keys: str) -> None:
        steps = ActionChains(self._driver, duration=0)
        for key in keys:
            steps.key_down(KEYS.get(key, key)).key_up(KEYS.get(key, key))
        steps.perform()

    def click(self, x: float, y: float) -> None:
        steps = ActionChains(self._driver, duration=0)
        steps.w3c_actions.pointer_action.move_to_location(int(x), int(y))
        steps.w3c_actions.pointer_action.click()
        steps.perform()

    def kill(self) -> None:
        end(psutil.Process(self._service.process.pid))
        with suppress(WebDriverException):
            self._service.stop()
