"""What comes back from mail servers, settled: who cannot be reached or complains gets nothing more.

Anybody can write to the address for bounces, so a report counts only if it shows what its recipient and the servers on the
way know: the opaque name in the return path (VERP), or the address together with the id of a message that went to it.

A hard bounce and a complaint stop at once, soft bounces when five came in a row; an issue between them that did not come
back begins a new row.
"""

from __future__ import annotations

import hashlib
import mailbox
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from feeder import config as configuration
from feeder.errors import FeederError
from feeder.jobs.newsroom import Newsroom
from feeder.jobs.subscribers.consent import stop
from feeder.keys import Keys
from feeder.mail import bounce
from feeder.mail.bounce import LARGEST, Kind, Report
from feeder.sources import returned
from feeder.store import Store, bounces, meta, subscribers
from feeder.store.subscribers import Kept

SOFT = 5  #: soft bounces in a row that are one hard
SEEN = "bounces_seen"  #: the mbox file as it was when it was read last


def read_mailbox(store: Store, room: Newsroom, keys: Keys, now: datetime) -> Counter[Kind]:
    """Read what is new in `mail.bounces`; how many reports of each kind. A mailbox that is not there is empty."""
    found: Counter[Kind] = Counter()
    if not room.config.mail.bounces:
        return found
    path = configuration.absolute(room.config.mail.bounces, room.data)
    try:
        for data in returned.maildir(path, LARGEST) if path.is_dir() else _new_in_file(store, path):
            found[take(store, room, keys, data, now)] += 1
    except (OSError, mailbox.Error) as error:
        raise FeederError(f"mail.bounces: {path} cannot be read: {error}; try again later") from None
    return found


def _new_in_file(store: Store, path: Path) -> Iterator[bytes]:
    """Every message of an mbox file that changed since it was read last; of those read before, none counts again."""
    seen = returned.facts(path)
    with store.read() as connection:
        if not seen or meta.value(connection, SEEN) == seen:
            return
    yield from returned.mbox(path, LARGEST)
    with store.write() as connection:
        meta.put(connection, SEEN, seen)


def take(store: Store, room: Newsroom, keys: Keys, data: bytes, now: datetime) -> Kind:
    """Settle one report; "unread" for one that says nothing, shows nothing, or was read before."""
    digest = hashlib.sha256(data).hexdigest()
    with store.read() as connection:
        if bounces.is_known(connection, digest):
            return "unread"
    report = bounce.read(data, room.config.mail.return_path)
    with store.write() as connection:
        known = _whose(connection, keys, report, room.config.host)
        kind = report.kind if known else "unread"
        last = bounces.last_soft(connection, known.row) if known else None
        row = known.row if known else None
        if not bounces.put(connection, digest, at=now, subscriber=row, kind=kind) or known is None:
            return "unread"
        _settle(connection, known, kind, last, now)
        return kind


def _whose(connection: sa.Connection, keys: Keys, report: Report, host: str) -> Kept | None:
    if report.name and (known := subscribers.by_name(connection, report.name)):
        return known
    if not report.address or not report.message_id:
        return None
    known = subscribers.by_hash(connection, keys.hash(report.address))
    if known is None:
        return None
    ids = (keys.message_id(issue, known.name, host) for issue in bounces.issues_of(connection, known.row))
    return known if report.message_id in ids else None


def _settle(connection: sa.Connection, known: Kept, kind: Kind, last: datetime | None, now: datetime) -> None:
    if kind == "unread" or known.state in ("left", "bounced", "complained"):
        return
    if known.state == "pending":
        if kind != "soft":  # nobody is there, or whoever is wants no letter; it was on no list yet
            subscribers.remove(connection, known.row)
        return
    if kind == "complaint":
        stop(connection, known, "complained", now)
        return
    between = last is not None and bounces.sent_since(connection, known.row, last) > 1
    row = 1 if between else known.soft_bounces + 1
    if kind == "hard" or row >= SOFT:
        stop(connection, known, "bounced", now)
    else:
        subscribers.change(connection, known.row, soft_bounces=row)
