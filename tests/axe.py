"""axe on a page, in half the time of axe by itself: put there once, told each colour that it has read before, its maps replaced."""

import json
from collections.abc import Iterable
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

AXE = f"""() => {{
  const WeakMap = class {{ // axe has eight for each of its colours, which take longer to fill and to sweep than all else it does with them
    #here = Symbol();
    has(key) {{ return Object.hasOwn(key, this.#here); }}
    get(key) {{ return key[this.#here]; }}
    set(key, value) {{ key[this.#here] = value; return this; }}
  }};
  {AXE_SCRIPT}
  const colours = axe.commons.color.Color.prototype, read = colours.parseString, known = new Map();
  colours.parseString = function (text) {{
    if (known.has(text)) return Object.assign(this, known.get(text));
    read.call(this, text);
    known.set(text, {{ r: this.r, g: this.g, b: this.b, alpha: this.alpha }});
    return this;
  }};
}}"""
"""Puts axe on a page."""
LOOK = """async ([context, options]) => {
  const { violations, passes } = await axe.run(context ?? document, options);
  return JSON.stringify([violations, [...new Set(passes.flatMap(({ tags }) => tags))]]);
}"""


TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
"""The rules that our pages are held to."""
COLOURS = ["color-contrast", "link-in-text-block"]
"""Those of them that look at colours, which is half of their work."""
PASSED: set[str] = set()
BROKEN: set[str] = set()
"""The tags of all rules that had something to look at and found no fault, and of those that found one, for docs/accessibility.py."""


def by_axe(page: Page, context: str | None = None, options: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """Give the rules of axe that are broken, each with its nodes.

    Of what passes it need not describe each node: with many questions on a page that takes longer than to look.
    """
    if page.evaluate("() => !globalThis.axe"):
        page.evaluate(AXE)
    violations, tags = json.loads(page.evaluate(LOOK, [context, {**(options or {}), "resultTypes": ["violations"]}]))
    PASSED.update(tags)
    BROKEN.update(tag for rule in violations for tag in rule["tags"])
    return violations


def violations(page: Page, context: str | None = None, without: Iterable[str] = ()) -> list[tuple[str, str]]:
    left_out = {*without, *(["heading-order"] if context else [])}  # it is that of a whole page: JupyterLab takes out cells out of sight
    options = {"runOnly": {"type": "tag", "values": TAGS}, "rules": {rule: {"enabled": False} for rule in left_out}}
    page.evaluate("scrollTo(0, 0)")  # elsewhere a header that stays in view may lie over half a button, which axe takes for its size
    return [(rule["id"], rule["nodes"][0]["html"][:200]) for rule in by_axe(page, context, options)]


def faults(page: Page, context: str | None = None) -> list[str]:
    """Give each rule of axe that is broken, with the HTML of where it is."""
    return [f"{rule['id']}: {[node['html'][:200] for node in rule['nodes']]}" for rule in by_axe(page, context)]
