"""What goes back: nobody is passed over without a word, and what went onto the exchange is kept."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from autograde.classes.folder import Course
from autograde.cli import app
from autograde.errors import ClassError
from autograde.gradebook.givings import read_givings
from autograde.inbox.intake import intake
from autograde.outbox import giving
from autograde.outbox.give_back import give_back
from autograde.outbox.moodle import worksheet
from autograde.outbox.ready import Outgoing, Ready
from autograde.run.mark import mark_class

if TYPE_CHECKING:
    from tests.tutor.conftest import Kit

WORKSHEET = """\
Identifier,Full name,Status,Grade,Maximum grade,Grade can be changed,Last modified (submission),Last modified (grade),Feedback comments
Participant 101,Liam Green,Submitted,,12.00,No,-,-,
Participant 102,Ben Ode,Submitted,,12.00,Yes,-,-,
"""


def page(number: int, first: str, last: str) -> Outgoing:
    learner = f"l{number}"
    return Outgoing(
        id=learner,
        shown=learner,
        first_name=first,
        last_name=last,
        email="",
        path=Path(f"{learner}.html"),
        points=7,
        handed_in=None,
        comments=(),
        digest="",
        moodle=str(number),
    )


def test_who_is_not_in_the_worksheet_is_told_also_where_the_name_is_part_of_another_one() -> None:
    pages = (page(101, "Liam", "Green"), page(102, "Ben", "Ode"), page(103, "Li", ""))
    made = worksheet(
        Ready(assignment="w01-small", short="w01", title="Small", max=12, pages=pages, withheld=()), pages, WORKSHEET.encode(), "x.csv"
    )
    assert made.to == ("l102",)
    assert made.notes == ("Moodle has locked the grade of Liam Green: nothing was filled in.", "Not in the worksheet: Li.")


@pytest.mark.skipif(sys.platform == "win32", reason="nbgrader has no exchange on Windows")
@pytest.mark.usefixtures("small_key")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # nbgrader leaves its files open
@pytest.mark.parametrize("odd", [b"", b"\x81"], ids=["empty", "no UTF-8"])
def test_what_went_onto_the_exchange_is_kept_and_no_learner_stops_the_others(
    course: Course, kit: "Kit", tmp_path: Path, monkeypatch: pytest.MonkeyPatch, odd: bytes
) -> None:
    config = course.root / "nbgrader_config.py"
    config.write_text(config.read_text("utf-8").replace("exchange=''", f"exchange={str(tmp_path / 'exchange')!r}"), "utf-8")
    (tmp_path / "exchange").mkdir()
    (tmp_path / "exchange").chmod(0o777)
    secrets = {"ana01": b"secret of ana01", "ben01": b"secret of ben01", "cai01": odd}
    for learner, secret in secrets.items():
        (tmp_path / f"{learner}.zip").write_bytes(kit.hand_in(learner, q01="a"))
        intake(course, [tmp_path / f"{learner}.zip"], "w01")
        (course.path("submitted", learner, "w01-small") / "submission_secret.txt").write_bytes(secret)
    assert {line.outcome for line in mark_class(course, "w01-small")} == {"marked"}
    monkeypatch.chdir(course.root)
    done = CliRunner().invoke(app, ["feedback", "w01"])
    assert "2 of them are on the exchange" in " ".join(done.output.split())

    def kept() -> list[tuple[str, list[str]]]:
        return [(one.way, sorted(one.to)) for one in read_givings(course.db_url, course.course_id, "w01-small")]

    assert kept() == [(giving.Way.EXCHANGE, ["ana01", "ben01"])]

    note = "The exchange has no place for the page of cai01: submission_secret.txt cannot be used. Give it back another way."
    assert giving.give_on_exchange(course, "w01-small").notes == (note,)

    def full(course: Course, assignment: str, student: str) -> None:
        if student == "ana01":
            msg = "the exchange is full"
            raise ClassError(msg)
        give_back(course, assignment, student)

    monkeypatch.setattr(giving, "give_back", full)
    for give in (giving.give_on_exchange, lambda *of: giving.put_on_exchange(of[0], of[1], ["ana01", "ben01"])):
        with pytest.raises(ClassError, match=r"is full\. 1 page is on the exchange now; not there: ana01\."):
            give(course, "w01-small")
        assert kept()[0] == (giving.Way.EXCHANGE, ["ben01"])
        assert read_givings(course.db_url, course.course_id, "w01-small")[0].notes[-1] == "the exchange is full"
