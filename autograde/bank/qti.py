"""Write a question as an item of QTI 2.1 or 3.0.

The item is made with the names of 2.1; 3.0 says the same with other names (`autograde.bank.qti_names`).

References
----------
IMS Question and Test Interoperability 2.1, Assessment Test, Section and Item Information Model (31 August 2012) and its schema
imsqti_v2p1.xsd; QTI 3.0, Final (1 May 2022) and the schema of its ASI binding. Read 2026-11; items made here were valid by both.
"""

from typing import assert_never
from xml.etree.ElementTree import Element, SubElement

from autograde.bank.own import own_line
from autograde.bank.papers import add_around, paragraph
from autograde.bank.question import Choice, Choices, Gap, Gapped, Pairs, Question, Steps, Words
from workbook_helpers.items.kinds.gaps import GAP

RESPONSE, FEEDBACK, REASON = "RESPONSE", "FEEDBACK", "REASON"
RIGHT, HINT, NEAR = "right", "hint", "near-"
"""What is said to typed words: to a right form, to any other, and to the n-th wrong form that is known."""
TARGET = "t."
"""Before a target's identifier: no two choices of an item may have the same one."""
LONGEST_LABEL = 256
MARKED_OTHERWISE = {
    "order": "QTI gives all the points for the right order and none for any other",
    "short": "QTI accepts no slip of spelling",
    "gaps": "QTI accepts no slip of spelling",
}


def qti_item(question: Question) -> Element:
    """Give a question as an `assessmentItem` with the names of QTI 2.1, without their namespace."""
    label = own_line(question, "section", "order")
    made = Element(
        "assessmentItem",
        {
            "identifier": identifier(question.name),
            "title": question.about.get("section") or question.name,
            "adaptive": "false",
            "timeDependent": "false",
        }
        | ({"label": label} if len(label) <= LONGEST_LABEL else {}),
    )
    asked = Element("itemBody")
    add_around(asked, question.document, question.about)
    score = Element("responseProcessing")
    said: list[tuple[str, str]] = []
    body = question.body
    match body:
        case Choices():
            said = _choices(made, asked, score, question, body)
        case Pairs():
            said = _pairs(made, asked, score, question, body)
        case Steps():
            said = _steps(made, asked, score, question, body)
        case Words():
            said = _words(made, asked, score, question, body)
        case Gapped():
            said = _gapped(made, asked, score, question, body)
        case _:
            assert_never(body)
    _outcome(made, "SCORE", "single", "float", "0")
    _outcome(made, "MAXSCORE", "single", "float", f"{question.points:g}")
    if said:
        _outcome(made, FEEDBACK, "multiple", "identifier")
    if question.reason:
        _outcome(made, REASON, "single", "identifier")
        _base(_set(score, REASON), "identifier", RIGHT)
    made.append(asked)
    made.append(score)
    for outcome, name, text in [
        *((FEEDBACK, name, text) for name, text in said),
        *([(REASON, RIGHT, question.reason)] * bool(question.reason)),
    ]:
        modal = SubElement(made, "modalFeedback", {"outcomeIdentifier": outcome, "showHide": "show", "identifier": name})
        paragraph(modal, text)
    return made


def identifier(name: str) -> str:
    """Give an id as QTI writes it: none begins with a digit."""
    return f"_{name}" if name[:1].isdigit() else name


def _choices(made: Element, asked: Element, score: Element, question: Question, body: Choices) -> list[tuple[str, str]]:
    right = [one.id for one in body.options if one.right]
    share = question.points / max(1, len(right))
    worth = {one.id: share if one.right else -share for one in body.options if one.right or body.several}
    _declare(made, RESPONSE, "multiple" if body.several else "single", "identifier", right, worth)
    inter = _interaction(
        asked, "choiceInteraction", question, {"shuffle": _bool(question.shuffle), "maxChoices": "0" if body.several else "1"}
    )
    _options(inter, "simpleChoice", body.options)
    _score(score, RESPONSE)
    said = [(identifier(one.id), one.feedback) for one in body.options if one.feedback]
    if said:
        shown = _set(score, FEEDBACK)
        SubElement(shown if body.several else SubElement(shown, "multiple"), "variable", {"identifier": RESPONSE})
    return said


def _pairs(made: Element, asked: Element, score: Element, question: Question, body: Pairs) -> list[tuple[str, str]]:
    right = [f"{identifier(part.id)} {TARGET}{part.right}" for part in body.parts]
    share = question.points / len(body.parts)
    worth = dict.fromkeys(right, share) | {f"{identifier(part)} {TARGET}{target}": -share for part, target in body.breaches}
    _declare(made, RESPONSE, "multiple", "directedPair", right, worth, plain=True)
    attributes = {"shuffle": _bool(question.shuffle), "maxAssociations": str(len(body.parts))}
    inter = _interaction(asked, "matchInteraction", question, attributes)
    most = "1" if question.about.get("once") else str(len(body.parts))
    first, second = SubElement(inter, "simpleMatchSet"), SubElement(inter, "simpleMatchSet")
    for part in body.parts:
        SubElement(first, "simpleAssociableChoice", {"identifier": identifier(part.id), "matchMax": "1"}).text = part.text
    for target in body.targets:
        SubElement(second, "simpleAssociableChoice", {"identifier": TARGET + target.id, "matchMax": most}).text = target.text
    _score(score, RESPONSE)
    return _say_all(score, [(part.id, part.feedback) for part in body.parts])


def _steps(made: Element, asked: Element, score: Element, question: Question, body: Steps) -> list[tuple[str, str]]:
    _declare(made, RESPONSE, "ordered", "identifier", body.right, {})
    inter = _interaction(asked, "orderInteraction", question, {"shuffle": "true"})
    _options(inter, "simpleChoice", body.steps)
    test = SubElement(SubElement(score, "responseCondition"), "responseIf")
    match = SubElement(test, "match")
    SubElement(match, "variable", {"identifier": RESPONSE})
    SubElement(match, "correct", {"identifier": RESPONSE})
    _base(_set(test, "SCORE"), "float", f"{question.points:g}")
    return _say_all(score, [(step.id, step.feedback) for step in body.steps])


def _words(made: Element, asked: Element, score: Element, question: Question, body: Words) -> list[tuple[str, str]]:
    _declare_words(made, RESPONSE, body, question.points)
    paragraph(asked, question.stem, "wb-stem")
    SubElement(SubElement(asked, "p"), "textEntryInteraction", {"responseIdentifier": RESPONSE})
    _score(score, RESPONSE)
    near = [(f"{NEAR}{n}", form, feedback) for n, (form, feedback) in enumerate(body.refused, 1) if feedback]
    said = [(RIGHT, body.feedback), *((name, text) for name, _, text in near), (HINT, body.hint)]
    if not body.feedback and not near and not body.hint:
        return []
    condition = SubElement(score, "responseCondition")
    for n, (name, forms) in enumerate([(RIGHT, body.accepted), *((name, (form,)) for name, form, _ in near)]):
        branch = SubElement(condition, "responseElseIf" if n else "responseIf")
        any_of = SubElement(branch, "or")
        for form in forms:
            same = SubElement(any_of, "stringMatch", {"caseSensitive": "false"})
            SubElement(same, "variable", {"identifier": RESPONSE})
            _base(same, "string", form)
        _base(SubElement(_set(branch, FEEDBACK), "multiple"), "identifier", name)
    if body.hint:
        _base(SubElement(_set(SubElement(condition, "responseElse"), FEEDBACK), "multiple"), "identifier", HINT)
    return [(name, text) for name, text in said if text]


def _gapped(made: Element, asked: Element, score: Element, question: Question, body: Gapped) -> list[tuple[str, str]]:
    gaps = {gap.id: gap for gap in body.gaps}
    share = question.points / len(gaps)
    paragraph(asked, question.stem, "wb-stem")
    text = paragraph(asked, "", "wb-text")
    last: Element | None = None
    for n, piece in enumerate(GAP.split(body.text)):
        if n % 2:
            last = _gap(made, text, gaps[piece], share, _bool(question.shuffle))
        elif last is None:
            text.text = piece
        else:
            last.tail = piece
    total = SubElement(_set(score, "SCORE"), "sum")
    for name in gaps:
        SubElement(total, "mapResponse", {"identifier": identifier(name)})
    return _say_all(score, [(gap.id, gap.feedback) for gap in body.gaps])


def _gap(made: Element, text: Element, gap: Gap, share: float, shuffle: str) -> Element:
    name = identifier(gap.id)
    if gap.words:
        _declare_words(made, name, gap.words, share)
        return SubElement(text, "textEntryInteraction", {"responseIdentifier": name, "expectedLength": str(gap.size)})
    right = [f"{name}.{one.id}" for one in gap.options if one.right]
    _declare(made, name, "single", "identifier", right, dict.fromkeys(right, share), plain=True)
    inter = SubElement(text, "inlineChoiceInteraction", {"responseIdentifier": name, "shuffle": shuffle})
    for one in gap.options:
        SubElement(inter, "inlineChoice", {"identifier": f"{name}.{one.id}"}).text = one.text
    return inter


def _declare(
    made: Element,
    name: str,
    cardinality: str,
    base: str,
    right: list[str] | tuple[str, ...],
    worth: dict[str, float],
    *,
    plain: bool = False,
) -> None:
    """Declare a response: what is right, and what each choice is worth; never less than nothing in all. `plain` ids stay as they are."""
    write = str if plain else identifier
    declared = SubElement(made, "responseDeclaration", {"identifier": name, "cardinality": cardinality, "baseType": base})
    correct = SubElement(declared, "correctResponse")
    for one in right:
        SubElement(correct, "value").text = write(one)
    if worth:
        mapping = SubElement(declared, "mapping", {"lowerBound": "0", "defaultValue": "0"})
        for one, points in worth.items():
            SubElement(mapping, "mapEntry", {"mapKey": write(one), "mappedValue": f"{points:.10g}"})


def _declare_words(made: Element, name: str, body: Words, points: float) -> None:
    declared = SubElement(made, "responseDeclaration", {"identifier": name, "cardinality": "single", "baseType": "string"})
    SubElement(SubElement(declared, "correctResponse"), "value").text = body.accepted[0]
    mapping = SubElement(declared, "mapping", {"lowerBound": "0", "defaultValue": "0"})
    for form, worth in [*((form, points) for form in body.accepted), *((form, 0) for form, _ in body.refused)]:
        SubElement(mapping, "mapEntry", {"mapKey": form, "mappedValue": f"{worth:.10g}", "caseSensitive": "false"})


def _interaction(asked: Element, name: str, question: Question, attributes: dict[str, str]) -> Element:
    made = SubElement(asked, name, {"responseIdentifier": RESPONSE} | attributes)
    SubElement(made, "prompt").text = question.stem
    return made


def _options(parent: Element, tag: str, options: tuple[Choice, ...]) -> None:
    for one in options:
        SubElement(parent, tag, {"identifier": identifier(one.id)}).text = one.text


def _outcome(made: Element, name: str, cardinality: str, base: str, value: str = "") -> None:
    declared = SubElement(made, "outcomeDeclaration", {"identifier": name, "cardinality": cardinality, "baseType": base})
    if value:
        SubElement(SubElement(declared, "defaultValue"), "value").text = value


def _set(parent: Element, outcome: str) -> Element:
    return SubElement(parent, "setOutcomeValue", {"identifier": outcome})


def _base(parent: Element, base: str, value: str) -> None:
    SubElement(parent, "baseValue", {"baseType": base}).text = value


def _score(score: Element, name: str) -> None:
    SubElement(_set(score, "SCORE"), "mapResponse", {"identifier": name})


def _say_all(score: Element, said: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Say to an answer what there is to say of all parts."""
    shown = [(identifier(name), text) for name, text in said if text]
    if shown:
        names = SubElement(_set(score, FEEDBACK), "multiple")
        for name, _ in shown:
            _base(names, "identifier", name)
    return shown


def _bool(value: bool) -> str:  # noqa: FBT001  it is written, not chosen by it
    return "true" if value else "false"
