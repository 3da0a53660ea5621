"""Moodle's own importers of feedback files and grading worksheets, line by line in Python, to read back what is written for them.

After `assignfeedback_file_zip_importer` and `assignfeedback_offline_grade_importer` of Moodle 4.1 to 5.
"""

import csv
import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

SKEW = timedelta(seconds=60)


def feedback_files(data: bytes, participants: Iterable[int]) -> dict[int, list[tuple[str, bytes]]]:
    """Give participant → (name, content) of the files that would be kept for them."""
    known, found = set(participants), dict[int, list[tuple[str, bytes]]]()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for one in archive.infolist():
            name = one.filename.rpartition("/")[2]
            if one.is_dir() or name.startswith((".", "~")):
                continue
            parts = one.filename.split("/")
            while parts:
                info = parts.pop(0).split("_", 4)
                if len(info) < 4 or not info[1].isdecimal() or int(info[1]) not in known:
                    continue
                if (info[2], info[3]) != ("assignsubmission", "file"):
                    continue
                rest = "/".join(part for part in (info[4] if len(info) > 4 else "", *parts) if part)
                found.setdefault(int(info[1]), []).append((rest, archive.read(one)))
                break
    return found


@dataclass
class Site:
    """An assignment of a Moodle site: the highest grade, who takes part, what is graded when, and whose grade is locked."""

    most: float
    participants: set[int]
    grades: dict[int, tuple[float, datetime]] = field(default_factory=dict)
    locked: set[int] = field(default_factory=set)
    comments: dict[int, str] = field(default_factory=dict)

    def take(self, data: bytes, codec: str, separator: str) -> set[int]:
        """Take a worksheet in; give the participants whose grade or comment changed."""
        rows = list(csv.reader(io.StringIO(data.decode(codec).removeprefix("\ufeff"), newline=""), delimiter=separator))
        header, changed = rows[0], set[int]()
        who, grade, when = (header.index(name) for name in ("Identifier", "Grade", "Last modified (grade)"))
        for row in rows[1:]:
            number = int(row[who].removeprefix("Participant "))
            if number not in self.participants:
                continue
            before, modified = self.grades.get(number, (None, None))
            text = row[grade].replace(" ", "").replace(",", ".")
            value = float(text) if text not in {"", "-"} else None
            stale = modified is not None and modified > _time(row[when]) + SKEW
            if value is not None and (not 0 <= value <= self.most or number in self.locked or stale):
                continue
            if value is not None and value != before:
                self.grades[number] = (value, datetime(2026, 11, 28))  # noqa: DTZ001
                changed.add(number)
            if "Feedback comments" in header and number not in self.locked:
                comment = row[header.index("Feedback comments")]
                if comment != self.comments.get(number, ""):
                    self.comments[number] = comment
                    changed.add(number)
        return changed


def _time(text: str) -> datetime:
    return datetime.strptime(text if text not in {"", "-"} else "Thursday, 1 January 1970, 12:00 AM", "%A, %d %B %Y, %I:%M %p")  # noqa: DTZ007
