"""Subscribers, the ledger of deliveries, bounces, amendments of issues, and what the clock asked for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_CODE = sa.String(8).with_variant(sa.String(8, collation="C"), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("article") as article:
        article.add_column(sa.Column("pinned", sa.Boolean, nullable=False, server_default=sa.false()))
    with op.batch_alter_table("issue_story") as line:
        line.add_column(sa.Column("amendment", _NAME, nullable=False, server_default=""))
    op.execute("UPDATE issue_story SET amendment = 'retraction:' || story WHERE told = 'retraction'")
    _subscribers()
    _ledger()
    op.create_table(
        "run",
        sa.Column("job", sa.String(32), nullable=False),
        sa.Column("slot", _NAME, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("started", sa.BigInteger, nullable=False),
        sa.Column("ended", sa.BigInteger),
        sa.Column("why", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("job", "slot", name="pk_run"),
    )


def _subscribers() -> None:
    op.create_table(
        "subscriber",
        sa.Column("id", _ID, nullable=False),
        sa.Column("name", _NAME, nullable=False),
        sa.Column("email_hash", sa.String(32), nullable=False),
        sa.Column("email", sa.LargeBinary),
        sa.Column("locale", _CODE, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("asked", sa.BigInteger, nullable=False),
        sa.Column("confirmed", sa.BigInteger),
        sa.Column("changed", sa.BigInteger, nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("evidence", sa.JSON, nullable=False),
        sa.Column("soft_bounces", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_subscriber"),
        sa.UniqueConstraint("name", name="uq_subscriber_name"),
        sa.UniqueConstraint("email_hash", name="uq_subscriber_email_hash"),
    )
    op.create_index("ix_subscriber_state", "subscriber", ["state", "locale"])
    op.create_table(
        "suppressed",
        sa.Column("email_hash", sa.String(32), nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("why", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("email_hash", name="pk_suppressed"),
    )
    op.create_table(
        "rate",
        sa.Column("bucket", sa.String(64), nullable=False),
        sa.Column("window", sa.BigInteger, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("bucket", "window", name="pk_rate"),
    )
    op.create_table(
        "bounce",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("subscriber", _ID),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_bounce"),
        sa.ForeignKeyConstraint(["subscriber"], ["subscriber.id"], name="fk_bounce_subscriber", ondelete="SET NULL"),
    )


def _ledger() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", _ID, nullable=False),
        sa.Column("issue", _NAME, nullable=False),
        sa.Column("subscriber", _ID),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("amendments", sa.JSON, nullable=False),
        sa.Column("owner", sa.String(64)),
        sa.Column("lease", sa.BigInteger),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("due", sa.BigInteger, nullable=False),
        sa.Column("sent", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
        sa.UniqueConstraint("issue", "subscriber", name="uq_delivery_issue_subscriber"),
        sa.ForeignKeyConstraint(["issue"], ["issue.id"], name="fk_delivery_issue"),
        sa.ForeignKeyConstraint(["subscriber"], ["subscriber.id"], name="fk_delivery_subscriber", ondelete="SET NULL"),
    )
    op.create_index("ix_delivery_state", "delivery", ["state", "due"])
    op.create_index("ix_delivery_subscriber", "delivery", ["subscriber"])


def downgrade() -> None:
    raise NotImplementedError("a store goes forward only; restore a backup instead")
