"""The real hub: people of a platform come in beside those with a password, once for each launch, as themselves, into their own class."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from jupyterhub.auth import DummyAuthenticator

from tests.conftest import PLAIN, ROOT, apart, free_port
from tests.lti.conftest import college_folder
from tests.lti.reference import CLAIM, CLIENT, CONTEXT, TEACHER, Reference, running
from workbook_helpers.lti.launch import CHOOSE, LINKING
from workbook_helpers.lti.platforms import hub_name
from workbook_helpers.lti.sign_in import MOST_BEGUN, with_lti

CONFIG = """
from pathlib import Path
from jupyterhub.auth import DummyAuthenticator
from jupyterhub.proxy import Proxy
from workbook_helpers.lti.sign_in import with_lti

class NoProxy(Proxy):
    "Requests come to the hub itself."
    should_start = False
    routes = {{}}
    async def add_route(self, routespec, target, data):
        self.routes[routespec] = {{"routespec": routespec, "target": target, "data": data}}
    async def delete_route(self, routespec):
        self.routes.pop(routespec, None)
    async def get_all_routes(self):
        return self.routes

c.JupyterHub.authenticator_class = with_lti(DummyAuthenticator, Path({folder!r}))
c.Authenticator.allowed_users = {{"rita"}}
c.JupyterHub.proxy_class = NoProxy
c.JupyterHub.hub_bind_url = "http://127.0.0.1:{port}"
c.JupyterHub.bind_url = "http://127.0.0.1:{other}"
c.JupyterHub.db_url = "sqlite://"
c.JupyterHub.cookie_secret = b"0" * 32
c.JupyterHub.tornado_settings = {{"cookie_options": {{"SameSite": "Lax"}}}}
c.JupyterHub.log_level = "WARN"
"""


@dataclass(frozen=True)
class Hub:
    """A hub, its platform, and the college's folder; whether the platform is `across`, on another site."""

    address: str
    platform: Reference
    folder: Path
    across: bool = False

    def start(self, client: httpx.Client, **more: str) -> tuple[str, str]:
        """Begin to sign in; gives state and nonce as the platform gets them."""
        about = {
            "iss": self.platform.address,
            "login_hint": "7",
            "target_link_uri": f"{self.address}/services/class-a/",
            "client_id": CLIENT,
        }
        answer = client.get(f"{self.address}/hub/lti13/oauth_login", params=about | more, follow_redirects=False)
        assert answer.status_code == 302, answer.text
        where = urlsplit(answer.headers["Location"])
        asked = {name: value for name, [value] in parse_qs(where.query).items()}
        assert f"{where.scheme}://{where.netloc}{where.path}" == f"{self.platform.address}/auth"
        assert asked["redirect_uri"] == f"{self.address}/hub/lti13/oauth_callback"
        assert (asked["client_id"], asked["response_mode"], asked["prompt"]) == (CLIENT, "form_post", "none")
        return asked["state"], asked["nonce"]

    def come_back(self, client: httpx.Client, state: str, token: str) -> httpx.Response:
        """Send the platform's form."""
        form = {"state": state, "id_token": token}
        return client.post(f"{self.address}/hub/lti13/oauth_callback", data=form, follow_redirects=False)

    def end(self, client: httpx.Client, state: str, token: str) -> httpx.Response:
        """Come back from the platform, and go on to where one is signed in."""
        with brought(client, "lti13") if self.across else nullcontext():
            answer = self.come_back(client, state, token)
        further = str(answer.url.join(answer.headers.get("Location", "")))
        return client.get(further) if further.startswith(f"{self.address}/hub/lti13/enter?") else answer

    def whole(self, client: httpx.Client, **more: Any) -> httpx.Response:
        """Sign in as a platform sends somebody."""
        state, nonce = self.start(client)
        return self.end(client, state, self.platform.sign(self.platform.claims(nonce=nonce, **more)))


@contextmanager
def brought(client: httpx.Client, start: str) -> Iterator[None]:
    """Have a browser send no cookies but those whose names begin so, as it does with a form of another site (SameSite)."""
    jar = client.cookies.jar
    kept = [one for one in jar if not one.name.startswith(start)]
    for one in kept:
        jar.clear(one.domain, one.path, one.name)
    yield
    set_there = {(one.domain, one.path, one.name) for one in jar}
    for one in kept:
        if (one.domain, one.path, one.name) not in set_there:
            jar.set_cookie(one)


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    root, port = tmp_path_factory.mktemp("hub"), free_port()
    address = f"http://127.0.0.1:{port}"
    with running() as platform:
        folder = college_folder(root / "lti", platform.address, address, root / "served")
        config = root / "jupyterhub_config.py"
        config.write_text(CONFIG.format(folder=str(folder), port=port, other=free_port()), "utf-8")
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
        command = [sys.executable, "-P", "-m", "jupyterhub", "-f", str(config)]
        with (root / "log").open("w") as log, subprocess.Popen(command, cwd=root, env=environment, stdout=log, stderr=log) as process:
            try:
                until = time.monotonic() + 60
                while True:
                    try:
                        httpx.get(f"{address}/hub/health", verify=PLAIN)
                        break
                    except httpx.HTTPError:
                        assert process.poll() is None, (root / "log").read_text()
                        assert time.monotonic() < until, (root / "log").read_text()
                        time.sleep(0.05)
                yield Hub(address, platform, folder)
            finally:
                process.terminate()


@pytest.fixture
def browser() -> Iterator[httpx.Client]:
    """A browser that keeps cookies."""
    with httpx.Client(trust_env=False, verify=PLAIN) as client:
        yield client


def test_a_launch_signs_in_and_leads_to_its_workbook(hub: Hub, browser: httpx.Client) -> None:
    answer = hub.whole(browser)
    assert answer.status_code == 302, answer.text
    assert answer.headers["Location"] == "/services/class-a/hub-login?next=w01-small.html"
    assert any(name.startswith("jupyterhub-hub-login") for name in browser.cookies)
    offer = json.loads((hub.folder / "contexts" / "a.json").read_text("utf-8"))
    assert (offer["context"], offer["names_url"]) == (CONTEXT, f"{hub.platform.address}/people")
    assert hub_name(hub.platform.address, "sub-ana") in browser.get(f"{hub.address}/hub/home", follow_redirects=True).text


def test_a_second_learner_at_the_same_browser_is_themselves(hub: Hub, browser: httpx.Client) -> None:
    hub.whole(browser)
    hub.whole(browser, sub="sub-ben")
    page = browser.get(f"{hub.address}/hub/home", follow_redirects=True).text
    assert hub_name(hub.platform.address, "sub-ben") in page
    assert hub_name(hub.platform.address, "sub-ana") not in page


def test_a_launch_counts_once(hub: Hub, browser: httpx.Client) -> None:
    state, nonce = hub.start(browser)
    jar = dict(browser.cookies)
    token = hub.platform.sign(hub.platform.claims(nonce=nonce))
    assert hub.end(browser, state, token).status_code == 302
    assert hub.end(browser, state, token).status_code == 400  # the browser has given its state away
    with httpx.Client(trust_env=False, cookies=jar) as thief:  # who has copied all of it is too late
        answer = hub.end(thief, state, token)
    assert answer.status_code == 401
    assert "used before" in answer.text


def test_a_launch_counts_in_the_browser_that_asked_for_it(hub: Hub, browser: httpx.Client) -> None:
    state, nonce = hub.start(browser)
    token = hub.platform.sign(hub.platform.claims(nonce=nonce))
    with httpx.Client(trust_env=False) as other:
        answer = hub.end(other, state, token)
        assert answer.status_code == 400
        assert "Open the link in your course again, in a window of its own" in answer.text
        own, _ = hub.start(other)
        assert hub.end(other, own, token).status_code == 400  # its own state, and another's nonce
        assert hub.end(other, state, token).status_code == 400
    assert hub.end(browser, "", token).status_code == 400


def test_a_link_that_is_opened_twice_at_once_signs_in_by_both_windows(hub: Hub, browser: httpx.Client) -> None:
    begun = [hub.start(browser) for _ in range(2)]
    forms = [hub.come_back(browser, state, hub.platform.sign(hub.platform.claims(nonce=nonce))) for state, nonce in begun]
    for form in forms:
        assert form.status_code == 302, form.text
        answer = browser.get(form.url.join(form.headers["Location"]))
        assert answer.headers["Location"] == "/services/class-a/hub-login?next=w01-small.html", answer.text


def test_a_browser_has_few_sign_ins_under_way_and_the_newest_of_them_count(hub: Hub, browser: httpx.Client) -> None:
    begun = [hub.start(browser) for _ in range(MOST_BEGUN + 2)]
    assert len([name for name in browser.cookies if name.startswith("lti13")]) == MOST_BEGUN
    signed = [(state, hub.platform.sign(hub.platform.claims(nonce=nonce))) for state, nonce in begun]
    assert [hub.end(browser, *one).status_code for one in (signed[0], signed[1], signed[2], signed[-1])] == [400, 400, 302, 302]


def test_settings_that_cannot_be_used_are_told(hub: Hub, browser: httpx.Client) -> None:
    state, nonce = hub.start(browser)
    form = hub.come_back(browser, state, hub.platform.sign(hub.platform.claims(nonce=nonce)))
    begun, _ = hub.start(browser)
    file = hub.folder / "lti.toml"
    sound = file.read_bytes()
    file.write_text("address = [", "utf-8")
    try:
        login = browser.get(f"{hub.address}/hub/lti13/oauth_login?iss=x&login_hint=7&target_link_uri=x")
        for answer in (login, hub.come_back(browser, begun, "x"), browser.get(form.url.join(form.headers["Location"]))):
            assert answer.status_code == 400
            assert str(file) in answer.text
    finally:
        file.write_bytes(sound)


def test_where_the_platforms_offer_cannot_be_kept_learners_get_in_and_who_teaches_is_told(hub: Hub, browser: httpx.Client) -> None:
    contexts = hub.folder / "contexts"
    shutil.rmtree(contexts, ignore_errors=True)
    contexts.write_text("in the way", "utf-8")
    try:
        assert hub.whole(browser).status_code == 302
        answer = hub.whole(browser, **{f"{CLAIM}roles": [TEACHER]})
        assert answer.status_code == 400
        assert f"Give {contexts} to the account that the hub runs as" in answer.text
    finally:
        contexts.unlink()


def test_a_launch_signs_in_nobody_but_the_browser_whose_form_it_was(hub: Hub, browser: httpx.Client) -> None:
    def sent(client: httpx.Client, subject: str) -> str:
        state, nonce = hub.start(client)
        answer = hub.come_back(client, state, hub.platform.sign(hub.platform.claims(nonce=nonce, sub=subject)))
        assert answer.status_code == 302, answer.text
        return str(answer.url.join(answer.headers["Location"]))

    hub.whole(browser)
    with httpx.Client(trust_env=False) as other:
        link = sent(other, "sub-ben")
        assert not any("hub-login" in name for name in other.cookies)  # the form signs nobody in
        refused = browser.get(link)
        assert refused.status_code == 401
        assert "begun in another browser" in refused.text
        assert hub_name(hub.platform.address, "sub-ana") in browser.get(f"{hub.address}/hub/home", follow_redirects=True).text
        jar = dict(other.cookies)
        assert other.get(link).status_code == 302
        assert other.get(link).status_code == 401
    with httpx.Client(trust_env=False, cookies=jar) as thief:  # who has copied all of it is too late
        assert thief.get(link).status_code == 401


def sessions(client: httpx.Client) -> list[str | None]:
    """Give the hub's session, by which those of its services hold."""
    return [one.value for one in client.cookies.jar if one.name == "jupyterhub-session-id"]


@pytest.mark.parametrize("across", [False, True], ids=["of the hub's own site", "of another site"])
def test_who_comes_from_a_platform_goes_on_with_a_session_of_their_own_alone(hub: Hub, browser: httpx.Client, across: bool) -> None:
    hub = replace(hub, across=across)
    hub.whole(browser)
    [first] = sessions(browser)
    hub.whole(browser)
    assert sessions(browser) == [first]
    hub.whole(browser, sub="sub-ben")
    [second] = sessions(browser)
    assert second != first
    browser.cookies.jar.clear("127.0.0.1", "/hub/", "jupyterhub-hub-login")  # as when it has run out: nobody knows whose session it is
    hub.whole(browser, sub="sub-ben")
    assert second not in sessions(browser)


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"aud": "tool-2"}, 401),
        ({"iss": "https://other.example"}, 401),
        ({"exp": 1}, 401),
        ({f"{CLAIM}deployment_id": "8"}, 401),
        ({f"{CLAIM}context": {"id": "course-43", "title": "100% other"}}, 400),
    ],
)
def test_what_is_wrong_ends_with_a_sentence(more: dict[str, Any], status: int, hub: Hub, browser: httpx.Client) -> None:
    answer = hub.whole(browser, **more)
    assert answer.status_code == status
    assert not any("hub-login" in name for name in browser.cookies)
    if status == 400:
        assert "belongs to no class on this hub yet" in answer.text
        assert "100% other" in answer.text


def test_a_platform_that_nobody_has_registered_is_sent_nowhere(hub: Hub, browser: httpx.Client) -> None:
    about = {"iss": "https://evil.example", "login_hint": "7", "target_link_uri": hub.address}
    answer = browser.get(f"{hub.address}/hub/lti13/oauth_login", params=about)
    assert answer.status_code == 400
    assert "none of them is registered here" in answer.text
    assert browser.get(f"{hub.address}/hub/lti13/oauth_callback").status_code == 405


def test_a_tutor_chooses_a_workbook_in_a_frame_of_the_platform(hub: Hub, browser: httpx.Client) -> None:
    linking = {"deep_link_return_url": f"{hub.platform.address}/return", "accept_types": ["ltiResourceLink"]}
    answer = hub.whole(browser, **{f"{CLAIM}message_type": CHOOSE, f"{CLAIM}roles": [TEACHER], LINKING: linking})
    assert answer.status_code == 200
    assert "Choose a workbook for Care &lt;level 2&gt;" in answer.text
    assert answer.headers["Content-Security-Policy"].endswith(f"frame-ancestors {hub.platform.address}")
    assert not any("hub-login" in name for name in browser.cookies)  # to choose is not to sign in
    learner = hub.whole(browser, **{f"{CLAIM}message_type": CHOOSE, LINKING: linking})
    assert learner.status_code == 401


def test_the_hub_gives_the_tools_public_keys_and_no_more(hub: Hub, browser: httpx.Client) -> None:
    [key] = browser.get(f"{hub.address}/hub/lti13/jwks").json()["keys"]
    assert {"n", "e", "kid"} <= set(key)
    assert not {"d", "p", "q", "dp", "dq", "qi"} & set(key)


def test_nobody_signs_in_by_a_password_as_one_of_the_platforms(hub: Hub) -> None:
    own = with_lti(DummyAuthenticator, hub.folder)(allowed_users={"rita"})

    def come(name: str) -> Any:
        given = {"username": name, "password": "x", "launch": "?"}
        return apart(own.get_authenticated_user(None, given))

    assert come("rita")["name"] == "rita"
    for name in (hub_name(hub.platform.address, "sub-ana"), "lti-x", "LTI-x", " lti-x"):
        assert come(name) is None
    assert come("ben") is None
