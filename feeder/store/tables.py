"""The tables. Both engines keep, compare and sort every value alike: instants as microseconds since the epoch, names by
their bytes (PostgreSQL's own order depends on the locale its cluster was made in)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def micros(moment: datetime) -> int:
    """An instant as the tables keep it."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


class Instant(sa.TypeDecorator[datetime]):
    """An aware datetime as an integer, because SQLite would drop the offset. A naive one is refused."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> int | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return micros(value)

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> datetime | None:
        return None if value is None else _EPOCH + timedelta(microseconds=value)


Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")  # a rowid on SQLite
Name = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")  # what is compared or sorted, in code point order
Code = sa.String(8).with_variant(sa.String(8, collation="C"), "postgresql")  # a language, a locale, an ISO week

meta = sa.Table(
    "meta",
    metadata,
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

article = sa.Table(
    "article",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("source", Name, nullable=False),
    sa.Column("key", Name, nullable=False),  # relative path, or a feed's entry id
    sa.Column("stamp", sa.String(64), nullable=False),  # of the raw input; equal stamps are not read again
    sa.Column("story", Name, nullable=False),
    sa.Column("language", Code, nullable=False),
    sa.Column("slug", Name, nullable=False),
    sa.Column("draft", sa.Boolean, nullable=False),
    sa.Column("pinned", sa.Boolean, nullable=False, server_default=sa.false()),  # to lead the digest
    sa.Column("content_hash", sa.String(32), nullable=False),  # of what a reader sees; `updated` moves with it
    sa.Column("row_hash", sa.String(32), nullable=False),  # of everything; outputs are made again when it moves
    sa.Column("published", Instant),
    sa.Column("updated", Instant),
    sa.Column("first_seen", Instant, nullable=False),
    sa.Column("changed_at", Instant),  # when a change of the content was last seen; null: never changed
    sa.Column("places", sa.JSON, nullable=False),  # [[place id, mentions], ...] by salience
    sa.Column("media", sa.JSON, nullable=False),  # [[published path, file in the source], ...]
    sa.Column("tags", sa.JSON, nullable=False),  # [tag, ...] as written
    sa.Column("body", sa.LargeBinary, nullable=False),  # the Article, JSON
    sa.UniqueConstraint("source", "key"),
    sa.Index("ix_article_story", "story", "language"),
    # all that lists ask (`feeder.store.surveys`): on the way to a column behind the bodies, a database reads every text
    sa.Index(
        "ix_article_survey",
        "draft",
        "story",
        "language",
        "published",
        "first_seen",
        "changed_at",
        "pinned",
        "source",
        "key",
    ),
)

trace = sa.Table(  # what articles are compared by, apart from their bodies so that all are looked over in no time
    "trace",
    metadata,
    sa.Column("source", Name, primary_key=True),
    sa.Column("key", Name, primary_key=True),
    sa.Column("story", Name, nullable=False),
    sa.Column("stated", sa.Boolean, nullable=False),  # the editor chose the story
    sa.Column("language", Code, nullable=False),
    sa.Column("publisher", Name, nullable=False),
    sa.Column("page", Name, nullable=False),  # its address in one spelling; "": none
    sa.Column("title", sa.String(16), nullable=False),  # hash; "": none
    sa.Column("sketch", sa.LargeBinary, nullable=False),
    sa.Index("ix_trace_story", "story", "language"),
    sa.Index("ix_trace_page", "language", "page", "story"),
    sa.Index("ix_trace_title", "language", "title", "story"),
)

alternate = sa.Table(  # the translations that an article's page links to
    "alternate",
    metadata,
    sa.Column("source", Name, primary_key=True),
    sa.Column("key", Name, primary_key=True),
    sa.Column("language", Code, primary_key=True),
    sa.Column("page", Name, primary_key=True),
    sa.Column("story", Name, nullable=False),  # of the article
    sa.Index("ix_alternate_story", "story"),
)

joined = sa.Table(  # stories that are shown as another one, also when they are gone
    "joined",
    metadata,
    sa.Column("story", Name, primary_key=True),
    sa.Column("shown_as", Name, nullable=False),
)

quarantine = sa.Table(
    "quarantine",
    metadata,
    sa.Column("source", Name, primary_key=True),
    sa.Column("key", Name, primary_key=True),
    sa.Column("stamp", sa.String(64), nullable=False),
    sa.Column("line", sa.Integer, nullable=False),
    sa.Column("field", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
)

source_state = sa.Table(  # what is remembered of a remote feed between two visits
    "source_state",
    metadata,
    sa.Column("key", Name, primary_key=True),  # of the source
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("etag", sa.Text, nullable=False),
    sa.Column("last_modified", sa.Text, nullable=False),
    sa.Column("permanent_url", sa.Text, nullable=False),
    sa.Column("last_success", Instant),
    sa.Column("last_error", sa.Text, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),  # in a row
    sa.Column("next_try", Instant),  # null: never again
    sa.Column("interval", sa.BigInteger),  # seconds, usual between two stories
    sa.Column("silence_told", Instant),  # date of the story after which a silence was told
)

original = sa.Table(  # the bytes that an entry of a feed was made from, by the names under which they are kept
    "original",
    metadata,
    sa.Column("source", Name, primary_key=True),
    sa.Column("key", Name, primary_key=True),
    sa.Column("document", sa.String(64), nullable=False),  # SHA-256
    sa.Column("page", sa.String(64), nullable=False),  # the same; "": none was read
    sa.Column("url", sa.Text, nullable=False),  # where the document was found
    sa.Column("content_type", sa.Text, nullable=False),  # as its server said
    sa.Column("fetched", Instant, nullable=False),
)

withheld = sa.Table(  # articles that fail when they are shown; each is tried again when it or the program changes
    "withheld",
    metadata,
    sa.Column("source", Name, primary_key=True),
    sa.Column("key", Name, primary_key=True),
    sa.Column("row_hash", sa.String(32), nullable=False),  # of the article that failed
    sa.Column("fingerprint", sa.String(32), nullable=False),  # of all that shapes what is made of it
    sa.Column("reason", sa.Text, nullable=False),
)

entry = sa.Table(
    "entry",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("story", Name, nullable=False),
    sa.Column("locale", Code, nullable=False),
    sa.Column("language", Code, nullable=False),
    sa.Column("uid", Name, nullable=False, unique=True),  # tag: URI, minted once, never changed
    sa.Column("slug", Name, nullable=False),
    sa.Column("content_hash", sa.String(32), nullable=False),
    sa.Column("published", Instant, nullable=False),
    sa.Column("updated", Instant, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),  # in the order of first publication
    sa.UniqueConstraint("story", "locale"),
    sa.UniqueConstraint("locale", "slug"),
    sa.UniqueConstraint("locale", "number"),
)

redirect = sa.Table(
    "redirect",
    metadata,
    sa.Column("locale", Code, primary_key=True),
    sa.Column("slug", Name, primary_key=True),
    sa.Column("story", Name, nullable=False),
)

retraction = sa.Table(
    "retraction",
    metadata,
    sa.Column("story", Name, primary_key=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("language", Code, nullable=False),
    sa.Column("titles", sa.JSON, nullable=False),  # {locale: title}; {}: not to be repeated
)

artifact = sa.Table(
    "artifact",
    metadata,
    sa.Column("path", Name, primary_key=True),
    sa.Column("inputs", sa.String(32), nullable=False),  # hash of all that the file is made from; "": announced
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
)

ping = sa.Table(  # feeds of whose change the hub is still to be told
    "ping",
    metadata,
    sa.Column("path", Name, primary_key=True),
    sa.Column("changes", sa.Integer, nullable=False),  # that are told with it; says whether there was another meanwhile
    sa.Column("since", Instant, nullable=False),  # the first of them
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("due", Instant, nullable=False),  # when to try next
    sa.Column("last_error", sa.Text, nullable=False),  # "": not tried yet
)

issue = sa.Table(
    "issue",
    metadata,
    sa.Column("id", Name, primary_key=True),  # "2026-W46-kk": an issue is made at most once
    sa.Column("week", Code, nullable=False),
    sa.Column("locale", Code, nullable=False),
    sa.Column("compiled_at", Instant, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),  # the Issue, JSON
    sa.UniqueConstraint("week", "locale"),
)

issue_story = sa.Table(
    "issue_story",
    metadata,
    sa.Column("issue", Name, sa.ForeignKey("issue.id"), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("story", Name, nullable=False),
    sa.Column("told", sa.String(16), nullable=False),  # "story", or the kind of the amendment to an earlier one
    sa.Column("amendment", Name, nullable=False, server_default=sa.text("''")),  # its key; "" for a story
    sa.Index("ix_issue_story_story", "story"),
)

subscriber = sa.Table(
    "subscriber",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("name", Name, nullable=False, unique=True),  # opaque; what everybody else calls its id
    sa.Column("email_hash", sa.String(32), nullable=False, unique=True),  # keyed; finds the address without showing it
    sa.Column("email", sa.LargeBinary),  # UTF-8, or encrypted; null: erased
    sa.Column("locale", Code, nullable=False),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("asked", Instant, nullable=False),
    sa.Column("confirmed", Instant),
    sa.Column("changed", Instant, nullable=False),  # the state
    sa.Column("epoch", sa.Integer, nullable=False),  # of the tokens; a new one makes old links void
    sa.Column(
        "evidence", sa.JSON, nullable=False
    ),  # of the consent: {"how": "page", "form": "2026-1", ...}, no network address
    sa.Column("soft_bounces", sa.Integer, nullable=False),  # in a row
    sa.Index("ix_subscriber_state", "state", "locale"),
)

suppressed = sa.Table(  # addresses that nobody but their owners may put back
    "suppressed",
    metadata,
    sa.Column("email_hash", sa.String(32), primary_key=True),
    sa.Column("since", Instant, nullable=False),
    sa.Column("why", sa.String(16), nullable=False),  # "erased", "left", "bounced", "complained"
)

rate = sa.Table(  # how often something was asked for; rows go when their window is over
    "rate",
    metadata,
    sa.Column("bucket", sa.String(64), primary_key=True),  # what is counted, and a keyed hash of by whom
    sa.Column("window", Instant, primary_key=True),  # its start
    sa.Column("count", sa.Integer, nullable=False),
)

bounce = sa.Table(  # reports that were read, so that none counts twice
    "bounce",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),  # SHA-256 of the report
    sa.Column("at", Instant, nullable=False),
    sa.Column("subscriber", Id, sa.ForeignKey("subscriber.id", ondelete="SET NULL")),
    sa.Column("kind", sa.String(12), nullable=False),  # "hard", "soft", "complaint", "unread"
)

delivery = sa.Table(  # the ledger: who gets which issue, and how far that is
    "delivery",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("issue", Name, sa.ForeignKey("issue.id"), nullable=False),
    sa.Column("subscriber", Id, sa.ForeignKey("subscriber.id", ondelete="SET NULL")),  # null: erased since
    sa.Column("state", sa.String(8), nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("amendments", sa.JSON, nullable=False),  # [place in the issue, ...]
    sa.Column("owner", sa.String(64)),  # the connection that has taken it
    sa.Column("lease", Instant),  # until when; after that the owner counts as dead
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("due", Instant, nullable=False),
    sa.Column("sent", Instant),
    sa.UniqueConstraint("issue", "subscriber"),
    sa.Index("ix_delivery_state", "state", "due"),
    sa.Index("ix_delivery_subscriber", "subscriber"),
)

run = sa.Table(  # what the clock asked for, done once for its slot, with a record and a reason
    "run",
    metadata,
    sa.Column("job", sa.String(32), primary_key=True),  # "digest", "build"
    sa.Column("slot", Name, primary_key=True),  # a local date, or an ISO week: never an instant
    sa.Column("state", sa.String(12), nullable=False),  # "taken", "done", "empty", "held", "skipped", "failed"
    sa.Column("started", Instant, nullable=False),
    sa.Column("ended", Instant),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("owner", sa.String(32)),  # of what is taken: the process that does it
    sa.Column("lease", Instant),  # until when; after that the owner counts as dead
    sa.Column("succeeded", Instant),  # when it last went well, whatever came after
    sa.Column("seconds", sa.Float),  # how long that took
)
