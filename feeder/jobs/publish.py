"""Store -> output: write the files whose inputs moved, remove those that have none any more, leave the rest alone."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from feeder.articles import minting, normalise
from feeder.articles.normalise import Identity
from feeder.jobs.edition import Edition, Output
from feeder.jobs.ingest import Progress
from feeder.jobs.newsroom import Newsroom
from feeder.model import Entry, EntryHead, Story
from feeder.outputs.disk import Disk
from feeder.store import Store, articles, artifacts, entries, issues
from feeder.store.artifacts import Artifact

_OPEN = 512  #: entries kept open: one is used by its page, three feeds and those of its places


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What a build did to the output, in files."""

    written: int
    unchanged: int
    removed: int


def publish(store: Store, newsroom: Newsroom, output: Disk, *, progress: Progress) -> Published:
    """Bring the output up to date. Killed anywhere, it leaves whole files, and the next run does the rest."""
    with store.read() as connection:
        known = artifacts.published(connection)
    with store.write() as connection:
        edition = keep_edition(connection, newsroom)
        outputs = list(edition.outputs())
        stale = [one for one in outputs if not _current(one, known.get(one.path), output)]
        written = _write(stale, known, output, functools.partial(artifacts.put, connection), progress)
        gone = set(known) - {one.path for one in outputs}
        output.delete(sorted(gone))
        artifacts.remove(connection, gone)
    return Published(written=written, unchanged=len(outputs) - written, removed=len(gone))


def _current(one: Output, before: Artifact | None, output: Disk) -> bool:
    return before is not None and before.inputs == one.inputs and output.has(one.path, before.size)


def _write(
    stale: list[Output],
    known: dict[str, Artifact],
    output: Disk,
    put: Callable[[Iterable[Artifact]], None],
    progress: Progress,
) -> int:
    """Make what is stale; write it where the bytes differ. Returns how many files were written."""
    written = 0
    for done, one in enumerate(stale):
        progress("publishing", done, len(stale))
        body = one.make()
        made = Artifact(path=one.path, inputs=one.inputs, sha256=hashlib.sha256(body).hexdigest(), size=len(body))
        before = known.get(one.path)
        if before is None or before.sha256 != made.sha256 or not output.has(one.path, made.size):
            output.put(one.path, body)
            written += 1
        put([made])
    if stale:
        progress("publishing", len(stale), len(stale))
    return written


def keep_edition(connection: sa.Connection, newsroom: Newsroom) -> Edition:
    """The edition as the store has it now; the ids and addresses of new entries are kept from here on."""
    edition = open_edition(connection, newsroom)
    entries.keep_tag_authority(connection, edition.authority)
    entries.put(connection, edition.heads, entries.heads(connection))
    return edition if edition.redirects == entries.redirects(connection) else open_edition(connection, newsroom)


def open_edition(connection: sa.Connection, newsroom: Newsroom) -> Edition:
    """The same for a look that changes nothing."""
    site, gazetteer = newsroom.site, newsroom.gazetteer
    authority = entries.tag_authority(connection) or newsroom.config.tag_authority or newsroom.config.host
    choose = functools.partial(normalise.select_places, gazetteer=gazetteer)
    stories = {story.key: story for story in articles.stories(connection, choose)}
    heads = minting.mint(stories.values(), entries.heads(connection), site, authority)
    return Edition(
        newsroom=newsroom,
        authority=authority,
        stories=stories,
        heads=heads,
        redirects=entries.redirects(connection),
        issues=issues.all_issues(connection),
        folders={source.key: source.path for source in newsroom.sources if source.path},
        entry=functools.lru_cache(_OPEN)(functools.partial(_open, connection, newsroom, stories, heads)),
    )


def _open(
    connection: sa.Connection, newsroom: Newsroom, stories: dict[str, Story], heads: minting.Heads, head: EntryHead
) -> Entry:
    story = stories[head.story]
    version = story.versions[head.language]
    return normalise.to_entry(
        articles.load(connection, version.source, version.key),
        head.locale,
        newsroom.site,
        newsroom.gazetteer,
        identity=Identity(id=head.uid, slug=head.slug, published=head.published, updated=head.updated),
        places=story.places,
        slugs={
            language: heads[story.key, language].slug for language in story.versions if (story.key, language) in heads
        },
    )
