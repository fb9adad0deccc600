"""feedgen 1.0.0, repaired. The only module that imports it.

What is repaired here, and what would go wrong without:

    entry links lose rel, type, hreflang, title, length    an enclosure becomes a second page of the entry
    RSS dates call setlocale() for the whole process       two threads leave it in another locale for good
    entries cannot have a language                         a fallback is read out in the wrong voice
    no elements of other vocabularies                      georss, dc, tombstones, archive marks
    a name without an e-mail address is no RSS author      dc:creator
    channel link is the last link added                    RSS readers open the feed instead of the page
    RSS keeps no atom:link but rel=self                    nobody finds the hub
    "updated" is now unless set                            every build differs

Text given to it must be clean (`feeder.markup.clean`): one control character would cost the whole feed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import format_datetime
from typing import Literal

import feedgen.entry
import feedgen.feed
from lxml import etree

from feeder import markup
from feeder.feeds import fields
from feeder.language import locales
from feeder.model import Entry, Feed, Language, Tombstone

ATOM = "http://www.w3.org/2005/Atom"
DC = "http://purl.org/dc/elements/1.1/"
GEORSS = "http://www.georss.org/georss"
MEDIA = "http://search.yahoo.com/mrss/"  #: with the slash, as Media RSS 1.5.1 has it
HISTORY = "http://purl.org/syndication/history/1.0"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

_LINK_ATTRIBUTES = ("rel", "type", "hreflang", "title", "length")

# English names and four-digit years whatever the locale (RFC 5322, 3.3); feedgen asks setlocale() for them
feedgen.entry.formatRFC2822 = format_datetime
feedgen.feed.formatRFC2822 = format_datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Extra:
    """An element of another vocabulary that an entry carries."""

    name: str  #: "{namespace}local"
    text: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    inner: tuple[Extra, ...] = ()


class RepairedEntry(feedgen.entry.FeedEntry):  # type: ignore[misc]  # feedgen ships no types
    """An entry with a language of its own and elements of other vocabularies."""

    def __init__(
        self, *, language: Language | None = None, labels: Sequence[Language | None] = (), extras: Sequence[Extra] = ()
    ) -> None:
        """`language` of the text and `labels`, those of the label of each category, are written where given."""
        super().__init__()
        self._language, self._labels, self._extras = language, tuple(labels), tuple(extras)

    def atom_entry(self, extensions: bool = True) -> etree._Element:
        made: etree._Element = super().atom_entry(extensions)
        for element, link in zip(made.findall("link"), self.link() or [], strict=True):
            _restore(element, link)
        if self._language:
            made.set(XML_LANG, self._language)
        for element, label in zip(made.findall("category"), self._labels, strict=True):
            if label:
                element.set(XML_LANG, label)
        return _extended(made, self._extras)

    def rss_entry(self, extensions: bool = True) -> etree._Element:
        made: etree._Element = super().rss_entry(extensions)
        return _extended(made, self._extras)


class _Vocabulary:
    """What feedgen calls an extension; ours only declares a prefix on the root, so that no entry repeats it."""

    prefix: str
    namespace: str

    def extend_ns(self) -> dict[str, str]:
        return {self.prefix: self.namespace}

    def extend_atom(self, root: etree._Element) -> etree._Element:
        return root

    def extend_rss(self, root: etree._Element) -> etree._Element:
        return root


class _DublinCore(_Vocabulary):
    prefix, namespace = "dc", DC


class _GeoRSS(_Vocabulary):
    prefix, namespace = "georss", GEORSS


class _Media(_Vocabulary):
    prefix, namespace = "media", MEDIA


class _History(_Vocabulary):
    """The mark of an archive document (RFC 5005, section 4); one that has no other beside it is no archive yet."""

    prefix, namespace = "fh", HISTORY

    def extend_atom(self, root: etree._Element) -> etree._Element:
        etree.SubElement(root, f"{{{HISTORY}}}archive")
        return root


class _Tombstones(_Vocabulary):
    """What is left of retracted entries (RFC 6721)."""

    prefix, namespace = "at", TOMBSTONES
    gone: Sequence[Tombstone] = ()

    def extend_atom(self, root: etree._Element) -> etree._Element:
        root.extend(tombstone(one) for one in self.gone)
        return root


class _Hub(_Vocabulary):
    """Who tells of changes (WebSub, section 4), in RSS; Atom has links of its own."""

    prefix, namespace = "atom", ATOM
    address = ""

    def extend_rss(self, root: etree._Element) -> etree._Element:
        etree.SubElement(root[0], f"{{{ATOM}}}link", {"href": self.address, "rel": "hub"})
        return root


def tombstone(one: Tombstone) -> etree._Element:
    """One at:deleted-entry."""
    element = etree.Element(
        f"{{{TOMBSTONES}}}deleted-entry",
        {"ref": markup.line(one.id), "when": fields.rfc3339(one.when)},
        nsmap={"at": TOMBSTONES},
    )
    comment = etree.SubElement(element, f"{{{TOMBSTONES}}}comment", {XML_LANG: one.language})
    comment.text = markup.line(one.reason)
    return element


def where(entry: Entry) -> tuple[Extra, ...]:
    """One point, as many as GeoRSS allows. Its name is the category: validator and standard spell featurename differently."""
    points = [found for place in entry.places if (found := fields.point(place))]
    return tuple(Extra(name=f"{{{GEORSS}}}point", text=found) for found in points[:1])


def start(feed: Feed, form: Literal["atom", "rss"], media_type: str) -> feedgen.feed.FeedGenerator:
    """feedgen's feed with every field set that it would invent; the entries are still to be added, with `order="append"`."""
    made = feedgen.feed.FeedGenerator()
    made.register_extension("feeder_dc", _DublinCore, atom=False)
    made.register_extension("feeder_georss", _GeoRSS)
    made.register_extension("feeder_media", _Media, atom=False)
    if feed.archive and (feed.previous or feed.next):
        made.register_extension("feeder_history", _History, rss=False)
    if feed.gone:
        made.register_extension("feeder_tombstones", _Tombstones, rss=False)
        made.feeder_tombstones.gone = feed.gone
    if feed.hub and not feed.archive and form == "rss":
        made.register_extension("feeder_hub", _Hub, atom=False)
        made.feeder_hub.address = markup.line(feed.hub)
    made.id(markup.line(feed.id))
    made.title(fields.feed_title(feed))
    made.subtitle(markup.line(feed.subtitle) or fields.feed_title(feed))
    made.language(feed.locale)
    made.updated(fields.moment(feed.updated))
    made.author(name=fields.author(feed))
    made.generator(fields.GENERATOR)
    if rights := markup.line(feed.rights):
        made.rights(rights)
    made.docs("https://www.rssboard.org/rss-specification")
    made.link(href=fields.uri(feed.links[form]), rel="self", type=media_type)
    if feed.hub and not feed.archive:
        made.link(href=markup.line(feed.hub), rel="hub")
    history = {"current": feed.current, "prev-archive": feed.previous, "next-archive": feed.next}
    for rel, address in history.items():
        if address and form == "atom":
            made.link(href=fields.uri(address), rel=rel, type=media_type)
    for code, address in feed.sisters.items():
        made.link(href=fields.uri(address), rel="related", type=media_type, hreflang=code, title=locales.autonym(code))
    made.link(href=fields.uri(feed.home), rel="alternate", type="text/html", hreflang=feed.locale)  # last: RSS takes it
    return made


def _restore(element: etree._Element, link: Mapping[str, str | None]) -> None:
    for name in _LINK_ATTRIBUTES:
        value = link.get(name)
        if value:
            element.set(name, value)


def _extended(element: etree._Element, extras: Sequence[Extra]) -> etree._Element:
    for extra in extras:
        made = etree.SubElement(element, extra.name, dict(extra.attributes))
        made.text = extra.text or None
        _extended(made, extra.inner)
    return element
