"""A stand-in until `Workbook.book` is merged; then this module goes."""

from typing import Any

from workbook_helpers.items import Workbook


def book(workbook: Workbook) -> dict[str, Any]:
    """Give a workbook as its page has it: the type `Book` of page/types.d.ts."""
    if hasattr(workbook, "book"):
        made: dict[str, Any] = workbook.book()
        return made
    return {
        "workbook": workbook.id,
        "assignment": workbook.assignment,
        "title": workbook.about.title,
        "release": workbook.release,
        "class_id": workbook.about.class_id,
        "items": {item.id: item.model_dump(mode="json", exclude={"criterion", "section"}) for item in workbook.items.values()},
        "pools": [pool.model_dump(mode="json") for pool in workbook.pools],
        "hand_in_words": getattr(workbook.about, "hand_in_words", ""),
        "hand_in_link": getattr(workbook.about, "hand_in_link", ""),
    }
