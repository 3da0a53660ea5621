"""Questions of a bank as items of ours: a table for `items.toml`, and an entry for the key."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from string import ascii_lowercase
from typing import Any, assert_never

from pydantic import ValidationError

from autograde.bank.outward import ASKED
from autograde.bank.question import Choice, Choices, Gap, Gapped, Pairs, Question, Steps, Unreadable, Words
from autograde.bank.text import shortened
from autograde.marking.kinds import MARKERS
from workbook_helpers.items import KINDS, Item, Json

NO_REASON = "Say here why this is right."
PRACTICE = "each of its answers has feedback, so it is practice: what is right in it stands in the file that students get"
GAPS = "Fill in the gaps."
MOST_GROUPS = 4
FAULTS = {"too_long": "has too many of these, or too long a text", "too_short": "has too few of these"}


@dataclass(frozen=True, kw_only=True)
class Made:
    """An item of ours, as its tables in the two files have it; `key` is None for practice."""

    item: Item
    table: dict[str, Json]
    key: dict[str, Json] | None
    notes: tuple[str, ...]


def item_of(question: Question, name: str, document: str = "") -> Made:
    """Make an item of a question.

    A question of others becomes practice where something is said to each part of its answer and nothing of it in general; else it
    is assessed, and what is said to parts goes into the key's reason, since an assessed item may not hold it.

    Parameters
    ----------
    name, document
        The ids of the item, and of the document that it rests on.

    Raises
    ------
    Unreadable
        If no kind of ours can be that, or a part of it is longer or shorter than ours can be.
    """
    question = question if question.kind else _with_own_ids(question)
    said, also = _said(question.body), isinstance(question.body, Choices) and question.body.also
    of_others = not question.kind and not question.reason and not also  # practice has one right answer
    practice = question.practice or (of_others and bool(said) and all(text for _, text in said))
    kind = question.kind or _kind(question.body)
    notes = list(question.notes)
    notes += [PRACTICE] * (practice and not question.kind)
    points = round(question.points, 2)
    if not practice and not 0 < points <= 100:
        points = 1
        notes.append("its points were none from 0 to 100; it has one here")
    table: dict[str, Json] = {"id": name, "kind": kind, "purpose": "practice" if practice else "assessed"}
    table |= {} if practice else {"points": int(points) if points == int(points) else points}
    table |= {"shuffle": True} if question.shuffle and kind != "order" else {}
    table |= {field: question.about[field] for field in ("criterion", "section") if question.about.get(field)}
    if practice and question.about.get("about"):
        table["about"] = question.about["about"].split()
    table |= {"document": document} if document else {}
    table["stem"] = question.stem or (GAPS if isinstance(question.body, Gapped) else "")
    parts, right = _parts(question, kind, practice=practice)
    table |= parts
    try:
        item = KINDS[kind].model_validate(table)
    except ValidationError as error:
        raise Unreadable(_fault(error)) from error
    if practice:
        return Made(item=item, table=table, key=None, notes=tuple(notes))
    if problem := MARKERS[kind].key_problem(item, right):
        msg = f"what is right in it does not fit: {problem}"
        raise Unreadable(msg)
    spoken = [] if question.kind else _spoken(said)
    reason = " ".join(filter(None, (question.reason, *dict.fromkeys(spoken))))
    key: dict[str, Json] = {"right": right, "reason": reason or NO_REASON}
    if also:
        key["also"] = list(also)
    notes += ["it comes without a reason: say in the key why it is right"] * (not reason)
    return Made(item=item, table=table, key=key, notes=tuple(notes))


def _fault(error: ValidationError) -> str:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    fault = FAULTS.get(first["type"], str(first["msg"]).removeprefix("Value error, "))
    return f"it cannot be an item of ours{f', {where}' if where else ''}: {fault}"


def _kind(body: Choices | Pairs | Steps | Words | Gapped) -> str:
    match body:
        case Choices():
            return "multiple" if body.several else "single"
        case Pairs():
            again = len({part.right for part in body.parts}) < len(body.parts)
            return "sort" if again and len(body.targets) <= MOST_GROUPS else "match"
        case Steps():
            return "order"
        case Words():
            return "short"
        case Gapped():
            return "gaps"
        case _:
            assert_never(body)


def _said(body: Choices | Pairs | Steps | Words | Gapped) -> list[tuple[str, str]]:
    """Give each part of an answer, and what is said to it."""
    match body:
        case Choices():
            return [(one.text, one.feedback) for one in body.options]
        case Pairs():
            return [(part.text, part.feedback) for part in body.parts]
        case Steps():
            return [(step.text, step.feedback) for step in body.steps]
        case Words():
            return [("", body.feedback), *((form, text) for form, text in body.refused if text), *([("", body.hint)] if body.hint else [])]
        case Gapped():
            return [one for gap in body.gaps for one in _said_in(gap)]
        case _:
            assert_never(body)


def _said_in(gap: Gap) -> list[tuple[str, str]]:
    """Give what is said of a gap, and then what is said to one wrong filling or another."""
    forms = [*gap.words.refused, ("", gap.words.hint)] if gap.words else [(one.text, one.feedback) for one in gap.options]
    return [("", gap.feedback), *((part, text) for part, text in forms if text)]


def _spoken(said: Iterable[tuple[str, str]]) -> list[str]:
    return [f"“{shortened(part)}”: {text}" if part else text for part, text in said if text]


def _with_own_ids(question: Question) -> Question:
    """Give a question of others with ids as ours are: options a, b, …; parts p1, …; targets t1, …; steps s1 and on."""
    body = question.body
    match body:
        case Choices():
            ids = {one.id: ascii_lowercase[n] if n < 26 else f"o{n + 1}" for n, one in enumerate(body.options)}
            options = tuple(Choice(id=ids[one.id], text=one.text, right=one.right, feedback=one.feedback) for one in body.options)
            made: Any = Choices(options=options, several=body.several, also=tuple(ids[name] for name in body.also))
        case Pairs():
            targets = _scrambled(body.targets, tuple(part.right for part in body.parts))
            names = {one.id: f"t{n}" for n, one in enumerate(targets, 1)}
            parts = tuple(
                type(p)(id=f"p{n}", text=p.text, right=names.get(p.right, ""), feedback=p.feedback) for n, p in enumerate(body.parts, 1)
            )
            made = Pairs(parts=parts, targets=tuple(Choice(id=names[one.id], text=one.text) for one in targets))
        case Steps():
            order = _scrambled(body.steps, body.right)
            names = {one.id: f"s{n}" for n, one in enumerate(order, 1)}
            steps = tuple(Choice(id=names[one.id], text=one.text, feedback=one.feedback) for one in order)
            made = Steps(steps=steps, right=tuple(names.get(name, "") for name in body.right))
        case Gapped():
            text, gaps = body.text, []
            for n, gap in enumerate(body.gaps, 1):
                text = text.replace(f"{{{gap.id}}}", f"\ue000{n}\ue000")
                options = tuple(replace(one, id=ascii_lowercase[k % 26]) for k, one in enumerate(gap.options))
                gaps.append(replace(gap, id=f"gap-{n}", options=options))
            for n in range(1, len(gaps) + 1):
                text = text.replace(f"\ue000{n}\ue000", f"{{gap-{n}}}")
            made = Gapped(text=text, gaps=tuple(gaps))
        case Words():
            made = body
        case _:
            assert_never(body)
    return Question(
        name=question.name,
        stem=question.stem,
        body=made,
        points=question.points,
        reason=question.reason,
        shuffle=question.shuffle or isinstance(body, Pairs),
        about=question.about,
        notes=question.notes,
    )


def _scrambled(listed: Sequence[Choice], right: tuple[str, ...]) -> Sequence[Choice]:
    """Give steps or targets in an order that is not the right one, as students get the file: by their texts, or backwards."""
    found = sorted(listed, key=lambda one: (one.text, one.id))
    return found[::-1] if tuple(one.id for one in found[: len(right)]) == right else found


def _parts(question: Question, kind: str, *, practice: bool) -> tuple[dict[str, Json], Json]:
    """Give the fields of an item's parts, and its key's right answer; of practice, the parts say what is right."""
    body = question.body
    match body:
        case Choices():
            options = [
                {"id": c.id, "text": c.text} | ({"right": c.right, "feedback": c.feedback} if practice else {}) for c in body.options
            ]
            right = [one.id for one in body.options if one.right]
            return {"options": options}, right if body.several else next(iter(right), "")
        case Pairs() if kind == "handover":
            return _handover(question, body, practice=practice)
        case Pairs() if kind == "relationships":
            return _relationships(question, body, practice=practice)
        case Pairs():
            parts, targets = ("cards", "groups") if kind == "sort" else ("statements", "partners")
            listed = [{"id": p.id, "text": p.text} | ({"right": p.right, "feedback": p.feedback} if practice else {}) for p in body.parts]
            fields: dict[str, Json] = {targets: [{"id": t.id, "text": t.text} for t in body.targets], parts: listed}
            once = bool(question.about.get("once"))
            return ({"once": True} if once else {}) | fields, {part.id: part.right for part in body.parts}
        case Steps():
            steps = [{"id": s.id, "text": s.text} | ({"feedback": s.feedback} if practice else {}) for s in body.steps]
            return {"steps": steps} | ({"right": list(body.right)} if practice else {}), list(body.right)
        case Words():
            if not practice:
                return {}, _forms(body)
            near = [{"form": form, "feedback": feedback} for form, feedback in body.refused]
            shown: dict[str, Json] = {"accepted": list(body.accepted), "feedback": body.feedback}
            return shown | ({"hint": body.hint} if body.hint else {}) | ({"near": near} if near else {}), None
        case Gapped():
            return _gaps(body, practice=practice)
        case _:
            assert_never(body)


def _forms(words: Words) -> Json:
    accepted, refused = list(words.accepted), [form for form, _ in words.refused]
    return {"accepted": accepted, "not_accepted": refused} if refused else accepted


def _gaps(body: Gapped, *, practice: bool) -> tuple[dict[str, Json], Json]:
    gaps, right = [], {}
    for number, gap in enumerate(body.gaps, 1):
        if sum(one.right for one in gap.options) > 1:
            msg = f"gap {number} has several right choices, and a gap of ours has one"
            raise Unreadable(msg)
        table: dict[str, Json] = {"id": gap.id}
        if gap.options:
            table["options"] = [{"id": one.id, "text": one.text} for one in gap.options]
        right[gap.id] = _forms(gap.words) if gap.words else next((one.id for one in gap.options if one.right), "")
        table |= {"size": gap.size} if gap.size != 14 else {}
        gaps.append(table | ({"right": right[gap.id], "feedback": " ".join(_spoken(_said_in(gap)))} if practice else {}))
    return {"text": body.text, "gaps": gaps}, right


def _handover(question: Question, body: Pairs, *, practice: bool) -> tuple[dict[str, Json], Json]:
    facts = [{"id": p.id, "text": p.text} | ({"part": p.right, "feedback": p.feedback} if practice else {}) for p in body.parts]
    receiver = question.about.get("receiver")
    return ({"receiver": receiver} if receiver else {}) | {"facts": facts}, {part.id: part.right for part in body.parts}


def _relationships(question: Question, body: Pairs, *, practice: bool) -> tuple[dict[str, Json], Json]:
    labels: dict[str, list[dict[str, str]]] = {name: [] for name in ASKED}
    for target in body.targets:
        sort, _, name = target.id.partition(".")
        if sort in labels:
            labels[sort].append({"id": name, "text": target.text})
    people: dict[str, dict[str, Json]] = {}
    right: dict[str, dict[str, str]] = {}
    for part in body.parts:
        sort, _, name = part.id.partition(".")
        words = part.text.removesuffix(f": {ASKED.get(sort, '')}")
        people.setdefault(name, {"id": name, "text": words})
        right.setdefault(name, {})[sort] = part.right.partition(".")[2]
        if practice:
            people[name] |= {sort: right[name][sort]} | ({"feedback": part.feedback} if part.feedback else {})
    fields = {
        "person": question.about.get("person", ""),
        "people": list(people.values()),
        "kinds": labels["kind"],
        "shares": labels["share"],
    }
    return fields, right
