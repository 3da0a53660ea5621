"""Whether the questions with which a workbook opens can be chosen by what a student got wrong in earlier ones."""

import re
from collections.abc import Iterable, Iterator

from autograde.checks.content import EARLIER
from autograde.checks.subject import Finding, Subject
from workbook_helpers.items import Purpose
from workbook_helpers.items.sections import EARLIER as SHOWN

LEAST = SHOWN + 2
"""So many questions leave something to choose from."""
FROM = re.compile(r"From workbooks? ((?:\d+|, | and )+)")
"""How such a question says which workbooks it brings back."""


def c17_questions_come_back(subjects: Iterable[Subject]) -> Iterator[Finding]:
    """Each student sees those questions about earlier workbooks that bring back what they got wrong: have five, and say what each is about.

    A question names the workbooks of the items that it is about, and no other. A workbook without such questions keeps the rule, and so
    does an item of a workbook that is not on this shelf.
    """
    subjects = sorted(subjects, key=lambda subject: subject.workbook.about.order)
    known: set[str] = set()
    practice: set[str] = set()
    for subject in subjects:
        workbook = subject.workbook
        asked = [item for item in workbook.items.values() if item.about or EARLIER.fullmatch(item.id)]
        if 0 < len(asked) < LEAST:
            yield _told(
                subject, f"it has {len(asked)} questions about earlier workbooks: at least {LEAST}, of which each student sees {SHOWN}"
            )
        for item in asked:
            if not item.about:
                yield _told(
                    subject, f"{item.id} does not say what it is about: name the practice items of earlier workbooks that it brings back"
                )
            wrong = [
                name
                for name in item.about
                if name not in practice and (name.partition("-")[0] in known or name.startswith(f"{workbook.id}-"))
            ]
            for name in wrong:
                yield _told(subject, f"{item.id} is about {name}, which is no practice item of an earlier workbook")
            said = FROM.match(item.stem)
            about = {name.partition("-")[0] for name in item.about}
            if said and about and not wrong and about != {f"w{int(number):02}" for number in re.findall(r"\d+", said[1])}:
                yield _told(subject, f"{item.id} begins “{said[0]}”, and is about items of {', '.join(sorted(about))}")
        known.add(workbook.id)
        practice |= {item.id for item in workbook.items.values() if item.purpose is Purpose.PRACTICE}


def _told(subject: Subject, text: str) -> Finding:
    return Finding(rule="C17", where=subject.workbook.folder.name, text=text, advice=True)
