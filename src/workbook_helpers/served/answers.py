"""The answers of a learner's copy of a workbook, as rows; how they may change is the rule of every host (`answers.change`)."""

import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, or_, select, update

from workbook_helpers.answers import Conflict, Saved
from workbook_helpers.answers.change import changed, read_tried, with_tried, wrong_first
from workbook_helpers.items import Item, Json, Purpose, Workbook, paper_seed
from workbook_helpers.referral import MARK, MARKED, Referral, newest
from workbook_helpers.served.database import ANSWERS, BROUGHT, COPIES, RECEIPTS, Refused, add, hold_list, of, put
from workbook_helpers.served.sessions import Sessions

VISITS = 8
"""So many are known by an answer, as in page/hosts/device_store.js."""
LONGEST = 100
"""Letters of a name, a key or a visit; no answer of ours has so long a one."""
MOST_SAVES, MOST_SAID, MOST_TRIED = 100, 100_000, 1_000_000
COUNTED = (Purpose.PRACTICE, Purpose.ASSESSED)
"""What the page counts as questions, and so what the tutor sees counted."""
SHOWN = ("value", "saved_at", "revision", "release", "said", "typed", "tried")
"""Parts of a record that the page gets; what was to older questions stays."""

OWN = ("class_id", "learner", "assignment")
_COPY = select(COPIES).where(of(COPIES, *OWN))
_LOCKED = _COPY.with_for_update()
_MOVED = update(COPIES).where(of(COPIES, *OWN))
_ALL = select(ANSWERS.c.name, ANSWERS.c.record).where(of(ANSWERS, *OWN))
_ONE = select(ANSWERS.c.record, ANSWERS.c.key).where(of(ANSWERS, *OWN, "name"))
"""Most pages save one answer at a time; a list of names would be put together anew for each request."""


@dataclass(frozen=True, kw_only=True)
class Whose:
    """Whose copy of which workbook it is, as it stands in the rows.

    Attributes
    ----------
    learner
        As `Learner.key`.
    name
        The learner's id as the class has it.
    """

    class_id: str
    learner: str
    name: str
    workbook: Workbook

    @property
    def assignment(self) -> str:
        """Name the workbook."""
        return self.workbook.assignment

    @property
    def seed(self) -> str:
        """Give what the learner's paper is drawn from, as the page does (`page/paper.js`)."""
        return paper_seed(self.workbook.about.class_id, self.workbook.id, self.name)

    def of(self) -> dict[str, str]:
        """Give what finds the rows of this copy (`of` in `database`)."""
        return {f"of_{name}": value for name, value in self.keys().items()}

    def keys(self) -> dict[str, str]:
        """Give what stands in each of its rows."""
        return {"class_id": self.class_id, "learner": self.learner, "assignment": self.assignment}


@dataclass(frozen=True, kw_only=True)
class Copy:
    """A copy as it stands: its birth id, its revision, and name → record of each answer."""

    copy: str
    revision: int
    answers: Mapping[str, dict[str, Any]]

    def document(self, whose: Whose) -> bytes:
        """Give it as an answers file has it."""
        about = {"schema": 1, "workbook": whose.workbook.id, "copy": self.copy, "seed": whose.seed, "revision": self.revision}
        return json.dumps(about | {"answers": dict(self.answers)}, indent=1).encode()


def read_copy(connection: Connection, whose: Whose) -> Copy | None:
    """Give a copy; None where it is not born yet."""
    row = connection.execute(_COPY, whose.of()).first()
    if row is None:
        return None
    records = connection.execute(_ALL, whose.of())
    return Copy(copy=row.copy, revision=row.revision, answers={name: json.loads(record) for name, record in records})


def begin_copy(connection: Connection, whose: Whose, *, opened: bool = True) -> None:
    """Have a copy be born where there is none; `opened`: the learner has its page before them."""
    seen_at = time.time() if opened else 0.0
    add(connection, COPIES, **whose.keys(), copy=secrets.token_hex(8), revision=0, section="", moved_at=0.0, seen_at=seen_at)


def shown(record: Mapping[str, Any]) -> dict[str, Json]:
    """Give a record as the page has it."""
    return {name: record[name] for name in SHOWN if name in record}


def earlier(connection: Connection, whose: Whose, others: Mapping[str, Workbook]) -> dict[str, dict[str, Json]]:
    """Give the learner's answers to items of other workbooks that an item looks back at; `others`: short id → workbook."""
    wanted = whose.workbook.looks_back()
    known = {name: item for one in others.values() for name, item in one.items.items() if name in wanted}
    if not known:
        return {}
    again = (ANSWERS.c.name.startswith(f"{name}{MARK}") for name, item in sorted(known.items()) if item.purpose in MARKED)
    named = or_(ANSWERS.c.name.in_(sorted(known)), *again)
    mine = select(ANSWERS.c.name, ANSWERS.c.record).where(ANSWERS.c.class_id == whose.class_id, ANSWERS.c.learner == whose.learner, named)
    kept = {name: json.loads(record) for name, record in connection.execute(mine)}
    found = {name: _saved(record) for name in known if (record := newest(kept, name))}
    return {name: saved.brief() for name, saved in found.items() if not known[name].problem(saved.value)}


def save(connection: Connection, whose: Whose, copy: str, saves: list[Json], referral: Referral | None) -> dict[str, Json]:
    """Keep answers, each for itself: `{"saved": [{id, do, kept}], "revision"}`.

    Parameters
    ----------
    copy
        The birth id of the copy that the page has; Refused where it is another one, since somebody else is signed in by now.
    saves
        Of each `id`, `value`, `base` (the revision of this answer that the page last saw), `key` (random; the same one again is the
        same save), `release` (of the questions that the page showed), `typed`, `said` and `tried`. Without `value` it is about how
        practice went alone.
    """
    row = own_copy(connection, whose, copy)
    kept: dict[str, tuple[dict[str, Any], str]] = {}
    for name in {name for one in saves if isinstance(one, dict) and isinstance(name := one.get("id"), str) and _is_plain(name)}:
        if there := connection.execute(_ONE, {**whose.of(), "of_name": name}).first():
            kept[name] = json.loads(there.record), there.key
    revision, done = row.revision, []
    for one in saves:
        outcome, record = _save(whose, one, kept, referral, revision + 1)
        name = one.get("id") if isinstance(one, dict) else None
        if record is not None:
            revision = max(revision, record["revision"])
            key = str(one["key"]) if "value" in one else kept[str(name)][1]  # how practice went is no other answer
            kept[str(name)] = record, key
            put(
                connection,
                ANSWERS,
                **whose.keys(),
                name=name,
                record=json.dumps(record, allow_nan=False),
                key=key,
                **_seen(whose, str(name), record),
            )
        now = kept.get(name, ({}, ""))[0] if isinstance(name, str) else {}
        done.append({"id": name, "kept": shown(now) if now else None} | outcome)
    now_s = time.time()
    moved = {"revision": revision, "moved_at": now_s} if revision > row.revision else {}
    connection.execute(_MOVED, {**whose.of(), "seen_at": now_s, **moved})
    return {"saved": done, "revision": revision}


def beat(connection: Connection, whose: Whose, copy: str, section: str) -> None:
    """Note where the learner is."""
    row, now = own_copy(connection, whose, copy), time.time()
    moved = {"section": section, "moved_at": now} if section != row.section else {}
    connection.execute(_MOVED, {**whose.of(), "seen_at": now, **moved})


def leave(connection: Connection, class_id: str, learner: str) -> None:
    """Note that a learner has gone, until a page of theirs says otherwise."""
    connection.execute(update(COPIES).where(COPIES.c.class_id == class_id, COPIES.c.learner == learner).values(left_at=time.time()))


def own_copy(connection: Connection, whose: Whose, copy: str) -> Any:
    """Give the row of a copy, which nobody else changes until the end of this write; Refused where the page has another one."""
    row = connection.execute(_LOCKED, whose.of()).first()
    if row is None or row.copy != copy:
        raise Refused(409, "other")
    return row


def forget(connection: Connection, class_id: str, learner: str) -> None:
    """Remove all that is kept of a learner, who is off the class's list: no write that is under way or comes after leaves anything."""
    hold_list(connection, class_id, alone=True)
    Sessions(class_id).reset(connection, learner)
    for table in (COPIES, ANSWERS, RECEIPTS, BROUGHT):  # whoever writes an answer or a receipt holds the copy, and is waited for
        connection.execute(table.delete().where(table.c.class_id == class_id, table.c.learner == learner))


def _save(
    whose: Whose, one: Json, kept: Mapping[str, tuple[dict[str, Any], str]], referral: Referral | None, revision: int
) -> tuple[dict[str, Json], dict[str, Any] | None]:
    """Give what became of one save, and the record to be written; None for none."""
    refused: dict[str, Json] = {"do": "refused"}
    match one:
        case {"id": str(name), "key": str(key), "base": int(base)} if _is_plain(name) and _is_plain(key):
            item = whose.workbook.items.get(name.partition(MARK)[0])
        case _:
            return refused, None
    if item is None or not _takes(name, item, referral):
        return refused, None
    record, last = kept.get(name, (None, ""))
    if record and last == key:
        return {"do": "saved"}, None
    if "value" not in one:
        if record is None or not read_tried(one.get("tried")):
            return refused, None
        return {"do": "saved"}, with_tried(record, one["tried"], base)
    value = one["value"]
    if item.problem(value):
        return refused, None
    begins = referral.begins(whose.workbook.items).get(name) if referral else None
    current = _saved(record) if record else Saved()
    if record is None and begins:
        current = Saved(value=begins.value, saved_at=begins.saved_at)
    if record and current.value == value:
        made: dict[str, Any] | Conflict = dict(record)
    else:
        asked = one.get("release")
        release = asked if isinstance(asked, str) and _is_plain(asked) else ""
        made = changed(record, current, item, value, seen=current.revision == base, revision=revision, release=release)
    if isinstance(made, Conflict):
        standing = {"value": current.value, "saved_at": current.saved_at, "revision": current.revision}
        return {"do": "conflict", "final": made.final} | ({} if record else {"kept": standing}), None
    made |= _told(record or {}, one)
    if "tried" in one:
        made = with_tried(made, one["tried"], made["revision"])
    return {"do": "saved"}, made


def _saved(record: Mapping[str, Any]) -> Saved:
    return Saved(value=record["value"], saved_at=record["saved_at"], revision=record["revision"], tried=read_tried(record.get("tried")))


def _is_plain(word: str) -> bool:
    """Whether a name or a key can be one of ours; a database refuses a NUL or half a surrogate pair, and would seem to be gone."""
    return 0 < len(word) <= LONGEST and word.isprintable()


def _told(record: Mapping[str, Any], one: Mapping[str, Json]) -> dict[str, Json]:
    """Give what the page says of an answer beside its value, as far as it has the form."""
    found: dict[str, Json] = {}
    match one.get("typed"):
        case dict(typed) if all(len(name) <= LONGEST and type(n) is int and abs(n) < 2**53 for name, n in typed.items()):
            found["typed"] = dict(list((record.get("typed", {}) | typed).items())[-VISITS:])
    match one.get("said"):
        case list(said) if all(isinstance(part, str) for part in said) and sum(map(len, said)) <= MOST_SAID:
            found["said"] = said
    return found


def _takes(name: str, item: Item, referral: Referral | None) -> bool:
    """Whether an answer can be kept under this name: one of a later attempt if the referral opens it."""
    return MARK not in name or bool(referral and referral.opens(item) and name == referral.kept_as(item.id))


def _seen(whose: Whose, name: str, record: Mapping[str, Any]) -> dict[str, Json]:
    """Give what the tutor may see of an answer while the class works: whether there is one, and how practice went."""
    item = whose.workbook.items[name.partition(MARK)[0]]
    tried = read_tried(record.get("tried")) if item.purpose is Purpose.PRACTICE else None
    return {
        "done": item.purpose in COUNTED and item.missing(record["value"]) == 0,
        "tried": min(tried["n"], MOST_TRIED) if tried else 0,
        "wrong_first": int(wrong_first(tried)),
    }
