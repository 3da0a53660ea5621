"""Compare a few typed words with the words that are accepted, and let small spelling slips pass."""

import re
from typing import Annotated, Any
from unicodedata import category, normalize

from pydantic import Field, model_validator

from workbook_helpers.items.base import Model

LONGEST = 80
"""Characters that a student may type into one field."""
_THOUSANDS = re.compile(r"(\d),(?=\d{3}(?!\d))")
_WITHIN = re.compile(r"(\d)(.)(?=\d)")
_MINUS = re.compile(r"(^| )[-\u2013\u2212](?=\d)")


def _is_punctuation(sign: str) -> bool:
    return category(sign).startswith("P")


def plain(text: str) -> str:
    """Give a text as it is compared: Unicode NFKC, no capitals, spaces collapsed, without punctuation, hyphens or apostrophes.

    Numbers stay what they are: 2.5 (or 2,5) is not 25, nor is −5 the same as 5, and 1,000 is 1000.

    To capitals and back to small letters, as the page does it, too (`page/spelling.js`): JavaScript has no `casefold`. The sigma
    at the end of a word would be a letter of its own again, wherever that word now ends.
    """
    parted = _WITHIN.sub(lambda found: found[1] + ("|" if _is_punctuation(found[2]) else found[2]), _THOUSANDS.sub(r"\1", text))
    numbers = _MINUS.sub(r"\1~", parted)
    kept = "".join(sign for sign in numbers if not _is_punctuation(sign) and category(sign) not in {"Cf", "Sk"})
    small = normalize("NFKC", kept).upper().lower().replace("ς", "σ")
    return " ".join(normalize("NFKC", small).split())


def distance(one: str, other: str) -> int:
    """Count the slips between two texts: letters put in, left out or replaced, or two neighbours swapped.

    Returns
    -------
    int
        The optimal string alignment distance: the fewest such slips, no part of the text being changed twice.

    References
    ----------
    F. J. Damerau, "A technique for computer detection and correction of spelling errors", Communications of the ACM 7(3)
    (1964), 171–176, for the four slips; R. A. Wagner and M. J. Fischer, "The string-to-string correction problem",
    Journal of the ACM 21(1) (1974), 168–173, for the table (both cited from memory, 2026-11).
    """
    above: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        above2, above, row = above, row, [i]
        for j, b in enumerate(other, start=1):
            row.append(min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a != b)))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                row[j] = min(row[j], above2[j - 2] + 1)
    return row[-1]


def may_slip(form: str) -> bool:
    """Whether a slip may pass in a form, as `plain` gives it: one of 5 letters or more, in which there is no digit."""
    return len(form.replace(" ", "")) >= 5 and not any(sign.isdecimal() for sign in form)


def like(typed: str, form: str) -> bool:
    """Whether `typed` is `form`, but for small slips; both as `plain` gives them.

    Where one slip may pass (`may_slip`: not in a short form, nor in a number, as another is another thing), two may in a form of 10
    letters or more. The first letter must be right for two, since they would make "professional" of "unprofessional".
    """
    if not may_slip(form):
        return typed == form
    return distance(typed, form) <= (2 if len(form.replace(" ", "")) >= 10 and typed[:1] == form[:1] else 1)


def same_words(form: str, typed: str) -> bool:
    """Whether `typed` is `form` as both are compared, small slips (see `like`) passing."""
    return like(plain(typed), plain(form))


Form = Annotated[str, Field(min_length=1, max_length=LONGEST)]


class Forms(Model):
    """The forms of an answer that are accepted, and those that are near enough to be taken for a slip but mean something else.

    Written as a table, or as the list of the accepted forms alone.
    """

    accepted: Annotated[tuple[Form, ...], Field(min_length=1, max_length=40)]
    not_accepted: Annotated[tuple[Form, ...], Field(max_length=40)] = ()

    @model_validator(mode="before")
    @classmethod
    def _list_is_accepted(cls, typed: Any) -> Any:
        return {"accepted": typed} if isinstance(typed, (list, tuple)) else typed

    @model_validator(mode="after")
    def _forms_differ(self) -> "Forms":
        accepted, refused = ({plain(form) for form in forms} for forms in (self.accepted, self.not_accepted))
        if "" in accepted | refused:
            msg = "a form must hold a letter or a digit"
            raise ValueError(msg)
        if both := accepted & refused:
            msg = f"{', '.join(sorted(both))} cannot be accepted and not accepted"
            raise ValueError(msg)
        return self

    def accept(self, text: str) -> bool:
        """Whether `text` is an accepted form, small slips (see `like`) passing unless they make a form that is not accepted."""
        typed = plain(text)
        return typed not in map(plain, self.not_accepted) and any(like(typed, plain(form)) for form in self.accepted)


def typed_problem(value: Any) -> str | None:
    """Say what makes `value` no text that a student can have typed into one field, or None."""
    if not isinstance(value, str):
        return f"expected a text, got {type(value).__name__}"
    return f"is longer than {LONGEST} characters" if len(value) > LONGEST else None
