"""Out of how many points a second mark was given: a task may be given out again with others."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the column; of the marks that are there nobody kept it."""
    op.add_column("autograde_second_mark", sa.Column("out_of", sa.Float(), nullable=True))
