"""Hand in to the service: the file that every host makes, put where the tutor's side takes it in, with the service's own time.

The zip comes first, then the receipt's row, then what stands beside the zip; without that the zip is not there. Killed in between, the
service puts the last right when it starts (`recover`): what was told as handed in is there, and what was not is not.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select, update

from workbook_helpers.files import write_file
from workbook_helpers.hand_in import RECEIPT
from workbook_helpers.handed_in import HandIn, Receipt, make_hand_in
from workbook_helpers.items import Json
from workbook_helpers.referral import Referral
from workbook_helpers.served.answers import OWN, Copy, Whose, own_copy
from workbook_helpers.served.database import RECEIPTS, Refused, add, of
from workbook_helpers.words import use

SCHEMA = 1
_RECEIPTS = select(RECEIPTS.c.receipt, RECEIPTS.c.revision).where(of(RECEIPTS, *OWN)).order_by(RECEIPTS.c.at, RECEIPTS.c.file)


def receipts(connection: Connection, whose: Whose) -> list[tuple[Receipt, int]]:
    """Give the receipts of a copy, oldest first, each with the revision that was handed in."""
    rows = connection.execute(_RECEIPTS, whose.of())
    return [(RECEIPT.validate_json(receipt), revision) for receipt, revision in rows]


def again(past: list[tuple[Receipt, int]], revision: int, attempt: int) -> tuple[Receipt, int] | None:
    """Give the receipt of a hand-in that is asked for a second time, as nothing was changed since; None where it is another one."""
    last = past[-1] if past else None
    return last if last and last[1] == revision and last[0].attempt == attempt else None


def put_down(arrived: Path, whose: Whose, copy: Copy, referral: Referral | None, language: str) -> tuple[HandIn, str]:
    """Make a hand-in and put its zip into `arrived`; give it, and the zip's SHA-256.

    Raises
    ------
    HandInError
        If the declaration is not signed, in this language.
    OSError
        If the zip cannot be written.
    """
    use(language)
    made = make_hand_in(whose.workbook, copy.document(whose), whose.name, referral, datetime.now(UTC), through="server")
    zipped = made.zipped()
    arrived.mkdir(exist_ok=True)
    write_file(arrived / made.receipt.file, zipped)
    return made, hashlib.sha256(zipped).hexdigest()


def sign(connection: Connection, whose: Whose, copy: Copy, made: HandIn, sha256: str, known_by: str) -> str:
    """Keep the receipt; give what is to stand beside the zip. Refused where an answer was changed, or the same handed in, meanwhile."""
    row, receipt, now = own_copy(connection, whose, copy.copy), made.receipt, datetime.now(UTC)
    mine = RECEIPTS.c.class_id == whose.class_id
    if there := connection.execute(select(RECEIPTS.c.about).where(mine, RECEIPTS.c.file == receipt.file)).first():
        return str(there.about)  # sent twice within a second: it is one, and its zip is that of both
    if row.revision != copy.revision or again(receipts(connection, whose), copy.revision, receipt.attempt):
        raise Refused(409, "changed")
    about = {
        "schema": SCHEMA,
        "class_id": whose.class_id,
        "learner": whose.name,
        "workbook": receipt.workbook,
        "assignment": receipt.assignment,
        "received_at": now.isoformat(timespec="seconds"),
        "known_by": known_by,
        "zip_sha256": sha256,
    }
    kept = {"receipt": json.dumps(asdict(receipt)), "attempt": receipt.attempt, "revision": copy.revision, "at": now.timestamp()}
    beside = json.dumps(about, ensure_ascii=False, indent=1)
    add(connection, RECEIPTS, **whose.keys(), file=receipt.file, **kept, about=beside, there=False)
    return beside


def stand(arrived: Path, file: str, beside: str) -> None:
    """Put down what stands beside a zip: from now on it is there."""
    write_file((arrived / file).with_suffix(".json"), beside.encode())


def stands(connection: Connection, class_id: str, file: str) -> None:
    """Note that it stands there."""
    connection.execute(update(RECEIPTS).where(RECEIPTS.c.class_id == class_id, RECEIPTS.c.file == file).values(there=True))


def recover(connection: Connection, class_id: str, arrived: Path) -> None:
    """Finish the hand-ins of a service that was killed between the receipt and the end."""
    rows = connection.execute(select(RECEIPTS.c.file, RECEIPTS.c.about).where(RECEIPTS.c.class_id == class_id, ~RECEIPTS.c.there)).all()
    for file, beside in rows:
        if (arrived / file).is_file() and not (arrived / file).with_suffix(".json").exists():
            stand(arrived, file, beside)
        stands(connection, class_id, file)


def shown(receipt: Receipt, revision: int) -> dict[str, Json]:
    """Give a receipt as the page has it."""
    return receipt.shown() | {"revision": revision}


def newest(connection: Connection, class_id: str) -> Mapping[tuple[str, str], float]:
    """Give learner and assignment → when it was handed in last, for a whole class."""
    found: dict[tuple[str, str], Any] = {}
    for row in connection.execute(select(RECEIPTS.c.learner, RECEIPTS.c.assignment, RECEIPTS.c.at).where(RECEIPTS.c.class_id == class_id)):
        found[row.learner, row.assignment] = max(row.at, found.get((row.learner, row.assignment), 0.0))
    return found
