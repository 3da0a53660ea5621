"""A workbook as one HTML file, which asks nobody for anything."""

import re
from base64 import b64encode
from typing import Any

from markupsafe import Markup

from workbook_helpers.items import KINDS, Workbook
from workbook_helpers.referral import ELEMENT, Referral
from workbook_helpers.web.page import FONTS, PROGRAM, SERVED, built, data, font, hashed, policy, workbook_page
from workbook_helpers.words import LANGUAGES, catalogue

ENDS = re.compile(r"<(?=/script|script|!--)", re.IGNORECASE)
"""What would end a script within a page, or begin another; our scripts have such a thing in texts alone."""


def workbook_file(workbook: Workbook, *, looked_at: bool = False, referral: Referral | None = None) -> bytes:
    """Give a workbook as one HTML file, in UTF-8: nothing is fetched from anywhere, and nothing runs but our one script.

    The letters for people with dyslexia stand at the end, so that the text is there before them.

    Parameters
    ----------
    looked_at
        Whether it is shown to who only looks at it: then it does not ask who works here.
    referral
        For the one learner whom the tutor asks to look at some tasks again: the file opens these, and is for nobody else.

    Raises
    ------
    ContentError
        If the workbook's files have a fault, or the referral is not about this workbook.
    """
    script = ENDS.sub(r"\\x3c", built("workbook.js"))
    without = {"home", PROGRAM, *SERVED, *KINDS} - {item.kind for item in workbook.items.values()} | (set() if referral else {"referral"})
    words = data("wb-words", {language: catalogue(language, without=without) for language in LANGUAGES})
    if referral:
        referral.check(workbook)
        words += Markup("\n") + data(ELEMENT, referral.public())
    head = Markup('<link rel="icon" href="data:;base64,=">\n<style>{}</style>').format(_sheet(built("page.css") + built("workbook.css")))
    foot = Markup('<script type="module">{}</script>\n<style>{}</style>').format(Markup(script), _sheet(_letters()))  # noqa: S704
    behind: dict[str, Any] = {"looked_at": "you"} if looked_at else {}
    page = workbook_page(workbook, words=words, head=head, foot=foot, policy=policy(hashed(script)), **behind)
    return page.encode("utf-8", "replace")


def _letters() -> str:
    letters = built("dyslexic.css")
    for name in FONTS:
        letters = letters.replace(name, f"data:font/woff2;base64,{b64encode(font(name)).decode()}")
    return letters


def _sheet(text: str) -> Markup:
    return Markup(text.strip().replace("</", r"<\/"))  # noqa: S704  nothing in it ends a <style>
