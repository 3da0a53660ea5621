"""What Alembic runs: the steps that are missing, on the connection it was given, inside the transaction that is open there."""

from alembic import context

VERSIONS = "autograde_version"
"""Where it stands how far a database is; nbgrader has a table of its own for its own steps."""

context.configure(connection=context.config.attributes["connection"], version_table=VERSIONS, transactional_ddl=False)
context.run_migrations()
