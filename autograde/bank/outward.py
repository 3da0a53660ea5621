"""Items of a workbook as questions for a bank; what no format can say is listed with its reason."""

from autograde.bank.question import Choice, Choices, Gap, Gapped, Pairs, Part, Question, Remark, Steps, Words
from autograde.marking import Key, KeyEntry
from workbook_helpers.items import Item, Json, Purpose, Workbook
from workbook_helpers.items.base import ChoiceItem
from workbook_helpers.items.kinds import handover
from workbook_helpers.items.kinds.gaps import Gap as GapOfItem
from workbook_helpers.items.kinds.gaps import Gaps
from workbook_helpers.items.kinds.handover import Handover
from workbook_helpers.items.kinds.match import Match
from workbook_helpers.items.kinds.order import Order
from workbook_helpers.items.kinds.relationships import Relationships
from workbook_helpers.items.kinds.short import Short
from workbook_helpers.items.pairs import PairsItem
from workbook_helpers.items.spelling import Forms
from workbook_helpers.words import say

LEFT_OUT = {
    "scenario": "a story that branches: none of the formats has one",
    "written": "a written task: a person marks it, and its rubric has no place there",
    "reflection": "it stays with the student and has no right answer",
    "scale": "a scale has no right answer",
    "workplace": "a record from the workplace has no right answer",
    "declaration": "a declaration has no right answer",
}
"""Kind → why it is in no question bank."""
ASKED = {"kind": "the relationship", "share": "what may be shared"}
"""The two things that are asked of each person, as they are said behind a name."""


def questions_of(workbook: Workbook, key: Key) -> tuple[tuple[Question, ...], tuple[Remark, ...]]:
    """Give the closed items of a workbook as questions, and say what of it is left out and why.

    Parameters
    ----------
    key
        The workbook's own; an item of an earlier wording is not looked for.

    Returns
    -------
    tuple
        The questions in the order of the file, and the remarks: items left out, answers accepted beside the key, pools.
    """
    questions: list[Question] = []
    remarks: list[Remark] = []
    for item in workbook.items.values():
        entry = key.keys.get(item.id)
        if why := _left_out(item, entry):
            remarks.append(Remark(name=item.id, text=why, left_out=True))
            continue
        question = _question(item, entry)
        questions.append(question)
        remarks += [Remark(name=item.id, text=note) for note in question.notes]
    remarks += [Remark(name=pool.id, text="how many of its questions are drawn is not said there") for pool in workbook.pools]
    return tuple(questions), tuple(remarks)


def _left_out(item: Item, entry: KeyEntry | None) -> str:
    if item.kind in LEFT_OUT or item.purpose not in (Purpose.PRACTICE, Purpose.ASSESSED):
        return LEFT_OUT.get(item.kind, "it is neither practice nor marked, so nothing is right or wrong in it")
    if item.purpose is Purpose.ASSESSED and entry is None:
        return "it has no key: run autograde check"
    return "it does not count in this class: everybody gets its points" if entry and entry.void else ""


def _question(item: Item, entry: KeyEntry | None) -> Question:
    right = entry.right if entry and item.purpose is Purpose.ASSESSED else None
    about = {"criterion": item.criterion, "section": item.section, "about": " ".join(item.about)}
    notes = ("answers that are accepted beside the key do not go along",) if entry and entry.also else ()
    match item:
        case ChoiceItem():
            wanted = item.right_ids() if right is None else frozenset([right] if isinstance(right, str) else right)
            options = tuple(Choice(id=one.id, text=one.text, right=one.id in wanted, feedback=one.feedback) for one in item.options)
            body: Choices | Pairs | Steps | Words | Gapped = Choices(options=options, several=item.kind == "multiple")
        case PairsItem():
            about["once"] = "yes" if isinstance(item, Match) and item.once else ""
            body = Pairs(
                parts=tuple(
                    Part(id=p.id, text=p.text, right=str(right[p.id] if right else p.right), feedback=p.feedback) for p in item.parts()
                ),
                targets=tuple(Choice(id=name, text=text) for name, text in item.targets().items()),
            )
        case Handover():
            about["receiver"] = item.receiver
            body = _handover(item, right)
        case Relationships():
            about["person"] = item.person
            body = _relationships(item, right)
        case Order():
            steps = tuple(Choice(id=one.id, text=one.text, feedback=one.feedback) for one in item.steps)
            body = Steps(steps=steps, right=tuple(right or item.right or ()))
        case Gaps():
            body = Gapped(text=item.text, gaps=tuple(_gap(gap, right[gap.id] if right else gap.right) for gap in item.gaps))
        case Short():
            body = _words(item, right)
        case _:
            msg = f"no shape is known for an item of kind {item.kind}"
            raise NotImplementedError(msg)
    return Question(
        name=item.id,
        stem=item.stem,
        body=body,
        points=item.points or 1,
        reason=entry.reason if entry and right is not None else "",
        shuffle=item.shuffle,
        practice=item.purpose is Purpose.PRACTICE,
        kind=item.kind,
        document=item.rests_on,
        about={name: value for name, value in about.items() if value},
        notes=notes,
    )


def _handover(item: Handover, right: Json) -> Pairs:
    """Give facts and the places of a message; a fact that is shared and must not be takes its share away."""
    placed = right or {fact.id: fact.part for fact in item.facts}
    parts = tuple(Part(id=fact.id, text=fact.text, right=str(placed[fact.id]), feedback=fact.feedback) for fact in item.facts)
    targets = tuple(Choice(id=part.value, text=say(f"handover-part-{part}")) for part in handover.Part)
    secret = [part.id for part in parts if part.right == handover.Part.NOT_SHARED]
    return Pairs(parts=parts, targets=targets, breaches=tuple((name, spoken.value) for name in secret for spoken in handover.SPOKEN))


def _relationships(item: Relationships, right: Json) -> Pairs:
    """Give two parts for each person, and both lists of labels as targets; an id says which it is by what stands before the dot."""
    parts: list[Part] = []
    for one in item.people:
        wanted = right[one.id] if right else {"kind": one.kind, "share": one.share}
        for name, words in ASKED.items():
            said = one.feedback if name == "kind" else ""
            parts.append(Part(id=f"{name}.{one.id}", text=f"{one.text}: {words}", right=f"{name}.{wanted[name]}", feedback=said))
    labels = (("kind", item.kinds), ("share", item.shares))
    return Pairs(parts=tuple(parts), targets=tuple(Choice(id=f"{name}.{one.id}", text=one.text) for name, group in labels for one in group))


def _gap(gap: GapOfItem, right: Json) -> Gap:
    if gap.options:
        options = tuple(Choice(id=one.id, text=one.text, right=one.id == right) for one in gap.options)
        return Gap(id=gap.id, options=options, feedback=gap.feedback, size=gap.size)
    forms = Forms.model_validate(right)
    words = Words(accepted=forms.accepted, refused=tuple((form, "") for form in forms.not_accepted))
    return Gap(id=gap.id, words=words, feedback=gap.feedback, size=gap.size)


def _words(item: Short, right: Json) -> Words:
    if right is None:
        refused = tuple((near.form, near.feedback) for near in item.near)
        return Words(accepted=item.accepted, refused=refused, feedback=item.feedback, hint=item.hint)
    forms = Forms.model_validate(right)
    return Words(accepted=forms.accepted, refused=tuple((form, "") for form in forms.not_accepted))
