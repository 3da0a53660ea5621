"""What a college's list may say, what comes of it, its accounts, and what answers before a service does."""

import asyncio
import http.client
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from jupyterhub.auth import DummyAuthenticator
from tornado.ioloop import IOLoop, PeriodicCallback
from tornado.web import HTTPError

from autograde.classes.college import College, read_college
from autograde.classes.lab import account_of
from autograde.errors import ClassError
from autograde.hub import accounts
from autograde.hub.accounts import FREE, Accounts
from autograde.hub.config import doors_of, lab_of, roles, services
from autograde.hub.learns import Learns
from autograde.hub.signing_in import ByPassword
from autograde.hub.steady import keep_time
from autograde.hub.waiting import CLOSED, waiting
from tests.conftest import ROOT, apart, free_port
from workbook_helpers.lti.one_person import SignIn, SignOut
from workbook_helpers.lti.sign_in import with_lti
from workbook_helpers.served.sessions import same_pin

GOOD = """
address = "https://workbooks.example.ac.uk"
administrators = ["it"]
[[courses]]
id = "a"
name = "Course A"
folder = "/srv/a"
tutors = ["T.One", "t.two"]
quality_assurers = ["q.one"]
[[courses]]
id = "b"
name = "Course B"
folder = "/srv/b"
tutors = ["t.two"]
lab = "at-this-address"
processes = 2
"""
LAB = 'lab = "at-this-address"'


def college(folder: Path, text: str = GOOD) -> College:
    path = folder / "courses.toml"
    path.write_text(text, "utf-8")
    return read_college(path)


def test_the_example_can_be_used_as_it_is() -> None:
    assert [one.id for one in read_college(ROOT / "deploy" / "hub" / "courses.toml").courses] == ["care-2026", "communication-2026"]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('id = "b"', 'id = "a"', "two courses have the id a"),
        ('"/srv/b"', '"/srv/a"', "two courses have the folder /srv/a"),
        ('"/srv/b"', '"b"', "courses.1.folder: 'b' is not a whole path"),
        ('id = "b"', 'id = "../b"', "courses.1.id: '../b' is not a course's id"),
        ('"t.two"]\nlab', '"t two"]\nlab', "courses.1.tutors.0: 't two' is not a name that somebody signs in by"),
        (LAB, 'lab = "yes"', "courses.1.lab: Input should be 'at-this-address'"),
        (LAB, "lab = true", "courses.1.lab: a page of a learner's JupyterLab is at the hub's own address"),
        (LAB, "labs = true", "courses.1.labs"),
        ("https://workbooks.example.ac.uk", "workbooks.example.ac.uk/x", "address: 'workbooks.example.ac.uk/x' is not an address"),
        ("administrators", 'key = "/k.pem"\nadministrators', "certificate and key belong together"),
        ("administrators", "[[", "is no TOML file"),
    ],
)
def test_a_fault_is_one_sentence_with_its_place(tmp_path: Path, before: str, after: str, said: str) -> None:
    assert GOOD.count(before) == 1
    with pytest.raises(ClassError) as told:
        college(tmp_path, GOOD.replace(before, after))
    assert said in str(told.value)
    assert str(tmp_path) in str(told.value)


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ClassError, match=r"cannot be read .*courses\.toml shows"):
        read_college(tmp_path / "courses.toml")


def test_each_has_what_is_theirs_and_no_scope_more(tmp_path: Path) -> None:
    found = {role["name"]: role for role in roles(college(tmp_path))}
    classes = ["access:services!service=class-a", "access:services!service=class-b"]
    assert found["user"]["scopes"] == ["read:users:name!user", "read:users:groups!user", *classes]
    assert (found["desk-a"]["scopes"], found["desk-a"]["users"]) == (["access:services!service=desk-a"], ["t.one", "t.two"])
    assert (found["quality-a"]["scopes"], found["quality-a"]["users"]) == (["access:services!service=quality-a"], ["q.one"])
    assert (found["lab-a"]["users"], found["lab-b"]["users"]) == ([], ["t.two"])
    assert all("!user" in scope or "!service=" in scope for role in found.values() for scope in role["scopes"])


def test_the_first_page_offers_what_is_for_somebody(tmp_path: Path) -> None:
    one = college(tmp_path)
    assert [door.address for door in doors_of(one, "ana", {"a"})] == ["/services/class-a/hub-login"]
    assert [door.name for door in doors_of(one, "t.two", ())] == ["desk-a", "desk-b"]
    assert [door.name for door in doors_of(one, "q.one", ())] == ["quality-a"]
    assert not doors_of(one, "zoe", ())
    assert [lab_of(one, who, learns) for who, learns in (("ana", {"a"}), ("ana", {"b"}), ("t.two", ()), ("t.one", ()))] == [
        False,
        True,
        True,
        False,
    ]


def test_who_has_left_a_class_starts_no_jupyterlab_of_it(tmp_path: Path) -> None:
    learns = Learns(college(tmp_path, GOOD.replace('"/srv/b"', f'"{tmp_path}"')))
    about = tmp_path / "served" / "served.toml"
    about.parent.mkdir()
    head = 'schema = 1\nclass_id = "b"\njoin_code = "ABCDEFGH"\n'
    about.write_text(f'{head}[[learners]]\nid = "Ana"\nfolder = "ana"\n', "utf-8")
    starts: Callable[[str], None] = lambda name: learns.may_start(SimpleNamespace(user=SimpleNamespace(name=name)))  # noqa: E731
    assert learns.groups("ana") == ["lab-b"]
    for name in ("ana", "t.two"):
        starts(name)
    about.write_text(head, "utf-8")
    starts("t.two")
    for name in ("ana", "t.one", "it"):
        with pytest.raises(HTTPError, match=r"403.*You are in no class that has a JupyterLab"):
            starts(name)


def test_the_hub_goes_on_looking_after_what_it_runs_though_the_clock_is_set_back(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = list[float]()

    async def look() -> None:
        keep_time(IOLoop.current())
        timer = PeriodicCallback(lambda: looks.append(time.monotonic()), 10)
        timer.start()
        own = time.time
        async with asyncio.timeout(5):
            while len(looks) < 6:
                if len(looks) == 3:
                    monkeypatch.setattr(time, "time", lambda: own() - 3600)
                await asyncio.sleep(0.005)
        timer.stop()

    apart(look())


def test_each_way_in_and_out_is_for_one_person_at_a_browser(tmp_path: Path) -> None:
    for authenticator in (ByPassword, with_lti(DummyAuthenticator, tmp_path)):
        counts = dict(reversed(authenticator().get_handlers(None)))
        assert (counts["/login"], counts["/logout"]) == (SignIn, SignOut)


def test_students_services_come_first_and_each_has_a_port(tmp_path: Path) -> None:
    made = services(college(tmp_path), tmp_path, account="workbook")
    assert [one["name"] for one in made] == ["class-a", "class-b", "desk-a", "quality-a", "desk-b"]
    assert len({one["url"] for one in made}) == len(made)
    assert {one["user"] for one in made} == {"workbook"}
    assert [one["command"][-1] for one in made[:2]] == ["1", "2"]


def test_a_system_account_can_always_be_made() -> None:
    assert account_of("amy") == "lab-amy"
    odd = ["émilie", "Jane@example.org", "a" * 64, "-x", "lti-0123456789abcdef0123456789abcdef"]
    assert len({account_of(one) for one in odd}) == len(odd)
    assert all(len(account_of(one)) <= 32 and account_of(one).removeprefix("lab-").isalnum() for one in odd)


def test_a_password_opens_its_own_account_and_is_not_kept(tmp_path: Path) -> None:
    file = Accounts(tmp_path)
    words = file.give(["Amy", "ben"])
    assert set(words) == {"amy", "ben"}
    assert file.opens("amy", words["amy"])
    assert not file.opens("amy", words["ben"])
    assert not file.opens("zoe", words["amy"])
    assert not file.give(["amy"])
    assert file.give(["amy"], anew=True)["amy"] != words["amy"]
    assert not file.opens("amy", words["amy"])
    assert words["ben"].encode() not in (tmp_path / accounts.FILE).read_bytes()
    assert (tmp_path / accounts.FILE).stat().st_mode & 0o777 == 0o600


def test_a_password_is_not_found_by_trying(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = Accounts(tmp_path)
    word = file.give(["amy"])["amy"]
    now = 1_000_000.0
    monkeypatch.setattr(time, "time", lambda: now)
    for number in range(FREE):
        assert not file.opens("amy", f"wrong {number}")
    assert not Accounts(tmp_path).opens("amy", word)  # a restart forgives nothing
    now += accounts.FIRST_S + 1
    assert not file.opens("amy", "wrong again")
    now += accounts.FIRST_S + 1
    assert not file.opens("amy", word)  # twice as long now
    now += accounts.FIRST_S
    assert file.opens("amy", word)
    assert file.opens("amy", word)
    now -= 10 * 86_400  # a clock that goes wrong keeps nobody out
    assert file.opens("amy", word)


def test_two_tries_at_once_are_two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, meanwhile = Accounts(tmp_path), []
    word = file.give(["amy"])["amy"]
    for number in range(FREE - 1):
        assert not file.opens("amy", f"wrong {number}")

    def looked_at(typed: str, kept: str, cost: int) -> bool:
        if typed == "wrong":
            meanwhile.append(file.opens("amy", word))
        return same_pin(typed, kept, cost)

    monkeypatch.setattr(accounts, "same_pin", looked_at)
    assert not file.opens("amy", "wrong")
    assert meanwhile == [False], "the last free try was taken"


@pytest.mark.parametrize("word", ["short", "x" * 65, ""])
def test_a_password_that_cannot_be_used_is_told(tmp_path: Path, word: str) -> None:
    file = Accounts(tmp_path)
    first = file.give(["amy"])["amy"]
    with pytest.raises(ClassError, match="10 to 64"):
        file.change("amy", word)
    assert file.opens("amy", first)
    file.change("amy", "three plain words")
    assert file.opens("amy", "three plain words")


def asked(port: int, **headers: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/services/desk-a/", headers=headers)
    answer = connection.getresponse()
    found = answer.status, answer.read().decode()
    connection.close()
    return found


def test_what_the_hub_asks_begins_nothing_and_what_somebody_asks_does(monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    monkeypatch.setenv("JUPYTERHUB_SERVICE_URL", f"http://127.0.0.1:{port}")
    with waiting() as server:
        assert asked(port)[0] == 200
        assert not server.asked.is_set()
        status, page = asked(port, **{"X-Forwarded-For": "192.0.2.1"})
        assert (status, server.asked.wait(10)) == (503, True)
        assert 'http-equiv="refresh"' in page
        server.close()


def test_a_class_that_cannot_be_opened_says_so_and_ends(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    port = free_port()
    seen: list[tuple[int, str]] = []
    monkeypatch.setenv("JUPYTERHUB_SERVICE_URL", f"http://127.0.0.1:{port}")
    msg = "There is no class in /srv/a."
    with pytest.raises(SystemExit) as ended, waiting(lambda _: seen.append(asked(port, **{"X-Forwarded-For": "192.0.2.1"}))) as server:
        raise ClassError(msg)
    server.close()
    assert ended.value.code == 2
    assert msg in capsys.readouterr().err
    [(status, page)] = seen
    assert status == 503
    assert CLOSED[1] in page
    assert "/srv/a" not in page
    assert "refresh" not in page


def test_the_values_for_kubernetes_name_what_there_is(tmp_path: Path) -> None:
    values = yaml.safe_load((ROOT / "deploy" / "k8s" / "values.yaml").read_text("utf-8"))
    hub = values["hub"]
    assert (ROOT / hub["extraConfig"]["workbooks"].split('"')[1].removeprefix("/opt/workbook/")).is_file()
    listed = college(tmp_path, hub["extraFiles"]["courses"]["stringData"])
    assert hub["extraFiles"]["courses"]["mountPath"] == hub["extraEnv"]["WORKBOOK_COURSES"]
    ports = hub["networkPolicy"]["ingress"][0]["ports"][0]
    asked_for = [int(one["url"].rpartition(":")[2]) for one in services(listed, tmp_path, host="192.0.2.7")]
    assert ports["port"] == min(asked_for)
    assert max(asked_for) <= ports["endPort"]
