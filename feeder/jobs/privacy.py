"""What a site keeps of persons, for the page that tells them: from the tables as they are, and the configuration."""

from __future__ import annotations

from email.utils import parseaddr

from feeder.jobs.newsroom import Newsroom
from feeder.pages.privacy import Practice
from feeder.store import tables

#: The tables in which there is anything about a subscriber.
TABLES = (tables.subscriber, tables.suppressed, tables.rate, tables.bounce, tables.delivery)


def columns() -> tuple[str, ...]:
    """Every column of these tables: "subscriber.email"."""
    return tuple(f"{table.name}.{column.name}" for table in TABLES for column in table.columns)


def practice(newsroom: Newsroom) -> Practice:
    """How the site keeps its subscribers."""
    config = newsroom.config
    _, address = parseaddr(config.mail.reply_to or config.mail.sender)
    return Practice(
        columns=columns(),
        encrypted=config.subscribers.encrypt,
        days=config.subscribers.keep_pending,
        bounces=bool(config.mail.bounces or config.mail.return_path),
        contact=address or f"digest@{config.host}",
    )
