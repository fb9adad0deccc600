"""What the readers of feed formats hand over: a document and its entries, each as the feed has it, nothing decided."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import urljoin

import msgspec

from feeder import markup
from feeder.articles import fields
from feeder.model import SourceError

LONGEST = 2000  #: code points of an address, or of a title as it is written
_PARAGRAPH = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An entry, its addresses absolute or "", its lines of text plain."""

    id: str  #: as stated, or ""
    link: str  #: of its page
    title: str
    html: str  #: its text, not safe yet
    summary: str = ""  #: beside the text, not safe yet
    base: str  #: to which addresses in `html` are relative
    language: str = ""  #: as the entry itself states it: "kk-KZ"
    authors: tuple[str, ...] = ()
    publisher: str = ""  #: where the feed has it from
    published: tuple[str, ...] = ()  #: the same moment in several spellings, the best first
    updated: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    alternates: tuple[tuple[str, str], ...] = ()  #: language as stated, and address
    files: tuple[tuple[str, str], ...] = ()  #: address and media type or kind of what belongs to it: "audio/mpeg"

    @property
    def stamp(self) -> str:
        """Moves with anything of it."""
        return digest(msgspec.json.encode(self).decode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A feed as one document."""

    title: str
    link: str  #: of the site's page
    language: str  #: as stated for the whole
    items: tuple[Item | SourceError, ...]  #: in its order; what is no entry stands in its place
    problems: tuple[str, ...] = ()


def digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def web(base: str, address: object) -> str:
    """The absolute web address, or "" for anything else: `javascript:`, `data:`, a path without a base."""
    bare = re.sub(r"\s", "", markup.clean(str(address or "")))
    try:
        return fields.web_address(urljoin(base, bare)) if bare and len(bare) <= LONGEST else ""
    except ValueError:
        return ""


def words(html: str) -> str:
    """One line of plain text from a title or name that may be HTML."""
    html = html[:LONGEST]
    return markup.line(markup.plain(markup.sanitise(html))) if re.search("[<&]", html) else markup.line(html)


def from_text(text: str) -> str:
    """Plain text as HTML; its paragraphs are parted by blank lines."""
    parts = (part for part in _PARAGRAPH.split(markup.clean(text)) if part.strip())
    return "\n".join(
        f"<p>{'<br>'.join(escape(row.strip()) for row in part.strip().split(chr(10)))}</p>" for part in parts
    )


def once(texts: Sequence[str]) -> tuple[str, ...]:
    """The lines that are not empty, each once."""
    return tuple(dict.fromkeys(line for text in texts if (line := markup.line(text))))
