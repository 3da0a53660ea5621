"""Hold the paper that a hand-in answers against the one that was drawn for its learner."""

from workbook_helpers.answers import AnswerSheet
from workbook_helpers.items import Workbook, paper_seed

SHOWN = 5


def paper_oddities(workbook: Workbook, class_id: str, student: str, sheet: AnswerSheet, before: str = "") -> tuple[str, ...]:
    """Say what is strange about the paper of a hand-in, one sentence each; it is marked as it was answered, and a person decides.

    Parameters
    ----------
    class_id, student
        nbgrader's course id, and the learner's id on the roster; `paper_seed` draws the paper from both.
    before
        The seed of the attempt before this one, "" where there is none.

    Returns
    -------
    tuple
        Empty where nothing is drawn, and where the file cannot be read.
    """
    if not workbook.pools or sheet.problem:
        return ()
    found = []
    if sheet.seed != paper_seed(class_id, workbook.id, student):
        found.append(f"its questions are not those that were drawn for {student}: perhaps made for another learner id, or picked")
    if before and before != sheet.seed:
        found.append("its questions are others than in the attempt before")
    asked = {item.id for item in workbook.paper(sheet.seed).values()}
    if outside := [item_id for item_id in sheet.answers if item_id not in asked]:
        more = f" and {len(outside) - SHOWN} more" if len(outside) > SHOWN else ""
        found.append(f"it also answers questions that were not on its paper: {', '.join(outside[:SHOWN])}{more}")
    return tuple(found)
