"""Our own tables beside nbgrader's, in the same database: the log, and what is recorded of a learner's way through a unit.

`migrations/` makes them (`own.prepare`); `tests/tutor/test_own.py` holds the two against each other. Rows of the records are added, never
changed, except where a docstring says so: what holds is the newest one. Whoever writes one puts its seal into the log (`sealed`). Times
are in UTC and naive, lists and objects are JSON.
"""

from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Float, Index, Integer, MetaData, String, Table, Text

from autograde.gradebook.tables import ID, NAME, OWN

metadata = MetaData()
DIGEST = String(64)

log = Table(
    f"{OWN}log",
    metadata,
    Column("n", BigInteger, primary_key=True, autoincrement=False),
    Column("at", String(32), nullable=False),
    Column("who", NAME, nullable=False),
    Column("what", String(40), nullable=False),
    Column("subject", String(16), nullable=False),
    Column("digest", DIGEST, nullable=False),
    Column("hash", DIGEST, nullable=False),
)
"""What was done, from 1 without a gap (`log`).

at: ISO 8601. subject: the learner's pseudonym, "" for none. digest: of the detail. hash: of this and of all before.
"""

log_detail = Table(
    f"{OWN}log_detail",
    metadata,
    Column("n", BigInteger, primary_key=True, autoincrement=False),
    Column("salt", String(32), nullable=False),
    Column("text", Text, nullable=False),
)
"""The words of an entry, which can be erased without breaking the chain: only the digest of salt and text stands in it."""

pseudonym = Table(
    f"{OWN}pseudonym",
    metadata,
    Column("learner", NAME, primary_key=True),
    Column("pseudonym", String(16), nullable=False, unique=True),
)
"""Learner's id → what stands for it in the log, at random; the row goes when the learner is erased."""

known = Table(
    f"{OWN}known",
    metadata,
    Column("notebook_id", NAME, primary_key=True),
    Column("cell", NAME, primary_key=True),
    Column("points", Float),
    Column("extra", Float),
    Column("comment", Text, nullable=False),
)
"""For each cell, a person's points and comment as the log knows them; what differs in the gradebook was given by another program.

Changed in place.
"""

decision = Table(
    f"{OWN}decision",
    metadata,
    Column("id", ID, primary_key=True),
    Column("framework", NAME, nullable=False),
    Column("criterion", String(32), nullable=False),
    Column("learner", NAME, nullable=False),
    Column("met", Boolean),
    Column("assessor", NAME, nullable=False),
    Column("entered_by", NAME, nullable=False),
    Column("at", DateTime, nullable=False),
    Column("reason", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("proposal", Text, nullable=False),
)
"""What an assessor decided.

met: None where the decision was taken back. assessor: as it was said. entered_by: who was logged in (`who`), in any table. evidence: a
list of what it rests on. proposal: what was proposed then.
"""

evidence = Table(
    f"{OWN}evidence",
    metadata,
    Column("id", ID, primary_key=True),
    Column("learner", NAME, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("criteria", Text, nullable=False),
    Column("on", Date, nullable=False),
    Column("by", NAME, nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("entered_by", NAME, nullable=False),
    Column("at", DateTime, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
)
"""Evidence entered by hand. on, by: when it was, and whose word it is. withdrawn is changed in place."""

unit_event = Table(
    f"{OWN}unit_event",
    metadata,
    Column("id", ID, primary_key=True),
    Column("framework", NAME, nullable=False),
    Column("learner", NAME, nullable=False),
    Column("what", String(32), nullable=False),
    Column("who", NAME, nullable=False),
    Column("at", DateTime, nullable=False),
    Column("text", Text, nullable=False),
)
"""What became of a learner's unit. what: "declared" (by the learner), "signed" (by the assessor), "reopened"."""

referral = Table(
    f"{OWN}referral",
    metadata,
    Column("id", ID, primary_key=True),
    Column("learner", NAME, nullable=False),
    Column("assignment", NAME, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("about", DIGEST, nullable=False),
    Column("at", DateTime, nullable=False),
    Column("by", NAME, nullable=False),
    Column("until", Date),
    Column("tasks", Text, nullable=False),
    Column("criteria", Text, nullable=False),
    Column("more_time", Boolean, nullable=False),
    Column("time_before", DateTime),
    Column("ended", String(16), nullable=False),
)
"""What a learner is asked to do again.

attempt: the one that it opens, from 2. about: SHA-256 of the answers that it is about. tasks: item → what is missing, and the comment and
points of then. criteria: code → what is missing. more_time: whether it gave the learner more time; time_before: until when there was more
time before, None for everybody's date. ended: "" while it holds, "withdrawn" or "replaced"; changed in place.
"""

adjustment = Table(
    f"{OWN}adjustment",
    metadata,
    Column("id", ID, primary_key=True),
    Column("learner", NAME, nullable=False),
    Column("assignment", NAME, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("detail", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("approved_by", NAME, nullable=False),
    Column("on", Date, nullable=False),
    Column("entered_by", NAME, nullable=False),
    Column("at", DateTime, nullable=False),
    Column("ended", Boolean, nullable=False),
)
"""A reasonable adjustment. assignment: "" for every workbook. on: when it was approved. ended is changed in place."""

sample_plan = Table(
    f"{OWN}sample_plan",
    metadata,
    Column("id", ID, primary_key=True),
    Column("framework", NAME, nullable=False),
    Column("by", NAME, nullable=False),
    Column("at", DateTime, nullable=False),
    Column("seed", NAME, nullable=False),
    Column("settings", Text, nullable=False),
)
"""A sampling plan of internal quality assurance; the same seed and settings give the same sample."""

sample = Table(
    f"{OWN}sample",
    metadata,
    Column("id", ID, primary_key=True),
    Column("plan", ID, nullable=False),
    Column("decision", ID, nullable=False),
    Column("reasons", Text, nullable=False),
    Column("by", NAME, nullable=False),
    Column("at", DateTime),
    Column("agrees", Boolean),
    Column("text", Text, nullable=False),
)
"""A decision that is sampled. by, at, agrees and text (feedback to the assessor) are filled in place when it was looked at."""

second_mark = Table(
    f"{OWN}second_mark",
    metadata,
    Column("id", ID, primary_key=True),
    Column("learner", NAME, nullable=False),
    Column("assignment", NAME, nullable=False),
    Column("task", NAME, nullable=False),
    Column("answer", DIGEST, nullable=False),
    Column("first", Float, nullable=False),
    Column("marker", NAME, nullable=False),
    Column("entered_by", NAME, nullable=False),
    Column("points", Float, nullable=False),
    Column("seen", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("at", DateTime, nullable=False),
    Column("out_of", Float),
)
"""What a second marker gave, who had not seen the first one's points. seen: which must-see points, from 0.

first: what the first one had given by then; it may be changed later because of the second, and would then seem to agree. out_of: what
there was to get then, None where it was not kept.
"""

action = Table(
    f"{OWN}action",
    metadata,
    Column("id", ID, primary_key=True),
    Column("sample", ID, nullable=False),
    Column("to", NAME, nullable=False),
    Column("text", Text, nullable=False),
    Column("until", Date),
    Column("by", NAME, nullable=False),
    Column("at", DateTime, nullable=False),
    Column("closed_by", NAME, nullable=False),
    Column("closed_at", DateTime),
    Column("closing", Text, nullable=False),
)
"""What quality assurance asks an assessor to do; sample "" for none. closed_by, closed_at and closing are filled in place."""

standard_mark = Table(
    f"{OWN}standard_mark",
    metadata,
    Column("id", ID, primary_key=True),
    Column("task", NAME, nullable=False),
    Column("sample", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("marker", NAME, nullable=False),
    Column("entered_by", NAME, nullable=False),
    Column("points", Float, nullable=False),
    Column("seen", Text, nullable=False),
    Column("at", DateTime, nullable=False),
)
"""What a marker gave a rubric's sample answer (its place in the file, from 0; the rubric's version) in standardisation."""

hint = Table(
    f"{OWN}hint",
    metadata,
    Column("id", ID, primary_key=True),
    Column("learner", NAME, nullable=False),
    Column("assignment", NAME, nullable=False),
    Column("task", NAME, nullable=False),
    Column("answer", DIGEST, nullable=False),
    Column("marker", NAME, nullable=False),
    Column("at", DateTime, nullable=False),
    Column("hints", Text, nullable=False),
    Column("outcome", Text, nullable=False),
)
"""The hints of a second look, and what the marker said of each ("right", "wrong", "" for nothing yet). outcome is changed in place."""

kept_points = Table(
    f"{OWN}kept_points",
    metadata,
    Column("pseudonym", String(16), primary_key=True),
    Column("assignment", NAME, primary_key=True),
    Column("cell", NAME, primary_key=True),
    Column("points", Float, nullable=False),
    Column("maximum", Float, nullable=False),
)
"""The points of those who were erased, for the figures of a class, under a pseudonym that nothing else has."""

platform_person = Table(
    f"{OWN}platform_person",
    metadata,
    Column("learner", NAME, primary_key=True),
    Column("realm", String(300), primary_key=True),
    Column("subject", String(255), nullable=False),
)
"""Who a learner is at a learning platform (`platform_people`): the one person there who is this learner here, and nobody else."""

platform_score = Table(
    f"{OWN}platform_score",
    metadata,
    Column("learner", NAME, primary_key=True),
    Column("assignment", NAME, primary_key=True),
    Column("page", DIGEST, nullable=False),
    Column("points", Float),
    Column("maximum", Float, nullable=False),
    Column("given", DateTime, nullable=False),
    Column("state", String(16), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next", DateTime, nullable=False),
    Column("said", Text, nullable=False),
    Column("to", DIGEST, nullable=False),
)
"""What a learning platform is told, or was told, of a page that was given back (`platform_scores`); changed in place.

page: its `Given.digest`. points: None where some have still to be given. given: when, which the platform gets as the score's time.
state: `platform_scores.State`. next: not before then; said: why it waits or was refused. to: a digest of the
person there whose score it is, and of the course; "" of what was told before this was kept.
"""

INDICES = (
    Index(f"{OWN}decision_learner", decision.c.framework, decision.c.learner),
    Index(f"{OWN}decision_at", decision.c.framework, decision.c.at),
    Index(f"{OWN}evidence_learner", evidence.c.learner),
    Index(f"{OWN}unit_event_learner", unit_event.c.framework, unit_event.c.learner),
    Index(f"{OWN}referral_learner", referral.c.learner),
    Index(f"{OWN}sample_decision", sample.c.decision),
    Index(f"{OWN}hint_answer", hint.c.learner, hint.c.assignment, hint.c.task),
    Index(f"{OWN}log_subject", log.c.subject),
    Index(f"{OWN}platform_person_once", platform_person.c.realm, platform_person.c.subject, unique=True),
    Index(
        f"{OWN}second_mark_once", *(second_mark.c[name] for name in ("learner", "assignment", "task", "answer", "entered_by")), unique=True
    ),
    Index(f"{OWN}standard_mark_once", *(standard_mark.c[name] for name in ("task", "sample", "version", "entered_by")), unique=True),
)
