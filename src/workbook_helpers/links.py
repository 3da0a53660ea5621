"""Links of a feedback page, which is one file for every place: whoever knows where the student's workbook is puts the addresses in.

A page is written with links that have no address (an `a` element without `href` is a place for one). `autograde feedback` puts them in
where the class has a site, and the Jupyter host does when it shows the page; a page that is opened as a file keeps the words alone.
"""

import re
from html import escape
from urllib.parse import quote

HOME = "<a data-home>"
"""How the link to "My workbooks" begins."""
PART = re.compile(rb'<a data-part="([^"<>&\s]{1,600})">')


def part(section: str) -> str:
    """Give how a link to a section of the workbook begins.

    Its heading has the id that nbconvert gives it, in every host: the heading with hyphens for spaces.
    """
    return f'<a data-part="{quote(section.replace(" ", "-"))}">'


def addressed(page: bytes, home: str, workbook: str) -> bytes:
    """Put addresses into the links of a page.

    Parameters
    ----------
    home, workbook
        The addresses of "My workbooks" and of the workbook; "" for one that is not known.
    """
    if home:
        page = page.replace(HOME.encode(), f'<a href="{escape(home)}">'.encode())
    return PART.sub(f'<a href="{escape(workbook)}#'.replace("\\", r"\\").encode() + rb'\1">', page) if workbook else page
