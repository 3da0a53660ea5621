"""A page of sample answers, for markers who want to mark alike: judge first, then look."""

from itertools import groupby

from autograde.classes.own_keys import guides_beside
from autograde.content import load_rubrics, load_samples
from autograde.errors import ClassError
from autograde.outbox.feedback.templates import template
from workbook_helpers.items import Workbook

LEVELS = {"met": "Met", "borderline": "Borderline", "not-yet": "Not yet met"}


def samples_page(workbook: Workbook) -> str:
    """Give the page as HTML that needs nothing else: each sample answer, and behind a button what it is worth and why.

    Raises
    ------
    ClassError
        If the workbook has no sample answers.
    """
    rubrics = load_rubrics(workbook.id, guides_beside(workbook.folder)).rubrics
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
    return str(template("samples").render(title=workbook.about.title, tasks=tasks, levels=LEVELS))
