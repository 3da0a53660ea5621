"""The item bank: closed items go out as Moodle XML, QTI 2.1 and QTI 3.0, and come in from these and from GIFT.

Whatever goes out holds keys: it is for a tutor's own question bank, and nothing a student receives is made from it.
"""

from autograde.bank.draft import Draft, draft_items
from autograde.bank.moodle import moodle_xml
from autograde.bank.of_class import ENDINGS, KEYS_LEAVE, Incoming, Outgoing, incoming, outgoing, target
from autograde.bank.opening import questions_in, read_questions
from autograde.bank.outward import questions_of
from autograde.bank.package import qti_package
from autograde.bank.question import Question, Remark

__all__ = [
    "ENDINGS",
    "KEYS_LEAVE",
    "Draft",
    "Incoming",
    "Outgoing",
    "Question",
    "Remark",
    "draft_items",
    "incoming",
    "moodle_xml",
    "outgoing",
    "qti_package",
    "questions_in",
    "questions_of",
    "read_questions",
    "target",
]
