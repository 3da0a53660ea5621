"""Run the whole path once with an invented class: answers, hand-in, intake, marking, feedback, then the site and both servers' pages."""

import csv
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle, islice
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from autograde.classes.folder import Course, workbooks_folder
from autograde.classes.new import new_course
from autograde.classes.roster import import_roster
from autograde.content import load_key
from autograde.inbox.intake import intake
from autograde.marking import Key
from autograde.marking.kinds import MARKERS
from autograde.outbox.feedback import write_feedback
from autograde.outbox.release import release
from autograde.run.mark import mark_class
from workbook_helpers.answers import AnswerStore
from workbook_helpers.errors import WorkbookError
from workbook_helpers.files import expand_home
from workbook_helpers.hand_in import choose_learner, hand_in
from workbook_helpers.items import Item, Json, Workbook, load_workbook

app = typer.Typer(add_completion=False)
console = Console()
T = TypeVar("T")

NAMES = (
    ("Amina", "Yusuf"), ("Siân", "Llewelyn"), ("Tom", "O'Brien"), ("Ngozi", "Okafor"), ("Łukasz", "Wójcik"), ("Mary, Ann", "Smith-Jones"),
    ("Nguyễn", "Thị Hoa"), ("Rhys", "ap Gruffudd"), ("Fatima", "El-Sayed"), ("Grace", "Mensah"), ("Ieuan", "Pugh"), ("Olena", "Kovalenko"),
)  # fmt: skip

GOOD = (
    "At work I support Mrs B because it is my job and I am paid for it. With my sister I chose the bond, and we share "
    "everything. The difference matters because Mrs B has less power than I have: I know her care plan and she does not "
    "know my life. So I keep to the plan, I write notes, and I tell my manager when a boundary feels hard to keep."
)
SHORT = "It is different because one is work."
WELSH = (
    "Rwy'n gweithio mewn cartref gofal yng Ngheredigion. Mae perthynas waith yn wahanol i gyfeillgarwch achos mae rheolau a ffiniau, "
    "ac oherwydd bod gen i fwy o bŵer na'r unigolyn. Ŵyr neb y cyfan, felly rwy'n gofyn i'm rheolwr."
)
EMOJI = (
    "I smile 🙂 and I listen 👂 because warm care is good care. "
    "But I do not add people as friends online 🚫📱 because the boundary keeps us both safe 🛟."
)


@dataclass(frozen=True)
class Profile:
    """How an invented student works: which closed items (share of them), right or wrong, and which words."""

    name: str
    share: float
    right: bool
    text: str


READER = "you01"
"""Whoever reads what the demo says: on the roster, and has not handed in."""
PROFILES = (
    Profile("complete", 1, True, GOOD),
    Profile("Welsh text", 1, True, WELSH),
    Profile("partial", 0.5, True, SHORT),
    Profile("emoji text", 1, True, EMOJI),
    Profile("wrong", 1, False, SHORT),
    Profile("very long", 1, True, (GOOD + "\n\n") * 60),
    Profile("blank", 0, True, ""),
)


@app.command()
def demo(
    students: Annotated[int, typer.Option(min=1, max=2000, help="How many invented students.")] = 12,
    folder: Annotated[Path, typer.Option(help="Where to put the class; must not exist yet.")] = Path("demo"),
    serve: Annotated[bool, typer.Option(help="Serve the site, Jupyter's page and formgrader at the end, until Ctrl-C.")] = True,
) -> None:
    """Run the whole path with an invented class.

    Makes a class and a folder for each student, answers workbook 1 in their names, hands it in, takes it in, marks it,
    writes the feedback and shows a summary. Every second student hands in
    the form of file that a web page makes. Example: python3 start.py demo --students 30 --folder my-demo
    """
    try:
        root = _fresh(folder)
        course, profiles = _run(root, students)
        if serve:
            student = next(iter(profiles))
            _others(course, root / "students" / student)
            _serve(root, course, student)
    except WorkbookError as error:
        console.print(Text(str(error), style="red"), soft_wrap=True)
        raise typer.Exit(2) from error
    except OSError as error:
        console.print(Text(f"{error.filename or folder} cannot be used ({error.strerror or error}). Give another --folder.", style="red"))
        raise typer.Exit(2) from error


def _run(root: Path, students: int) -> tuple[Course, dict[str, Profile]]:
    course = new_course(root / "class", name="Demo class")
    people = _people(students)
    profiles = dict(zip(people, islice(cycle(PROFILES), students), strict=True))
    import_roster(course, _roster_file(root / "roster.csv", people | {READER: ("You", "Yourself")}))
    console.print(f"1. Made a class of {students} invented students in {course.root}")
    released = release(course, "w01")
    assignment = released.assignment
    workbook = course.workbook(assignment)
    key = load_key(workbook.id)
    console.print(f"2. Released {assignment}: {released.handout}")
    console.print(f"   For those who have a browser: {released.file} and {released.site}")
    web = set(list(profiles)[1::2])
    handed = [
        (_web_student if student in web else _student)(
            root / "students" / student, released.handout, assignment, key, profiles[student], student
        )
        for student in _bar("3. Students answer and hand in", profiles)
    ]
    if web:
        console.print(
            f"   {len(web)} of them hand in the form of file that the web page makes: answers and manifest, no notebook. The demo has "
            "written these, as it needs no browser; hand one in from the site yourself, and see below how it is taken in."
        )
    report = intake(course, handed, assignment)
    console.print(f"4. Took in {len(report.taken)} hand-ins")
    lines = list(_bar("5. Marking", mark_class(course, assignment), len(people)))
    marked = [student for student in people if profiles[student].text][: max(1, students // 3)]
    for student in _bar("6. An invented tutor marks the written answers of a third", marked):
        _tutor(course, workbook, student)
    pages = {page.student: page for page in _bar("7. Feedback", write_feedback(course, assignment, partial=True), len(people))}
    for student, page in pages.items():
        if page.path:
            back = root / "students" / student / ("" if student in web else assignment) / "feedback"
            back.mkdir(exist_ok=True)
            shutil.copy(page.path, back)
    table = Table(
        title=f"{workbook.about.title}: {len(lines)} hand-ins",
        caption="A total is not the unit's result: a person decides on each criterion.",
    )
    for heading in ("Student", "Work", "Closed questions", "Written answers", "Remarks"):
        table.add_column(heading, overflow="fold")
    top = sum(item.points for item in workbook.paper(assessed=True).values() if not item.asks_person)
    for line in lines:
        waiting = "marked" if line.student in marked else f"{line.waiting} wait for you" if line.waiting else "blank"
        table.add_row(line.student, profiles[line.student].name, f"{line.points:g} of {top:g}", waiting, "; ".join(line.oddities))
    console.print(table)
    console.print(f"Feedback pages: {course.root / 'feedback'}")
    return course, profiles


def _others(course: Course, home: Path) -> None:
    """Release the other workbooks, too, and put them into a student's folder, to be looked at."""
    shelf = [load_workbook(path.parent) for path in sorted(workbooks_folder(course).glob("*/workbook.toml"))]
    others = [workbook for workbook in shelf if workbook.about.role != "gallery" and workbook.assignment not in course.assignments()]
    for workbook in _bar("8. The other workbooks, to look at", others):
        with zipfile.ZipFile(release(course, workbook.id).handout) as archive:
            archive.extractall(home)


def _bar(title: str, steps: Iterable[T], total: int | None = None) -> Iterable[T]:
    """Go through `steps` with a progress bar."""
    size = total if total is not None else len(steps) if isinstance(steps, (list, dict)) else None
    with Progress(console=console) as progress:
        yield from progress.track(steps, total=size, description=title)


def _people(n: int) -> dict[str, tuple[str, str]]:
    return {f"s{number:03}": name for number, name in enumerate(islice(cycle(NAMES), n), 1)}


def _roster_file(path: Path, people: dict[str, tuple[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "first name", "last name", "email"])
        writer.writerows([student, *name, f"{student}@example.org"] for student, name in people.items())
    return path


def _student(home: Path, handout: Path, assignment: str, key: Key, profile: Profile, student: str, *, named: bool = False) -> Path:
    """Do what a student does, through the parts that a student's page in Jupyter uses; give the hand-in zip.

    With `named` the learner is known before the first answer, as a page without Jupyter asks for.
    """
    with zipfile.ZipFile(handout) as archive:
        archive.extractall(home)
    workbook = load_workbook(home / assignment)
    store = AnswerStore(workbook.folder, workbook.id)
    if workbook.pools or named:
        choose_learner(workbook, student)
    paper = workbook.paper(store.seed() if workbook.draws() else "", assessed=True)
    closed = [item for item in paper.values() if not item.asks_person]
    for item in closed[: round(len(closed) * profile.share)]:
        store.put(item.id, _choice(item, key, right=profile.right))
    for item in workbook.items.values():
        if item.kind == "declaration":
            store.put(item.id, value=True)
        elif item.asks_person and profile.text:
            store.put(item.id, profile.text)
    receipt = hand_in(workbook, student)
    return home / "handed-in" / receipt.file


def _web_student(home: Path, handout: Path, assignment: str, key: Key, profile: Profile, student: str) -> Path:
    """Do what a student does who has a browser alone; give a hand-in zip of the form that the web page makes (page/hosts/pack.js).

    What runs is the Jupyter student's way, in a folder that goes; then the notebook, which a browser does not have, is left out. The
    page's own hand-in is a script for browsers, and is taken in beside these in tests/end_to_end/test_tutor.py.
    """
    with tempfile.TemporaryDirectory() as temporary:
        made = _student(Path(temporary), handout, assignment, key, profile, student, named=True)
        kept = home / "handed-in" / made.name
        kept.parent.mkdir(parents=True)
        with zipfile.ZipFile(made) as full, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as zipped:
            for name in ("answers.json", "manifest.json"):
                zipped.writestr(full.getinfo(name), full.read(name))
    return kept


def _choice(item: Item, key: Key, *, right: bool) -> Json:
    tries = MARKERS[item.kind].tries(item, key.keys[item.id].right)
    return tries.right if right else tries.wrong


def _tutor(course: Course, workbook: Workbook, student: str) -> None:
    """Give points and a comment as formgrader does: a manual score and a manual comment."""
    with course.gradebook() as gradebook:
        for name, item in workbook.paper(assessed=True).items():
            if item.asks_person:
                place = (name, workbook.assignment, workbook.assignment, student)
                grade, comment = gradebook.find_grade(*place), gradebook.find_comment(*place)
                grade.manual_score, grade.needs_manual_grade = round(item.points * 0.7), False
                comment.manual_comment = "You give a clear reason. Add one example from your own workplace to make it stronger."
        gradebook.db.commit()


def _fresh(folder: Path) -> Path:
    """Give a folder that does not exist yet: `folder` itself, or the same with a number."""
    folder = folder.absolute()
    numbered = (folder.with_name(f"{folder.name}-{number}") for number in range(2, 1000))
    root = next(path for path in (folder, *(numbered if folder.name else ())) if not path.exists())
    if root.name != folder.name:
        console.print(f"{folder} exists already, so this demo goes to {root.name}.")
    root.mkdir(parents=True)
    return root


def _serve(root: Path, course: Course, student: str) -> None:
    commands: dict[str, Callable[[int], list[str]]] = {
        "workbook_helpers.cli": lambda port: ["open", str(root / "students" / student), "--no-browser", "--port", str(port)],
        "autograde.cli": lambda port: ["serve", "--no-browser", "--port", str(port)],
    }
    title = course.workbook(next((course.root / "release").glob("w01-*")).name).about.title
    console.rule("All pages are being served until you press Ctrl-C")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with _site(course.root / "handout" / "site") as address:
        for line in (
            f"What a student needs is a browser: {address}",
            f"Try it: open “{title}”, type {READER} as learner ID, answer, hand in, and keep the file. These",
            "commands, one after the other, take it in; give them in a second window that `python3 start.py shell` has made ready:",
            f'cd "{course.root}"',
            "autograde intake FILE --workbook w01",
            "autograde mark w01",
            "Below: the same workbooks for students who have Jupyter, and formgrader for the tutor.",
        ):
            console.print(Text(line), soft_wrap=True)
        servers = [
            subprocess.Popen([sys.executable, "-P", "-m", module, *arguments(_free_port())], cwd=course.root)
            for module, arguments in commands.items()
        ]
        try:
            for server in servers:
                server.wait()
        except KeyboardInterrupt:
            pass
        finally:
            for server in servers:
                server.terminate()
            for server in servers:
                server.wait(timeout=20)


class _Files(SimpleHTTPRequestHandler):
    """Gives out a folder, as any web server does."""

    extensions_map = {  # noqa: RUF012, http.server's
        **SimpleHTTPRequestHandler.extensions_map,
        ".html": "text/html",
        ".js": "text/javascript",  # Windows may have been told that a script is plain text, which no browser runs
        ".css": "text/css",
        ".svg": "image/svg+xml",
        ".png": "image/png",
        ".webmanifest": "application/manifest+json",
    }

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def _site(folder: Path) -> Iterator[str]:
    """Serve the site to this machine alone; gives its address."""
    with ThreadingHTTPServer(("localhost", 0), partial(_Files, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://localhost:{server.server_port}/"
        finally:
            server.shutdown()


def _free_port() -> int:
    """Give a port that nothing uses, below those that a system gives to kernels, which may start before the server does."""
    while True:
        port = secrets.choice(range(11_000, 32_000))
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


if __name__ == "__main__":
    sys.argv[1:] = [expand_home(word) for word in sys.argv[1:]]
    app()
