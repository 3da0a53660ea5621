"""Write questions as Moodle XML.

References
----------
What Moodle reads: question/format/xml/format.php (`import_multichoice`, `import_match`, `import_shortanswer`, `import_multianswer`) and
`import_from_xml` in question/type/ordering/questiontype.php; grades must be among those of `question_bank::fraction_options_full`
(read 2026-11). Elements and attributes that it does not look for are passed over: so option ids stand in `id`, and what no element
says in one of our own.
"""

from collections.abc import Iterable
from typing import assert_never
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from autograde.bank.cloze import write_cloze
from autograde.bank.own import own_line
from autograde.bank.papers import add_around, paragraph
from autograde.bank.question import NOT_KEPT, Choices, Gapped, Pairs, Question, Remark, Steps, Words
from autograde.bank.text import as_html

OWN = "workbookitem"
"""Our own element; Moodle passes it over."""
SAID = "wb-feedback"
MOST_RIGHT = 10
"""Moodle knows no grade of one eleventh or less."""
MARKED_OTHERWISE = {
    "order": "Moodle divides the longest run in the right order by the number of steps, so a wrong order earns a little more",
    "short": "Moodle accepts no slip of spelling",
    "gaps": "Moodle counts one mark for each gap and accepts no slip of spelling",
    "handover": "Moodle takes nothing away for what must not be shared",
}


def moodle_xml(questions: Iterable[Question], category: str) -> tuple[bytes, tuple[Remark, ...]]:
    """Give questions as the text of one file in Moodle XML.

    Parameters
    ----------
    category
        What the category in the question bank is called; a slash would make a category within another.

    Returns
    -------
    tuple
        UTF-8, and what is to be said of single questions: left out, or marked otherwise by Moodle.
    """
    quiz = Element("quiz")
    top = SubElement(quiz, "question", {"type": "category"})
    _text(SubElement(top, "category"), f"$course$/top/{category.replace('/', ' ')}")
    remarks: list[Remark] = []
    for question in questions:
        body = question.body
        if isinstance(body, Choices) and sum(one.right for one in body.options) > MOST_RIGHT:
            remarks.append(Remark(name=question.name, text=f"Moodle has no grade for one of more than {MOST_RIGHT}", left_out=True))
            continue
        quiz.append(_question(question))
        if otherwise := MARKED_OTHERWISE.get(question.kind):
            remarks.append(Remark(name=question.name, text=otherwise))
    indent(quiz)
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<!-- {NOT_KEPT} -->\n'
    return head.encode() + tostring(quiz, encoding="utf-8") + b"\n", tuple(remarks)


def _question(question: Question) -> Element:
    body = question.body
    made = Element("question", {"type": _type(question)})
    section = question.about.get("section", "")
    _text(SubElement(made, "name"), f"{question.name} {section}".strip())
    _html(made, "questiontext", _asked(question))
    _html(made, "generalfeedback", _general(question))
    for name, value in (("defaultgrade", f"{question.points:g}"), ("penalty", "0"), ("hidden", "0"), ("idnumber", question.name)):
        SubElement(made, name).text = value
    SubElement(made, OWN).text = own_line(question)
    match body:
        case Choices():
            _choices(made, question, body)
        case Pairs():
            _pairs(made, question, body)
        case Steps():
            _steps(made, body)
        case Words():
            _words(made, body)
        case Gapped():
            SubElement(made, OWN + "gaps").text = " ".join(
                f"{gap.id}:{gap.size}:{','.join(option.id for option in gap.options)}" for gap in body.gaps
            )
        case _:
            assert_never(body)
    if criterion := question.about.get("criterion"):
        _text(SubElement(SubElement(made, "tags"), "tag"), criterion)
    return made


def _type(question: Question) -> str:
    match question.body:
        case Choices():
            return "multichoice"
        case Pairs():
            return "matching"
        case Steps():
            return "ordering"
        case Words():
            return "shortanswer"
        case Gapped():
            return "cloze"
        case _:
            assert_never(question.body)


def _asked(question: Question) -> str:
    asked = Element("div")
    add_around(asked, question.document, question.about)
    paragraph(asked, question.stem, "wb-stem")
    inner = "".join(tostring(one, encoding="unicode", method="html") for one in asked)
    if isinstance(question.body, Gapped):
        inner = inner.replace("{", "&#123;")  # else Moodle would look for a gap there
        inner += f'<p class="wb-text">{write_cloze(question.body, shuffle=question.shuffle)}</p>'
    return inner


def _general(question: Question) -> str:
    """Give the reason; for pairs also what is said to each, which Moodle has no place for."""
    said = f"<p>{as_html(question.reason)}</p>" if question.reason else ""
    if isinstance(question.body, Pairs) and any(part.feedback for part in question.body.parts):
        lines = "".join(f"<li>{as_html(f'{part.text} {part.feedback}')}</li>" for part in question.body.parts if part.feedback)
        said += f'<ul class="{SAID}">{lines}</ul>'
    return said


def _choices(made: Element, question: Question, body: Choices) -> None:
    SubElement(made, "single").text = str(not body.several).lower()
    SubElement(made, "shuffleanswers").text = str(question.shuffle).lower()
    SubElement(made, "answernumbering").text = "none"
    share = 100 / max(1, sum(one.right for one in body.options))
    for one in body.options:
        worth = share if one.right else -share if body.several else 0
        _answer(made, as_html(one.text), worth, as_html(one.feedback), name=one.id)


def _pairs(made: Element, question: Question, body: Pairs) -> None:
    SubElement(made, "shuffleanswers").text = str(question.shuffle).lower()
    SubElement(made, OWN + "targets").text = " ".join(target.id for target in body.targets)
    texts = {target.id: target.text for target in body.targets}
    parts = [(part.id, part.text, part.right, part.feedback) for part in body.parts]
    used = {part.right for part in body.parts}
    for name, text, right, feedback in [*parts, *(("", "", target, "") for target in texts if target not in used)]:
        sub = SubElement(made, "subquestion", {"format": "html"} | ({"id": name} if name else {}))
        SubElement(sub, "text").text = as_html(text)
        _text(SubElement(sub, "answer", {"id": right}), texts[right])
        if feedback:
            _html(sub, "feedback", as_html(feedback))


def _steps(made: Element, body: Steps) -> None:
    fields = {"layouttype": "VERTICAL", "selecttype": "ALL", "selectcount": str(len(body.steps)), "gradingtype": "LONGEST_ORDERED_SUBSET"}
    for name, value in (fields | {"showgrading": "HIDE", "numberingstyle": "none", "shownumcorrect": "0"}).items():
        SubElement(made, name).text = value
    steps = {step.id: step for step in body.steps}
    for place, name in enumerate(body.right, 1):
        _answer(made, as_html(steps[name].text), place, as_html(steps[name].feedback), name=name)


def _words(made: Element, body: Words) -> None:
    SubElement(made, "usecase").text = "0"
    for form in body.accepted:
        _answer(made, form.replace("*", r"\*"), 100, as_html(body.feedback), kind="plain_text")
    for form, feedback in body.refused:
        _answer(made, form.replace("*", r"\*"), 0, as_html(feedback), kind="plain_text")
    if body.hint:
        _answer(made, "*", 0, as_html(body.hint), kind="plain_text")


def _answer(made: Element, text: str, worth: float, feedback: str, *, name: str = "", kind: str = "html") -> None:
    answer = SubElement(made, "answer", {"fraction": f"{worth:.7g}", "format": kind} | ({"id": name} if name else {}))
    SubElement(answer, "text").text = text
    _html(answer, "feedback", feedback)


def _html(parent: Element, name: str, html: str) -> None:
    _text(SubElement(parent, name, {"format": "html"}), html)


def _text(parent: Element, text: str) -> None:
    SubElement(parent, "text").text = text
