"""OPML 2.0 (opml.org/spec2.opml): the list of feeds that a reader imports in one go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from feeder import markup
from feeder.feeds import fields
from feeder.model import Language

MEDIA_TYPE = "text/x-opml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A feed of the list, or, with children and without an address, a folder of feeds."""

    text: str  #: in the readers' language
    xml_url: str = ""  #: absolute, of the feed; "" for a folder
    html_url: str = ""  #: absolute, of the page that shows the same
    language: Language | None = None  #: None: that of the list
    outlines: tuple[Outline, ...] = ()


def to_bytes(*, title: str, language: Language | None, outlines: Sequence[Outline]) -> bytes:
    """The list as an OPML document in UTF-8; `language` is that of feeds which state none. There is no date: no clock."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = markup.line(title)
    _append(etree.SubElement(root, "body"), outlines, language)
    return etree.tostring(root, pretty_print=True, encoding="UTF-8", xml_declaration=True)


def _append(parent: etree._Element, outlines: Sequence[Outline], language: Language | None) -> None:
    for outline in outlines:
        element = etree.SubElement(parent, "outline", _attributes(outline, language))
        _append(element, outline.outlines, outline.language or language)


def _attributes(outline: Outline, language: Language | None) -> dict[str, str]:
    """Readers look for type="rss" whatever the format of the feed is, and take the text for HTML."""
    values = {"text": fields.tagless(markup.line(outline.text))}
    if outline.xml_url:
        values |= {"type": "rss", "title": values["text"], "xmlUrl": fields.uri(outline.xml_url)}
        values |= {"htmlUrl": fields.uri(outline.html_url), "language": outline.language or language or ""}
    return {name: value for name, value in values.items() if value}
