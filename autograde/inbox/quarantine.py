"""What cannot be used, or not without a person: quarantine/, a folder for each hand-in, with its reason in words."""

import hashlib
import json
import re
import shutil
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from autograde.classes.any_system import for_any
from autograde.classes.folder import Course
from autograde.errors import UnusableError
from autograde.inbox.files.mistaken import mistaken
from autograde.inbox.files.senders import NOBODY, Sender
from autograde.text import aware, local, printable, stamp
from workbook_helpers.files import replacing, write_file

REASON = "reason.txt"
DONE = ".done"
"""In quarantine/: what a tutor has dealt with. It is not asked for again, also where the same file comes once more."""


@dataclass(frozen=True, kw_only=True)
class Held:
    """What is known of a hand-in in quarantine, so that a person may say whose it is."""

    assignment: str
    sender: Sender
    seen_at: datetime
    server_time: datetime | None = None
    server: str = ""
    order: datetime | None = None


class Quarantine:
    """The folder of hand-ins that cannot be used; knows what lies there, so that nothing is put there twice."""

    def __init__(self, course: Course) -> None:
        self.root = course.root / "quarantine"
        self._held: dict[tuple[str, str], Path] = {}
        for path in sorted([*self.root.glob(f"{DONE}/*/{REASON}"), *self.root.glob(f"*/{REASON}")]):
            text = _text(path)
            if found := re.search(r"^sha256: ([0-9a-f]{64})$", text, re.MULTILINE):
                self._held[found[1], _from(text)] = path.parent

    def put(self, name: str, reason: str, held: Held, *, data: bytes = b"", path: Path | None = None, about: str = "") -> Path:
        """Put a hand-in there, with its reason in words; two people's equal files get a folder each.

        Parameters
        ----------
        name
            The file's name as it was given, for people.
        data, path
            Its bytes, or the file itself where it is too large to hold.
        about
            Lines for the reason: the student if known.

        Returns
        -------
        Path
            Its folder.

        Raises
        ------
        OSError, UnusableError
            If it cannot be put there.
        """
        digest = _digest(data, path) if data or path else hashlib.sha256(f"{name}\n{reason}".encode()).hexdigest()
        sender = printable(held.sender, 200)
        folder = self._held.get((digest, sender))
        now = datetime.now(UTC)
        short = re.sub(r"[^A-Za-z0-9._-]+", "-", re.split(r"[/\\›]", name)[-1]).strip("-.")[-50:].lstrip("-.") or "hand-in"
        short = f"hand-in-{short}" if short == REASON else for_any(short)
        if data.startswith(b"PK") and not short.lower().endswith(".zip") and not mistaken(data):  # loose files were packed
            short += ".zip"
        with ExitStack() as undo:
            if folder is None or not folder.is_dir():
                self.root.mkdir(exist_ok=True)
                folder = self._new_folder(f"{stamp(now)}-{short}")
                undo.callback(shutil.rmtree, folder, ignore_errors=True)  # half of it would be seen by nobody, and made anew each time
                if path is not None:
                    with replacing(folder / short) as part:
                        shutil.copyfile(path, part, follow_symlinks=False)
                elif data:
                    write_file(folder / short, data)
            details = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in asdict(held).items()}
            text = (
                f"What is wrong: {reason}\nFile: {name}\n{about}From: {sender}\nPut here: {local(now)} (UK time)\n\n"
                "What to do: mend what is wrong, or ask the learner to hand in again; then take it in anew with\n"
                "autograde intake or autograde collect. Where just whose it is was not clear, say so with\n"
                f'autograde assign "quarantine/{folder.name}" LEARNER-ID\n'
                f"This folder may be deleted afterwards.\n\nsha256: {digest}\ndetails: {json.dumps(details, ensure_ascii=False)}\n"
            )
            write_file(folder / REASON, text.encode("utf-8", "replace"))
            undo.pop_all()
        self._held[digest, sender] = folder
        return folder

    def waiting(self, digest: str, sender: Sender) -> list[str]:
        """Give the folders in which a hand-in waits, by the SHA-256 of its bytes; none that the same system knows as another sender's."""
        folders = [folder for (held, _), folder in self._held.items() if held == digest and folder.parent == self.root and folder.is_dir()]
        known = [(folder, held_in(folder)) for folder in folders]
        return [folder.name for folder, found in known if not (found and found[1].sender.is_another(sender))]

    def _new_folder(self, name: str) -> Path:
        for attempt in range(1, 1000):
            folder = self.root / (name if attempt == 1 else f"{name}-{attempt}")
            try:
                folder.mkdir()
            except FileExistsError:
                continue
            return folder
        msg = f"{self.root} holds too many folders named {name}"
        raise UnusableError(msg)


def held_in(folder: Path) -> tuple[Path, Held] | None:
    """Give the hand-in that lies in a folder of the quarantine and what is known of it; None if the folder is none."""
    text = _text(folder / REASON)
    files = [path for path in folder.iterdir() if path.name != REASON and not path.name.startswith(".") and path.is_file()]
    found = re.search(r"^details: (\{.*\})$", text, re.MULTILINE)
    if len(files) != 1 or files[0].is_symlink():
        return None
    try:
        row = json.loads(found[1]) if found else {}
        server_time, order = row.get("server_time"), row.get("order")
        return files[0], Held(
            assignment=str(row.get("assignment", "")),
            sender=Sender(**row["sender"]) if row.get("sender") else NOBODY,
            seen_at=aware(datetime.fromisoformat(row["seen_at"])) if row.get("seen_at") else datetime.now(UTC),
            server_time=aware(datetime.fromisoformat(server_time)) if server_time else None,
            server=str(row.get("server", "")),
            order=aware(datetime.fromisoformat(order)) if order else None,
        )
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""


def _from(text: str) -> str:
    found = re.search(r"^From: (.*)$", text, re.MULTILINE)
    return found[1] if found else ""


def _digest(data: bytes, path: Path | None) -> str:
    if path is None:
        return hashlib.sha256(data).hexdigest()
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
