"""The hub, whole: who gets where, what is kept, and who is refused."""

import json
import os
import re
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import httpx
import psutil
import pytest

from tests.hub.conftest import BOTH, CONFIG, COURSES, GONE, OTHER, QUALITY, TUTOR, Hub
from tests.lti.reference import Reference
from tests.lti.test_lti_sign_in import Hub as Launching
from tests.tutor.conftest import ASSIGNMENT

JSON = {"X-Workbook": "1", "Content-Type": "application/json"}
A, B = "/services/class-a/", "/services/class-b/"
READ = """
import json, sys
from traitlets.config.loader import PyFileConfigLoader
spawner = PyFileConfigLoader(sys.argv[1]).load_config().Spawner
print(json.dumps([spawner.start_timeout, spawner.http_timeout]))
"""
"""What a hub is told of JupyterLabs. JupyterHub's own command that shows its settings begins a hub for it, on the same database."""


def opened(client: httpx.Client, path: str) -> httpx.Response:
    """Ask for a page until what answers is no longer the one that says to wait."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        answer = client.get(path)
        if answer.status_code not in (502, 503):
            return answer
        time.sleep(0.2)
    pytest.fail(f"{path} does not open")


def save(client: httpx.Client, base: str, value: str) -> dict[str, object]:
    """Save an answer as the page does; gives what came of it."""
    kept = client.get(f"{base}api/{ASSIGNMENT}").json()
    revision = kept["answers"].get("w01-q01", {}).get("revision", 0)
    one = {"id": "w01-q01", "value": value, "base": revision, "said": "", "typed": True, "key": f"k{time.monotonic_ns()}"}
    answer = client.post(f"{base}api/{ASSIGNMENT}/save", json={"copy": kept["copy"], "saves": [one]}, headers=JSON)
    found: dict[str, object] = answer.json()["saved"][0]
    return found


def answered(client: httpx.Client, base: str) -> object:
    """Give what is kept of that question."""
    return client.get(f"{base}api/{ASSIGNMENT}").json()["answers"]["w01-q01"]["value"]


def press(client: httpx.Client, desk: str, page: str, verb: str, **fields: str) -> httpx.Response:
    """Press a button of the desk."""
    shown = opened(client, f"{desk}/{page}").text
    [token, *_], [place] = (re.findall(about, shown) for about in (r'name="_xsrf" value="([^"]+)"', r'data-desk-place="([^"]+)"'))
    return client.post(f"{desk}/{page}/{verb}", params={"place": place}, data={"_xsrf": token, **fields})


def log_of(hub: Hub, course: str) -> list[tuple[str, str]]:
    """Give who did what in a class."""
    with sqlite3.connect(hub.folder / course / "gradebook.db") as file:
        found = file.execute("SELECT who, what FROM autograde_log ORDER BY n").fetchall()
    file.close()
    return found


def test_a_student_lands_on_their_workbooks_and_saves(hub: Hub) -> None:
    client, landed = hub.enter("ana01")
    assert (landed.url.path, landed.url.query) == (A, b"")
    mine = client.get(f"{A}api/mine").json()
    assert (mine["learner"], mine["class"]) == ("ana01", "Course A")
    assert save(client, A, "a")["do"] == "saved"
    again, _ = hub.enter("ana01")
    assert answered(again, A) == "a"
    assert not [name for name in client.cookies if name.startswith("service-class-a")]  # the hub's token stays with the service


def test_a_student_of_one_course_gets_nothing_of_another(hub: Hub) -> None:
    client, _ = hub.enter("ben01")
    refused = client.get(f"{B}hub-login")
    assert refused.status_code == 403
    assert "You are signed in at the college as ben01, and no learner of this class is called so. Tell your tutor." in refused.text
    assert client.get(f"{B}api/mine").status_code == 401
    [ours] = [one for one in client.cookies.jar if one.name.startswith("workbook-")]
    replayed = client.get(f"{B}api/mine", headers={"Cookie": f"{ours.name}={ours.value}; jupyterhub-session-id=x"})
    assert replayed.status_code == 401
    assert client.post(f"{A}api/join", json={"code": "ABCDEFGH", "learner": "ben01", "pin": "1234"}, headers=JSON).status_code in (404, 405)


@pytest.mark.parametrize("who", ["ben01", OTHER, QUALITY, ""])
@pytest.mark.parametrize("path", ["desk", "desk/learners.json", "formgrader", "api/contents", "files/gradebook.db", "lab"])
def test_the_desk_is_its_tutors_alone(hub: Hub, who: str, path: str) -> None:
    client = hub.known(who) if who else hub.stranger()
    opened(client, "/services/desk-a/desk")
    answer = client.get(f"/services/desk-a/{path}")
    assert answer.status_code in (403, 404) or answer.url.path == "/hub/login"
    assert "ana01" not in answer.text


@pytest.mark.parametrize("path", ["/services/desk-b/desk", "/services/quality-a/desk", "/hub/admin", "/hub/api/users", "/hub/spawn"])
def test_a_tutor_has_their_own_course_and_no_more(hub: Hub, path: str) -> None:
    client = hub.known(TUTOR)
    assert "cai01" in opened(client, "/services/desk-a/desk/learners").text
    assert opened(client, "/services/desk-a/formgrader").status_code == 200
    assert opened(client, path).status_code in (403, 404)


OWN = ["api/contents", "api/contents/nbgrader_config.py", "files/nbgrader_config.py", "view/nbgrader_config.py", "nbconvert/html/x.ipynb"]


@pytest.mark.parametrize("path", [*OWN, "api/kernels", "api/sessions", "api/terminals", "terminals/1", "lab", "tree", "voila"])
def test_a_desk_for_several_serves_nothing_of_jupyter(hub: Hub, path: str) -> None:
    client = hub.known(TUTOR)
    opened(client, "/services/desk-a/desk")
    answer = client.get(f"/services/desk-a/{path}")
    assert answer.status_code in (403, 404)
    assert "configure" not in answer.text


def test_nobody_starts_a_program_on_a_desk_or_names_a_folder(hub: Hub) -> None:
    client = hub.known(TUTOR)
    opened(client, "/services/desk-a/desk")
    token = client.cookies.get("_xsrf", path="/services/desk-a/")
    assert client.post("/services/desk-a/api/kernels", json={}, headers={"X-XSRFToken": token or ""}).status_code == 403
    for page, verb in (("take-in", "watch"), ("keep-safe", "back-up")):
        refused = press(client, "/services/desk-a/desk", page, verb, folder=str(hub.folder / "b"))
        assert refused.status_code == 422
        assert "only its administrator names folders" in refused.text


def test_the_desks_scripts_come_and_are_answered_as_browsers_ask(hub: Hub) -> None:
    client, page = hub.known(TUTOR), opened(hub.known(TUTOR), "/services/desk-a/desk").text
    asks = {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "same-origin"}
    scripts = re.findall(r'src="([^"]+\.js)"', page)
    assert len(scripts) > 1
    assert {client.get(one, headers=asks, follow_redirects=False).status_code for one in scripts} == {200}
    secret = client.cookies.get("_xsrf", path="/services/desk-a/") or ""
    for sent, status in (({}, 403), ({"X-XSRFToken": secret}, 200)):
        assert client.get("/services/desk-a/desk/now", headers={**asks, "HX-Request": "true", **sent}).status_code == status


def test_each_tutor_is_the_log_s_who(hub: Hub) -> None:
    for who, verb in ((TUTOR, "left"), (BOTH, "back")):
        assert press(hub.known(who), "/services/desk-a/desk", "learners", verb, learner="cai01").status_code == 200
    assert f"Sign out ({BOTH})" in opened(hub.known(BOTH), "/services/desk-a/desk").text
    assert [one for one in log_of(hub, "a") if one[1] in ("left", "back in the class")] == [(TUTOR, "left"), (BOTH, "back in the class")]


def test_whoever_a_tutor_adds_comes_in_at_once(hub: Hub) -> None:
    student, landed = hub.enter("zoe01")
    assert "You are in no class yet" in landed.text
    assert student.get(f"{A}hub-login").status_code == 403
    press(hub.known(TUTOR), "/services/desk-a/desk", "learners", "add", id="zoe01", first_name="Zoe", last_name="Zell")
    assert student.get(f"{A}hub-login").status_code == 200
    assert student.get(f"{A}api/me").json()["learner"] == "zoe01"
    assert save(student, A, "b")["do"] == "saved"
    gone = press(hub.known(TUTOR), "/services/desk-a/desk", "learners", "erase", learner="zoe01", id="zoe01")
    assert gone.status_code == 200
    assert "zoe01 is erased." in gone.text
    assert student.get(f"{A}api/me").status_code == 401, "while the service runs"
    with closing(sqlite3.connect(hub.folder / "a" / "served" / "served.db")) as file:
        assert file.execute("SELECT count(*) FROM served_answers WHERE learner = 'zoe01'").fetchone() == (0,)


def test_a_quality_assurer_has_the_page_quality_and_no_more(hub: Hub) -> None:
    client = hub.known(QUALITY)
    page = opened(client, "/services/quality-a/desk")
    assert page.url.path == "/services/quality-a/desk/quality"
    assert re.findall(r'<li><a href="([^"]+)"', page.text) == ["/services/quality-a/desk/quality", "/services/quality-a/logout"]
    for path in ("desk/home", "desk/learners", "desk/mark", "desk/questions", "desk/keep-safe", "formgrader", "api/contents"):
        assert client.get(f"/services/quality-a/{path}").status_code in (403, 404)
    token = client.cookies.get("_xsrf", path="/services/quality-a/") or ""
    [place] = re.findall(r'data-desk-place="([^"]+)"', page.text)
    sent = {"X-XSRFToken": token, "Desk-Place": place}
    put = client.put("/services/quality-a/desk/arriving?name=a.zip", content=b"PK", headers=sent)
    assert put.status_code == 404
    assert not list((hub.folder / "a" / "received").rglob("a.zip"))
    for what in ("quality-assurance.html", "criterion-tracker.csv", "unit-record.html", "class-report.html"):
        got = client.get("/services/quality-a/desk/quality/report", params={"what": what, "learner": "ana01", "named": "1"})
        assert ("attachment" in got.headers.get("Content-Disposition", "")) is what.startswith("quality-assurance"), what


def test_a_student_starts_no_server(hub: Hub) -> None:
    client, _ = hub.enter("ana01")
    assert "/hub/token" not in client.get("/hub/home").text
    token = client.cookies.get("_xsrf", path="/hub/")
    asked = client.post("/hub/api/users/ana01/server", headers={"X-XSRFToken": token or "", "Referer": f"{hub.base}/hub/home"})
    assert asked.status_code in (403, 404)
    assert client.get("/hub/spawn").status_code in (403, 404)
    assert client.post("/hub/api/users/ana01/tokens", json={}, headers={"X-XSRFToken": token or ""}).status_code in (403, 404)


@pytest.mark.parametrize("way", ["at the hub", "on the page"])
def test_who_signs_out_has_signed_out_for_the_next_one(hub: Hub, way: str) -> None:
    client, _ = hub.enter("ana01")
    [ours] = [one for one in client.cookies.jar if one.name.startswith("workbook-")]
    if way == "on the page":
        assert client.post(f"{A}api/leave", json={}, headers=JSON).json() == {"then": "/hub/logout"}
    client.get("/hub/logout")
    answer = client.get(f"{A}api/mine")
    assert answer.status_code == 401
    assert answer.json()["sign_in"] == "hub-login"
    assert client.get(f"{A}hub-login").url.path == "/hub/login"
    hub.sign_in(client, "ben01")
    found = {one.name: one.value for one in client.cookies.jar} | {ours.name: ours.value}  # what the browser still shows whoever looks
    again = httpx.get(f"{hub.base}{A}api/mine", headers={"Cookie": "; ".join(f"{name}={value}" for name, value in found.items())})
    assert again.status_code == 401


DESK = "/services/desk-a/desk"
KNOWN = ("127.0.0.1", "/hub/", "jupyterhub-hub-login")
"""The cookie by which the hub knows somebody, for a day at the most."""


def without(client: httpx.Client, way: str) -> None:
    """Have a browser lose what it loses in the course of time."""
    jar = client.cookies.jar
    if way == "a day later":
        jar.clear(*KNOWN)
    elif way == "closed and opened again":
        for one in [one for one in jar if one.discard]:
            jar.clear(one.domain, one.path, one.name)


@pytest.mark.parametrize("before", ["", "a day later"], ids=["the hub knows whose", "the hub knows no more whose"])
@pytest.mark.parametrize("way", ["by password", "from the platform", "from a platform of another site"])
def test_whoever_comes_next_has_nothing_of_the_one_before(hub: Hub, platform: Reference, way: str, before: str) -> None:
    def next_(client: httpx.Client) -> None:
        without(client, before)
        if way == "by password":
            hub.sign_in(client, "ben01")
        else:
            Launching(hub.base, platform, hub.folder / "lti", across=way.endswith("another site")).whole(client, sub="sub-dee")
        client.get(f"{A}hub-login")
        assert client.get(f"{A}api/me").json()["learner"] in ("ben01", "dee01")

    learner, _ = hub.enter("bea01")
    assert learner.get(f"{B}api/me").json()["learner"] == "bea01"
    next_(learner)
    assert learner.get(f"{B}api/mine").status_code == 401
    assert learner.get(f"{B}hub-login").status_code == 403

    tutor, _ = hub.enter(TUTOR)
    assert "ana01" in opened(tutor, f"{DESK}/learners").text
    next_(tutor)
    for page in ("learners", "keep-safe/copy"):
        answer = tutor.get(f"{DESK}/{page}")
        assert answer.status_code == 403
        assert "ana01" not in answer.text


@pytest.mark.parametrize("before", ["", "a day later", "closed and opened again"])
@pytest.mark.parametrize("out", ["/hub/logout", "/services/desk-a/logout"])
def test_who_signs_out_closes_every_desk_and_class(hub: Hub, out: str, before: str) -> None:
    client, _ = hub.enter(BOTH)
    desks = [DESK, DESK.replace("-a", "-b")]
    for desk in desks:
        assert opened(client, f"{desk}/learners").url.path == f"{desk}/learners"
    without(client, before)
    client.get(out)
    for desk in desks:
        assert client.get(f"{desk}/learners").url.path == "/hub/login"
    learner, _ = hub.enter("ana01")
    without(learner, before)
    learner.get(out)
    assert learner.get(f"{A}api/mine").status_code == 401


def test_who_closes_the_browser_has_signed_out(hub: Hub) -> None:
    client, _ = hub.enter(TUTOR)
    opened(client, DESK)
    without(client, "closed and opened again")
    assert client.get(DESK).url.path == "/hub/login"


def test_a_sign_in_that_was_not_begun_here_is_none(hub: Hub) -> None:
    own, other = hub.known("ana01"), hub.stranger()
    other.follow_redirects = False
    begun = other.get(f"{A}hub-login")
    assert httpx.URL(begun.headers["location"]).path == "/hub/api/oauth2/authorize"
    state = httpx.URL(begun.headers["location"]).params["state"]
    own.follow_redirects = False
    answer = own.get(begun.headers["location"])  # of another browser: who follows such a link is signed in as nobody
    back = own.get(answer.headers["location"])
    assert back.status_code == 403
    assert "begun in another window" in back.text
    assert own.get(f"{A}oauth_callback", params={"state": state, "code": "x"}).status_code == 403
    assert own.get(f"{A}oauth_callback").status_code == 403


def test_after_signing_in_one_is_on_a_page_of_the_class_and_nowhere_else(hub: Hub) -> None:
    client = hub.enter("ana01")[0]
    for next_ in ("//evil.example/x.html", "https://evil.example/", "../desk-a/desk", "x.html", "\\evil.example\\x.html"):
        assert client.get(f"{A}hub-login", params={"next": next_}).url == f"{hub.base}{A}"
    assert client.get(f"{A}hub-login", params={"next": f"{ASSIGNMENT}.html"}).url == f"{hub.base}{A}{ASSIGNMENT}.html"


def test_who_starts_a_jupyterlab_with_a_whole_class_is_waited_for(tmp_path: Path) -> None:
    courses = tmp_path / "courses.toml"
    courses.write_text(COURSES.format(host="127.0.0.1", port=8000, first=8101, folder=tmp_path), "utf-8")
    environment = {**os.environ, "WORKBOOK_COURSES": str(courses), "WORKBOOK_STATE": str(tmp_path / "state")}
    command = [sys.executable, "-P", "-c", READ, str(CONFIG)]
    told = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=True)
    assert json.loads(told.stdout) == [120, 120]


def killed(hub: Hub) -> float:
    """Kill who serves course A's students; who watches begins another one. Gives when, by the clock of what psutil says of processes."""
    [service] = hub.watching("a")
    at = psutil.boot_time() + time.clock_gettime(time.CLOCK_BOOTTIME)
    [serving] = service.children()
    serving.kill()
    psutil.wait_procs([serving], timeout=10)
    return at


def test_a_sign_in_goes_on_though_the_process_that_began_it_is_gone(hub: Hub) -> None:
    client = hub.enter("ana01")[0]
    client.follow_redirects = False
    begun = client.get(f"{A}hub-login", params={"next": f"{ASSIGNMENT}.html"})
    killed(hub)
    client.follow_redirects = True
    assert client.get(begun.headers["location"]).url == f"{hub.base}{A}{ASSIGNMENT}.html"
    assert client.get(f"{A}api/me").json()["learner"] == "ana01"


def test_what_is_killed_comes_back_and_has_lost_nothing(hub: Hub) -> None:
    client, _ = hub.enter("ben01")
    assert save(client, A, "b")["do"] == "saved"

    [service] = hub.watching("a")
    before = service.children()
    killed_at = killed(hub)
    begun = time.monotonic()
    assert answered(client, A) == "b"  # another one has begun, and who asks meanwhile waits
    assert time.monotonic() - begun < 2
    assert hub.watching("a") == [service]
    [now] = service.children()
    assert now not in before
    assert now.create_time() - killed_at < 2

    service.kill()
    psutil.wait_procs([service], timeout=10)
    assert '<meta http-equiv="refresh"' in httpx.get(hub.base + A).text  # whoever asks meanwhile gets the page as soon as it is there
    hub.answers(A, 200)
    assert answered(client, A) == "b"

    [proxy] = hub.children("configurable-http-proxy")
    proxy.kill()
    psutil.wait_procs([proxy], timeout=10)
    hub.answers(A, 200)
    assert answered(client, A) == "b"

    gone = hub.known(GONE)
    assert opened(gone, "/services/desk-a/desk").status_code == 200
    courses = hub.folder / "courses.toml"
    courses.write_text(courses.read_text("utf-8").replace(f', "{GONE}"', ""), "utf-8")
    hub.kill()
    hub.start()
    hub.ready()
    assert answered(client, A) == "b"
    assert opened(gone, "/services/desk-a/desk").status_code == 403  # who they are holds; what they may do is as the file has it now
