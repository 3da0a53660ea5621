"""Draw a branching story, for the author."""

from collections.abc import Iterator
from pathlib import Path

from workbook_helpers.errors import ContentError
from workbook_helpers.items import load_workbook
from workbook_helpers.items.kinds.scenario import Scenario

WIDTH = 48
"""Characters of a text that a box or an arrow shows."""


def graph(item: Scenario) -> str:
    """Give a story as a Mermaid flowchart: a box for each decision, an arrow for each choice, a rounded box for each ending.

    References
    ----------
    Mermaid flowchart syntax: quoted labels, entity codes such as ``#quot;`` (cited from memory, 2026-11).
    """
    lines = ["flowchart TD", f'  start(["{_label(item.setting)}"]) --> {_name(item, item.start)}']
    for node in item.nodes:
        lines.append(f'  {_name(item, node.id)}["{node.id} · {_label(f"{node.says}: {node.text}")}"]')
        lines += [f'  {_name(item, node.id)} -->|"{c.id}: {_label(c.text)}"| {_name(item, c.to)}' for c in node.choices]
    lines += [f'  {_name(item, ending.id)}(["{ending.id} · {_label(ending.title)}"])' for ending in item.endings]
    return "\n".join(lines) + "\n"


def stories(folder: Path) -> Iterator[tuple[str, str]]:
    """Give (item id, drawing) of each story in the workbook in `folder`; nothing if it cannot be read, which a check says."""
    try:
        items = load_workbook(folder).items
    except ContentError:
        return
    yield from ((item.id, graph(item)) for item in items.values() if isinstance(item, Scenario))


def _name(item: Scenario, place: str) -> str:
    """Prefix an id, since Mermaid keeps words such as "end" for itself; ids hold no underscore, so no two meet."""
    return f"{'node' if item.node(place) else 'ending'}_{place.replace('-', '_')}"


def _label(text: str) -> str:
    short = text if len(text) <= WIDTH else text[: WIDTH - 1].rstrip() + "…"
    return (
        short.replace("#", "#35;").replace('"', "#quot;").replace("<", "#lt;").replace(">", "#gt;").replace("`", "#96;").replace("\n", " ")
    )
