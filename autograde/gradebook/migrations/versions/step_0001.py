"""The log, decisions, evidence, referrals, adjustments and quality assurance."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "autograde_action",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("sample", sa.String(length=32), nullable=False),
        sa.Column("to", sa.String(length=128), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("by", sa.String(length=128), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("closed_by", sa.String(length=128), nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("closing", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "autograde_adjustment",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("learner", sa.String(length=128), nullable=False),
        sa.Column("assignment", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.String(length=128), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("entered_by", sa.String(length=128), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "autograde_decision",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("framework", sa.String(length=128), nullable=False),
        sa.Column("criterion", sa.String(length=32), nullable=False),
        sa.Column("learner", sa.String(length=128), nullable=False),
        sa.Column("met", sa.Boolean(), nullable=True),
        sa.Column("assessor", sa.String(length=128), nullable=False),
        sa.Column("entered_by", sa.String(length=128), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("proposal", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("autograde_decision_at", "autograde_decision", ["framework", "at"], unique=False)
    op.create_index("autograde_decision_learner", "autograde_decision", ["framework", "learner"], unique=False)
    op.create_table(
        "autograde_evidence",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("learner", sa.String(length=128), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("criteria", sa.Text(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("by", sa.String(length=128), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("entered_by", sa.String(length=128), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("autograde_evidence_learner", "autograde_evidence", ["learner"], unique=False)
    op.create_table(
        "autograde_hint",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("learner", sa.String(length=128), nullable=False),
        sa.Column("assignment", sa.String(length=128), nullable=False),
        sa.Column("task", sa.String(length=128), nullable=False),
        sa.Column("answer", sa.String(length=64), nullable=False),
        sa.Column("marker", sa.String(length=128), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("hints", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("autograde_hint_answer", "autograde_hint", ["learner", "assignment", "task"], unique=False)
    op.create_table(
        "autograde_kept_points",
        sa.Column("pseudonym", sa.String(length=16), nullable=False),
        sa.Column("assignment", sa.String(length=128), nullable=False),
        sa.Column("cell", sa.String(length=128), nullable=False),
        sa.Column("points", sa.Float(), nullable=False),
        sa.Column("maximum", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("pseudonym", "assignment", "cell"),
    )
    op.create_table(
        "autograde_known",
        sa.Column("notebook_id", sa.String(length=128), nullable=False),
        sa.Column("cell", sa.String(length=128), nullable=False),
        sa.Column("points", sa.Float(), nullable=True),
        sa.Column("extra", sa.Float(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("notebook_id", "cell"),
    )
    op.create_table(
        "autograde_log",
        sa.Column("n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.Column("who", sa.String(length=128), nullable=False),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("n"),
    )
    op.create_index("autograde_log_subject", "autograde_log", ["subject"], unique=False)
    op.create_table(
        "autograde_log_detail",
        sa.Column("n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("n"),
    )
    op.create_table(
        "autograde_platform_person",
        sa.Column("learner", sa.String(length=128), nullable=False),
        sa.Column("issuer", sa.String(length=255), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint("learner", "issuer"),
    )
    op.create_index("autograde_platform_person_once", "autograde_platform_person", ["issuer", "subject"], unique=True)
    op.create_table(
        "autograde_platform_score",
        sa.Column("learner", sa.String(length=128), nullable=False),
        sa.Column("assignment", sa.String(length=128), nullable=False),
        sa.Column("page", sa.String(length=64), nullable=False),
        sa.Column("points", sa.Float(), nullable=True),
        sa.Column("maximum", sa.Float(), nullable=False),
        sa.Column("given", sa.DateTime(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next", sa.DateTime(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("learner", "assignment"),
    )
    op.create_table(
        "autograde_pseudonym",
        sa.Column("learner", sa.String(length=128), nullable=False),
        sa.Column("pseudonym", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("learner"),
        sa.UniqueConstraint("pseudonym"),
    )
    op.create_table(
        "autograde_referral",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("learner", sa.String(length=128), nullable=False),
        sa.Column("assignment", sa.String(length=128), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by", sa.String(length=128), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("tasks", sa.Text(), nullable=False),
        sa.Column("criteria", sa.Text(), nullable=False),
        sa.Column("more_time", sa.Boolean(), nullable=False),
        sa.Column("time_before", sa.DateTime(), nullable=True),
        sa.Column("ended", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("autograde_referral_learner", "autograde_referral", ["learner"], unique=False)
    op.create_table(
        "autograde_sample",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("plan", sa.String(length=32), nullable=False),
        sa.Column("decision", sa.String(length=32), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=128), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=True),
        sa.Column("agrees", sa.Boolean(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("autograde_sample_decision", "autograde_sample", ["decision"], unique=False)
    op.create_table(
        "autograde_sample_plan",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("framework", sa.String(length=128), nullable=False),
        sa.Column("by", sa.String(length=128), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("seed", sa.String(length=128), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "autograde_second_mark",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("learner", sa.String(length=128), nullable=False),
        sa.Column("assignment", sa.String(length=128), nullable=False),
        sa.Column("task", sa.String(length=128), nullable=False),
        sa.Column("answer", sa.String(length=64), nullable=False),
        sa.Column("first", sa.Float(), nullable=False),
        sa.Column("marker", sa.String(length=128), nullable=False),
        sa.Column("entered_by", sa.String(length=128), nullable=False),
        sa.Column("points", sa.Float(), nullable=False),
        sa.Column("seen", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "autograde_second_mark_once", "autograde_second_mark", ["learner", "assignment", "task", "answer", "entered_by"], unique=True
    )
    op.create_table(
        "autograde_standard_mark",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("task", sa.String(length=128), nullable=False),
        sa.Column("sample", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("marker", sa.String(length=128), nullable=False),
        sa.Column("entered_by", sa.String(length=128), nullable=False),
        sa.Column("points", sa.Float(), nullable=False),
        sa.Column("seen", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("autograde_standard_mark_once", "autograde_standard_mark", ["task", "sample", "version", "entered_by"], unique=True)
    op.create_table(
        "autograde_unit_event",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("framework", sa.String(length=128), nullable=False),
        sa.Column("learner", sa.String(length=128), nullable=False),
        sa.Column("what", sa.String(length=32), nullable=False),
        sa.Column("who", sa.String(length=128), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("autograde_unit_event_learner", "autograde_unit_event", ["framework", "learner"], unique=False)
