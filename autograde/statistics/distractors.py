"""How the options of a closed question of one choice work: how many take each, and whether they are those who do well elsewhere.

References
----------
That an option taken by fewer than 5 % misleads nobody: Haladyna & Downing, How many options is enough for a multiple-choice test item?,
Educational and Psychological Measurement 53 (1993) 999–1010. Cited from memory, November 2026.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from autograde.errors import ClassError
from autograde.marking.figures import LEAST, RARE, correlated
from autograde.statistics.items import Figure
from autograde.statistics.table import Table, rest_scores


@dataclass(frozen=True, kw_only=True)
class OptionFigures:
    """The figures of one option; none below `LEAST` learners.

    Attributes
    ----------
    share
        0 ≤ share ≤ 1 of the learners who were asked; who left the question blank is among them.
    rest
        −1 ≤ r ≤ 1, the correlation of taking it with the score on all other items.
    rare
        Whether it is a wrong option that hardly anybody takes.
    draws_able
        Whether it is a wrong option that is taken rather by those who do well elsewhere.
    """

    option: str
    right: bool
    share: Figure
    rest: Figure
    rare: bool = False
    draws_able: bool = False


def distractors(
    table: Table, item: str, chosen: Sequence[str | None], *, options: Sequence[str], right: Collection[str]
) -> tuple[OptionFigures, ...]:
    """Work out the figures of each option, in the order of `options`.

    Parameters
    ----------
    table, item
        The points of the class, and which item of it this is. Who has no points for it was not asked, and is left out.
    chosen
        For each learner of the table in the same order, the id of the option taken; None for none.
    options, right
        The ids of all options, and of the right ones.

    Raises
    ------
    ClassError
        If there is not one choice for each learner, or it, or a right one, is none of the options.
    """
    if len(chosen) != len(table.points):
        msg = f"Item statistics: {item} has {len(chosen)} choices and {len(table.points)} rows of points; give both for the same learners."
        raise ClassError(msg)
    place = table.items.index(item)
    rests = rest_scores(table, item)
    asked = [(option, rest) for option, rest, row in zip(chosen, rests, table.points, strict=True) if row[place] is not None]
    if strange := {*right, *(option for option, _ in asked if option is not None)} - {*options}:
        msg = f"Item statistics: {min(strange)} is no option of {item}; count the answers to each version of an item by themselves."
        raise ClassError(msg)
    return tuple(_option(option, asked, right=option in right) for option in options)


def _option(option: str, asked: Sequence[tuple[str | None, float | None]], *, right: bool) -> OptionFigures:
    if len(asked) < LEAST:
        none = Figure(why=f"Only {len(asked)} learners were asked: below {LEAST} no figure is given.")
        return OptionFigures(option=option, right=right, share=none, rest=none)
    share = sum(taken == option for taken, _ in asked) / len(asked)
    paired = [(float(taken == option), rest) for taken, rest in asked if rest is not None]
    rest = correlated([taken for taken, _ in paired], [rest for _, rest in paired])
    if len(paired) < LEAST:
        why = f"Only {len(paired)} learners have points for another item, too: below {LEAST} no figure is given."
    elif len({taken for taken, _ in paired}) == 1:
        why = "Everybody takes it." if paired[0][0] else "Nobody takes it."
    else:
        why = "Everybody has the same score on the other items."
    return OptionFigures(
        option=option,
        right=right,
        share=Figure(value=share),
        rest=Figure(value=rest, why=why if rest is None else ""),
        rare=not right and share < RARE,
        draws_able=not right and rest is not None and rest > 0,
    )
