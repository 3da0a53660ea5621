"""From whom another system says that a file comes: how Moodle and Canvas name what they let a tutor download."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

MOODLE = re.compile(r"(?P<name>.+?)(?:_(?P<number>\d+))?_assignsubmission_(?P<plugin>[a-z]+)(?:_(?P<rest>.*))?", re.DOTALL)
"""A folder, or without folders the beginning of a file's name. Moodle's "Default group" has no number."""
CANVAS = re.compile(r"(?P<name>[^\W_]+)(?P<late>_LATE)?_(?P<number>\d+)_\d+_(?P<rest>.+)", re.DOTALL)
CANVAS_HIDDEN = re.compile(r"(?P<late>LATE_)?anon_(?P<number>\w+?)_\d+_(?P<rest>.+)", re.DOTALL)
EXCHANGE = "the exchange"
SERVICE = "the class’s service"
"""`workbook serve`: it knows who is signed in, and its clock is the time."""
HIDDEN = frozenset({"participant", "cyfranogwr"})
"""What Moodle writes in place of a name where names are hidden, in English and Welsh."""


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Who sent a hand-in, in the words of the system that it came through; all "" where no system says anything.

    Attributes
    ----------
    system
        "Moodle", "Canvas", "the exchange" or "the class’s service".
    number
        By which that system knows the person in this assignment; for the exchange, the account's name.
    name
        The person's name; "" where it is hidden.
    late
        Whether the system itself marks it late.
    """

    system: str = ""
    number: str = ""
    name: str = ""
    late: bool = False

    def __str__(self) -> str:
        """Say it to a person."""
        what = {"Moodle": "Moodle participant", "Canvas": "Canvas user"}.get(self.system, "the account")
        who = f"{what} {self.number}" if self.number else self.system
        return f"{who} ({self.name})" if self.name else who

    def is_same(self, other: "Sender") -> bool:
        """Whether the two are surely one person; a name may be hidden in one of them."""
        names = {self.name, other.name} - {""}
        return bool(self.number) and (self.system, self.number) == (other.system, other.number) and len(names) < 2

    def is_another(self, other: "Sender") -> bool:
        """Whether the same system knows the two as different people."""
        return bool(self.number and other.number) and self.system == other.system and not self.is_same(other)


NOBODY = Sender()


@dataclass(frozen=True, kw_only=True)
class Label:
    """What the name of a file or folder says: the sender, the rest of the name ("" for a folder), and Moodle's plugin."""

    sender: Sender
    rest: str
    plugin: str = "file"


def moodle_label(name: str) -> Label | None:
    """Read a name as Moodle writes it, None if it is none of Moodle's."""
    found = MOODLE.fullmatch(name)
    if found is None:
        return None
    number, person = found["number"] or "", found["name"]
    if not number or person.casefold() in HIDDEN:
        person = ""
    return Label(sender=Sender(system="Moodle", number=number, name=person), rest=found["rest"] or "", plugin=found["plugin"])


def canvas_label(name: str) -> Label | None:
    """Read a file's name as Canvas writes it, None if it is none of Canvas's."""
    hidden = CANVAS_HIDDEN.fullmatch(name)
    found = hidden or CANVAS.fullmatch(name)
    if found is None:
        return None
    sender = Sender(system="Canvas", number=found["number"], name="" if hidden else found["name"], late=bool(found["late"]))
    return Label(sender=sender, rest=found["rest"])


def canvas_text(name: str) -> bool:
    """Whether a name is that of a text or link that was typed into Canvas, which has no number of a file."""
    return re.fullmatch(r"[^\W_]+(_LATE)?_\d+_(text|link)\.html|(LATE_)?anon_\w+_(text|link)\.html", name) is not None


def is_canvas(names: Iterable[str]) -> bool:
    """Whether all of these files are named as Canvas names a class's; a single name could be so by chance, and must be very like."""
    labels = [canvas_label(name) for name in names if not canvas_text(name)]
    if len(labels) == 1 and labels[0]:
        name, number = labels[0].sender.name, labels[0].sender.number
        return (not name or (name.isalpha() and name == name.lower())) and len(number) > 1
    return len(labels) > 1 and all(labels)
