"""Hand in to the service: the file that every host makes, put where the tutor's side takes it in, with the service's own time.

The zip comes first, then the receipt's row, then what stands beside the zip; without that the zip is not there. Killed in between, the
service puts the last right when it starts (`recover`): what was told as handed in is there, and what was not is not.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, and_, literal, select, union_all, update

from workbook_helpers.files import read_file, write_file, write_new
from workbook_helpers.hand_in import RECEIPT
from workbook_helpers.handed_in import HandIn, Receipt, make_hand_in, order_of
from workbook_helpers.items import Json
from workbook_helpers.referral import Referral
from workbook_helpers.served.answers import OWN, Copy, Whose, own_copy
from workbook_helpers.served.database import BROUGHT, RECEIPTS, Refused, add, of
from workbook_helpers.words import use

SCHEMA = 1
MAX_ZIP = 100_000_000
"""Bytes; no hand-in of ours has so many."""
_BROUGHT = and_(BROUGHT.c.class_id == RECEIPTS.c.class_id, BROUGHT.c.file == RECEIPTS.c.file)
_RECEIPTS = union_all(
    select(RECEIPTS.c.receipt, RECEIPTS.c.revision, RECEIPTS.c.file).where(of(RECEIPTS, *OWN)),
    select(RECEIPTS.c.receipt, literal(0), RECEIPTS.c.file).join(BROUGHT, _BROUGHT).where(of(BROUGHT, *OWN)),
).order_by("file")  # as `order_of`


def receipts(connection: Connection, whose: Whose) -> list[tuple[Receipt, int]]:
    """Give the receipts of a copy, oldest first, each with the revision that was handed in; 0 for one that a merge brought."""
    rows = connection.execute(_RECEIPTS, whose.of())
    return [(RECEIPT.validate_json(receipt), revision) for receipt, revision, _ in rows]


def again(past: list[tuple[Receipt, int]], revision: int, attempt: int) -> tuple[Receipt, int] | None:
    """Give the receipt of a hand-in that is asked for a second time, as nothing was changed since; None where it is another one."""
    last = past[-1] if past else None
    return last if last and last[1] == revision and last[0].attempt == attempt else None


def put_down(
    arrived: Path, whose: Whose, copy: Copy, past: list[tuple[Receipt, int]], referral: Referral | None, language: str
) -> tuple[HandIn, str]:
    """Make a hand-in and put its zip into `arrived`; give it, and the zip's SHA-256. What lies there under its name is it already.

    It stands after all before it (`past`: `receipts`), though the clock was set back: the newest is what counts. When it came is what the
    clock says, whatever it said before: that is what is held against the time by which it is due.

    Raises
    ------
    HandInError
        If the declaration is not signed, in this language.
    OSError
        If the zip cannot be written.
    """
    use(language)
    now = datetime.now(UTC)
    order = max([now, *(order_of(receipt) + timedelta(seconds=1) for receipt, _ in past)])
    make = partial(make_hand_in, whose.workbook, copy.document(whose), whose.name, referral, through="server")
    made = make(now, order=order)
    zipped, path = made.zipped(), arrived / made.receipt.file
    arrived.mkdir(exist_ok=True)
    if not write_new(path, zipped):  # the same answers, asked for twice at this moment, or of a try that was cut off: it is that hand-in
        zipped = read_file(path, MAX_ZIP)
        now, order = _times(zipped)
        made = make(now, order=order)
    return made, hashlib.sha256(zipped).hexdigest()


def _times(zipped: bytes) -> tuple[datetime, datetime]:
    """Give when a hand-in came, and its place among all (`make_hand_in`)."""
    with zipfile.ZipFile(io.BytesIO(zipped)) as archive:
        told = json.loads(archive.read("manifest.json"))
    return datetime.fromisoformat(told["handed_in_at"]), datetime.fromisoformat(told.get("order_at", told["handed_in_at"]))


def sign(connection: Connection, whose: Whose, copy: Copy, made: HandIn, sha256: str, known_by: str) -> str:
    """Keep the receipt; give what is to stand beside the zip. Refused where an answer was changed, or the same handed in, meanwhile."""
    row, receipt = own_copy(connection, whose, copy.copy), made.receipt
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
        "received_at": receipt.handed_in_at,
        "order_at": order_of(receipt).isoformat(timespec="seconds"),
        "known_by": known_by,
        "zip_sha256": sha256,
    }
    at = datetime.fromisoformat(receipt.handed_in_at).timestamp()
    kept = {"receipt": json.dumps(asdict(receipt)), "attempt": receipt.attempt, "revision": copy.revision, "at": at}
    beside = json.dumps(about, ensure_ascii=False, indent=1)
    add(connection, RECEIPTS, **whose.keys(), file=receipt.file, **kept, about=beside, there=False)
    return beside


def stand(arrived: Path, file: str, beside: str) -> None:
    """Put down what stands beside a zip: from now on it is there."""
    write_file((arrived / file).with_suffix(".json"), beside.encode())


def stands(connection: Connection, class_id: str, arrived: Path, file: str) -> None:
    """Note that it stands there; where the learner was forgotten meanwhile, take it away again."""
    row = update(RECEIPTS).where(RECEIPTS.c.class_id == class_id, RECEIPTS.c.file == file).values(there=True).returning(RECEIPTS.c.file)
    if connection.execute(row).first() is None:
        for path in ((arrived / file).with_suffix(".json"), arrived / file):
            path.unlink(missing_ok=True)


def recover(connection: Connection, class_id: str, arrived: Path) -> None:
    """Finish the hand-ins of a service that was killed between the receipt and the end."""
    rows = connection.execute(select(RECEIPTS.c.file, RECEIPTS.c.about).where(RECEIPTS.c.class_id == class_id, ~RECEIPTS.c.there)).all()
    for file, beside in rows:
        if (arrived / file).is_file() and not (arrived / file).with_suffix(".json").exists():
            stand(arrived, file, beside)
        stands(connection, class_id, arrived, file)


def shown(receipt: Receipt, revision: int) -> dict[str, Json]:
    """Give a receipt as the page has it."""
    return receipt.shown() | ({"revision": revision} if revision else {})  # one that was brought is of another copy: the clock decides


def newest(connection: Connection, class_id: str) -> Mapping[tuple[str, str], float]:
    """Give learner and assignment → when it was handed in last, for a whole class."""
    own = select(RECEIPTS.c.learner, RECEIPTS.c.assignment, RECEIPTS.c.at, RECEIPTS.c.file).where(RECEIPTS.c.class_id == class_id)
    brought = select(BROUGHT.c.learner, BROUGHT.c.assignment, RECEIPTS.c.at, RECEIPTS.c.file).join(RECEIPTS, _BROUGHT)
    rows = connection.execute(union_all(own, brought.where(BROUGHT.c.class_id == class_id)).order_by("file"))
    return {(row.learner, row.assignment): row.at for row in rows}  # of each the last
