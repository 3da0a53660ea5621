"""The script that a widget carries: a few lines that fetch the real one, which the browser loads once and keeps."""

import json
from functools import cache
from importlib.resources import files

STATIC = files("workbook_helpers") / "page"

LOADER = """\
const config = document.getElementById("jupyter-config-data");
const base = new URL(`${JSON.parse(config.textContent).baseUrl}workbook/static/`, location.href);
const there = [...document.querySelectorAll("link")].map((link) => link.href);
const sheets = %(sheets)s.map((name) => new URL(name, base).href).filter((href) => !there.includes(href))
  .map((href) => new Promise((done) => {
    document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href, onload: done, onerror: done }));
  }));
const script = import(new URL(%(name)s, base));
export default {
  async render(context) {
    try {
      await Promise.all(sheets);
      return (await script).default.render(context);
    } catch (error) {
      globalThis.dispatchEvent(new CustomEvent("wb-connection-lost"));
      throw error;
    }
  },
};
"""


@cache
def script(name: str) -> str:
    """Give the module that loads the script `name` of `static/`, with the common style sheet and its own if it has one."""
    own = name.removesuffix(".js") + ".css"
    sheets = ["question.css", *([own] if (STATIC / own).is_file() else [])]
    return LOADER % {"name": json.dumps(name), "sheets": json.dumps(sheets)}
