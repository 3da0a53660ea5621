"""What none of the formats has a place for: one line of text that goes along with a question and is read back when it is still there."""

from urllib.parse import parse_qsl, urlencode

from autograde.bank.question import Gapped, Question, Steps, Words
from workbook_helpers.items import KINDS

FIELDS = frozenset({"about", "criterion", "section", "once", "order"})
"""What of `Question.about` goes into the line; the rest is text that people read, and stands in the question."""
SHOWN = {"person": "Around", "receiver": "Said to"}
"""What of `Question.about` stands in the question, and the words before it."""


def own_line(question: Question, *leave: str) -> str:
    """Give the line, such as "kind=sort&purpose=practice"; `leave` are fields that the format has a place for after all."""
    fields = {"kind": question.kind, "purpose": "practice" if question.practice else "assessed"}
    fields |= {name: text for name, text in question.about.items() if name in FIELDS and name not in leave}
    if isinstance(question.body, Steps) and "order" not in leave:
        fields["order"] = " ".join(step.id for step in question.body.steps)
    if isinstance(question.body, Gapped | Words) and question.shuffle:
        fields["shuffle"] = "yes"  # of what is typed, no format has it
    return urlencode(fields)


def read_own_line(line: str | None) -> dict[str, str]:
    """Read the line; empty where it is none of ours."""
    if not line or not line.startswith("kind=") or len(line) >= 9000:
        return {}
    try:
        found = dict(parse_qsl(line, max_num_fields=20))
    except ValueError:  # too many fields
        return {}
    return found if found.get("kind") in KINDS and found.get("purpose") in {"practice", "assessed"} else {}
