"""Make the pictures in the real browser, /usr/bin/chromium: python docs/pictures.py [web] [demo] [gallery] [desk] (all without a name).

`python docs/pictures.py states [FOLDER] [STATE …]` is another thing: it photographs every kind of question in every state, at every width
and look, into a folder to look through, and runs axe at each stop (tests/web/photograph.py).

`web` makes those of the file that needs a browser alone; `demo` makes the others of the README from a demo class; `gallery` makes one of
each kind of question, and docs/gallery.md; `desk` takes the
pages of the tutor's desk for docs/tutor.md, wherever that has a place for one.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, sync_playwright

from autograde.desk.registry import pages
from autograde.marking.kinds import MARKERS
from workbook_helpers.hand_in import choose_learner
from workbook_helpers.items import Item, Workbook, load_workbook
from workbook_helpers.web import workbook_file

HERE = Path(__file__).parent / "pictures"
ROOT = Path(__file__).parents[1]
GALLERY = """# Every kind of question

Made by `python docs/pictures.py gallery`. The workbook `workbooks/w99-gallery` has them to try, and shows how each is written.
"""


def choose(question: Locator, card: int, *choices: int) -> None:
    """Make choices on a card, and wait for the next one."""
    on = question.locator(".wb-cards-card").nth(card)
    for n in choices:
        on.get_by_role("radio").nth(n).check()
    on.wait_for(state="hidden")


ANSWERS: dict[str, tuple[Callable[[Locator], object], ...]] = {
    "single": (lambda q: q.locator("label").nth(1).click(), lambda q: q.get_by_role("button").click()),
    "multiple": (lambda q: q.locator("label").first.click(), lambda q: q.locator("label").nth(1).click()),
    "match": (lambda q: choose(q, 0, 1), lambda q: choose(q, 1, 2)),
    "sort": (lambda q: choose(q, 0, 0), lambda q: choose(q, 1, 1)),
    "order": (lambda q: [step.click() for step in q.locator(".wb-order-pick").all()[1:3]],),
    "gaps": (lambda q: choose(q, 0, 1), lambda q: choose(q, 1, 0)),
    "short": (lambda q: q.get_by_role("textbox").fill("content"), lambda q: q.get_by_role("button").click()),
    "scale": (lambda q: q.locator("label").nth(2).click(),),
    "handover": (lambda q: choose(q, 0, 1), lambda q: choose(q, 1, 2)),
    "relationships": (lambda q: [choose(q, n, n % 3, 3 + n % 2) for n in range(3)],),
    "scenario": (lambda q: q.get_by_role("radio").nth(1).check(), lambda q: q.get_by_role("button", name="Do this").click()),
}
"""Kind → what is done before its picture is taken."""
W01 = "w01-working-and-personal"
SINGLE = next(item.id for item in load_workbook(ROOT / "workbooks" / W01).assessed() if item.kind == "single")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PLACE = re.compile(r"^<!-- desk: ([a-z-]+) -->\n(?:!\[.*\n)?", re.MULTILINE)
"""A place in the guide for the picture of a page of the desk, and the picture that stands there."""


@contextmanager
def served(*command: str, cwd: Path) -> Iterator[str]:
    """Run a command that prints an address, and give the address."""
    with subprocess.Popen([sys.executable, "-u", "-m", *command], cwd=cwd, stdout=subprocess.PIPE, text=True) as process:
        try:
            for line in process.stdout or ():
                if found := re.search(r"http://\S+", line):
                    yield found[0]
                    break
        finally:
            process.terminate()


def shoot(browser: Browser, name: str, width: int = 1000, height: int = 820) -> Page:
    """Give a fresh page of this size; `name` is only for people who read along."""
    page = browser.new_context(viewport={"width": width, "height": height}, locale="en-GB").new_page()
    page.set_default_timeout(30_000)
    return page


def student_pages(browser: Browser, root: Path) -> None:
    """Take the student's pages."""
    folder = root / "students" / "s003"
    with served("workbook_helpers.cli", "open", str(folder), "--no-browser", cwd=root) as address:
        page = shoot(browser, "home", height=420)
        page.goto(address)
        page.screenshot(path=HERE / "my-workbooks.png")
        receipt = page.get_by_role("link", name=re.compile("^See my receipt")).get_attribute("href")
        page.get_by_role("link", name=re.compile("^Open again")).click()
        page.locator("#hand-in").wait_for(state="attached")
        page.set_viewport_size({"width": 1000, "height": 820})
        book = page.url.partition("#")[0]
        page.goto(f"{book}#w01-p01")  # the section that it stands in
        practice = page.locator("#w01-p01")
        for number in (0, 1):
            practice.locator("label").nth(number).click()
        practice.get_by_role("button", name="Check my answer").click()
        practice.locator(".wb-note").first.wait_for()
        practice.evaluate("node => node.scrollIntoView({ block: 'center' })")
        page.mouse.move(0, 0)
        page.screenshot(path=HERE / "workbook.png")
        page.goto(f"{book}#hand-in")
        page.locator("#hand-in").evaluate("node => node.scrollIntoView({ block: 'start' })")
        page.wait_for_timeout(300)
        page.screenshot(path=HERE / "hand-in.png")
        phone = page.context.new_page()
        phone.set_viewport_size({"width": 320, "height": 640})
        phone.goto(f"{book}#{SINGLE}")
        phone.locator(f"#{SINGLE}").wait_for()
        phone.locator(f"#{SINGLE}").evaluate("node => node.scrollIntoView({ block: 'start' })")
        phone.wait_for_timeout(300)
        phone.screenshot(path=HERE / "phone.png")
        page.goto(re.sub(r"/workbook\?.*", str(receipt), address))
        page.set_viewport_size({"width": 1000, "height": 760})
        page.screenshot(path=HERE / "receipt.png")


def web_pages(browser: Browser, root: Path) -> None:
    """Take the file as a student has it who needs a browser alone: a question, and on a phone what follows a hand-in."""
    file = root / f"{W01}.html"
    file.write_bytes(workbook_file(load_workbook(ROOT / "workbooks" / W01)))
    page = shoot(browser, "file", width=1000, height=700)
    page.goto(file.as_uri())
    page.locator(".wb-gate input[type=text]").fill("ana01")
    page.get_by_role("button", name="Show my questions").click()
    question = page.locator("#w01-p00")
    question.locator("label").first.click()
    question.get_by_role("button", name="Check my answer").click()
    question.locator(".wb-note").first.wait_for()
    page.locator("#w01-p00[data-wb-state=saved]").wait_for()
    page.mouse.move(0, 0)
    page.screenshot(path=HERE / "file.png")
    for name, control in ((SINGLE, "label >> nth=1"), ("w01-declaration", "input")):
        page.goto(f"{file.as_uri()}#{name}")  # the section that it stands in
        page.locator(f"#{name}").locator(control).click()
        page.locator(f"#{name}[data-wb-state=saved]").wait_for()
    page.set_viewport_size({"width": 390, "height": 844})
    panel = page.locator("#hand-in")
    panel.get_by_role("button", name="Hand in", exact=True).click()
    panel.get_by_role("button", name="Hand in anyway").click()
    receipt = panel.locator(".wb-receipt h3")
    receipt.wait_for()
    receipt.evaluate("node => node.scrollIntoView({ block: 'start' })")
    page.wait_for_timeout(300)
    page.screenshot(path=HERE / "file-phone.png")


def tutor_pages(browser: Browser, root: Path) -> None:
    """Take the tutor's page and the feedback page."""
    with served("autograde.cli", "serve", "--no-browser", cwd=root / "class") as address:
        page = shoot(browser, "formgrader", width=1200, height=900)
        page.goto(address)
        page.goto(re.sub(r"/formgrader\?.*", f"/formgrader/gradebook/{W01}/{W01}", address))
        page.locator("table a[href*='/submissions/']").first.click()
        page.wait_for_selector("#w01-t01")
        while not page.locator(".answer").first.inner_text().startswith("At work I support"):
            page.get_by_role("link", name="Next").click()
            page.wait_for_load_state("load")
        page.screenshot(path=HERE / "formgrader.png")
    page = shoot(browser, "feedback", height=900)
    page.goto((root / "class" / "feedback" / "s003" / W01 / f"{W01}.html").as_uri())
    page.screenshot(path=HERE / "feedback.png")


def each_kind(workbook: Workbook) -> dict[str, Item]:
    """Give kind → its first question, in the kinds' order."""
    first: dict[str, Item] = {}
    for item in workbook.items.values():
        first.setdefault(item.kind, item)
    return dict(sorted(first.items()))


def gallery_page(workbook: Workbook) -> str:
    """Give docs/gallery.md: what each kind is, how it is marked, and its picture."""
    lines = [GALLERY]
    for kind, item in each_kind(workbook).items():
        rule = item.rule() if kind in MARKERS or item.asks_person else "It carries no points."
        about = (type(item).__doc__ or "").splitlines()[0]
        lines += [f"## {kind}", "", f"{about} **Marking.** {rule}", "", f"![A question of the kind {kind}](pictures/kind-{kind}.png)", ""]
    return "\n".join(lines)


def gallery(browser: Browser, root: Path) -> None:
    """Take a picture of each kind from the gallery workbook, and write the page that shows them."""
    workbook = load_workbook(Path(shutil.copytree(ROOT / "workbooks" / "w99-gallery", root / "home" / "w99-gallery")))
    choose_learner(workbook, "ana01")
    with served("workbook_helpers.cli", "open", str(root / "home"), "--no-browser", cwd=root) as address:
        page = shoot(browser, "gallery", width=760, height=2400)  # the page scrolls inside itself: a taller question would be cut
        page.add_init_script("""localStorage["wb-display"] = '{"pages":"one"}'""")  # a question of another section would be hidden
        page.goto(address)
        page.get_by_role("link", name=re.compile("^Start")).click()
        page.locator("#hand-in").wait_for()
        page.locator("header.wb-top").evaluate("node => { node.style.position = 'static'; }")  # would lie over tall questions
        for kind, item in each_kind(workbook).items():
            question = page.locator(f"#{item.id}")
            for act in ANSWERS.get(kind, ()):
                act(question)
            page.mouse.move(0, 0)
            page.wait_for_timeout(500)
            question.screenshot(path=HERE / f"kind-{kind}.png")
    (HERE.parent / "gallery.md").write_text(gallery_page(workbook), "utf-8")


def open_class(browser: Browser, page: Page) -> None:
    """Open the class on the desk's page Live, and have learners come in and work; the address shown is that of no real network."""
    page.locator("#open-button").click()
    code, address = (page.locator(name).first.inner_text() for name in (".live-code", ".live-address"))
    for number, section in (("s001", 2), ("s002", 2), ("s004", 3)):
        one = shoot(browser, "learner")
        one.goto(address)
        for field, value in (("code", code), ("learner", number), ("pin", "2468")):
            one.locator(f"#join-{field}").fill(value)
        one.locator("form.wb-join button").click()
        one.locator("#join-again").fill("2468")
        one.locator("form.wb-join button").click()
        one.locator(f'#wb-cards a[href="{W01}.html"]').first.click()
        for _ in range(section):
            one.locator("a.wb-onward").click()
    page.locator(".live-where td:has-text(' answered')").nth(2).wait_for()
    page.locator(".live-address").first.evaluate("node => { node.textContent = 'http://192.168.1.20:8080/'; }")


def desk(browser: Browser, root: Path) -> None:
    """Take each page of the tutor's desk that the guide has a place for, and put it there; a page that is not there yet is left out."""
    guide, known = HERE.parent / "tutor.md", pages(in_class=True)
    text = guide.read_text("utf-8")
    with served("autograde.cli", "desk", "--no-browser", cwd=root / "class") as address:
        page = shoot(browser, "desk", width=1100, height=760)
        page.goto(address)
        for name in [name for name in PLACE.findall(text) if name in known]:
            page.goto(re.sub(r"/desk\?.*", f"/desk/{name}", address))
            if name == "mark":  # a task, not the list of them
                page.locator("[id^=task-]").first.click()
                page.locator("[data-mark-ready]").wait_for()
            elif name == "live":
                open_class(browser, page)
                page.set_viewport_size({"width": 1100, "height": 1260})
            page.locator("input[name=folder]").evaluate_all(
                "all => all.forEach(one => { one.value = 'E:/Backups'; })"
            )  # not of this machine
            page.screenshot(path=HERE / f"desk-{name}.png")
            if name == "live":
                page.locator("#close-button").click()
                page.locator("#open-button").wait_for()
                page.set_viewport_size({"width": 1100, "height": 760})

    def placed(found: re.Match[str]) -> str:
        name, place = found[1], f"<!-- desk: {found[1]} -->\n"
        return place + (f"![The desk’s page “{known[name].title}”](pictures/desk-{name}.png)\n" if name in known else "")

    guide.write_text(PLACE.sub(placed, text), "utf-8")


def main() -> None:
    """Make what was asked for."""
    if sys.argv[1:2] == ["states"]:
        sys.exit(subprocess.run([sys.executable, "-m", "tests.web.photograph", *sys.argv[2:]], cwd=ROOT, check=False).returncode)
    wanted = set(sys.argv[1:]) or {"web", "demo", "gallery", "desk"}
    HERE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        root = Path(temporary) / "demo"
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        if "web" in wanted:
            web_pages(browser, Path(temporary))
        if wanted & {"demo", "desk"}:
            subprocess.run([sys.executable, "-m", "autograde.demo", "--no-serve", "--students", "9", "--folder", str(root)], check=True)
        if "demo" in wanted:
            student_pages(browser, root)
            tutor_pages(browser, root)
        if "desk" in wanted:
            desk(browser, root)
        if "gallery" in wanted:
            gallery(browser, Path(temporary))
        browser.close()


if __name__ == "__main__":
    main()
