"""Store -> issue: the digest of a week, made once, in every language; and its messages in the outbox."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr

import sqlalchemy as sa

from feeder.config import localized
from feeder.digest import amendments, render
from feeder.digest.amendments import Told
from feeder.digest.render import Material
from feeder.digest.select import Selection
from feeder.jobs import amended, choosing, page_files, proof
from feeder.jobs.edition import Edition, open_edition
from feeder.jobs.newsroom import Newsroom
from feeder.jobs.publish import keep
from feeder.language import locales
from feeder.mail import message
from feeder.model import PREFERENCES, UNSUBSCRIBE, Amendment, Entry, Issue, Locale, Recipient, Sender, Week
from feeder.outputs import disk
from feeder.store import Store, issues, runs, withheld

_SHOWN = ("image/jpeg", "image/png", "image/gif")  #: kinds of pictures that every mail program shows
_ATTACHED = 400_000  #: bytes of a picture at most: it goes to everybody, also to those who pay for each
JOB = "digest"  #: by which runs are known
Made = tuple[Issue, tuple[Amendment, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """The issues of a week, and the choice behind them."""

    week: Week
    issues: Mapping[Locale, Issue]
    selection: Selection
    new: bool  #: False when the week had been compiled before; those issues are kept as they are


def compile_week(store: Store, newsroom: Newsroom, week: Week, now: datetime) -> Compiled:
    """Make the issues of `week` and keep them. A week that has its issues keeps them, whatever changed since."""
    with store.turn(), store.write() as connection:
        while True:
            try:
                return _compiled(connection, newsroom, week, now)
            except proof.Unshown as one:  # the issue is made without the articles that no issue can show
                withheld.put(connection, newsroom.fingerprint(), one.articles)


def _compiled(connection: sa.Connection, newsroom: Newsroom, week: Week, now: datetime) -> Compiled:
    edition = open_edition(connection, newsroom)
    keep(connection, edition)
    selection = choosing.selection(connection, edition, week)
    fresh = [issues.put(connection, issue, now, known) for issue, known in draft(connection, edition, selection)]
    made = issues.of_week(connection, week)
    _record(connection, selection, bool(made), now)
    return Compiled(week=week, issues=made, selection=selection, new=any(fresh))


def draft(connection: sa.Connection, edition: Edition, selection: Selection) -> list[Made]:
    """The issues of a selection, each with the corrections that its stories have already. Nothing is kept.

    Raises proof.Unshown when articles fail as they are shown.
    """
    told = amended.of_week(connection, edition, selection.week) if selection.chosen else {}
    with proof.guarded(edition, functools.partial(_alone, selection.week)):
        return list(_issues(edition, selection, told))


def _alone(week: Week, edition: Edition) -> None:
    """Issues of each entry of an edition, for nobody."""
    for head in edition.heads.values():
        render.render(_material(edition, week, head.locale, [edition.entry(head)], (), (head.locale,)))


def _record(connection: sa.Connection, selection: Selection, made: bool, now: datetime) -> None:
    """Why a week has no issue, until it has one: what becomes of that one is told by its deliveries."""
    slot = str(selection.week)
    before = next((run.state for run in runs.of(connection, JOB) if run.slot == slot), "")
    if not made:
        runs.record(connection, JOB, slot, "empty", selection.why_empty, now)
    elif before == "empty":
        runs.record(connection, JOB, slot, "done", "", now)


def _issues(edition: Edition, selection: Selection, told: Mapping[Locale, tuple[Told, ...]]) -> Iterator[Made]:
    """The issue of each locale that has something to tell, and the corrections that its stories have already."""
    heads = {
        locale: [edition.heads[story, locale] for story in selection.chosen if (story, locale) in edition.heads]
        for locale in edition.newsroom.site.locales
    }
    shown = {locale: own for locale, own in heads.items() if own}
    for locale, own in shown.items():
        entries = [edition.entry(head) for head in own]
        material = _material(edition, selection.week, locale, entries, told[locale], tuple(shown))
        yield render.render(material), tuple(amended.included(entries))


def _material(
    edition: Edition,
    week: Week,
    locale: Locale,
    entries: Sequence[Entry],
    told: Sequence[Told],
    languages: tuple[Locale, ...],
) -> Material:
    room = edition.newsroom
    return Material(
        site=room.site,
        locale=locale,
        week=week,
        entries=entries,
        environment=room.environment(locale),
        told=told,
        languages=languages,
        sections=room.config.digest.sections,
        image=_image(edition, entries[0]),
    )


def _image(edition: Edition, lead: Entry) -> bytes:
    """The lead's picture, where the site wants it in the message and it is one for mail."""
    file = next(iter(lead.enclosures), None)
    if edition.newsroom.config.digest.images != "attached" or file is None or file.type not in _SHOWN:
        return b""
    data = page_files.picture(edition, file.path) or b""
    return data if len(data) <= _ATTACHED else b""


def sender(newsroom: Newsroom, locale: Locale) -> Sender:
    """From whom the digest of a locale comes."""
    config, base = newsroom.config, newsroom.config.base_url
    name, address = parseaddr(config.mail.sender)
    return Sender(
        name=name or localized(config.title, locale),
        address=address or f"digest@{config.host}",
        reply_to=config.mail.reply_to,
        list_id=f"digest-{locale}.{config.host}",
        archive=f"{base}/{locale}/digest/",
        help=f"{base}/{locale}/privacy/",
    )


def sample(newsroom: Newsroom, issue: Issue) -> Recipient:
    """Nobody, whose message shows what subscribers will get."""
    base = f"{newsroom.config.base_url}/{issue.locale}"
    return Recipient(
        address="",
        message_id=f"{issue.id}.sample@{newsroom.config.host}",
        unsubscribe=f"{base}/unsubscribe/sample",
        preferences=f"{base}/preferences/sample",
    )


def to_message(newsroom: Newsroom, issue: Issue) -> bytes:
    """The issue with every amendment as a message to nobody: what a mail program shows of it is what readers get."""
    return message.prepare(_whole(issue), sender(newsroom, issue.locale)).compose(sample(newsroom, issue))


def to_files(newsroom: Newsroom, issue: Issue) -> dict[str, bytes]:
    """The same to look at, by suffix; what belongs to a subscriber is a sample's."""
    own, whole = sample(newsroom, issue), _whole(issue)
    html, text = (_filled(part, own).encode() for part in (whole.html, whole.text))
    return {"html": html, "txt": text, "eml": to_message(newsroom, issue)}


def _whole(issue: Issue) -> Issue:
    return amendments.for_reader(issue, range(len(issue.amendments)))


def _filled(part: str, own: Recipient) -> str:
    return part.replace(UNSUBSCRIBE, own.unsubscribe).replace(PREFERENCES, own.preferences)


def fill_outbox(newsroom: Newsroom, compiled: Compiled) -> list[str]:
    """Write `outbox/2026-W46-kk.eml` for each language, readable by the owner only; returns the names."""
    disk.private(newsroom.outbox)
    for issue in compiled.issues.values():
        disk.write(newsroom.outbox / f"{issue.id}.eml", to_message(newsroom, issue), mode=0o600)
    return [f"{issue.id}.eml" for issue in compiled.issues.values()]


def subjects(compiled: Compiled) -> list[str]:
    return [f"{locales.autonym(issue.locale)}: {issue.subject}" for issue in compiled.issues.values()]
