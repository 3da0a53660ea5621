"""A JupyterLab by the role, on a hub that runs as root: system accounts of learners' own, and nbgrader's exchange.

The learners' packages are those of this environment without the tutor's side, in a folder that stands for /opt/workbook-lab: with the
folder's `etc/jupyter` for the machine's, that is all in which this hub differs from one that `install.sh --lab` has made.
"""

import json
import os
import pwd
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest

from autograde.classes.folder import Course
from autograde.classes.lab import account_of
from autograde.hub.accounts import Accounts
from tests.conftest import kill
from tests.hub.conftest import CONFIG, TUTOR, Hub, new_class, running
from tests.tutor.conftest import ASSIGNMENT

RUN = os.getpid()
ANA, BEN, CAI, BEA = f"ana{RUN}", f"ben{RUN}", f"cai{RUN}", f"bea{RUN}"
"""Of this run alone, as their accounts on this machine are."""
ACCOUNT = f"workbook{RUN}"
"""Whom the services run as, and the classes belong to."""
HANDS_IN = f"""
from pathlib import Path
from workbook_helpers.answers import AnswerStore
from workbook_helpers.hand_in import hand_in, learner_id
from workbook_helpers.items import load_workbook
from workbook_helpers.jupyter.exchange import submit
workbook = load_workbook(Path("{ASSIGNMENT}"))
for item, value in {{"w01-q01": "a", "w01-t01": "So it is.", "w01-declaration": True}}.items():
    AnswerStore(workbook.folder, workbook.id).put(item, value)
print(hand_in(workbook, learner_id(workbook), submit).through)
"""
AS_ANOTHER = f"import shutil, sys; shutil.copytree('{ASSIGNMENT}', sys.argv[1])"
"""What a learner may try: anybody may put a folder of any name there."""
LOOKS = """
import json, os, sys
def opens(path):
    try:
        os.listdir(path) if os.path.isdir(path) else open(path, "rb").close()
    except PermissionError:
        return False
    return True
print(json.dumps([path for path in sys.argv[1:] if opens(path)]))
"""


@dataclass
class Lab:
    """The hub, and what is round it."""

    hub: Hub
    folder: Path
    python: Path
    course: Course

    def tutor(self, *words: str) -> str:
        """Give what a command says in the class, as `workbook-class` runs it."""
        command = [sys.executable, "-P", "-m", "autograde.cli", *words]
        return ran(command, ACCOUNT, self.course.root, self.hub.environment | {"HOME": str(self.course.root)}, umask=0o077)

    def learner(self, user: str, *words: str) -> str:
        """Give what a program says, run as a learner's account with what their server has in its environment."""
        return ran([str(self.python), "-P", "-c", *words], account_of(user), home(user), self.server(user).environ())

    def server(self, user: str) -> psutil.Process:
        """Give the process of somebody's JupyterLab, not one that it is just making of itself."""
        theirs = [one for one in processes(account_of(user)) if one.info["ppid"] == self.hub.process.pid]
        [found] = [one for one in theirs if "singleuser" in " ".join(one.info["cmdline"] or ())]
        return found


def ran(command: list[str], account: str, folder: Path, environment: dict[str, str], umask: int = -1) -> str:
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        user=account,
        group=account,
        extra_groups=[],
        umask=umask,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def home(user: str) -> Path:
    return Path(pwd.getpwnam(account_of(user)).pw_dir)


def processes(account: str) -> list[psutil.Process]:
    """Give what runs as an account."""
    return [one for one in psutil.process_iter(["username", "cmdline", "ppid"]) if one.info["username"] == account]


def remove(account: str) -> None:
    """Remove an account with its home, and what still runs as it."""
    with suppress(KeyError):
        pwd.getpwnam(account)
        end = time.monotonic() + 10
        while (left := processes(account)) and time.monotonic() < end:  # what is killed may have started another
            kill(*left)
        subprocess.run(["userdel", "--remove", account], capture_output=True, timeout=60, check=False)


def learners_packages(folder: Path, exchange: Path) -> None:
    """Make what stands for /opt/workbook-lab: no key is in it, nor a way to one."""
    there = Path(sysconfig.get_path("purelib"))
    packages = folder / there.relative_to(sys.prefix)
    packages.mkdir(parents=True)
    for one in there.iterdir():
        if "autograde" not in one.name and not one.name.startswith("_editable"):
            (packages / one.name).symlink_to(one)
    (packages / "workbook_helpers").symlink_to(Path(sys.modules["workbook_helpers"].__path__[0]))
    (folder / "bin").mkdir()
    (folder / "bin" / "python").symlink_to(Path(sys.prefix) / "bin" / "python")
    shutil.copyfile(Path(sys.prefix) / "pyvenv.cfg", folder / "pyvenv.cfg")
    (folder / "share").symlink_to(Path(sys.prefix) / "share")
    shutil.copytree(Path(sys.prefix) / "etc", folder / "etc")
    settings = f"c.Exchange.root = {str(exchange)!r}\nc.CourseDirectory.course_id = 'course-a'\n"
    (folder / "etc" / "jupyter" / "nbgrader_config.py").write_text(settings, "utf-8")
    command = folder / "bin" / "jupyterhub-singleuser"
    command.write_text(f"#!{folder}/bin/python -P\nimport sys\nfrom jupyterhub.singleuser import main\nsys.exit(main())\n", "utf-8")
    command.chmod(0o755)


def let_through(undo: ExitStack, *places: str) -> None:
    """Let all accounts through the folders above these places for as long as the tests last: a checkout may lie in one of root's own."""
    for place in places:
        for one in Path(place).resolve().parents:
            mode = one.stat().st_mode
            if not mode & 0o001:
                one.chmod(mode & 0o7777 | 0o001)
                undo.callback(one.chmod, mode & 0o7777)


@pytest.fixture(scope="module")
def lab(surroundings: dict[str, str]) -> Iterator[Lab]:
    """The hub of both courses, run as root; course A has a JupyterLab and the exchange."""
    if os.geteuid() != 0:
        pytest.fail("This makes system accounts and runs a hub as root, as CI does: sudo python3 start.py test tests/hub/test_lab.py")
    with ExitStack() as undo:
        folder = Path(tempfile.mkdtemp(prefix="workbook-lab-"))  # pytest's own folders are root's alone
        undo.callback(shutil.rmtree, folder)
        folder.chmod(0o711)
        for account in (*map(account_of, (ANA, BEN, CAI, BEA)), ACCOUNT):
            undo.callback(remove, account)
        subprocess.run(["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", ACCOUNT], check=True)
        own = {name: str(folder / name) for name in ("WORKBOOKS_DIR", "AUTOGRADE_KEYS")}
        for name, place in own.items():
            shutil.copytree(surroundings[name], place)
        Path(own["AUTOGRADE_KEYS"]).chmod(0o700)
        let_through(undo, f"{sys.prefix}/bin", f"{sys.base_prefix}/bin", f"{sys.modules['workbook_helpers'].__path__[0]}/x")
        exchange = folder / "exchange"
        exchange.mkdir()
        exchange.chmod(0o777)
        learners_packages(folder / "packages", exchange)
        course = new_class(folder, "a", (ANA, BEN, CAI), exchange=exchange)
        new_class(folder, "b", (BEA,))
        for path in (folder / "a", folder / "b"):
            path.chmod(0o750)
        for path in (exchange, Path(own["AUTOGRADE_KEYS"]), folder / "a", folder / "b"):
            for one in (path, *path.rglob("*")):
                shutil.chown(one, ACCOUNT, ACCOUNT)
        config = folder / "config.py"
        command = f"c.Spawner.cmd = [{str(folder / 'packages' / 'bin' / 'jupyterhub-singleuser')!r}]\n"
        config.write_text(f"load_subconfig({str(CONFIG)!r})\n{command}", "utf-8")

        def with_lab(_: str) -> None:
            courses = folder / "courses.toml"
            courses.write_text(
                courses.read_text("utf-8").replace('name = "Course A"\n', 'name = "Course A"\nlab = "at-this-address"\n'), "utf-8"
            )

        environment = own | {"WORKBOOK_ACCOUNT": ACCOUNT, "JUPYTER_CONFIG_DIR": str(folder / "jupyter"), "HOME": str(folder)}
        with running(folder, environment, [TUTOR, ANA, BEN, CAI, BEA], with_lab, config) as hub:
            yield Lab(hub, folder, folder / "packages" / "bin" / "python", course)


def ask(client: httpx.Client, verb: str, path: str, below: str, **fields: str) -> httpx.Response:
    """Ask as a page of the hub or of a JupyterLab asks."""
    headers = {"X-XSRFToken": client.cookies.get("_xsrf", path=below) or "", "Referer": f"{client.base_url}hub/home"}
    return client.request(verb, path, headers=headers, json=fields or None)


def started(lab: Lab, *users: str) -> list[httpx.Client]:
    """Give the browsers of people who have started their JupyterLabs by the hub's page."""
    clients = [lab.hub.known(user) for user in users]
    for client in clients:
        assert "JupyterLab" in client.get("/hub/home").text
        client.get("/hub/spawn")
    for user, client in zip(users, clients, strict=True):
        lab.hub.answers(f"/user/{user}/api", 200, timeout_s=180)
        assert client.get(f"/user/{user}/lab").status_code == 200
    return clients


def fetched(client: httpx.Client, user: str) -> None:
    """Fetch the workbook by nbgrader's own API of somebody's server."""
    below = f"/user/{user}/"
    listed = ask(client, "POST", f"{below}assignments/fetch", below, course_id="course-a", assignment_id=ASSIGNMENT).json()
    [found] = listed["value"]
    assert (listed["success"], found["assignment_id"], found["status"]) == (True, ASSIGNMENT, "fetched")


def test_a_workbook_goes_round_by_the_exchange_and_nobody_sees_more_than_their_own(lab: Lab) -> None:
    lab.tutor("release", "w01", "--anyway")
    # The hub knew no learner when it started, as their services had yet to begin: the role came with signing in.
    for user, client in zip((ANA, BEN), started(lab, ANA, BEN), strict=True):
        assert lab.server(user).uids().effective == pwd.getpwnam(account_of(user)).pw_uid
        assert home(user).stat().st_mode & 0o777 == 0o700
        fetched(client, user)
    assert lab.learner(ANA, HANDS_IN) == "exchange\n"
    inbound = lab.folder / "exchange" / "course-a" / "inbound"
    [hers] = inbound.iterdir()
    assert hers.owner() == account_of(ANA)

    own, state = lab.folder / "AUTOGRADE_KEYS", lab.folder / "state"
    keys = [path for path in own.rglob("*") if path.is_file()]
    closed = [own, *keys, lab.course.root, lab.course.root / "gradebook.db", lab.course.root / "source", lab.folder / "b", inbound]
    closed += [state / name for name in ("accounts.sqlite", "jupyterhub.sqlite", "jupyterhub_cookie_secret")]
    closed += [home(ANA), home(ANA) / ASSIGNMENT, home(ANA) / ASSIGNMENT / "answers.json"]
    mine = home(BEN) / ASSIGNMENT
    assert keys
    assert all(path.exists() for path in (*closed, mine))
    assert json.loads(lab.learner(BEN, LOOKS, *map(str, (*closed, mine)))) == [str(mine)]
    assert lab.learner(BEN, "from importlib.util import find_spec; print(find_spec('autograde'))") == "None\n"
    assert lab.hub.known(BEN).get(f"/user/{ANA}/lab").status_code in (403, 404)

    for name in (BEN, account_of(BEN)):
        assert lab.learner(ANA, AS_ANOTHER, f"{inbound}/{hers.name.replace(account_of(ANA), name)}") == ""
    said = lab.tutor("collect", "w01")
    assert "1 hand-in taken in, 0 known already, 2 in quarantine" in said
    assert said.count(f"its folder names {BEN} ({BEN} Evans), but the account {ANA} put it on the exchange") == 2
    assert "1 hand-in marked" in lab.tutor("mark", "w01")


def test_a_learner_of_a_course_without_one_is_refused_a_server(lab: Lab) -> None:
    client = lab.hub.known(BEA)
    assert "JupyterLab" not in client.get("/hub/home").text
    assert client.get("/hub/spawn").status_code == 403
    for user in (BEA, ANA):
        assert ask(client, "POST", f"/hub/api/users/{user}/server", "/hub/").status_code in (403, 404)
    assert client.get(f"/user/{BEA}/lab").status_code in (403, 404)
    with pytest.raises(KeyError):
        pwd.getpwnam(account_of(BEA))


def test_the_services_run_as_the_classes_account_which_makes_accounts_too(lab: Lab) -> None:
    assert [one.username() for course in "ab" for one in lab.hub.watching(course)] == [ACCOUNT, ACCOUNT]
    assert (lab.folder / "state").stat().st_mode & 0o777 == 0o711  # through which they reach their homes
    state = lab.folder / "fresh"
    state.mkdir(mode=0o700)
    shutil.chown(state, ACCOUNT, ACCOUNT)
    assert not Accounts(state).opens("zoe", "guessed")  # at the hub, before anybody has an account
    command = [sys.executable, "-P", "-m", "autograde.hub.accounts", "--state", str(state), "zoe"]
    assert ran(command, ACCOUNT, state, {**os.environ, "HOME": str(state)}).startswith("zoe,")


def test_who_has_left_the_class_is_refused_a_server_at_once(lab: Lab) -> None:
    client = lab.hub.known(CAI)
    assert "JupyterLab" in client.get("/hub/home").text
    about = lab.folder / "a" / "served" / "served.toml"
    about.write_text(about.read_text("utf-8").replace(f'id = "{CAI}"', 'id = "nobody"'), "utf-8")
    told = client.get("/hub/spawn")
    assert told.status_code == 403
    assert "You are in no class that has a JupyterLab." in told.text[told.text.find("<body") :]
    with pytest.raises(KeyError):
        pwd.getpwnam(account_of(CAI))
