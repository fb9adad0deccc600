"""Entries of a feed read again from the bytes that were kept of it: nothing is asked of anybody, the feed may be gone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from feeder.articles.feed_document import Desk
from feeder.errors import ArticleError
from feeder.model import Article, Original, Source, SourceError
from feeder.sources import reading
from feeder.sources.look import Found, Look
from feeder.sources.reading import Bytes, Reading, Told

Get = Callable[[str], bytes | None]  #: the bytes of a name; None when they are gone


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """What can be read again of a feed."""

    look: Look  #: its entries that are not kept any more stand in it as they are known
    lost: int  #: how many these are


def look(
    source: Source,
    originals: Collection[Original],
    get: Get,
    *,
    known: Mapping[str, str],
    place: str,
    salt: str,
    zone: ZoneInfo,
) -> Again:
    """The entries of a feed from what is kept of it; `known` are the stamps that the store has."""
    ready: dict[str, tuple[Reading, Told]] = {}
    documents: dict[tuple[str, str, str], list[Original]] = defaultdict(list)
    for one in originals:
        documents[one.document, one.url, one.content_type].append(one)
    for named in documents.values():
        for one, read, told in _of_document(source, named, get, salt, zone):
            ready[one.key] = read, told
    found = [Found(key=key, stamp=ready[key][1].stamp if key in ready else stamp) for key, stamp in known.items()]

    def read_one(key: str) -> Article | SourceError:
        reading_, told = ready[key]
        return reading_.read(told)

    made = Look(found=found, read=read_one, place=place, whole=False, again=frozenset(ready.keys() & known.keys()))
    return Again(look=made, lost=len(known.keys() - ready.keys()))


def _of_document(
    source: Source, originals: Sequence[Original], get: Get, salt: str, zone: ZoneInfo
) -> Iterator[tuple[Original, Reading, Told]]:
    """The entries that were last seen in one document, as far as all that they were made from is there."""
    first = originals[0]
    data = get(first.document)
    if data is None:
        return
    try:
        document = reading.opened(Bytes(url=first.url, data=data, content_type=first.content_type))
    except ArticleError:  # it was a feed to an older reader
        return
    there = {told.key: told for told in reading.entries(document, source, salt)}
    head = replace(document, items=())  # its other entries need not be held
    for one in originals:
        desk = Desk(source=source.key, name=source.name, url=one.url, zone=zone, now=one.fetched)
        if one.key not in there:
            continue
        if (found := _with_page(source, one, there[one.key], Reading(document=head, desk=desk), get)) is not None:
            yield one, *found


def _with_page(source: Source, one: Original, told: Told, read: Reading, get: Get) -> tuple[Reading, Told] | None:
    """The entry with its page; None where that was kept and is not any more: the feed's own text would be a loss."""
    if not source.full_text or isinstance(told.item, SourceError) or not told.item.link:
        return read, told
    if one.page:
        if get(one.page) is None:
            return None
        read.pages[one.key] = lambda: get(one.page) or b""  # held only while it is read
        return read, told
    read.missing[one.key] = "it could not be fetched at the time"
    return read, replace(told, stamp=reading.without_page(told.stamp))
