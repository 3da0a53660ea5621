"""A page of sample answers, for markers who want to mark alike: judge first, then look."""

from functools import cache
from itertools import groupby
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from autograde.errors import ClassError
from autograde.marking import load_rubrics, load_samples
from workbook_helpers.items import Workbook
from workbook_helpers.style import CSS

LEVELS = {"met": "Met", "borderline": "Borderline", "not-yet": "Not yet met"}


def samples_page(workbook: Workbook) -> str:
    """Give the page as HTML that needs nothing else: each sample answer, and behind a button what it is worth and why.

    Raises
    ------
    ClassError
        If the workbook has no sample answers.
    """
    rubrics = load_rubrics(workbook.id).rubrics
    asked = workbook.items.keys() & rubrics.keys()  # a class may have left a task out of its own copy
    samples = sorted((sample for sample in load_samples(workbook.id).samples if sample.task in asked), key=lambda sample: sample.task)
    if not samples:
        msg = f"{workbook.id} has no sample answers."
        raise ClassError(msg)
    tasks = [
        {
            "stem": workbook.items[task].stem,
            "rubric": rubrics[task],
            # Not from the best to the worst: who marks must not be told by the order.
            "samples": sorted(group, key=lambda sample: sample.text),
        }
        for task, group in groupby(samples, key=lambda sample: sample.task)
    ]
    return str(_template().render(css=CSS, title=workbook.about.title, tasks=tasks, levels=LEVELS))


@cache
def _template() -> Any:
    environment = Environment(loader=PackageLoader("autograde.feedback", "."), autoescape=True, undefined=StrictUndefined)
    return environment.get_template("samples.html.j2")
