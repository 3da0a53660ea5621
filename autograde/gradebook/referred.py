"""Referrals as the rooms below the records need them: which attempt each one opens, and about which answers it is."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, inspect, select

from autograde.errors import ClassError
from autograde.gradebook.address import without_password
from autograde.gradebook.database import FAULTS, reading, reason
from autograde.gradebook.own_tables import referral


@dataclass(frozen=True, kw_only=True)
class Referred:
    """What was asked of a learner.

    Attributes
    ----------
    attempt
        The one that it opens, from 2.
    about
        SHA-256 of the answers that it is about.
    items
        Ids of the items that it opens.
    more_time, time_before
        Whether it gave more time, and until when there was more time before, in UTC and naive; None for everybody's date.
    holds
        Whether it was neither withdrawn nor replaced by another one.
    """

    id: str
    learner: str
    attempt: int
    about: str
    items: frozenset[str]
    more_time: bool
    time_before: datetime | None
    holds: bool


def referred(url: str, assignment: str) -> dict[str, Referred]:
    """Give id → referral for every one that there ever was to a workbook, by its nbgrader's name.

    Raises
    ------
    ClassError
        If the gradebook cannot be read.
    """
    try:
        with reading(url) as connection:
            return referred_in(connection, assignment) if has_referrals(connection) else {}
    except FAULTS as error:
        msg = f"The gradebook {without_password(url)} cannot be read ({reason(error)}). Close other programs that use it."
        raise ClassError(msg) from error


def has_referrals(connection: Connection) -> bool:
    """Whether the gradebook has our table of them yet."""
    return inspect(connection).has_table(referral.name)


def referred_in(connection: Connection, assignment: str, learner: str = "") -> dict[str, Referred]:
    """Give id → referral, where `has_referrals`, the oldest first; of one learner, or of everybody."""
    asked = select(referral).where(referral.c.assignment == assignment).order_by(referral.c.at)
    if learner:
        asked = asked.where(referral.c.learner == learner)
    return {
        row.id: Referred(
            id=row.id,
            learner=row.learner,
            attempt=row.attempt,
            about=row.about,
            items=frozenset(json.loads(row.tasks)),
            more_time=row.more_time,
            time_before=row.time_before,
            holds=not row.ended,
        )
        for row in connection.execute(asked)
    }


def told_with(found: Mapping[str, Referred]) -> dict[tuple[str, str], str]:
    """Give (learner's id, SHA-256 of answers) → the referral that goes back with the page of these answers."""
    return {(one.learner, one.about): one.id for one in found.values() if one.holds}
