"""Read an item of QTI 2.1 or 3.0, ours and others'.

References
----------
As in `autograde.bank.qti`. What an item is worth is read from its mapping, else from its correct response; other rules are not run.
"""

from xml.etree.ElementTree import Element

from autograde.bank.own import read_own_line
from autograde.bank.papers import read_around
from autograde.bank.qti import HINT, NEAR, REASON, RESPONSE, RIGHT, TARGET
from autograde.bank.question import MOST_GAPS, Body, Choice, Choices, Gap, Gapped, Pairs, Part, Question, Steps, Unreadable, Words
from autograde.bank.text import PICTURE, as_number, classes, has_media, passing, words

BLOCKS = frozenset({"choiceInteraction", "matchInteraction", "orderInteraction"})
INLINE = frozenset({"inlineChoiceInteraction", "textEntryInteraction"})
NOT_OURS = {
    "extendedTextInteraction": "a person marks its text; write it as a written task",
    "uploadInteraction": "it asks for a file",
    "sliderInteraction": "it asks for a number",
}


def read_qti(item: Element) -> Question:
    """Read an item that has the names of 2.1 (`in_old_names`).

    Raises
    ------
    Unreadable
        If no kind of ours can be that; the message says why.
    """
    name = own_id(item.get("identifier") or "")
    own = read_own_line(item.get("label"))
    asked = item.find("itemBody")
    if asked is None:
        msg = "it has no body"
        raise Unreadable(msg)
    about = {field: own[field] for field in ("about", "criterion", "once") if own.get(field)}
    if own and item.get("title", "") != name:
        about["section"] = item.get("title", "")
    document, passed = read_around(asked, about) if own else (None, [])
    found = [one for one in asked.iter() if one.tag.endswith("Interaction")]
    body, stem = _body(item, asked, found, passed, gapped=own.get("kind") == "gaps")
    said, reason = _said(item), words_of_reason(item, own=bool(own))
    declared = {one.get("identifier"): one for one in item.findall("outcomeDeclaration")}
    most = declared["MAXSCORE"].findtext("defaultValue/value") if "MAXSCORE" in declared else None
    return Question(
        name=name,
        stem=stem,
        body=_with_feedback(body, said),
        points=as_number(most, 1),
        reason=reason,
        shuffle=own.get("shuffle") == "yes" or any(one.get("shuffle") == "true" for one in found),
        practice=own.get("purpose") == "practice",
        kind=own.get("kind", ""),
        document=document,
        about=about,
        notes=(PICTURE,) if has_media(asked) else (),
    )


def own_id(name: str) -> str:
    """Give an id of ours back that QTI writes with a line before its digit."""
    return name[1:] if name[:1] == "_" and name[1:2].isdigit() else name


def _body(item: Element, asked: Element, found: list[Element], passed: list[Element], *, gapped: bool) -> tuple[Body, str]:
    kinds = {one.tag for one in found}
    if not found:
        msg = "it asks nothing that can be answered"
        raise Unreadable(msg)
    if not kinds <= BLOCKS | INLINE or (kinds & BLOCKS and len(found) > 1):
        odd = next((one.tag for one in found if one.tag not in BLOCKS | INLINE), "")
        raise Unreadable(NOT_OURS.get(odd, f"it uses {odd}, and no kind of ours is like it" if odd else "it asks several things at once"))
    declared = {one.get("identifier") or "": one for one in item.findall("responseDeclaration")}
    if kinds & INLINE:
        return _inline(asked, found, passed, declared, gapped=gapped)
    only = found[0]
    declaration = declared.get(only.get("responseIdentifier") or RESPONSE)
    if declaration is None:
        msg = "it does not say what is right"
        raise Unreadable(msg)
    around = words(asked, instead=passing([only, *passed]))
    prompt = only.find("prompt")
    stem = " ".join(part for part in (around, "" if prompt is None else words(prompt)) if part)
    right, worth = _right(declaration)
    if only.tag == "matchInteraction":
        return _pairs(only, right), stem
    choices = [(own_id(one.get("identifier") or ""), _text(one), _inline_feedback(one)) for one in only.iter("simpleChoice")]
    if only.tag == "orderInteraction":
        steps = tuple(Choice(id=name, text=text, feedback=said) for name, text, said in choices)
        return Steps(steps=steps, right=tuple(map(own_id, right))), stem
    several = declaration.get("cardinality") == "multiple"
    full = [own_id(one) for one in right or worth]
    wanted = full if several else full[:1]
    options = tuple(Choice(id=name, text=text, right=name in wanted, feedback=said) for name, text, said in choices)
    return Choices(options=options, several=several), stem


def _right(declaration: Element) -> tuple[list[str], list[str]]:
    """Give the correct values, and those that a mapping gives points for."""
    correct = [(one.text or "").strip() for one in declaration.findall("correctResponse/value")]
    entries = [(one.get("mapKey") or "", as_number(one.get("mappedValue"), 0)) for one in declaration.findall("mapping/mapEntry")]
    return correct, [key for key, value in entries if value > 0]


def _text(choice: Element) -> str:
    return words(choice, instead=lambda one: "" if one.tag == "feedbackInline" else None)


def _inline_feedback(choice: Element) -> str:
    return " ".join(words(one) for one in choice.iter("feedbackInline"))


def _pairs(only: Element, right: list[str]) -> Pairs:
    sets = only.findall("simpleMatchSet")
    if len(sets) != 2:
        msg = "it does not have two sets of things to be matched"
        raise Unreadable(msg)
    parts, targets = ([(one.get("identifier") or "", words(one)) for one in group] for group in sets)
    pairs = [tuple(pair.split()) for pair in right]
    chosen = {pair[0]: pair[1] for pair in pairs if len(pair) == 2}
    if len(chosen) != len(pairs) or set(chosen) != {name for name, _ in parts}:
        msg = "one of its parts belongs to none or to several of the others"
        raise Unreadable(msg)
    ours = all(name.startswith(TARGET) for name, _ in targets)
    cut = len(TARGET) if ours else 0
    return Pairs(
        parts=tuple(Part(id=own_id(name), text=text, right=chosen[name][cut:]) for name, text in parts),
        targets=tuple(Choice(id=name[cut:], text=text) for name, text in targets),
    )


def _inline(asked: Element, found: list[Element], passed: list[Element], declared: dict[str, Element], *, gapped: bool) -> tuple[Body, str]:
    stems = [one for one in asked.iter("p") if "wb-stem" in classes(one)]
    if len(found) == 1 and found[0].tag == "textEntryInteraction" and not gapped:
        declaration = declared.get(found[0].get("responseIdentifier") or "")
        return _typed(declaration), words(asked, instead=passing([found[0], *passed]))
    if len(found) > MOST_GAPS:
        msg = f"it has {len(found)} gaps, and an item of ours has {MOST_GAPS} at most"
        raise Unreadable(msg)
    stem = " ".join(map(words, stems))
    gaps = {id(one): _gap(n, one, declared.get(one.get("responseIdentifier") or "")) for n, one in enumerate(found, 1)}
    for one in asked.iter():
        if id(one) not in gaps:
            one.text, one.tail = (None if text is None else text.translate({123: "(", 125: ")"}) for text in (one.text, one.tail))
        elif one.tail:
            one.tail = one.tail.translate({123: "(", 125: ")"})
    skip = passing([*passed, *stems])
    text = words(asked, instead=lambda one: f"{{{gaps[id(one)].id}}}" if id(one) in gaps else skip(one))
    return Gapped(text=text, gaps=tuple(gaps.values())), stem


def _gap(number: int, inter: Element, declaration: Element | None) -> Gap:
    name = own_id(inter.get("responseIdentifier") or f"gap-{number}")
    if inter.tag == "textEntryInteraction":
        size = int(as_number(inter.get("expectedLength"), 14))
        return Gap(id=name, words=_typed(declaration), size=min(40, max(2, size)))
    right, worth = _right(declaration) if declaration is not None else ([], [])
    wanted = (right or worth or [""])[0]
    before = f"{inter.get('responseIdentifier')}."
    options = tuple(
        Choice(id=own_id((one.get("identifier") or "").removeprefix(before)), text=words(one), right=one.get("identifier") == wanted)
        for one in inter.iter("inlineChoice")
    )
    return Gap(id=name, options=options)


def _typed(declaration: Element | None) -> Words:
    if declaration is None or declaration.get("baseType") != "string":
        msg = "it asks for a number, and no kind of ours does" if declaration is not None else "it does not say what is right"
        raise Unreadable(msg)
    right, worth = _right(declaration)
    refused = [one.get("mapKey") or "" for one in declaration.findall("mapping/mapEntry") if as_number(one.get("mappedValue"), 0) <= 0]
    return Words(accepted=tuple(dict.fromkeys([*right, *worth])), refused=tuple((form, "") for form in refused))


def _said(item: Element) -> dict[str, str]:
    """Give what is said, by the identifier it is said to."""
    shown = (one for one in item.findall("modalFeedback") if one.get("outcomeIdentifier") != REASON)
    return {own_id(one.get("identifier") or ""): words(one) for one in shown if one.get("showHide", "show") == "show"}


def words_of_reason(item: Element, *, own: bool) -> str:
    """Give why the right answer is right; of others' items, all that is said whatever was chosen."""
    choices = {own_id(one.get("identifier") or "") for one in item.iter() if one.tag in {"simpleChoice", "simpleAssociableChoice"}}
    said = (
        words(one)
        for one in item.findall("modalFeedback")
        if one.get("outcomeIdentifier") == REASON or not (own or own_id(one.get("identifier") or "") in choices)
    )
    return " ".join(dict.fromkeys(text for text in said if text))


def _with_feedback(body: Body, said: dict[str, str]) -> Body:
    """Put what is said to a part of an answer to that part."""
    match body:
        case Choices():
            options = tuple(Choice(id=c.id, text=c.text, right=c.right, feedback=said.get(c.id) or c.feedback) for c in body.options)
            return Choices(options=options, several=body.several)
        case Pairs():
            parts = tuple(Part(id=p.id, text=p.text, right=p.right, feedback=said.get(p.id, "")) for p in body.parts)
            return Pairs(parts=parts, targets=body.targets)
        case Steps():
            steps = tuple(Choice(id=s.id, text=s.text, feedback=said.get(s.id) or s.feedback) for s in body.steps)
            return Steps(steps=steps, right=body.right)
        case Words():
            refused = tuple((form, said.get(f"{NEAR}{n}", "")) for n, (form, _) in enumerate(body.refused, 1))
            return Words(accepted=body.accepted, refused=refused, feedback=said.get(RIGHT, ""), hint=said.get(HINT, ""))
        case Gapped():
            gaps = tuple(Gap(id=g.id, options=g.options, words=g.words, feedback=said.get(g.id, ""), size=g.size) for g in body.gaps)
            return Gapped(text=body.text, gaps=gaps)
