"""Mark a few typed words: all or nothing."""

from pydantic import ValidationError

from autograde.marking.kinds.base import Tries
from workbook_helpers.items import Json
from workbook_helpers.items.kinds.short import Short
from workbook_helpers.items.spelling import LONGEST, Forms


def forms_problem(right: Json) -> str | None:
    """Say what makes `right` no list of forms, or None."""
    try:
        Forms.model_validate(right)
    except ValidationError as error:
        why = "; ".join(str(fault["msg"]).removeprefix("Value error, ") for fault in error.errors())
        return f"right must list the accepted forms, or be {{ accepted = […], not_accepted = […] }}: {why}"
    return None


def wrong_form(right: Json) -> str:
    """Give a text that the forms of a key do not accept: a form that they refuse, else a question mark, which is like no word."""
    return next(iter(Forms.model_validate(right).not_accepted), "?")


class ShortMarker:
    """All the points for an accepted form, none for another.

    Capital letters, spaces, punctuation, hyphens and apostrophes do not count. Small slips of spelling pass: what is asked for is
    to know the word, not to spell it.

    References
    ----------
    The limits of the slips are this project's own choice (see `workbook_helpers.items.spelling.like`).
    """

    def key_problem(self, item: Short, right: Json) -> str | None:
        """See `Marker.key_problem`."""
        return forms_problem(right)

    def fraction(self, item: Short, right: Json, value: Json) -> float:
        """See `Marker.fraction`."""
        return float(Forms.model_validate(right).accept(value))

    def tries(self, item: Short, right: Json) -> Tries:
        """See `Marker.tries`."""
        return Tries(right=Forms.model_validate(right).accepted[0], wrong=wrong_form(right), malformed="?" * (LONGEST + 1))


MARKER = ShortMarker()
