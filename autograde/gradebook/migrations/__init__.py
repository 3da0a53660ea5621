"""Our own tables, step by step (Alembic). A new step is a file in `versions/`; a step that was released is never changed."""
