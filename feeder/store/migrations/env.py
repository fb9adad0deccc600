"""Alembic's environment: always run by `feeder.store.upgrade` inside an open transaction, never from a shell."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context

from feeder.store.tables import metadata

connection = context.config.attributes["connection"]
if connection.dialect.name == "postgresql":
    connection.execute(sa.text("SELECT pg_advisory_xact_lock(7093518)"))  # two programs starting at once: one waits
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
context.run_migrations()
