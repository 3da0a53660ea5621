"""The pages of the desk, in the order of the menu. A new page is a module, a template of its name, and a line here."""

from autograde.desk import (
    classes,
    give_back,
    give_out,
    guide,
    home,
    keep_safe,
    learners,
    live,
    mark,
    quality,
    questions,
    results,
    take_in,
    wording,
)
from autograde.desk.pages import Page

PAGES: tuple[Page, ...] = (
    classes.PAGE,
    home.PAGE,
    learners.PAGE,
    give_out.PAGE,
    live.PAGE,
    take_in.PAGE,
    mark.PAGE,
    give_back.PAGE,
    results.PAGE,
    questions.PAGE,
    quality.PAGE,
    wording.PAGE,
    keep_safe.PAGE,
    guide.PAGE,
)


def pages(*, in_class: bool, only: frozenset[str] = frozenset()) -> dict[str, Page]:
    """Give name → page, of a class or outside of one; `only` these, where a server does not show all."""
    return {page.name: page for page in PAGES if (page.everywhere or page.in_class is in_class) and (not only or page.name in only)}
