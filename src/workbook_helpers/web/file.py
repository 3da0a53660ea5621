"""A workbook as one HTML file, which asks nobody for anything."""

import re
from base64 import b64encode

from markupsafe import Markup

from workbook_helpers.items import Workbook
from workbook_helpers.web.page import FONTS, built, data, font, hashed, policy, workbook_page
from workbook_helpers.words import LANGUAGES, catalogue

ENDS = re.compile(r"<(?=/script|script|!--)", re.IGNORECASE)
"""What would end a script within a page, or begin another; our scripts have such a thing in texts alone."""
FACE = re.compile(r"@font-face\{[^}]*\}")


def workbook_file(workbook: Workbook) -> bytes:
    """Give a workbook as one HTML file, in UTF-8: nothing is fetched from anywhere, and nothing runs but our one script.

    The letters for people with dyslexia come in one weight, since the second would make the file half as large again; they stand
    at the end, so that the text is there before them. They are OpenDyslexic as it was published: its licence keeps the name from
    any smaller cut of it.

    Raises
    ------
    ContentError
        If the workbook's files have a fault.
    """
    script = ENDS.sub(r"\\x3c", built("workbook.js"))
    words = data("wb-words", {language: catalogue(language) for language in LANGUAGES})
    head = Markup('<link rel="icon" href="data:;base64,=">\n<style>{}</style>').format(_sheet(built("page.css") + built("workbook.css")))
    foot = Markup('<script type="module">{}</script>\n<style>{}</style>').format(Markup(script), _sheet(_letters()))  # noqa: S704
    page = workbook_page(workbook, words=words, head=head, foot=foot, policy=policy(hashed(script)))
    return page.encode("utf-8", "replace")


def _letters() -> str:
    name = FONTS[0]
    face = next(face for face in FACE.findall(built("dyslexic.css")) if name in face)
    return re.sub(r"url\([^)]*\)", f"url(data:font/woff2;base64,{b64encode(font(name)).decode()})", face)


def _sheet(text: str) -> Markup:
    return Markup(text.strip().replace("</", r"<\/"))  # noqa: S704  nothing in it ends a <style>
