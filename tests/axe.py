"""axe on a page: put there once, and told each colour that it has read before, in which it spends a quarter of its time."""

import json
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

READ_ONCE = """() => {
  const colours = axe.commons.color.Color.prototype, read = colours.parseString, known = new Map();
  colours.parseString = function (text) {
    if (known.has(text)) return Object.assign(this, known.get(text));
    read.call(this, text);
    known.set(text, { r: this.r, g: this.g, b: this.b, alpha: this.alpha });
    return this;
  };
}"""
LOOK = """async ([context, options]) => {
  const { violations, passes } = await axe.run(context ?? document, options);
  return JSON.stringify([violations, [...new Set(passes.flatMap(({ tags }) => tags))]]);
}"""


def by_axe(page: Page, context: str | None = None, options: dict[str, Any] | None = None) -> tuple[list[dict[str, Any]], list[str]]:
    """Give the rules of axe that are broken, each with its nodes; and the tags of those that had something to look at and are not.

    Of what passes it need not describe each node: with many questions on a page that takes longer than to look.
    """
    if page.evaluate("() => !globalThis.axe"):
        page.evaluate(AXE_SCRIPT)
        page.evaluate(READ_ONCE)
    violations, tags = json.loads(page.evaluate(LOOK, [context, {**(options or {}), "resultTypes": ["violations"]}]))
    return violations, tags
