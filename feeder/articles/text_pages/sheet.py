"""A page as lines: numbered, cleaned, and each given one role, so that nothing is lost and nothing counts twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from feeder.articles.lines import clean, shorten
from feeder.articles.text_pages.links import columns, unmark
from feeder.articles.text_pages.wrapping import indented, unwrap

Role = Literal["title", "deck", "byline", "date", "caption", "dateline", "body", "notice", "related", "dropped"]


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


def split(text: str) -> tuple[Line, ...]:
    """The lines that have something on them, not only spaces, U+00A0 or invisible marks; wrapped paragraphs are joined."""
    raws = list(enumerate(re.split(r"\r\n|\r|\n", text), start=1))
    rows = [(number, clean(columns(raw))) for number, raw in raws]
    blank = {number for number, cleaned in rows if not cleaned}
    whole = unwrap(unmark([row for row in rows if row[1]]), indented(raws))
    return tuple(Line(number=number, text=cleaned, gap=number - 1 in blank) for number, cleaned in whole)
