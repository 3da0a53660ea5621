"""The rubrics of a workbook, as the page Mark shows them."""

from collections.abc import Iterable, Iterator, Sequence

from autograde.desk.mark_view import Guide, Level
from autograde.marking import Rubric
from autograde.run.answer import guide_name
from autograde.run.rebuild import REAL_WORK
from autograde.run.work import Content
from workbook_helpers.items import Item


def guides_of(content: Content, places: Sequence[str]) -> tuple[Guide, ...]:
    """Give the guides of all items that can stand at some places: where a pool gives them, there are several."""
    workbook = content.workbook
    paper = workbook.paper()
    items: dict[str, None] = {}
    for place in places:
        pool = next((pool for pool in workbook.pools if place in pool.places()), None)
        for item in pool.items if pool else (paper[place].id,) if place in paper else ():
            items[item] = None
    return tuple(_guide(content, name, item) for name, item in _named(content, items))


def rubric_of(content: Content, guide: str) -> Rubric | None:
    """Give a rubric by its `guide_name`; None for a closed question."""
    name, _, asked = guide.partition("@")
    if asked:
        return next((one for one in content.rubrics.earlier if one.item == name and asked in one.asked), None)
    return content.rubrics.rubrics.get(name)


def must_see_of(content: Content, guide: str) -> tuple[str, ...]:
    """Give a rubric's must-sees by its `guide_name`; none for a closed question."""
    rubric = rubric_of(content, guide)
    return rubric.must_see if rubric else ()


def _named(content: Content, items: Iterable[str]) -> Iterator[tuple[str, Item]]:
    """Give `guide_name` → item for each of them, as it is asked now and as it was before its meaning changed."""
    releases = (content.releases.now, *content.releases.kept.values())
    for name in items:
        forms = [release.items[name] for release in releases if name in release.items]
        yield from {guide_name(form, content): form for form in reversed(forms)}.items()


def _guide(content: Content, name: str, item: Item) -> Guide:
    if not item.asks_person:
        entry = content.key.entry(item)
        return Guide(item=name, max=item.points, right=tuple(item.key_in_words(entry.right)), why=entry.reason)
    rubric = content.rubrics.rubric(item)
    return Guide(
        item=name,
        max=item.points,
        criterion=rubric.criteria_of(item),
        verb=rubric.verb,
        levels=levels_of(rubric),
        must_see=rubric.must_see,
        not_enough=rubric.not_enough,
        unsafe=rubric.unsafe,
        indicative=rubric.indicative_content,
        checks=(rubric.verb_check, rubric.workplace_check),
        real_work=REAL_WORK if rubric.criterion in content.real_work else "",
    )


def levels_of(rubric: Rubric) -> tuple[Level, ...]:
    """Give the levels of a rubric, from the lowest."""
    found = []
    for number, level in enumerate(rubric.levels, 1):
        least, most = level.span[0], level.span[-1]
        found.append(Level(number=number, points=level.points, least=least, most=most, title=level.title, text=level.text))
    return tuple(found)
