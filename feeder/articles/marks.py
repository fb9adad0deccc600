"""Bold and italics at the start of a body in Markdown or HTML, so that words can be taken from it and the marks stay in pairs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_REACH = 240  #: code points from the start within which marks are looked for
#: A picture above the first words: its mark in HTML, or as Markdown has it.
_PICTURE = r"""<figure\b.*?</figure>|!\[(?:\\.|[^\]\\])*\]\((?:<[^<>\n]*>|[^\s()<>]*)(?:\s+"(?:\\.|[^"\\])*")?\)"""
_LEAD = re.compile(rf"\s*(?:(?:<(?:p|div|section|article)\b[^>]*>|{_PICTURE})\s*)*", re.DOTALL)
_MARK = re.compile(r"</?(?:strong|b|em|i|span|small)\b[^>]*>|(?<=\S)(?:\*{1,3}|_{1,3})|(?:\*{1,3}|_{1,3})(?=\S)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A body as it is written and as it reads."""

    lead: str  #: white space and the blocks that open before the first word
    text: str  #: the rest, with its marks
    plain: str  #: the rest, without those near its start
    marks: tuple[re.Match[str], ...]  #: those

    @property
    def starts(self) -> bool:
        """Whether the first words are marked."""
        return bool(self.marks) and self.marks[0].start() == 0

    def open(self, plain: int) -> str:
        """The marks that are open at an offset of the plain text."""
        cut = self._position(plain)
        return "".join(_open([mark.group() for mark in self.marks if mark.start() < cut]))

    def after(self, plain: int) -> str:
        """The body without its first words, as far as an offset of the plain text."""
        return self.lead + self.open(plain) + self.text[self._position(plain) :]

    def _position(self, plain: int) -> int:
        """The offset in the text: after a mark that closes there, before one that opens."""
        at, before = plain, list[str]()
        for mark in self.marks:
            closes = bool(before) and _closes(before[-1], mark.group())
            if mark.start() > at or (mark.start() == at and not closes):
                break
            at += len(mark.group())
            before = _open([*before, mark.group()])
        return at


def read(body: str) -> Marked:
    lead = _LEAD.match(body)
    start = lead.end() if lead else 0
    text = body[start:]
    marks = tuple(_MARK.finditer(text[:_REACH]))
    return Marked(lead=body[:start], text=text, plain=_without(text, marks), marks=marks)


def _without(text: str, marks: Sequence[re.Match[str]]) -> str:
    parts, last = list[str](), 0
    for mark in marks:
        parts.append(text[last : mark.start()])
        last = mark.end()
    return "".join([*parts, text[last:]])


def _open(marks: Sequence[str]) -> list[str]:
    """Those that are opened and not closed."""
    found: list[str] = []
    for mark in marks:
        if found and _closes(found[-1], mark):
            found.pop()
        elif not mark.startswith("</"):
            found.append(mark)
    return found


def _closes(mark: str, other: str) -> bool:
    if mark.startswith("<"):
        name = re.match(r"<(\w+)", mark)
        return name is not None and other.startswith(f"</{name[1]}")
    return mark == other
