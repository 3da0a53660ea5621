"""Read an item of QTI 2.1 or 3.0, ours and others'.

References
----------
As in `autograde.bank.qti`. What an answer is worth is read from the mapping, else from the correct response; other rules are not run.
"""

from dataclasses import replace
from xml.etree.ElementTree import Element

from autograde.bank.own import read_own_line
from autograde.bank.papers import read_around
from autograde.bank.qti import HINT, NEAR, REASON, RESPONSE, RIGHT, TARGET
from autograde.bank.question import MOST_GAPS, Body, Choice, Choices, Gap, Gapped, Pairs, Part, Question, Steps, Unreadable, Words
from autograde.bank.shares import CAPITALS, PARTIAL, WEIGHTS, choices, gap_of, typed
from autograde.bank.text import PICTURE, as_number, classes, has_media, is_feedback, passing, words

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
    notes = [PICTURE] if has_media(asked) else []
    body, stem = _body(item, asked, found, passed, notes, gapped=own.get("kind") == "gaps")
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
        notes=tuple(notes),
    )


def own_id(name: str) -> str:
    """Give an id of ours back that QTI writes with a line before its digit."""
    return name[1:] if name[:1] == "_" and name[1:2].isdigit() else name


def _body(
    item: Element, asked: Element, found: list[Element], passed: list[Element], notes: list[str], *, gapped: bool
) -> tuple[Body, str]:
    kinds = {one.tag for one in found}
    if not found:
        msg = "it asks nothing that can be answered"
        raise Unreadable(msg)
    if not kinds <= BLOCKS | INLINE or (kinds & BLOCKS and len(found) > 1):
        odd = next((one.tag for one in found if one.tag not in BLOCKS | INLINE), "")
        raise Unreadable(NOT_OURS.get(odd, f"it uses {odd}, and no kind of ours is like it" if odd else "it asks several things at once"))
    declared = {one.get("identifier") or "": one for one in item.findall("responseDeclaration")}
    if kinds & INLINE:
        return _inline(asked, found, passed, declared, notes, gapped=gapped)
    only = found[0]
    declaration = declared.get(only.get("responseIdentifier") or RESPONSE)
    if declaration is None:
        msg = "it does not say what is right"
        raise Unreadable(msg)
    around = words(asked, instead=passing([only, *passed]))
    prompt = only.find("prompt")
    stem = " ".join(part for part in (around, "" if prompt is None else words(prompt)) if part)
    shares = _shares(declaration, notes)
    if only.tag == "matchInteraction":
        notes += [WEIGHTS] * (len({share for share in shares.values() if share > 0}) > 1)
        return _pairs(only, [pair for pair, share in shares.items() if share > 0]), stem
    listed = [(one.get("identifier") or "", words(one), _spoken_in(one)) for one in only.iter("simpleChoice")]
    if only.tag == "orderInteraction":
        steps = tuple(Choice(id=own_id(name), text=text, feedback=said) for name, text, said in listed)
        return Steps(steps=steps, right=tuple(map(own_id, shares))), stem
    several = declaration.get("cardinality") == "multiple"
    answers = ((own_id(name), text, shares.get(name, 0.0), said) for name, text, said in listed)
    return choices(answers, notes, several=several), stem


def _shares(declaration: Element, notes: list[str]) -> dict[str, float]:
    """Give what each value earns, in per cent of what the best one does; the correct ones come first.

    Raises
    ------
    Unreadable
        If the mapping gives points for any answer, or for others than those that are called correct.
    """
    correct = [(one.text or "").strip() for one in declaration.findall("correctResponse/value")]
    worth = {one.get("mapKey") or "": as_number(one.get("mappedValue"), 0) for one in declaration.findall("mapping/mapEntry")}
    mapping, most = declaration.find("mapping"), max(worth.values(), default=0)
    if mapping is not None and as_number(mapping.get("defaultValue"), 0) > 0:
        msg = "it gives points for any answer that it does not name"
        raise Unreadable(msg)
    values = dict.fromkeys([*correct, *worth])
    if most <= 0:
        return {one: 100.0 if one in correct else 0.0 for one in values}
    several = declaration.get("cardinality") != "single"
    earned = [worth.get(one, 0) for one in correct]
    if correct and (min(earned) <= 0 if several else max(earned) < most):
        msg = "what it calls correct is not what it gives the most points for"
        raise Unreadable(msg)
    counts = {one for one in values if not several or not correct or one in correct}
    notes += [PARTIAL] * any(worth[one] > 0 for one in values if one not in counts)
    return {one: 100 * worth.get(one, 0) / most if one in counts else 0.0 for one in values}


def _spoken_in(element: Element) -> str:
    """Give what is said within an element once it is answered."""
    return " ".join(words(one) for one in element.iter() if is_feedback(one))


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


def _inline(
    asked: Element, found: list[Element], passed: list[Element], declared: dict[str, Element], notes: list[str], *, gapped: bool
) -> tuple[Body, str]:
    stems = [one for one in asked.iter("p") if "wb-stem" in classes(one)]
    if len(found) == 1 and found[0].tag == "textEntryInteraction" and not gapped:
        declaration = declared.get(found[0].get("responseIdentifier") or "")
        return _typed(declaration, notes), words(asked, instead=passing([found[0], *passed]))
    if len(found) > MOST_GAPS:
        msg = f"it has {len(found)} gaps, and an item of ours has {MOST_GAPS} at most"
        raise Unreadable(msg)
    stem = " ".join(map(words, stems))
    gaps = {id(one): _gap(n, one, declared.get(one.get("responseIdentifier") or ""), notes) for n, one in enumerate(found, 1)}
    for one in asked.iter():
        if id(one) not in gaps:
            one.text, one.tail = (None if text is None else text.translate({123: "(", 125: ")"}) for text in (one.text, one.tail))
        elif one.tail:
            one.tail = one.tail.translate({123: "(", 125: ")"})
    skip = passing([*passed, *stems])
    text = words(asked, instead=lambda one: f"{{{gaps[id(one)].id}}}" if id(one) in gaps else skip(one))
    return Gapped(text=text, gaps=tuple(gaps.values())), stem


def _gap(number: int, inter: Element, declaration: Element | None, notes: list[str]) -> Gap:
    name = own_id(inter.get("responseIdentifier") or f"gap-{number}")
    if inter.tag == "textEntryInteraction":
        size = int(as_number(inter.get("expectedLength"), 14))
        return replace(gap_of(name, _typed(declaration, notes)), size=min(40, max(2, size)))
    shares = _shares(declaration, notes) if declaration is not None else {}
    before = f"{inter.get('responseIdentifier')}."
    listed = [(one.get("identifier") or "", words(one)) for one in inter.iter("inlineChoice")]
    answers = ((own_id(one.removeprefix(before)), text, shares.get(one, 0.0), "") for one, text in listed)
    return gap_of(name, choices(answers, notes, several=False))


def _typed(declaration: Element | None, notes: list[str]) -> Words:
    if declaration is None or declaration.get("baseType") != "string":
        msg = "it asks for a number, and no kind of ours does" if declaration is not None else "it does not say what is right"
        raise Unreadable(msg)
    notes += [CAPITALS] * any(one.get("caseSensitive") == "true" for one in declaration.iter("mapEntry"))
    return typed(((form.replace("*", r"\*"), share, "") for form, share in _shares(declaration, notes).items()), notes)


def _said(item: Element) -> dict[str, str]:
    """Give what is said, by the identifier it is said to."""
    shown = (one for one in item.findall("modalFeedback") if one.get("outcomeIdentifier") != REASON)
    return {own_id(one.get("identifier") or ""): words(one) for one in shown if one.get("showHide", "show") == "show"}


def words_of_reason(item: Element, *, own: bool) -> str:
    """Give why the right answer is right; of others' items, all that is said, after the answer, to no choice alone."""
    to_choices = {id(one) for choice in item.iter("simpleChoice") for one in choice.iter()}
    in_body = [one for one in item.iter() if is_feedback(one) and id(one) not in to_choices]
    choices = {own_id(one.get("identifier") or "") for one in item.iter() if one.tag in {"simpleChoice", "simpleAssociableChoice"}}
    after = [
        one
        for one in item.findall("modalFeedback")
        if one.get("outcomeIdentifier") == REASON or not (own or own_id(one.get("identifier") or "") in choices)
    ]
    return " ".join(dict.fromkeys(text for one in (*in_body, *after) if (text := words(one))))


def _with_feedback(body: Body, said: dict[str, str]) -> Body:
    """Put what is said to a part of an answer to that part."""
    match body:
        case Choices():
            return replace(body, options=tuple(replace(one, feedback=said.get(one.id) or one.feedback) for one in body.options))
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
            gaps = tuple(replace(gap, feedback=said.get(gap.id, "")) for gap in body.gaps)
            return Gapped(text=body.text, gaps=gaps)
