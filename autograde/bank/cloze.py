"""Moodle's text with embedded answers ("cloze"): gaps that are chosen or typed, within the question's HTML.

References
----------
The syntax `{weight:TYPE:=right#feedback~wrong~%50%part}` and its escapes: `qtype_multianswer_extract_question` in Moodle's
question/type/multianswer/questiontype.php (read 2026-11). Entities in place of the signs with a meaning are read there as here; a * that
stands for itself has a backslash before it, also as an entity.
"""

import re

from autograde.bank.question import MOST_GAPS, Gap, Gapped, Unreadable
from autograde.bank.shares import CAPITALS, WEIGHTS, choices, gap_of, typed
from autograde.bank.text import as_html, plain, tree, words
from workbook_helpers.items.kinds.gaps import GAP

EMBEDDED = re.compile(r"\{(\d*):([A-Z_]+):((?:[^{}\\]|\\.)*)(\}?)", re.DOTALL)
"""An embedded answer, or what would be one if it had an end: nothing within that has one, either, so it is looked at once."""
CASED = frozenset({"SHORTANSWER_C", "SAC", "MWC"})
CHOSEN = re.compile(r"(MULTICHOICE|MC)_?[VH]?S?")
TYPED = frozenset({"SHORTANSWER", "SA", "MW"}) | CASED
SIGNS = str.maketrans({sign: f"&#{ord(sign)};" for sign in '{}~#=%/\\"*&<>'})
MARK = "\ue000"
"""Stands around a gap's number while the HTML is read; no text has it."""


def write_cloze(body: Gapped, *, shuffle: bool) -> str:
    """Give a text with gaps as HTML with embedded answers; each gap counts the same."""
    gaps = {gap.id: gap for gap in body.gaps}
    pieces = GAP.split(body.text)
    return "".join(
        _embedded(gaps[piece], "MULTICHOICE_S" if shuffle else "MULTICHOICE") if n % 2 else as_html(piece) for n, piece in enumerate(pieces)
    )


def _embedded(gap: Gap, chosen: str) -> str:
    said = f"#{_escaped(gap.feedback)}" if gap.feedback else ""
    if gap.words:
        forms = [f"={_form(form)}{said}" for form in gap.words.accepted]
        return f"{{1:SHORTANSWER:{'~'.join([*forms, *(f'%0%{_form(form)}' for form, _ in gap.words.refused)])}}}"
    return f"{{1:{chosen}:{'~'.join(f'={_escaped(one.text)}{said}' if one.right else _escaped(one.text) for one in gap.options)}}}"


def _form(text: str) -> str:
    return _escaped(text.replace("*", r"\*"))


def _escaped(text: str) -> str:
    return text.translate(SIGNS)


def read_cloze(html: str, notes: list[str]) -> Gapped:
    """Read HTML with embedded answers; gap ids are "gap-1", "gap-2", …. What ours cannot hold is added to the notes.

    Raises
    ------
    Unreadable
        If a gap asks for a number, or for what is not known here, or there is none.
    """
    gaps: list[Gap] = []
    weights = set[int]()

    def take(found: re.Match[str]) -> str:
        if not found[4]:
            return found[0]
        gaps.append(_gap(len(gaps) + 1, found[2], found[3], notes))
        weights.add(int(found[1][:9] or 1))
        return f"{MARK}{len(gaps)}{MARK}"

    marked = EMBEDDED.sub(take, html.replace(MARK, ""))
    text = words(tree(marked)).replace("{", "(").replace("}", ")")
    if not 1 <= len(gaps) <= MOST_GAPS:
        msg = f"it has {len(gaps)} gaps, and an item of ours has 1 to {MOST_GAPS}"
        raise Unreadable(msg)
    notes += [WEIGHTS] * (len(weights) > 1)
    return Gapped(text=re.sub(rf"{MARK}(\d+){MARK}", r"{gap-\1}", text), gaps=tuple(gaps))


def _gap(number: int, sort: str, written: str, notes: list[str]) -> Gap:
    if sort not in TYPED and not CHOSEN.fullmatch(sort):
        what = "a number" if sort in {"NUMERICAL", "NM"} else f"an answer of the sort {sort}"
        msg = f"gap {number} asks for {what}"
        raise Unreadable(msg)
    answers = [_answer(one) for one in re.split(r"(?<!\\)~", written) if one.strip()]
    if sort in TYPED:
        notes += [CAPITALS] * (sort in CASED)
        return gap_of(f"gap-{number}", typed(answers, notes))
    return gap_of(
        f"gap-{number}", choices(((f"o{n}", text, share, said) for n, (text, share, said) in enumerate(answers, 1)), notes, several=False)
    )


def _answer(written: str) -> tuple[str, float, str]:
    """Read one answer: its text, its share in per cent, and its feedback."""
    found = re.match(r"\s*(=|%(-?\d+(?:[.,]\d+)?)%)?(.*)", written, re.DOTALL)
    sign, share, rest = (found[1], found[2], found[3]) if found else ("", None, written)
    text, *more = re.split(r"(?<![\\&])#", rest, maxsplit=1)
    worth = 100.0 if sign == "=" else float(share.replace(",", ".")) if share else 0.0
    return plain(_unescaped(text)), worth, plain(_unescaped("".join(more)))


def _unescaped(text: str) -> str:
    return re.sub(r"\\([}{#~/\"\\=%])", r"\1", text)
