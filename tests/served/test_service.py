"""The service keeps answers by the rules of every host, takes hand-ins, and shows each learner what is theirs; a real process over HTTP."""

import gzip
import hashlib
import json
import shutil
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from tests.served.service import ASSIGNMENT, CODE, Client, Service, make_class, serving, signed_in, write_list
from workbook_helpers.answers import parse_sheet
from workbook_helpers.items import load_workbook
from workbook_helpers.referral import Referral

TRIED = {"n": 1, "first": [], "checked": True, "shown": False}
PRIVATE = "Only for me: I was afraid."


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    names = [f"learner{n:02}" for n in range(40)]
    with serving(make_class(tmp_path_factory.mktemp("class"), learners=names)) as running:
        yield running


@pytest.fixture
def learner(service: Service, request: pytest.FixtureRequest) -> str:
    """Give each test a learner of its own."""
    used = service.__dict__.setdefault("used", [])
    used.append(request.node.name)
    return f"learner{len(used):02}"


@pytest.fixture
def root(service: Service) -> Path:
    return service.folders[0]


def answered(service: Service, learner: str) -> tuple[Client, int]:
    """Give a browser in which everything was answered, and the revision that it reached."""
    client = signed_in(service, learner)
    for name, value in (("w01-q01", "b"), ("w01-t01", "Gwaith – “tŷ” 🙂"), ("w01-r01", {"what": PRIVATE}), ("w01-declaration", True)):
        assert client.save(name, value)["do"] == "saved"
    return client, client.open()["revision"]


def test_what_was_saved_is_there_in_another_browser(service: Service, learner: str) -> None:
    client = signed_in(service, learner)
    first = client.open()
    assert (first["revision"], first["answers"], first["learner"]) == (0, {}, learner)
    saved = client.save("w01-t01", "Gwaith – “tŷ” 🙂\n\t'\"; DROP TABLE served_answers; -- \0", said=["…"], typed={"v1": 3})
    assert saved["do"] == "saved"
    other = Client(service.port)
    assert other.post("api/join", code=" abcd-efgh ", learner=learner.upper(), pin="2468").status == 200
    there = other.open()
    assert there["answers"] == {"w01-t01": saved["kept"]}
    assert (there["copy"], there["seed"]) == (client.copy, first["seed"])
    assert (
        saved["kept"]
        | {"value": "Gwaith – “tŷ” 🙂\n\t'\"; DROP TABLE served_answers; -- \0", "revision": 1, "said": ["…"], "typed": {"v1": 3}}
        == saved["kept"]
    )
    assert abs(datetime.fromisoformat(saved["kept"]["saved_at"]) - datetime.now(UTC)).total_seconds() < 60
    me = other.get("api/me")
    assert me.json | {"learner": learner, "class": "Care A"} == me.json
    assert set(other.get("api/mine").json["workbooks"]) == {ASSIGNMENT}
    again = other.get(f"api/{ASSIGNMENT}", If_None_Match=other.get(f"api/{ASSIGNMENT}").headers["Etag"])
    assert (again.status, again.content) == (304, b"")


def test_of_two_browsers_the_one_that_is_behind_is_told(service: Service, learner: str) -> None:
    one = signed_in(service, learner)
    other = Client(service.port)
    other.post("api/join", code=CODE, learner=learner, pin="2468")
    other.open()
    first = one.save("w01-q01", "a")["kept"]
    assert other.save("w01-q01", "b") == {"id": "w01-q01", "do": "conflict", "final": False, "kept": first}
    assert other.save("w01-q01", "a")["kept"] == first  # both chose the same
    assert other.save("w01-q01", "b", base=first["revision"])["do"] == "saved"
    assert one.open()["answers"]["w01-q01"]["value"] == "b"


def test_a_save_that_is_sent_twice_is_one(service: Service, learner: str) -> None:
    client = signed_in(service, learner)
    one = {"id": "w01-q01", "value": "a", "base": 0, "key": "k1"}
    first, again = (client.post(f"api/{ASSIGNMENT}/save", copy=client.copy, saves=[one]).json for _ in range(2))
    assert first["saved"] == again["saved"]
    assert first["revision"] == again["revision"] == 1
    both = client.post(f"api/{ASSIGNMENT}/save", copy=client.copy, saves=[one | {"value": "b", "base": 1, "key": "k2"}, one]).json
    assert [saved["do"] for saved in both["saved"]] == ["saved", "conflict"]  # the older one comes after the newer one
    assert client.open()["answers"]["w01-q01"]["value"] == "b"


@pytest.mark.parametrize(
    "one",
    [
        pytest.param({"id": "w01-q01", "value": "z"}, id="no option"),
        pytest.param({"id": "w01-q01", "value": ["a"]}, id="another form"),
        pytest.param({"id": "w01-t01", "value": "half a pair \ud83d"}, id="half a pair"),
        pytest.param({"id": "w09-q01", "value": "a"}, id="no item"),
        pytest.param({"id": "w01-q01@2", "value": "a"}, id="an attempt that nobody has opened"),
        pytest.param({"id": "w01-q01@", "value": "a"}, id="no attempt"),
        pytest.param({"id": "w01-q01", "value": "a", "base": "0"}, id="no revision"),
        pytest.param({"id": "w01-q01", "value": "a", "key": ""}, id="no key"),
        pytest.param({"id": "w01-p01", "tried": TRIED}, id="tried without an answer"),
        pytest.param("w01-q01", id="no save"),
    ],
)
def test_what_is_no_answer_is_refused(service: Service, one: object) -> None:
    client = Client(service.port)
    client.post("api/join", code=CODE, learner="learner39", pin="2468", new=True)
    client.open()
    sent = {"base": 0, "key": "k"} | one if isinstance(one, dict) else one
    answer = client.post(f"api/{ASSIGNMENT}/save", copy=client.copy, saves=[sent])
    assert answer.status == 200
    assert [saved["do"] for saved in answer.json["saved"]] == ["refused"]
    assert client.open()["answers"] == {}


def test_the_tutor_sees_where_they_are_and_nothing_that_is_written(service: Service, root: Path, learner: str) -> None:
    client, _ = answered(service, learner)
    kept = client.save("w01-p01", "b", tried=TRIED)["kept"]
    assert kept["tried"] == TRIED
    more = {"n": 2, "first": [], "checked": True, "shown": True}
    alone = {"id": "w01-p01", "base": kept["revision"], "key": "k", "tried": more}
    saved = client.post(f"api/{ASSIGNMENT}/save", copy=client.copy, saves=[alone]).json["saved"][0]
    assert (saved["do"], saved["kept"]) == ("saved", kept | {"tried": more})
    assert client.post(f"api/{ASSIGNMENT}/beat", copy=client.copy, section="The first part").json == {}
    token = {"Authorization": f"Bearer {(root / 'tutor-token').read_text()}"}
    answer = client.get("api/live", **token)
    [work] = next(one["workbooks"] for one in answer.json["learners"] if one["learner"] == learner)
    assert work | {"workbook": "w01", "section": "The first part", "answered": 3, "of": 3, "handed_in_at": None} == work
    assert work["last_seen"] >= work["moved_at"] > "2026"
    assert {"workbook": "w01", "item": "w01-p01", "tried": 1, "wrong_first": 1} in answer.json["practice"]
    assert b"afraid" not in answer.content
    assert b"Gwaith" not in answer.content
    assert (root / "tutor-token").stat().st_mode & 0o777 == 0o600


def test_a_merge_that_is_taken_back_leaves_nothing_and_can_be_made_again(service: Service, root: Path, learner: str) -> None:
    theirs, revision = answered(service, learner)
    own = signed_in(service, "learner37")
    own.open()
    own.save("w01-q01", "a")
    own.save("w01-t01", None)  # taken out again: no answer
    handed_in = theirs.hand_in(revision).json["file"]
    kept = theirs.open()["answers"]

    def tell(deed: str, **said: str) -> None:
        headers = {"X_Workbook": "1", "Content_Type": "application/json", "Authorization": f"Bearer {(root / 'tutor-token').read_text()}"}
        assert own.ask("POST", f"/api/{deed}", json.dumps({"merge": "m", **said}).encode(), **headers).status == 200

    def stands() -> dict[str, object]:
        return {name: one["value"] for name, one in own.open()["answers"].items()}

    brought = {name: one["value"] for name, one in kept.items()} | {"w01-q01": "a"}
    for _ in range(2):
        tell("merge", goes=learner, stays="learner37")
        assert stands() == brought
        [receipt] = own.open()["receipts"]
        assert (receipt["file"], "revision" in receipt) == (handed_in, False), "it counts the other copy's revisions, which are not hers"
        before = own.open()["revision"]
        tell("unmerge", learner="learner37")
        assert stands() == dict.fromkeys(brought) | {"w01-q01": "a"}, "emptied: a browser would send again what is not there any more"
        after = own.open()
        assert {name: one["revision"] for name, one in after["answers"].items() if name != "w01-q01"} == dict.fromkeys(
            {*brought} - {"w01-q01"}, before + 1
        )
        assert (after["revision"], after["receipts"]) == (before + 1, [])
    assert theirs.open()["answers"] == kept
    tell("merge", goes="learner37", stays="learner36")
    other = signed_in(service, "learner36")
    assert {*other.open()["answers"]} == {"w01-q01"}, "what was emptied is no answer"


def test_a_hand_in_lies_where_it_is_taken_in_with_the_services_time(service: Service, root: Path, learner: str) -> None:
    client, revision = answered(service, learner)
    answer = client.hand_in(revision)
    receipt = answer.json
    assert receipt | {"answered": 2, "total": 2, "unanswered": [], "learner": learner, "through": "server", "attempt": 1} == receipt
    assert client.hand_in(revision).json == receipt  # sent twice, or nothing new
    assert client.open()["receipts"] == [receipt]
    path = root / "arrived" / receipt["file"]
    assert [one.name for one in (root / "arrived").glob("*.zip") if learner in zipfile.ZipFile(one).read("manifest.json").decode()] == [
        path.name
    ]
    beside = json.loads(path.with_suffix(".json").read_bytes())
    assert beside == {
        "schema": 1,
        "class_id": "care-a",
        "learner": learner,
        "workbook": "w01",
        "assignment": ASSIGNMENT,
        "received_at": receipt["at"],
        "order_at": receipt["at"],
        "known_by": "pin",
        "zip_sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
    }
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    assert set(files) == {"answers.json", "manifest.json", f"{ASSIGNMENT}.ipynb"}
    assert not any(b"afraid" in content for content in files.values())
    workbook = load_workbook(root / "releases" / ASSIGNMENT)
    sheet = parse_sheet(files["answers.json"], workbook.items, "w01")
    assert {name: one.value for name, one in sheet.answers.items()} == {
        "w01-q01": "b",
        "w01-t01": "Gwaith – “tŷ” 🙂",
        "w01-declaration": True,
    }
    assert (sheet.copy, sheet.release) == (client.copy, workbook.release)
    assert json.loads(files["manifest.json"])["answers_sha256"] == hashlib.sha256(files["answers.json"]).hexdigest()
    newer = client.save("w01-q01", "a", base=1)["kept"]["revision"]
    assert client.hand_in(revision).json == {"error": "changed"}
    assert client.hand_in(newer).json["code"] != receipt["code"]


def test_each_answer_says_which_questions_the_page_showed(service: Service, root: Path, learner: str) -> None:
    client, revision = answered(service, learner)
    for value, release, kept in (("a", "aa11", "aa11"), ("a", "bb22", "aa11"), ("b", ["aa11"], None), ("a", "bb22", "bb22")):
        saved = client.save("w01-q01", value, base=client.open()["answers"]["w01-q01"]["revision"], release=release)["kept"]
        assert (saved["value"], saved.get("release")) == (value, kept)
        revision = max(revision, saved["revision"])
    path = root / "arrived" / client.hand_in(revision).json["file"]
    with zipfile.ZipFile(path) as archive:
        records = json.loads(archive.read("answers.json"))["answers"]
    assert {name: record.get("release") for name, record in records.items()} == dict.fromkeys(records) | {"w01-q01": "bb22"}


def test_nothing_is_handed_in_without_the_declaration(service: Service, root: Path, learner: str) -> None:
    client = signed_in(service, learner)
    revision = client.save("w01-q01", "a")["kept"]["revision"]
    refused = client.hand_in(revision)
    assert (refused.status, refused.json["error"].partition(".")[0]) == (422, "Please tick the declaration first")
    welsh = client.post(f"api/{ASSIGNMENT}/hand-in", copy=client.copy, revision=revision, language="cy").json["error"]
    assert welsh != refused.json["error"]
    assert client.open()["receipts"] == []
    assert not any(learner in path.read_text("utf-8") for path in (root / "arrived").glob("*.json"))


def test_feedback_is_there_for_who_handed_in_as_a_file_as_well(service: Service, root: Path, learner: str) -> None:
    client = Client(service.port)
    client.join(learner)
    assert client.get("api/mine").json["workbooks"] == {}, "nothing was begun here"
    given = root / "given" / learner / ASSIGNMENT
    given.mkdir(parents=True)
    (given / "feedback.html").write_text("<h1>Well done</h1>")
    assert client.get("api/mine").json["workbooks"][ASSIGNMENT]["feedback"] == f"api/{ASSIGNMENT}/feedback"
    told = client.get("api/live", Authorization=f"Bearer {(root / 'tutor-token').read_text()}").json["learners"]
    [work] = next(one["workbooks"] for one in told if one["learner"] == learner)
    assert (work["last_seen"], work["moved_at"]) == (None, None), "it was not opened"
    assert client.open()["answers"] == {}
    client.close()


def test_feedback_and_a_referral_are_there_once_they_are_given_and_nobody_elses(service: Service, root: Path, learner: str) -> None:
    client, revision = answered(service, learner)
    receipt = client.hand_in(revision).json
    given = root / "given" / learner / ASSIGNMENT
    given.mkdir(parents=True)
    (given / "feedback.html").write_text("<h1>Well done</h1><script>alert(1)</script>")
    referral = Referral.model_validate(
        {
            "id": "0123456789abcdef",
            "workbook": "w01",
            "class_id": "care-a",
            "learner": learner,
            "release": load_workbook(root / "releases" / ASSIGNMENT).release,
            "attempt": 2,
            "answers_sha256": "0" * 64,
            "made_at": datetime.now(UTC),
            "tasks": [{"item": "w01-t01", "missing": "An example."}],
            "answers": {"w01-t01": {"value": "Gwaith – “tŷ” 🙂"}, "w01-q01": {"value": "b"}},
        }
    )
    (given / "referral.json").write_text(json.dumps(referral.public()), "utf-8")
    kept = client.open()
    assert (kept["feedback"], kept["referral"]) == (f"api/{ASSIGNMENT}/feedback", referral.public())
    page = client.get(kept["feedback"])
    assert page.content.startswith(b"<h1>Well done")
    assert page.headers["Content-Security-Policy"].startswith("sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'")
    assert client.save("w01-t01@2", "Gwaith – “tŷ” 🙂, er enghraifft")["do"] == "saved"
    assert client.save("w01-q01@2", "a")["do"] == "refused"  # it is no task
    newer = client.save("w01-declaration@2", True)["kept"]["revision"]
    second = client.hand_in(newer).json
    assert second | {"attempt": 2, "answered": 1, "total": 1} == second
    with zipfile.ZipFile(root / "arrived" / second["file"]) as archive:
        assert json.loads(archive.read("manifest.json"))["referral"] == referral.id
        assert json.loads(archive.read("answers.json"))["answers"]["w01-t01"]["value"].endswith("er enghraifft")
    assert [one["attempt"] for one in client.open()["receipts"]] == [receipt["attempt"], 2]
    other = signed_in(service, "learner38")
    assert other.get(kept["feedback"]).status == 404
    assert (other.open()["referral"], other.open()["feedback"]) == (None, None)
    for other_learner in ("learner38", learner):  # theirs, and put into the wrong folder
        there = root / "given" / "learner38" / ASSIGNMENT
        there.mkdir(parents=True, exist_ok=True)
        (there / "referral.json").write_text(json.dumps(referral.public() | {"learner": other_learner}), "utf-8")
        assert (other.open()["referral"] is None) == (other_learner == learner)


def test_a_file_is_asked_for_by_its_name(service: Service, root: Path) -> None:
    client = Client(service.port)
    page = client.get(f"/{ASSIGNMENT}.html", Accept_Encoding="gzip")
    assert (page.status, page.headers["Content-Encoding"], page.headers["Cache-Control"]) == (200, "gzip", "no-cache")
    assert gzip.decompress(page.content) == client.get(f"/{ASSIGNMENT}.html").content == (root / "site" / f"{ASSIGNMENT}.html").read_bytes()
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert client.get(f"/{ASSIGNMENT}.html", If_None_Match=page.headers["Etag"]).status == 304
    assert client.get("/").content == (root / "site" / "index.html").read_bytes()
    [script] = (path.name for path in (root / "site").glob("workbook.*.js"))
    assert "immutable" in client.get(f"/{script}").headers["Cache-Control"]
    (root / "site" / "secret.toml").write_text("x")
    (root / "site" / ".hidden.html").write_text("x")
    (root / "site" / "linked.html").symlink_to(root / "tutor-token")
    bad = ["served.toml", "../served.toml", "..%2fserved.toml", "%2e%2e/tutor-token", "secret.toml", ".hidden.html", "linked.html", "site/"]
    bad += ["releases/w01-small/items.toml", "arrived/", "//etc/passwd", "index.html%00", "index.html/..", "w01-small.ipynb", "served.db"]
    assert {name: client.get(f"/{name}").status for name in bad} == dict.fromkeys(bad, 404)


def test_what_the_tutor_changes_is_there_without_a_restart(tmp_path: Path) -> None:
    root = make_class(tmp_path)
    with serving(root) as service:
        ana, ben = signed_in(service, "ana01"), signed_in(service, "ben02")
        write_list(root, learners=["ben02", "dai04"], code="QRSTUVWX")
        assert (ana.get("api/me").status, ben.get("api/me").status) == (401, 200)
        assert ana.join("dai04").status == 403  # by the old code
        assert ana.join("dai04", code="QRSTUVWX").status == 200
        (root / "served.toml").write_text("class_id = ")  # half written by something else
        assert ben.get("api/me").status == 200
        shutil.copytree(root / "releases" / ASSIGNMENT, root / "releases" / "w02-more")
        about = root / "releases" / "w02-more" / "workbook.toml"
        about.write_text(about.read_text().replace('"w01"', '"w02"'))
        items = root / "releases" / "w02-more" / "items.toml"
        back = 'id = "w02-p01"\nabout = ["w01-p01", "w01-p99"]'
        items.write_text(items.read_text().replace("w01-", "w02-").replace('id = "w02-p01"', back))
        practice = ben.save("w01-p01", "b", tried=TRIED)["kept"]
        there = ben.get("api/w02-more").json
        assert there["workbook"] == "w02"
        assert there["earlier"] == {"w01-p01": {"value": "b", "saved_at": practice["saved_at"], "tried": TRIED}}, (
            "how it went comes with it"
        )
        assert ben.get("api/w03-none").status == 404
        token = {"Authorization": f"Bearer {(root / 'tutor-token').read_text()}"}
        headers = token | {"X_Workbook": "1", "Content_Type": "application/json"}
        assert ben.ask("POST", "/api/pin-reset", b'{"learner": "ben02"}', **headers).status == 200
        assert ben.get("api/me").status == 401
        assert ben.post("api/join", code="QRSTUVWX", learner="ben02", pin="2468").json == {"error": "choose"}
        assert ben.join("ben02", "1357", code="QRSTUVWX").status == 200


def test_classes_are_kept_apart(tmp_path: Path) -> None:
    folders = [make_class(tmp_path / name, class_id=name) for name in ("care-a", "care-b")]
    with serving(*folders) as service:
        one = signed_in(service, "ana01", "/care-a/")
        assert "Path=/care-a/" in one.join("ana01").headers.get("Set-Cookie", "Path=/care-a/")
        other = Client(service.port, "/care-b/")
        other.cookie = one.cookie  # a browser would not send it there
        assert other.get("api/me").status == 401
        two = signed_in(service, "ben02", "/care-b/")
        both = f"{one.cookie}; {two.cookie}"  # as where each has a port of its own: cookies know of none
        assert [(where.get("api/me", Cookie=both).json["learner"]) for where in (one, two)] == ["ana01", "ben02"]
        assert other.get("/care-a/api/me").status == 200
        token = {"Authorization": f"Bearer {(folders[0] / 'tutor-token').read_text()}"}
        assert (other.get("api/live", **token).status, other.get("/care-a/api/live", **token).status) == (401, 200)
        assert other.get("/api/me").status == 404
        assert json.loads((folders[1] / "service.json").read_text())["address"] == f"http://127.0.0.1:{service.port}/care-b/"


def test_it_ends_politely_and_goes_on_where_it_was(tmp_path: Path) -> None:
    root = make_class(tmp_path)
    with serving(root) as service:
        client = signed_in(service)
        kept = client.save("w01-q01", "a")["kept"]
        assert json.loads((root / "service.json").read_text())["pid"] == service.process.pid
        assert service.stop() == 0
        assert not (root / "service.json").exists()
        service.again()
        client.close()
        assert client.open()["answers"]["w01-q01"] == kept
        assert "Traceback" not in service.log.read_text()


def test_with_a_certificate_nobody_reads_along(tmp_path: Path) -> None:
    root = make_class(tmp_path)
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=localhost"]
    subprocess.run([*made, "-keyout", str(root / "key.pem"), "-out", str(root / "cert.pem")], check=True, capture_output=True)
    options = ["--certificate", str(root / "cert.pem"), "--key", str(root / "key.pem")]
    with serving(root, options=options) as service:
        client = Client(service.port, tls=True)
        answer = client.join("ana01")
        assert {"Secure", "HttpOnly", "SameSite=Strict"} <= set(answer.headers["Set-Cookie"].split("; "))
        about = json.loads((root / "service.json").read_text())
        assert about["addresses"] == [f"https://127.0.0.1:{service.port}/"]
        near = Client(int(about["address"].rpartition(":")[2].strip("/")))  # for the tutor's side, on this machine
        assert near.get("api/live", Authorization=f"Bearer {(root / 'tutor-token').read_text()}").status == 200


@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param(["--processes", "2"], "Several processes need PostgreSQL", id="processes"),
        pytest.param(
            ["--database", "postgresql://nobody@127.0.0.1:1/none"], "The answers' database postgresql://nobody@", id="no database"
        ),
        *(
            pytest.param(["--database", url], "The answers' database must be given as sqlite:///FILE or postgresql://…", id=url[:7])
            for url in ("postgres://nobody@127.0.0.1/none", "served.db", "mysql://nobody@127.0.0.1/none")
        ),
        pytest.param(["--port", "{busy}"], "Nothing can be served at 127.0.0.1, port {busy}", id="port"),
        pytest.param(
            ["--certificate", "none.pem"], "The certificate none.pem cannot be used (No such file or directory)", id="certificate"
        ),
        pytest.param(["{empty}"], "holds no class that can be served: it has no served.toml", id="no class"),
    ],
)
def test_what_keeps_it_from_beginning_is_one_line(service: Service, root: Path, tmp_path: Path, options: list[str], said: str) -> None:
    words = {"busy": str(service.port), "empty": str(tmp_path)}
    command = [sys.executable, "-P", "-m", "workbook_helpers.cli", "serve", str(root), *(one.format(**words) for one in options)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, timeout=60)
    assert done.returncode == 2
    assert said.format(**words) in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.skipif(sys.platform != "linux", reason="by a limit on the size of files")
def test_a_full_disk_is_told_and_nothing_is_called_saved(tmp_path: Path) -> None:
    root = make_class(tmp_path)
    with serving(root) as service:
        client = signed_in(service)
        kept = client.save("w01-q01", "a")["kept"]
        size = max(path.stat().st_size for path in root.glob("served.db*"))
        [serves] = psutil.Process(service.process.pid).children()
        subprocess.run(["prlimit", f"--pid={serves.pid}", f"--fsize={size}:"], check=True)
        one = {"id": "w01-t01", "value": "long " * 4000, "base": 0, "key": "k"}
        full = client.post(f"api/{ASSIGNMENT}/save", copy=client.copy, saves=[one])
        assert (full.status, full.json, int(full.headers["Retry-After"]) > 0) == (507, {"error": "full"}, True)
        assert client.open()["answers"] == {"w01-q01": kept}
        subprocess.run(["prlimit", f"--pid={serves.pid}", "--fsize=unlimited:"], check=True)
        assert client.post(f"api/{ASSIGNMENT}/save", copy=client.copy, saves=[one]).json["saved"][0]["do"] == "saved"


def test_a_name_that_others_lead_here_is_refused(service: Service) -> None:
    client = Client(service.port)
    seen = {
        host: client.get("/", Host=host).status for host in ("localhost:1", "127.0.0.1", "[::1]:80", "evil.example", "localhost.evil", "")
    }
    assert seen == {"localhost:1": 200, "127.0.0.1": 200, "[::1]:80": 200, "evil.example": 403, "localhost.evil": 403, "": 200}
    assert client.get("/", Host=socket.gethostname()).status == 200


@pytest.mark.parametrize(
    ("path", "host", "status", "said", "leads"),
    [
        pytest.param(f"api/{ASSIGNMENT}/feedback", "", 401, "You are not signed in", True, id="signed out"),
        pytest.param("w01-smal.html", "", 404, "There is no such page here", True, id="mistyped"),
        pytest.param("some/where", "", 404, "There is no such page here", True, id="nowhere"),
        pytest.param("", "laptop.router.box", 403, "Use the address that your tutor shows you", False, id="another name"),
    ],
)
def test_who_opens_what_cannot_be_shown_reads_why_and_finds_home(
    service: Service, path: str, host: str, status: int, said: str, leads: bool
) -> None:
    client = Client(service.port)
    page = client.get(path, Accept="text/html,*/*;q=0.8", Host=host)
    assert (page.status, said in page.content.decode(), '<a href="/">My workbooks</a>' in page.content.decode()) == (status, True, leads)
    assert "error" in client.get(path, Accept="*/*", Host=host).json, "a page of ours asks"
