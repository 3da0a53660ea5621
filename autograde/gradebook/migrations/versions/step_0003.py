"""Whose a score is at a learning platform: a learner may be another person there by now."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
NAME = "autograde_platform_score"


def upgrade() -> None:
    """Make the table anew, with the column; of what was told until now nobody kept it."""
    columns = (
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
    )
    before = sa.table(NAME, *(sa.column(one.name, one.type) for one in columns))
    rows = op.get_bind().execute(sa.select(before)).mappings().all()
    op.drop_table(NAME)
    to = sa.Column("to", sa.String(length=64), nullable=False)
    table = op.create_table(NAME, *columns, to, sa.PrimaryKeyConstraint("learner", "assignment"))
    op.bulk_insert(table, [{**row, "to": ""} for row in rows])
