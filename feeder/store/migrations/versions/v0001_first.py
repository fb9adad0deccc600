"""The first tables: articles, quarantine, entries, redirects, artifacts, issues."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_CODE = sa.String(8).with_variant(sa.String(8, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "meta",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_meta"),
    )
    _articles()
    _entries()
    _issues()


def _articles() -> None:
    op.create_table(
        "article",
        sa.Column("id", _ID, nullable=False),
        sa.Column("source", _NAME, nullable=False),
        sa.Column("key", _NAME, nullable=False),
        sa.Column("stamp", sa.String(64), nullable=False),
        sa.Column("story", _NAME, nullable=False),
        sa.Column("language", _CODE, nullable=False),
        sa.Column("slug", _NAME, nullable=False),
        sa.Column("draft", sa.Boolean, nullable=False),
        sa.Column("content_hash", sa.String(32), nullable=False),
        sa.Column("row_hash", sa.String(32), nullable=False),
        sa.Column("published", sa.BigInteger),
        sa.Column("updated", sa.BigInteger),
        sa.Column("first_seen", sa.BigInteger, nullable=False),
        sa.Column("changed_at", sa.BigInteger),
        sa.Column("places", sa.JSON, nullable=False),
        sa.Column("media", sa.JSON, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_article"),
        sa.UniqueConstraint("source", "key", name="uq_article_source_key"),
    )
    op.create_index("ix_article_story", "article", ["story", "language"])
    op.create_table(
        "quarantine",
        sa.Column("source", _NAME, nullable=False),
        sa.Column("key", _NAME, nullable=False),
        sa.Column("stamp", sa.String(64), nullable=False),
        sa.Column("line", sa.Integer, nullable=False),
        sa.Column("field", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("source", "key", name="pk_quarantine"),
    )


def _entries() -> None:
    op.create_table(
        "entry",
        sa.Column("id", _ID, nullable=False),
        sa.Column("story", _NAME, nullable=False),
        sa.Column("locale", _CODE, nullable=False),
        sa.Column("language", _CODE, nullable=False),
        sa.Column("uid", _NAME, nullable=False),
        sa.Column("slug", _NAME, nullable=False),
        sa.Column("content_hash", sa.String(32), nullable=False),
        sa.Column("published", sa.BigInteger, nullable=False),
        sa.Column("updated", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_entry"),
        sa.UniqueConstraint("uid", name="uq_entry_uid"),
        sa.UniqueConstraint("story", "locale", name="uq_entry_story_locale"),
        sa.UniqueConstraint("locale", "slug", name="uq_entry_locale_slug"),
    )
    op.create_table(
        "redirect",
        sa.Column("locale", _CODE, nullable=False),
        sa.Column("slug", _NAME, nullable=False),
        sa.Column("story", _NAME, nullable=False),
        sa.PrimaryKeyConstraint("locale", "slug", name="pk_redirect"),
    )
    op.create_table(
        "artifact",
        sa.Column("path", _NAME, nullable=False),
        sa.Column("inputs", sa.String(32), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("path", name="pk_artifact"),
    )


def _issues() -> None:
    op.create_table(
        "issue",
        sa.Column("id", _NAME, nullable=False),
        sa.Column("week", _CODE, nullable=False),
        sa.Column("locale", _CODE, nullable=False),
        sa.Column("compiled_at", sa.BigInteger, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_issue"),
        sa.UniqueConstraint("week", "locale", name="uq_issue_week_locale"),
    )
    op.create_table(
        "issue_story",
        sa.Column("issue", _NAME, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("story", _NAME, nullable=False),
        sa.PrimaryKeyConstraint("issue", "position", name="pk_issue_story"),
        sa.ForeignKeyConstraint(["issue"], ["issue.id"], name="fk_issue_story_issue"),
    )
    op.create_index("ix_issue_story_story", "issue_story", ["story"])


def downgrade() -> None:
    raise NotImplementedError("a store goes forward only; restore a backup instead")
