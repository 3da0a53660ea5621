"""A learning platform, a college's folder that knows it, and a class whose course is there."""

import json
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from autograde.classes.folder import Course
from autograde.gradebook.platform_people import link
from autograde.inbox.intake import intake
from autograde.lti.connection import connect
from autograde.outbox.feedback import write_feedback
from autograde.run.mark import mark_class
from tests.conftest import ROOT
from tests.lti.reference import CLIENT, CONTEXT, DEPLOYMENT, Reference, member, running
from tests.tutor.conftest import ASSIGNMENT, Kit, _models, course, server, shelf, small_key
from tests.tutor.test_audit import by_hand
from workbook_helpers.files import write_file
from workbook_helpers.lti.contexts import keep_offer
from workbook_helpers.lti.key import FILE, make_key, read_key
from workbook_helpers.lti.launch import read
from workbook_helpers.lti.platforms import read_settings

__all__ = ["_models", "course", "server", "shelf", "small_key"]


@pytest.fixture(scope="module")
def _running() -> Iterator[Reference]:
    with running() as found:
        yield found


@pytest.fixture
def platform(_running: Reference) -> Reference:
    """Give a platform that has nobody in it and was told nothing."""
    fresh = Reference(_running.address, key=_running.key)
    for name in ("people", "columns", "told", "answers", "asked"):
        getattr(_running, name).clear()
    _running.scores.clear()
    _running.tokens.clear()
    _running.lost, _running.page, _running.astray, _running.tool = None, fresh.page, "", {}
    return _running


@cache
def _tool() -> bytes:
    """Make the tool's key, which takes long, once."""
    with TemporaryDirectory() as folder:
        make_key(Path(folder))
        return (Path(folder) / FILE).read_bytes()


def college_folder(folder: Path, address: str, hub: str, served: Path) -> Path:
    """Write what a college has set up for one platform and one class."""
    folder.mkdir(parents=True)
    write_file(folder / FILE, _tool(), mode=0o600)
    (folder / "lti.toml").write_text(
        f"""address = "{hub}"
[[platforms]]
name = "Moodle"
issuer = "{address}"
client_id = "{CLIENT}"
deployments = ["{DEPLOYMENT}"]
authorize_url = "{address}/auth"
token_url = "{address}/token"
jwks_url = "{address}/jwks"
[[courses]]
id = "a"
issuer = "{address}"
context = "{CONTEXT}"
served = {json.dumps(str(served))}
""",
        "utf-8",
    )
    return folder


@pytest.fixture
def college(platform: Reference, tmp_path: Path) -> Path:
    """Give a college's folder; the platform knows the tool's key."""
    folder = college_folder(tmp_path / "lti", platform.address, "https://hub.example.ac.uk", tmp_path / "served")
    platform.tool = read_key(folder).public()
    return folder


@pytest.fixture
def joined(course: Course, college: Path, platform: Reference) -> Course:
    """Give a class whose course is at the platform, from which somebody has come already."""
    join(course, college, platform)
    return course


def join(course: Course, college: Path, platform: Reference) -> None:
    """Let a class be that of the platform's course, from which somebody has come."""
    settings = read_settings(college)
    keep_offer(college, settings.of("a"), read(settings.platforms[0], platform.claims(nonce="n")))
    connect(course, college, "a")


def hand_in(course: Course, folder: Path, **answers: dict[str, Any]) -> None:
    """Take hand-ins in, mark them, and make their pages."""
    for learner, values in answers.items():
        file = folder / f"{learner}.zip"
        file.write_bytes(Kit().hand_in(learner, **values))
        intake(course, [file], "w01")
    list(mark_class(course, ASSIGNMENT))
    list(write_feedback(course, ASSIGNMENT, partial=True))


@pytest.fixture(scope="session")
def _handed_in(_models: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a class of which two have handed in, once: ana has all of her points, 9 of 12, and an answer of ben's waits for a person."""
    folder = tmp_path_factory.mktemp("handed-in")
    course = Course(Path(shutil.copytree(_models["course"], folder / "class")))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in own_key(folder).items():
            patch.setenv(name, value)
        ana, ben = {"q01": "a", "t01": "Because.", "declaration": True}, {"q01": "b", "t01": "So.", "declaration": True}
        hand_in(course, folder, ana01=ana, ben01=ben)
        by_hand(course, 7)
        list(write_feedback(course, ASSIGNMENT, partial=True))
    return course.root


def own_key(folder: Path) -> dict[str, str]:
    """Write the small workbook's key and rubric; give the variables that name them."""
    for kind in ("keys", "rubrics"):
        (folder / "own" / kind).mkdir(parents=True)
        text = (ROOT / "autograde" / "content" / kind / "w01.toml").read_text("utf-8")
        if kind == "keys":
            text = text.partition("[keys]")[0] + '[keys]\nw01-q01 = { right = "a", reason = "So it is." }\n'
        (folder / "own" / kind / "w01.toml").write_text(text, "utf-8")
    return {"AUTOGRADE_KEYS": str(folder / "own"), "JUPYTER_CONFIG_DIR": str(folder / "jupyter")}


@pytest.fixture
def marked(_handed_in: Path, shelf: Path, small_key: None, college: Path, platform: Reference, tmp_path: Path) -> Course:
    """Give a class at a platform where ana and ben are linked, have handed in, and are marked (`_handed_in`)."""
    course = Course(Path(shutil.copytree(_handed_in, tmp_path / "class")))
    join(course, college, platform)
    platform.people += [member("sub-ana"), member("sub-ben")]
    link(course, platform.address, {"ana01": "sub-ana", "ben01": "sub-ben"})
    return course


@pytest.fixture
def released(course: Course, tmp_path: Path) -> Path:
    """Give the folder that a class's service reads, with the small workbook in it."""
    shutil.copytree(course.root / "release" / "." / ASSIGNMENT, tmp_path / "served" / "releases" / ASSIGNMENT)
    return tmp_path / "served"
