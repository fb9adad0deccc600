"""Store -> output: write the files whose inputs moved, remove those that have none any more, leave the rest alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from feeder.jobs import listing, proof
from feeder.jobs.edition import Edition, open_edition
from feeder.jobs.ingest import Progress
from feeder.jobs.newsroom import Newsroom
from feeder.jobs.output import Output
from feeder.model import SourceError
from feeder.outputs.disk import Disk
from feeder.pages import links
from feeder.store import Store, artifacts, entries, pings, traces, withheld
from feeder.store.artifacts import Artifact

_BATCH = 64  #: files made before they are written; a run that is stopped has done all but the last ones


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What a build did to the output, in files; their compressed copies come and go with them and are not counted."""

    written: int
    unchanged: int
    removed: int
    withheld: tuple[SourceError, ...] = ()  #: articles that fail when they are shown; everything else is published


def publish(store: Store, newsroom: Newsroom, output: Disk, *, now: datetime, progress: Progress) -> Published:
    """Bring the output up to date, while nobody else does (`Store.turn`).

    Killed anywhere, it leaves whole files, no file that the store does not know, and the next run does the rest.
    Feeds that changed wait for the hub to be told (`feeder.jobs.notify`).
    """
    output.sweep()
    while True:
        try:
            return _published(store, newsroom, output, now, progress)
        except proof.Unshown as one:  # each time there is an article less to fail
            with store.write() as connection:
                withheld.put(connection, newsroom.fingerprint(), one.articles)


def _published(store: Store, newsroom: Newsroom, output: Disk, now: datetime, progress: Progress) -> Published:
    """The same once. Raises proof.Unshown where articles fail when they are shown; the files made before are in place."""
    with store.read() as connection:
        edition = open_edition(connection, newsroom)
        if edition.news:
            with store.write() as writing:
                keep(writing, edition)
        known = artifacts.published(connection)
        outputs = {one.path: one for one in listing.outputs(edition)}
        stale = [one for one in outputs.values() if not _current(one, known.get(one.path), output)]
        written = _write(store, edition, stale, known, output, now, progress)
        bad = withheld.current(connection, edition.fingerprint)
    gone = sorted(known.keys() - outputs.keys())
    output.delete(gone)
    if gone:
        with store.write() as connection:
            artifacts.remove(connection, gone)
            pings.forget(connection, gone)
    return Published(written=written, unchanged=len(outputs) - written, removed=len(gone), withheld=tuple(bad))


def keep(connection: sa.Connection, edition: Edition) -> None:
    """Store the ids, addresses and joined stories that are new in this edition, before anything shows them."""
    entries.keep_tag_authority(connection, edition.authority)
    entries.put(connection, edition.heads, edition.known)
    entries.put_redirects(connection, edition.left)
    traces.keep_memory(connection, edition.joined.memory)


def _current(one: Output, before: Artifact | None, output: Disk) -> bool:
    return before is not None and before.inputs == one.inputs and output.has(one.path, before.size)


def _write(
    store: Store,
    edition: Edition,
    stale: Sequence[Output],
    known: Mapping[str, Artifact],
    output: Disk,
    now: datetime,
    progress: Progress,
) -> int:
    """Make what is stale; write it where the bytes differ. Returns how many files were written.

    While one batch is packed and brought to the disk, the next is made.
    """
    written, newsroom = 0, edition.newsroom
    with ThreadPoolExecutor(1) as hand:
        under_way: _Batch | None = None
        try:
            for start in range(0, len(stale), _BATCH):
                made, bodies = _make(edition, stale, start, known, output, progress)
                written += len(bodies)
                last, under_way = under_way, None
                _finish(store, newsroom, last, now)
                under_way = _begin(store, hand, output, made, bodies)
        finally:
            _finish(store, newsroom, under_way, now)
    if stale:
        progress("publishing", len(stale), len(stale))
    return written


def _topics(newsroom: Newsroom, written: Iterable[str]) -> list[str]:
    """The feeds of whose change the hub is to be told.

    They are put down with their artifacts, when the files are in place: earlier, a hub that is told at that very moment
    would fetch the old file. Killed before, a run leaves files that are only announced, and the next one writes them
    again and comes by here; so no change goes untold.
    """
    return [path for path in written if links.is_topic(path)] if newsroom.site.hub else []


def _make(
    edition: Edition,
    stale: Sequence[Output],
    start: int,
    known: Mapping[str, Artifact],
    output: Disk,
    progress: Progress,
) -> tuple[list[Artifact], dict[str, bytes]]:
    """One batch: what is published with it, and the bytes of those files that are not there yet."""
    made, bodies = [], {}
    for number, one in enumerate(stale[start : start + _BATCH], start=start):
        progress("publishing", number, len(stale))
        with proof.guarded(edition, _files_of):
            body = _body(one, known.get(one.path), output)
        if body is not None:
            made.append(_artifact(one, body))
            if not _same(made[-1], known.get(one.path), output):
                bodies[one.path] = body
    return made, bodies


def _files_of(edition: Edition) -> None:
    """Make every file of an edition, for nobody."""
    for one in listing.outputs(edition):
        one.make()


def _body(one: Output, before: Artifact | None, output: Disk) -> bytes | None:
    if one.revise and before and (old := output.read(one.path, before.size)) is not None:
        body = one.revise(old)
        if body is not None:
            return body
    return one.make()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batch:
    """Files that are being written, and what the store will know of them when they are."""

    made: Sequence[Artifact]
    written: Sequence[str]
    put: Future[None]


def _begin(
    store: Store, hand: ThreadPoolExecutor, output: Disk, made: Sequence[Artifact], bodies: Mapping[str, bytes]
) -> _Batch:
    if bodies:
        with store.write() as connection:
            artifacts.announce(connection, bodies)
    return _Batch(made=made, written=tuple(bodies), put=hand.submit(output.put, bodies))


def _finish(store: Store, newsroom: Newsroom, batch: _Batch | None, now: datetime) -> None:
    """Wait for a batch, and have the store know it. Raises FeederError when the disk refused it."""
    if batch is not None:
        batch.put.result()
        with store.write() as connection:
            artifacts.put(connection, batch.made)
            pings.add(connection, _topics(newsroom, batch.written), now)


def _artifact(one: Output, body: bytes) -> Artifact:
    return Artifact(path=one.path, inputs=one.inputs, sha256=hashlib.sha256(body).hexdigest(), size=len(body))


def _same(made: Artifact, before: Artifact | None, output: Disk) -> bool:
    """Whether these very bytes are published already."""
    return before is not None and before.sha256 == made.sha256 and output.has(made.path, made.size)
