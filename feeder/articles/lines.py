"""A page as lines: numbered, cleaned, and each given one role, so that nothing is lost and nothing counts twice."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from feeder.articles.links import columns, unmark
from feeder.articles.wrapping import unwrap

Role = Literal["title", "deck", "byline", "date", "caption", "dateline", "body", "notice", "related", "dropped"]

# Controls, bidirectional marks and overrides, zero-width marks, soft hyphens, and what XML 1.0 (section 2.2) forbids.
_ILLEGAL = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064"
    "\u2066-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)
_QUOTES = str.maketrans({**dict.fromkeys("“”„‟«»", '"'), **dict.fromkeys("‘’ʼʻ`´", "'")})
_CLOSING = "\"'”’»)]›"
_SIGNED = re.compile(r"(?<=[.!?…])\s?\([^()]{2,30}\)\.?$")
_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
_KEPT = 4096  #: answers remembered: each rule asks the lines of a page again, some for each other line


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line with something on it."""

    number: int  #: 1-based, as an editor counts
    text: str  #: cleaned, never empty
    gap: bool  #: a blank line stands above it


@dataclass(slots=True)
class Sheet:
    """The lines of a page and what each was found to be. A line is given a role once."""

    lines: tuple[Line, ...]
    roles: dict[int, Role] = field(default_factory=dict)  #: by index
    reasons: dict[int, str] = field(default_factory=dict)  #: of what is dropped, by index
    problems: list[str] = field(default_factory=list)

    def give(self, index: int, role: Role) -> None:
        if index in self.roles:
            raise ValueError(f"line {self.lines[index].number} already is {self.roles[index]}")
        self.roles[index] = role

    def drop(self, index: int, reason: str) -> None:
        self.give(index, "dropped")
        self.reasons[index] = reason

    def free(self, start: int = 0) -> list[int]:
        """Indexes of the lines that have no role yet."""
        return [index for index in range(start, len(self.lines)) if index not in self.roles]

    @property
    def spaced(self) -> bool:
        """Whether blank lines part the page at all."""
        return any(line.gap for line in self.lines[1:])

    def of(self, role: Role) -> Iterator[Line]:
        return (line for index, line in enumerate(self.lines) if self.roles.get(index) == role)

    def texts(self, role: Role) -> tuple[str, ...]:
        return tuple(line.text for line in self.of(role))

    def report(self, index: int, what: str) -> None:
        line = self.lines[index]
        self.problems.append(f"line {line.number}: {what}: {shorten(line.text)!r}")


def clean(text: str) -> str:
    """NFC, without invisible and illegal characters, white space collapsed to single spaces."""
    return " ".join(unicodedata.normalize("NFC", _ILLEGAL.sub("", text)).split())


def split(text: str) -> tuple[Line, ...]:
    """The lines that have something on them, not only spaces, U+00A0 or invisible marks; wrapped paragraphs are joined."""
    rows = [(number, clean(columns(raw))) for number, raw in enumerate(re.split(r"\r\n|\r|\n", text), start=1)]
    blank = {number for number, cleaned in rows if not cleaned}
    whole = unwrap(unmark([row for row in rows if row[1]]))
    return tuple(Line(number=number, text=cleaned, gap=number - 1 in blank) for number, cleaned in whole)


def plain(text: str) -> str:
    """With straight quotation marks, as the patterns of the profiles are written."""
    return text.translate(_QUOTES)


@functools.lru_cache(maxsize=_KEPT)
def fold(text: str) -> str:
    """What two lines have in common that a reader would call the same: no case, no quotation style, no end mark."""
    return plain(text).casefold().strip(" .:!*•|-–—>")


@functools.lru_cache(maxsize=_KEPT)
def count(text: str) -> int:
    """Number of words."""
    return len(_WORD.findall(text))


@functools.lru_cache(maxsize=_KEPT)
def ends_sentence(text: str) -> bool:
    return _end(text).endswith((".", "!", "?", "…", ":", ";")) or text.endswith((".", "!", "?"))


def ends_full_stop(text: str) -> bool:
    return _end(text).endswith((".", "…"))


def _end(text: str) -> str:
    """Without quotation marks and brackets that close, and without an agency's name behind the last sentence."""
    match = _SIGNED.search(text)
    return (text[: match.start()] if match else text).rstrip(_CLOSING + " ")


@functools.lru_cache(maxsize=_KEPT)
def is_paragraph(text: str) -> bool:
    """A sentence or more; not a headline, a label or a crosshead."""
    return ends_sentence(text) and count(text) >= 8


def shorten(text: str, limit: int = 60) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
