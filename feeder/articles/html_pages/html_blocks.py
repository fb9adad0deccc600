"""The blocks of an HTML page as a sheet of lines, and what is found on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

from feeder.articles import fields
from feeder.articles.html_pages.html_story import Block
from feeder.articles.lines import clean
from feeder.articles.publishers import Rules
from feeder.articles.text_pages.sheet import Line, Sheet
from feeder.model import Dateline, Language, Related

CELLS = ("td", "th", "dt", "dd")  #: in which a lone word or number says something
_SMALL = 3  #: blocks of an element that holds a picture's caption and credit


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What is known of a page before its blocks are read."""

    rules: Rules
    language: Language
    zone: ZoneInfo  #: of the publisher's clock
    url: str  #: to which links are relative; "" unknown
    title: str  #: "": it has none, and nothing repeats it
    deck: str
    caption: str
    authors: tuple[str, ...]


class BlockSheet:
    """The blocks with something on them, and their sheet."""

    def __init__(self, found: Sequence[Block], given: Given) -> None:
        self.blocks = [block for block in found if clean(block.text)]
        self.given, self.rules = given, given.rules
        self.sheet = Sheet(tuple(self._lines()))
        self.related: list[Related] = []
        self.names: list[str] = []
        self.dates: dict[str, datetime] = {}
        self.deck, self.caption = given.deck, given.caption
        self.dateline: Dateline | None = None  #: when it had a block for itself

    def _lines(self) -> Iterator[Line]:
        above: Block | None = None
        for block in self.blocks:
            together = above is not None and above.parent is block.parent and block.siblings <= _SMALL
            yield Line(number=block.line, text=clean(block.text), gap=not together)
            above = block

    def name(self, names: Sequence[str]) -> None:
        self.names += [name for name in names if name not in self.names]

    def text(self, index: int) -> str:
        return self.sheet.lines[index].text

    def stories(self, start: int = 0) -> list[int]:
        """The blocks without a role that were taken for the story."""
        return [index for index in self.sheet.free(start) if self.blocks[index].story]

    def link(self, index: int) -> Related | None:
        """The title and address of a block that is one link and nothing else."""
        found = self.blocks[index].link
        return Related(title=self.text(index), url=address(self.given.url, found)) if found else None


def address(base: str, link: str) -> str:
    try:
        return fields.web_address(urljoin(base, link.strip()))
    except ValueError:
        return ""
