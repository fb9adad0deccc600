"""Store -> issue: the digest of a week, made once, in every language; and its messages in the outbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parseaddr

import sqlalchemy as sa

from feeder.config import localized
from feeder.digest import render
from feeder.digest.select import Candidate, Selection, choose
from feeder.jobs.edition import Edition
from feeder.jobs.newsroom import Newsroom
from feeder.jobs.publish import keep_edition
from feeder.language import locales
from feeder.mail import message
from feeder.model import UNSUBSCRIBE, Issue, Locale, Sender, Week
from feeder.outputs import disk
from feeder.store import Store, issues


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """The issues of a week, and the choice behind them."""

    week: Week
    issues: Mapping[Locale, Issue]
    selection: Selection
    new: bool  #: False when the week had been compiled before; those issues are kept as they are


def compile_week(store: Store, newsroom: Newsroom, week: Week, now: datetime) -> Compiled:
    """Make the issues of `week` and keep them. A week that has its issues keeps them, whatever changed since."""
    with store.write() as connection:
        compiled = _compile(connection, newsroom, week)
        fresh = [issues.put(connection, issue, now) for issue in compiled.issues.values()]
        kept = issues.of_week(connection, week)
    return replace(compiled, issues=kept, new=any(fresh))


def _compile(connection: sa.Connection, newsroom: Newsroom, week: Week) -> Compiled:
    edition = keep_edition(connection, newsroom)
    selection = choose(
        [_candidate(edition, story) for story in edition.stories],
        issues.told_before(connection, week),
        week,
        newsroom.site.zone,
        window=newsroom.config.digest.window,
    )
    made = {locale: _issue(edition, selection, locale) for locale in newsroom.site.locales}
    return Compiled(
        week=week, issues={locale: one for locale, one in made.items() if one}, selection=selection, new=True
    )


def _candidate(edition: Edition, story: str) -> Candidate:
    one = edition.stories[story]
    return Candidate(story=story, published=one.published, languages=len(one.versions))


def _issue(edition: Edition, selection: Selection, locale: Locale) -> Issue | None:
    room = edition.newsroom
    heads = [edition.heads[story, locale] for story in selection.chosen if (story, locale) in edition.heads]
    entries = [edition.entry(head) for head in heads]
    environment = room.environment(locale)
    issue = render.render(site=room.site, locale=locale, week=selection.week, entries=entries, environment=environment)
    page = render.page(
        site=room.site,
        locale=locale,
        week=selection.week,
        entries=entries,
        environment=environment,
        languages=room.site.locales,
    )
    return replace(issue, page=page or "") if issue else None


def sender(newsroom: Newsroom, locale: Locale, subscriber: str = "sample") -> Sender:
    """From whom the digest of a locale comes; `subscriber` is the opaque token in the address to leave."""
    config, base = newsroom.config, newsroom.config.base_url
    name, address = parseaddr(config.mail.sender)
    return Sender(
        name=name or localized(config.title, locale),
        address=address or f"digest@{config.host}",
        reply_to=config.mail.reply_to,
        list_id=f"digest-{locale}.{config.host}",
        unsubscribe=f"{base}/{locale}/unsubscribe/{subscriber}",
        archive=f"{base}/{locale}/digest/",
    )


def to_message(newsroom: Newsroom, issue: Issue) -> bytes:
    """The issue as a message to nobody yet: what a mail program shows of it is what subscribers will get."""
    return message.compose(issue, sender(newsroom, issue.locale))


def to_files(newsroom: Newsroom, issue: Issue) -> dict[str, bytes]:
    """The issue to look at, by suffix; the address to leave is a sample's."""
    leave = sender(newsroom, issue.locale).unsubscribe
    html, text = (part.replace(UNSUBSCRIBE, leave).encode() for part in (issue.html, issue.text))
    return {"html": html, "txt": text, "eml": to_message(newsroom, issue)}


def fill_outbox(newsroom: Newsroom, compiled: Compiled) -> list[str]:
    """Write `outbox/2026-W46-kk.eml` for each language, readable by the owner only; returns the names."""
    newsroom.outbox.mkdir(parents=True, exist_ok=True, mode=0o700)
    for issue in compiled.issues.values():
        disk.write(newsroom.outbox / f"{issue.id}.eml", to_message(newsroom, issue), mode=0o600)
    return [f"{issue.id}.eml" for issue in compiled.issues.values()]


def subjects(compiled: Compiled) -> list[str]:
    return [f"{locales.autonym(issue.locale)}: {issue.subject}" for issue in compiled.issues.values()]
