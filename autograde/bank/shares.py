"""What ours makes of answers that earn shares of the points in a file of others: the same of each format.

Ours knows right and wrong, and of a choice of one also what is right beside the key. Whatever else a file says is told, never passed over.
"""

from collections.abc import Iterable
from dataclasses import replace

from autograde.bank.question import Choice, Choices, Gap, Unreadable, Words
from autograde.bank.text import shortened

FULL = 99.9
"""Per cent from which on an answer counts as right: Moodle rounds to seven digits."""
PARTIAL = "an answer that earns part of the marks there earns none here"
CAPITALS = "capitals count in it there; here they do not"
WEIGHTS = "its right answers have different weights; here each counts the same"


def choices(answers: Iterable[tuple[str, str, float, str]], notes: list[str], *, several: bool) -> Choices:
    """Give what can be chosen.

    Parameters
    ----------
    answers
        Id, text, share in per cent, and feedback of each.
    notes
        Takes what ours cannot hold, a sentence each.
    several
        Whether several are chosen: then each counts that earns something. Else the first that earns all is right.
    """
    answers = tuple(answers)
    earning = {share for _, _, share, _ in answers if share > 0}
    full = [name for name, _, share, _ in answers if share >= FULL]
    if several:
        right = {name for name, _, share, _ in answers if share > 0}
        notes += [WEIGHTS] * (len(earning) > 1)
    else:
        right = set(full[:1])
        notes += [PARTIAL] * any(share < FULL for share in earning)
    options = tuple(Choice(id=name, text=text, right=name in right, feedback=said) for name, text, _, said in answers)
    return Choices(options=options, several=several, also=() if several else tuple(full[1:]))


def typed(answers: Iterable[tuple[str, float, str]], notes: list[str]) -> Words:
    """Give the forms of typed words: of form, share in per cent and feedback; a * stands for any words, unless a backslash is before it.

    Raises
    ------
    Unreadable
        If no form is accepted but such as stand for many words.
    """
    accepted, refused, said, many, hint = list[str](), list[tuple[str, str]](), list[str](), list[str](), ""
    for form, share, feedback in answers:
        words = form.replace(r"\*", "*")
        if form == "*" and share <= 0:
            hint = hint or feedback
        elif "*" in form.replace(r"\*", ""):
            many.append(f"the form {shortened(form, 40)!r} stands for many words there; write those that you accept")
        elif share >= FULL:
            accepted.append(words)
            said.append(feedback)
        else:
            refused.append((words, feedback))
            notes += [PARTIAL] * (share > 0)
    if many and not accepted:
        raise Unreadable(many[0])
    notes += many
    return Words(accepted=tuple(accepted), refused=tuple(refused), feedback=_joined(said), hint=hint)


def gap_of(name: str, body: Choices | Words) -> Gap:
    """Give a gap that is filled as a question of its own is answered; what is said to a right answer becomes what is said of the gap."""
    if isinstance(body, Words):
        return Gap(id=name, words=replace(body, feedback=""), feedback=body.feedback)
    full = {one.id for one in body.options if one.right} | {*body.also}
    options = tuple(replace(one, right=True, feedback="") if one.id in full else one for one in body.options)
    return Gap(id=name, options=options, feedback=_joined(one.feedback for one in body.options if one.id in full))


def _joined(texts: Iterable[str]) -> str:
    return " ".join(dict.fromkeys(filter(None, texts)))
