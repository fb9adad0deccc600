"""Who does a scheduled job and until when he is believed alive; when it last went well, and how long it took."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("run", sa.Column("owner", sa.String(32), nullable=True))
    op.add_column("run", sa.Column("lease", sa.BigInteger, nullable=True))
    op.add_column("run", sa.Column("succeeded", sa.BigInteger, nullable=True))
    op.add_column("run", sa.Column("seconds", sa.Float, nullable=True))
    op.execute("UPDATE run SET succeeded = ended WHERE state IN ('done', 'empty', 'held')")


def downgrade() -> None:
    raise NotImplementedError("a store goes forward only; restore a backup instead")
