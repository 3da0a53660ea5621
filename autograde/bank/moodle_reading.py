"""Read questions from Moodle XML, ours and others'.

References
----------
As in `autograde.bank.moodle`. What is passed over there is passed over here.
"""

from xml.etree.ElementTree import Element

from autograde.bank.cloze import read_cloze
from autograde.bank.moodle import OWN, SAID
from autograde.bank.own import read_own_line
from autograde.bank.papers import read_around
from autograde.bank.question import Body, Choice, Choices, Gap, Gapped, Pairs, Part, Question, Remark, Steps, Unreadable, Words
from autograde.bank.shares import CAPITALS, choices, typed
from autograde.bank.text import PICTURE, as_count, as_number, classes, has_media, passing, plain, shortened, tree, words

NOT_OURS = {
    "essay": "an essay: a person marks it; write it as a written task",
    "numerical": "it asks for a number, and no kind of ours does",
    "calculated": "it calculates its numbers anew for each student, and no kind of ours does",
    "calculatedsimple": "it calculates its numbers anew for each student, and no kind of ours does",
    "calculatedmulti": "it calculates its numbers anew for each student, and no kind of ours does",
    "description": "a text without a question: put it into the notebook",
    "random": "a question drawn at random: write a pool",
}


def read_moodle(root: Element) -> tuple[tuple[Question, ...], tuple[Remark, ...]]:
    """Read all questions of a `quiz`, and say which are left out and why."""
    questions: list[Question] = []
    remarks: list[Remark] = []
    for number, element in enumerate(root.findall("question"), 1):
        kind = element.get("type") or ""
        if kind == "category":
            continue
        name = (element.findtext("idnumber") or "").strip()
        shown = name or shortened(plain((element.findtext("name/text") or "")[:500])) or f"question {number}"
        try:
            questions.append(_question(element, kind, name or shown))
        except Unreadable as error:
            remarks.append(Remark(name=shown, text=str(error), left_out=True))
    return tuple(questions), tuple(remarks)


def _question(element: Element, kind: str, name: str) -> Question:
    own = read_own_line(element.findtext(OWN))
    asked = tree(element.findtext("questiontext/text") or "")
    notes = [PICTURE] * has_media(asked)
    about = {field: own[field] for field in ("about", "criterion", "section", "once") if own.get(field)}
    document, passed = read_around(asked, about) if own else (None, [])
    if kind in {"cloze", "multianswer"}:
        passed += [one for one in asked.iter("p") if "wb-text" in classes(one)]
    stem = words(asked, instead=passing(passed))
    body = _body(element, kind, own, notes)
    if isinstance(body, Gapped) and not own:
        stem = ""
    general = tree(element.findtext("generalfeedback/text") or "")
    notes += [PICTURE] * has_media(general)
    return Question(
        name=name,
        stem=stem,
        body=body,
        points=as_number(element.findtext("defaultgrade"), 1),
        reason=words(general, instead=lambda one: "" if own and SAID in classes(one) else None),
        shuffle=own.get("shuffle") == "yes" or (element.findtext("shuffleanswers") or "").strip() in {"1", "true"},
        practice=own.get("purpose") == "practice",
        kind=own.get("kind", ""),
        document=document,
        about=about,
        notes=tuple(notes),
    )


def _body(element: Element, kind: str, own: dict[str, str], notes: list[str]) -> Body:
    match kind:
        case "multichoice":
            return _choices(element, notes)
        case "truefalse":
            return _true_or_false(element, notes)
        case "matching" | "match" | "ddmatch":
            return _pairs(element, notes)
        case "ordering":
            return _steps(element, own.get("order", "").split(), notes)
        case "shortanswer":
            return _words(element, notes)
        case "cloze" | "multianswer":
            return _gapped(element, notes, own=bool(own))
        case "gapselect" | "ddwtos":
            return _selected(element, notes)
        case _:
            raise Unreadable(NOT_OURS.get(kind, f"a question of the type {shortened(kind, 30)!r}, and no kind of ours is like it"))


def _read(element: Element, path: str, notes: list[str]) -> str:
    """Give the plain words of a text of a question, and note a picture in it."""
    html = element.findtext(path) or ""
    notes += [PICTURE] * ("<" in html and has_media(tree(html)))
    return plain(html)


def _answers(element: Element, notes: list[str]) -> list[tuple[str, str, float, str]]:
    """Give id, text, share in per cent and feedback of each answer."""
    return [
        (one.get("id") or f"o{n}", _read(one, "text", notes), as_number(one.get("fraction"), 0), _read(one, "feedback/text", notes))
        for n, one in enumerate(element.findall("answer"), 1)
    ]


def _choices(element: Element, notes: list[str]) -> Choices:
    several = (element.findtext("single") or "true").strip() in {"0", "false"}
    return choices(_answers(element, notes), notes, several=several)


def _true_or_false(element: Element, notes: list[str]) -> Choices:
    answers = {text.lower(): (share, said) for _, text, share, said in _answers(element, notes)}
    if set(answers) != {"true", "false"}:
        msg = "its two answers are not called true and false"
        raise Unreadable(msg)
    return choices(((name, name.capitalize(), *answers[name]) for name in ("true", "false")), notes, several=False)


def _pairs(element: Element, notes: list[str]) -> Pairs:
    parts: list[Part] = []
    targets: dict[str, str] = {}
    by_text: dict[str, str] = {}
    for n, sub in enumerate(element.findall("subquestion"), 1):
        answer = sub.find("answer")
        text, said = _read(sub, "text", notes), " ".join((sub.findtext("answer/text") or "").split())
        if answer is not None and answer.get("format") == "html":  # only where things are dragged; else an answer is no HTML
            said = _read(sub, "answer/text", notes)
        if not text and has_media(tree(sub.findtext("text") or "")):
            msg = "one of its parts is only a picture"
            raise Unreadable(msg)
        name = (answer.get("id") if answer is not None else None) or by_text.setdefault(said, f"t{len(by_text) + 1}")
        targets.setdefault(name, said)
        if text:
            parts.append(Part(id=sub.get("id") or f"p{n}", text=text, right=name, feedback=_read(sub, "feedback/text", notes)))
    order = (element.findtext(OWN + "targets") or "").split()
    if sorted(order) == sorted(targets):
        targets = {name: targets[name] for name in order}
    return Pairs(parts=tuple(parts), targets=tuple(Choice(id=name, text=text) for name, text in targets.items()))


def _steps(element: Element, order: list[str], notes: list[str]) -> Steps:
    steps = {name: Choice(id=name, text=text, feedback=said) for name, text, _, said in _answers(element, notes)}
    drawn = (element.findtext("selecttype") or "ALL").strip() not in {"0", "ALL"}
    if drawn and as_number(element.findtext("selectcount"), 0) < len(steps):
        notes.append("a student gets only some of its steps there, and all of them here")
    shown = order if sorted(order) == sorted(steps) else sorted(steps, key=lambda name: steps[name].text)
    return Steps(steps=tuple(steps[name] for name in shown), right=tuple(steps))


def _words(element: Element, notes: list[str]) -> Words:
    notes += [CAPITALS] * ((element.findtext("usecase") or "").strip() in {"1", "true"})
    return typed(
        (
            ((one.findtext("text") or "").strip(), as_number(one.get("fraction"), 0), _read(one, "feedback/text", notes))
            for one in element.findall("answer")
        ),
        notes,
    )


def _gapped(element: Element, notes: list[str], *, own: bool) -> Gapped:
    html = element.findtext("questiontext/text") or ""
    start = html.rfind('<p class="wb-text">') if own else -1
    body = read_cloze(html[max(start, 0) :], notes)
    named = [one.split(":") for one in (element.findtext(OWN + "gaps") or "").split()]
    sizes = [size for one in named if len(one) == 3 and (size := as_count(one[1])) is not None]
    if not len(named) == len(sizes) == len(body.gaps):
        return body
    text, gaps = body.text, []
    for (name, _, ids), size, gap in zip(named, sizes, body.gaps, strict=True):
        text = text.replace(f"{{{gap.id}}}", f"{{{name}}}")
        options = gap.options
        if len(known := ids.split(",")) == len(options):
            options = tuple(Choice(id=i, text=one.text, right=one.right) for i, one in zip(known, options, strict=True))
        gaps.append(Gap(id=name, options=options, words=gap.words, feedback=gap.feedback, size=size))
    return Gapped(text=text, gaps=tuple(gaps))


def _selected(element: Element, notes: list[str]) -> Gapped:
    """Read "select missing words": [[n]] in the text stands for the n-th choice, and others of its group may stand there, too."""
    tag = "selectoption" if element.find("selectoption") is not None else "dragbox"
    choices = [(_read(one, "text", notes), (one.findtext("group") or "1").strip()) for one in element.findall(tag)]
    pieces = words(tree(element.findtext("questiontext/text") or "")).replace("{", "(").replace("}", ")").split("[[")
    text, gaps = pieces[0], []
    for n, piece in enumerate(pieces[1:], 1):
        number, closed, rest = piece.partition("]]")
        named = as_count(number)
        if not closed or named is None or not 1 <= named <= len(choices):
            msg = "its text names a choice that is not there"
            raise Unreadable(msg)
        right = named - 1
        group = [k for k, (_, where) in enumerate(choices) if where == choices[right][1]]
        options = tuple(Choice(id=f"o{k + 1}", text=choices[k][0], right=k == right) for k in group)
        gaps.append(Gap(id=f"gap-{n}", options=options))
        text += f"{{gap-{n}}}{rest}"
    return Gapped(text=text, gaps=tuple(gaps))
